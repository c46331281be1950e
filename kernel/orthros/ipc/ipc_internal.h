/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kinds of System V objects share.
 */
#ifndef _ORTHROS_IPC_INTERNAL_H
#define _ORTHROS_IPC_INTERNAL_H

#include <linux/types.h>
#include <linux/orthros/abi/ipc.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/walk.h"
#include "ipc.h"
#include "ipc_inside.h"
#include "tables.h"

struct pid;

struct ipc_namespace;
struct nsproxy;
struct orthros_ipc_env;
const struct orthros_ipc_env *orthros_ipc_env(struct orthros_image *img);
struct pid *orthros_ipc_pid(pid_t nr);
struct ipc_namespace *orthros_ipc_ns(struct orthros_image *img, u64 ns);
struct ipc_namespace *orthros_ipc_enter(struct orthros_image *img, u64 ns, struct nsproxy **old);
void orthros_ipc_leave(struct nsproxy *old);

/* ---- shm.c, sem.c, msg.c -------------------------------------- */

int orthros_read_shm(struct orthros_image *img, u64 ns, u64 perm);
int orthros_build_shms(struct orthros_image *img);
int orthros_tie_shms(struct orthros_image *img);

int orthros_read_sem(struct orthros_image *img, u64 ns, u64 perm);
int orthros_build_sems(struct orthros_image *img);
int orthros_tie_sems(struct orthros_image *img);

int orthros_read_message(struct orthros_image *img, struct orthros_writer *w, u64 msg,
			 s64 min_type, u64 max_len, struct orthros_msg_head *copy);
int orthros_read_msq(struct orthros_image *img, u64 ns, u64 perm);
int orthros_build_msqs(struct orthros_image *img);
int orthros_tie_msqs(struct orthros_image *img);

/* ---- ipc.c, mqueue.c: what is in a namespace ------------------------ */

int orthros_read_sysv(struct orthros_image *img, u64 ns);
int orthros_read_mqueues(struct orthros_image *img, u64 ns);

#endif /* _ORTHROS_IPC_INTERNAL_H */
