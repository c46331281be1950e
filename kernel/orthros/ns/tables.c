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
	R(user_ns_off, OFFSET, "user_namespace.ns"),
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

#define R(field, kind, path) ORTHROS_ROW(struct orthros_pid_env, field, kind, 0, path)

static struct orthros_row pid_env_rows[] = {
	R(ns_off, OFFSET, "pid_namespace.ns"),
	R(numbers_off, OFFSET, "pid.numbers"),
	R(upid_size, SIZEOF, "upid"),
	R(init_pid_ns, SYM, "init_pid_ns"),
};

ORTHROS_TABLE(pid_env, struct orthros_pid_env);
#undef R

#define R(field, kind, flags, path) \
	ORTHROS_ROW(struct orthros_pid_ns_view, field, kind, flags, path)

static struct orthros_row pid_ns_rows[] = {
	R(rec.level, VALUE, 0, "pid_namespace.level"),
	R(rec.next, VALUE, 0, "pid_namespace.idr.idr_next"),
	R(rec.reboot, VALUE, 0, "pid_namespace.reboot"),
	R(rec.memfd_noexec, VALUE, ORTHROS_ROW_OPTIONAL, "pid_namespace.memfd_noexec_scope"),
	R(rec.reaper, VALUE, ORTHROS_ROW_NULLABLE, "pid_namespace.child_reaper->pid"),
	R(reaper, VALUE, 0, "pid_namespace.child_reaper"),
	R(parent, VALUE, 0, "pid_namespace.parent"),
	R(allocated, VALUE, 0, "pid_namespace.pid_allocated"),
	R(bacct, VALUE, ORTHROS_ROW_OPTIONAL, "pid_namespace.bacct"),
	R(user_ns, VALUE, 0, "pid_namespace.user_ns"),
	R(uid, VALUE, ORTHROS_ROW_NULLABLE, "pid_namespace.ucounts->uid.val"),
};

ORTHROS_TABLE(pid_ns, struct orthros_pid_ns_view);
#undef R

static struct orthros_row pid_rows[] = {
	ORTHROS_ROW(struct orthros_pid_view, level, VALUE, 0, "pid.level"),
};

ORTHROS_TABLE(pid, struct orthros_pid_view);

static struct orthros_row upid_rows[] = {
	ORTHROS_ROW(struct orthros_upid_view, nr, VALUE, 0, "upid.nr"),
	ORTHROS_ROW(struct orthros_upid_view, ns, VALUE, 0, "upid.ns"),
};

ORTHROS_TABLE(upid, struct orthros_upid_view);
