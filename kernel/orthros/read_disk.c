// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading file systems on disks. Their contents stay where they are: what is
 * noted is how to mount them, and which names and inodes are in use.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include "fs.h"

#define MAX_NOTES	1000

/* As in the super block on the disk. */
#define EXT4_COMPAT_HAS_JOURNAL		0x0004
#define EXT4_COMPAT_ORPHAN_FILE		0x1000
#define EXT4_INCOMPAT_MMP		0x0100
#define EXT4_INCOMPAT_ENCRYPT		0x10000
#define EXT4_RO_COMPAT_QUOTA		0x0100

/* Drivers whose disks come up in the other kernel by themselves. */
static bool is_known_disk(const struct orthros_image *img, u64 fops)
{
	static const char *const drivers[] = { "virtblk_fops", "sd_fops", NULL };
	u64 addr;
	int i;

	for (i = 0; drivers[i]; i++)
		if (!orthros_src_sym(img->src, drivers[i], &addr) && addr == fops)
			return true;
	return false;
}

/* What the source wrote about the super block before it asked us. */
static int read_note(struct orthros_image *img, u64 sb, struct orthros_sb_rec *rec)
{
	struct orthros_sb_note note;
	u64 head, at;
	int i, err;

	err = orthros_src_sym(img->src, "orthros_sb_notes", &head);
	if (!err)
		err = orthros_src_u64(img->src, head, &at);
	if (err)
		return err;
	for (i = 0; at && i < MAX_NOTES; i++, at = note.next) {
		u64 text = at + offsetof(struct orthros_sb_note, options);

		err = orthros_src_read(img->src, at, &note, sizeof(note));
		if (err)
			return err;
		if (note.sb != sb)
			continue;
		if (note.len >= sizeof(rec->options))
			return -E2BIG;
		err = orthros_src_read(img->src, text, rec->options, note.len);
		if (err)
			return err;
		rec->options[note.len] = '\0';
		/* They are shown to be added to others. */
		if (*rec->options == ',')
			memmove(rec->options, rec->options + 1, strlen(rec->options));
		return 0;
	}
	return orthros_bad(-EAGAIN, "%s on %s has just been mounted", rec->type, rec->disk);
}

/* Paths of the layers are looked up again, from the root of PID 1. */
static bool relative_layer(const char *options)
{
	static const char *const names[] = { "lowerdir=", "upperdir=", "workdir=", NULL };
	const char *at;
	int i;

	for (i = 0; names[i]; i++) {
		at = strstr(options, names[i]);
		if (at && at[strlen(names[i])] != '/')
			return true;
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
	int err = read_note(img, addr, rec);
	char *uuid;

	/* A finding of newer kernels, not a wish; others do not know it. */
	uuid = strstr(rec->options, ",uuid=null");
	if (!err && uuid)
		memmove(uuid, uuid + strlen(",uuid=null"),
			strlen(uuid + strlen(",uuid=null")) + 1);
	if (err == -E2BIG)
		return "with too long options";
	if (err)
		return ERR_PTR(err);
	rec->fs_info = v->fs_info;
	return relative_layer(rec->options) ? "with relative paths" : NULL;
}

#define MAX_LAYERS	1000

/*
 * It empties that directory when it is mounted. What is in there may have names
 * elsewhere, too: all that is deleted in an overlay is one device node.
 */
static void mark_scratch(struct orthros_image *img, u64 work)
{
	struct orthros_obj *obj, *up, *inode;

	orthros_for_each_obj(obj, img, ORTHROS_KIND_DENTRY) {
		struct orthros_dentry_rec *rec = obj->rec;
		const struct orthros_dentry_rec *dir;

		up = orthros_obj_find(img, ORTHROS_KIND_DENTRY, rec->parent);
		dir = up ? up->rec : NULL;
		if (rec->parent != work && !(dir && dir->flags & ORTHROS_DENTRY_SCRATCH))
			continue;
		rec->flags |= ORTHROS_DENTRY_SCRATCH;
		inode = orthros_obj_find(img, ORTHROS_KIND_INODE, rec->inode);
		if (inode)
			((struct orthros_inode_rec *)inode->rec)->flags |= ORTHROS_INODE_SCRATCH;
	}
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
	struct orthros_overlay_view v;
	struct orthros_layer_view layer;
	const struct orthros_sb_rec *sb;
	u32 i;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_overlay, rec->fs_info, &v);
	if (err)
		return ERR_PTR(err);
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
		/* It makes directories when it is mounted, which is before the commit. */
		if (!i && sb->how != ORTHROS_FS_ROOT && sb->how != ORTHROS_FS_TREE)
			return "that is written to a disk";
	}
	if (v.work)
		mark_scratch(img, v.work);
	return NULL;
}

