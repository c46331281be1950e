// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rebuilding trees: names and files are made by the VFS, on dentries and not
 * by paths, so that what another mount hides is rebuilt as well.
 *
 * Nothing is undone on an error: a hop that fails leaves a kernel that is not
 * used again.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/file.h>
#include <linux/init_task.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/shmem_fs.h>
#include <linux/orthros/devices.h>
#include <linux/slab.h>
#include "../core/steps.h"
#include "fs_internal.h"

static struct orthros_inode_rec *inode_rec(struct orthros_image *img, u64 inode)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_inode_type, inode);

	return obj ? obj->rec : NULL;
}

/* ---- removing -------------------------------------------------------- */

/*
 * Removes a name. Two references to the dentry, ours and the caller's, keep
 * its inode: with one, d_delete() would make it negative.
 */
static int remove_name(struct dentry *parent, struct dentry *child)
{
	struct inode *dir = d_inode(parent);
	int err;

	inode_lock_nested(dir, I_MUTEX_PARENT);
	dget(child);
	if (d_is_dir(child))
		err = vfs_rmdir(&nop_mnt_idmap, dir, child);
	else
		err = vfs_unlink(&nop_mnt_idmap, dir, child, NULL);
	dput(child);
	inode_unlock(dir);
	return err;
}

/* Any name in a directory, with a reference, or NULL. */
static struct dentry *first_child(struct dentry *dir)
{
	struct dentry *child, *found = NULL;

	spin_lock(&dir->d_lock);
	orthros_for_each_child(child, dir) {
		spin_lock_nested(&child->d_lock, DENTRY_D_LOCK_NESTED);
		if (!d_unhashed(child) && d_really_is_positive(child))
			found = dget_dlock(child);
		spin_unlock(&child->d_lock);
		if (found)
			break;
	}
	spin_unlock(&dir->d_lock);
	return found;
}

/**
 * orthros_wipe_tree() - empty a tmpfs
 * @root:	its root
 *
 * Return: 0 or negative errno.
 */
int orthros_wipe_tree(struct dentry *root)
{
	struct dentry *dir = dget(root), *child;
	int err = 0;

	while (!err) {
		child = first_child(dir);
		if (child && d_is_dir(child)) {
			dput(dir);
			dir = child;
			continue;
		}
		if (!child) {
			if (dir == root)
				break;
			child = dir;
			dir = dget_parent(child);
		}
		err = remove_name(dir, child);
		dput(child);
	}
	dput(dir);
	return err ? orthros_fail(err, "emptying the rootfs") : 0;
}

/* ---- making ---------------------------------------------------------- */

static int make_inode(struct inode *dir, struct dentry *child, const struct orthros_inode_rec *rec)
{
	umode_t perm = rec->mode & S_IALLUGO;

	switch (rec->mode & S_IFMT) {
	case S_IFREG:
		return vfs_create(&nop_mnt_idmap, dir, child, perm, true);
	case S_IFDIR:
		return vfs_mkdir(&nop_mnt_idmap, dir, child, perm);
	case S_IFLNK:
		return vfs_symlink(&nop_mnt_idmap, dir, child, rec->link);
	default:
		return vfs_mknod(&nop_mnt_idmap, dir, child, rec->mode,
				 MKDEV(rec->major, rec->minor));
	}
}

/* A further name of a file; it may have been unlinked in the meantime. */
static int make_link(struct inode *dir, struct dentry *child, struct inode *inode)
{
	struct dentry *old = d_find_any_alias(inode);
	int err;

	if (!old)
		return -ENOENT;
	if (!inode->i_nlink) {
		spin_lock(&inode->i_lock);
		inode->i_state |= I_LINKABLE;
		spin_unlock(&inode->i_lock);
	}
	err = vfs_link(old, &nop_mnt_idmap, dir, child, NULL);
	dput(old);
	return err;
}

/* devtmpfs: is what this kernel has what the source had? */
static bool same_node(const struct inode *inode, const struct orthros_inode_rec *rec)
{
	if ((inode->i_mode ^ rec->mode) & S_IFMT)
		return false;
	if (S_ISCHR(rec->mode) || S_ISBLK(rec->mode))
		return inode->i_rdev == MKDEV(rec->major, rec->minor);
	return S_ISDIR(rec->mode);
}

/*
 * Makes one name, and its file if this is the first name of it. Returns the
 * dentry, NULL if devtmpfs has no such node (yet), or ERR_PTR().
 */
static struct dentry *make_name(struct orthros_image *img, const struct orthros_obj *obj,
				struct dentry *parent, const char *name, size_t len, bool reuse)
{
	const struct orthros_dentry_rec *rec = obj->rec;
	struct orthros_obj *inode_obj = orthros_obj_find(img, &orthros_inode_type, rec->inode);
	const struct orthros_inode_rec *irec = inode_obj->rec;
	struct inode *dir = d_inode(parent);
	struct dentry *child;
	int err = 0;

