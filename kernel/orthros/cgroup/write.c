// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing to the files of control groups, by a mount that has no name.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/task_work.h>
#include "../fs/fs.h"
#include "cgroup_internal.h"

/**
 * orthros_group_mount() - the tree of groups, for those who write there
 * @img:	image
 *
 * With the options that the source has it mounted with, as these are the hierarchy's.
 *
 * Return: mount for orthros_group_unmount(), or ERR_PTR().
 */
struct vfsmount *orthros_group_mount(struct orthros_image *img)
{
	struct file_system_type *type = get_fs_type("cgroup2");
	struct vfsmount *mnt = ERR_PTR(-ENOMEM);
	struct orthros_obj *obj;
	char *options = NULL;

	if (!type)
		return ERR_PTR(-ENODEV);
	orthros_for_each_obj(obj, img, &orthros_sb_type) {
		const struct orthros_sb_rec *rec = obj->rec;

		if (!strcmp(rec->type, "cgroup2") && *rec->options) {
			options = kstrdup(rec->options, GFP_KERNEL);
			if (!options)
				goto out;
		}
	}
	/* Nobody counts on the number that it is given for a while. */
	mutex_lock(&orthros_minors_lock);
	mnt = vfs_kern_mount(type, SB_KERNMOUNT, "cgroup2", options);
	mutex_unlock(&orthros_minors_lock);
	kfree(options);
out:
	put_filesystem(type);
	return mnt;
}

/**
 * orthros_group_unmount() - the end of orthros_group_mount()
 * @mnt:	what it has returned, but no ERR_PTR()
 *
 * Files that were written through it are closed on the way to user mode, which is too
 * late: until then the file system keeps its device number.
 */
void orthros_group_unmount(struct vfsmount *mnt)
{
	if (!(current->flags & PF_KTHREAD))
		task_work_run();
	mntput(mnt);
}

/**
 * orthros_group_path() - where a group is, from the root of the hierarchy
 * @img:	image
 * @group:	its object
 * @file:	of its files, or ""
 * @buf:	room
 * @size:	bytes
 *
 * Return: the path in @buf, without a slash before it, or ERR_PTR().
 */
char *orthros_group_path(struct orthros_image *img, const struct orthros_obj *group,
			 const char *file, char *buf, size_t size)
{
	const struct orthros_cgroup_rec *rec;
	char *at = buf + size - 1;
	size_t len = strlen(file);

	if (len >= size)
		return ERR_PTR(-ENAMETOOLONG);
	at -= len;
	memcpy(at, file, len + 1);
	for (; group; group = orthros_obj_find(img, &orthros_cgroup_type, rec->parent)) {
		rec = group->rec;
		if (!rec->parent)
			return at;
		len = strlen(rec->name);
		if (at - buf < len + 1)
			return ERR_PTR(-ENAMETOOLONG);
		if (*at)
			*--at = '/';
		at -= len;
		memcpy(at, rec->name, len);
	}
	return ERR_PTR(-ENOENT);
}

/**
 * orthros_group_write() - write to a file of a group
 * @img:	image
 * @mnt:	by this mount
 * @group:	object of the group
 * @file:	name of the file
 * @value:	what is written
 *
 * Return: 0 or negative errno.
 */
int orthros_group_write(struct orthros_image *img, struct vfsmount *mnt,
			const struct orthros_obj *group, const char *file, const char *value)
{
	char *buf = __getname(), *path;
	struct file *f;
	loff_t pos = 0;
	ssize_t len;

	if (!buf)
		return -ENOMEM;
	path = orthros_group_path(img, group, file, buf, PATH_MAX);
	f = IS_ERR(path) ? ERR_CAST(path) : file_open_root_mnt(mnt, path, O_WRONLY, 0);
	__putname(buf);
	if (IS_ERR(f))
		return PTR_ERR(f);
	len = kernel_write(f, value, strlen(value), &pos);
	fput(f);
	return len < 0 ? len : 0;
}
