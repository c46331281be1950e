// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a source has its namespaces.
 */
#include "tables.h"

#define R(field, kind, path) \
	ORTHROS_ROW(struct orthros_ns_env, field, kind, 0, path)

static struct orthros_row ns_env_rows[] = {
	R(init_nsproxy, SYM, "init_nsproxy"),
	R(init_user_ns, SYM, "init_user_ns"),
	R(uts_ns_off, OFFSET, "uts_namespace.ns"),
};

ORTHROS_TABLE(ns_env, struct orthros_ns_env);
#undef R

static struct orthros_row ns_rows[] = {
	ORTHROS_ROW(struct orthros_ns_view, ops, VALUE, 0, "ns_common.ops"),
	ORTHROS_ROW(struct orthros_ns_view, inum, VALUE, 0, "ns_common.inum"),
	ORTHROS_ROW(struct orthros_ns_view, name, STRING, 0, "ns_common.ops->name"),
};

ORTHROS_TABLE(ns, struct orthros_ns_view);

/* A kernel without namespaces of a type may have no pointer to the initial one. */
#define R(field, path) \
	ORTHROS_ROW(struct orthros_nsproxy_view, field, ADDR, ORTHROS_ROW_NULLABLE, path)

static struct orthros_row nsproxy_rows[] = {
	R(rec.ns[ORTHROS_NS_CGROUP], "nsproxy.cgroup_ns->ns"),
	R(rec.ns[ORTHROS_NS_IPC], "nsproxy.ipc_ns->ns"),
	R(rec.ns[ORTHROS_NS_MNT], "nsproxy.mnt_ns->ns"),
	R(rec.ns[ORTHROS_NS_NET], "nsproxy.net_ns->ns"),
	R(rec.ns[ORTHROS_NS_PID], "nsproxy.pid_ns_for_children->ns"),
	R(rec.ns[ORTHROS_NS_TIME], "nsproxy.time_ns->ns"),
	R(rec.ns[ORTHROS_NS_UTS], "nsproxy.uts_ns->ns"),
	R(rec.time_for_children, "nsproxy.time_ns_for_children->ns"),
	R(user, "nsproxy.uts_ns->user_ns->ns"),
};

ORTHROS_TABLE(nsproxy, struct orthros_nsproxy_view);
#undef R

#define R(field, kind, flags, path) \
	ORTHROS_ROW(struct orthros_uts_view, field, kind, flags, path)

static struct orthros_row uts_rows[] = {
	R(rec.nodename, STRING, 0, "uts_namespace.name.nodename"),
	R(rec.domainname, STRING, 0, "uts_namespace.name.domainname"),
	R(user_ns, VALUE, 0, "uts_namespace.user_ns"),
	R(uid, VALUE, ORTHROS_ROW_NULLABLE, "uts_namespace.ucounts->uid.val"),
};

ORTHROS_TABLE(uts, struct orthros_uts_view);
#undef R
