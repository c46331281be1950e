/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of System V IPC sees of a source kernel, see tables.c.
 */
#ifndef _ORTHROS_TABLES_IPC_H
#define _ORTHROS_TABLES_IPC_H

#include <linux/orthros/abi/ipc.h>
#include "../core/table.h"

/**
 * struct orthros_ipc_env - constants of the source; address 0
 * @init_ipc_ns:	the initial namespace
 * @ns_off:		struct ns_common in one
 * @ids_off:		offset of its array of struct ipc_ids
 * @ids_size:		size of one
 * @shm_off:		struct shmid_kernel.shm_perm
 * @sem_off:		struct sem_array.sem_perm
 * @msg_off:		struct msg_queue.q_perm
 * @sem_size:		size of a struct sem
 * @sem_undo_off:	struct sem_undo.list_id
 * @msg_list_off:	struct msg_msg.m_list
 * @msg_size:		size of a struct msg_msg: its bytes follow
 * @seg_size:		size of a struct msg_msgseg, likewise
 */
struct orthros_ipc_env {
	u64 init_ipc_ns;
	u32 ns_off;
	u32 ids_off;
	u32 ids_size;
	u32 shm_off;
	u32 sem_off;
	u32 msg_off;
	u32 sem_size;
	u32 sem_undo_off;
	u32 msg_list_off;
	u32 msg_size;
	u32 seg_size;
};

/**
 * struct orthros_ipc_ns_view - a struct ipc_namespace
 * @rec:	limits
 * @user_ns:	owner
 * @uid:	whose account it is on; the initial one is on none
 */
struct orthros_ipc_ns_view {
	struct orthros_ipc_ns_rec rec;
	u64 user_ns;
	u32 uid;
};

/**
 * struct orthros_ipc_ids_view - a struct ipc_ids
 * @rec:	what the record needs
 * @tree:	address of the tree of its objects
 * @in_use:	number of them
 */
struct orthros_ipc_ids_view {
	struct orthros_ipc_ids_rec rec;
	u64 tree;
	s32 in_use;
};

/**
 * struct orthros_shm_view - a struct shmid_kernel
 * @rec:	what the record needs and can be read straight
 * @mnt:	path of its file: mount
 * @dentry:	and name
 * @sb:		super block of that
 * @cprid:	struct pid
 * @lprid:	struct pid
 * @creator:	task_struct, good if the list below is not empty
 * @clist:	address of its node in the creator's list
 * @clist_next:	next node
 */
struct orthros_shm_view {
	struct orthros_shm_rec rec;
	u64 mnt;
	u64 dentry;
	u64 sb;
	u64 cprid;
	u64 lprid;
	u64 creator;
	u64 clist;
	u64 clist_next;
};

/* struct shm_file_data: behind a mapping. */
struct orthros_shm_file_view {
	s32 id;
	u64 ns;
};

/**
 * struct orthros_sem_view - a struct sem_array
 * @ctime:	seconds
 * @nsems:	semaphores
 * @sems:	address of the first
 * @undos:	address of the list of its struct sem_undo
 */
struct orthros_sem_view {
	s64 ctime;
	s32 nsems;
	u64 sems;
	u64 undos;
};

/* struct sem; @pid: struct pid. */
struct orthros_semval_view {
	s32 val;
	u64 pid;
	s64 otime;
};

/**
 * struct orthros_sem_undo_view - a struct sem_undo
 * @list:	struct sem_undo_list of the processes that share it, 0: they exit
 * @semid:	array
 * @adj:	address of the adjustments, or of a pointer to them
 * @adj_size:	size of the member: not 0 if it is a pointer
 */
struct orthros_sem_undo_view {
	u64 list;
	s32 semid;
	u64 adj;
	u32 adj_size;
};

/**
 * struct orthros_msq_view - a struct msg_queue
 * @rec:	what the record needs and can be read straight
 * @lspid:	struct pid
 * @lrpid:	struct pid
 * @qnum:	messages
 * @messages:	address of the list of them
 */
struct orthros_msq_view {
	struct orthros_msg_rec rec;
	u64 lspid;
	u64 lrpid;
	u64 qnum;
	u64 messages;
};

/* struct msg_msg; @next: first struct msg_msgseg. */
struct orthros_msg_view {
	s64 type;
	u64 len;
	u64 next;
};

struct orthros_msg_seg_view {
	u64 next;
};

extern struct orthros_table orthros_table_ipc_env;
extern struct orthros_table orthros_table_ipc_ns;
extern struct orthros_table orthros_table_ipc_ids;
extern struct orthros_table orthros_table_ipc_perm;
extern struct orthros_table orthros_table_shm;
extern struct orthros_table orthros_table_shm_file;
extern struct orthros_table orthros_table_sem;
extern struct orthros_table orthros_table_semval;
extern struct orthros_table orthros_table_sem_undo;
extern struct orthros_table orthros_table_msq;
extern struct orthros_table orthros_table_msg;
extern struct orthros_table orthros_table_msg_seg;

#endif /* _ORTHROS_TABLES_IPC_H */
