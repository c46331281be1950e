// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of files: what needs no name, and what would be in the way of the
 * builders after it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/fileattr.h>
#include <linux/posix_acl_xattr.h>
#include <linux/shmem_fs.h>
#include <linux/sizes.h>
#include <linux/xattr.h>
#include "fs_internal.h"

/* A step in which memory for a sized file is asked for, see shmem.c. */
#define GROW_STEP	SZ_16M

/* memfd_create() without MFD_NORESERVE and the like: its size is promised memory. */
static int grow_accounted(struct inode *inode, loff_t size)
{
	struct dentry *dentry = d_find_any_alias(inode);
	struct iattr attr = { .ia_valid = ATTR_SIZE };
	int err = 0;

	if (!dentry)
		return -ENOENT;
	inode_lock(inode);
	while (!err && inode->i_size < size) {
		attr.ia_size = min_t(loff_t, size, inode->i_size + GROW_STEP);
		err = notify_change(&nop_mnt_idmap, dentry, &attr, NULL);
	}
	inode_unlock(inode);
	dput(dentry);
	return err;
}

/*
 * Set directly: notify_change() would cost a time stamp and a round of checks
 * per file, and cannot set the inode number.
 */
static int set_attributes(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_inode_rec *rec = obj->rec;
	const struct orthros_sb_rec *sb = orthros_fs_sb(img, rec->sb);
	struct inode *inode = obj->dst;

	inode->i_mode = (inode->i_mode & S_IFMT) | (rec->mode & S_IALLUGO);
	inode->i_uid = KUIDT_INIT(rec->uid);
	inode->i_gid = KGIDT_INIT(rec->gid);
	/* devtmpfs has numbers from this kernel already. */
	if (sb->how != ORTHROS_FS_DEV) {
		inode->i_ino = rec->ino;
		inode->i_generation = rec->generation;
	}
	if (!S_ISREG(inode->i_mode) || inode->i_size == rec->size)
		return 0;
	if (!orthros_is_ramfs(inode) && !(SHMEM_I(inode)->flags & VM_NORESERVE))
		return grow_accounted(inode, rec->size);
	i_size_write(inode, rec->size);
	return 0;
}

static int set_acl(struct dentry *dentry, int type, const void *value, size_t size)
{
	struct posix_acl *acl = posix_acl_from_xattr(&init_user_ns, value, size);
	struct inode *inode = d_inode(dentry);
	int err;

	if (IS_ERR_OR_NULL(acl))
		return PTR_ERR_OR_ZERO(acl);
	inode_lock(inode);
	err = orthros_set_acl(dentry, type, acl);
	inode_unlock(inode);
	posix_acl_release(acl);
	return err;
}

static int set_xattr(struct inode *inode, const struct orthros_xattr_rec *rec)
{
	const char *name = rec->data;
	const void *value = name + rec->name_len + 1;
	struct dentry *dentry = d_find_any_alias(inode);
	int err;

	if (!dentry)
		return -ENOENT;
	if (!strcmp(name, XATTR_NAME_POSIX_ACL_ACCESS))
		err = set_acl(dentry, ACL_TYPE_ACCESS, value, rec->size);
	else if (!strcmp(name, XATTR_NAME_POSIX_ACL_DEFAULT))
		err = set_acl(dentry, ACL_TYPE_DEFAULT, value, rec->size);
	else
		err = vfs_setxattr(&nop_mnt_idmap, dentry, name, value, rec->size, 0);
	dput(dentry);
	return err;
}

static int build_xattrs(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_xattr_type) {
		const struct orthros_xattr_rec *rec = obj->rec;
		struct inode *inode = orthros_dst_inode(img, rec->inode);
		int err;

		/* A device node that this kernel does not have (yet). */
		if (!inode || obj->dst)
			continue;
		err = set_xattr(inode, rec);
		if (err)
			return orthros_fail(err, "extended attribute %s", rec->data);
		orthros_obj_built(obj, inode);
	}
	return 0;
}

/**
 * orthros_build_attributes() - attributes of what has been built so far
 * @img:	image
 *
 * May be called again when there is more.
 *
 * Return: 0 or negative errno.
 */
