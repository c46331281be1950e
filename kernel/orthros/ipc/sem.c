// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V semaphores: values, and what the exit of a process undoes. Nobody
 * waits for one when the source is read: semop() is restarted.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/overflow.h>
#include <linux/pid.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/orthros/abi/task.h>
#include "../files/files.h"
#include "ipc_internal.h"

/* Key: its struct kern_ipc_perm */
static const struct orthros_type sem_type = { .name = "semaphores" };

/* Highest value of a semaphore, and most of them in an array: sem.h, ipc.h of the kernel. */
#define SEM_VALUE_MAX	32767
#define SEMS_MAX	SZ_64K
#define UNDOS_MAX	(4UL << 20)

/* ---- reading ------------------------------------------------------------ */

static int read_undo(struct orthros_image *img, const struct orthros_sem_rec *sem, u64 addr)
{
	struct orthros_sem_undo_rec *rec;
	struct orthros_sem_undo_view v;
	const u32 nr = sem->nr;
	const s32 id = sem->perm.id;
	struct orthros_obj *obj;
	u64 adj;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_sem_undo, addr, &v);
	if (err)
		return err;
	adj = v.adj;
	if (v.adj_size)
		err = orthros_src_u64(img->src, v.adj, &adj);
	if (err)
		return orthros_bad(err, "semaphores %d: undo list", id);
	/* Its process is exiting, and has undone it. */
	if (!v.list || v.semid == -1)
		return 0;
	if (v.semid != id)
		return orthros_bad(-EUCLEAN, "semaphores %d: undo list of %d", id, v.semid);
	obj = orthros_obj_add(img, &orthros_sem_undo_type, addr, 0, struct_size(rec, adj, nr));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->ns = sem->perm.ns;
	rec->list = v.list;
	rec->semid = id;
	rec->nr = nr;
	return orthros_src_read(img->src, adj, rec->adj, nr * sizeof(rec->adj[0]));
}

static int read_values(struct orthros_image *img, struct orthros_sem_rec *rec, u64 addr)
{
	u32 size = orthros_ipc_env(img)->sem_size, i;
	struct orthros_semval_view v;
	int err;

	for (i = 0; i < rec->nr; i++) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_semval, addr + (u64)i * size,
				       &v);
		if (!err)
			err = orthros_read_pidnr(img->src, v.pid, &rec->sems[i].pid);
		if (err)
			return err;
		if (v.val < 0 || v.val > SEM_VALUE_MAX)
			return orthros_bad(-EUCLEAN, "semaphores %d: value %d", rec->perm.id,
					   v.val);
		rec->sems[i].val = v.val;
		rec->sems[i].otime = v.otime;
	}
	return 0;
}

/**
 * orthros_read_sem() - read an array of semaphores
 * @img:	image
 * @ns:		namespace that it is in
 * @perm:	address of its struct kern_ipc_perm
 *
 * Return: 0 or negative errno.
 */
int orthros_read_sem(struct orthros_image *img, u64 ns, u64 perm)
{
	const struct orthros_ipc_env *env = orthros_ipc_env(img);
	struct orthros_list_iter it;
	struct orthros_sem_rec *rec;
	struct orthros_sem_view v;
	struct orthros_obj *obj;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_sem, perm - env->sem_off, &v);
	if (err)
		return err;
	if (v.nsems <= 0 || v.nsems > SEMS_MAX)
		return orthros_bad(-EUCLEAN, "%d semaphores", v.nsems);
	obj = orthros_obj_add(img, &sem_type, perm, 0, struct_size(rec, sems, v.nsems));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	err = orthros_read_rec(&img->src->mem, &orthros_table_ipc_perm, perm, &rec->perm);
	if (err)
		return err;
	rec->perm.ns = ns;
	if (rec->perm.id < 0)
		return orthros_bad(-EUCLEAN, "semaphores %d", rec->perm.id);
	rec->nr = v.nsems;
	rec->ctime = v.ctime;
	err = read_values(img, rec, v.sems);
	if (err)
		return err;
	orthros_src_for_each(&it, img->src, v.undos, UNDOS_MAX) {
		err = read_undo(img, rec, it.node - env->sem_undo_off);
		if (err)
			return err;
	}
	return it.err;
}

/* ---- building ----------------------------------------------------------- */

/**
 * orthros_build_sems() - make all arrays of semaphores
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_build_sems(struct orthros_image *img)
{
	struct ipc_namespace *ns;
	struct orthros_obj *obj;
	struct nsproxy *old;
	int err;

	orthros_for_each_obj(obj, img, &sem_type) {
		const struct orthros_sem_rec *rec = obj->rec;

		ns = orthros_ipc_enter(img, rec->perm.ns, &old);
		if (IS_ERR(ns))
			return PTR_ERR(ns);
		err = orthros_sem_make(ns, rec);
		orthros_ipc_leave(old);
		if (err)
			return orthros_fail(err, "System V semaphores %d", rec->perm.id);
	}
	return 0;
}

static int tie_array(struct orthros_image *img, const struct orthros_sem_rec *rec)
{
	struct ipc_namespace *ns = orthros_ipc_ns(img, rec->perm.ns);
	struct pid **pids = kvcalloc(rec->nr, sizeof(*pids), GFP_KERNEL);
	u32 i;
	int err;

	if (!pids || !ns) {
		kvfree(pids);
		return ns ? -ENOMEM : -ENOENT;
	}
	for (i = 0; i < rec->nr; i++)
		pids[i] = orthros_ipc_pid(rec->sems[i].pid);
	err = orthros_sem_set(ns, rec, pids);
	for (i = 0; i < rec->nr; i++)
		put_pid(pids[i]);
	kvfree(pids);
	return err;
}

/**
 * orthros_tie_sems() - give all semaphores their values
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_tie_sems(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &sem_type) {
		const struct orthros_sem_rec *rec = obj->rec;

		err = tie_array(img, rec);
		if (err)
			return orthros_fail(err, "System V semaphores %d", rec->perm.id);
	}
	return 0;
}
