// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of inotify instances and of what hangs at an inode that is watched.
 */
#include "inotify_tables.h"

#define R(f, k, ...) ORTHROS_ROW(struct orthros_inotify_view, f, k, 0, __VA_ARGS__)

static struct orthros_row inotify_rows[] = {
	R(events, ADDR, "fsnotify_group.notification_list"),
	R(watches, ADDR, "fsnotify_group.inotify_data.idr.idr_rt"),
	R(max_events, VALUE, "fsnotify_group.max_events"),
	R(next_wd, VALUE, "fsnotify_group.inotify_data.idr.idr_next"),
};

ORTHROS_TABLE(inotify, struct orthros_inotify_view);
#undef R

#define R(f, ...) ORTHROS_ROW(struct orthros_watch_view, f, VALUE, 0, __VA_ARGS__)

static struct orthros_row inotify_watch_rows[] = {
	R(connector, "inotify_inode_mark.fsn_mark.connector"),
	R(wd, "inotify_inode_mark.wd"),
	R(mask, "inotify_inode_mark.fsn_mark.mask"),
	R(flags, "inotify_inode_mark.fsn_mark.flags"),
};

ORTHROS_TABLE(inotify_watch, struct orthros_watch_view);
#undef R

#define R(f, k, ...) ORTHROS_ROW(struct orthros_inotify_event_view, f, k, 0, __VA_ARGS__)

static struct orthros_row inotify_event_rows[] = {
	R(name, ADDR, "inotify_event_info.name"),
	R(wd, VALUE, "inotify_event_info.wd"),
	R(mask, VALUE, "inotify_event_info.mask"),
	R(cookie, VALUE, "inotify_event_info.sync_cookie"),
	R(len, VALUE, "inotify_event_info.name_len"),
};

ORTHROS_TABLE(inotify_event, struct orthros_inotify_event_view);
#undef R

static struct orthros_row fs_watched_rows[] = {
	ORTHROS_ROW(struct orthros_watched_view, marks, VALUE, 0, "inode.i_fsnotify_marks"),
	ORTHROS_ROW(struct orthros_watched_view, sb, VALUE, 0, "inode.i_sb"),
	ORTHROS_ROW(struct orthros_watched_view, alias, VALUE, 0, "inode.i_dentry.first"),
};

ORTHROS_TABLE(fs_watched, struct orthros_watched_view);

#define R(f, k, ...) ORTHROS_ROW(struct orthros_inotify_layout, f, k, 0, __VA_ARGS__)

static struct orthros_row inotify_layout_rows[] = {
	R(event_off, OFFSET, "inotify_event_info.fse.list"),
	R(marks_off, OFFSET, "inode.i_fsnotify_marks"),
	R(alias_off, OFFSET, "dentry.d_u.d_alias"),
	R(excl_unlink, CONST, "FSNOTIFY_MARK_FLAG_EXCL_UNLINK"),
	R(oneshot, CONST, "FSNOTIFY_MARK_FLAG_IN_ONESHOT"),
};

ORTHROS_TABLE(inotify_layout, struct orthros_inotify_layout);
