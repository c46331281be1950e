// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of cgroup namespaces.
 */
#include "ns_tables.h"

#define R(field, kind, path) \
	ORTHROS_ROW(struct orthros_cgroup_ns_env, field, kind, ORTHROS_ROW_OPTIONAL, path)

static struct orthros_row cgroup_ns_env_rows[] = {
	R(ns_off, OFFSET, "cgroup_namespace.ns"),
	R(online, ENUM, "CSS_ONLINE"),
};

ORTHROS_TABLE(cgroup_ns_env, struct orthros_cgroup_ns_env);
#undef R

#define R(field, flags, path) \
	ORTHROS_ROW(struct orthros_cgroup_ns_view, field, VALUE, ORTHROS_ROW_OPTIONAL | (flags), \
		    path)

static struct orthros_row cgroup_ns_rows[] = {
	R(root, 0, "cgroup_namespace.root_cset->dfl_cgrp"),
	R(flags, 0, "cgroup_namespace.root_cset->dfl_cgrp->self.flags"),
	R(user_ns, 0, "cgroup_namespace.user_ns"),
	R(uid, ORTHROS_ROW_NULLABLE, "cgroup_namespace.ucounts->uid.val"),
};

ORTHROS_TABLE(cgroup_ns, struct orthros_cgroup_ns_view);
#undef R
