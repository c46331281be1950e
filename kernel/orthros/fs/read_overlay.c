// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading overlays: their options, what their layers are, and files that were
 * deleted but are in use, which are known by what they are in the upper layer.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/stat.h>
#include "fs_internal.h"

#define MAX_LAYERS	1000

/* Paths of the layers are looked up again, from the root of PID 1. */
static bool relative_layer(const char *options)
{
	static const char *const names[] = { "lowerdir=", "upperdir=", "workdir=", NULL };
	const char *at;
	int i;

	for (i = 0; names[i]; i++) {
		at = strstr(options, names[i]);
		if (!at)
			continue;
		at += strlen(names[i]);
		/* Two colons are before the layers that have data only. */
		for (;;) {
			if (*at != '/')
				return true;
			at += strcspn(at, ":,");
			if (*at != ':')
				break;
			at += strspn(at, ":");
		}
	}
	return false;
}

/**
 * orthros_overlay_options() - how an overlay is mounted
 * @img:	image
 * @addr:	address of the super block
 * @v:		what it says
 * @rec:	its record
 *
 * Return: NULL, what stands against it, or ERR_PTR().
 */
const char *orthros_overlay_options(struct orthros_image *img, u64 addr,
				    const struct orthros_sb_view *v, struct orthros_sb_rec *rec)
{
	const char *why = orthros_noted_options(img, addr, rec);
	char *uuid;

	if (why)
		return why;
	/* A finding of newer kernels, not a wish; others do not know it. */
	uuid = strstr(rec->options, ",uuid=null");
	if (uuid)
		memmove(uuid, uuid + strlen(",uuid=null"),
			strlen(uuid + strlen(",uuid=null")) + 1);
	rec->fs_info = v->fs_info;
	/* Escapes of the list of mounts are none of mount(2). */
	if (strchr(rec->options, '\\'))
		return "with blanks or the like in its paths";
	if (strstr(rec->options, "lowerdir+=") || strstr(rec->options, "datadir+="))
		return "with layers that were added one by one";
	/* A trace of it in the work directory forbids another mount. */
	if (orthros_has_option(rec->options, "volatile") ||
	    orthros_has_option(rec->options, "fsync=volatile"))
		return "that is volatile";
	return relative_layer(rec->options) ? "with relative paths" : NULL;
}

/**
 * orthros_check_overlay() - look at the layers of an overlay
 * @img:	image, with all super blocks
 * @rec:	the overlay's
 *
 * Return: NULL, what stands against it, or ERR_PTR().
 */
const char *orthros_check_overlay(struct orthros_image *img, const struct orthros_sb_rec *rec)
{
	struct orthros_dentry_view scratch;
	struct orthros_overlay_view v;
	struct orthros_layer_view layer;
	const struct orthros_sb_rec *sb;
	u32 i;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_overlay, rec->fs_info, &v);
	if (err)
		return ERR_PTR(err);
	/* It would be compared with the layers at each mount, and repaired. */
	if (v.work && v.index)
		return "with an index";
	if (v.work) {
		err = orthros_read_dentry_view(img, v.scratch, &scratch);
		if (err)
			return ERR_PTR(err);
		if (!scratch.hashed || scratch.parent != v.work)
			return "whose work directory is gone";
	}
	if (v.nr > MAX_LAYERS)
		return ERR_PTR(orthros_bad(-EUCLEAN, "overlay of %u layers", v.nr));
	for (i = 0; i < v.nr; i++) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_layer,
				       v.layers + (u64)i * v.size, &layer);
		if (err)
			return ERR_PTR(err);
		if (!layer.mnt)
			continue;
		sb = orthros_fs_sb(img, layer.sb);
		if (!sb || sb->how == ORTHROS_FS_REFUSED)
			return "with a layer outside of the mount tree";
		if (!i && sb->flags & ORTHROS_SB_RDONLY)
			return "whose upper layer is read-only";
	}
	return NULL;
}

/**
 * orthros_read_overlay_gone() - find the upper layer's file of a deleted one
 * @who:	who uses it
 * @v:		dentry of the overlay
 * @upper:	set: dentry in the upper layer, which was read; 0 if it cannot be
 *		carried
 *
 * What was once in a lower layer would lose its inode number.
 *
 * Return: 0 or negative errno.
 */
int orthros_read_overlay_gone(const struct orthros_finder *who,
			      const struct orthros_dentry_view *v, u64 *upper)
{
	struct orthros_image *img = who->img;
	const struct orthros_fs_layout_view *l = orthros_fs_layout(img);
	struct orthros_any_inode_view inode;
	struct orthros_ovl_inode_view o;
	struct orthros_dentry_view up;
	struct orthros_obj *sb;
	int err;

	*upper = 0;
	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_any_inode, v->inode, &inode);
	if (!err)
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_ovl_inode,
				       v->inode - l->ovl_inode_off, &o);
	if (err)
		return err;
	if (!S_ISREG(inode.mode) || !o.upper || o.lower)
		return 0;
	err = orthros_read_dentry_view(img, v->parent, &up);
	if (err)
		return err;
	if (!up.hashed && up.parent != v->parent)
		return 0;
	err = orthros_read_dentry_view(img, o.upper, &up);
	if (err)
		return err;
	sb = orthros_obj_find(img, &orthros_sb_type, up.sb);
	if (!sb || ((struct orthros_sb_rec *)sb->rec)->how == ORTHROS_FS_REFUSED)
		return 0;
	err = orthros_read_loose(who, sb, o.upper);
	if (!err)
		*upper = o.upper;
	return err;
}
