// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that cannot be saved from a kernel that has failed: of a kind that is not carried,
 * or of which what is in memory does not hold. Nobody was asked before, so there is no way
 * back: whoever has one keeps its descriptor. All that is done with it is an error, and it
 * can be closed.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include "files_internal.h"

static ssize_t lost_rw(struct kiocb *iocb, struct iov_iter *iter)
{
	return -EIO;
}

static long lost_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return -EIO;
}

static __poll_t lost_poll(struct file *file, struct poll_table_struct *wait)
{
	return EPOLLERR | EPOLLHUP;
}

static int lost_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	return -EIO;
}

static const struct file_operations lost_fops = {
	.read_iter	= lost_rw,
	.write_iter	= lost_rw,
	.unlocked_ioctl	= lost_ioctl,
	.poll		= lost_poll,
	.fsync		= lost_fsync,
};

static struct file *lost_build(struct orthros_image *img, struct orthros_obj *obj)
{
	return anon_inode_getfile("[lost]", &lost_fops, NULL, O_RDWR);
}

static const struct orthros_file_ops lost_ops = {
	.name	= "lost file",
	.build	= lost_build,
};

/* Of a kind that is put into descriptors later than others. */
static const struct orthros_file_ops lost_late_ops = {
	.name	= "lost file",
	.late	= true,
	.build	= lost_build,
};

/**
 * orthros_file_is_lost() - is there an error in its place?
 * @file:	FILE object
 *
 * Return: true if it could not be saved.
 */
bool orthros_file_is_lost(const struct orthros_obj *file)
{
	return file->ops == &lost_ops || file->ops == &lost_late_ops;
}

/**
 * orthros_lose_file() - a file was read, but cannot be built
 * @img:	image of a kernel that has failed
 * @obj:	FILE object
 * @err:	why
 *
 * Return: what is in its place from now on, or ERR_PTR.
 */
struct file *orthros_lose_file(struct orthros_image *img, struct orthros_obj *obj, int err)
{
	const struct orthros_file_rec *rec = obj->rec;
	char text[ORTHROS_TEXT_LEN];

	orthros_error_take(text, sizeof(text));
	pr_err("process %d: file of inode mode %#o is lost: %s: %pe\n", obj->pid, rec->mode, text,
	       ERR_PTR(err));
	obj->ops = orthros_file_is_late(obj) ? &lost_late_ops : &lost_ops;
	return lost_build(img, obj);
}

static int add_lost(struct orthros_image *img, u64 file, pid_t pid)
{
	struct orthros_file_rec *rec;
	struct orthros_obj *obj;

	obj = orthros_obj_add(img, &orthros_file_type, file, pid, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->version = ORTHROS_FILE_VERSION;
	obj->ops = &lost_ops;
	return 0;
}

/**
 * orthros_lose_refused() - do without what was refused
 * @who:	process that has @file
 * @mark:	of the image, before @file was read; moved on
 * @file:	address of a struct file in the source
 * @all:	what was refused cannot be told
 *
 * All that was read since is forgotten. What was refused of it is lost, or else @file
 * itself, and named in the log.
 *
 * Return: 0 or -errno.
 */
int orthros_lose_refused(const struct orthros_finder *who, struct orthros_image_mark *mark,
			 u64 file, bool all)
{
	struct orthros_image *img = who->img;
	const char *line = img->report + mark->report_len;
	struct orthros_obj *obj;
	unsigned int nr = 0;
	size_t len;
	u64 *lost;
	int err = 0;

	for (; *line; line += len + !!line[len]) {
		len = strcspn(line, "\n");
		pr_err("lost: %.*s\n", (int)len, line);
	}
	orthros_for_each_obj(obj, img, &orthros_file_type)
		nr += obj->nr >= mark->nr_objs && obj->refused;
	lost = kvmalloc_array(nr + 1, sizeof(*lost), GFP_KERNEL);
	if (!lost)
		return -ENOMEM;
	nr = 0;
	orthros_for_each_obj(obj, img, &orthros_file_type)
		if (obj->nr >= mark->nr_objs && obj->refused && obj->src != file)
			lost[nr++] = obj->src;
	obj = orthros_obj_find(img, &orthros_file_type, file);
	if (all || !nr || (obj && obj->refused))
		lost[nr++] = file;
	orthros_image_undo(img, mark);
	while (nr-- && !err)
		err = add_lost(img, lost[nr], who->pid);
	kvfree(lost);
	*mark = orthros_image_mark(img);
	return err;
}
