#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh HOPS [crash] [systemd], in a guest with a Debian root on ext4: nginx and redis
# serve clients on the host through HOPS changes of the kernel, which a second
# process makes; with "crash" by faults of LKDTM. With "systemd" they are services of it,
# and it must not notice. On the console the shell is the host's, to type into. The host
# hears by vm-signal what happens, and says through redis when to go on.
set -eu

hops=$1
shift
crash='' systemd=''
for word; do
	case $word in
	crash) crash=1 ;;
	systemd) systemd=1 ;;
	esac
done
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
	cmdline=mitigations=off
	# What it says before it has a console is all that is known when it fails.
	[ -z "$crash" ] || cmdline="$cmdline earlyprintk=serial,0x3e8,115200,keep"
	orthros load "$next" --cmdline "$cmdline" || fail "load $next"
}

# It fails on behalf of a child; the mount is seen by nobody else, who would be carried
# with it.
crash_kernel() {
	orthros protect || fail "protect"
	# So that it does not go on after an oops.
	echo takeover >$sysfs/monitor/oops/action
	(
		mount -t debugfs debugfs /sys/kernel/debug
		exec 3>/sys/kernel/debug/provoke-crash/DIRECT
		umount -l /sys/kernel/debug
		vm-signal hop "$n" "$1"
		echo "$1" >&3
	)
}

# What is left of it goes to a disk of its own.
save_kernel() {
	until [ -e /proc/orthros/vmcore ]; do sleep 0.1; done
	mount -t ext4 /dev/vdb /mnt || fail "mount"
	orthros save-vmcore "/mnt/core-$n" || fail "save-vmcore"
	mib=$(du -m "/mnt/core-$n" | cut -f1)
	umount /mnt || fail "umount"
	vm-signal saved "$mib" "$(cat $sysfs/failure)"
}

update_kernel() {
	[ ! -s $sysfs/check ] || fail "check: $(head -n 3 $sysfs/check)"
	vm-signal hop "$n"
	{ echo 1 >$sysfs/update; } 2>/dev/null
}

# A line for each service: what it is, since when, and how often it was started again.
services() {
	systemctl list-units --type=service --state=active --no-legend --plain |
		while read -r unit _; do
			echo "$unit $(systemctl show -P MainPID -P NRestarts \
				-P ActiveEnterTimestampMonotonic "$unit" | tr '\n' ' ')"
		done
}

# systemd and its own have not noticed, and do what they did before.
systemd_is_well() {
	is=$(systemctl is-system-running) || fail "systemd: $is"
	services >/run/services.now
	diff /run/services /run/services.now >/run/services.diff ||
		fail "services: $(head -n 4 /run/services.diff | tr '\n' ' ')"
	# The journal goes on, of the same boot.
	logger -t demo "after hop $1"
	systemd-run -q --wait -p PrivateTmp=yes -p MemoryMax=64M true || fail "systemd-run"
	journalctl --sync
	for i in $(seq 0 "$1"); do
		journalctl -q -b -t demo | grep -q "after hop $i\$" || fail "journal: hop $i"
	done
	systemctl restart cron || fail "systemctl restart cron"
	[ "$(loginctl --no-legend list-sessions | wc -l)" = "$sessions" ] || fail "loginctl"
	services >/run/services
}

hop_all() {
	n=0
	while [ $n -lt "$hops" ]; do
		n=$((n + 1))
		# The host sees that its clients are well, and lets it go on.
		word=$(redis-cli --raw blpop demo:go 0 | tail -n 1)
		[ "$word" = go ] || exit 1
		if [ $n = 1 ] && [ -n "$systemd" ]; then
			sessions=$(loginctl --no-legend list-sessions | wc -l)
			services >/run/services
			systemd_is_well 0
		fi
		[ $n = 1 ] || load_next
		before=$(uname -r)
		if [ -n "$crash" ]; then
			# Told of, found by its silence, and by what it has noted.
			case $((n % 3)) in
			1) fault=PANIC ;;
			2) fault=HARDLOCKUP ;;
			*) fault=EXCEPTION ;;
			esac
			crash_kernel $fault || :
		else
			update_kernel || fail "hop $n"
		fi
		[ "$(uname -r)" != "$before" ] || fail "hop $n: the kernel is still $before"
		set --
		for f in "$sysfs"/stats/*_ns; do
			name=${f##*/}
			set -- "$@" "${name%_ns}=$(cat "$f")"
		done
		vm-signal stats "$@"
		[ -z "$crash" ] || save_kernel
		[ -z "$systemd" ] || systemd_is_well $n
		vm-signal hopped $n "$(uname -r)" "$(who "$redis") $(who "$nginx")"
	done
	vm-signal end
}

start_servers() {
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
}

# Debian's own units, as they are.
start_services() {
	cat >>/etc/redis/redis.conf <<'END'
bind 0.0.0.0
protected-mode no
save ""
appendonly yes
io-threads 2
io-threads-do-reads yes
END
	printf 'PermitRootLogin yes\nPermitEmptyPasswords yes\n' >/etc/ssh/sshd_config.d/demo.conf
	systemctl restart redis-server ssh || fail "systemctl restart"
	systemctl is-system-running --wait || fail "systemd: $(systemctl --failed)"
	redis=$(systemctl show -P MainPID redis-server)
	nginx=$(systemctl show -P MainPID nginx)
}

# The host shows these until it hears more.
echo 'demo: the guest writes a file to download'
root=/srv
[ -z "$systemd" ] || root=/var/www/html
dd if=/dev/urandom of=$root/file bs=1M count="${FILE_MIB:-64}" 2>/dev/null
sha256sum $root/file | cut -d' ' -f1 >$root/file.sha256
echo 'demo: the guest starts nginx, redis and sshd'
if [ -n "$systemd" ]; then
	start_services
else
	start_servers
fi

vm-signal ready
vm-signal started "$(uname -r)" "$(who "$redis") $(who "$nginx")"
hop_all </dev/null >/run/demo.log 2>&1 &

# The host types into an editor, and leaves.
PS1='console# ' sh -i
wait $! || exit 1
cp /root/typed /out/typed
