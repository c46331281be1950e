/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of namespaces, and of who is in which.
 *
 * Packed, fixed width, of no particular kernel version. A namespace is referred to
 * by the address of its struct ns_common in the source.
 */
#ifndef _LINUX_ORTHROS_ABI_NS_H
#define _LINUX_ORTHROS_ABI_NS_H

#include <linux/types.h>

/* Types of namespaces. */
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
 * struct orthros_ns_rec - a namespace
 * @type:	&enum orthros_ns
 * @inum:	its number: of the links in /proc/PID/ns, and as st_ino
 * @initial:	it is the one that every kernel has
 * @uid:	who made it, whose account it is on
 * @owner:	user namespace that owns it, 0 if it is one itself
 * @own:	what it has, by type
 */
struct orthros_ns_rec {
	__u32	type;
	__u32	inum;
	__u32	initial;
	__u32	uid;
	__u64	owner;
	char	own[];
} __packed;

/**
 * struct orthros_nsproxy_rec - the namespaces that a thread is in
 * @ns:		by type; that of processes is the one of its children. There is no
 *		user namespace here: that is in the credentials
 * @time_for_children: likewise
 */
struct orthros_nsproxy_rec {
	__u64	ns[ORTHROS_NS_NR];
	__u64	time_for_children;
} __packed;

/**
 * struct orthros_uts_rec - what a UTS namespace has
 * @nodename:	of the host
 * @domainname:	of the NIS domain
 */
struct orthros_uts_rec {
	char	nodename[72];
	char	domainname[72];
} __packed;

/**
 * struct orthros_pid_ns_rec - a PID namespace
 * @parent:	address of its parent's struct ns_common; 0 of the initial one
 * @level:	how many parents it has
 * @reaper:	its init, by the PID for all; 0 before there is one
 * @next:	from where on the next PID is looked for
 * @reboot:	what its init ends with, if it has been told to reboot
 * @memfd_noexec: sysctl vm.memfd_noexec of it
 */
struct orthros_pid_ns_rec {
	__u64	parent;
	__u32	level;
	__s32	reaper;
	__u32	next;
	__s32	reboot;
	__s32	memfd_noexec;
	__u32	pad;
} __packed;

/* As MAX_PID_NS_LEVEL: of the initial namespace and so many below. */
#define ORTHROS_PID_LEVELS	33

/**
 * struct orthros_pid_rec - a struct pid of a PID namespace
 * @ns:		the namespace's struct ns_common
 * @nr:		how many numbers it has
 * @number:	the PIDs, that for all first
 */
struct orthros_pid_rec {
	__u64	ns;
	__u32	nr;
	__s32	number[];
} __packed;

/* A namespace has some as they are, more only in a tree. */
#define ORTHROS_MAX_EXTENTS	5

#define ORTHROS_USER_RLIMITS	4

/**
 * struct orthros_id_extent - a range of ids
 * @first:	in the namespace
 * @lower_first: in the initial one
 * @count:	how many
 */
struct orthros_id_extent {
	__u32	first;
	__u32	lower_first;
	__u32	count;
};

/**
 * struct orthros_id_map - which ids there are in a namespace
 * @nr:		entries in @extent
 * @extent:	ranges
 */
struct orthros_id_map {
	__u32	nr;
	struct orthros_id_extent extent[ORTHROS_MAX_EXTENTS];
};

/**
 * struct orthros_user_rec - what a user namespace has
 * @parent:	the namespace above
 * @rlimit_max:	what its maker was limited to
 * @owner:	who has made it
 * @group:	and his group
 * @level:	how many are above
 * @setgroups:	setgroups() is allowed
 * @parent_could_setfcap: whether its maker could
 * @uid_map:	ids of users
 * @gid_map:	of groups
 * @projid_map:	of projects
 */
struct orthros_user_rec {
	__u64	parent;
	__s64	rlimit_max[ORTHROS_USER_RLIMITS];
	__u32	owner;
	__u32	group;
	__s32	level;
	__u32	setgroups;
	__u32	parent_could_setfcap;
	struct orthros_id_map uid_map;
	struct orthros_id_map gid_map;
	struct orthros_id_map projid_map;
};

#endif /* _LINUX_ORTHROS_ABI_NS_H */
