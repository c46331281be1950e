// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of raw IP and ping sockets.
 */
#include "raw_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL

static struct orthros_row raw_env_rows[] = {
	ORTHROS_ROW(struct orthros_raw_env, ra_chain6, SYM, OPT, "ip6_ra_chain"),
};

ORTHROS_TABLE(raw_env, struct orthros_raw_env);

static struct orthros_row raw_net_rows[] = {
	ORTHROS_ROW(struct orthros_raw_net_view, ra_chain, VALUE, 0, "net.ipv4.ra_chain"),
	ORTHROS_ROW(struct orthros_raw_net_view, mc_forwarding6, VALUE,
		    OPT | ORTHROS_ROW_NULLABLE, "net.ipv6.devconf_all->mc_forwarding.counter"),
};

ORTHROS_TABLE(raw_net, struct orthros_raw_net_view);

static struct orthros_row raw_ra_rows[] = {
	ORTHROS_ROW(struct orthros_ra_view, next, VALUE, 0, "ip_ra_chain.next"),
	ORTHROS_ROW(struct orthros_ra_view, sk, VALUE, 0, "ip_ra_chain.sk"),
};

ORTHROS_TABLE(raw_ra, struct orthros_ra_view);

static struct orthros_row raw_ra6_rows[] = {
	ORTHROS_ROW(struct orthros_ra_view, next, VALUE, OPT, "ip6_ra_chain.next"),
	ORTHROS_ROW(struct orthros_ra_view, sk, VALUE, OPT, "ip6_ra_chain.sk"),
	ORTHROS_ROW(struct orthros_ra_view, sel, VALUE, OPT, "ip6_ra_chain.sel"),
};

ORTHROS_TABLE(raw_ra6, struct orthros_ra_view);

static struct orthros_row raw_rows[] = {
	ORTHROS_ROW(struct orthros_raw_view, filter, VALUE, 0, "raw_sock.filter.data"),
	ORTHROS_ROW(struct orthros_raw_view, mrouter, VALUE, 0, "raw_sock.ipmr_table"),
};

ORTHROS_TABLE(raw, struct orthros_raw_view);

#define RAW6(f, k, path) ORTHROS_ROW(struct orthros_raw6_view, f, k, OPT, "raw6_sock." path)

static struct orthros_row raw6_rows[] = {
	RAW6(checksum, VALUE, "checksum"),
	RAW6(offset, VALUE, "offset"),
	RAW6(filter, BYTES, "filter"),
	RAW6(mrouter, VALUE, "ip6mr_table"),
};

ORTHROS_TABLE(raw6, struct orthros_raw6_view);

static struct orthros_row raw_cork_rows[] = {
	ORTHROS_ROW(struct orthros_raw_cork_view, nr, VALUE, 0, "sock.sk_write_queue.qlen"),
};

ORTHROS_TABLE(raw_cork, struct orthros_raw_cork_view);
