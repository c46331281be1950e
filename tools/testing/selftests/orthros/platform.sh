#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# platform.sh [SECONDS]: two kernels on one machine, without a hop: load,
# unload, containment, park and resume. For a guest of
#   scripts/orthros-vm --no-load --dst-append orthros.rehearse=busy
# SECONDS: how long both kernels are kept busy side by side.
#
# Functions are called through check(); the paths have no blanks.
# shellcheck disable=SC2317,SC2086

seconds=${1:-60}
sys=/sys/kernel/orthros
rehearse=/sys/kernel/debug/orthros/rehearse
n=0
failed=0

check() {
	name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n $name"
	else
		echo "not ok $n $name"
		failed=1
	fi
}

state() {
	[ "$(cat $sys/state)" = "$1" ] || { echo "# state: $(cat $sys/state)"; false; }
}

load() {
	/.vm/load.sh && state ready
}

# wait_state STATE: at most ten seconds.
wait_state() {
	i=0
	while [ $i -lt 100 ]; do
		[ "$(cat $sys/state)" = "$1" ] && return 0
		i=$((i + 1))
		sleep 0.1
	done
	state "$1"
}

refused() {
	if "$@" 2>/dev/null; then
		false
	else
		true
	fi
}

donated_refused() {
	cpu=$(sed 's/[-,].*//' $sys/cpus)
	refused sh -c "echo 1 >/sys/devices/system/cpu/cpu$cpu/online"
}

slot_not_ram() {
	slot=$(sed 's/0x\(.*\)-.*/\1/' $sys/slot)
	grep -i "^ *0*$slot-.*Reserved" /proc/iomem >/dev/null
}

busy_start() {
	pids=
	for i in 1 2; do
		(while :; do :; done) &
		pids="$pids $!"
		(while :; do
			dd if=/dev/zero of=/tmp/busy.$i bs=1M count=32 2>/dev/null
			rm /tmp/busy.$i
		done) &
		pids="$pids $!"
	done
}

busy_stop() {
	kill $pids
	wait
}

rounds() {
	cat $sys/log | sed -n 's/.*rehearsal: \([0-9]*\) rounds/\1/p' | tail -n 1
}

both_busy() {
	busy_start
	sleep "$seconds"
	busy_stop
	[ "$(rounds)" -gt 0 ] && state ready
}

park_often() {
	busy_start
	i=0
	while [ $i -lt 20 ]; do
		before=$(cut -d ' ' -f 1 /proc/uptime)
		echo park >$rehearse || break
		# The clock goes on.
		after=$(cut -d ' ' -f 1 /proc/uptime)
		echo "$before $after" | awk '{ exit !($2 >= $1 && $2 - $1 < 5) }' || break
		i=$((i + 1))
	done
	busy_stop
	[ $i = 20 ]
}

clean_logs() {
	bad='WARNING:|BUG:|soft lockup|rcu.*stall|cut here|Stale IRR|spurious'
	if { dmesg; cat $sys/log; } | grep -E "$bad"; then
		false
	else
		true
	fi
}

second_panics() {
	echo panic >$rehearse && wait_state dead &&
		grep -q 'Kernel panic' $sys/log
}

echo "KTAP version 1"
echo "1..15"
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null

check "partition: state none" state none
check "partition: slot is not RAM" slot_not_ram
check "partition: donated CPU cannot be started" donated_refused
check "load: a file that is no kernel is refused" refused orthros load /proc/self/exe
check "load" load
check "load: a second time is refused" refused /.vm/load.sh
check "load: donated CPU cannot be started" donated_refused
check "containment: both kernels busy for $seconds s" both_busy
check "park: twenty times under load" park_often
check "containment: no warning in either log" clean_logs
check "panic of the second is seen" second_panics
check "load after a panic" load
check "unload" orthros unload
check "unload: state none" state none
check "load after unload" load
exit $failed
