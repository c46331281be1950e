/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits that a kernel reckons from the memory that it boots in, see
 * limits_tables.c and limits.c.
 */
#ifndef _ORTHROS_TABLES_LIMITS_H
#define _ORTHROS_TABLES_LIMITS_H

#include "../core/table.h"

/* Variables, by their names. */
enum orthros_limit {
	ORTHROS_LIMIT_TCP_MEM,
	ORTHROS_LIMIT_UDP_MEM,
	ORTHROS_LIMIT_TCP_MAX_ORPHANS,
	ORTHROS_LIMIT_THREADS,
	ORTHROS_LIMIT_FILES,
	ORTHROS_LIMIT_EPOLL,
	ORTHROS_LIMIT_INET_PEERS,
	ORTHROS_LIMIT_USER_RESERVE,
	ORTHROS_LIMIT_ADMIN_RESERVE,
	ORTHROS_LIMIT_CONNTRACK,
	ORTHROS_LIMIT_NR,
};

/* Members of init_user_ns.ucount_max. */
enum orthros_limit_user {
	ORTHROS_LIMIT_USER_NS,
	ORTHROS_LIMIT_PID_NS,
	ORTHROS_LIMIT_UTS_NS,
	ORTHROS_LIMIT_IPC_NS,
	ORTHROS_LIMIT_NET_NS,
	ORTHROS_LIMIT_MNT_NS,
	ORTHROS_LIMIT_CGROUP_NS,
	ORTHROS_LIMIT_TIME_NS,
	ORTHROS_LIMIT_INOTIFY,
	ORTHROS_LIMIT_FANOTIFY,
	ORTHROS_LIMIT_USER_NR,
};

/**
 * struct orthros_limits_env - where they are in the source; address 0
 * @var:	address of each variable, 0 if there is none
 * @init_net:	the initial network namespace
 * @init_user_ns:	the initial user namespace
 * @files_off:	struct files_stat_struct.max_files
 */
struct orthros_limits_env {
	u64 var[ORTHROS_LIMIT_NR];
	u64 init_net;
	u64 init_user_ns;
	u32 files_off;
};

/**
 * struct orthros_limits_net - limits of a struct net
 * @tcp_rmem:	address of net.ipv4.tcp_rmem
 * @tcp_wmem:	address of net.ipv4.tcp_wmem
 * @tw_buckets:	net.ipv4.tcp_max_tw_buckets
 * @syn_backlog: net.ipv4.tcp_max_syn_backlog
 */
struct orthros_limits_net {
	u64 tcp_rmem;
	u64 tcp_wmem;
	s32 tw_buckets;
	s32 syn_backlog;
};

struct orthros_limits_user {
	s64 max[ORTHROS_LIMIT_USER_NR];
};

extern struct orthros_table orthros_table_limits_env;
extern struct orthros_table orthros_table_limits_net;
extern struct orthros_table orthros_table_limits_user;

#endif /* _ORTHROS_TABLES_LIMITS_H */
