// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of what an autofs has of its daemon. Who is built without it has none.
 */
#include "autofs_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL

static struct orthros_row autofs_env_rows[] = {
	ORTHROS_ROW(struct orthros_autofs_env, jiffies, SYM, 0, "jiffies_64"),
};

ORTHROS_TABLE(autofs_env, struct orthros_autofs_env);

#define ROOT(f, path) ORTHROS_ROW(struct orthros_autofs_root_view, f, VALUE, 0, "dentry." path)

static struct orthros_row autofs_root_rows[] = {
	ROOT(ino, "d_inode->i_ino"),
	ROOT(mode, "d_inode->i_mode"),
	ROOT(uid, "d_inode->i_uid.val"),
	ROOT(gid, "d_inode->i_gid.val"),
	ROOT(info, "d_fsdata"),
};

ORTHROS_TABLE(autofs_root, struct orthros_autofs_root_view);

#define INFO(f, path) \
	ORTHROS_ROW(struct orthros_autofs_info_view, f, VALUE, OPT, "autofs_info." path)

static struct orthros_row autofs_info_rows[] = {
	INFO(last_used, "last_used"),
	INFO(uid, "uid.val"),
	INFO(gid, "gid.val"),
};

ORTHROS_TABLE(autofs_info, struct orthros_autofs_info_view);

#define WAIT(f, path) \
	ORTHROS_ROW(struct orthros_autofs_wait_view, f, VALUE, OPT, "autofs_wait_queue." path)

static struct orthros_row autofs_wait_rows[] = {
	WAIT(next, "next"),
	WAIT(token, "wait_queue_token"),
	WAIT(uid, "uid.val"),
	WAIT(gid, "gid.val"),
	WAIT(pid, "pid"),
	WAIT(tgid, "tgid"),
};

ORTHROS_TABLE(autofs_wait, struct orthros_autofs_wait_view);
