// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding again in this kernel what was read of the source: paths, dentries,
 * inodes.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/init_task.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/slab.h>
#include <linux/orthros/devices.h>
#include "../core/steps.h"
#include "disk_type.h"
#include "fs_internal.h"

/**
 * orthros_dst_inode() - destination inode of a source inode
 * @img:	image
 * @inode:	address of an inode of the source, of tmpfs or on a disk
 *
 * Return: the inode, without a reference (its dentry holds one until
 * the release), or NULL.
 */
struct inode *orthros_dst_inode(struct orthros_image *img, u64 inode)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_inode_type, inode) ?:
				  orthros_obj_find(img, &orthros_dinode_type, inode);

	return obj ? obj->dst : NULL;
}

/**
 * orthros_dentry_is_stale() - has a node been made anew, when a driver got its device?
 * @obj:	DENTRY object that is built
 *
 * Return: true if what it stands for is another dentry now.
 */
bool orthros_dentry_is_stale(const struct orthros_obj *obj)
{
	const struct orthros_dentry_rec *rec = obj->rec;

	return d_unhashed(obj->dst) &&
	       !(rec->flags & (ORTHROS_DENTRY_UNLINKED | ORTHROS_DENTRY_INTERNAL |
			       ORTHROS_DENTRY_ROOT));
}

/**
 * orthros_walk_path() - follow names from a root
 * @root:	root of a file system
 * @path:	path from there, with or without a slash before it
 *
 * Neither symbolic links nor mounts on the way are entered.
 *
 * Return: the dentry with a reference, or ERR_PTR().
 */
struct dentry *orthros_walk_path(struct dentry *root, const char *path)
{
	struct dentry *at = dget(root), *next;

	while (*path) {
		size_t len;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (!len)
			break;
		next = d_is_dir(at) ? lookup_positive_unlocked(path, at, len) :
				      ERR_PTR(-ENOTDIR);
		dput(at);
		if (IS_ERR(next))
			return next;
		at = next;
		path += len;
	}
	return at;
}

/* A deleted file of an overlay: its dentry with a reference, which @obj keeps another of. */
static struct dentry *overlay_gone(struct orthros_image *img, struct super_block *sb,
				   struct orthros_obj *obj)
{
#ifdef CONFIG_OVERLAY_FS
	const struct orthros_dentry_rec *rec = obj->rec;
	struct orthros_obj *upper = orthros_obj_find(img, &orthros_dentry_type, rec->parent);
	const char *last = strrchr(rec->name, '/');
	struct dentry *parent, *dentry;
	char *dir;

	if (!upper || !upper->dst || !last)
		return ERR_PTR(-ENOENT);
	dir = kstrndup(rec->name, last - rec->name, GFP_KERNEL);
	if (!dir)
		return ERR_PTR(-ENOMEM);
	parent = orthros_walk_path(sb->s_root, dir);
	kfree(dir);
	if (IS_ERR(parent))
		return parent;
	dentry = orthros_overlay_nameless(parent, last + 1, upper->dst);
	dput(parent);
	if (!IS_ERR(dentry))
		orthros_obj_built(obj, dget(dentry));
	return dentry;
#else
	return ERR_PTR(-EOPNOTSUPP);
#endif
}

/* In sysfs and proc, what is of a device comes with it. */
static struct dentry *walk_made(struct super_block *sb, const char *path)
{
	struct dentry *dentry;
	int err;

	/* No device has anything there, and all groups are made. */
	if (sb->s_magic == CGROUP2_SUPER_MAGIC)
		return orthros_walk_path(sb->s_root, path);
	err = orthros_step_wait(&orthros_net_built);
	if (err)
		return ERR_PTR(err);
	dentry = orthros_walk_path(sb->s_root, path);
	if (dentry != ERR_PTR(-ENOENT))
		return dentry;
	orthros_need_devices();
	return orthros_walk_path(sb->s_root, path);
}

/**
 * orthros_dst_dentry() - destination dentry of a DENTRY object
 * @img:	image
 * @obj:	the object
 *
 * Files of proc and the like are looked up now, and so are device nodes that
 * this kernel did not have when the tree was built.
 *
 * Context: process context; the rights of the process do not matter.
 *
 * Return: the dentry with a reference, or ERR_PTR(): -ENOENT if it does not
 * exist (yet).
 */
struct dentry *orthros_dst_dentry(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_dentry_rec *rec = obj->rec;
	struct orthros_obj *sb = orthros_obj_find(img, &orthros_sb_type, rec->sb);
	struct orthros_obj *up;
	const struct cred *cred;
	struct dentry *dentry;

	if (obj->dst && !orthros_dentry_is_stale(obj))
		return dget(obj->dst);
	cred = override_creds(&init_cred);
	up = orthros_obj_find(img, &orthros_dentry_type, rec->parent);
	if (rec->flags & ORTHROS_DENTRY_PATH && rec->flags & ORTHROS_DENTRY_UNLINKED && sb->dst)
		dentry = overlay_gone(img, sb->dst, obj);
	else if (rec->flags & ORTHROS_DENTRY_PATH && sb->dst)
		dentry = walk_made(sb->dst, rec->name);
	else if (up && up->dst)
		dentry = lookup_positive_unlocked(rec->name, up->dst, rec->name_len);
	else
		dentry = ERR_PTR(-ENOENT);
	revert_creds(cred);
	return dentry;
}

/**
 * orthros_dst_path() - destination path of a source path
 * @img:	image
 * @vfsmount:	as given to orthros_read_path()
 * @dentry:	likewise
 * @path:	set, with references, if 0 is returned
 *
 * Return: 0, or -ENOENT if it is not there (yet): /proc/PID of a process that
 * is not built, a device node that this kernel does not have.
 */
int orthros_dst_path(struct orthros_image *img, u64 vfsmount, u64 dentry, struct path *path)
{
	struct orthros_obj *mnt, *obj;
	struct dentry *dst;

	mnt = orthros_obj_find(img, &orthros_mount_type,
			       vfsmount - orthros_fs_layout(img)->mount_mnt_off);
	obj = orthros_obj_find(img, &orthros_dentry_type, dentry);
	if (!mnt || !mnt->dst || !obj)
		return orthros_fail(-EUCLEAN, "path %#llx:%#llx was not read", vfsmount, dentry);
	dst = orthros_dst_dentry(img, obj);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	path->mnt = mntget(mnt->dst);
	path->dentry = dst;
	return 0;
}

/**
 * orthros_dst_mount() - destination mount of a source mount
 * @img:	image
 * @vfsmount:	address of its vfsmount
 *
 * Return: the mount with a reference, or NULL: it is in no tree that was read.
 */
struct vfsmount *orthros_dst_mount(struct orthros_image *img, u64 vfsmount)
{
	struct orthros_obj *mnt;

	mnt = orthros_obj_find(img, &orthros_mount_type,
			       vfsmount - orthros_fs_layout(img)->mount_mnt_off);
	return mnt && mnt->dst ? mntget(mnt->dst) : NULL;
}
