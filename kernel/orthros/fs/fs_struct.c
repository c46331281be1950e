// SPDX-License-Identifier: GPL-2.0
/*
 * Root and working directory of a process.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs_struct.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/orthros/abi/task.h>
#include "fs_internal.h"

/**
 * orthros_read_fs_struct() - read root and working directory
 * @who:	process that has them
 * @addr:	address of the fs_struct in the source
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_read_fs_struct(const struct orthros_finder *who, u64 addr)
{
	const struct orthros_finder root = orthros_through(who, "root");
	const struct orthros_finder cwd = orthros_through(who, "cwd");
	struct orthros_fs_rec *f;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(who->img, &orthros_fs_struct_type, addr, who->pid, sizeof(*f),
			      &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (!isnew)
		return 0;
	f = obj->rec;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_fs_struct, addr, f);
	if (err)
		return err;
	return orthros_read_path(&root, f->root_mnt, f->root_dentry) ?:
	       orthros_read_path(&cwd, f->pwd_mnt, f->pwd_dentry);
}

/* Shared with a process that is no thread of ours. */
static void share(struct fs_struct *fs)
{
	struct fs_struct *old;
	int left;

	spin_lock(&fs->lock);
	fs->users++;
	spin_unlock(&fs->lock);
	task_lock(current);
	old = current->fs;
	current->fs = fs;
	task_unlock(current);
	spin_lock(&old->lock);
	left = --old->users;
	spin_unlock(&old->lock);
	if (!left)
		free_fs_struct(old);
}

/**
 * orthros_build_fs_struct() - give current its root and working directory
 * @img:	image
 * @addr:	address of the fs_struct in the source
 *
 * Return: 0 or negative errno.
 */
int orthros_build_fs_struct(struct orthros_image *img, u64 addr)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_fs_struct_type, addr);
	const struct orthros_fs_rec *f;
	struct path path;
	int err;

	if (!obj)
		return -ENOENT;
	if (obj->dst == current->fs)
		return 0;
	if (obj->dst) {
		share(obj->dst);
		return 0;
	}

	f = obj->rec;
	err = orthros_dst_path(img, f->root_mnt, f->root_dentry, &path);
	if (err)
		return orthros_fail(err, "root directory");
	set_fs_root(current->fs, &path);
	path_put(&path);
	err = orthros_dst_path(img, f->pwd_mnt, f->pwd_dentry, &path);
	if (err)
		return orthros_fail(err, "working directory");
	set_fs_pwd(current->fs, &path);
	path_put(&path);
	current->fs->umask = f->umask & 0777;
	orthros_obj_built(obj, current->fs);
	return 0;
}
