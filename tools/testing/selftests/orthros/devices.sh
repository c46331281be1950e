#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What devices (beside this file) runs in the guest, whose /dev/vda is noise.
sys=/sys/kernel/orthros

die() {
	echo "devices: $*"
	cat $sys/last_error
	exit 1
}

# goes_on COUNT WHAT: somebody has counted further than COUNT and two more
goes_on() {
	tries=0
	while [ "$(cat /tmp/count)" -le $(($1 + 2)) ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || die "no I/O after $2"
		sleep 0.2
	done
}

# hop SRC DST NR: there and back; the first kernel is loaded already.
hop() {
	if [ "$3" -gt 1 ]; then
		if [ $(($3 % 2)) = 0 ]; then to=$1; else to=$2; fi
		sed "s:/boot/vmlinuz-[^ ]*:/boot/vmlinuz-$to:" /.vm/load.sh >/tmp/load.sh
		sh /tmp/load.sh || die "load of $to"
	fi
	cat $sys/check
	orthros update || die "hop $3"
	echo "hop $3: $(uname -r), devices $(cat $sys/stats/probed_ns) ns"
}

# Writes to a place of the disk that changes, and reads it past the cache.
io() {
	dd if=/dev/urandom of=/tmp/io bs=4k count=32 2>/dev/null
	dd if=/tmp/io of=/dev/vda bs=4k seek=$((1000 + $1 % 4000)) conv=notrunc,fsync \
		2>/dev/null || die "write $1"
	dd if=/dev/vda bs=4k skip=$((1000 + $1 % 4000)) count=32 iflag=direct 2>/dev/null |
		cmp - /tmp/io || die "read $1"
}

state() {
	ls /sys/block /sys/bus/pci/devices /sys/bus/virtio/devices
	stat -c '%n %A %u:%g %t:%T' /dev/vda /dev/hwrng
	dd if=/dev/vda bs=4k count=1000 2>/dev/null | md5sum
}

# load VERSION OPTIONS: with options for the second kernel's command line.
load() {
	orthros unload 2>/dev/null
	sed "s|/boot/vmlinuz-[^ ]*|/boot/vmlinuz-$1|; s|mitigations=off|& $2|" /.vm/load.sh \
		>/tmp/load.sh
	sh /tmp/load.sh || die "load of $1 with $2"
}

# The PCI function of a disk or a network card.
function_of() {
	basename "$(dirname "$(realpath "$1/device")")"
}

case $1 in
hops)
	state >/tmp/before
	i=0
	while [ $i -lt "$2" ]; do
		i=$((i + 1))
		hop "$3" "$4" $i
		state >/tmp/after
		diff /tmp/before /tmp/after || die "something has changed"
		head -c 64 /dev/hwrng >/dev/null || die "hwrng"
		io $((i * 100))
		grep virtio /proc/interrupts >/tmp/irqs.$i
	done
	# As many vectors as after the first hop: none has leaked.
	[ "$(wc -l </tmp/irqs.1)" = "$(wc -l <"/tmp/irqs.$2")" ] || die "interrupts"
	;;
end)
	i=0
	while [ $i -lt "$3" ]; do
		i=$((i + 1))
		hop "$4" "$5" $i
	done
	$2 -f
	sleep 100
	;;
port)
	port=$(echo /dev/vport*p1)
	echo before >"$port" || die "write"
	orthros update || die "hop"
	[ "$(echo /dev/vport*)" = "$port" ] || die "names"
	echo after >"$port" || die "write after the hop"
	;;
refuse)
	orthros update && die "it was not refused"
	cat $sys/check
	grep -q "^0 : device 0000:.*(1af4:1005): the second kernel has no driver $2$" \
		$sys/check || die "check"
	head -c 64 /dev/hwrng >/dev/null || die "hwrng"
	io 1
	;;