	inode_lock_nested(dir, I_MUTEX_PARENT);
	child = lookup_one_len(name, parent, len);
	if (IS_ERR(child))
		goto out;
	if (reuse && d_really_is_positive(child) && !same_node(d_inode(child), irec)) {
		/* What the kernel makes is this kernel's affair, also where numbers differ. */
		if (irec->flags & ORTHROS_INODE_KERNEL) {
			if ((d_inode(child)->i_mode ^ irec->mode) & S_IFMT) {
				dput(child);
				child = NULL;
				goto out;
			}
			goto have;
		}
		/* User space put something else in the place of a node. */
		inode_unlock(dir);
		err = remove_name(parent, child);
		dput(child);
		if (err)
			return ERR_PTR(err);
		inode_lock_nested(dir, I_MUTEX_PARENT);
		child = lookup_one_len(name, parent, len);
		if (IS_ERR(child))
			goto out;
	}
	if (d_really_is_positive(child)) {
		err = reuse ? 0 : -EEXIST;
	} else if (reuse && irec->flags & ORTHROS_INODE_KERNEL && !S_ISDIR(irec->mode)) {
		dput(child);
		child = NULL;
		goto out;
	} else if (inode_obj->dst) {
		err = S_ISDIR(irec->mode) ? -EUCLEAN : make_link(dir, child, inode_obj->dst);
	} else {
		err = make_inode(dir, child, irec);
	}
	if (!err && d_really_is_negative(child))
		err = -EIO;
have:
	if (err) {
		dput(child);
		child = ERR_PTR(err);
	} else if (!inode_obj->dst) {
		orthros_obj_built(inode_obj, d_inode(child));
	}
out:
	inode_unlock(dir);
	return child;
}

static int build_dentry(struct orthros_image *img, struct orthros_obj *obj, bool dev)
{
	const struct orthros_dentry_rec *rec = obj->rec;
	struct orthros_obj *up = orthros_obj_find(img, &orthros_dentry_type, rec->parent);
	bool unlinked = rec->flags & ORTHROS_DENTRY_UNLINKED;
	struct dentry *child;
	char tmp[32];
	int err;

	if (!up || !up->dst)
		return dev ? 0 : orthros_fail(-ENOENT, "%s: no directory for it", rec->name);
	child = make_name(img, obj, up->dst, rec->name, rec->name_len, dev && !unlinked);
	/* The name of something unlinked may be in use again. */
	if (child == ERR_PTR(-EEXIST) && unlinked) {
		scnprintf(tmp, sizeof(tmp), ".orthros-%llx", obj->src);
		child = make_name(img, obj, up->dst, tmp, strlen(tmp), false);
	}
	if (IS_ERR(child))
		return orthros_fail(PTR_ERR(child), "%s: cannot be made", rec->name);
	orthros_obj_built(obj, child);
	if (!child || !unlinked || d_is_dir(child))
		return 0;
	err = remove_name(up->dst, child);
	return err ? orthros_fail(err, "%s: cannot be unlinked", rec->name) : 0;
}

static void set_linkable(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_dentry_rec *rec = obj->rec;
	const struct orthros_inode_rec *irec = inode_rec(img, rec->inode);
	struct inode *inode = d_inode((struct dentry *)obj->dst);

	if (!(irec->flags & ORTHROS_INODE_LINKABLE) || inode->i_nlink)
		return;
	spin_lock(&inode->i_lock);
	inode->i_state |= I_LINKABLE;
	spin_unlock(&inode->i_lock);
}

/* A directory that is unlinked must be empty, and the last made is the innermost. */
static int remove_dead_dirs(struct orthros_image *img, u64 sb)
{
	struct orthros_obj *obj, *up;

	list_for_each_entry_reverse(obj, orthros_objs(img, &orthros_dentry_type), list) {
		const struct orthros_dentry_rec *rec = obj->rec;
		int err;

		if (rec->sb != sb || !(rec->flags & ORTHROS_DENTRY_UNLINKED) || !obj->dst ||
		    !d_is_dir((struct dentry *)obj->dst))
			continue;
		up = orthros_obj_find(img, &orthros_dentry_type, rec->parent);
		err = remove_name(up->dst, obj->dst);
		if (err)
			return orthros_fail(err, "%s: cannot be removed", rec->name);
	}
	return 0;
}

/**
 * orthros_build_tree() - make all names and files of a tmpfs
 * @img:	image
 * @sb:		its SB object, with @dst set
 *
 * Directories first, then what is unlinked, so that it can have its name once
 * more, then the rest. Contents and attributes come later.
 *
 * Return: 0 or negative errno.
 */
