#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The demonstration, run in the guest: fill redis-server, go to the other
# kernel, and see that the same process answers with the same data.
set -eu

keys=${KEYS:-60000}
new=1000
batch=500
sysfs=/sys/kernel/orthros
dir=/tmp/demo

fail() {
	echo "demo: FAILED: $*" >&2
	[ ! -r $sysfs/last_error ] || echo "last_error: $(cat $sysfs/last_error)" >&2
	exit 1
}

# The start time in /proc/PID/stat: field 22, counted behind the name.
start_time() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
}

# Keys FIRST..LAST and their values, one line each.
expected() {
	awk -v a="$1" -v b="$2" 'BEGIN {
		for (i = a; i <= b; i++)
			printf "value-%d-%d\n", i, (i * 7919) % 1000003
	}'
}

# The same as SETs in redis's protocol, for redis-cli --pipe.
sets() {
	awk -v a="$1" -v b="$2" 'BEGIN {
		for (i = a; i <= b; i++) {
			k = "key:" i
			v = "value-" i "-" (i * 7919) % 1000003
			printf "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n",
				length(k), k, length(v), v
		}
	}'
}

mgets() {
	awk -v a="$1" -v b="$2" -v n=$batch 'BEGIN {
		for (i = a; i <= b; i += n) {
			printf "MGET"
			for (j = i; j < i + n && j <= b; j++)
				printf " key:%d", j
			print ""
		}
	}'
}

set_keys() {
	sets "$1" "$2" | redis-cli --pipe >$dir/pipe.log 2>&1 ||
		fail "writing keys $1 to $2: $(cat $dir/pipe.log)"
}

verify_keys() {
	expected "$1" "$2" >$dir/expected
	mgets "$1" "$2" | redis-cli --raw >$dir/got
	cmp -s $dir/expected $dir/got ||
		fail "keys $1 to $2: $(diff $dir/expected $dir/got | grep -c '^[<>]') values differ"
}

describe() {
	echo "  kernel        $(uname -r)"
	echo "  processors    $(nproc)"
	echo "  redis-server  pid $pid, started at tick $(start_time "$pid")," \
		"$(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 | wc -l) threads," \
		"$(awk '/^VmRSS/ { print $2, $3 }' "/proc/$pid/status")"
	echo "  keys          $(redis-cli dbsize)"
}

mkdir -p $dir
cd $dir

redis-server --save '' --io-threads 2 --io-threads-do-reads yes \
	--dir $dir --logfile $dir/redis.log </dev/null >/dev/null 2>&1 &
pid=$!
tries=0
until [ "$(redis-cli ping 2>/dev/null)" = PONG ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || fail "redis-server does not answer: $(cat $dir/redis.log)"
	kill -0 $pid || fail "redis-server has ended: $(cat $dir/redis.log)"
	usleep 100000
done

set_keys 1 "$keys"
verify_keys 1 "$keys"
old_release=$(uname -r)
old_start=$(start_time $pid)
echo
echo "Before:"
describe

echo
echo "echo 1 > $sysfs/update"
echo 1 >$sysfs/update || fail "update was refused"

echo
echo "After:"
describe
[ "$(uname -r)" != "$old_release" ] || fail "still $old_release"
kill -0 $pid || fail "redis-server (pid $pid) is gone"
[ "$(start_time $pid)" = "$old_start" ] || fail "start time differs"
verify_keys 1 "$keys"
set_keys $((keys + 1)) $((keys + new))
verify_keys 1 $((keys + new))
[ "$(redis-cli dbsize)" = $((keys + new)) ] || fail "dbsize is $(redis-cli dbsize)"
echo
echo "All $keys keys have their values, $new new ones were written and read back."

echo
echo "Time line of the hop, in ms after the write to update:"
for f in "$sysfs"/stats/*_ns; do
	case ${f##*/} in
	downtime_ns) ;;
	*) echo "$(cat "$f") $(basename "$f" _ns)" ;;
	esac
done | sort -n | awk '{ printf "  %10.1f  %s\n", $1 / 1000000, $2 }'
echo
awk '{ printf "downtime: %.1f ms\n", $1 / 1000000 }' $sysfs/stats/downtime_ns
