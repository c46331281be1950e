/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System V IPC: what ipc.c, ipc_*.c and the parts that are included in ipc/
 * of the kernel share.
 */
#ifndef _ORTHROS_IPC_H
#define _ORTHROS_IPC_H

#include <linux/types.h>
#include <linux/orthros/abi/ipc.h>

struct file;
struct inode;
struct orthros_image;
struct orthros_obj;
struct orthros_task_rec;
struct pid;
struct task_struct;

/* ---- ipc.c ------------------------------------------------------------- */

int orthros_read_ipc(struct orthros_image *img);
int orthros_build_ipc(struct orthros_image *img);
int orthros_build_undos(struct orthros_image *img, const struct orthros_task_rec *t);
int orthros_finish_ipc(struct orthros_image *img);

struct orthros_ipc_env;
const struct orthros_ipc_env *orthros_ipc_env(struct orthros_image *img);
struct pid *orthros_ipc_pid(pid_t nr);

/* ---- shm.c, sem.c, msg.c -------------------------------------- */

int orthros_read_shm(struct orthros_image *img, u64 perm);
int orthros_build_shms(struct orthros_image *img);
int orthros_finish_shms(struct orthros_image *img);
/* The file with the contents of a segment, if the inode is that of one; no reference. */
struct file *orthros_shm_contents(struct orthros_image *img, u64 inode);

int orthros_read_sem(struct orthros_image *img, u64 perm);
int orthros_check_undos(struct orthros_image *img);
int orthros_build_sems(struct orthros_image *img);
int orthros_finish_sems(struct orthros_image *img);

int orthros_read_msq(struct orthros_image *img, u64 perm);
int orthros_build_msqs(struct orthros_image *img);
int orthros_finish_msqs(struct orthros_image *img);

/* ---- shm_inside.c, sem_inside.c, msg_inside.c, msgutil_inside.c: in ipc/ ---------------- */

struct file *orthros_shm_make(const struct orthros_shm_rec *rec);
struct file *orthros_shm_open(int id, unsigned int flags);
int orthros_shm_set(const struct orthros_shm_rec *rec, struct pid *cpid, struct pid *lpid,
		    struct task_struct *creator);
int orthros_sem_make(const struct orthros_sem_rec *rec);
int orthros_sem_set(const struct orthros_sem_rec *rec, struct pid **pids);
int orthros_sem_undo(const struct orthros_sem_undo_rec *rec);
struct msg_msg *orthros_msg_alloc(const void *data, size_t len);
int orthros_msq_make(const struct orthros_msg_rec *rec);
int orthros_msq_set(const struct orthros_msg_rec *rec, struct pid *lspid, struct pid *lrpid);

#endif /* _ORTHROS_IPC_H */