int orthros_build_attributes(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	/* ACLs change modes, so the modes come after them. */
	err = build_xattrs(img);
	if (err)
		return err;
	orthros_for_each_obj(obj, img, &orthros_inode_type) {
		if (!obj->dst)
			continue;
		err = set_attributes(img, obj);
		if (err)
			return orthros_fail(err, "attributes of an inode");
	}
	return 0;
}

static int tie_shmem(struct inode *inode, const struct orthros_inode_rec *rec)
{
	struct shmem_inode_info *info = SHMEM_I(inode);
	struct fileattr fa;
	struct dentry *dentry;
	int err = 0;

	if (info->fsflags != rec->fsflags) {
		dentry = d_find_any_alias(inode);
		if (!dentry)
			return -ENOENT;
		fileattr_fill_flags(&fa, rec->fsflags);
		err = vfs_fileattr_set(&nop_mnt_idmap, dentry, &fa);
		dput(dentry);
	}
	info->seals = rec->seals;
	return err;
}

static int tie_inode(struct inode *inode, const struct orthros_inode_rec *rec)
{
	struct timespec64 atime = { .tv_sec = rec->atime, .tv_nsec = rec->atime_ns };
	struct timespec64 mtime = { .tv_sec = rec->mtime, .tv_nsec = rec->mtime_ns };
	struct timespec64 ctime = { .tv_sec = rec->ctime, .tv_nsec = rec->ctime_ns };
	int err = orthros_is_ramfs(inode) ? 0 : tie_shmem(inode, rec);

	orthros_inode_set_times(inode, atime, mtime, ctime);
	return err;
}

/**
 * orthros_tie_inodes() - flags, seals and time stamps of all files
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_tie_inodes(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_inode_type) {
		if (!obj->dst)
			continue;
		err = tie_inode(obj->dst, obj->rec);
		if (err)
			return orthros_fail(err, "flags of an inode");
	}
	return 0;
}

/**
 * orthros_build_late_attributes() - attributes of device nodes that have appeared since
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_build_late_attributes(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	err = build_xattrs(img);
	if (err)
		return err;
	orthros_for_each_obj(obj, img, &orthros_inode_type) {
		const struct orthros_inode_rec *rec = obj->rec;

		if (!obj->dst || orthros_fs_sb(img, rec->sb)->how != ORTHROS_FS_DEV)
			continue;
		err = set_attributes(img, obj);
		if (!err)
			err = tie_inode(obj->dst, rec);
		if (err)
			return orthros_fail(err, "attributes of a device node");
	}
	return 0;
}

/**
 * orthros_verify_inode() - compare what was built with what was read
 * @img:	image
 * @obj:	INODE object
 *
 * Return: 0 or -EUCLEAN.
 */
int orthros_verify_inode(struct orthros_image *img, const struct orthros_obj *obj)
{
	const struct orthros_inode_rec *rec = obj->rec;
	const struct orthros_sb_rec *sb = orthros_fs_sb(img, rec->sb);
	const struct inode *inode = obj->dst;

	if (!inode) {
		if (sb->how == ORTHROS_FS_DEV && rec->flags & ORTHROS_INODE_KERNEL)
			return 0;
		return orthros_fail(-EUCLEAN, "inode %llu was not built", rec->ino);
	}
	if (inode->i_mode != rec->mode)
		return orthros_fail(-EUCLEAN, "inode %llu: mode %#o, not %#o", rec->ino,
				    inode->i_mode, rec->mode);
	if (sb->how == ORTHROS_FS_DEV && S_ISDIR(rec->mode))
		return 0;
	if (inode->i_nlink != rec->nlink)
		return orthros_fail(-EUCLEAN, "inode %llu: %u names, not %u", rec->ino,
				    inode->i_nlink, rec->nlink);
	if (S_ISREG(rec->mode) && (i_size_read(inode) != rec->size ||
				   inode->i_mapping->nrpages != rec->nr_pages))
		return orthros_fail(-EUCLEAN, "inode %llu: %lld bytes in %lu pages", rec->ino,
				    i_size_read(inode), inode->i_mapping->nrpages);
	return 0;
}
