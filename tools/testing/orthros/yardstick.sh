#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# yardstick.sh METHOD MIB VERSION, in a guest with a Debian root: serve redis
# with MIB of data, change the kernel to VERSION's in one of three ways, serve on.
#
#   orthros   a hop
#   criu      checkpoint, kexec, restore
#   restart   stop with saving, kexec, start
#
# The host's client is told what happens when by vm-signal.
set -eu

method=$1 mib=$2 version=$3
images=/var/lib/criu
pidfile=/run/redis.pid
state=/var/lib/yardstick

serve() {
	redis-server --bind 0.0.0.0 --protected-mode no --save '' --rdbcompression no --dir /var/lib/redis \
		--enable-debug-command yes --daemonize yes --pidfile $pidfile \
		--logfile /var/log/redis.log
	until redis-cli ping 2>/dev/null | grep -q PONG; do :; done
}

# The size of a tree in KiB.
kib() {
	du -sk "$1" | cut -f1
}

# On: boot VERSION from the same disk, where this program goes on.
boot_other() {
	rm -f /.vm/load
	printf 'sh\0/usr/bin/yardstick.sh\0%s-after\0%s\0%s\0' \
		"$method" "$mib" "$version" >/.vm/argv
	sync
	kexec -e
	exit 1
}

load_other() {
	kexec -l "/boot/vmlinuz-$version" --command-line \
		'root=/dev/vda rw init=/.vm/agent console=ttyS1 panic=-1 mitigations=off tsc=reliable quiet'
}

finish() {
	redis-cli ping >/dev/null
	[ "$(redis-cli dbsize)" = "$((mib * 1000))" ]
	case $(uname -r) in
	"$version".*) ;;
	*) exit 1 ;;
	esac
	vm-signal end
	# The client has seen enough.
	read -r _
}

mkdir -p $state
case $method in
orthros | criu | restart)
	# Far from what the next kernel gives to its first processes.
	echo 5000 >/proc/sys/kernel/ns_last_pid
	serve
	redis-cli debug populate $((mib * 1000)) key 900 >/dev/null
	vm-signal ready
	read -r _
	vm-signal begin
	;;
esac

case $method in
orthros)
	/.vm/load.sh
	echo 1 >/sys/kernel/orthros/update
	vm-signal moved 0
	finish
	;;
criu)
	load_other
	mkdir -p $images
	criu dump -t "$(cat $pidfile)" -D $images --tcp-close --manage-cgroups=ignore \
		-o dump.log || { tail -n 20 $images/dump.log; exit 1; }
	vm-signal moved "$(kib $images)"
	boot_other
	;;
criu-after)
	criu restore -d -D $images --tcp-close --manage-cgroups=ignore \
		-o restore.log || { tail -n 20 $images/restore.log; exit 1; }
	finish
	;;
restart)
	load_other
	redis-cli shutdown save || true
	vm-signal moved "$(kib /var/lib/redis)"
	boot_other
	;;
restart-after)
	serve
	finish
	;;
esac
