// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of limits that depend on the size of memory.
 */
#include "limits_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define VAR(limit, name) \
	ORTHROS_ROW(struct orthros_limits_env, var[ORTHROS_LIMIT_##limit], SYM, OPT, name)

static struct orthros_row limits_env_rows[] = {
	VAR(TCP_MEM, "sysctl_tcp_mem"),
	VAR(UDP_MEM, "sysctl_udp_mem"),
	VAR(TCP_MAX_ORPHANS, "sysctl_tcp_max_orphans"),
	VAR(THREADS, "max_threads"),
	VAR(FILES, "files_stat"),
	VAR(EPOLL, "max_user_watches"),
	VAR(INET_PEERS, "inet_peer_threshold"),
	VAR(USER_RESERVE, "sysctl_user_reserve_kbytes"),
	VAR(ADMIN_RESERVE, "sysctl_admin_reserve_kbytes"),
	VAR(CONNTRACK, "nf_conntrack_max"),
	ORTHROS_ROW(struct orthros_limits_env, init_net, SYM, 0, "init_net"),
	ORTHROS_ROW(struct orthros_limits_env, init_user_ns, SYM, 0, "init_user_ns"),
	ORTHROS_ROW(struct orthros_limits_env, files_off, OFFSET, 0,
		    "files_stat_struct.max_files"),
};

ORTHROS_TABLE(limits_env, struct orthros_limits_env);

#define NET(f, k, ...) ORTHROS_ROW(struct orthros_limits_net, f, k, 0, __VA_ARGS__)

static struct orthros_row limits_net_rows[] = {
	NET(tcp_rmem, ADDR, "net.ipv4.sysctl_tcp_rmem"),
	NET(tcp_wmem, ADDR, "net.ipv4.sysctl_tcp_wmem"),
	NET(tw_buckets, VALUE, "net.ipv4.tcp_death_row.sysctl_max_tw_buckets"),
	NET(syn_backlog, VALUE, "net.ipv4.sysctl_max_syn_backlog"),
};

ORTHROS_TABLE(limits_net, struct orthros_limits_net);

#define USER(limit, name) \
	ORTHROS_ROW(struct orthros_limits_user, max[ORTHROS_LIMIT_##limit], VALUE, OPT, \
		    "user_namespace.ucount_max[UCOUNT_" name "]")

static struct orthros_row limits_user_rows[] = {
	USER(USER_NS, "USER_NAMESPACES"),
	USER(PID_NS, "PID_NAMESPACES"),
	USER(UTS_NS, "UTS_NAMESPACES"),
	USER(IPC_NS, "IPC_NAMESPACES"),
	USER(NET_NS, "NET_NAMESPACES"),
	USER(MNT_NS, "MNT_NAMESPACES"),
	USER(CGROUP_NS, "CGROUP_NAMESPACES"),
	USER(TIME_NS, "TIME_NAMESPACES"),
	USER(INOTIFY, "INOTIFY_WATCHES"),
	USER(FANOTIFY, "FANOTIFY_MARKS"),
};

ORTHROS_TABLE(limits_user, struct orthros_limits_user);
