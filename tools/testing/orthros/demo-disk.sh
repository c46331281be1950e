#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# demo-disk.sh HOPS, in a guest with a Debian root on ext4: nginx and redis
# serve clients on the host, through HOPS changes of the kernel. The host says
# on the console when to go on, and hears by vm-signal what happened.
set -eu

hops=$1
sysfs=/sys/kernel/orthros

fail() {
	vm-signal failed "$*"
	echo "demo: FAILED: $*" >&2
	[ ! -r $sysfs/last_error ] || echo "last_error: $(cat $sysfs/last_error)" >&2
	exit 1
}

start_time() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
}

cat >/etc/nginx/demo.conf <<'END'
user www-data;
worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 256; }
http {
	access_log /var/log/nginx/access.log;
	sendfile off;
	server {
		listen 80;
		root /srv;
	}
}
END
dd if=/dev/urandom of=/srv/file bs=1M count="${FILE_MIB:-64}" 2>/dev/null
sha256sum /srv/file | cut -d' ' -f1 >/srv/file.sha256
nginx -c /etc/nginx/demo.conf || fail "nginx"
redis-server --bind 0.0.0.0 --protected-mode no --save '' --appendonly yes \
	--dir /var/lib/redis --daemonize yes --pidfile /run/redis.pid \
	--logfile /var/log/redis/redis.log
until redis-cli ping 2>/dev/null | grep -q PONG; do :; done
redis=$(cat /run/redis.pid)
nginx=$(cat /run/nginx.pid)
dropbear -R -B -p 22 2>/dev/null || fail "dropbear"
born="$(start_time "$redis") $(start_time "$nginx")"

vm-signal ready
read -r _
n=0
while [ $n -lt "$hops" ]; do
	n=$((n + 1))
	before=$(uname -r)
	[ ! -s $sysfs/check ] || fail "check: $(head -n 3 $sysfs/check)"
	vm-signal hop $n "$before"
	{ echo 1 >$sysfs/update; } 2>/dev/null || fail "hop $n"
	[ "$(uname -r)" != "$before" ] || fail "hop $n: the kernel is still $before"
	vm-signal hopped $n "$(uname -r)" "$(cat $sysfs/stats/downtime_ns)"
	# The host sees that its clients are well, and lets it go on.
	read -r word
	[ "$word" = go ] || fail "the host says: $word"
	if [ $n -lt "$hops" ]; then
		for image in /boot/vmlinuz-*; do
			case $(uname -r) in
			"${image##*-}".*) ;;
			*) next=$image ;;
			esac
		done
		orthros load "$next" --cmdline 'mitigations=off' || fail "load $next"
	fi
done
[ "$(start_time "$redis") $(start_time "$nginx")" = "$born" ] ||
	fail "these are other processes"
vm-signal end
read -r _
