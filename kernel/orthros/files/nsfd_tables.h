/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of descriptors of namespaces sees of a source kernel, see
 * nsfd_tables.c.
 */
#ifndef _ORTHROS_TABLES_NSFD_H
#define _ORTHROS_TABLES_NSFD_H

#include "../core/table.h"

/* Types of namespaces, in a record as file.object. */
enum orthros_ns {
	ORTHROS_NS_CGROUP,
	ORTHROS_NS_IPC,
	ORTHROS_NS_MNT,
	ORTHROS_NS_NET,
	ORTHROS_NS_PID,
	ORTHROS_NS_TIME,
	ORTHROS_NS_USER,
	ORTHROS_NS_UTS,
	ORTHROS_NS_NR
};

/**
 * struct orthros_nsfd_view - the inode of a namespace
 * @ns:		its struct ns_common
 */
struct orthros_nsfd_view {
	u64 ns;
};

/**
 * struct orthros_ns_name_view - a struct ns_common
 * @name:	of its type, as in /proc/PID/ns/
 */
struct orthros_ns_name_view {
	char name[32];
};

/**
 * struct orthros_initial_ns_view - the initial namespaces, read of init_nsproxy
 * @ns:		struct ns_common of each type, 0 if this source has none
 */
struct orthros_initial_ns_view {
	u64 ns[ORTHROS_NS_NR];
};

extern struct orthros_table orthros_table_nsfd;
extern struct orthros_table orthros_table_ns_name;
extern struct orthros_table orthros_table_initial_ns;

#endif /* _ORTHROS_TABLES_NSFD_H */
