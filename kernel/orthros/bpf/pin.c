// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is pinned in a file system of BPF, which is mounted empty.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include "../fs/fs.h"
#include "bpf_internal.h"
#include "pin_inside.h"

#define MAX_PINS	65536

static const struct orthros_type pin_type = {
	.name = "BPF pin",
	.cost = sizeof(struct orthros_bpf_pin_rec),
};

/* ---- reading ---------------------------------------------------------------- */

struct dir {
	const struct orthros_obj *sb;
	const char *path;	/* without a slash at its end */
};

static int read_target(const struct orthros_finder *who, struct orthros_bpf_pin_rec *rec,
		       const struct orthros_bpf_inode_view *v, u64 inode)
{
	const struct orthros_src *src = who->img->src;
	int err;

	rec->target = v->private;
	if (S_ISDIR(v->mode)) {
		rec->sort = ORTHROS_BPF_PIN_DIR;
		return 0;
	}
	if (orthros_src_is(src, v->op, "bpf_prog_iops")) {
		rec->sort = ORTHROS_BPF_PIN_PROG;
		err = orthros_bpf_use_prog(who, v->private, inode);
	} else if (orthros_src_is(src, v->op, "bpf_map_iops")) {
		rec->sort = ORTHROS_BPF_PIN_MAP;
		err = orthros_bpf_use_map(who, v->private, inode);
	} else {
		err = orthros_refused(who, "BPF link or symbolic link");
	}
	return err < 0 ? err : 0;
}

static int read_pin(struct orthros_image *img, u64 child, const struct orthros_dentry_view *v,
		    void *ctx)
{
	struct orthros_finder who = { .img = img, .comm = "mount" };
	const struct dir *dir = ctx;
	struct orthros_bpf_inode_view inode;
	struct orthros_bpf_pin_rec *rec;
	char what[NAME_MAX + 16];
	struct orthros_obj *obj;
	ssize_t len;
	int err;

	obj = orthros_obj_add(img, &pin_type, child, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->sb = dir->sb->src;
	err = orthros_read_rec(&img->src->mem, &orthros_table_bpf_inode, v->inode, &inode);
	if (err)
		return err;
	rec->mode = inode.mode;
	rec->uid = inode.uid;
	rec->gid = inode.gid;
	len = orthros_src_str(img->src, v->name, rec->name, sizeof(rec->name));
	if (len <= 0 || strchr(rec->name, '/'))
		return orthros_bad(len < 0 ? len : -EUCLEAN, "BPF pin: name");
	snprintf(what, sizeof(what), "pin %s", rec->name);
	who.what = what;
	if (strlen(dir->path) >= sizeof(rec->dir))
		return orthros_refuse(&who, "too deep");
	strscpy(rec->dir, dir->path, sizeof(rec->dir));
	return read_target(&who, rec, &inode, v->inode);
}

/* The list of pins is the queue of directories yet to be read. */
static int read_sb(struct orthros_image *img, const struct orthros_obj *sb)
{
	const struct orthros_sb_rec *sb_rec = sb->rec;
	struct dir dir = { .sb = sb, .path = "" };
	unsigned int count = 0;
	struct orthros_obj *obj;
	char path[sizeof_field(struct orthros_bpf_pin_rec, dir) + NAME_MAX + 2];
	int err;

	err = orthros_read_children(img, sb_rec->root, read_pin, &dir);
	if (err)
		return err;
	dir.path = path;
	orthros_for_each_obj(obj, img, &pin_type) {
		const struct orthros_bpf_pin_rec *rec = obj->rec;

		if (++count > MAX_PINS)
			return orthros_bad(-E2BIG, "more than %u BPF pins", MAX_PINS);
		if (rec->sb != sb->src || rec->sort != ORTHROS_BPF_PIN_DIR)
			continue;
		snprintf(path, sizeof(path), "%s/%s", rec->dir, rec->name);
		err = orthros_read_children(img, obj->src, read_pin, &dir);
		if (err)
			return err;
	}
	return 0;
}

static int read_pins(struct orthros_image *img)
{
	struct orthros_obj *sb;
	int err;

	orthros_for_each_obj(sb, img, &orthros_sb_type) {
		const struct orthros_sb_rec *rec = sb->rec;

		if (rec->how != ORTHROS_FS_PSEUDO || strcmp(rec->type, "bpf"))
			continue;
		err = read_sb(img, sb);
		if (err)
			return err;
	}
	return 0;
}

/* ---- building --------------------------------------------------------------- */

static int build_pin(struct orthros_image *img, const struct orthros_bpf_pin_rec *rec)
{
	struct orthros_obj *sb = orthros_obj_find(img, &orthros_sb_type, rec->sb);
	struct orthros_obj *map;
	struct bpf_prog *prog;
	int err;

	if (!sb || !sb->dst)
		return -ENOENT;
	switch (rec->sort) {
	case ORTHROS_BPF_PIN_PROG:
		prog = orthros_bpf_dst_prog(img, rec->target);
		if (IS_ERR(prog))
			return PTR_ERR(prog);
		err = orthros_bpf_make_pin(sb->dst, rec, prog);
		if (err)
			bpf_prog_put(prog);
		return err;
	case ORTHROS_BPF_PIN_MAP:
		map = orthros_obj_find(img, &orthros_bpf_map_type, rec->target);
		if (!map || !map->dst)
			return -ENOENT;
		bpf_map_inc_with_uref(map->dst);
		err = orthros_bpf_make_pin(sb->dst, rec, map->dst);
		if (err)
			bpf_map_put_with_uref(map->dst);
		return err;
	default:
		return orthros_bpf_make_pin(sb->dst, rec, NULL);
	}
}

static int build_pins(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &pin_type) {
		const struct orthros_bpf_pin_rec *rec = obj->rec;

		err = build_pin(img, rec);
		if (err && !img->crashed)
			return orthros_fail(err, "BPF pin %s", rec->name);
		if (err)
			pr_err("BPF pin %s is lost: %pe\n", rec->name, ERR_PTR(err));
	}
	return 0;
}

const struct orthros_kind orthros_bpf_pin_kind = {
	.name	= "BPF pins",
	.tables	= ORTHROS_TABLES(&orthros_table_bpf_inode),
	.read	= read_pins,
	.build	= build_pins,
};
