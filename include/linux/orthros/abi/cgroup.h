/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of control groups, version 2.
 *
 * Packed, fixed width, of no particular kernel version. An object is referred to
 * by its address in the source.
 */
#ifndef _LINUX_ORTHROS_ABI_CGROUP_H
#define _LINUX_ORTHROS_ABI_CGROUP_H

#include <linux/types.h>

#define ORTHROS_CGROUP_NAME	256
#define ORTHROS_CGROUP_CONTROL	128

/* What happens in memory.events, a bit of which is in each hierarchy. */
enum orthros_cgroup_mem_event {
	ORTHROS_CGROUP_EV_LOW,
	ORTHROS_CGROUP_EV_HIGH,
	ORTHROS_CGROUP_EV_MAX,
	ORTHROS_CGROUP_EV_OOM,
	ORTHROS_CGROUP_EV_OOM_KILL,
	ORTHROS_CGROUP_EV_OOM_GROUP_KILL,
	ORTHROS_CGROUP_EV_SWAP_HIGH,
	ORTHROS_CGROUP_EV_SWAP_MAX,
	ORTHROS_CGROUP_EV_SWAP_FAIL,
	ORTHROS_CGROUP_EV_NR
};

/* Pressure stall information. */
enum orthros_cgroup_psi {
	ORTHROS_CGROUP_PSI_IO_SOME,
	ORTHROS_CGROUP_PSI_IO_FULL,
	ORTHROS_CGROUP_PSI_MEM_SOME,
	ORTHROS_CGROUP_PSI_MEM_FULL,
	ORTHROS_CGROUP_PSI_CPU_SOME,
	ORTHROS_CGROUP_PSI_CPU_FULL,
	ORTHROS_CGROUP_PSI_NR
};

/**
 * struct orthros_cgroup_attr_rec - what a directory or file of a group has of its own
 * @id:		of kernfs: st_ino
 * @mode:	permissions
 * @uid:	owner
 * @gid:	group
 * @changed:	the owner was set: times are kept, too
 * @atime:	seconds and nanoseconds
 * @mtime:	likewise
 * @ctime:	likewise
 */
struct orthros_cgroup_attr_rec {
	__u64	id;
	__u32	mode;
	__u32	uid;
	__u32	gid;
	__u32	changed;
	__s64	atime[2];
	__s64	mtime[2];
	__s64	ctime[2];
} __packed;

/**
 * struct orthros_cgroup_stats - what a group has used and seen so far
 * @runtime:	CPU time, ns
 * @utime:	of it, in user mode
 * @stime:	of it, in the kernel
 * @nr_periods:	of cpu.max
 * @nr_throttled: of them, those in which it was used up
 * @nr_burst:	those that took from others
 * @throttled_time: ns
 * @burst_time:	ns
 * @mem_peak:	pages
 * @mem_events:	&enum orthros_cgroup_mem_event
 * @mem_events_local: without those of the groups below
 * @pids_peak:	processes
 * @pids_events: forks that have failed
 * @pids_events_local: likewise
 * @psi_total:	&enum orthros_cgroup_psi: stalled, ns
 * @psi_avg:	in fixed point, over 10, 60 and 300 seconds
 */
struct orthros_cgroup_stats {
	__u64	runtime;
	__u64	utime;
	__u64	stime;
	__u32	nr_periods;
	__u32	nr_throttled;
	__u32	nr_burst;
	__u64	throttled_time;
	__u64	burst_time;
	__u64	mem_peak;
	__u64	mem_events[ORTHROS_CGROUP_EV_NR];
	__u64	mem_events_local[ORTHROS_CGROUP_EV_NR];
	__u64	pids_peak;
	__u64	pids_events;
	__u64	pids_events_local;
	__u64	psi_total[ORTHROS_CGROUP_PSI_NR];
	__u64	psi_avg[ORTHROS_CGROUP_PSI_NR][3];
} __packed;

#define ORTHROS_CGROUP_THREADED	0x01
#define ORTHROS_CGROUP_EVENT	0x02	/* cgroup.events has news that nobody was told */

/**
 * struct orthros_cgroup_rec - a control group
 * @parent:	its parent, 0 for the root
 * @flags:	ORTHROS_CGROUP_*
 * @attr:	its directory
 * @mem_high:	pages, all ones for none
 * @mem_max:	likewise
 * @stats:	what it has used
 * @name:	in the parent's directory
 * @control:	cgroup.subtree_control, each with a space before it
 * @len:	bytes of @settings
 * @settings:	pairs of a file's name and what is written to it, NUL-terminated
 */
struct orthros_cgroup_rec {
	__u64	parent;
	__u32	flags;
	struct orthros_cgroup_attr_rec attr;
	__u64	mem_high;
	__u64	mem_max;
	struct orthros_cgroup_stats stats;
	char	name[ORTHROS_CGROUP_NAME];
	char	control[ORTHROS_CGROUP_CONTROL];
	__u32	len;
	char	settings[];
} __packed;

/**
 * struct orthros_cgroup_file_rec - a file of a group that is not as all are
 * @group:	the group
 * @attr:	owner, times, number
 * @name:	of the file
 */
struct orthros_cgroup_file_rec {
	__u64	group;
	struct orthros_cgroup_attr_rec attr;
	char	name[ORTHROS_CGROUP_NAME];
} __packed;

/**
 * struct orthros_cgroup_xattr_rec - an extended attribute of a directory or file
 * @group:	group
 * @file:	name of the file, empty for the directory
 * @name_len:	bytes of the attribute's name without its NUL
 * @size:	bytes of the value
 * @data:	name, NUL, value
 */
struct orthros_cgroup_xattr_rec {
	__u64	group;
	char	file[ORTHROS_CGROUP_NAME];
	__u16	name_len;
	__u32	size;
	char	data[];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_CGROUP_H */
