// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of kernel/bpf/inode.c (patches/<version>/0026-bpf), whose functions
 * are static: directories and pins without a path or a descriptor.
 */
#ifdef CONFIG_ORTHROS
#include <linux/orthros/abi/bpf.h>
#include "pin_inside.h"

static struct dentry *orthros_bpf_walk(struct super_block *sb, const char *path)
{
	struct dentry *at = dget(sb->s_root), *next;
	size_t len;

	for (; *path; path += len) {
		path += *path == '/';
		len = strchrnul(path, '/') - path;
		next = lookup_positive_unlocked(path, at, len);
		dput(at);
		if (IS_ERR(next))
			return next;
		at = next;
	}
	return at;
}

static int orthros_bpf_fill(struct dentry *dentry, const struct orthros_bpf_pin_rec *rec,
			    void *raw)
{
	struct inode *dir = d_inode(dentry->d_parent), *inode;

	if (rec->sort == ORTHROS_BPF_PIN_PROG)
		return bpf_mkprog(dentry, rec->mode, raw);
	if (rec->sort == ORTHROS_BPF_PIN_MAP)
		return bpf_mkmap(dentry, rec->mode, raw);
	inode = bpf_get_inode(dir->i_sb, dir, rec->mode);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	inode->i_op = &bpf_dir_iops;
	inode->i_fop = &simple_dir_operations;
	inc_nlink(inode);
	inc_nlink(dir);
	bpf_dentry_finalize(dentry, inode, dir);
	return 0;
}

/**
 * orthros_bpf_make_pin() - make a directory or a pin
 * @sb:		super block
 * @rec:	which; its directory is there
 * @raw:	what is pinned; the reference is the pin's if 0 is returned
 *
 * Return: 0 or negative errno.
 */
int orthros_bpf_make_pin(struct super_block *sb, const struct orthros_bpf_pin_rec *rec, void *raw)
{
	struct dentry *parent, *dentry;
	struct inode *dir;
	int err;

	parent = orthros_bpf_walk(sb, rec->dir);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	dir = d_inode(parent);
	inode_lock_nested(dir, I_MUTEX_PARENT);
	dentry = lookup_one_len(rec->name, parent, strlen(rec->name));
	err = PTR_ERR_OR_ZERO(dentry);
	if (!err) {
		err = d_really_is_positive(dentry) ? -EEXIST : orthros_bpf_fill(dentry, rec, raw);
		if (!err) {
			d_inode(dentry)->i_uid = KUIDT_INIT(rec->uid);
			d_inode(dentry)->i_gid = KGIDT_INIT(rec->gid);
		}
		dput(dentry);
	}
	inode_unlock(dir);
	dput(parent);
	return err;
}
#endif
