/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of POSIX message queues sees of a source kernel, see mqueue_tables.c.
 */
#ifndef _ORTHROS_TABLES_MQUEUE_H
#define _ORTHROS_TABLES_MQUEUE_H

#include <linux/orthros/abi/mqueue.h>
#include "../core/table.h"

/**
 * struct orthros_mqueue_env - where the queues are; address 0
 * @init_ipc_ns:	the initial namespace, 0 if the source has none
 * @init_user_ns:	likewise
 * @ns_off:		struct ns_common in an IPC namespace
 * @inode_off:		inode in a queue
 * @node_off:		node of the tree in what is of one priority
 * @msg_list_off:	node of the list in a message
 */
struct orthros_mqueue_env {
	u64 init_ipc_ns;
	u64 init_user_ns;
	u32 ns_off;
	u32 inode_off;
	u32 node_off;
	u32 msg_list_off;
};

/**
 * struct orthros_mqueue_ns_view - the queues of a namespace
 * @mnt:	its own mount of them, 0 for none
 * @root:	directory of all that have a name
 * @count:	how many there are
 */
struct orthros_mqueue_ns_view {
	u64 mnt;
	u64 root;
	u32 count;
};

/**
 * struct orthros_mqueue_view - a struct mqueue_inode_info
 * @rec:	what is carried as it is
 * @nlink:	0 if it has no name any more
 * @tree:	uppermost priority
 * @curmsgs:	messages
 * @qsize:	their bytes
 * @user_ns:	of the user who is charged
 * @ns:		struct ipc_namespace, 0 if that is gone
 * @notify_owner:	struct pid of who is told when there is a message
 * @notify_user_ns:	and its user namespace
 * @cookie:	packet that is sent to a socket then, SIGEV_THREAD; else it may be one that
 *		is gone
 */
struct orthros_mqueue_view {
	struct orthros_mqueue_rec rec;
	u32 nlink;
	u64 tree;
	u64 curmsgs;
	u64 qsize;
	u64 user_ns;
	u64 ns;
	u64 notify_owner;
	u64 notify_user_ns;
	u64 cookie;
};

/* Messages of one priority. */
struct orthros_mqueue_node_view {
	u64 list;
};

/* What is sent by SIGEV_THREAD. */
struct orthros_mqueue_cookie_view {
	u64 data;
};

/* The name of a queue that has none any more. */
struct orthros_mqueue_name_view {
	u64 name;
	u32 len;
};

extern struct orthros_table orthros_table_mqueue_cookie;
extern struct orthros_table orthros_table_mqueue_name;
extern struct orthros_table orthros_table_mqueue_env;
extern struct orthros_table orthros_table_mqueue_ns;
extern struct orthros_table orthros_table_mqueue;
extern struct orthros_table orthros_table_mqueue_node;

#endif /* _ORTHROS_TABLES_MQUEUE_H */
