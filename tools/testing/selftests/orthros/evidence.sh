#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What evidence (beside this file) runs in the guest, whose /dev/vda has an empty ext4
# that nobody mounts before the takeover.
#
#   evidence.sh vmcore DST       a kernel fails, its core is saved to the disk
#   evidence.sh lockup DST       the same of one whose CPU stands still
#   evidence.sh short DST        memory gets short: the core goes, the processes stay
#   evidence.sh rearm SRC DST    kernels fail until that is no accident any more
set -u

sys=/sys/kernel/orthros
core=/proc/orthros/vmcore

die() {
	echo "evidence: $*"
	cat $sys/last_error
	exit 1
}

# Until a command holds, but not for ever.
wait_for() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || die "never: $*"
		sleep 0.1
	done
}

# Somebody who must be there at the end, and go on meanwhile.
start() {
	sh -c 'i=0; while :; do i=$((i + 1)); echo $i >/tmp/count; sleep 0.05; done' &
	pid=$!
}

goes_on() {
	kill -0 "$pid" || die "the process has ended"
	was=$(cat /tmp/count)
	wait_for changed
}

changed() {
	[ "$(cat /tmp/count)" != "$was" ]
}

# taken_over RELEASE WHY: this kernel has failed, another one goes on.
taken_over() {
	case $(uname -r) in
	"$1".*) ;;
	*) die "this is $(uname -r), not $1" ;;
	esac
	grep -q "$2" $sys/failure || die "failure: $(cat $sys/failure)"
	goes_on
}

crash() {
	(echo c >/proc/sysrq-trigger)
	taken_over "$1" "sysrq triggered crash"
}

# Interrupts off, and round and round. Nobody else sees the mount, which would be carried.
lock_up() {
	(
		mount -t debugfs debugfs /sys/kernel/debug
		exec 3>/sys/kernel/debug/provoke-crash/DIRECT
		umount -l /sys/kernel/debug
		echo HARDLOCKUP >&3
	)
	taken_over "$1" "^CPU "
}

held() {
	[ -e $core ]
}

gone() {
	[ ! -e $core ] && [ "$(cat $sys/evidence)" = 0 ]
}

armed() {
	[ "$(cat $sys/protect)" = 1 ]
}

vmcore() {
	start
	insmod "/usr/lib/orthros/test_module-$(uname -r | cut -d. -f1,2).ko" || die insmod
	echo "the last words" >/dev/kmsg
	gone || die "there is a core of nobody"
	orthros protect || die protect
	crash "$1"
	wait_for held
	echo "kept: $(cat $sys/evidence) bytes of $(stat -c %s $core), $(uptime)"
	[ "$(cat $sys/evidence)" -gt 0 ] || die "nothing is kept"
	[ "$(stat -c %a $core)" = 400 ] || die "others may read it"
	mkdir -p /disk
	mount -t ext4 /dev/vda /disk || die mount
	orthros save-vmcore --keep /disk/vmcore || die save-vmcore
	held || die "it has not been kept"
	grep -q "the last words" /disk/vmcore.dmesg || die "dmesg"
	grep -q "sysrq triggered crash" /disk/vmcore.dmesg || die "dmesg ends early"
	echo "saved: $(du -k /disk/vmcore | cut -f1) kB, $(uptime)"
	# As cp does it.
	cp $core /disk/copied || die cp
	orthros vmcore-dmesg /disk/copied | cmp - /disk/vmcore.dmesg || die "a copy differs"
	rm /disk/copied
	for _ in 1 2 3; do
		orthros save-vmcore --keep --auto /disk/crash --keep-last 2 || die "--auto"
		sleep 1.1
	done
	set -- /disk/crash/*/dump.* /disk/crash/*/dmesg.*
	[ $# = 4 ] || die "--keep-last 2: $*"
	rm -r /disk/crash
	# Somebody reads it when it goes.
	exec 3<$core
	orthros save-vmcore /disk/again || die "save-vmcore"
	wait_for gone
	dd bs=4k count=1 <&3 2>/dev/null && die "what is gone can be read"
	exec 3<&-
	cmp /disk/vmcore.dmesg /disk/again.dmesg || die "it has changed"
	rm /disk/again*
	orthros save-vmcore /disk/more 2>/dev/null && die "there is another one"
	umount /disk || die umount
	goes_on
	exit 0
}

lockup() {
	start
	orthros protect || die protect
	lock_up "$1"
	wait_for held
	mkdir -p /disk
	mount -t ext4 /dev/vda /disk || die mount
	orthros save-vmcore /disk/vmcore || die save-vmcore
	umount /disk || die umount
	goes_on
	exit 0
}

short() {
	start
	orthros protect || die protect
	crash "$1"
	wait_for held
	mkdir -p /full
	mount -t tmpfs -o size=100% tmpfs /full
	n=0
	while [ "$(cat $sys/evidence)" != 0 ]; do
		dd if=/dev/zero of=/full/$n bs=1M count=16 2>/dev/null || die "no room"
		n=$((n + 1))
		[ $n -lt 1000 ] || die "memory never gets short"
	done
	rm -r /full/*
	echo "$n times 16 MiB"
	wait_for gone
	dmesg | grep "memory is short" || die "why has it gone?"
	dmesg | grep "Killed process" && die "a process comes first"
	goes_on
	exit 0
}

# As load.sh of the guest, for a machine that stays armed.
load_armed() {
	sed "s|orthros load |orthros load --keep-armed --protect --save-vmcore /crash --keep-last 1 |" \
		/.vm/load.sh >/tmp/load.sh
	grep -q keep-armed /tmp/load.sh || die "what does load.sh do?"
	sh /tmp/load.sh "/boot/vmlinuz-$1" || die "load"
	armed || die "not protected"
}

rearm() {
	start
	load_armed "$1"
	cat $sys/keep_armed
	crash "$2"
	wait_for armed
	gone || die "its core lies in the slot"
	grep -q "sysrq triggered crash" /crash/*/dmesg.* || die "saved: $(ls /crash/*)"
	[ -s "$(echo /crash/*/dump.*)" ] || die "saved: $(ls /crash/*)"
	crash "$1"
	wait_for armed
	# An update is no failure.
	orthros update || die update
	case $(uname -r) in "$2".*) ;; *) die "update" ;; esac
	wait_for armed
	crash "$1"
	wait_for grep -q "3 takeovers in 10 minutes" $sys/last_error
	cat $sys/last_error
	dmesg | grep "not armed again" || die "the log does not say so"
	[ "$(cat $sys/state)" = none ] || die "state: $(cat $sys/state)"
	armed && die "protected by nobody"
	# By hand, and it is as ever.
	load_armed "$1"
	goes_on
	exit 0
}

"$@"
