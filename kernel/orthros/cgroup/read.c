// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading control groups, version 2: the tree of their directories, and of the
 * files in them those that are not as all are.
 *
 * The list of groups is the queue of directories yet to be read, so parents come
 * before their children in it. No recursion.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/xattr.h>
#include "../fs/fs.h"
#include "cgroup_internal.h"
#include "group_inside.h"

#define MAX_GROUPS	SZ_64K
/* In a directory: files, and groups below. */
#define MAX_ENTRIES	SZ_128K
#define MAX_XATTRS	1024

#define LACKS		", which the other kernel has not"

#define env orthros_group_env

/* ---- attributes ------------------------------------------------------------- */

struct entry_walk {
	struct orthros_image *img;
	struct orthros_obj *group;
	const char *file;
	struct orthros_group_xattr_layout l;
	u64 dir;
};

static int read_xattr(struct entry_walk *w, u64 node)
{
	struct orthros_image *img = w->img;
	const u64 addr = node - w->l.node_off;
	struct orthros_cgroup_xattr_rec *rec;
	struct orthros_group_xattr_view v;
	char name[XATTR_NAME_MAX + 1];
	struct orthros_obj *obj;
	ssize_t len;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_group_xattr, addr, &v);
	if (err)
		return err;
	len = orthros_src_str(img->src, v.name, name, sizeof(name));
	if (len < 0)
		return len;
	if (v.size > XATTR_SIZE_MAX)
		return orthros_bad(-EUCLEAN, "extended attribute %#llx of %llu bytes", addr,
				   v.size);
	obj = orthros_obj_add(img, &orthros_cgroup_xattr_type, addr, 0,
			      sizeof(*rec) + len + 1 + v.size);
	if (IS_ERR(obj))
		return orthros_bad(PTR_ERR(obj), "extended attribute %#llx", addr);
	rec = obj->rec;
	rec->group = w->group->src;
	strscpy(rec->file, w->file, sizeof(rec->file));
	rec->name_len = len;
	rec->size = v.size;
	memcpy(rec->data, name, len + 1);
	return orthros_src_read(img->src, addr + w->l.value_off, rec->data + len + 1, v.size);
}

static int xattr_node(void *ctx, u64 node)
{
	return read_xattr(ctx, node);
}

static int read_xattrs(struct entry_walk *w, const struct orthros_group_attr_view *v)
{
	struct orthros_list_iter it;
	int err;

	err = orthros_read_rec(&w->img->src->mem, &orthros_table_group_xattr_layout, 0, &w->l);
	if (err)
		return err;
	if (!v->xattr_list)
		return orthros_src_rb_walk(w->img->src, v->xattr_rb, MAX_XATTRS, xattr_node, w);
	orthros_src_for_each(&it, w->img->src, v->xattr_list, MAX_XATTRS) {
		err = read_xattr(w, it.node);
		if (err)
			return err;
	}
	return it.err;
}

/* @file: its name; empty for the directory itself */
static int read_attr(struct orthros_image *img, struct orthros_obj *group, const char *file,
		     const struct orthros_group_node_view *node,
		     struct orthros_cgroup_attr_rec *rec)
{
	struct entry_walk w = { .img = img, .group = group, .file = file };
	struct orthros_group_attr_view v;
	int err;

	rec->id = node->id;
	rec->mode = node->mode & 07777;
	if (!node->iattr)
		return 0;
	err = orthros_read_rec(&img->src->mem, &orthros_table_group_attr, node->iattr, &v);
	if (err)
		return err;
	rec->changed = 1;
	rec->uid = v.uid;
	rec->gid = v.gid;
	memcpy(rec->atime, v.atime, sizeof(rec->atime));
	memcpy(rec->mtime, v.mtime, sizeof(rec->mtime));
	memcpy(rec->ctime, v.ctime, sizeof(rec->ctime));
	return read_xattrs(&w, &v);
}

/* ---- the tree --------------------------------------------------------------- */

static int read_name(struct orthros_image *img, u64 kn, char *name)
{
	struct orthros_group_name_view v;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_group_name, kn, &v);
	if (err)
		return err;
	if (!*v.name || strchr(v.name, '/') || strchr(v.name, '\n') || !strcmp(v.name, ".") ||
	    !strcmp(v.name, ".."))
		return orthros_bad(-EUCLEAN, "control group: bad name at %#llx", kn);
	strscpy(name, v.name, ORTHROS_CGROUP_NAME);
	return 0;
}

