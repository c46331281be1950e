/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of inotify sees of a source kernel, see inotify_tables.c.
 */
#ifndef _ORTHROS_TABLES_INOTIFY_H
#define _ORTHROS_TABLES_INOTIFY_H

#include "../core/table.h"

/**
 * struct orthros_inotify_view - a struct fsnotify_group of inotify
 * @events:	address of the list of its events
 * @watches:	address of the IDR of its watches
 * @max_events:	before some are lost
 * @next_wd:	where the search for a free watch descriptor begins
 */
struct orthros_inotify_view {
	u64 events;
	u64 watches;
	u32 max_events;
	u32 next_wd;
};

/**
 * struct orthros_watch_view - a struct inotify_inode_mark
 * @connector:	address of its struct fsnotify_mark_connector
 * @wd:		watch descriptor
 * @mask:	events
 * @flags:	FSNOTIFY_MARK_FLAG_*
 */
struct orthros_watch_view {
	u64 connector;
	s32 wd;
	u32 mask;
	u32 flags;
};

/**
 * struct orthros_inotify_event_view - a struct inotify_event_info
 * @name:	address of its name
 * @wd:		watch descriptor
 * @mask:	events
 * @cookie:	of a rename
 * @len:	bytes of the name
 */
struct orthros_inotify_event_view {
	u64 name;
	s32 wd;
	u32 mask;
	u32 cookie;
	u32 len;
};

/**
 * struct orthros_watched_view - an inode that is watched
 * @marks:	address of its struct fsnotify_mark_connector
 * @sb:		address of its super block
 * @alias:	node of one of its names in the list of them, 0 for none
 */
struct orthros_watched_view {
	u64 marks;
	u64 sb;
	u64 alias;
};

/**
 * struct orthros_inotify_layout - where things are
 * @event_off:	node of the list in an event
 * @marks_off:	pointer to the connector in an inode
 * @alias_off:	node of the list of names in a dentry
 * @excl_unlink:	flag of a mark
 * @oneshot:	flag of a mark
 */
struct orthros_inotify_layout {
	u64 event_off;
	u64 marks_off;
	u64 alias_off;
	u64 excl_unlink;
	u64 oneshot;
};

extern struct orthros_table orthros_table_inotify;
extern struct orthros_table orthros_table_inotify_watch;
extern struct orthros_table orthros_table_inotify_event;
extern struct orthros_table orthros_table_fs_watched;
extern struct orthros_table orthros_table_inotify_layout;

#endif /* _ORTHROS_TABLES_INOTIFY_H */
