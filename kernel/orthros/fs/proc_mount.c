// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mount of proc that has no name, and the numbers that mounts are given.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include "fs_internal.h"

/* Held while somebody counts on the number that the next mount is given. */
DEFINE_MUTEX(orthros_minors_lock);

/**
 * orthros_pseudo_mount() - proc and the like, for those who need it without a name
 * @name:	of the file system
 *
 * Return: mount for kern_unmount(), or ERR_PTR().
 */
struct vfsmount *orthros_pseudo_mount(const char *name)
{
	struct file_system_type *type = get_fs_type(name);
	struct vfsmount *mnt;

	if (!type)
		return ERR_PTR(-ENODEV);
	mutex_lock(&orthros_minors_lock);
	mnt = kern_mount(type);
	mutex_unlock(&orthros_minors_lock);
	module_put(type->owner);
	return mnt;
}
