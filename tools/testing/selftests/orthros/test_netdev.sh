#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Network devices are what they were: dummy, VLAN, bridge, veth; numbers,
# names, settings, addresses, routes, rules, neighbours, and sysctls.
fails=0

# What does not stand still is left out.
show() {
	for d in /sys/class/net/*; do
		echo "$d"
		for f in ifindex address mtu tx_queue_len flags type ifalias operstate iflink; do
			echo "$f $(cat "$d/$f")"
		done
		[ ! -e "$d/master" ] || readlink "$d/master"
		[ ! -d "$d/bridge" ] || grep . "$d/bridge/forward_delay" "$d/bridge/stp_state"
	done
	cat /proc/net/vlan/config
	ip addr show | grep -v valid_lft
	ip rule
	ip -6 rule
	# As sets: the order within a table is nobody's.
	ip route show table all | sed 's/expires.*//' | sort
	ip -6 route show table all | sed 's/expires.*//' | sort
	ip neigh show nud permanent | sort
	grep . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/forwarding \
		/proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/ipv6/conf/*/accept_ra \
		/proc/sys/net/ipv4/ip_local_port_range /proc/sys/vm/swappiness \
		/proc/sys/net/ipv4/neigh/*/gc_stale_time
}

must() {
	"$@" || { echo "# test_netdev.sh: $* failed"; exit 1; }
}

old=$(cat /proc/sys/net/ipv4/ip_forward)
must ip link add od0 type dummy
must ip link set od0 address 02:0d:00:00:00:01
must ip link set od0 mtu 1400
echo 77 >/sys/class/net/od0/tx_queue_len
must ip link set od0 up
must ip addr add 10.83.1.1/24 broadcast 10.83.1.255 dev od0
must ip addr add 10.83.1.2/24 dev od0 label od0:x
must ip addr add fd83:1::1/64 dev od0
# Numbers with a gap.
must ip link add ogap type dummy
must ip link add od1 type dummy
must ip link del ogap
must ip link add link od0 name od0.5 type vlan id 5
must ip link set od0.5 up
must ip addr add 10.83.2.1/24 dev od0.5
must brctl addbr obr
echo 700 >/sys/class/net/obr/bridge/forward_delay
must brctl addif obr od1
must ip link set od1 up
must ip link set obr up
must ip addr add 10.83.3.1/24 dev obr
must ip link add ove type veth
echo "an alias" >/sys/class/net/ove/ifalias
must ip link set ove up
must ip route add 10.84.0.0/16 via 10.83.1.9 metric 7
must ip route add 10.85.0.0/16 dev od0.5 src 10.83.2.1
must ip route add blackhole 10.86.0.0/16
must ip route add default via 10.83.1.9 table 83
must ip route del 10.83.3.0/24 dev obr
must ip -6 route add fd84::/64 via fd83:1::9
must ip rule add from 10.83.1.0/24 table 83
must ip rule add iif od0 table 83 prio 99
must arp -i od0 -s 10.83.1.9 02:0d:00:00:00:09
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 0 >/proc/sys/net/ipv4/conf/od0/forwarding
echo 2 >/proc/sys/net/ipv4/conf/od0/rp_filter
echo 0 >/proc/sys/net/ipv6/conf/od1/accept_ra
echo "20000 30000" >/proc/sys/net/ipv4/ip_local_port_range
echo 33 >/proc/sys/vm/swappiness
echo 123 >/proc/sys/net/ipv4/neigh/od0/gc_stale_time
# Duplicate address detection.
while ip addr | grep -q tentative; do
	sleep 0.1
done
show >before

echo ready >&"${HOP_READY_FD:-1}"
if [ -n "$HOP_GO_FD" ]; then
	dd bs=1 count=1 <&"$HOP_GO_FD" >/dev/null 2>&1
fi

show >after
if ! diff before after >differ; then
	sed 's/^/# test_netdev.sh: /' differ
	fails=1
fi
# They work.
if ! ping -c 1 -w 10 10.83.1.2 >/dev/null; then
	echo "# test_netdev.sh: no answer"
	fails=1
fi
ip rule del prio 99
ip rule del from 10.83.1.0/24
ip link del ove
ip link set obr down
brctl delbr obr
ip link del od0.5
ip link del od1
ip link del od0
echo "$old" >/proc/sys/net/ipv4/ip_forward
[ $fails = 0 ]
