/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of network namespaces sees of a source kernel, see net_tables.c.
 */
#ifndef _ORTHROS_TABLES_NET_NS_H
#define _ORTHROS_TABLES_NET_NS_H

#include "../core/table.h"

/**
 * struct orthros_net_env - constants of the source; address 0
 * @ns_off:	struct ns_common in a struct net
 */
struct orthros_net_env {
	u32 ns_off;
};

/**
 * struct orthros_net_view - a struct net
 * @user_ns:	owner
 * @uid:	whose account it is on; the initial one is on none
 */
struct orthros_net_view {
	u64 user_ns;
	u32 uid;
};

/**
 * struct orthros_net_count_view - its struct ns_common, before it is known to be one
 * @count:	0 of one that is being taken down
 * @inum:	its number
 */
struct orthros_net_count_view {
	u32 count;
	u32 inum;
};

extern struct orthros_table orthros_table_net_env;
extern struct orthros_table orthros_table_net;
extern struct orthros_table orthros_table_net_count;

#endif /* _ORTHROS_TABLES_NET_NS_H */