fail)
	vda=$(function_of /sys/block/vda)
	eth=$(function_of /sys/class/net/eth0)
	# What is open must be there at the commit, else there is none.
	for how in probe hang; do
		load "$3" "orthros.fail_device=$vda=$how orthros.probe_timeout=3"
		exec 7</dev/vda
		orthros update && die "$how of a disk in use"
		grep -q "device $vda" $sys/last_error || die "$how: last_error"
		exec 7<&-
		io 1
	done
	# Nobody has it, nobody waits for it; who wants it then is told.
	load "$3" "orthros.fail_device=$vda=hang orthros.probe_timeout=10"
	(release=$(uname -r)
	 now=$release
	 while [ "$now" = "$release" ]; do read -r now </proc/sys/kernel/osrelease; done
	 dd if=/dev/vda of=/dev/null bs=4k count=1 || echo error >/tmp/dd) 2>/tmp/dd.err &
	orthros update || die "hang of a disk that is not in use"
	grep -q "device $vda .* has not started" $sys/last_error || die "hang: last_error"
	wait
	[ "$(cat /tmp/dd)" = error ] || die "hang: the reader"
	[ "$(($(cat $sys/stats/downtime_ns) / 1000000000))" -lt 8 ] || die "hang: downtime"
	ip addr show dev eth0 | grep -q 10.0.2.15 || die "hang: address"
	[ "$(cat /sys/class/net/eth0/carrier)" = 1 ] || die "hang: carrier"
	dd if=/dev/vda of=/dev/null bs=4k count=1 2>/dev/null && die "hang: it can be read"
	grep "$vda failed" $sys/stats/device_times || die "hang: stats"
	# A driver that is at it cannot be asked to stop.
	sh /.vm/load.sh && die "load while a driver hangs"
	grep -q "device $vda .* has not started" $sys/last_error || die "load: last_error"
	;;
late)
	vda=$(function_of /sys/block/vda)
	eth=$(function_of /sys/class/net/eth0)
	load "$3" "orthros.fail_device=$vda=late"
	orthros update || die "failure of a disk that is not in use"
	grep -q "device $vda: was .*virtio_blk.*, is nothing" $sys/last_error ||
		die "late: last_error"
	dd if=/dev/vda of=/dev/null bs=4k count=1 2>/dev/null && die "late: it can be read"
	# The next kernel may be luckier; but not with the network card.
	load "$2" "orthros.fail_device=$eth=open"
	orthros update || die "failure of a network card"
	grep -q "netdev eth0 does not come up" $sys/last_error || die "open: last_error"
	[ "$(cat /sys/class/net/eth0/operstate)" = down ] || die "open: link"
	ip addr show dev eth0 | grep -q 10.0.2.15 || die "open: address"
	ping -c 1 -w 5 127.0.0.1 >/dev/null || die "open: loopback"
	io 2
	# And the next one has both.
	load "$3" ""
	orthros update || die "hop without a failure"
	[ ! -s $sys/last_error ] || [ -z "$(cat $sys/last_error)" ] || die "last_error is left"
	[ "$(cat /sys/class/net/eth0/carrier)" = 1 ] || die "carrier"
	io 3
	;;
abort)
	# Somebody is always in the middle of a write or a read.
	echo 0 >/tmp/count
	(i=0
	 while [ ! -e /tmp/stop ]; do
		i=$((i + 1))
		io $i
		# Whoever reads it must never find it empty.
		echo $i >/tmp/count.new
		mv /tmp/count.new /tmp/count
	 done
	 echo end >/tmp/stopped) &
	for step in 2 3 4 5 16 6 7 8 9; do
		before=$(cat /tmp/count)
		echo $step >$sys/fail_step
		orthros update && die "step $step did not fail"
		grep -q "step $step" $sys/last_error || die "step $step"
		head -c 64 /dev/hwrng >/dev/null || die "hwrng"
		goes_on "$before" "step $step"
	done
	orthros update || die "update"
	goes_on "$(cat /tmp/count)" "the hop"
	touch /tmp/stop
	wait
	[ -e /tmp/stopped ] || die "the I/O had failed"
	;;
esac
