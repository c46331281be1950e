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
 * @own:	what it has, by type
 */
struct orthros_ns_rec {
	__u32	type;
	__u32	inum;
	__u32	initial;
	__u32	uid;
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

#endif /* _LINUX_ORTHROS_ABI_NS_H */
