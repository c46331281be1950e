/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is included in ipc/ of the kernel, since it needs the statics there.
 */
#ifndef _ORTHROS_IPC_INSIDE_H
#define _ORTHROS_IPC_INSIDE_H

#include <linux/types.h>
#include <linux/orthros/abi/ipc.h>

struct file;
struct msg_msg;
struct pid;
struct task_struct;

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

#endif /* _ORTHROS_IPC_INSIDE_H */