int orthros_build_tree(struct orthros_image *img, struct orthros_obj *sb)
{
	const struct orthros_sb_rec *sb_rec = sb->rec;
	struct super_block *dst = sb->dst;
	bool dev = sb_rec->how == ORTHROS_FS_DEV;
	enum { DIRS, UNLINKED, REST } pass;
	struct orthros_obj *obj;
	int err;

	for (pass = DIRS; pass <= REST; pass++) {
		orthros_for_each_obj(obj, img, &orthros_dentry_type) {
			const struct orthros_dentry_rec *rec = obj->rec;
			struct orthros_obj *inode;
			bool unlinked = rec->flags & ORTHROS_DENTRY_UNLINKED;
			bool is_dir;

			if (rec->sb != sb->src || obj->dst)
				continue;
			inode = orthros_obj_find(img, &orthros_inode_type, rec->inode);
			if (rec->flags & ORTHROS_DENTRY_ROOT) {
				orthros_obj_built(obj, dget(dst->s_root));
				orthros_obj_built(inode, d_inode(dst->s_root));
				continue;
			}
			is_dir = S_ISDIR(((struct orthros_inode_rec *)inode->rec)->mode);
			if (pass != (unlinked ? UNLINKED : is_dir ? DIRS : REST))
				continue;
			err = build_dentry(img, obj, dev);
			if (err)
				return err;
		}
		if (pass == UNLINKED) {
			err = remove_dead_dirs(img, sb->src);
			if (err)
				return err;
		}
		cond_resched();
	}
	orthros_for_each_obj(obj, img, &orthros_dentry_type) {
		const struct orthros_dentry_rec *rec = obj->rec;

		if (rec->sb == sb->src && rec->flags & ORTHROS_DENTRY_UNLINKED && obj->dst)
			set_linkable(img, obj);
	}
	if (!dev && !orthros_is_ramfs(d_inode(dst->s_root))) {
		struct shmem_sb_info *info = dst->s_fs_info;

		raw_spin_lock(&info->stat_lock);
		info->next_ino = max_t(ino_t, info->next_ino, sb_rec->next_ino);
		raw_spin_unlock(&info->stat_lock);
	}
	return 0;
}

/* Inode of the source -> file that its contents are to go to. */
static DEFINE_XARRAY(given);

/**
 * orthros_give_contents() - an internal file has been made already
 * @inode:	key of its INODE object
 * @file:	the file, which somebody holds until the release
 *
 * Between the mounts and the internal files.
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_give_contents(u64 inode, struct file *file)
{
	return xa_err(xa_store(&given, inode >> 3, file, GFP_KERNEL));
}

/**
 * orthros_forget_contents() - nothing more is built
 */
void orthros_forget_contents(void)
{
	xa_destroy(&given);
}

/* memfd, shared anonymous memory: files that never had a place in a tree. */
static int build_internal_file(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_dentry_rec *rec = obj->rec;
	struct orthros_obj *inode = orthros_obj_find(img, &orthros_inode_type, rec->inode);
	const struct orthros_inode_rec *irec = inode->rec;
	struct orthros_obj *mnt;
	struct file *file;
	unsigned long flags;

	if (inode->dst || !S_ISREG(irec->mode))
		return orthros_fail(-EUCLEAN, "%s: internal file", rec->name);
	flags = irec->flags & ORTHROS_INODE_NORESERVE ? VM_NORESERVE : 0;
	file = xa_load(&given, rec->inode >> 3);
	if (file)
		get_file(file);
	else if (irec->flags & ORTHROS_INODE_PRIVATE)
		file = shmem_kernel_file_setup(rec->name, 0, flags);
	else
		file = shmem_file_setup(rec->name, 0, flags);
	if (IS_ERR(file))
		return orthros_fail(PTR_ERR(file), "%s: internal file", rec->name);
	orthros_obj_built(obj, dget(file->f_path.dentry));
	orthros_obj_built(inode, file_inode(file));
	orthros_for_each_obj(mnt, img, &orthros_mount_type) {
		const struct orthros_mount_rec *mrec = mnt->rec;

		if (mrec->sb == rec->sb && !mnt->dst)
			orthros_obj_built(mnt, mntget(file->f_path.mnt));
	}
	fput(file);
	return 0;
}

/**
 * orthros_build_internal() - make the files of the kernel's own tmpfs
 * @img:	image
 * @sb:		its SB object
 *
 * Return: 0 or negative errno.
 */
int orthros_build_internal(struct orthros_image *img, struct orthros_obj *sb)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_dentry_type) {
		const struct orthros_dentry_rec *rec = obj->rec;

		if (rec->sb != sb->src)
			continue;
		if (!(rec->flags & ORTHROS_DENTRY_INTERNAL))
			return orthros_fail(-EUCLEAN, "%s: not an internal file", rec->name);
		err = build_internal_file(img, obj);
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_build_late_nodes() - find device nodes that this kernel has made since
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_build_late_nodes(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_dentry_type) {
		const struct orthros_dentry_rec *rec = obj->rec;
		const struct orthros_sb_rec *sb = orthros_fs_sb(img, rec->sb);
		int err;

		if (sb->how != ORTHROS_FS_DEV)
			continue;
		if (obj->dst && orthros_dentry_is_stale(obj)) {
			struct orthros_obj *inode;

			inode = orthros_obj_find(img, &orthros_inode_type, rec->inode);
			inode->dst = NULL;
			dput(obj->dst);
			obj->dst = NULL;
		}
		if (obj->dst)
			continue;
		err = build_dentry(img, obj, true);
		if (err)
			return err;
	}
	return 0;
}
