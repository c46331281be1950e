// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of descriptors of namespaces.
 */
#include "nsfd_tables.h"

static struct orthros_row nsfd_rows[] = {
	ORTHROS_ROW(struct orthros_nsfd_view, ns, VALUE, 0, "inode.i_private"),
};

ORTHROS_TABLE(nsfd, struct orthros_nsfd_view);

static struct orthros_row ns_name_rows[] = {
	ORTHROS_ROW(struct orthros_ns_name_view, name, STRING, 0, "ns_common.ops->name"),
};

ORTHROS_TABLE(ns_name, struct orthros_ns_name_view);

/* A kernel without namespaces of a type may have no pointer to the initial one. */
#define INITIAL(type, path) \
	ORTHROS_ROW(struct orthros_initial_ns_view, ns[ORTHROS_NS_##type], ADDR, \
		    ORTHROS_ROW_NULLABLE, path)

static struct orthros_row initial_ns_rows[] = {
	INITIAL(CGROUP, "nsproxy.cgroup_ns->ns"),
	INITIAL(IPC, "nsproxy.ipc_ns->ns"),
	INITIAL(MNT, "nsproxy.mnt_ns->ns"),
	INITIAL(NET, "nsproxy.net_ns->ns"),
	INITIAL(PID, "nsproxy.pid_ns_for_children->ns"),
	INITIAL(TIME, "nsproxy.time_ns->ns"),
	INITIAL(USER, "nsproxy.uts_ns->user_ns->ns"),
	INITIAL(UTS, "nsproxy.uts_ns->ns"),
};

ORTHROS_TABLE(initial_ns, struct orthros_initial_ns_view);
