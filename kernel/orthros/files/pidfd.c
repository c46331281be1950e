// SPDX-License-Identifier: GPL-2.0-only
/*
 * pidfd: a process or thread by its number, opened when all of them are there.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/pidfd.h>
#include <linux/syscalls.h>
#include <asm/unistd.h>
#include "files_internal.h"
#include "proc_tables.h"

static int pidfd_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			   const struct orthros_file_view *view,
			   const struct orthros_finode_view *inode)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_pidfd_view v;
	s32 nr;
	int err;

#ifndef PIDFD_THREAD
	if (rec->flags & O_EXCL)
		return orthros_refused(who, "pidfd of a thread, which this kernel cannot make");
#endif
	/* Since v6.9 it has an inode of its own. */
	v.pid = view->private_data;
	if (orthros_src_is(who->img->src, view->f_op, "pidfs_file_operations")) {
		err = orthros_read_rec(mem, &orthros_table_pidfd, view->inode, &v);
		if (err)
			return err;
	}
	err = orthros_read_pidnr(who->img->src, v.pid, &nr);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_pid_task, v.pid, &v);
	if (err)
		return err;
	if (!v.task)
		return orthros_refused(who, "pidfd of a process that has ended");
	rec->object = nr;
	return 0;
}

static struct file *pidfd_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	unsigned int flags = rec->flags & PIDFD_NONBLOCK;

#ifdef PIDFD_THREAD
	flags |= rec->flags & PIDFD_THREAD;
#endif
	return orthros_take_fd(orthros_syscall(__NR_pidfd_open, rec->object, flags, 0, 0, 0, 0));
}

static const struct orthros_file_ops pidfd_ops = {
	.name	= "pidfd",
	.late	= true,
	.read	= pidfd_read_file,
	.build	= pidfd_build,
};

static const struct orthros_mark pidfd_marks[] = {
	{ ORTHROS_MARK_FILE, "pidfd_fops", "pidfd", &pidfd_ops },
	{ ORTHROS_MARK_FILE, "pidfs_file_operations", "pidfd", &pidfd_ops },
	{}
};

const struct orthros_kind orthros_pidfd_kind = {
	.name	= "pidfd",
	.tables	= ORTHROS_TABLES(&orthros_table_pidfd, &orthros_table_pid_task),
	.marks	= pidfd_marks,
};
