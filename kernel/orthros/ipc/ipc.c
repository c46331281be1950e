// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V IPC: what shared memory, semaphores and message queues have in
 * common. All objects of each namespace are carried, used or not, each under its
 * identifier.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/init_task.h>
#include <linux/ipc_namespace.h>
#include <linux/msg.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/orthros/abi/task.h>
#include "../core/pid.h"
#include "../files/files.h"
#include "../ns/ns.h"
#include "ipc_internal.h"

static const struct orthros_type ipc_ids_type = { .name = "System V identifiers" };

/* ---- reading ------------------------------------------------------------ */

struct ids_walk {
	struct orthros_image *img;
	u64 ns;
	u32 kind;
	s32 count;
};

static int read_object(void *ctx, u64 index, u64 perm)
{
	struct ids_walk *w = ctx;

	w->count++;
	switch (w->kind) {
	case ORTHROS_IPC_SHM:
		return orthros_read_shm(w->img, w->ns, perm);
	case ORTHROS_IPC_SEM:
		return orthros_read_sem(w->img, w->ns, perm);
	default:
		return orthros_read_msq(w->img, w->ns, perm);
	}
}

static int read_ids(struct orthros_image *img, u64 ns, u32 kind, u64 addr)
{
	struct ids_walk w = { .img = img, .ns = ns, .kind = kind };
	struct orthros_ipc_ids_view v;
	struct orthros_obj *obj;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_ipc_ids, addr, &v);
	if (err)
		return err;
	obj = orthros_obj_add(img, &ipc_ids_type, addr, 0, sizeof(v.rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	v.rec.ns = ns;
	v.rec.kind = kind;
	memcpy(obj->rec, &v.rec, sizeof(v.rec));
	err = orthros_src_xa_walk(img->src, v.tree, read_object, &w);
	if (!err && w.count != v.in_use)
		err = orthros_bad(-EAGAIN, "System V objects: %d of %d", w.count, v.in_use);
	return err;
}

/**
 * orthros_read_sysv() - read all System V objects of a namespace
 * @img:	image
 * @ns:		namespace
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_read_sysv(struct orthros_image *img, u64 ns)
{
	const struct orthros_ipc_env *env = orthros_ipc_env(img);
	u32 kind;
	int err = 0;

	if (!env)
		return orthros_bad(-EINVAL, "System V IPC of the source");
	for (kind = 0; kind < ORTHROS_IPC_KINDS && !err; kind++)
		err = read_ids(img, ns, kind,
			       ns - env->ns_off + env->ids_off + kind * env->ids_size);
	return err;
}

/* Those of others are read with these. */
static int read_ipc(struct orthros_image *img)
{
	return orthros_read_sysv(img, orthros_initial_ns(img, ORTHROS_NS_IPC));
}

/* ---- building ----------------------------------------------------------- */

static void lift_limits(struct ipc_namespace *ns)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ns->sem_ctls); i++)
		ns->sem_ctls[i] = INT_MAX;
	ns->shm_ctlmni = INT_MAX;
	ns->shm_ctlmax = SIZE_MAX;
	ns->shm_ctlall = SIZE_MAX;
	ns->msg_ctlmni = INT_MAX;
}

/*
 * Make all System V objects.
 *
 * Limits do not apply: the source has granted it already. Those that the user
 * has set come with the other sysctls; of other namespaces, when all is tied.
 *
 * Context: the task that becomes PID 1, before the contents of files, which go
 * into shared memory, too.
 */
static int build_ipc(struct orthros_image *img)
{
	struct ipc_namespace *ns = &init_ipc_ns;
	int sems[ARRAY_SIZE(ns->sem_ctls)], shmmni = ns->shm_ctlmni;
	size_t shmmax = ns->shm_ctlmax, shmall = ns->shm_ctlall;
	unsigned int msgmni = ns->msg_ctlmni;
	struct orthros_obj *obj;
	int err;

	memcpy(sems, ns->sem_ctls, sizeof(sems));
	orthros_for_each_obj(obj, img, &orthros_ns_type)
		if (((struct orthros_ns_rec *)obj->rec)->type == ORTHROS_NS_IPC && obj->dst)
			lift_limits(container_of(obj->dst, struct ipc_namespace, ns));

	err = orthros_build_shms(img) ?: orthros_build_sems(img) ?: orthros_build_msqs(img);

	memcpy(ns->sem_ctls, sems, sizeof(sems));
	ns->shm_ctlmni = shmmni;
	ns->shm_ctlmax = shmmax;
	ns->shm_ctlall = shmall;
	ns->msg_ctlmni = msgmni;
	return err;
}

/**
 * orthros_build_undos() - what the exit of current shall undo
 * @img:	image
 * @list:	its list in the source, or 0
 *
 * Context: the process itself, before it has threads.
 * Return: 0 or negative errno.
 */
int orthros_build_undos(struct orthros_image *img, u64 list)
{
	struct ipc_namespace *ns;
	struct orthros_obj *obj;
	int err;

	if (!list)
		return 0;
	orthros_for_each_obj(obj, img, &orthros_sem_undo_type) {
		const struct orthros_sem_undo_rec *rec = obj->rec;

		if (rec->list != list)
			continue;
		ns = orthros_ipc_ns(img, rec->ns);
		err = ns ? orthros_sem_undo(ns, rec) : -ENOENT;
		if (err)
			return orthros_fail(err, "undo list of System V semaphores %d", rec->semid);
	}
	return 0;
}

static void tie_ids(struct orthros_image *img, const struct orthros_ipc_ids_rec *rec)
{
	struct ipc_namespace *ns = orthros_ipc_ns(img, rec->ns);
	struct ipc_ids *ids;

	if (!ns)
		return;
	ids = &ns->ids[rec->kind];
	down_write(&ids->rwsem);
	ids->seq = rec->seq;
	ids->last_idx = rec->last_idx;
	ids->next_id = rec->next_id;
	idr_set_cursor(&ids->ipcs_idr, rec->next_idx);
	up_write(&ids->rwsem);
}

/*
 * Set what the building of processes has changed.
 *
 * Context: as build_ipc(), when every process is built.
 */
static int tie_ipc(struct orthros_image *img)
{
	const struct cred *old = override_creds(&init_cred);
	struct orthros_obj *obj;
	int err;

	err = orthros_tie_shms(img) ?: orthros_tie_sems(img) ?: orthros_tie_msqs(img);
	orthros_for_each_obj(obj, img, &ipc_ids_type)
		tie_ids(img, obj->rec);
	revert_creds(old);
	return err;
}

const struct orthros_kind orthros_ipc_kind = {
	.name	= "System V IPC",
	.tables	= ORTHROS_TABLES(&orthros_table_ipc_env, &orthros_table_ipc_ids,
				 &orthros_table_ipc_perm, &orthros_table_sem,
				 &orthros_table_semval, &orthros_table_sem_undo,
				 &orthros_table_msq, &orthros_table_msg, &orthros_table_msg_seg),
	.read	= read_ipc,
	.build	= build_ipc,
	.tie	= tie_ipc,
};
