// SPDX-License-Identifier: GPL-2.0-only
/*
 * signalfd: a mask. The signals are those of the process that reads it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/signalfd.h>
#include <linux/syscalls.h>
#include <asm/unistd.h>
#include "files_internal.h"

static const struct orthros_type signalfd_type = { .name = "signalfd" };

static int signalfd_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			      const struct orthros_file_view *view,
			      const struct orthros_finode_view *inode)
{
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_signalfd_rec *s;
	struct orthros_signalfd_view v;
	struct orthros_obj *o;
	bool isnew;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_signalfd, view->private_data,
			       &v);
	if (err)
		return err;
	o = orthros_obj_get(who->img, &signalfd_type, view->private_data, who->pid,
			    sizeof(*s), &isnew);
	if (IS_ERR(o))
		return PTR_ERR(o);
	rec->object = view->private_data;
	s = o->rec;
	s->version = ORTHROS_SIGNALFD_VERSION;
	/* The kernel keeps what is not wanted. */
	s->mask = ~v.mask;
	return 0;
}

static struct file *signalfd_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	const struct orthros_signalfd_rec *s;
	struct orthros_obj *o;
	unsigned long mask;
	struct file *file;

	o = orthros_obj_find(img, &signalfd_type, rec->object);
	if (!o)
		return ERR_PTR(-ENOENT);
	s = o->rec;
	mask = orthros_user_page(&s->mask, sizeof(s->mask));
	if (IS_ERR_VALUE(mask))
		return ERR_PTR(mask);
	file = orthros_take_fd(orthros_syscall(__NR_signalfd4, -1, mask, sizeof(s->mask),
					       rec->flags & O_NONBLOCK ? SFD_NONBLOCK : 0, 0, 0));
	orthros_user_page_free(mask);
	return file;
}

static const struct orthros_file_ops signalfd_ops = {
	.name	= "signalfd",
	.read	= signalfd_read_file,
	.build	= signalfd_build,
};

static const struct orthros_mark signalfd_marks[] = {
	{ ORTHROS_MARK_FILE, "signalfd_fops", "signalfd", &signalfd_ops },
	{}
};

const struct orthros_kind orthros_signalfd_kind = {
	.name	= "signalfd",
	.tables	= ORTHROS_TABLES(&orthros_table_signalfd),
	.marks	= signalfd_marks,
};
