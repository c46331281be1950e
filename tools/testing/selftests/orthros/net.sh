#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# net.sh: the network card and the host at its other end, over aborted hops
# and a hop. For a guest of scripts/orthros-vm --net; KTAP.
#
# Functions are called through check(); the paths have no blanks.
# shellcheck disable=SC2317,SC2086
sys=/sys/kernel/orthros
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

answers() {
	ping -c 1 -W 20 10.0.2.2 >/dev/null
}

# The host's side downloads a file and tells its sum on the console.
served() {
	vm-signal download
	read -r sum
	[ "$sum" = "$(sha256sum /srv/file | cut -d' ' -f1)" ]
}

# The host's side sends numbered datagrams, which are sent back, until the end.
datagrams() {
	vm-signal datagrams
	read -r word
	[ "$word" = going ]
}

echoed() {
	vm-signal datagrams-end
	read -r word lost
	echo "# $lost"
	[ "$word" = fine ]
}

# Nobody can be asked for it: it is lost, and named.
named() {
	grep -q '^eth0: ethtool command 0x2: set, not carried$' $sys/warnings
}

# The CPUs of its interrupts, by the names of their handlers.
irqs() {
	for d in /proc/irq/*/virtio*put.0; do
		echo "${d##*-} $(cat "${d%/*}/smp_affinity")"
	done | sort
}

bind_irqs() {
	for d in /proc/irq/*/virtio*put.0; do
		echo 2 >"${d%/*}/smp_affinity"
	done
}

# The last of what goes on in the background: interrupts have their CPUs.
settled() {
	until [ -n "$(cat $sys/stats/freed_ns)" ]; do
		sleep 0.1
	done
}

show() {
	irqs
	netdev_set ring eth0
	ip addr show eth0 | grep -v valid_lft
	ip route
	ip -6 route | sed 's/expires.*//' | sort
	cat /sys/class/net/eth0/ifindex /sys/class/net/eth0/tx_queue_len \
		/sys/class/net/eth0/flags
}

# The kernel tells of a carrier that has come at most once a second.
up() {
	tries=0
	until [ "$(cat /sys/class/net/eth0/operstate)" = up ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return
		sleep 0.1
	done
}

same() {
	up
	show >/tmp/after
	diff /tmp/before /tmp/after >/tmp/differ && return
	sed 's/^/# /' /tmp/differ
	return 1
}

# An update that fails at STEP; the second kernel is started again after it.
fails_at() {
	echo "$1" >$sys/fail_step
	! echo 1 >$sys/update
}

hops() {
	was=$(uname -r)
	echo 1 >$sys/update && [ "$(uname -r)" != "$was" ] && return
	sed 's/^/# /' $sys/last_error $sys/check
	return 1
}

mkdir -p /srv
dd if=/dev/urandom of=/srv/file bs=64k count=64 2>/dev/null
httpd -h /srv
udp_echo 7 &
ip addr add 10.0.2.16/24 dev eth0
ip link set eth0 mtu 1450
netdev_set ring eth0 128 64
netdev_set speed eth0 1000
bind_irqs
ip route add 192.0.2.0/24 via 10.0.2.2
# The router's word has given an address and a route, and duplicate address
# detection is through with all addresses: one look at them, for both.
until ip -6 route | grep -q default && addrs=$(ip addr show eth0) &&
      echo "$addrs" | grep -q dynamic && ! echo "$addrs" | grep -q tentative; do
	sleep 0.1
done
show >/tmp/before

stty -echo
echo "KTAP version 1"
echo 1..15
vm-signal ready
check "ping" answers
check "download" served
check "what is lost is named" named
# built, verified; see include/linux/orthros/abi/handoff.h
for step in 8 9; do
	check "fails at step $step" fails_at $step
	check "ping" answers
	check "configuration" same
done
check "datagrams" datagrams
check "hop" hops
check "ping" answers
settled
check "configuration" same
check "datagrams go on" echoed
check "download" served
exit $failed
