/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of raw IP and ping sockets sees of a source kernel, see raw_tables.c.
 */
#ifndef _ORTHROS_TABLES_RAW_H
#define _ORTHROS_TABLES_RAW_H

#include "../core/table.h"

/**
 * struct orthros_raw_env - who has to do with forwarding; address 0
 * @ra_chain6:	address of the list of IPV6_ROUTER_ALERT
 */
struct orthros_raw_env {
	u64 ra_chain6;
};

/**
 * struct orthros_raw_net_view - of a namespace
 * @ra_chain:		list of IP_ROUTER_ALERT
 * @mc_forwarding6:	somebody routes multicast of IPv6
 */
struct orthros_raw_net_view {
	u64 ra_chain;
	s32 mc_forwarding6;
};

/* One of such a list. */
struct orthros_ra_view {
	u64 next;
	u64 sk;
	s32 sel;
};

/**
 * struct orthros_raw_view - a struct raw_sock
 * @filter:	ICMP_FILTER
 * @mrouter:	table of multicast routes that it manages
 */
struct orthros_raw_view {
	u32 filter;
	u32 mrouter;
};

/**
 * struct orthros_raw6_view - a struct raw6_sock
 * @checksum:	IPV6_CHECKSUM
 * @offset:	likewise
 * @filter:	ICMPV6_FILTER
 * @mrouter:	table of multicast routes that it manages
 */
struct orthros_raw6_view {
	u32 checksum;
	u32 offset;
	u8 filter[32];
	u32 mrouter;
};

/* What is put together to be sent. */
struct orthros_raw_cork_view {
	u32 nr;
};

extern struct orthros_table orthros_table_raw_env;
extern struct orthros_table orthros_table_raw_net;
extern struct orthros_table orthros_table_raw_ra;
extern struct orthros_table orthros_table_raw_ra6;
extern struct orthros_table orthros_table_raw;
extern struct orthros_table orthros_table_raw6;
extern struct orthros_table orthros_table_raw_cork;

#endif /* _ORTHROS_TABLES_RAW_H */
