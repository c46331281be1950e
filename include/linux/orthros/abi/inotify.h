/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Record of an inotify instance.
 */
#ifndef _LINUX_ORTHROS_ABI_INOTIFY_H
#define _LINUX_ORTHROS_ABI_INOTIFY_H

#include <linux/types.h>

#define ORTHROS_INOTIFY_VERSION	1

/**
 * struct orthros_watch_rec - one watch
 * @inode:	what is watched: INODE or DINODE object, or the inode of @dentry
 * @dentry:	a name of it, as DENTRY object; 0 for none
 * @sb:		its SB object
 * @wd:		watch descriptor
 * @mask:	IN_* as inotify_add_watch(2) takes them
 */
struct orthros_watch_rec {
	__u64	inode;
	__u64	dentry;
	__u64	sb;
	__s32	wd;
	__u32	mask;
} __packed;

/**
 * struct orthros_inotify_event_rec - an event that was not read yet
 * @wd:		watch descriptor, -1: events were lost
 * @mask:	IN_*
 * @cookie:	the same for both events of a rename
 * @len:	bytes of @name
 * @name:	without a NUL; padded to a multiple of 8 bytes
 */
struct orthros_inotify_event_rec {
	__s32	wd;
	__u32	mask;
	__u32	cookie;
	__u32	len;
	char	name[];
} __packed;

/**
 * struct orthros_inotify_rec - an inotify instance
 * @version:	%ORTHROS_INOTIFY_VERSION
 * @max_events:	before some are lost
 * @next_wd:	where the search for a free watch descriptor begins
 * @nr_watches:	&struct orthros_watch_rec that follow
 * @nr_events:	&struct orthros_inotify_event_rec that follow these
 * @pad:	0
 */
struct orthros_inotify_rec {
	__u32	version;
	__u32	max_events;
	__u32	next_wd;
	__u32	nr_watches;
	__u32	nr_events;
	__u32	pad;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_INOTIFY_H */
