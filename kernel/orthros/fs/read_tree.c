// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the trees of tmpfs: they live wholly in the dentry cache, and what
 * is in the files in the page cache (read_inode.c).
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/stat.h>
#include "fs_internal.h"

static bool name_ok(const char *name, size_t len, u32 flags)
{
	if (memchr(name, '\0', len))
		return false;
	if (flags & (ORTHROS_DENTRY_ROOT | ORTHROS_DENTRY_INTERNAL))
		return true;
	return !memchr(name, '/', len) && strcmp(name, ".") && strcmp(name, "..");
}

static struct orthros_obj *add_dentry(struct orthros_fs_finder *f, u64 addr,
				      const struct orthros_dentry_view *v, u32 flags)
{
	struct orthros_dentry_rec *rec;
	struct orthros_obj *obj;
	int err;

	if (v->sb != f->sb->src || !v->inode)
		return ERR_PTR(orthros_bad(-EUCLEAN, "dentry %#llx: of another file system",
					   addr));
	if (!v->name_len || v->name_len > NAME_MAX)
		return ERR_PTR(orthros_bad(-EUCLEAN, "dentry %#llx: name of %llu bytes", addr,
					   v->name_len));
	obj = orthros_obj_add(f->who.img, &orthros_dentry_type, addr, f->who.pid,
			      sizeof(*rec) + v->name_len + 1);
	if (IS_ERR(obj))
		return ERR_PTR(orthros_bad(PTR_ERR(obj), "dentry %#llx is in two places", addr));
	rec = obj->rec;
	rec->parent = v->parent;
	rec->inode = v->inode;
	rec->sb = v->sb;
	rec->flags = flags;
	rec->name_len = v->name_len;
	err = orthros_src_read(f->who.img->src, v->name, rec->name, v->name_len);
	if (err)
		return ERR_PTR(err);
	if (!name_ok(rec->name, rec->name_len, flags))
		return ERR_PTR(orthros_bad(-EUCLEAN, "dentry %#llx: bad name", addr));
	f->dentry = addr;
	if (((struct orthros_sb_rec *)f->sb->rec)->how == ORTHROS_FS_DISK)
		err = orthros_read_dinode(f, v->inode);
	else
		err = orthros_read_inode(f, v->inode);
	return err ? ERR_PTR(err) : obj;
}

/**
 * orthros_read_children() - visit what a directory holds in the dentry cache
 * @img:	image
 * @dentry:	directory
 * @fn:		called for each name that can be found; its error ends the walk
 * @ctx:	for @fn
 *
 * Return: 0, @fn's error, or -EFAULT, -ELOOP, -EUCLEAN.
 */
int orthros_read_children(struct orthros_image *img, u64 dentry,
			  int (*fn)(struct orthros_image *img, u64 child,
				    const struct orthros_dentry_view *v, void *ctx), void *ctx)
{
	const struct orthros_fs_layout_view *layout = orthros_fs_layout(img);
	struct orthros_dentry_view dir, v;
	struct orthros_list_iter it;
	int err;

	err = orthros_read_dentry_view(img, dentry, &dir);
	if (err)
		return err;
	orthros_list_start(&it, img->src, dir.children, ORTHROS_FS_MAX_DENTRIES);
	while (layout->dentry_hlist ? orthros_hlist_next(&it) : orthros_list_next(&it)) {
		u64 child = it.node - layout->dentry_sib_off;

		err = orthros_read_dentry_view(img, child, &v);
		if (err)
			return err;
		if (v.flags & layout->dcache_cursor || !v.inode || !v.hashed)
			continue;
		if (v.parent != dentry)
			return orthros_bad(-EUCLEAN, "dentry %#llx: not a child of %#llx", child,
					   dentry);
		err = fn(img, child, &v, ctx);
		if (err)
			return err;
	}
	return it.err;
}

static int tree_child(struct orthros_image *img, u64 child, const struct orthros_dentry_view *v,
		      void *ctx)
{
	return PTR_ERR_OR_ZERO(add_dentry(ctx, child, v, 0));
}

/**
 * orthros_read_tree() - read all names and files of a tmpfs
 * @img:	image
 * @sb:		its SB object, with the root in the record
 *
 * The list of DENTRY objects is the queue of directories yet to be read, so
 * parents come before their children in it. No recursion.
 *
 * Return: 0 or negative errno.
 */
int orthros_read_tree(struct orthros_image *img, struct orthros_obj *sb)
{
	const struct orthros_sb_rec *sb_rec = sb->rec;
	struct orthros_fs_finder f = { .who = { .img = img, .comm = "mount" }, .sb = sb };
	struct orthros_dentry_view v;
	struct orthros_obj *obj;
	unsigned int count = 0;
	int err;

	err = orthros_read_dentry_view(img, sb_rec->root, &v);
	if (err)
		return err;
	obj = add_dentry(&f, sb_rec->root, &v, ORTHROS_DENTRY_ROOT);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	list_for_each_entry_from(obj, orthros_objs(img, &orthros_dentry_type), list) {
		const struct orthros_dentry_rec *rec = obj->rec;
		const struct orthros_obj *inode;

		if (++count > ORTHROS_FS_MAX_DENTRIES)
			return orthros_bad(-E2BIG, "more than %u names", ORTHROS_FS_MAX_DENTRIES);
		inode = orthros_obj_find(img, &orthros_inode_type, rec->inode);
		if (!S_ISDIR(((struct orthros_inode_rec *)inode->rec)->mode))
			continue;
		err = orthros_read_children(img, obj->src, tree_child, &f);
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_read_loose() - read a dentry that is in no tree that was read
 * @who:	who uses it
 * @sb:		SB object
 * @dentry:	its address
 *
 * In tmpfs it is unlinked and still in use, perhaps in a directory that is
 * itself unlinked, or one of the kernel's own files (memfd). On a disk only
 * what is in use is read, with the directories above it.
 *
 * Return: 0 or negative errno.
 */
int orthros_read_loose(const struct orthros_finder *who, struct orthros_obj *sb, u64 dentry)
{
	struct orthros_image *img = who->img;
	const struct orthros_sb_rec *sb_rec = sb->rec;
	struct orthros_fs_finder f = { .who = orthros_through(who, NULL), .sb = sb };
	struct orthros_dentry_view v;
	struct orthros_obj *obj;
	u64 at, up;
	int err, depth;
	u32 flags;

	/* From the uppermost unknown one down, so that parents come first. */
	while (!orthros_obj_find(img, &orthros_dentry_type, dentry)) {
		for (at = dentry, depth = 0; ; at = up, depth++) {
			err = orthros_read_dentry_view(img, at, &v);
			if (err)
				return err;
			up = v.parent;
			if (up == at || orthros_obj_find(img, &orthros_dentry_type, up))
				break;
			if (depth == ORTHROS_FS_MAX_DEPTH)
				return orthros_bad(-ELOOP, "dentry %#llx: too deep", dentry);
		}
		if (up != at)
			flags = v.hashed ? 0 : ORTHROS_DENTRY_UNLINKED;
		else if (sb_rec->how == ORTHROS_FS_DISK && at == sb_rec->root)
			flags = ORTHROS_DENTRY_ROOT;
		else if (sb_rec->how == ORTHROS_FS_DISK || sb_rec->how == ORTHROS_FS_INTERNAL)
			flags = ORTHROS_DENTRY_INTERNAL;
		else
			return orthros_bad(-EUCLEAN, "dentry %#llx: in no tree", dentry);
		obj = add_dentry(&f, at, &v, flags);
		if (IS_ERR(obj))
			return PTR_ERR(obj);
	}
	return 0;
}
