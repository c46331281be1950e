// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is registered with binfmt_misc. Who is asked first is the youngest, so entries come
 * in the order in which they came.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/binfmts.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include "binfmt_inside.h"
#include "fs_internal.h"

#define MAX_ENTRIES	4096

static const struct orthros_type binfmt_type = {
	.name = "binfmt_misc entry",
	.cost = sizeof(struct orthros_binfmt_rec),
};

/* ---- reading ---------------------------------------------------------------- */

static u32 flags_of(const struct orthros_binfmt_desc *desc, const struct orthros_binfmt_view *v)
{
	const struct {
		u64 theirs;
		u32 ours;
	} map[] = {
		{ desc->enabled, ORTHROS_BINFMT_ENABLED },
		{ desc->magic,	ORTHROS_BINFMT_MAGIC },
		{ desc->argv0,	ORTHROS_BINFMT_ARGV0 },
		{ desc->binary,	ORTHROS_BINFMT_BINARY },
		{ desc->creds,	ORTHROS_BINFMT_CREDS },
		{ desc->file,	ORTHROS_BINFMT_FILE },
	};
	u32 flags = v->mask ? ORTHROS_BINFMT_MASK : 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(map); i++)
		if (v->flags & map[i].theirs)
			flags |= map[i].ours;
	return flags;
}

static int read_magic(struct orthros_image *img, const struct orthros_binfmt_view *v,
		      struct orthros_binfmt_rec *rec)
{
	ssize_t len;

	if (!(rec->flags & ORTHROS_BINFMT_MAGIC)) {
		rec->flags &= ~ORTHROS_BINFMT_MASK;
		len = orthros_src_str(img->src, v->magic, rec->magic, sizeof(rec->magic));
		if (len < 0)
			return len;
		return len && !strchr(rec->magic, '/') ? 0 :
		       orthros_bad(-EUCLEAN, "binfmt_misc: %s: extension", rec->name);
	}
	if (v->offset < 0 || v->size <= 0 || v->size > BINPRM_BUF_SIZE ||
	    v->offset > BINPRM_BUF_SIZE - v->size)
		return orthros_bad(-EUCLEAN, "binfmt_misc: %s: %d bytes at %d", rec->name, v->size,
				   v->offset);
	rec->offset = v->offset;
	rec->size = v->size;
	return orthros_src_read(img->src, v->magic, rec->magic, v->size) ?:
	       (v->mask ? orthros_src_read(img->src, v->mask, rec->mask, v->size) : 0);
}

static int read_entry(struct orthros_image *img, const struct orthros_binfmt_desc *desc,
		      struct orthros_obj *obj)
{
	const struct orthros_finder who = { .img = img, .comm = "mount", .what = "binfmt_misc" };
	struct orthros_binfmt_rec *rec = obj->rec;
	struct orthros_file_path_view path;
	struct orthros_binfmt_view v;
	ssize_t len;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_binfmt, obj->src, &v);
	if (err)
		return err;
	rec->flags = flags_of(desc, &v);
	len = orthros_src_str(img->src, v.name, rec->name, sizeof(rec->name));
	if (len > 0)
		len = orthros_src_str(img->src, v.interpreter, rec->interpreter,
				      sizeof(rec->interpreter));
	if (len <= 0 || strchr(rec->name, '/') || !strcmp(rec->name, ".") ||
	    !strcmp(rec->name, ".."))
		return orthros_bad(len < 0 ? len : -EUCLEAN, "binfmt_misc: names of an entry");
	err = read_magic(img, &v, rec);
	if (err || !(rec->flags & ORTHROS_BINFMT_FILE))
		return err;
	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_file_path, v.file, &path);
	if (err)
		return err;
	rec->vfsmount = path.mnt;
	rec->dentry = path.dentry;
	return orthros_read_path(&who, path.mnt, path.dentry);
}

static int find_entry(struct orthros_image *img, u64 child, const struct orthros_dentry_view *v,
		      void *ctx)
{
	struct orthros_inode_private_view inode;
	struct orthros_binfmt_rec *rec;
	struct orthros_obj *obj;
	u64 *first = ctx;
	int err;

	if (!v->inode)
		return 0;
	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_inode_private, v->inode, &inode);
	/* "register" and "status" have nothing there. */
	if (err || !inode.private)
		return err;
	obj = orthros_obj_add(img, &binfmt_type, inode.private, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->sb = v->sb;
	*first = inode.private;
	return 0;
}

static bool of_sb(const struct orthros_obj *obj, u64 sb)
{
	const struct orthros_binfmt_rec *rec = obj->rec;

	return rec->sb == sb;
}

/*
 * The list that they are in has one element that is none of them: its head. What is
 * behind it comes first.
 */
