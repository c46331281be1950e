// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building open files: in the context of a process that has them, by the
 * kernel's own constructors, each with the ids of the one who opened it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pid.h>
#include <linux/resource.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <asm/ptrace.h>
#include <asm/syscall.h>
#include "files_internal.h"

#define NOFILE_WHILE_BUILDING	SZ_1M

/* Who has not been told of an error yet is told by the next fsync(), of others nobody. */
static void set_errors(struct file *file, const struct orthros_file_rec *rec)
{
	if (rec->flags & O_PATH)
		return;
	/* What was lost just now nobody has been told of; else it is from another file. */
	if (file->f_mapping->wb_err && file->f_mapping->wb_err != rec->inode_wb_err)
		return;
	if (rec->inode_wb_err)
		file->f_mapping->wb_err = rec->inode_wb_err;
	if (rec->super_wb_err)
		file_inode(file)->i_sb->s_wb_err = rec->super_wb_err;
	file->f_wb_err = rec->wb_err;
	file->f_sb_err = rec->sb_err;
}

static void set_hint(struct file *file, const struct orthros_file_rec *rec)
{
	if (rec->write_hint && rec->write_hint <= RWH_WRITE_LIFE_EXTREME)
		WRITE_ONCE(file_inode(file)->i_write_hint, rec->write_hint);
}

/**
 * orthros_build_file() - the new file of a FILE object, made on first use
 * @img:	image
 * @obj:	FILE object
 *
 * In the context of a process that has it. Files on terminals are made by
 * orthros_build_late_files().
 *
 * Return: the file, whose reference stays with the object until
 * release_files(), or ERR_PTR.
 */
struct file *orthros_build_file(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	const struct orthros_file_ops *ops = obj->ops;
	const struct cred *cred, *raised, *old;
	struct file *file;

	if (obj->dst)
		return obj->dst;
	if (!ops)
		return ERR_PTR(orthros_fail(-EINVAL, "file that was refused"));
	cred = orthros_cred_get(&rec->cred, &raised);
	if (IS_ERR(cred))
		return ERR_CAST(cred);
	old = override_creds(raised);
	file = ops->build(img, obj);
	if (IS_ERR(file) && img->crashed)
		file = orthros_lose_file(img, obj, PTR_ERR(file));
	revert_creds(old);
	if (IS_ERR(file)) {
		put_cred(cred);
		return ERR_PTR(orthros_fail(PTR_ERR(file), "%s of inode mode %#o, flags %#x",
					    ops->name, rec->mode, rec->flags));
	}

	put_cred(file->f_cred);
	file->f_cred = cred;
	/* All that are lost have one inode. */
	if (!orthros_file_is_lost(obj)) {
		set_errors(file, rec);
		set_hint(file, rec);
	}
	orthros_obj_built(obj, file);
	return file;
}

/* Descriptors have numbers that the limit of today would not give. */
static struct rlimit raise_nofile(void)
{
	struct rlimit *rlim = &current->signal->rlim[RLIMIT_NOFILE];
	struct rlimit old;

	task_lock(current->group_leader);
	old = *rlim;
	rlim->rlim_cur = NOFILE_WHILE_BUILDING;
	rlim->rlim_max = NOFILE_WHILE_BUILDING;
	task_unlock(current->group_leader);
	return old;
}

static void restore_nofile(struct rlimit old)
{
	task_lock(current->group_leader);
	current->signal->rlim[RLIMIT_NOFILE] = old;
	task_unlock(current->group_leader);
}

static int install_fd(struct orthros_image *img, const struct orthros_fd_rec *fd, bool late)
{
	struct orthros_obj *obj;
	struct file *file;
	int err;

	obj = orthros_obj_find(img, &orthros_file_type, fd->file);
	if (!obj)
		return -ENOENT;
	if (orthros_file_is_late(obj) != late)
		return 0;
	file = orthros_build_file(img, obj);
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = replace_fd(fd->fd, file, fd->flags & ORTHROS_FD_CLOEXEC ? O_CLOEXEC : 0);
	return err < 0 ? err : 0;
}

