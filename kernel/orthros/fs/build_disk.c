// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rebuilding file systems on disks. The source has frozen them, so they are
 * clean; they are mounted read-only, so that nothing is written before the
 * commit, and become writable with it. Those of a kernel that has failed are
 * mounted as after a power failure, with what can be saved of them. Files are
 * opened by names that are checked against the inodes, and by inode where there
 * is no name any more.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/namei.h>
#include <linux/orthros.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include <linux/part_stat.h>
#include <linux/slab.h>
#include <fs/internal.h>
#include "disk_type.h"
#include "fs_internal.h"

/**
 * struct disk - a file system on a disk that is being carried
 * @list:	in disks
 * @type:	of the file system
 * @obj:	SB object; gone when the image is
 * @sb:		super block
 * @writes:	that its device had seen when it was mounted
 * @held:	an active reference is held: processes may unmount it
 * @writable:	it got so
 */
struct disk {
	struct list_head list;
	const struct orthros_disk_type *type;
	struct orthros_obj *obj;
	struct super_block *sb;
	unsigned long writes;
	bool held;
	bool writable;
};

/* A deleted file that somebody may use. */
struct orphan {
	struct list_head list;
	struct inode *inode;
};

/* Used by one task at a time: the one that rebuilds, then that in the background. */
static LIST_HEAD(disks);
static LIST_HEAD(orphans);

/**
 * orthros_find_disk() - find a block device
 * @name:	as the source calls it, "vda1"
 *
 * Return: the device with a reference to its bd_device, or ERR_PTR(-ENODEV).
 */
struct block_device *orthros_find_disk(const char *name)
{
	struct device *device;
	int err = orthros_need_disk(name, 0);

	if (err)
		return ERR_PTR(orthros_fail(err, "disk %s: %s", name,
					    orthros_devices_error()));
	device = class_find_device_by_name(&block_class, name);
	if (!device)
		return ERR_PTR(orthros_fail(-ENODEV, "disk %s", name));
	return dev_to_bdev(device);
}

static int keep_orphan(struct inode *inode)
{
	struct orphan *o = kmalloc(sizeof(*o), GFP_KERNEL);

	if (!o)
		return -ENOMEM;
	o->inode = inode;
	list_add_tail(&o->list, &orphans);
	return 0;
}

/* Without a name: deleted, or found by a file handle only. */
static struct dentry *nameless(struct super_block *sb, struct dentry *parent,
			       const struct orthros_dentry_rec *rec,
			       const struct orthros_dinode_rec *irec)
{
	struct inode *inode = orthros_disk_iget(sb, irec->ino, irec->generation);
	struct qstr name = QSTR_INIT(rec->name, rec->name_len);
	struct dentry *dentry;

	if (IS_ERR(inode))
		return ERR_CAST(inode);
	if (!parent)
		return d_obtain_alias(inode);
	/* It stays unhashed: it cannot be looked up, but says what its name was. */
	dentry = d_alloc(parent, &name);
	if (!dentry) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	d_instantiate(dentry, inode);
	return dentry;
}

static int build_name(struct orthros_image *img, struct super_block *sb, struct orthros_obj *obj)
{
	const struct orthros_dentry_rec *rec = obj->rec;
	struct orthros_obj *up = orthros_obj_find(img, &orthros_dentry_type, rec->parent);
	struct orthros_obj *iobj = orthros_obj_find(img, &orthros_dinode_type, rec->inode);
	const struct orthros_dinode_rec *irec = iobj->rec;
	struct dentry *dentry;
	struct inode *inode;
	bool remade = false;

	if (rec->flags & ORTHROS_DENTRY_ROOT)
		dentry = dget(sb->s_root);
	else if (rec->flags & ORTHROS_DENTRY_INTERNAL)
		dentry = nameless(sb, NULL, rec, irec);
	else if (!up || !up->dst)
		dentry = ERR_PTR(-ENOENT);
	else if (rec->flags & ORTHROS_DENTRY_UNLINKED)
		dentry = nameless(sb, up->dst, rec, irec);
	else
		dentry = lookup_positive_unlocked(rec->name, up->dst, rec->name_len);
	if (img->crashed && IS_ERR(dentry) && up && up->dst) {
		dentry = orthros_remake(img, up->dst, rec, irec);
		remade = !IS_ERR(dentry);
	}
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	inode = d_inode(dentry);
	if (!remade && !orthros_same_dinode(inode, irec)) {
		dput(dentry);
		return -ESTALE;
	}
	orthros_obj_built(obj, dentry);
	if (img->crashed && rec->flags & ORTHROS_DENTRY_UNLINKED && !irec->nlink &&
	    inode->i_nlink && up && up->dst)
		orthros_remove_again(up->dst, rec, inode);
	if (irec->flags & ORTHROS_INODE_LINKABLE && !inode->i_nlink) {
		spin_lock(&inode->i_lock);
		inode->i_state |= I_LINKABLE;
		spin_unlock(&inode->i_lock);
	}
	/* As rmdir() leaves it: empty, and nothing can be made in it. */
	if (S_ISDIR(inode->i_mode) && !inode->i_nlink) {
		i_size_write(inode, irec->size);
		inode->i_flags |= S_DEAD;
	}
	orthros_obj_built(iobj, inode);
	return 0;
}

