/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the readers of control groups see of a source kernel, see tables.c.
 */
#ifndef _ORTHROS_TABLES_CGROUP_H
#define _ORTHROS_TABLES_CGROUP_H

#include <linux/orthros/abi/cgroup.h>
#include "../core/table.h"

#define ORTHROS_GROUP_MASK_LONGS	128

/**
 * struct orthros_group_env - constants of the source; address 0
 * @root:	the unified hierarchy, or 0
 * @visible:	whether it was ever mounted
 * @subsys:	array of its controllers
 * @policies:	array of policies of block devices, or 0
 * @hstates:	array of sizes of huge pages, or 0
 * @psi_system:	pressure stall information of all, or 0
 * @nr_subsys:	controllers
 * @policies_size: bytes of @policies
 * @nr_misc:	kinds of resources of the controller misc
 * @misc_size:	size of a struct misc_res
 * @hstate_size: of a struct hstate
 * @cgrp_off:	the root group in its hierarchy
 * @rb_off:	node of a directory's entry in its tree
 * @kernfs_dir:	flag of an entry that is a directory
 * @has_uclamp:	0: groups have no clamps
 * @psi_states:	where a state of pressure stall information is in the arrays
 */
struct orthros_group_env {
	u64 root;
	u64 visible;
	u64 subsys;
	u64 policies;
	u64 hstates;
	u64 psi_system;
	u32 nr_subsys;
	u32 policies_size;
	u32 nr_misc;
	u32 misc_size;
	u32 hstate_size;
	u32 cgrp_off;
	u32 rb_off;
	u32 kernfs_dir;
	u32 has_uclamp;
	u32 psi_states[ORTHROS_CGROUP_PSI_NR];
};

/* A controller. */
struct orthros_group_subsys_view {
	s32 id;
	char name[16];
};

/* A hierarchy: the numbers of its directories and files. */
struct orthros_group_numbers_view {
	u32 next;
	u32 low;
	u32 high;
};

/**
 * struct orthros_group_node_view - a directory or file of a group
 * @flags:	what it is
 * @mode:	permissions
 * @id:		its number
 * @iattr:	struct kernfs_iattrs, or 0
 * @priv:	of a directory: its group
 * @parent:	directory above it
 * @entries:	of a directory: root of the tree of what is in it
 */
struct orthros_group_node_view {
	u32 flags;
	u32 mode;
	u64 id;
	u64 iattr;
	u64 priv;
	u64 parent;
	u64 entries;
};

struct orthros_group_name_view {
	char name[ORTHROS_CGROUP_NAME];
};

/* An inode of a directory or file. */
struct orthros_group_inode_view {
	u64 kn;
};

/* Owner, times and extended attributes. */
struct orthros_group_attr_view {
	u32 uid;
	u32 gid;
	s64 atime[2];
	s64 mtime[2];
	s64 ctime[2];
	u64 xattr_list;
	u64 xattr_rb;
};

struct orthros_group_xattr_view {
	u64 name;
	u64 size;
};

struct orthros_group_xattr_layout {
	u32 node_off;
	u32 value_off;
};

/**
 * struct orthros_group_view - a struct cgroup
 * @kn:		its directory
 * @dom:	the group that its resources are charged to; itself if not threaded
 * @subsys:	address of the array of its controllers' states
 * @control:	bits of controllers that its children have
 * @max_depth:	of groups below it
 * @max_descendants: how many
 * @freeze:	it is to stand still
 * @psi:	pressure stall information, or 0
 * @psi_enabled: it is kept
 * @notify:	not 0: cgroup.events is about to be told
 * @notified:	likewise, of those who watch it
 * @runtime:	CPU time, and so on
 */
struct orthros_group_view {
	u64 kn;
	u64 dom;
	u64 subsys;
	u32 control;
	s32 max_depth;
	s32 max_descendants;
	u8 freeze;
	u64 psi;
	u8 psi_enabled;
	u64 notify;
	u64 notified;
	u64 runtime;
	u64 utime;
	u64 stime;
};

/* Pressure stall information; the machine's, too. */
#define ORTHROS_GROUP_PSI_STATES	16

struct orthros_group_psi_view {
	u64 total[2 * ORTHROS_GROUP_PSI_STATES];
	u64 avg[3 * ORTHROS_GROUP_PSI_STATES];
};

/* Memory, in pages. */
struct orthros_group_mem_view {
	u64 min;
	u64 low;
	u64 high;
	u64 max;
	u64 peak;
	u64 swap_high;
	u64 swap_max;
	u64 zswap_max;
	u32 zswap_writeback;
	u32 has_zswap;
	u32 has_writeback;
	u8 oom_group;
	u64 events[ORTHROS_CGROUP_EV_NR];
	u64 events_local[ORTHROS_CGROUP_EV_NR];
};

/* CPU time, in ns; weights as the scheduler has them. */
struct orthros_group_cpu_view {
	u64 shares;
	s32 idle;
	s64 period;
	u64 quota;
	u64 burst;
	u32 clamp_min;
	u32 clamp_max;
	u32 nr_periods;
	u32 nr_throttled;
	u32 nr_burst;
	u64 throttled_time;
	u64 burst_time;
};

struct orthros_group_cpuset_view {
	u64 cpus[ORTHROS_GROUP_MASK_LONGS];
	u64 exclusive[ORTHROS_GROUP_MASK_LONGS];
	u64 mems[16];
	s32 partition;
};

struct orthros_group_pids_view {
	s64 limit;
	s64 peak;
	s64 events;
	s64 events_local;
};

#define ORTHROS_GROUP_HSTATES	2

struct orthros_group_hugetlb_view {
	u64 max[ORTHROS_GROUP_HSTATES];
	u64 rsvd[ORTHROS_GROUP_HSTATES];
};

struct orthros_group_hstate_view {
	u32 order;
};

/* Controllers whose limits are only looked at. */
struct orthros_group_rdma_view {
	u64 pools;
	u64 first;
};

struct orthros_group_misc_view {
	u64 res;
};

struct orthros_group_misc_res_view {
	u64 max;
};

extern struct orthros_table orthros_table_group_env;
extern struct orthros_table orthros_table_group_subsys;
extern struct orthros_table orthros_table_group_numbers;
extern struct orthros_table orthros_table_group_node;
extern struct orthros_table orthros_table_group_name;
extern struct orthros_table orthros_table_group_inode;
extern struct orthros_table orthros_table_group_attr;
extern struct orthros_table orthros_table_group_xattr;
extern struct orthros_table orthros_table_group_xattr_layout;
extern struct orthros_table orthros_table_group;
extern struct orthros_table orthros_table_group_psi;
extern struct orthros_table orthros_table_group_mem;
extern struct orthros_table orthros_table_group_cpu;
extern struct orthros_table orthros_table_group_cpuset;
extern struct orthros_table orthros_table_group_pids;
extern struct orthros_table orthros_table_group_hugetlb;
extern struct orthros_table orthros_table_group_hstate;
extern struct orthros_table orthros_table_group_rdma;
extern struct orthros_table orthros_table_group_misc;
extern struct orthros_table orthros_table_group_misc_res;

#endif /* _ORTHROS_TABLES_CGROUP_H */
