/* SPDX-License-Identifier: GPL-2.0 */
/* What the reader of error queues sees of a source kernel, see errqueue_tables.c. */
#ifndef _ORTHROS_TABLES_ERRQUEUE_H
#define _ORTHROS_TABLES_ERRQUEUE_H

#include "../core/table.h"

/**
 * struct orthros_exterr_view - a struct sock_exterr_skb
 * @ee:		struct sock_extended_err
 * @addr_offset: where the address lies, from the network header
 * @port:	network order
 * @opt_stats:	its data are SCM_TIMESTAMPING_OPT_STATS
 */
struct orthros_exterr_view {
	u8 ee[16];
	u16 addr_offset;
	u16 port;
	u8 opt_stats;
};

extern struct orthros_table orthros_table_exterr;
extern struct orthros_table orthros_table_hwtstamp;

#endif /* _ORTHROS_TABLES_ERRQUEUE_H */