/**
 * orthros_build_disk() - find all names and inodes that are in use
 * @img:	image
 * @obj:	SB object, with @dst set: just mounted, read-only
 *
 * Return: 0 or negative errno.
 */
int orthros_build_disk(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_sb_rec *rec = obj->rec;
	struct super_block *sb = obj->dst;
	const struct orthros_disk_type *type = orthros_disk_type_of(sb);
	struct orthros_obj *dentry;
	struct disk *disk;
	int err;

	if (!type)
		return orthros_fail(-EOPNOTSUPP, "%s on %s", rec->type, rec->disk);
	if (memcmp(&sb->s_uuid, rec->uuid, sizeof(rec->uuid)))
		return orthros_fail(-ESTALE, "%s has another file system", rec->disk);
	disk = kzalloc(sizeof(*disk), GFP_KERNEL);
	if (!disk)
		return -ENOMEM;
	disk->type = type;
	disk->obj = obj;
	disk->sb = sb;
	disk->writes = part_stat_read(sb->s_bdev, ios[STAT_WRITE]);
	list_add_tail(&disk->list, &disks);

	/* For those who open files to write; see orthros_commit_disks(). */
	if (!(rec->flags & ORTHROS_SB_RDONLY)) {
		sb->s_flags &= ~SB_RDONLY;
		err = disk->type->prepare(sb, keep_orphan);
		if (err)
			return orthros_fail(err, "deleted files on %s", rec->disk);
	}
	orthros_for_each_obj(dentry, img, &orthros_dentry_type) {
		const struct orthros_dentry_rec *drec = dentry->rec;

		if (drec->sb != obj->src)
			continue;
		err = build_name(img, sb, dentry);
		if (err && img->crashed)
			pr_err("%s: %s is lost: %pe\n", rec->disk, drec->name, ERR_PTR(err));
		else if (err)
			return orthros_fail(err, "%s on %s", drec->name, rec->disk);
	}
	return 0;
}

static int verify_dinode(const struct orthros_obj *obj)
{
	const struct orthros_dinode_rec *rec = obj->rec;
	const struct inode *inode = obj->dst;

	if (!inode)
		return orthros_fail(-EUCLEAN, "inode %llu was not found", rec->ino);
	/* The size of a directory is not always kept where all look for it. */
	if (inode->i_mode != rec->mode || inode->i_nlink != rec->nlink ||
	    (!S_ISDIR(rec->mode) && i_size_read(inode) != rec->size))
		return orthros_fail(-EUCLEAN,
				    "inode %llu: mode %#o, %u names, %lld bytes, not %#o, %u, %lld",
				    rec->ino, inode->i_mode, inode->i_nlink, i_size_read(inode),
				    rec->mode, rec->nlink, rec->size);
	return 0;
}

/**
 * orthros_verify_disks() - files are what they were, and nothing was written
 * @img:	image
 *
 * Return: 0 or -EUCLEAN.
 */
