// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of fs/namespace.c: binding from one mount namespace into another, which no system
 * call does.
 */
#ifdef CONFIG_ORTHROS
#include "mount_inside.h"

/* As if it had been mounted by this name. */
static int orthros_set_devname(struct mount *mnt, const char *name)
{
	const char *copy;

	if (mnt->mnt_devname && !strcmp(mnt->mnt_devname, name))
		return 0;
	copy = kstrdup_const(name, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	kfree_const(mnt->mnt_devname);
	mnt->mnt_devname = copy;
	return 0;
}

/**
 * orthros_graft() - bind a part of a mount, be it in this namespace or not
 * @from:	the mount
 * @root:	what of it
 * @at:		where: a mount and exactly this dentry in it, on which nothing is yet
 * @devname:	name of the device, as mountinfo shows it
 *
 * Return: the new mount, private, with a reference, or ERR_PTR().
 */
struct vfsmount *orthros_graft(struct vfsmount *from, struct dentry *root, const struct path *at,
			       const char *devname)
{
	struct inode *inode = d_inode(at->dentry);
	struct mountpoint *mp;
	struct mount *mnt;
	int err = -ENOENT;

	inode_lock(inode);
	namespace_lock();
	if (cant_mount(at->dentry))
		goto err_unlock;
	mnt = clone_mnt(real_mount(from), root, CL_PRIVATE);
	err = PTR_ERR_OR_ZERO(mnt);
	if (err)
		goto err_unlock;
	err = orthros_set_devname(mnt, devname);
	if (!err) {
		mp = get_mountpoint(at->dentry);
		err = PTR_ERR_OR_ZERO(mp);
	}
	if (err)
		goto err_drop;
	mntget(&mnt->mnt);
	err = graft_tree(mnt, real_mount(at->mnt), mp);
	if (err) {
		lock_mount_hash();
		umount_tree(mnt, UMOUNT_SYNC);
		unlock_mount_hash();
	}
	unlock_mount(mp);
	if (!err)
		return &mnt->mnt;
	mntput(&mnt->mnt);
	return ERR_PTR(err);

err_drop:
	lock_mount_hash();
	umount_tree(mnt, UMOUNT_SYNC);
	unlock_mount_hash();
err_unlock:
	namespace_unlock();
	inode_unlock(inode);
	return ERR_PTR(err);
}
#endif /* CONFIG_ORTHROS */
