// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V shared memory: a segment is a file of the kernel's own tmpfs, whose
 * contents are carried like those of memfd, and a mapping of it a file of a
 * kind of its own.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <uapi/linux/shm.h>
#include <asm/unistd.h>
#include "../core/tables.h"
#include "../files/files.h"
#include "../fs/fs.h"
#include "../ns/ns.h"
#include "ipc_internal.h"

/* Key: its struct kern_ipc_perm */
static const struct orthros_type shm_type = { .name = "shared memory" };

/* ---- reading ------------------------------------------------------------ */

/* "SYSV" and the key it was made with, which one that is to go has no more. */
static s32 name_key(struct orthros_image *img, u64 dentry, s32 key)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_dentry_type, dentry);
	const struct orthros_dentry_rec *rec = obj ? obj->rec : NULL;
	u32 val;

	return rec && rec->name_len == 12 && sscanf(rec->name, "SYSV%8x", &val) == 1 ? val : key;
}

/**
 * orthros_read_shm() - read a segment of shared memory
 * @img:	image
 * @ns:		namespace that it is in
 * @perm:	address of its struct kern_ipc_perm
 *
 * Return: 0, also if it was refused, or negative errno.
 */
int orthros_read_shm(struct orthros_image *img, u64 ns, u64 perm)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_finder who = orthros_of_machine(img);
	const struct orthros_inode_rec *inode;
	struct orthros_task_view creator;
	struct orthros_shm_view v = {};
	struct orthros_shm_rec *rec;
	struct orthros_obj *obj;
	char what[48];
	int err;

	err = orthros_read_rec(mem, &orthros_table_shm, perm - orthros_ipc_env(img)->shm_off, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_ipc_perm, perm, &v.rec.perm);
	if (!err)
		err = orthros_read_pidnr(img->src, v.cprid, &v.rec.cpid);
	if (!err)
		err = orthros_read_pidnr(img->src, v.lprid, &v.rec.lpid);
	if (err)
		return err;
	v.rec.perm.ns = ns;
	if (v.rec.perm.id < 0 || !v.rec.size)
		return orthros_bad(-EUCLEAN, "shared memory %d of %llu bytes", v.rec.perm.id,
				   v.rec.size);
	snprintf(what, sizeof(what), "System V shared memory %d", v.rec.perm.id);
	who.what = what;
	err = orthros_read_path(&who, v.mnt, v.dentry);
	if (err)
		return err;
	obj = orthros_obj_find(img, &orthros_inode_type, v.rec.inode);
	if (!obj)
		return img->refused ? 0 : orthros_bad(-EUCLEAN, "%s: no file", what);
	inode = obj->rec;
	if (inode->size != v.rec.size)
		return orthros_bad(-EUCLEAN, "%s: %llu bytes, file of %lld", what, v.rec.size,
				   inode->size);

	obj = orthros_obj_add(img, &shm_type, perm, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	*rec = v.rec;
	rec->name_key = name_key(img, v.dentry, rec->perm.key);
	rec->noreserve = !!(inode->flags & ORTHROS_INODE_NORESERVE);
	/* Its creator leaves the list when it ends. */
	if (v.clist_next == v.clist)
		return 0;
	err = orthros_read_rec(mem, &orthros_table_core_task, v.creator, &creator);
	rec->creator = creator.pid;
	return err;
}

/* ---- building ----------------------------------------------------------- */

/**
 * orthros_build_shms() - make all segments, without their contents
 * @img:	image
 *
 * Those that are to go come first: others may have the keys they had.
 *
 * Return: 0 or negative errno.
 */
int orthros_build_shms(struct orthros_image *img)
{
	struct ipc_namespace *ns;
	struct orthros_obj *obj;
	struct nsproxy *old;
	struct file *file;
	int pass, err;

	for (pass = 0; pass < 2; pass++) {
		orthros_for_each_obj(obj, img, &shm_type) {
			const struct orthros_shm_rec *rec = obj->rec;

			if (!!(rec->perm.mode & ORTHROS_SHM_DEST) == pass)
				continue;
			ns = orthros_ipc_enter(img, rec->perm.ns, &old);
			if (IS_ERR(ns))
				return PTR_ERR(ns);
			file = orthros_shm_make(ns, rec);
			orthros_ipc_leave(old);
			if (IS_ERR(file))
				return orthros_fail(PTR_ERR(file), "System V shared memory %d",
						    rec->perm.id);
			orthros_obj_built(obj, file);
			err = orthros_give_contents(rec->inode, file);
			if (err)
				return err;
		}
	}
	return 0;
}

