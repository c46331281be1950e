/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of netlink sockets: what lies behind the options of sock.h. Their
 * own kind, with the key of the socket. A change of layout bumps the version.
 */
#ifndef _LINUX_ORTHROS_ABI_NETLINK_H
#define _LINUX_ORTHROS_ABI_NETLINK_H

#include <linux/types.h>

#define ORTHROS_NETLINK_VERSION	1

/* orthros_netlink_rec.flags: on/off options. Append only. */
#define ORTHROS_NETLINK_BOUND		0x00000001
#define ORTHROS_NETLINK_PKTINFO		0x00000002
#define ORTHROS_NETLINK_SEND_ERROR	0x00000004
#define ORTHROS_NETLINK_NO_ENOBUFS	0x00000008
#define ORTHROS_NETLINK_CAP_ACK		0x00000010
#define ORTHROS_NETLINK_EXT_ACK		0x00000020
#define ORTHROS_NETLINK_STRICT_CHK	0x00000040

#define ORTHROS_NETLINK_GROUPS	256

/**
 * struct orthros_netlink_msg_rec - an unread message, @len bytes follow it
 * @portid:	who sent it, 0 for the kernel
 * @group:	it was sent to, 0 for none
 * @len:	bytes, padded to 8 in the record
 * @pid:	SCM_CREDENTIALS
 * @uid:	likewise
 * @gid:	likewise
 */
struct orthros_netlink_msg_rec {
	__u32	portid;
	__u32	group;
	__u32	len;
	__u32	pid;
	__u32	uid;
	__u32	gid;
} __packed;

/**
 * struct orthros_netlink_rec - a netlink socket; its messages follow
 * @version:	%ORTHROS_NETLINK_VERSION
 * @pad:	0
 * @flags:	ORTHROS_NETLINK_*
 * @portid:	its address
 * @dst_portid:	whom it is connected to
 * @dst_group:	likewise, a mask
 * @nr_msgs:	messages that follow
 * @groups:	those it has joined, bit 0 is group 1
 */
struct orthros_netlink_rec {
	__u16	version;
	__u16	pad;
	__u32	flags;
	__u32	portid;
	__u32	dst_portid;
	__u32	dst_group;
	__u32	nr_msgs;
	__u64	groups[ORTHROS_NETLINK_GROUPS / 64];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_NETLINK_H */
