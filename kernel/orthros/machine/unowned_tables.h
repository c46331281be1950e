/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the search for things that no process holds sees, see unowned_tables.c.
 */
#ifndef _ORTHROS_TABLES_UNOWNED_H
#define _ORTHROS_TABLES_UNOWNED_H

#include "../core/table.h"

/**
 * struct orthros_unowned_env - constants of the source; address 0
 * @cgroup_roots:	list of hierarchies of control groups, or 0
 * @unified:	of these, that of version 2
 * @loops:		IDR of loop devices, or 0
 * @idr_off:		struct idr.idr_rt
 * @root_list_off:	struct cgroup_root.root_list
 * @css_sibling_off:	struct cgroup_subsys_state.sibling
 * @css_online:		its flag of a group that exists
 */
struct orthros_unowned_env {
	u64 cgroup_roots;
	u64 unified;
	u64 loops;
	u32 idr_off;
	u32 root_list_off;
	u32 css_sibling_off;
	u32 css_online;
};

/**
 * struct orthros_cgroup_root_view - a hierarchy of control groups
 * @nr_descendants:	groups in it
 * @children:		address of the list of the uppermost ones
 */
struct orthros_cgroup_root_view {
	s32 nr_descendants;
	u64 children;
};

/* A control group, by its own struct cgroup_subsys_state. */
struct orthros_cgroup_css_view {
	u32 flags;
	char name[256];
};

/**
 * struct orthros_loop_view - a loop device
 * @number:	of /dev/loopN
 * @file:	that it is bound to, or 0
 */
struct orthros_loop_view {
	s32 number;
	u64 file;
};

extern struct orthros_table orthros_table_unowned_env;
extern struct orthros_table orthros_table_loop;
extern struct orthros_table orthros_table_cgroup_root;
extern struct orthros_table orthros_table_cgroup_css;

#endif /* _ORTHROS_TABLES_UNOWNED_H */