/* Locked memory is counted for who locked it. */
static int lock_segment(struct orthros_image *img, const struct orthros_shm_rec *rec)
{
	struct orthros_cred_rec who = {
		.uid = rec->lock_uid, .suid = rec->lock_uid,
		.euid = rec->lock_uid, .fsuid = rec->lock_uid,
		.cap_permitted = ~0ULL, .cap_effective = ~0ULL,
	};
	const struct cred *cred, *old;
	struct ipc_namespace *ns;
	struct nsproxy *before;
	int err;

	cred = orthros_cred_get(&who, NULL);
	if (IS_ERR(cred))
		return PTR_ERR(cred);
	ns = orthros_ipc_enter(img, rec->perm.ns, &before);
	if (IS_ERR(ns)) {
		put_cred(cred);
		return PTR_ERR(ns);
	}
	old = override_creds(cred);
	err = orthros_syscall(__NR_shmctl, rec->perm.id, SHM_LOCK, 0, 0, 0, 0);
	revert_creds(old);
	orthros_ipc_leave(before);
	put_cred(cred);
	return err;
}

static struct task_struct *find_creator(pid_t creator)
{
	struct task_struct *task;

	if (!creator)
		return NULL;
	rcu_read_lock();
	task = find_task_by_pid_ns(creator, &init_pid_ns);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

static int tie_segment(struct orthros_image *img, const struct orthros_shm_rec *rec)
{
	struct ipc_namespace *ns = orthros_ipc_ns(img, rec->perm.ns);
	struct task_struct *creator = find_creator(rec->creator);
	struct pid *cpid = orthros_ipc_pid(rec->cpid), *lpid = orthros_ipc_pid(rec->lpid);
	int err;

	err = !ns ? -ENOENT : orthros_shm_set(ns, rec, cpid, lpid, creator);
	put_pid(cpid);
	put_pid(lpid);
	if (creator)
		put_task_struct(creator);
	if (!err && rec->perm.mode & ORTHROS_SHM_LOCKED)
		err = lock_segment(img, rec);
	return err;
}

/**
 * orthros_tie_shms() - what the building of processes has changed
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_tie_shms(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &shm_type) {
		const struct orthros_shm_rec *rec = obj->rec;

		err = tie_segment(img, rec);
		if (err)
			return orthros_fail(err, "System V shared memory %d", rec->perm.id);
	}
	return 0;
}

/* ---- mappings ----------------------------------------------------------- */

static int shm_read(const struct orthros_finder *who, struct orthros_obj *file,
		    const struct orthros_file_view *view, const struct orthros_finode_view *inode)
{
	struct orthros_image *img = who->img;
	struct orthros_file_rec *rec = file->rec;
	struct orthros_shm_file_view v;
	struct orthros_obj *obj;
	u64 ns;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_shm_file, view->private_data, &v);
	if (err)
		return err;
	ns = v.ns + orthros_ipc_env(img)->ns_off;
	err = orthros_read_ns(who, ns);
	if (err)
		return err;
	orthros_for_each_obj(obj, img, &shm_type) {
		const struct orthros_shm_rec *shm = obj->rec;

		if (shm->perm.id != v.id || shm->perm.ns != ns)
			continue;
		if (shm->inode != view->inode)
			return orthros_bad(-EUCLEAN, "shared memory %d is another one", v.id);
		rec->object = obj->src;
		return 0;
	}
	return orthros_refused(who, "shared memory %d", v.id);
}

static struct file *shm_build(struct orthros_image *img, struct orthros_obj *file)
{
	const struct orthros_file_rec *rec = file->rec;
	struct orthros_obj *obj = orthros_obj_find(img, &shm_type, rec->object);
	const struct orthros_shm_rec *shm = obj ? obj->rec : NULL;

	struct ipc_namespace *ns = shm ? orthros_ipc_ns(img, shm->perm.ns) : NULL;

	return ns ? orthros_shm_open(ns, shm->perm.id, rec->flags) : ERR_PTR(-ENOENT);
}

static const struct orthros_file_ops shm_ops = {
	.name	= "shared memory",
	.read	= shm_read,
	.build	= shm_build,
};

static const struct orthros_mark shm_marks[] = {
	{ ORTHROS_MARK_FILE, "shm_file_operations", "shared memory", &shm_ops },
	{}
};

const struct orthros_kind orthros_shm_kind = {
	.name	= "System V shared memory",
	.tables	= ORTHROS_TABLES(&orthros_table_shm, &orthros_table_shm_file),
	.marks	= shm_marks,
};