static int sort_entries(struct orthros_image *img, u64 first)
{
	struct list_head *objs = orthros_objs(img, &binfmt_type);
	struct orthros_binfmt_view v;
	struct orthros_obj *obj;
	unsigned int left, heads = 0;
	u64 at = first;
	int err;

	for (left = 2 * MAX_ENTRIES; left && heads < 2; left--) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_binfmt, at, &v);
		if (err)
			return err;
		at = v.next - v.list_off;
		obj = orthros_obj_find(img, &binfmt_type, at);
		if (!obj)
			heads++;
		else if (heads)
			list_move_tail(&obj->list, objs);
	}
	return left ? 0 : orthros_bad(-EUCLEAN, "binfmt_misc: entries without an end");
}

static int read_binfmt_sb(struct orthros_image *img, const struct orthros_obj *sb)
{
	const struct orthros_sb_rec *sb_rec = sb->rec;
	struct orthros_binfmt_desc desc;
	struct orthros_obj *obj;
	u64 at, first = 0;
	int err;

	err = orthros_read_children(img, sb_rec->root, find_entry, &first);
	if (err || !first)
		return err;
	err = orthros_src_sym(img->src, "orthros_binfmt_desc", &at) ?:
	      orthros_src_read(img->src, at, &desc, sizeof(desc)) ?:
	      sort_entries(img, first);
	if (err)
		return err;
	orthros_for_each_obj(obj, img, &binfmt_type) {
		err = of_sb(obj, sb->src) ? read_entry(img, &desc, obj) : 0;
		if (err)
			return err;
	}
	return 0;
}

static bool is_binfmt(const struct orthros_obj *sb)
{
	const struct orthros_sb_rec *rec = sb->rec;

	return rec->how == ORTHROS_FS_PSEUDO && !strcmp(rec->type, "binfmt_misc");
}

static int read_binfmt(struct orthros_image *img)
{
	struct orthros_obj *sb;
	int err;

	orthros_for_each_obj(sb, img, &orthros_sb_type) {
		err = is_binfmt(sb) ? read_binfmt_sb(img, sb) : 0;
		if (err)
			return err;
	}
	return 0;
}

/* ---- building --------------------------------------------------------------- */

static int build_entry(struct orthros_image *img, struct super_block *sb,
		       const struct orthros_binfmt_rec *rec)
{
	struct file *file = NULL;
	struct path path;
	int err;

	if (rec->flags & ORTHROS_BINFMT_FILE) {
		err = orthros_dst_path(img, rec->vfsmount, rec->dentry, &path);
		if (err)
			return err;
		/* As open_exec() does. */
		file = dentry_open(&path, O_RDONLY | O_LARGEFILE | __FMODE_EXEC, current_cred());
		path_put(&path);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	err = orthros_binfmt_add(sb, rec, file);
	if (err && file)
		fput(file);
	return err;
}

static int build_binfmt_sb(struct orthros_image *img, const struct orthros_obj *sb)
{
	struct orthros_binfmt_desc desc;
	struct orthros_obj *obj;
	u8 status = 1;
	u64 at;
	int err;

	list_for_each_entry_reverse(obj, orthros_objs(img, &binfmt_type), list) {
		const struct orthros_binfmt_rec *rec = obj->rec;

		err = of_sb(obj, sb->src) ? build_entry(img, sb->dst, rec) : 0;
		if (err && !img->crashed)
			return orthros_fail(err, "binfmt_misc: %s", rec->name);
		if (err)
			pr_err("binfmt_misc: %s is lost: %pe\n", rec->name, ERR_PTR(err));
	}
	err = orthros_src_sym(img->src, "orthros_binfmt_desc", &at) ?:
	      orthros_src_read(img->src, at, &desc, sizeof(desc)) ?:
	      orthros_src_read(img->src, desc.status, &status, sizeof(status));
	if (!err && !status)
		orthros_binfmt_disable();
	return err ? orthros_fail(err, "binfmt_misc: status") : 0;
}

/* Files are there, though without their contents. */
static int build_binfmt(struct orthros_image *img)
{
	struct orthros_obj *sb;
	int err;

	orthros_for_each_obj(sb, img, &orthros_sb_type) {
		err = is_binfmt(sb) && sb->dst ? build_binfmt_sb(img, sb) : 0;
		if (err)
			return err;
	}
	return 0;
}

const struct orthros_kind orthros_binfmt_kind = {
	.name	= "binfmt_misc",
	.tables	= ORTHROS_TABLES(&orthros_table_fs_binfmt, &orthros_table_fs_inode_private,
				 &orthros_table_fs_file_path),
	.read	= read_binfmt,
	.build	= build_binfmt,
};
