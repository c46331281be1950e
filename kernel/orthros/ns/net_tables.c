// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of network namespaces.
 */
#include "net_tables.h"

static struct orthros_row net_env_rows[] = {
	ORTHROS_ROW(struct orthros_net_env, ns_off, OFFSET, 0, "net.ns"),
};

ORTHROS_TABLE(net_env, struct orthros_net_env);

static struct orthros_row net_rows[] = {
	ORTHROS_ROW(struct orthros_net_view, user_ns, VALUE, 0, "net.user_ns"),
	ORTHROS_ROW(struct orthros_net_view, uid, VALUE, ORTHROS_ROW_NULLABLE,
		    "net.ucounts->uid.val"),
};

ORTHROS_TABLE(net, struct orthros_net_view);

static struct orthros_row net_count_rows[] = {
	ORTHROS_ROW(struct orthros_net_count_view, count, VALUE, 0, "ns_common.count.refs.counter"),
	ORTHROS_ROW(struct orthros_net_count_view, inum, VALUE, 0, "ns_common.inum"),
};

ORTHROS_TABLE(net_count, struct orthros_net_count_view);