int orthros_verify_disks(struct orthros_image *img)
{
	struct orthros_obj *obj;
	struct disk *disk;
	unsigned long writes;
	int err;

	/* Files are what could be saved of them. */
	if (img->crashed)
		return 0;
	orthros_for_each_obj(obj, img, &orthros_dinode_type) {
		err = verify_dinode(obj);
		if (err)
			return err;
	}
	list_for_each_entry(disk, &disks, list) {
		writes = part_stat_read(disk->sb->s_bdev, ios[STAT_WRITE]);
		if (writes != disk->writes)
			return orthros_fail(-EUCLEAN, "%s was written to before the commit",
					    disk->sb->s_id);
	}
	return 0;
}

static int make_writable(const struct disk *disk)
{
	const struct orthros_sb_rec *rec = disk->obj->rec;
	struct super_block *sb = disk->sb;
	struct fs_context *fc;
	int err;

	sb->s_flags |= SB_RDONLY;
	err = orthros_fail_point(ORTHROS_TS_COMMIT);
	if (err)
		return err;
	fc = fs_context_for_reconfigure(sb->s_root, 0, SB_RDONLY);
	if (IS_ERR(fc))
		return PTR_ERR(fc);
	if (disk->type->sticky && orthros_has_option(rec->options, disk->type->sticky))
		err = vfs_parse_fs_string(fc, disk->type->sticky, NULL, 0);
	if (!err) {
		orthros_mounting_disk(NULL, true);
		down_write(&sb->s_umount);
		err = reconfigure_super(fc);
		up_write(&sb->s_umount);
		orthros_mounting_disk(NULL, false);
	}
	put_fs_context(fc);
	return err;
}

#ifdef CONFIG_OVERLAY_FS
static void commit_overlays(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_sb_type) {
		const struct orthros_sb_rec *rec = obj->rec;

		if (!obj->dst || strcmp(rec->type, "overlay"))
			continue;
		err = orthros_overlay_commit(obj->dst);
		if (err)
			pr_err("work directory of an overlay: %pe\n", ERR_PTR(err));
	}
}
#endif

/**
 * orthros_commit_disks() - let processes write to disks again
 * @img:	image
 *
 * What cannot be made writable stays as if it were mounted read-only, and says
 * so to those who write to their files, with EROFS or EIO.
 *
 * Context: process context, after the commit, before the processes run.
 */
void orthros_commit_disks(struct orthros_image *img)
{
	struct disk *disk;
	char text[128];
	int err;

	list_for_each_entry(disk, &disks, list) {
		const struct orthros_sb_rec *rec = disk->obj->rec;

		atomic_inc(&disk->sb->s_active);
		disk->held = true;
		if (rec->flags & ORTHROS_SB_RDONLY)
			continue;
		/* It was mounted so, since there is no way back. */
		err = img->crashed ? 0 : make_writable(disk);
		disk->writable = !err;
		if (err) {
			snprintf(text, sizeof(text), "%s on %s stays read-only: error %d",
				 rec->type, rec->disk, err);
			pr_err("%s\n", text);
			orthros_set_last_error("%s", text);
			if (disk->type->give_up)
				disk->type->give_up(disk->sb);
		}
	}
#ifdef CONFIG_OVERLAY_FS
	commit_overlays(img);
#endif
}

/**
 * orthros_settle_disks() - page cache and deleted files
 * @img:	image
 *
 * Context: process context, after the commit, when the processes run and the
 * source's memory is still there.
 */
void orthros_settle_disks(struct orthros_image *img)
{
	struct disk *disk, *next_disk;
	struct orphan *o, *next;

	list_for_each_entry(disk, &disks, list)
		pr_info("%s: %lu pages of files kept\n", disk->sb->s_id,
			orthros_cache_adopt_rest(img, disk->obj));
	list_for_each_entry_safe(o, next, &orphans, list) {
		/* One that cannot be deleted would only be forgotten. */
		if (sb_rdonly(o->inode->i_sb))
			continue;
		orthros_disk_type_of(o->inode->i_sb)->drop_orphan(o->inode);
		list_del(&o->list);
		kfree(o);
	}
	list_for_each_entry_safe(disk, next_disk, &disks, list) {
		if (disk->held)
			deactivate_super(disk->sb);
		list_del(&disk->list);
		kfree(disk);
	}
}
