// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are opened again by their path: regular files and directories,
 * also unlinked ones, O_PATH, memory devices, and the files of proc, sysfs and
 * the other file systems that every kernel makes for itself.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/kernfs.h>
#include <linux/limits.h>
#include <linux/orthros/devices.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <uapi/linux/magic.h>
#include "../core/member.h"
#include "files_internal.h"
#include "proc_tables.h"

struct dir_pos {
	u64 offset;	/* that is looked for */
	u64 best;	/* the highest one that is not above it */
	s64 count;	/* names before that one */
	s64 seen;
};

static int count_name(struct orthros_image *img, u64 child, const struct orthros_dentry_view *v,
		      void *ctx)
{
	struct orthros_fdentry_view *view;
	struct dir_pos *pos = ctx;
	int err;

	view = kmalloc(sizeof(*view), GFP_KERNEL);
	if (!view)
		return -ENOMEM;
	err = orthros_read_rec(&img->src->mem, &orthros_table_fdentry, child, view);
	if (!err && view->fsdata <= pos->offset && view->fsdata > pos->best) {
		pos->best = view->fsdata;
		pos->count = pos->seen;
	}
	kfree(view);
	pos->seen++;
	return err;
}

/*
 * How far a directory of names in memory has been read. The number means
 * something else in each kernel: names so far, or the offset of the next one,
 * which every name keeps. All list the names in the order of the dentries.
 */
static int read_dir_pos(const struct orthros_finder *who, struct orthros_file_rec *rec,
			const struct orthros_file_view *view)
{
	bool offsets = orthros_src_is(who->img->src, view->f_op, "simple_offset_dir_operations");
	struct dir_pos pos = { .offset = view->pos };
	struct orthros_dir_consts c;
	int err;

	if (!offsets && !orthros_src_is(who->img->src, view->f_op, "simple_dir_operations"))
		return 0;
	rec->quirks |= ORTHROS_FILE_DIR_COUNT;
	if (!offsets || view->pos <= 2)
		return 0;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_dir_consts, 0, &c);
	if (err)
		return err;
	if (c.eod && view->pos >= c.eod) {
		rec->pos = ORTHROS_FILE_DIR_END;
		return 0;
	}
	err = orthros_read_children(who->img, view->dentry, count_name, &pos);
	if (err)
		return err;
	rec->pos = pos.best ? pos.count + 2 : ORTHROS_FILE_DIR_END;
	return 0;
}

/*
 * Who opened a block device with O_EXCL holds it: the file itself is the
 * holder, which the file or, in older kernels, the device knows.
 */
static int read_blk(const struct orthros_finder *who, struct orthros_file_rec *rec, u64 file,
		    const struct orthros_file_view *view, dev_t rdev)
{
	struct orthros_blkdev_view v;
	int err;

	if (!orthros_disk_known(rdev))
		return orthros_refused(who, "block device %u:%u", MAJOR(rdev), MINOR(rdev));
	if (!view->private_data)
		return 0;
	v.holder = view->private_data;
	if (v.holder != file) {
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_blkdev,
				       view->private_data, &v);
		if (err)
			return err;
	}
	if (v.holder == file)
		rec->quirks |= ORTHROS_FILE_BLK_EXCL;
	return 0;
}

/* Has it been read since it was last told that it changed? */
static int read_news(const struct orthros_finder *who, struct orthros_file_rec *rec, u64 seq)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_kernfs_event_view v;
	struct orthros_trigger_view of;
	int err;

	err = orthros_read_rec(mem, &orthros_table_seq_private, seq, &of) ?:
	      orthros_read_rec(mem, &orthros_table_kernfs_event, of.private, &v);
	if (!err && v.seen && v.seen == v.now)
		rec->quirks |= ORTHROS_FILE_NO_NEWS;
	return err;
}

static int path_read(const struct orthros_finder *who, struct orthros_obj *obj,
		     const struct orthros_file_view *view,
		     const struct orthros_finode_view *inode)
{
	struct orthros_file_rec *rec = obj->rec;
	unsigned int before = who->img->refused;
	int err;

	if (inode->magic == PROC_SUPER_MAGIC) {
		err = orthros_proc_of_process(who->img, view->dentry);
		if (err)
			return err < 0 ? err : orthros_read_proc_file(who, obj, view);
	}
	if ((inode->magic == PROC_SUPER_MAGIC || inode->magic == CGROUP2_SUPER_MAGIC) &&
	    S_ISREG(inode->mode) && !(view->flags & O_PATH)) {
		err = orthros_check_trigger(who, view, inode->magic == PROC_SUPER_MAGIC);
		if (err)
			return err;
	}
	if (orthros_src_is(who->img->src, view->f_op, "kernfs_file_fops") &&
	    !(view->flags & O_PATH)) {
		err = read_news(who, rec, view->private_data);
		if (err)
			return err;
	}
	/* Made by the kernel itself, as a memfd is. */
	if (S_ISREG(inode->mode) && (view->flags & (O_ACCMODE | O_PATH)) == O_RDWR &&
	    !(view->mode & view->writer))
		rec->quirks |= ORTHROS_FILE_LETS_EXEC;
	if (orthros_src_is(who->img->src, view->f_op, "kmsg_fops"))
		rec->quirks |= ORTHROS_FILE_SEEK_END;
	if (S_ISBLK(inode->mode) && !(view->flags & O_PATH)) {
		err = read_blk(who, rec, obj->src, view, inode->rdev);
		if (err)
			return err;
	}
	if (S_ISDIR(inode->mode) && !(view->flags & O_PATH)) {
		err = read_dir_pos(who, rec, view);
		if (err)
			return err;
	}

	err = orthros_read_path(who, view->mnt, view->dentry);
	if (err < 0)
		return err;
	return err || who->img->refused != before ? ORTHROS_REFUSED : 0;
}