static int fill_files(struct orthros_image *img, const struct orthros_files_rec *files)
{
	const struct orthros_file_ops *ops;
	struct orthros_obj *obj;
	u32 i;
	int err;

	for (i = 0; i < files->nr; i++) {
		obj = orthros_obj_find(img, &orthros_file_type, files->fds[i].file);
		if (!obj)
			return -ENOENT;
		ops = obj->ops;
		err = ops && ops->fill ? ops->fill(img, obj) : 0;
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_build_files() - fill the descriptor table of current
 * @img:	image
 * @files:	FILES object
 *
 * In the context of the new process, whose table is empty. Descriptors of
 * terminals and of what is below /proc/PID stay free until
 * orthros_build_late_files().
 *
 * Return: 0 or -errno.
 */
int orthros_build_files(struct orthros_image *img, struct orthros_obj *files)
{
	const struct orthros_files_rec *rec = files->rec;
	struct rlimit old = raise_nofile();
	int err = 0;
	u32 i;

	for (i = 0; i < rec->nr && !err; i++) {
		err = install_fd(img, &rec->fds[i], false);
		if (err)
			orthros_fail(err, "fd %u", rec->fds[i].fd);
	}
	/* To fill takes numbers for a while, and to close one drops its file's locks. */
	if (!err)
		err = fill_files(img, rec);
	if (!err)
		err = orthros_build_locks(img, files);
	restore_nofile(old);
	return err;
}

/**
 * orthros_has_late_files() - is there anything for orthros_build_late_files()?
 * @img:	image
 * @files:	FILES object
 *
 * Return: true if one of the descriptors is of a terminal, of what had to wait
 * until all processes are there, or of an epoll that may have one.
 */
bool orthros_has_late_files(struct orthros_image *img, const struct orthros_obj *files)
{
	const struct orthros_files_rec *rec = files->rec;
	const struct orthros_file_ops *ops;
	struct orthros_obj *obj;
	u32 i;

	for (i = 0; i < rec->nr; i++) {
		obj = orthros_obj_find(img, &orthros_file_type, rec->fds[i].file);
		if (!obj)
			continue;
		ops = obj->ops;
		if (ops && (ops->late || ops->fill))
			return true;
	}
	return false;
}

/**
 * orthros_build_late_files() - open the terminals of current, and what had to wait
 * @img:	image
 * @files:	FILES object
 *
 * After the commit and orthros_build_ttys(), in the process's context, with
 * its controlling terminal set. There is no way back any more: what cannot be
 * opened is left closed and logged.
 *
 * Return: 0 or the first error.
 */
int orthros_build_late_files(struct orthros_image *img, struct orthros_obj *files)
{
	const struct orthros_files_rec *rec = files->rec;
	struct rlimit old = raise_nofile();
	int err, ret = 0;
	u32 i;

	for (i = 0; i < rec->nr; i++) {
		err = install_fd(img, &rec->fds[i], true);
		if (err) {
			pr_err("pid %d: fd %u is lost: %pe\n", current->tgid,
			       rec->fds[i].fd, ERR_PTR(err));
			ret = ret ?: err;
		}
	}
	err = fill_files(img, rec);
	if (err) {
		pr_err("pid %d: part of an epoll is lost: %pe\n", current->tgid, ERR_PTR(err));
		ret = ret ?: err;
	}
	restore_nofile(old);
	return ret;
}

struct fill_work {
	struct work_struct work;
	struct orthros_image *img;
	struct orthros_obj *file;
	int err;
};

static void fill_work(struct work_struct *work)
{
	struct fill_work *w = container_of(work, struct fill_work, work);
	const struct orthros_file_ops *ops = w->file->ops;
	struct rlimit old = raise_nofile();

	w->err = ops->fill(w->img, w->file);
	restore_nofile(old);
}

/**
 * orthros_fill_unowned() - fill a file that is in no descriptor table
 * @img:	image
 * @file:	FILE object, built
 *
 * A kernel thread does it, whose table is empty.
 *
 * Return: 0 or -errno.
 */
int orthros_fill_unowned(struct orthros_image *img, struct orthros_obj *file)
{
	struct fill_work w = { .img = img, .file = file };

	INIT_WORK_ONSTACK(&w.work, fill_work);
	queue_work(system_unbound_wq, &w.work);
	flush_work(&w.work);
	destroy_work_on_stack(&w.work);
	return w.err;
}

/* SIGIO names a descriptor: the lowest one of the first process that has it. */
static int first_fd(struct orthros_image *img, u64 file)
{
	struct orthros_obj *obj;
	u32 i;

	orthros_for_each_obj(obj, img, &orthros_files_type) {
		const struct orthros_files_rec *rec = obj->rec;

		for (i = 0; i < rec->nr; i++)
			if (rec->fds[i].file == file)
				return rec->fds[i].fd;
	}
	return 0;
}

static int tie_owner(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct file *file = obj->dst;
	struct fown_struct *owner;
	enum pid_type type;
	struct pid *pid;
	int err;

	if (!rec->owner && !rec->owner_signum && !(rec->flags & FASYNC))
		return 0;
	owner = orthros_file_owner(file);
	if (IS_ERR(owner))
		return PTR_ERR(owner);
	type = rec->owner_type == ORTHROS_OWNER_TID ? PIDTYPE_PID :
	       rec->owner_type == ORTHROS_OWNER_PGRP ? PIDTYPE_PGID : PIDTYPE_TGID;
	/* Of one that has ended nobody can tell who it was. */
	pid = rec->owner ? find_get_pid(rec->owner) : NULL;
	if (pid) {
		__f_setown(file, pid, type, 1);
		owner->uid = make_kuid(&init_user_ns, rec->owner_uid);
		owner->euid = make_kuid(&init_user_ns, rec->owner_euid);
		put_pid(pid);
	}
	owner->signum = rec->owner_signum;
	if (!(rec->flags & FASYNC) || !file->f_op->fasync)
		return 0;
	err = file->f_op->fasync(first_fd(img, obj->src), file, 1);
	return err < 0 ? err : 0;
}

/*
 * Who gets SIGIO of the files.
 *
 * When every process, group and file is there, before the commit.
 */
static int tie_owners(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		if (!obj->dst)
			continue;
		err = tie_owner(img, obj);
		if (err)
			return orthros_fail(err, "owner of a file of process %d", obj->pid);
	}
	return 0;
}

/*
 * Drop the references of the object map.
 *
 * Also after a failure, then with it goes what no process holds.
 */
static void release_files(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		if (obj->dst)
			fput(obj->dst);
		obj->dst = NULL;
	}
	orthros_for_each_obj(obj, img, &orthros_tty_type) {
		if (obj->dst)
			tty_kref_put(obj->dst);
		obj->dst = NULL;
	}
	orthros_release_creds();
}

/* Owners of files and what they get are set when every process and group is there. */
const struct orthros_kind orthros_files_kind = {
	.name	= "open files",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_fdtable, &orthros_table_file,
				 &orthros_table_finode, &orthros_table_owner,
				 &orthros_table_fdentry, &orthros_table_file_consts,
				 &orthros_table_allowed),
	.tie	= tie_owners,
	.release = release_files,
};
