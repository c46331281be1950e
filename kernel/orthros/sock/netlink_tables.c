// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of netlink sockets.
 */
#include "netlink_tables.h"

#define NL(f, k, ...) ORTHROS_ROW(struct orthros_netlink_view, f, k, 0, __VA_ARGS__)

static struct orthros_row netlink_rows[] = {
	NL(groups, VALUE, "netlink_sock.groups"),
	NL(flags, VALUE, "netlink_sock.flags"),
	NL(portid, VALUE, "netlink_sock.portid"),
	NL(dst_portid, VALUE, "netlink_sock.dst_portid"),
	NL(dst_group, VALUE, "netlink_sock.dst_group"),
	NL(ngroups, VALUE, "netlink_sock.ngroups"),
	NL(bound, VALUE, "netlink_sock.bound"),
	NL(dumping, VALUE, "netlink_sock.cb_running"),
};

ORTHROS_TABLE(netlink, struct orthros_netlink_view);

#define BIT_ROW(f, n) ORTHROS_ROW(struct orthros_netlink_bits, f, ENUM, 0, "NETLINK_F_" n)

static struct orthros_row netlink_bits_rows[] = {
	BIT_ROW(pktinfo, "RECV_PKTINFO"),
	BIT_ROW(send_error, "BROADCAST_SEND_ERROR"),
	BIT_ROW(no_enobufs, "RECV_NO_ENOBUFS"),
	BIT_ROW(all_nsid, "LISTEN_ALL_NSID"),
	BIT_ROW(cap_ack, "CAP_ACK"),
	BIT_ROW(ext_ack, "EXT_ACK"),
	BIT_ROW(strict_chk, "STRICT_CHK"),
};

ORTHROS_TABLE(netlink_bits, struct orthros_netlink_bits);

#define CB(f, ...) ORTHROS_ROW(struct orthros_netlink_cb_view, f, VALUE, 0, __VA_ARGS__)

static struct orthros_row netlink_cb_rows[] = {
	CB(pid, "netlink_skb_parms.creds.pid"),
	CB(uid, "netlink_skb_parms.creds.uid.val"),
	CB(gid, "netlink_skb_parms.creds.gid.val"),
	CB(portid, "netlink_skb_parms.portid"),
	CB(group, "netlink_skb_parms.dst_group"),
};

ORTHROS_TABLE(netlink_cb, struct orthros_netlink_cb_view);