struct dir_skip {
	struct dir_context ctx;
	loff_t left;
};

static bool skip_name(struct dir_context *ctx, const char *name, int len, loff_t offset, u64 ino,
		      unsigned int type)
{
	struct dir_skip *skip = container_of(ctx, struct dir_skip, ctx);

	return skip->left-- > 0;
}

/* Nobody has looked at it, says its access time. */
static int read_names(struct file *file, struct dir_skip *skip)
{
	unsigned int flags = file->f_flags;
	int err;

	file->f_flags |= O_NOATIME;
	err = iterate_dir(file, &skip->ctx);
	file->f_flags = flags;
	return err;
}

/* A directory may keep a cursor beside the number: read it up to there. */
static int seek_dir(struct file *file, const struct orthros_file_rec *rec)
{
	struct dir_skip skip = { .ctx.actor = skip_name, .left = rec->pos };
	loff_t pos;

	if (!rec->pos)
		return 0;
	if (!(rec->quirks & ORTHROS_FILE_DIR_COUNT)) {
		/*
		 * The first read makes a cursor, of which ext4 believes that it
		 * is at 0: going back there would end where this one is.
		 */
		skip.left = 0;
		if (file_inode(file)->i_sb->s_magic == EXT4_SUPER_MAGIC)
			read_names(file, &skip);
		pos = vfs_llseek(file, rec->pos, SEEK_SET);
		return pos < 0 ? pos : 0;
	}
	return read_names(file, &skip);
}

static struct file *path_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct file *file;
	int err;

	if (S_ISBLK(rec->mode) && !(rec->flags & O_PATH)) {
		err = orthros_need_disk(NULL, new_decode_dev(rec->rdev));
		if (err)
			return ERR_PTR(orthros_fail(err, "%s", orthros_devices_error()));
	}
	file = orthros_open_path(img, rec, 0);
	if (IS_ERR(file) || rec->flags & O_PATH)
		return file;

	if (rec->quirks & ORTHROS_FILE_SEEK_END) {
		vfs_llseek(file, 0, SEEK_END);
	} else if (S_ISDIR(rec->mode)) {
		err = seek_dir(file, rec);
		if (err)
			pr_warn("directory position %lld is lost: %pe\n", rec->pos,
				ERR_PTR(err));
	} else {
		file->f_pos = rec->pos;
	}
	return file;
}

/*
 * One that was just opened looks as if it had changed, and did change while others were
 * built. The count of changes is private to kernfs, and so is the one that was seen.
 */
static void no_news(struct file *file)
{
	struct kernfs_open_file *of = ((struct seq_file *)file->private_data)->private;
	struct kernfs_open_node *on = rcu_access_pointer(of->kn->attr.open);
	u64 now;
	int err;

	err = orthros_dst_peek(on, "kernfs_open_node.event.counter", &now) ?:
	      orthros_dst_poke(of, "kernfs_open_file.event", now);
	if (err)
		pr_warn("%pD will look changed: %pe\n", file, ERR_PTR(err));
}

static void start_files(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		const struct orthros_file_rec *rec = obj->rec;

		if (obj->dst && obj->ops == &orthros_path_ops &&
		    rec->quirks & ORTHROS_FILE_NO_NEWS)
			no_news(obj->dst);
	}
}

const struct orthros_file_ops orthros_path_ops = {
	.name	= "file",
	.read	= path_read,
	.build	= path_build,
};

#define PATH(sym) { ORTHROS_MARK_FILE, sym, "file", &orthros_path_ops }

static const struct orthros_mark path_marks[] = {
	/* tmpfs, ramfs, rootfs, devtmpfs, devpts */
	PATH("shmem_file_operations"),
	PATH("ramfs_file_operations"),
	PATH("simple_dir_operations"),
	PATH("simple_offset_dir_operations"),
	PATH("empty_dir_operations"),
	/* disks */
	PATH("ext4_file_operations"),
	PATH("ext4_dir_operations"),
	PATH("xfs_file_operations"),
	PATH("xfs_dir_file_operations"),
	PATH("ovl_file_operations"),
	PATH("ovl_dir_operations"),
	/* memory devices */
	PATH("null_fops"),
	PATH("zero_fops"),
	PATH("full_fops"),
	PATH("random_fops"),
	PATH("urandom_fops"),
	PATH("kmsg_fops"),
	PATH("rng_chrdev_ops"),
	/* disks */
	PATH("def_blk_fops"),
	/* binfmt_misc, autofs */
	PATH("bm_entry_operations"),
	PATH("bm_status_operations"),
	PATH("bm_register_operations"),
	PATH("autofs_root_operations"),
	PATH("_dev_ioctl_fops"),
	/* proc */
	PATH("proc_reg_file_ops"),
	PATH("proc_iter_file_ops"),
	PATH("proc_reg_file_ops_compat"),
	PATH("proc_iter_file_ops_compat"),
	PATH("proc_root_operations"),
	PATH("proc_dir_operations"),
	PATH("proc_sys_file_operations"),
	PATH("proc_sys_dir_file_operations"),
	/* sysfs */
	PATH("kernfs_file_fops"),
	PATH("kernfs_dir_fops"),
	{}
};

const struct orthros_kind orthros_path_kind = {
	.name	= "file by its path",
	.tables	= ORTHROS_TABLES(&orthros_table_dir_consts, &orthros_table_blkdev,
				 &orthros_table_kernfs_event),
	.marks	= path_marks,
	.start	= start_files,
};
