// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of fs/binfmt_misc.c (patches/<version>/0013-fs, which says by ORTHROS_BINFMT
 * where its variables are), whose entries are private to it.
 */
#ifdef CONFIG_ORTHROS
#include "binfmt_inside.h"

const struct orthros_binfmt_desc orthros_binfmt_desc = {
	.status	= (unsigned long)&ORTHROS_BINFMT(enabled),
	.enabled = 1UL << Enabled,
	.magic	= 1UL << Magic,
	.argv0	= MISC_FMT_PRESERVE_ARGV0,
	.binary	= MISC_FMT_OPEN_BINARY,
	.creds	= MISC_FMT_CREDENTIALS,
	.file	= MISC_FMT_OPEN_FILE,
};

static Node *orthros_binfmt_node(const struct orthros_binfmt_rec *rec)
{
	static const struct {
		u32 rec;
		unsigned long flag;
	} flags[] = {
		{ ORTHROS_BINFMT_ENABLED, 1UL << Enabled },
		{ ORTHROS_BINFMT_MAGIC,	1UL << Magic },
		{ ORTHROS_BINFMT_ARGV0,	MISC_FMT_PRESERVE_ARGV0 },
		{ ORTHROS_BINFMT_BINARY, MISC_FMT_OPEN_BINARY },
		{ ORTHROS_BINFMT_CREDS,	MISC_FMT_CREDENTIALS },
	};
	const size_t name = strlen(rec->name) + 1, interpreter = strlen(rec->interpreter) + 1;
	const size_t magic = rec->flags & ORTHROS_BINFMT_MAGIC ? rec->size :
			     strlen(rec->magic) + 1;
	Node *e;
	char *p;
	int i;

	e = kzalloc(sizeof(*e) + name + interpreter + magic + rec->size, GFP_KERNEL);
	if (!e)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (rec->flags & flags[i].rec)
			e->flags |= flags[i].flag;
	p = (char *)(e + 1);
	e->name = memcpy(p, rec->name, name);
	p += name;
	e->interpreter = memcpy(p, rec->interpreter, interpreter);
	p += interpreter;
	e->offset = rec->offset;
	e->size = rec->size;
	e->magic = memcpy(p, rec->magic, magic);
	if (rec->flags & ORTHROS_BINFMT_MASK)
		e->mask = memcpy(p + magic, rec->mask, rec->size);
	refcount_set(&e->users, 1);
	return e;
}

static int orthros_binfmt_instantiate(struct super_block *sb, struct dentry *dentry, Node *e)
{
	struct inode *inode;

	if (d_really_is_positive(dentry))
		return -EEXIST;
	inode = bm_get_inode(sb, S_IFREG | 0644);
	if (!inode)
		return -ENOMEM;
	e->dentry = dget(dentry);
	inode->i_private = e;
	inode->i_fop = &bm_entry_operations;
	d_instantiate(dentry, inode);
	write_lock(&ORTHROS_BINFMT(entries_lock));
	list_add(&e->list, &ORTHROS_BINFMT(entries));
	write_unlock(&ORTHROS_BINFMT(entries_lock));
	return 0;
}

/**
 * orthros_binfmt_add() - as a line that is written to "register"
 * @sb:		super block
 * @rec:	what it says, checked
 * @file:	of an interpreter that is open: this very file, whatever its name stands for
 *		by now; its reference is the entry's if 0 is returned. Else NULL.
 *
 * Nobody has memory yet from which the line could be read.
 *
 * Return: 0 or negative errno.
 */
int orthros_binfmt_add(struct super_block *sb, const struct orthros_binfmt_rec *rec,
		       struct file *file)
{
	struct inode *root = d_inode(sb->s_root);
	struct dentry *dentry;
	Node *e;
	int err;

	e = orthros_binfmt_node(rec);
	if (!e)
		return -ENOMEM;
	err = file ? exe_file_deny_write_access(file) : 0;
	if (err)
		goto err_free;
	e->interp_file = file;
	if (file)
		e->flags |= MISC_FMT_OPEN_FILE;
	inode_lock(root);
	dentry = lookup_one_len(e->name, sb->s_root, strlen(e->name));
	err = PTR_ERR_OR_ZERO(dentry);
	if (!err) {
		err = orthros_binfmt_instantiate(sb, dentry, e);
		dput(dentry);
	}
	inode_unlock(root);
	if (!err)
		return 0;
	if (file)
		exe_file_allow_write_access(file);
err_free:
	kfree(e);
	return err;
}

/**
 * orthros_binfmt_disable() - as "0", written to "status"
 */
void orthros_binfmt_disable(void)
{
	ORTHROS_BINFMT(enabled) = 0;
}
#endif