static const char *check_ext4(struct orthros_image *img, const struct orthros_sb_view *v)
{
	struct orthros_ext4_view e;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_ext4, v->fs_info, &e);
	if (err)
		return ERR_PTR(err);
	/* Without one, deleted files that are in use cannot be found. */
	if (!(e.compat & EXT4_COMPAT_HAS_JOURNAL))
		return "without a journal";
	if (!e.journal)
		return "with its journal on another device";
	if (e.compat & EXT4_COMPAT_ORPHAN_FILE)
		return "with an orphan file";
	if (e.incompat & EXT4_INCOMPAT_MMP)
		return "with multiple mount protection";
	if (e.incompat & EXT4_INCOMPAT_ENCRYPT)
		return "with encryption";
	if (e.ro_compat & EXT4_RO_COMPAT_QUOTA || v->quota)
		return "with quotas";
	return NULL;
}

/**
 * orthros_disk_options() - how a file system on a disk is mounted
 * @img:	image
 * @addr:	address of the super block
 * @v:		what it says
 * @rec:	its record
 *
 * Return: NULL, what stands against it, or ERR_PTR().
 */
const char *orthros_disk_options(struct orthros_image *img, u64 addr,
				 const struct orthros_sb_view *v, struct orthros_sb_rec *rec)
{
	struct orthros_disk_view d;
	const char *why;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_disk, addr, &d);
	if (err)
		return ERR_PTR(err);
	if (!d.bdev)
		return "without a block device";
	if (!is_known_disk(img, d.fops))
		return "on a block device of another kind than virtio and SCSI disks";
	/* When it comes to the hop, it was us. */
	if (d.frozen && !img->frozen)
		return "that is frozen";
	if (!strcmp(rec->type, "ext4")) {
		why = check_ext4(img, v);
		if (why)
			return why;
	}
	strscpy(rec->disk, d.id, sizeof(rec->disk));
	memcpy(rec->uuid, d.uuid, sizeof(rec->uuid));
	err = read_note(img, addr, rec);
	if (err == -E2BIG)
		return "with too long options";
	return ERR_PTR(err);
}

/**
 * orthros_read_dinode() - read an inode of a file system on a disk
 * @f:		where it was found
 * @addr:	its address
 *
 * Return: 0, also if something of it was refused, or negative errno.
 */
int orthros_read_dinode(const struct orthros_fs_finder *f, u64 addr)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(f->img);
	struct orthros_dinode_view v = {};
	struct orthros_dinode_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(f->img, ORTHROS_KIND_DINODE, addr, f->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj) || !isnew)
		return PTR_ERR_OR_ZERO(obj);
	err = orthros_read_rec(&f->img->src->mem, &orthros_table_fs_dinode, addr, &v);
	if (err)
		return err;
	if (v.rec.sb != f->sb->src)
		return orthros_bad(-EUCLEAN, "inode %#llx: of another file system", addr);
	rec = obj->rec;
	*rec = v.rec;
	if (v.state & l->i_linkable)
		rec->flags |= ORTHROS_INODE_LINKABLE;
	return v.marks ? orthros_check_marks(f, v.marks) : 0;
}

/**
 * orthros_check_swap() - refuse a source that swaps
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_check_swap(struct orthros_image *img)
{
	u64 at, pages;
	int err;

	/* Without swapping there is no such symbol. */
	if (orthros_src_sym(img->src, "total_swap_pages", &at))
		return 0;
	err = orthros_src_u64(img->src, at, &pages);
	if (!err && pages)
		orthros_refuse(img, 0, "swap", "%llu pages of swap space", pages);
	return err;
}