/* What the children of a group have. */
static int read_control(struct orthros_image *img, struct orthros_cgroup_rec *rec, u32 control)
{
	const struct orthros_finder who = orthros_of_machine(img);
	unsigned int i, len = 0;

	for (i = 0; i < env.nr_subsys; i++) {
		if (!(control & BIT(i)))
			continue;
		if (!orthros_cgroup_has_controller(orthros_controllers[i])) {
			orthros_refuse(&who, "control group %s: controller %s" LACKS,
				       rec->name, orthros_controllers[i]);
			continue;
		}
		len += scnprintf(rec->control + len, sizeof(rec->control) - len, " +%s",
				 orthros_controllers[i]);
	}
	return len < sizeof(rec->control) - 1 ? 0 :
	       orthros_bad(-E2BIG, "control group %s: controllers", rec->name);
}

static int read_psi(struct orthros_image *img, struct orthros_cgroup_stats *s, u64 psi)
{
	struct orthros_group_psi_view *v;
	unsigned int i, j, at;
	int err;

	if (!psi)
		return 0;
	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	err = orthros_read_rec(&img->src->mem, &orthros_table_group_psi, psi, v);
	/* The first half of the totals is of averages, the other of triggers. */
	for (i = 0; i < ORTHROS_CGROUP_PSI_NR; i++) {
		at = min_t(unsigned int, env.psi_states[i], ORTHROS_GROUP_PSI_STATES - 1);
		s->psi_total[i] = v->total[at];
		for (j = 0; j < 3; j++)
			s->psi_avg[i][j] = v->avg[3 * at + j];
	}
	kfree(v);
	return err;
}

/* @parent: its group, and @kn the directory; none for the root */
static int fill_group(struct orthros_image *img, struct orthros_obj *obj,
		      struct orthros_obj *parent, u64 kn)
{
	struct orthros_cgroup_rec *rec = obj->rec;
	struct orthros_group_node_view node;
	const u64 addr = obj->src;
	struct orthros_group_view v;
	int err;

	rec->mem_high = ~0ULL;
	rec->mem_max = ~0ULL;
	if (parent)
		rec->parent = parent->src;
	err = orthros_read_rec(&img->src->mem, &orthros_table_group, addr, &v);
	if (!err && kn && v.kn != kn)
		err = orthros_bad(-EUCLEAN, "control group %#llx: of another directory", addr);
	if (!err)
		err = orthros_read_rec(&img->src->mem, &orthros_table_group_node, v.kn, &node);
	if (!err && parent)
		err = read_name(img, v.kn, rec->name);
	if (!err)
		err = read_attr(img, obj, "", &node, &rec->attr);
	if (err)
		return err;
	if (parent && v.dom != addr)
		rec->flags |= ORTHROS_CGROUP_THREADED;
	if (v.notify || v.notified)
		rec->flags |= ORTHROS_CGROUP_EVENT;
	err = read_control(img, rec, v.control) ?:
	      read_psi(img, &rec->stats, parent ? v.psi : env.psi_system);
	if (!err && parent)
		err = orthros_read_settings(img, obj, &v);
	return err;
}

/* In a kernel that has failed, what does not hold is lost. */
static int or_lose(struct orthros_image *img, const char *name, int err)
{
	char text[ORTHROS_TEXT_LEN];

	if (!err || !img->crashed)
		return err;
	orthros_error_take(text, sizeof(text));
	pr_err("control group %s: some of it is lost: %s: %pe\n", name, text, ERR_PTR(err));
	return 0;
}

