// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts of proc and sysfs that have no name, and the numbers that mounts are given.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/orthros.h>
#include <linux/string.h>
#include "fs_internal.h"

/* Held while somebody counts on the number that the next mount is given. */
DEFINE_MUTEX(orthros_minors_lock);

/*
 * Of the ActiveOS, made once: a mount has a number for as long as it is there, by
 * which kernels before v6.8 list mounts in a hop, and those that come and go beside
 * others let these have numbers out of order.
 */
static struct kept {
	const char *name;
	struct vfsmount *mnt;
} kept[] = { { "proc" }, { "sysfs" } };

/* With the lock held. */
static struct kept *find_kept(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kept); i++)
		if (!strcmp(kept[i].name, name))
			return &kept[i];
	return NULL;
}

/**
 * orthros_pseudo_mount() - proc and the like, for those who need it without a name
 * @name:	of the file system
 *
 * Return: mount for orthros_pseudo_unmount(), or ERR_PTR().
 */
struct vfsmount *orthros_pseudo_mount(const char *name)
{
	struct file_system_type *type = get_fs_type(name);
	struct vfsmount *mnt;
	struct kept *k;

	if (!type)
		return ERR_PTR(-ENODEV);
	mutex_lock(&orthros_minors_lock);
	/* A BackupOS gives the source's numbers to others. */
	k = orthros_is_backup() ? NULL : find_kept(name);
	mnt = k && k->mnt ? k->mnt : kern_mount(type);
	if (k && !IS_ERR(mnt))
		k->mnt = mnt;
	mutex_unlock(&orthros_minors_lock);
	module_put(type->owner);
	return mnt;
}

/**
 * orthros_pseudo_unmount() - the end of orthros_pseudo_mount()
 * @mnt:	what it has returned, but no ERR_PTR()
 */
void orthros_pseudo_unmount(struct vfsmount *mnt)
{
	bool stays = false;
	unsigned int i;

	mutex_lock(&orthros_minors_lock);
	for (i = 0; i < ARRAY_SIZE(kept); i++)
		stays |= kept[i].mnt == mnt;
	mutex_unlock(&orthros_minors_lock);
	if (!stays)
		kern_unmount(mnt);
}
