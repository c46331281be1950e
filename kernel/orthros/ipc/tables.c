// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of System V IPC.
 */
#include "tables.h"

#define ENV(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_ipc_env, field, kind, flags, __VA_ARGS__)

static struct orthros_row ipc_env_rows[] = {
	ENV(init_ipc_ns, SYM, 0, "init_ipc_ns"),
	ENV(ns_off, OFFSET, 0, "ipc_namespace.ns"),
	ENV(ids_off, OFFSET, 0, "ipc_namespace.ids"),
	ENV(ids_size, SIZEOF, 0, "ipc_ids"),
	ENV(shm_off, OFFSET, 0, "shmid_kernel.shm_perm"),
	ENV(sem_off, OFFSET, 0, "sem_array.sem_perm"),
	ENV(msg_off, OFFSET, 0, "msg_queue.q_perm"),
	ENV(sem_size, SIZEOF, 0, "sem"),
	ENV(sem_undo_off, OFFSET, 0, "sem_undo.list_id"),
	ENV(msg_list_off, OFFSET, 0, "msg_msg.m_list"),
	ENV(msg_size, SIZEOF, 0, "msg_msg"),
	ENV(seg_size, SIZEOF, 0, "msg_msgseg"),
};

ORTHROS_TABLE(ipc_env, struct orthros_ipc_env);

#define NS(field, path) \
	ORTHROS_ROW(struct orthros_ipc_ns_view, field, VALUE, 0, "ipc_namespace." path)

static struct orthros_row ipc_ns_rows[] = {
	NS(rec.sem_ctls[0], "sem_ctls[0]"),
	NS(rec.sem_ctls[1], "sem_ctls[1]"),
	NS(rec.sem_ctls[2], "sem_ctls[2]"),
	NS(rec.sem_ctls[3], "sem_ctls[3]"),
	NS(rec.shm_ctlmni, "shm_ctlmni"),
	NS(rec.shm_ctlmax, "shm_ctlmax"),
	NS(rec.shm_ctlall, "shm_ctlall"),
	NS(rec.shm_rmid_forced, "shm_rmid_forced"),
	NS(rec.msg_ctlmax, "msg_ctlmax"),
	NS(rec.msg_ctlmnb, "msg_ctlmnb"),
	NS(rec.msg_ctlmni, "msg_ctlmni"),
	NS(rec.mq_queues_max, "mq_queues_max"),
	NS(rec.mq_msg_max, "mq_msg_max"),
	NS(rec.mq_msgsize_max, "mq_msgsize_max"),
	NS(rec.mq_msg_default, "mq_msg_default"),
	NS(rec.mq_msgsize_default, "mq_msgsize_default"),
	NS(user_ns, "user_ns"),
	ORTHROS_ROW(struct orthros_ipc_ns_view, uid, VALUE, ORTHROS_ROW_NULLABLE,
		    "ipc_namespace.ucounts->uid.val"),
};

ORTHROS_TABLE(ipc_ns, struct orthros_ipc_ns_view);

#define IDS(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_ipc_ids_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row ipc_ids_rows[] = {
	IDS(rec.seq, VALUE, 0, "ipc_ids.seq"),
	IDS(rec.last_idx, VALUE, 0, "ipc_ids.last_idx"),
	IDS(rec.next_idx, VALUE, 0, "ipc_ids.ipcs_idr.idr_next"),
	IDS(rec.next_id, VALUE, ORTHROS_ROW_OPTIONAL, "ipc_ids.next_id"),
	IDS(tree, ADDR, 0, "ipc_ids.ipcs_idr.idr_rt"),
	IDS(in_use, VALUE, 0, "ipc_ids.in_use"),
};

ORTHROS_TABLE(ipc_ids, struct orthros_ipc_ids_view);

#define PERM(field, ...) \
	ORTHROS_ROW(struct orthros_ipc_perm_rec, field, VALUE, 0, __VA_ARGS__)

static struct orthros_row ipc_perm_rows[] = {
	PERM(id, "kern_ipc_perm.id"),
	PERM(key, "kern_ipc_perm.key"),
	PERM(uid, "kern_ipc_perm.uid.val"),
	PERM(gid, "kern_ipc_perm.gid.val"),
	PERM(cuid, "kern_ipc_perm.cuid.val"),
	PERM(cgid, "kern_ipc_perm.cgid.val"),
	PERM(mode, "kern_ipc_perm.mode"),
};

ORTHROS_TABLE(ipc_perm, struct orthros_ipc_perm_rec);

