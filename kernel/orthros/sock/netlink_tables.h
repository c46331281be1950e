/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of netlink sockets sees of a source kernel, see
 * netlink_tables.c.
 */
#ifndef _ORTHROS_TABLES_NETLINK_H
#define _ORTHROS_TABLES_NETLINK_H

#include "../core/table.h"

/**
 * struct orthros_netlink_view - a struct netlink_sock
 * @groups:	address of the bitmap of its groups, 0 for none
 * @flags:	NETLINK_F_*
 * @portid:	its address
 * @dst_portid:	whom it is connected to
 * @dst_group:	likewise
 * @ngroups:	bits in @groups
 * @bound:	it has an address
 * @dumping:	an answer is not complete
 */
struct orthros_netlink_view {
	u64 groups;
	u64 flags;
	u32 portid;
	u32 dst_portid;
	u32 dst_group;
	u32 ngroups;
	u8 bound;
	u8 dumping;
};

/*
 * struct orthros_netlink_bits - numbers of its flags
 */
struct orthros_netlink_bits {
	u32 pktinfo;
	u32 send_error;
	u32 no_enobufs;
	u32 all_nsid;
	u32 cap_ack;
	u32 ext_ack;
	u32 strict_chk;
};

/*
 * struct orthros_netlink_cb_view - a struct netlink_skb_parms
 */
struct orthros_netlink_cb_view {
	u32 pid;
	u32 uid;
	u32 gid;
	u32 portid;
	u32 group;
};

extern struct orthros_table orthros_table_netlink;
extern struct orthros_table orthros_table_netlink_bits;
extern struct orthros_table orthros_table_netlink_cb;

#endif /* _ORTHROS_TABLES_NETLINK_H */