static int read_group(struct orthros_image *img, u64 addr, struct orthros_obj *parent, u64 kn)
{
	struct orthros_cgroup_rec *rec;
	struct orthros_obj *obj;
	int err;

	obj = orthros_obj_add(img, &orthros_cgroup_type, addr, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return orthros_bad(PTR_ERR(obj), "control group %#llx is in two places", addr);
	err = fill_group(img, obj, parent, kn);
	rec = obj->rec;
	obj->refused = parent && !*rec->name;
	return or_lose(img, rec->name, err);
}

static int read_file(struct entry_walk *w, u64 kn, const struct orthros_group_node_view *node)
{
	const struct orthros_finder who = orthros_of_machine(w->img);
	struct orthros_cgroup_file_rec *rec;
	struct orthros_obj *obj;
	int err;

	/* Nobody has changed anything of it. */
	if (!node->iattr)
		return 0;
	obj = orthros_obj_add(w->img, &orthros_cgroup_file_type, kn, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return orthros_bad(PTR_ERR(obj), "control groups: file %#llx", kn);
	rec = obj->rec;
	rec->group = w->group->src;
	err = read_name(w->img, kn, rec->name);
	if (err)
		return err;
	if (!orthros_cgroup_has_file(rec->name))
		return orthros_refuse(&who, "control group %s: owner of %s" LACKS,
				      orthros_group_rec(w->group)->name, rec->name);
	return read_attr(w->img, w->group, rec->name, node, &rec->attr);
}

static int read_entry(void *ctx, u64 rb)
{
	struct orthros_group_node_view node;
	struct entry_walk *w = ctx;
	const u64 kn = rb - env.rb_off;
	int err;

	err = orthros_read_rec(&w->img->src->mem, &orthros_table_group_node, kn, &node);
	if (err)
		return err;
	if (node.parent != w->dir)
		return orthros_bad(-EUCLEAN, "control groups: %#llx is not in %#llx", kn, w->dir);
	if (node.flags & env.kernfs_dir)
		return read_group(w->img, node.priv, w->group, kn);
	return read_file(w, kn, &node);
}

/**
 * orthros_read_groups() - read all groups
 * @img:	image
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_read_groups(struct orthros_image *img)
{
	struct orthros_group_node_view node;
	struct orthros_group_view v;
	struct orthros_obj *obj;
	unsigned int count = 0;
	int err;

	if (!env.root)
		return 0;
	err = read_group(img, env.root + env.cgrp_off, NULL, 0);
	if (err)
		return err;
	orthros_for_each_obj(obj, img, &orthros_cgroup_type) {
		struct entry_walk w = { .img = img, .group = obj };

		if (++count > MAX_GROUPS)
			return orthros_bad(-E2BIG, "more than %u control groups", MAX_GROUPS);
		err = orthros_read_rec(&img->src->mem, &orthros_table_group, obj->src, &v) ?:
		      orthros_read_rec(&img->src->mem, &orthros_table_group_node, v.kn, &node);
		w.dir = v.kn;
		if (!err)
			err = orthros_src_rb_walk(img->src, node.entries, MAX_ENTRIES, read_entry,
						  &w);
		err = or_lose(img, orthros_group_rec(obj)->name, err);
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_cgroup_is_root() - is a group of the source that of whom nobody has moved?
 * @cgroup:	address of the group
 */
bool orthros_cgroup_is_root(u64 cgroup)
{
	return cgroup == env.root + env.cgrp_off;
}

/**
 * orthros_cgroup_known() - was a group of the source read?
 * @img:	image
 * @cgroup:	address of the group
 *
 * Return: false if it is not there, or was made while the source ran.
 */
bool orthros_cgroup_known(struct orthros_image *img, u64 cgroup)
{
	return orthros_obj_find(img, &orthros_cgroup_type, cgroup);
}

/* ---- files that are open or watched ----------------------------------------- */

/* They keep their numbers, and must be there. */
static int gather_file(struct orthros_image *img, u64 inode)
{
	const struct orthros_finder who = orthros_of_machine(img);
	struct orthros_group_node_view node, dir;
	struct orthros_cgroup_file_rec *rec;
	struct orthros_group_inode_view i;
	struct orthros_obj *obj, *group;
	bool isnew;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_group_inode, inode, &i) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_group_node, i.kn, &node);
	if (err || node.flags & env.kernfs_dir)
		return err;
	err = orthros_read_rec(&img->src->mem, &orthros_table_group_node, node.parent, &dir);
	if (err)
		return err;
	group = orthros_obj_find(img, &orthros_cgroup_type, dir.priv);
	if (!group)
		return orthros_bad(-EUCLEAN, "control groups: file %#llx of no group", i.kn);
	obj = orthros_obj_get(img, &orthros_cgroup_file_type, i.kn, 0, sizeof(*rec), &isnew);
	if (IS_ERR(obj) || !isnew)
		return PTR_ERR_OR_ZERO(obj);
	rec = obj->rec;
	rec->group = group->src;
	err = read_name(img, i.kn, rec->name);
	if (err)
		return err;
	if (!orthros_cgroup_has_file(rec->name))
		return orthros_refuse(&who, "control group %s: %s is in use" LACKS,
				      orthros_group_rec(group)->name, rec->name);
	return read_attr(img, group, rec->name, &node, &rec->attr);
}

/**
 * orthros_gather_groups() - read what files of groups are in use
 * @img:	image; all processes are read
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_gather_groups(struct orthros_image *img)
{
	const struct orthros_dentry_rec *rec;
	const struct orthros_sb_rec *sb;
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_dentry_type) {
		rec = obj->rec;
		sb = orthros_fs_sb(img, rec->sb);
		if (!sb || strcmp(sb->type, "cgroup2"))
			continue;
		err = or_lose(img, "", gather_file(img, rec->inode));
		if (err && img->frozen)
			return err;
	}
	return 0;
}
