// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of POSIX message queues.
 */
#include "mqueue_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define NULLS (ORTHROS_ROW_OPTIONAL | ORTHROS_ROW_NULLABLE)
#define ENV(f, k, ...) ORTHROS_ROW(struct orthros_mqueue_env, f, k, OPT, __VA_ARGS__)

static struct orthros_row mqueue_env_rows[] = {
	ENV(init_ipc_ns, SYM, "init_ipc_ns"),
	ENV(init_user_ns, SYM, "init_user_ns"),
	ENV(ns_off, OFFSET, "ipc_namespace.ns"),
	ENV(inode_off, OFFSET, "mqueue_inode_info.vfs_inode"),
	ENV(node_off, OFFSET, "posix_msg_tree_node.rb_node"),
	ENV(msg_list_off, OFFSET, "msg_msg.m_list"),
};

ORTHROS_TABLE(mqueue_env, struct orthros_mqueue_env);

static struct orthros_row mqueue_ns_rows[] = {
	ORTHROS_ROW(struct orthros_mqueue_ns_view, mnt, VALUE, OPT, "ipc_namespace.mq_mnt"),
	ORTHROS_ROW(struct orthros_mqueue_ns_view, root, VALUE, NULLS,
		    "ipc_namespace.mq_mnt->mnt_root"),
	ORTHROS_ROW(struct orthros_mqueue_ns_view, count, VALUE, OPT,
		    "ipc_namespace.mq_queues_count"),
};

ORTHROS_TABLE(mqueue_ns, struct orthros_mqueue_ns_view);

#define Q(f, flags, ...) \
	ORTHROS_ROW(struct orthros_mqueue_view, f, VALUE, flags, __VA_ARGS__)
#define I(f, path) Q(f, OPT, "mqueue_inode_info.vfs_inode." path)
#define SEC(f, what) \
	Q(f, OPT, "mqueue_inode_info.vfs_inode.i_" what "_sec", \
	  "mqueue_inode_info.vfs_inode.__i_" what ".tv_sec", \
	  "mqueue_inode_info.vfs_inode.i_" what ".tv_sec")
#define NSEC(f, what) \
	Q(f, OPT, "mqueue_inode_info.vfs_inode.i_" what "_nsec", \
	  "mqueue_inode_info.vfs_inode.__i_" what ".tv_nsec", \
	  "mqueue_inode_info.vfs_inode.i_" what ".tv_nsec")

static struct orthros_row mqueue_rows[] = {
	I(rec.ino, "i_ino"),
	I(rec.mode, "i_mode"),
	I(rec.uid, "i_uid.val"),
	I(rec.gid, "i_gid.val"),
	I(nlink, "i_nlink"),
	SEC(rec.atime, "atime"),
	NSEC(rec.atime_ns, "atime"),
	SEC(rec.mtime, "mtime"),
	NSEC(rec.mtime_ns, "mtime"),
	SEC(rec.ctime, "ctime"),
	NSEC(rec.ctime_ns, "ctime"),
	Q(rec.owner, NULLS, "mqueue_inode_info.ucounts->uid.val"),
	Q(ns, OPT, "mqueue_inode_info.vfs_inode.i_sb->s_fs_info"),
	Q(user_ns, NULLS, "mqueue_inode_info.ucounts->ns"),
	Q(rec.maxmsg, OPT, "mqueue_inode_info.attr.mq_maxmsg"),
	Q(rec.msgsize, OPT, "mqueue_inode_info.attr.mq_msgsize"),
	Q(curmsgs, OPT, "mqueue_inode_info.attr.mq_curmsgs"),
	Q(qsize, OPT, "mqueue_inode_info.qsize"),
	Q(tree, OPT, "mqueue_inode_info.msg_tree.rb_node"),
	Q(notify_owner, OPT, "mqueue_inode_info.notify_owner"),
	Q(notify_user_ns, OPT, "mqueue_inode_info.notify_user_ns"),
	Q(rec.notify, OPT, "mqueue_inode_info.notify.sigev_notify"),
	Q(rec.notify_signo, OPT, "mqueue_inode_info.notify.sigev_signo"),
	Q(rec.notify_value, OPT, "mqueue_inode_info.notify.sigev_value.sival_ptr"),
	Q(rec.notify_exec_id, OPT, "mqueue_inode_info.notify_self_exec_id"),
	Q(rec.notify_sock, OPT, "mqueue_inode_info.notify_sock"),
	Q(cookie, OPT, "mqueue_inode_info.notify_cookie"),
};

ORTHROS_TABLE(mqueue, struct orthros_mqueue_view);

static struct orthros_row mqueue_node_rows[] = {
	ORTHROS_ROW(struct orthros_mqueue_node_view, list, ADDR, OPT,
		    "posix_msg_tree_node.msg_list"),
};

ORTHROS_TABLE(mqueue_node, struct orthros_mqueue_node_view);

static struct orthros_row mqueue_name_rows[] = {
	ORTHROS_ROW(struct orthros_mqueue_name_view, name, VALUE, 0, "dentry.d_name.name"),
	ORTHROS_ROW(struct orthros_mqueue_name_view, len, VALUE, 0, "dentry.d_name.len"),
};

ORTHROS_TABLE(mqueue_name, struct orthros_mqueue_name_view);

static struct orthros_row mqueue_cookie_rows[] = {
	ORTHROS_ROW(struct orthros_mqueue_cookie_view, data, VALUE, 0, "sk_buff.data"),
};

ORTHROS_TABLE(mqueue_cookie, struct orthros_mqueue_cookie_view);
