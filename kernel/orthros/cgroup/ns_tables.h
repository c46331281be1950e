/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of cgroup namespaces sees of a source kernel, see ns_tables.c.
 */
#ifndef _ORTHROS_TABLES_CGROUP_NS_H
#define _ORTHROS_TABLES_CGROUP_NS_H

#include "../core/table.h"

/**
 * struct orthros_cgroup_ns_env - constants of the source; address 0
 * @ns_off:	struct ns_common in a struct cgroup_namespace
 * @online:	CSS_ONLINE
 */
struct orthros_cgroup_ns_env {
	u32 ns_off;
	u32 online;
};

/**
 * struct orthros_cgroup_ns_view - a struct cgroup_namespace
 * @root:	group that is its root
 * @flags:	of that group, CSS_*
 * @user_ns:	owner
 * @uid:	whose account it is on; the initial one is on none
 */
struct orthros_cgroup_ns_view {
	u64 root;
	u32 flags;
	u64 user_ns;
	u32 uid;
};

extern struct orthros_table orthros_table_cgroup_ns_env;
extern struct orthros_table orthros_table_cgroup_ns;

#endif /* _ORTHROS_TABLES_CGROUP_NS_H */
