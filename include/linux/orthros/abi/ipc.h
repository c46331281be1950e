/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of System V IPC.
 *
 * Modes and flags are those that IPC_STAT tells.
 */
#ifndef _LINUX_ORTHROS_ABI_IPC_H
#define _LINUX_ORTHROS_ABI_IPC_H

#include <linux/types.h>

/* orthros_ipc_ids_rec.kind, in the order of struct ipc_namespace.ids. */
enum orthros_ipc_kind {
	ORTHROS_IPC_SEM = 0,
	ORTHROS_IPC_MSG,
	ORTHROS_IPC_SHM,
	ORTHROS_IPC_KINDS,
};

/* orthros_ipc_perm_rec.mode beyond the permissions, of shared memory. */
#define ORTHROS_SHM_DEST	01000	/* goes when nobody has it attached */
#define ORTHROS_SHM_LOCKED	02000	/* SHM_LOCK */

/**
 * struct orthros_ipc_ids_rec - from where on identifiers are given out
 * @ns:		IPC namespace
 * @kind:	&enum orthros_ipc_kind
 * @seq:	sequence number of the next round
 * @last_idx:	last index that was given out, -1 for none
 * @next_idx:	where the search for a free one begins
 * @next_id:	identifier that the user wants the next object to have, -1 for any
 */
struct orthros_ipc_ids_rec {
	__u64	ns;
	__u32	kind;
	__u32	seq;
	__s32	last_idx;
	__u32	next_idx;
	__s32	next_id;
} __packed;

/**
 * struct orthros_ipc_perm_rec - what all objects have
 * @ns:		IPC namespace
 * @id:		identifier
 * @key:	0 for a private one
 * @uid:	owner
 * @gid:	and group
 * @cuid:	creator
 * @cgid:	and group
 * @mode:	permissions and more
 */
struct orthros_ipc_perm_rec {
	__u64	ns;
	__s32	id;
	__s32	key;
	__u32	uid;
	__u32	gid;
	__u32	cuid;
	__u32	cgid;
	__u32	mode;
} __packed;

/**
 * struct orthros_shm_rec - a segment of System V shared memory
 * @perm:	see there
 * @name_key:	key that it was made with and is called by
 * @size:	bytes
 * @nattch:	mappings of it
 * @inode:	key of the INODE object with the contents
 * @creator:	thread that made it and lives, or 0
 * @atime:	seconds; last attached
 * @dtime:	seconds; last detached
 * @ctime:	seconds; made or changed
 * @cpid:	process that made it
 * @lpid:	process that last attached or detached it
 * @noreserve:	not 0: its size is not promised memory
 * @lock_uid:	whose locked memory it is, with %ORTHROS_SHM_LOCKED
 */
struct orthros_shm_rec {
	struct orthros_ipc_perm_rec perm;
	__s32	name_key;
	__u64	size;
	__u64	nattch;
	__u64	inode;
	__s32	creator;
	__u32	pad;
	__s64	atime;
	__s64	dtime;
	__s64	ctime;
	__s32	cpid;
	__s32	lpid;
	__u32	noreserve;
	__u32	lock_uid;
} __packed;

/**
 * struct orthros_sem_val - one semaphore
 * @val:	its value
 * @pid:	process that last changed it
 * @otime:	seconds; last semop() that went through it
 */
struct orthros_sem_val {
	__s32	val;
	__s32	pid;
	__s64	otime;
} __packed;

/**
 * struct orthros_sem_rec - an array of semaphores
 * @perm:	see there
 * @nr:		entries in @sems
 * @ctime:	seconds; made or changed
 * @sems:	the semaphores
 */
struct orthros_sem_rec {
	struct orthros_ipc_perm_rec perm;
	__u32	nr;
	__s64	ctime;
	struct orthros_sem_val sems[];
} __packed;

/**
 * struct orthros_sem_undo_rec - what is undone when a process exits
 * @ns:		IPC namespace
 * @list:	address of the list that the process has it in
 * @semid:	array
 * @nr:		entries in @adj
 * @adj:	added to each semaphore
 */
struct orthros_sem_undo_rec {
	__u64	ns;
	__u64	list;
	__s32	semid;
	__u32	nr;
	__s16	adj[];
} __packed;

/**
 * struct orthros_msg_head - a message; its bytes follow, up to a multiple of 8
 * @type:	mtype
 * @len:	bytes
 */
struct orthros_msg_head {
	__s64	type;
	__u64	len;
} __packed;

/**
 * struct orthros_msg_rec - a System V message queue
 * @perm:	see there
 * @nr:		messages in @msgs
 * @stime:	seconds; last msgsnd()
 * @rtime:	seconds; last msgrcv()
 * @ctime:	seconds; made or changed
 * @qbytes:	how much it may hold
 * @lspid:	process of the last msgsnd()
 * @lrpid:	process of the last msgrcv()
 * @len:	bytes of @msgs
 * @msgs:	&struct orthros_msg_head and bytes, in order
 */
struct orthros_msg_rec {
	struct orthros_ipc_perm_rec perm;
	__u32	nr;
	__s64	stime;
	__s64	rtime;
	__s64	ctime;
	__u64	qbytes;
	__s32	lspid;
	__s32	lrpid;
	__u64	len;
	__u8	msgs[];
} __packed;

/**
 * struct orthros_ipc_ns_rec - limits that are set in an IPC namespace
 * @sem_ctls:		kernel.sem
 * @shm_ctlmni:		kernel.shmmni
 * @shm_ctlmax:		kernel.shmmax
 * @shm_ctlall:		kernel.shmall
 * @shm_rmid_forced:	kernel.shm_rmid_forced
 * @msg_ctlmax:		kernel.msgmax
 * @msg_ctlmnb:		kernel.msgmnb
 * @msg_ctlmni:		kernel.msgmni
 * @mq_queues_max:	fs.mqueue.queues_max
 * @mq_msg_max:		fs.mqueue.msg_max
 * @mq_msgsize_max:	fs.mqueue.msgsize_max
 * @mq_msg_default:	fs.mqueue.msg_default
 * @mq_msgsize_default:	fs.mqueue.msgsize_default
 */
struct orthros_ipc_ns_rec {
	__s32	sem_ctls[4];
	__s32	shm_ctlmni;
	__u64	shm_ctlmax;
	__u64	shm_ctlall;
	__s32	shm_rmid_forced;
	__u32	msg_ctlmax;
	__u32	msg_ctlmnb;
	__u32	msg_ctlmni;
	__u32	mq_queues_max;
	__u32	mq_msg_max;
	__u32	mq_msgsize_max;
	__u32	mq_msg_default;
	__u32	mq_msgsize_default;
} __packed;

#endif /* _LINUX_ORTHROS_ABI_IPC_H */
