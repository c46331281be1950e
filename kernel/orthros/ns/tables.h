/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of namespaces sees of a source kernel, see tables.c.
 */
#ifndef _ORTHROS_TABLES_NS_H
#define _ORTHROS_TABLES_NS_H

#include <linux/orthros/abi/ns.h>
#include "../core/table.h"

/**
 * struct orthros_ns_env - constants of the source; address 0
 * @init_nsproxy:	the initial namespaces
 * @init_user_ns:	the initial user namespace
 * @uts_ns_off:		struct ns_common in a struct uts_namespace
 * @user_ns_off:	in a struct user_namespace
 */
struct orthros_ns_env {
	u64 init_nsproxy;
	u64 init_user_ns;
	u32 uts_ns_off;
	u32 user_ns_off;
};

/**
 * struct orthros_ns_view - a struct ns_common
 * @ops:	of its type
 * @name:	of its type, as in /proc/PID/ns/
 * @inum:	its number
 */
struct orthros_ns_view {
	u64 ops;
	u32 inum;
	char name[32];
};

/**
 * struct orthros_nsproxy_view - a struct nsproxy
 * @rec:	the namespaces; 0 where this source has none of a type
 * @user:	owner of its UTS namespace: of the initial ones the user namespace
 */
struct orthros_nsproxy_view {
	struct orthros_nsproxy_rec rec;
	u64 user;
};

/**
 * struct orthros_uts_view - a struct uts_namespace
 * @rec:	names
 * @user_ns:	owner
 * @uid:	whose account it is on; the initial one is on none
 */
struct orthros_uts_view {
	struct orthros_uts_rec rec;
	u64 user_ns;
	u32 uid;
};

/**
 * struct orthros_pid_env - constants of the source; address 0
 * @ns_off:	struct ns_common in a struct pid_namespace
 * @numbers_off: struct upids in a struct pid
 * @upid_size:	of one
 * @init_pid_ns: the initial namespace
 */
struct orthros_pid_env {
	u32 ns_off;
	u32 numbers_off;
	u32 upid_size;
	u64 init_pid_ns;
};

/**
 * struct orthros_pid_ns_view - a struct pid_namespace
 * @rec:	see there; without @parent
 * @parent:	address of the struct pid_namespace
 * @allocated:	processes in it, and whether there may be more
 * @reaper:	task
 * @bacct:	accounting of processes, if it is on
 * @user_ns:	owner
 * @uid:	whose account it is on; the initial one is on none
 */
struct orthros_pid_ns_view {
	struct orthros_pid_ns_rec rec;
	u64 parent;
	u64 reaper;
	u64 bacct;
	u64 user_ns;
	u32 allocated;
	u32 uid;
};

/**
 * struct orthros_upid_view - one number of a struct pid
 * @nr:		number
 * @ns:		in which namespace
 */
struct orthros_upid_view {
	s32 nr;
	u64 ns;
};

/**
 * struct orthros_pid_view - a struct pid
 * @level:	of the innermost namespace that it is in
 */
struct orthros_pid_view {
	u32 level;
};

extern struct orthros_table orthros_table_pid_env;
extern struct orthros_table orthros_table_pid_ns;
extern struct orthros_table orthros_table_pid;
extern struct orthros_table orthros_table_upid;
extern struct orthros_table orthros_table_ns_env;
extern struct orthros_table orthros_table_ns;
extern struct orthros_table orthros_table_nsproxy;
extern struct orthros_table orthros_table_uts;

#endif /* _ORTHROS_TABLES_NS_H */
