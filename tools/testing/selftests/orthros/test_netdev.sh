#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Network devices are what they were: dummy, VLAN, bridge, veth; numbers,
# names, settings, addresses and their labels, routes, rules, neighbours, features,
# channels, static entries and ports of bridges, and sysctls.
fails=0
netdev_set=$(dirname "$0")/netdev_set

# What does not stand still is left out.
show() {
	for d in /sys/class/net/*; do
		echo "$d"
		for f in ifindex address mtu tx_queue_len flags type ifalias operstate iflink; do
			echo "$f $(cat "$d/$f")"
		done | if [ "${d##*/}" = lo ]; then
			# Another test looks at all of its packets.
			sed 's/^flags 0x1/flags 0x/;s/^flags 0x0*/flags 0x/'
		else
			cat
		fi
		[ ! -e "$d/master" ] || readlink "$d/master"
		[ ! -d "$d/bridge" ] || grep . "$d/bridge/forward_delay" "$d/bridge/stp_state" \
			"$d/bridge/multicast_query_interval" "$d/bridge/no_linklocal_learn" \
			"$d/bridge/default_pvid" "$d/bridge/group_fwd_mask"
		for f in path_cost priority hairpin_mode isolated learning unicast_flood \
			 multicast_flood broadcast_flood backup_port group_fwd_mask; do
			[ ! -d "$d/brport" ] || grep . "$d/brport/$f" /dev/null
		done
	done
	grep od0 /proc/net/dev_mcast | sort
	"$netdev_set" gro od0
	"$netdev_set" gro ove
	"$netdev_set" channels ove
	"$netdev_set" channels ovf
	ls /sys/class/net/ove/queues
	"$netdev_set" labels | sort
	"$netdev_set" show | sort
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
must ip link add od2 type dummy
must ip link del ogap
must ip link add link od0 name od0.5 type vlan id 5
must ip link set od0.5 up
must ip addr add 10.83.2.1/24 dev od0.5
must brctl addbr obr
echo 700 >/sys/class/net/obr/bridge/forward_delay
must brctl addif obr od1
must brctl addif obr od2
echo 25000 >/sys/class/net/obr/bridge/multicast_query_interval
echo 1 >/sys/class/net/obr/bridge/no_linklocal_learn
echo 0x8000 >/sys/class/net/obr/bridge/group_fwd_mask
for set in isolated=1 learning=0 priority=5 path_cost=77 hairpin_mode=1 \
	   backup_port=od2; do
	must eval "echo ${set#*=} >/sys/class/net/od1/brport/${set%=*}"
done
must "$netdev_set" fdb od1 02:0d:00:00:00:71
must ip link set od1 up
must ip link set obr up
must "$netdev_set" fdb od2 02:0d:00:00:00:72
must "$netdev_set" maddr od0 01:00:5e:7f:00:53
must "$netdev_set" gro od0 0
must ip addr add 10.83.3.1/24 dev obr
must ip link add ove type veth
echo "an alias" >/sys/class/net/ove/ifalias
must "$netdev_set" channels ove 2 1
must ip link add ovf type veth
must ip link set ove up
# The other end is in a network namespace.
away=$("$netdev_set" away ofar oend 10.87.1.2)
must [ -n "$away" ]
must ip addr add 10.87.1.1/24 dev ofar
must ip link set ofar up
must "$netdev_set" label 2001:db8:1:: 48 99
must "$netdev_set" label 2001:db8:2:: 48 100 od0
must "$netdev_set" label 3ffe:: 16 none
must "$netdev_set" label fec0:: 10 none
must "$netdev_set" label fec0:: 10 110
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
for addr in 10.83.1.2 10.87.1.2; do
	if ! ping -c 1 -w 10 $addr >/dev/null; then
		echo "# test_netdev.sh: no answer from $addr"
		fails=1
	fi
done
ip rule del prio 99
ip rule del from 10.83.1.0/24
ip link del ove
ip link del ovf
ip link del ofar
kill "$away"
"$netdev_set" label 2001:db8:1:: 48 none
"$netdev_set" label 2001:db8:2:: 48 none od0
"$netdev_set" label fec0:: 10 none
"$netdev_set" label fec0:: 10 11
"$netdev_set" label 3ffe:: 16 12
ip link set obr down
brctl delbr obr
ip link del od0.5
ip link del od1
ip link del od2
ip link del od0
echo "$old" >/proc/sys/net/ipv4/ip_forward
[ $fails = 0 ]
