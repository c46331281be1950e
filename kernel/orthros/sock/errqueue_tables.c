// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of error queues.
 */
#include "errqueue_tables.h"

#define ERR(f, k, name) \
	ORTHROS_ROW(struct orthros_exterr_view, f, k, 0, "sock_exterr_skb." name)

static struct orthros_row exterr_rows[] = {
	ERR(ee, BYTES, "ee"),
	ERR(addr_offset, VALUE, "addr_offset"),
	ERR(port, VALUE, "port"),
	ERR(opt_stats, VALUE, "opt_stats"),
};

ORTHROS_TABLE(exterr, struct orthros_exterr_view);

/* Of a packet: when the card has sent it. */
struct hwtstamp {
	s64 at;
};

static struct orthros_row hwtstamp_rows[] = {
	ORTHROS_ROW(struct hwtstamp, at, VALUE, 0, "skb_shared_info.hwtstamps.hwtstamp"),
};

ORTHROS_TABLE(hwtstamp, struct hwtstamp);
