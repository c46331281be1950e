// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that a kernel that has failed had not got to the disk, not even their names: who
 * has one open goes on with another one of the same name, owner and contents. It has
 * another number, which is said.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/namei.h>
#include "fs_internal.h"

/* Names for those that have none; no two at a time. */
#define NAMELESS	".orthros-nameless"

static int make(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	if (d_really_is_positive(dentry))
		return -EEXIST;
	if (S_ISDIR(mode))
		return vfs_mkdir(&nop_mnt_idmap, dir, dentry, mode & S_IALLUGO);
	return vfs_create(&nop_mnt_idmap, dir, dentry, mode & S_IALLUGO, true);
}

/* It was renamed or linked, and the disk has it by another name. */
static int make_link(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	struct dentry *old = d_obtain_alias(igrab(inode));
	int err;

	if (IS_ERR(old))
		return PTR_ERR(old);
	err = d_really_is_positive(dentry) ? -EEXIST :
	      vfs_link(old, &nop_mnt_idmap, dir, dentry, NULL);
	dput(old);
	return err;
}

/**
 * orthros_set_owner() - give a file the owner and mode that it had
 * @img:	image
 * @dentry:	the file
 * @addr:	source address of its inode
 * @mode:	of that
 *
 * Return: 0 or negative errno.
 */
int orthros_set_owner(struct orthros_image *img, struct dentry *dentry, u64 addr, umode_t mode)
{
	struct orthros_any_inode_view v;
	struct iattr attr = { .ia_valid = ATTR_UID | ATTR_GID | ATTR_FORCE };
	struct inode *inode = d_inode(dentry);
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_any_inode, addr, &v);
	if (err)
		return err;
	attr.ia_uid = KUIDT_INIT(v.uid);
	attr.ia_gid = KGIDT_INIT(v.gid);
	attr.ia_mode = mode;
	/* A symbolic link has none that one could set. */
	if (!S_ISLNK(mode))
		attr.ia_valid |= ATTR_MODE;
	inode_lock(inode);
	err = notify_change(&nop_mnt_idmap, dentry, &attr, NULL);
	inode_unlock(inode);
	return err;
}

/* The dentry keeps its inode, as that of a file that is open. */
static int remove(struct inode *dir, struct dentry *dentry)
{
	int err;

	dget(dentry);
	err = d_is_dir(dentry) ? vfs_rmdir(&nop_mnt_idmap, dir, dentry) :
	      vfs_unlink(&nop_mnt_idmap, dir, dentry, NULL);
	dput(dentry);
	return err;
}

/**
 * orthros_remove_again() - remove a name that the disk has still
 * @parent:	directory
 * @rec:	the name that had been removed
 * @inode:	of the file, which is open
 */
void orthros_remove_again(struct dentry *parent, const struct orthros_dentry_rec *rec,
			  struct inode *inode)
{
	struct inode *dir = d_inode(parent);
	struct dentry *dentry;
	int err;

	inode_lock_nested(dir, I_MUTEX_PARENT);
	dentry = lookup_one_len(rec->name, parent, rec->name_len);
	err = PTR_ERR_OR_ZERO(dentry);
	if (!err && d_inode(dentry) == inode)
		err = remove(dir, dentry);
	inode_unlock(dir);
	if (!IS_ERR(dentry))
		dput(dentry);
	if (err)
		pr_err("%s: %s is there again: %pe\n", parent->d_sb->s_id, rec->name,
		       ERR_PTR(err));
}

/**
 * orthros_remake() - make a file that the disk does not have
 * @img:	image of a kernel that has failed
 * @parent:	directory
 * @rec:	its name
 * @irec:	its inode
 *
 * Its contents come later, see dirty.c. One that the disk has by another name gets this one,
 * too.
 *
 * Return: the dentry with a reference, or ERR_PTR(): -ESTALE if it is no file and no
 * directory, -EEXIST if the disk has something else of that name.
 */
struct dentry *orthros_remake(struct orthros_image *img, struct dentry *parent,
			      const struct orthros_dentry_rec *rec,
			      const struct orthros_dinode_rec *irec)
{
	bool nameless = rec->flags & ORTHROS_DENTRY_UNLINKED;
	struct inode *dir = d_inode(parent), *other;
	struct dentry *dentry;
	int err;

	if (!d_is_dir(parent) || (!S_ISREG(irec->mode) && !S_ISDIR(irec->mode)))
		return ERR_PTR(-ESTALE);
	other = orthros_disk_iget(parent->d_sb, irec->ino, irec->generation);
	if (!IS_ERR(other) && (nameless || !S_ISREG(other->i_mode) || !other->i_nlink)) {
		iput(other);
		other = ERR_PTR(-ESTALE);
	}
	inode_lock_nested(dir, I_MUTEX_PARENT);
	dentry = nameless ? lookup_one_len(NAMELESS, parent, strlen(NAMELESS)) :
			    lookup_one_len(rec->name, parent, rec->name_len);
	err = PTR_ERR_OR_ZERO(dentry);
	if (!err && !IS_ERR(other))
		err = make_link(dir, dentry, other);
	else if (!err)
		err = make(dir, dentry, irec->mode) ?:
		      orthros_set_owner(img, dentry, rec->inode, irec->mode);
	if (!err && nameless)
		err = remove(dir, dentry);
	inode_unlock(dir);
	if (!IS_ERR(other))
		iput(other);
	if (err) {
		if (!IS_ERR(dentry))
			dput(dentry);
		return ERR_PTR(err);
	}
	pr_warn("%s: %s was not on the disk: inode %llu is %lu now\n", parent->d_sb->s_id,
		rec->name, irec->ino, d_inode(dentry)->i_ino);
	return dentry;
}
