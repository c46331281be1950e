// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading file systems on disks. Their contents stay where they are: what is
 * noted is how to mount them, and which names and inodes are in use.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include "fs_internal.h"

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
	struct orthros_sb_options note;
	u64 head, at;
	int i, err;

	err = orthros_src_sym(img->src, "orthros_sb_options_list", &head);
	if (!err)
		err = orthros_src_u64(img->src, head, &at);
	if (err)
		return err;
	for (i = 0; at && i < MAX_NOTES; i++, at = note.next) {
		u64 text = at + offsetof(struct orthros_sb_options, options);

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
	if (img->crashed && *rec->disk) {
		pr_warn("%s: mounted too late to know by which options\n", rec->disk);
		return 0;
	}
	return orthros_bad(-EAGAIN, "%s%s%s has just been mounted", rec->type,
			   *rec->disk ? " on " : "", rec->disk);
}

/**
 * orthros_has_option() - is an option among those of a mount?
 * @options:	separated by commas
 * @name:	an option without a value
 *
 * Return: true if so.
 */
bool orthros_has_option(const char *options, const char *name)
{
	size_t len = strlen(name);
	const char *at = options;

	while ((at = strstr(at, name))) {
		if ((at == options || at[-1] == ',') && (!at[len] || at[len] == ','))
			return true;
		at += len;
	}
	return false;
}

/**
 * orthros_noted_options() - options that the source wrote down
 * @img:	image
 * @addr:	address of the super block
 * @rec:	its record: @options is set
 *
 * Return: NULL, what stands against it, or ERR_PTR().
 */
const char *orthros_noted_options(struct orthros_image *img, u64 addr,
				  struct orthros_sb_rec *rec)
{
	int err = read_note(img, addr, rec);

	return err == -E2BIG ? "with too long options" : ERR_PTR(err);
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

static const char *check_xfs(struct orthros_image *img, const struct orthros_sb_view *v)
{
	struct orthros_xfs_view x;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_xfs, v->fs_info, &x);
	if (err)
		return ERR_PTR(err);
	if (x.log != x.disk)
		return "with its log on another device";
	if (x.realtime)
		return "with a realtime device";
	if (x.quota)
		return "with quotas";
	return NULL;
}

/* What stands against the file system as such, NULL, or ERR_PTR(). */
static const struct {
	const char *type;
	const char *(*check)(struct orthros_image *img, const struct orthros_sb_view *v);
} disk_checks[] = {
	{ "ext4", check_ext4 },
	{ "xfs", check_xfs },
};

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
	int i, err;

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
	for (i = 0; i < ARRAY_SIZE(disk_checks); i++) {
		if (strcmp(disk_checks[i].type, rec->type))
			continue;
		why = disk_checks[i].check(img, v);
		if (why)
			return why;
	}
	strscpy(rec->disk, d.id, sizeof(rec->disk));
	memcpy(rec->uuid, d.uuid, sizeof(rec->uuid));
	return orthros_noted_options(img, addr, rec);
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
	const struct orthros_fs_layout_view *l = orthros_fs_layout(f->who.img);
	struct orthros_dinode_view v = {};
	struct orthros_dinode_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(f->who.img, &orthros_dinode_type, addr, f->who.pid, sizeof(*rec),
			      &isnew);
	if (IS_ERR(obj) || !isnew)
		return PTR_ERR_OR_ZERO(obj);
	err = orthros_read_rec(&f->who.img->src->mem, &orthros_table_fs_dinode, addr, &v);
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
	const struct orthros_finder who = { .img = img, .comm = "swap" };
	u64 at, pages;
	int err;

	/* Without swapping there is no such symbol. */
	if (orthros_src_sym(img->src, "total_swap_pages", &at))
		return 0;
	err = orthros_src_u64(img->src, at, &pages);
	if (!err && pages)
		orthros_refuse(&who, "%llu pages of swap space", pages);
	return err;
}
