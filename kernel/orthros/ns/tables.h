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
 */
struct orthros_ns_env {
	u64 init_nsproxy;
	u64 init_user_ns;
	u32 uts_ns_off;
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

extern struct orthros_table orthros_table_ns_env;
extern struct orthros_table orthros_table_ns;
extern struct orthros_table orthros_table_nsproxy;
extern struct orthros_table orthros_table_uts;

#endif /* _ORTHROS_TABLES_NS_H */
