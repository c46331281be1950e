// SPDX-License-Identifier: GPL-2.0-only
/*
 * eventfd: a counter and whether it counts as a semaphore.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/eventfd.h>
#include <linux/syscalls.h>
#include <asm/unistd.h>
#include "files_internal.h"

static const struct orthros_type eventfd_type = { .name = "eventfd" };

static int eventfd_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			     const struct orthros_file_view *view,
			     const struct orthros_finode_view *inode)
{
	struct orthros_image *img = who->img;
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_eventfd_rec *efd;
	struct orthros_eventfd_view v;
	struct orthros_obj *e;
	bool isnew;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_eventfd, view->private_data, &v);
	if (err)
		return err;
	e = orthros_obj_get(img, &eventfd_type, view->private_data, who->pid,
			    sizeof(*efd), &isnew);
	if (IS_ERR(e))
		return PTR_ERR(e);
	rec->object = view->private_data;
	efd = e->rec;
	efd->version = ORTHROS_EVENTFD_VERSION;
	efd->semaphore = !!(v.flags & EFD_SEMAPHORE);
	efd->count = v.count;
	return 0;
}

static struct file *eventfd_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	const struct orthros_eventfd_rec *efd;
	struct orthros_obj *e;
	struct file *file;
	int err;

	e = orthros_obj_find(img, &eventfd_type, rec->object);
	if (!e)
		return ERR_PTR(-ENOENT);
	efd = e->rec;

	file = orthros_take_fd(orthros_syscall(__NR_eventfd2, min_t(u64, efd->count, UINT_MAX),
					       (efd->semaphore ? EFD_SEMAPHORE : 0) |
					       (rec->flags & O_NONBLOCK ? EFD_NONBLOCK : 0),
					       0, 0, 0, 0));
	/* The system call takes 32 bits, the counter has 64. */
	if (!IS_ERR(file) && efd->count > UINT_MAX) {
		err = orthros_dst_poke(file->private_data, "eventfd_ctx.count", efd->count);
		if (err) {
			fput(file);
			return ERR_PTR(err);
		}
	}
	return file;
}

static const struct orthros_file_ops eventfd_ops = {
	.name	= "eventfd",
	.read	= eventfd_read_file,
	.build	= eventfd_build,
};

static const struct orthros_mark eventfd_marks[] = {
	{ ORTHROS_MARK_FILE, "eventfd_fops", "eventfd", &eventfd_ops },
	{}
};

const struct orthros_kind orthros_eventfd_kind = {
	.name	= "eventfd",
	.tables	= ORTHROS_TABLES(&orthros_table_eventfd),
	.marks	= eventfd_marks,
};
