/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is included in ipc/ of the kernel, since it needs the statics there.
 */
#ifndef _ORTHROS_IPC_INSIDE_H
#define _ORTHROS_IPC_INSIDE_H

#include <linux/types.h>
#include <linux/orthros/abi/ipc.h>

struct file;
struct ipc_namespace;
struct msg_msg;
struct pid;
struct task_struct;

struct file *orthros_shm_make(struct ipc_namespace *ns, const struct orthros_shm_rec *rec);
struct file *orthros_shm_open(struct ipc_namespace *ns, int id, unsigned int flags);
int orthros_shm_set(struct ipc_namespace *ns, const struct orthros_shm_rec *rec,
		    struct pid *cpid, struct pid *lpid, struct task_struct *creator);
int orthros_sem_make(struct ipc_namespace *ns, const struct orthros_sem_rec *rec);
int orthros_sem_set(struct ipc_namespace *ns, const struct orthros_sem_rec *rec,
		    struct pid **pids);
int orthros_sem_undo(struct ipc_namespace *ns, const struct orthros_sem_undo_rec *rec);
struct msg_msg *orthros_msg_alloc(const void *data, size_t len);
int orthros_msq_make(struct ipc_namespace *ns, const struct orthros_msg_rec *rec);
int orthros_msq_set(struct ipc_namespace *ns, const struct orthros_msg_rec *rec,
		    struct pid *lspid, struct pid *lrpid);

#endif /* _ORTHROS_IPC_INSIDE_H */
