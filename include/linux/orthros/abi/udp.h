/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of UDP sockets: what lies behind the options of sock.h. Their own
 * kind, with the key of the socket. A change of layout bumps the version.
 */
#ifndef _LINUX_ORTHROS_ABI_UDP_H
#define _LINUX_ORTHROS_ABI_UDP_H

#include <linux/types.h>

#define ORTHROS_UDP_VERSION	2

/* orthros_udp_rec.flags: on/off options. Append only. */
#define ORTHROS_UDP_CORK		0x00000001
#define ORTHROS_UDP_NO_CHECK6_TX	0x00000002
#define ORTHROS_UDP_NO_CHECK6_RX	0x00000004
#define ORTHROS_UDP_GRO			0x00000008

/**
 * struct orthros_udp_msg_rec - an unread datagram, @len bytes follow it
 * @ip:		its IP header as it came, without options
 * @udp:	its UDP header
 * @protocol:	ETH_P_IP or ETH_P_IPV6, network order
 * @gso_size:	of several that came as one (UDP_GRO): bytes of each but the last
 * @iif:	index of the device it came by
 * @pktinfo:	struct in_pktinfo of IPv4
 * @len:	bytes of payload, padded to 8 in the record
 * @tstamp:	when it came, in ns; 0 if nobody wanted to know
 * @mark:	of the packet, SO_RCVMARK
 * @pad:	0
 */
struct orthros_udp_msg_rec {
	__u8	ip[40];
	__u8	udp[8];
	__u8	pktinfo[12];
	__u16	protocol;
	__u16	gso_size;
	__s32	iif;
	__u32	len;
	__s64	tstamp;
	__u32	mark;
	__u32	pad;
} __packed;

/**
 * struct orthros_udp_rec - a UDP socket; its datagrams follow
 * @version:	%ORTHROS_UDP_VERSION
 * @connected:	it has a peer
 * @pad0:	0
 * @flags:	ORTHROS_UDP_*
 * @daddr:	the peer's address in network order, the first four bytes for IPv4
 * @dport:	and port, network order
 * @gso_size:	UDP_SEGMENT
 * @nr_msgs:	datagrams that follow
 */
struct orthros_udp_rec {
	__u16	version;
	__u8	connected;
	__u8	pad0;
	__u32	flags;
	__u8	daddr[16];
	__u16	dport;
	__u16	gso_size;
	__u32	pad;
	__u32	nr_msgs;
	__u32	pad2;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_UDP_H */
