#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh HOPS, in a guest with a Debian root on ext4: nginx and redis serve
# clients on the host through HOPS changes of the kernel, which a second
# process makes. On the console the shell is the host's, to type into. The host
# hears by vm-signal what happens, and says through redis when to go on.
set -eu

hops=$1
sysfs=/sys/kernel/orthros

fail() {
	vm-signal failed "$*" "$(cat $sysfs/last_error)"
	exit 1
}

# PID and start time, field 22 of /proc/PID/stat counted behind the name.
who() {
	echo "$1 $(sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20)"
}

load_next() {
	for image in /boot/vmlinuz-*; do
		case $(uname -r) in
		"${image##*-}".*) ;;
		*) next=$image ;;
		esac
	done
	vm-signal loading "${next##*-}"
	orthros load "$next" --cmdline 'mitigations=off' || fail "load $next"
}

hop_all() {
	n=0
	while [ $n -lt "$hops" ]; do
		n=$((n + 1))
		# The host sees that its clients are well, and lets it go on.
		word=$(redis-cli --raw blpop demo:go 0 | tail -n 1)
		[ "$word" = go ] || exit 1
		[ $n = 1 ] || load_next
		before=$(uname -r)
		[ ! -s $sysfs/check ] || fail "check: $(head -n 3 $sysfs/check)"
		vm-signal hop $n
		{ echo 1 >$sysfs/update; } 2>/dev/null || fail "hop $n"
		[ "$(uname -r)" != "$before" ] || fail "hop $n: the kernel is still $before"
		set --
		for f in "$sysfs"/stats/*_ns; do
			name=${f##*/}
			set -- "$@" "${name%_ns}=$(cat "$f")"
		done
		vm-signal stats "$@"
		vm-signal hopped $n "$(uname -r)" "$(who "$redis") $(who "$nginx")"
	done
	vm-signal end
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
# The host shows these until it hears more.
echo 'demo: the guest writes a file to download'
dd if=/dev/urandom of=/srv/file bs=1M count="${FILE_MIB:-64}" 2>/dev/null
sha256sum /srv/file | cut -d' ' -f1 >/srv/file.sha256
echo 'demo: the guest starts nginx, redis-server and dropbear'
nginx -c /etc/nginx/demo.conf || fail "nginx"
redis-server --bind 0.0.0.0 --protected-mode no --save '' --appendonly yes \
	--io-threads 2 --io-threads-do-reads yes \
	--dir /var/lib/redis --daemonize yes --pidfile /run/redis.pid \
	--logfile /var/log/redis/redis.log
until redis-cli ping 2>/dev/null | grep -q PONG; do :; done
redis=$(cat /run/redis.pid)
nginx=$(cat /run/nginx.pid)
mkdir -p /etc/dropbear
dropbear -R -B -p 22 2>/dev/null || fail "dropbear"

vm-signal ready
vm-signal started "$(uname -r)" "$(who "$redis") $(who "$nginx")"
hop_all </dev/null >/run/demo.log 2>&1 &

# The host types into an editor, and leaves.
PS1='console# ' sh -i
wait $! || exit 1
cp /root/typed /out/typed
