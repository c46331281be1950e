// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rebuilding file systems on disks. The source has frozen them, so they are
 * clean; they are mounted read-only, so that nothing is written before the
 * commit, and become writable with it. Files are opened by names that are
 * checked against the inodes, and by inode where there is no name any more.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/blkdev.h>
#include <linux/exportfs.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/namei.h>
#include <linux/orthros.h>
#include <linux/orthros/devices.h>
#include <linux/orthros/platform.h>
#include <linux/part_stat.h>
#include <linux/slab.h>
#include <fs/internal.h>
#include "core.h"
#include "ext4_orphan.h"
#include "fs.h"

/**
 * struct disk - a file system on a disk that is being carried
 * @list:	in disks
 * @obj:	SB object; gone when the image is
 * @sb:		super block
 * @writes:	that its device had seen when it was mounted
 * @held:	an active reference is held: processes may unmount it
 * @writable:	it got so
 */
struct disk {
	struct list_head list;
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
static bool keeping;

/**
 * orthros_keep_orphans() - is this a mount that must not delete anything?
 *
 * Called by ext4, which else would clear its list of orphans while it mounts,
 * and refuse to become writable with some in it.
 *
 * Return: true if it is one of a hop.
 */
bool orthros_keep_orphans(void)
{
	return READ_ONCE(keeping);
}

/**
 * orthros_mounting_disk() - begin or end of a mount for which that is true
 * @on:		begin
 */
void orthros_mounting_disk(bool on)
{
	WRITE_ONCE(keeping, on);
}

/**
 * orthros_find_disk() - number of a block device
 * @name:	as the source calls it, "vda1"
 * @dev:	set
 *
 * Return: 0, or -ENODEV.
 */
int orthros_find_disk(const char *name, dev_t *dev)
{
	struct device *device;
	int err = orthros_need_disk(name, 0);

	if (err)
		return orthros_fail(err, "disk %s: %s", name, orthros_devices_error());
	device = class_find_device_by_name(&block_class, name);
	if (!device)
		return orthros_fail(-ENODEV, "disk %s", name);
	*dev = device->devt;
	put_device(device);
	return 0;
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

static bool is_ext4(const struct super_block *sb)
{
	return IS_ENABLED(CONFIG_EXT4_FS) && !strcmp(sb->s_type->name, "ext4");
}

/**
 * orthros_disk_iget() - find an inode by number
 * @sb:		super block
 * @ino:	number
 * @generation:	of the inode
 *
 * Return: the inode with a reference, or ERR_PTR().
 */
struct inode *orthros_disk_iget(struct super_block *sb, u64 ino, u32 generation)
{
#ifdef CONFIG_EXT4_FS
	if (is_ext4(sb))
		return orthros_ext4_iget(sb, ino, generation);
#endif
	return ERR_PTR(-EOPNOTSUPP);
}

static bool same_inode(const struct inode *inode, const struct orthros_dinode_rec *rec)
{
	return inode->i_ino == rec->ino && inode->i_generation == rec->generation &&
	       !((inode->i_mode ^ rec->mode) & S_IFMT);
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
	struct orthros_obj *up = orthros_obj_find(img, ORTHROS_KIND_DENTRY, rec->parent);
	struct orthros_obj *iobj = orthros_obj_find(img, ORTHROS_KIND_DINODE, rec->inode);
	const struct orthros_dinode_rec *irec = iobj->rec;
	struct dentry *dentry;
	struct inode *inode;

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
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	obj->dst = dentry;
	inode = d_inode(dentry);
	if (!same_inode(inode, irec))
		return -ESTALE;
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
	iobj->dst = inode;
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
	struct orthros_obj *dentry;
	struct disk *disk;
	int err = 0;

	if (memcmp(&sb->s_uuid, rec->uuid, sizeof(rec->uuid)))
		return orthros_fail(-ESTALE, "%s has another file system", rec->disk);
	disk = kzalloc(sizeof(*disk), GFP_KERNEL);
	if (!disk)
		return -ENOMEM;
	disk->obj = obj;
	disk->sb = sb;
	disk->writes = part_stat_read(sb->s_bdev, ios[STAT_WRITE]);
	list_add_tail(&disk->list, &disks);

	/* For those who open files to write; see orthros_commit_disks(). */
	if (!(rec->flags & ORTHROS_SB_RDONLY)) {
		sb->s_flags &= ~SB_RDONLY;
#ifdef CONFIG_EXT4_FS
		if (is_ext4(sb))
			err = orthros_ext4_prepare(sb, keep_orphan);
#endif
		if (err)
			return orthros_fail(err, "deleted files on %s", rec->disk);
	}
	orthros_for_each_obj(dentry, img, ORTHROS_KIND_DENTRY) {
		const struct orthros_dentry_rec *drec = dentry->rec;

		if (drec->sb != obj->src)
			continue;
		err = build_name(img, sb, dentry);
		if (err)
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
	if (inode->i_mode != rec->mode || inode->i_nlink != rec->nlink ||
	    i_size_read(inode) != rec->size)
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

	orthros_for_each_obj(obj, img, ORTHROS_KIND_DINODE) {
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

static int make_writable(struct super_block *sb)
{
	struct fs_context *fc;
	int err;

	sb->s_flags |= SB_RDONLY;
	fc = fs_context_for_reconfigure(sb->s_root, 0, SB_RDONLY);
	if (IS_ERR(fc))
		return PTR_ERR(fc);
	orthros_mounting_disk(true);
	down_write(&sb->s_umount);
	err = reconfigure_super(fc);
	up_write(&sb->s_umount);
	orthros_mounting_disk(false);
	put_fs_context(fc);
	return err;
}

/**
 * orthros_commit_disks() - let processes write to disks again
 * @img:	image
 *
 * What cannot be made writable stays as if it were mounted read-only, and says
 * so to those who write to their files.
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
		err = make_writable(disk->sb);
		disk->writable = !err;
		if (err) {
			snprintf(text, sizeof(text), "%s on %s stays read-only: error %d",
				 rec->type, rec->disk, err);
			pr_err("%s\n", text);
			orthros_note_error(text);
		}
	}
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
#ifdef CONFIG_EXT4_FS
		orthros_ext4_drop_orphan(o->inode);
#endif
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
