#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# soak.sh HOPS: in a guest with a Debian root on a disk, both kernels in /boot
# and the first one loaded, hop so often, with redis under load, a shell that
# forks, a process that checksums 512 MiB, one that keeps faulting new memory,
# one that keeps changing files, and stress-ng, which writes and verifies. Prints
# a line a hop, and KTAP.
set -u

hops=${1:-3}
sys=/sys/kernel/orthros
dir=/tmp/soak
cmdline=$(tr '\0' '\n' </.vm/load | tail -n 1)
n=0
failed=0
lost=0
pids=

ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n $2"
	else
		echo "not ok $n $2"
		failed=1
	fi
}

alive() {
	for p in $pids; do
		kill -0 "$p" 2>/dev/null || {
			echo "# process $p has ended"
			return 1
		}
	done
}

# kB that MemTotal has and nobody admits to.
unaccounted() {
	awk '{ v[$1] = $2 } END {
		print v["MemTotal:"] - v["MemFree:"] - v["Active:"] - v["Inactive:"] \
			- v["Unevictable:"] - v["Slab:"] - v["KernelStack:"] \
			- v["PageTables:"] - v["SecPageTables:"] - v["Percpu:"] \
			- v["VmallocUsed:"]
	}' /proc/meminfo
}

field() {
	awk -v k="$1:" '$1 == k { print $2 }' /proc/meminfo
}

start() {
	"$@" >>$dir/log 2>&1 &
	pids="$pids $!"
}

# The last one is the host's: the disk, when we are gone.
echo "1..$((hops + 4))"
mkdir -p $dir
start redis-server --save '' --port 6379 --unixsocket $dir/redis --dir $dir --logfile $dir/redis.log
until [ -S $dir/redis ]; do
	sleep 0.05
done
# Over TCP: server and client both go through each hop.
start soak-load client 6379
load=$!
start soak-load sum 512
load="$load $!"
start soak-load fault 16
load="$load $!"
mkdir -p $dir/disk
start soak-load disk $dir/disk
load="$load $!"
# Files that are deleted while it has them; a wrong byte is status 2.
start stress-ng --temp-path $dir --verify --timeout 0 \
	--hdd 1 --hdd-bytes 32M --hdd-opts wr-rnd,rd-rnd,fsync \
	--iomix 1 --iomix-bytes 16M --rename 1
load="$load $!"
start sh -c 'while :; do /bin/true; done'
until [ -e $dir/redis.client ]; do
	sleep 0.05
done

hop=0
while [ $hop -lt "$hops" ]; do
	before=$(uname -r)
	if [ $hop -gt 0 ]; then
		for image in /boot/vmlinuz-*; do
			case $before in
			"${image#/boot/vmlinuz-}".*) ;;
			*) next=$image ;;
			esac
		done
		orthros load "$next" --cmdline "$cmdline" || break
	fi
	echo 1 >$sys/update || {
		echo "# $(cat $sys/last_error)"
		break
	}
	hop=$((hop + 1))
	[ "$(uname -r)" != "$before" ] && alive
	ok $? "hop $hop"
	# The background work of the hop ends with this stamp.
	tries=0
	until [ -n "$(cat $sys/stats/freed_ns)" ] || [ $tries -gt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	echo "# hop $hop: $before -> $(uname -r)," \
		"downtime $(($(cat $sys/stats/downtime_ns) / 1000)) us," \
		"MemTotal $(field MemTotal), unaccounted $(unaccounted) kB," \
		"pages lost $(cat $sys/stats/unaccounted)"
	[ "$(cat $sys/stats/unaccounted)" = 0 ] || lost=1
	# The same kernel, two hops apart.
	eval "unaccounted_$hop=$(unaccounted)"
done
ok $((hop < hops)) "all hops"

# Flat from hop 3 on: what the first and the last hop into one kernel leave.
first=$((3 + (hop + 1) % 2))
drift=0
if [ $hop -gt $first ]; then
	eval "drift=\$((unaccounted_$hop - unaccounted_$first))"
	echo "# from hop $first to hop $hop: $drift kB more unaccounted for"
fi
[ $drift -le 4096 ] && [ $lost = 0 ]
ok $? "memory accounting"

rc=0
for p in $load; do
	kill -TERM "$p"
	wait "$p" || rc=1
done
sed 's/^/# /' $dir/log
ok $rc "no lost key, no wrong byte"
exit $failed
