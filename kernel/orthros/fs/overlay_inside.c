// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of fs/overlayfs/super.c: the work directory of an overlay that goes on
 * under another kernel. The source has tried out what the upper layer can do;
 * here it may not be written to before the commit.
 */
#ifdef CONFIG_ORTHROS
#include "compat.h"
#include "disk_type.h"

/* Is this such a mount? Then this stands for the trials, which write. */
static bool orthros_overlay_ready(struct ovl_fs *ofs)
{
	const struct inode *work = d_inode(ofs->workdir);

	if (!orthros_mounting())
		return false;
	ofs->tmpfile = work->i_op->tmpfile;
	ofs->noxattr = !(work->i_opflags & IOP_XATTR);
	return true;
}

/**
 * orthros_overlay_commit() - empty the work directory of an overlay
 * @sb:		super block
 *
 * As a mount does. What is in there has names that are given again.
 *
 * Context: after the commit, before the processes run.
 *
 * Return: 0 or negative errno.
 */
int orthros_overlay_commit(struct super_block *sb)
{
	struct ovl_fs *ofs = sb->s_fs_info;
	struct dentry *work;
	int err;

	if (!ofs->workdir)
		return 0;
	err = mnt_want_write(ovl_upper_mnt(ofs));
	if (err)
		return err;
	work = ovl_workdir_create(ofs, OVL_WORKDIR_NAME, false);
	if (IS_ERR_OR_NULL(work)) {
		err = work ? PTR_ERR(work) : -EIO;
	} else {
		iput(ofs->workdir_trap);
		ofs->workdir_trap = NULL;
		dput(ofs->workdir);
		ofs->workdir = work;
		err = ovl_setup_trap(sb, work, &ofs->workdir_trap, "workdir");
	}
	mnt_drop_write(ovl_upper_mnt(ofs));
	return err;
}

/**
 * orthros_overlay_nameless() - a file that was deleted but is in use
 * @parent:	directory of the overlay where it was
 * @name:	what its name was
 * @upper:	the file in the upper layer
 *
 * Context: before the commit: nothing is undone on an error.
 *
 * Return: an unhashed dentry with a reference, or ERR_PTR().
 */
struct dentry *orthros_overlay_nameless(struct dentry *parent, const char *name,
					struct dentry *upper)
{
	struct ovl_inode_params oip = { .upperdentry = upper };
	struct qstr qstr = QSTR_INIT(name, strlen(name));
	struct dentry *dentry = d_alloc(parent, &qstr);
	struct inode *inode;
	struct ovl_entry *oe;

	if (!dentry)
		return ERR_PTR(-ENOMEM);
	oe = ovl_alloc_entry(0);
	if (!oe)
		return ERR_PTR(-ENOMEM);
	orthros_ovl_set_entry(dentry, &oip, oe);
	dget(upper);
	inode = ovl_get_inode(parent->d_sb, &oip);
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	ovl_set_flag(OVL_UPPERDATA, inode);
	ovl_dentry_set_upper_alias(dentry);
	d_instantiate(dentry, inode);
	return dentry;
}
#else
static inline bool orthros_overlay_ready(struct ovl_fs *ofs) { return false; }
#endif
