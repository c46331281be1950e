// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inodes of file systems on disks, found by number.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/string.h>
#include "disk_type.h"
#include "fs_internal.h"

static const struct orthros_disk_type *const disk_types[] = {
#ifdef CONFIG_EXT4_FS
	&orthros_ext4_type,
#endif
#ifdef CONFIG_XFS_FS
	&orthros_xfs_type,
#endif
};

/**
 * orthros_disk_type_named() - what is special about a file system on a disk
 * @name:	as for mount(2)
 *
 * Return: it, or NULL if we do not know it.
 */
const struct orthros_disk_type *orthros_disk_type_named(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(disk_types); i++)
		if (!strcmp(disk_types[i]->name, name))
			return disk_types[i];
	return NULL;
}

/**
 * orthros_disk_type_of() - what is special about a file system on a disk
 * @sb:		super block
 *
 * Return: it, or NULL if we do not know it.
 */
const struct orthros_disk_type *orthros_disk_type_of(const struct super_block *sb)
{
	return orthros_disk_type_named(sb->s_type->name);
}

/**
 * orthros_disk_iget() - find an inode by number
 * @sb:		super block
 * @ino:	number
 * @generation:	of the inode
 *
 * Return: the inode with a reference, or ERR_PTR().
 */
struct inode *orthros_disk_iget(struct super_block *sb, u64 ino, u32 generation)
{
	const struct orthros_disk_type *type = orthros_disk_type_of(sb);

	return type ? type->iget(sb, ino, generation) : ERR_PTR(-EOPNOTSUPP);
}

/**
 * orthros_same_dinode() - is it the one that was read?
 * @inode:	inode that was found by number or name
 * @rec:	record of what was read
 *
 * Return: true if so.
 */
bool orthros_same_dinode(const struct inode *inode, const struct orthros_dinode_rec *rec)
{
	return inode->i_ino == rec->ino && inode->i_generation == rec->generation &&
	       !((inode->i_mode ^ rec->mode) & S_IFMT);
}

/* An inode that is held by a watch alone, with a reference, or ERR_PTR(). */
static struct inode *watched_dinode(struct orthros_image *img, u64 inode)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_dinode_type, inode);
	const struct orthros_dinode_rec *rec;
	struct orthros_obj *sb;
	struct inode *found;

	if (!obj)
		return ERR_PTR(-ENOENT);
	rec = obj->rec;
	sb = orthros_obj_find(img, &orthros_sb_type, rec->sb);
	if (!sb || !sb->dst)
		return ERR_PTR(-ENOENT);
	found = orthros_disk_iget(sb->dst, rec->ino, rec->generation);
	if (!IS_ERR(found) && !orthros_same_dinode(found, rec)) {
		iput(found);
		return ERR_PTR(-ESTALE);
	}
	/* The watch keeps it. */
	if (!IS_ERR(found))
		orthros_obj_built(obj, found);
	return found;
}

/**
 * orthros_watched_inode() - find an inode that need not be in a mount
 * @img:	image
 * @inode:	address in the source, see orthros_read_watched()
 * @dentry:	one of its names, 0 for none
 *
 * Nodes of devices may not be there before the commit.
 *
 * Return: the inode with a reference, or ERR_PTR().
 */
struct inode *orthros_watched_inode(struct orthros_image *img, u64 inode, u64 dentry)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_dentry_type, dentry);
	struct inode *found = orthros_dst_inode(img, inode);
	struct dentry *name;

	if (found) {
		ihold(found);
		return found;
	}
	if (obj) {
		name = orthros_dst_dentry(img, obj);
		if (IS_ERR(name))
			return ERR_CAST(name);
		found = igrab(d_inode(name));
		dput(name);
		return found ?: ERR_PTR(-ESTALE);
	}
	/* On a disk, known to its file system alone. */
	return watched_dinode(img, inode);
}