#define SHM(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_shm_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row shm_rows[] = {
	SHM(rec.size, VALUE, 0, "shmid_kernel.shm_segsz"),
	SHM(rec.nattch, VALUE, 0, "shmid_kernel.shm_nattch"),
	SHM(rec.inode, VALUE, 0, "shmid_kernel.shm_file->f_inode"),
	SHM(rec.atime, VALUE, 0, "shmid_kernel.shm_atim"),
	SHM(rec.dtime, VALUE, 0, "shmid_kernel.shm_dtim"),
	SHM(rec.ctime, VALUE, 0, "shmid_kernel.shm_ctim"),
	SHM(rec.lock_uid, VALUE, ORTHROS_ROW_NULLABLE, "shmid_kernel.mlock_ucounts->uid.val"),
	SHM(mnt, VALUE, 0, "shmid_kernel.shm_file->f_path.mnt"),
	SHM(dentry, VALUE, 0, "shmid_kernel.shm_file->f_path.dentry"),
	SHM(sb, VALUE, 0, "shmid_kernel.shm_file->f_inode->i_sb"),
	SHM(cprid, VALUE, 0, "shmid_kernel.shm_cprid"),
	SHM(lprid, VALUE, 0, "shmid_kernel.shm_lprid"),
	SHM(creator, VALUE, 0, "shmid_kernel.shm_creator"),
	SHM(clist, ADDR, 0, "shmid_kernel.shm_clist"),
	SHM(clist_next, VALUE, 0, "shmid_kernel.shm_clist.next"),
};

ORTHROS_TABLE(shm, struct orthros_shm_view);

static struct orthros_row shm_file_rows[] = {
	ORTHROS_ROW(struct orthros_shm_file_view, id, VALUE, 0, "shm_file_data.id"),
	ORTHROS_ROW(struct orthros_shm_file_view, ns, VALUE, 0, "shm_file_data.ns"),
};

ORTHROS_TABLE(shm_file, struct orthros_shm_file_view);

#define SEM(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_sem_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row sem_rows[] = {
	SEM(ctime, VALUE, 0, "sem_array.sem_ctime"),
	SEM(nsems, VALUE, 0, "sem_array.sem_nsems"),
	SEM(sems, ADDR, 0, "sem_array.sems"),
	SEM(undos, ADDR, 0, "sem_array.list_id"),
};

ORTHROS_TABLE(sem, struct orthros_sem_view);

static struct orthros_row semval_rows[] = {
	ORTHROS_ROW(struct orthros_semval_view, val, VALUE, 0, "sem.semval"),
	ORTHROS_ROW(struct orthros_semval_view, pid, VALUE, 0, "sem.sempid"),
	ORTHROS_ROW(struct orthros_semval_view, otime, VALUE, 0, "sem.sem_otime"),
};

ORTHROS_TABLE(semval, struct orthros_semval_view);

#define UNDO(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_sem_undo_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row sem_undo_rows[] = {
	UNDO(list, VALUE, 0, "sem_undo.ulp"),
	UNDO(semid, VALUE, 0, "sem_undo.semid"),
	/* A pointer in older kernels, an array at the end in newer ones: see which. */
	UNDO(adj, ADDR, 0, "sem_undo.semadj"),
	UNDO(adj_size, SIZEOF, 0, "sem_undo.semadj"),
};

ORTHROS_TABLE(sem_undo, struct orthros_sem_undo_view);

#define MSQ(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_msq_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row msq_rows[] = {
	MSQ(rec.stime, VALUE, 0, "msg_queue.q_stime"),
	MSQ(rec.rtime, VALUE, 0, "msg_queue.q_rtime"),
	MSQ(rec.ctime, VALUE, 0, "msg_queue.q_ctime"),
	MSQ(rec.qbytes, VALUE, 0, "msg_queue.q_qbytes"),
	MSQ(lspid, VALUE, 0, "msg_queue.q_lspid"),
	MSQ(lrpid, VALUE, 0, "msg_queue.q_lrpid"),
	MSQ(qnum, VALUE, 0, "msg_queue.q_qnum"),
	MSQ(messages, ADDR, 0, "msg_queue.q_messages"),
};

ORTHROS_TABLE(msq, struct orthros_msq_view);

static struct orthros_row msg_rows[] = {
	ORTHROS_ROW(struct orthros_msg_view, type, VALUE, 0, "msg_msg.m_type"),
	ORTHROS_ROW(struct orthros_msg_view, len, VALUE, 0, "msg_msg.m_ts"),
	ORTHROS_ROW(struct orthros_msg_view, next, VALUE, 0, "msg_msg.next"),
};

ORTHROS_TABLE(msg, struct orthros_msg_view);

static struct orthros_row msg_seg_rows[] = {
	ORTHROS_ROW(struct orthros_msg_seg_view, next, VALUE, 0, "msg_msgseg.next"),
};

ORTHROS_TABLE(msg_seg, struct orthros_msg_seg_view);
