/* SPDX-License-Identifier: GPL-2.0 */
/* Records of raw IP and ping sockets. A change of layout bumps the version. */
#ifndef _LINUX_ORTHROS_ABI_RAW_H
#define _LINUX_ORTHROS_ABI_RAW_H

#include <linux/types.h>

#define ORTHROS_RAW_VERSION		1

/**
 * struct orthros_raw_msg_rec - an unread packet, @len bytes follow it
 * @ip:		its IP header without options, if that is not in the bytes
 * @pktinfo:	struct in_pktinfo of IPv4
 * @iif:	index of the device it came by, IPv6
 * @len:	bytes, padded to 8 in the record
 * @mark:	of the packet, SO_RCVMARK
 * @tstamp:	when it came, in ns; 0 if nobody wanted to know
 */
struct orthros_raw_msg_rec {
	__u8	ip[40];
	__u8	pktinfo[12];
	__s32	iif;
	__u32	len;
	__u32	mark;
	__s64	tstamp;
} __packed;

/**
 * struct orthros_raw_rec - a raw IP or ping socket; its packets follow
 * @version:	%ORTHROS_RAW_VERSION
 * @ping:	a ping socket
 * @connected:	it has a peer
 * @daddr:	the peer's address in network order, the first four bytes for IPv4
 * @dport:	and port, which means nothing
 * @pad:	0
 * @filter:	ICMP_FILTER or ICMPV6_FILTER
 * @checksum:	IPV6_CHECKSUM: the kernel reckons it
 * @offset:	and where it is
 * @nr_msgs:	packets that follow
 * @alert:	IP_ROUTER_ALERT
 * @alert6:	IPV6_ROUTER_ALERT, -1 for none
 */
struct orthros_raw_rec {
	__u16	version;
	__u8	ping;
	__u8	connected;
	__u8	daddr[16];
	__u16	dport;
	__u16	pad;
	__u8	filter[32];
	__u32	checksum;
	__u32	offset;
	__u32	nr_msgs;
	__u32	alert;
	__s32	alert6;
	__u32	pad2;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_RAW_H */
