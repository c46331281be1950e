/* SPDX-License-Identifier: GPL-2.0 */
/* What the reader of an autofs sees of a source kernel, see autofs_tables.c. */
#ifndef _ORTHROS_FILES_AUTOFS_TABLES_H
#define _ORTHROS_FILES_AUTOFS_TABLES_H

#include "../core/table.h"

/* Where the source counts its ticks; read with address 0. */
struct orthros_autofs_env {
	u64 jiffies;
};

/**
 * struct orthros_autofs_root_view - the dentry of a root
 * @ino:	number of its inode
 * @mode:	permissions
 * @uid:	owner
 * @gid:	group
 * @info:	its struct autofs_info
 */
struct orthros_autofs_root_view {
	u64 ino;
	u32 mode;
	u32 uid;
	u32 gid;
	u64 info;
};

/**
 * struct orthros_autofs_info_view - a struct autofs_info
 * @last_used:	when somebody was there
 * @uid:	who asked for what is mounted there
 * @gid:	likewise
 */
struct orthros_autofs_info_view {
	u64 last_used;
	u32 uid;
	u32 gid;
};

/**
 * struct orthros_autofs_wait_view - a struct autofs_wait_queue
 * @next:	an older one, or 0
 * @token:	by which the daemon answers
 * @uid:	who asks
 * @gid:	likewise
 * @pid:	likewise
 * @tgid:	likewise
 */
struct orthros_autofs_wait_view {
	u64 next;
	u32 token;
	u32 uid;
	u32 gid;
	s32 pid;
	s32 tgid;
};

extern struct orthros_table orthros_table_autofs_env;
extern struct orthros_table orthros_table_autofs_root;
extern struct orthros_table orthros_table_autofs_info;
extern struct orthros_table orthros_table_autofs_wait;

#endif /* _ORTHROS_FILES_AUTOFS_TABLES_H */
