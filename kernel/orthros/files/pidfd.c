// SPDX-License-Identifier: GPL-2.0-only
/*
 * pidfd: a process or thread by its number, opened when all of them are there. Of one that
 * has ended there is nothing but that it has: its descriptors get a struct pid that nobody
 * has any more, the same one as in the source.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/pidfd.h>
#include <linux/syscalls.h>
#include <asm/unistd.h>
#include "files_internal.h"
#include "proc_tables.h"

/* Key: the source's struct pid of who has ended */
static const struct orthros_type ended_type = { .name = "process that has ended" };

static int pidfd_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			   const struct orthros_file_view *view,
			   const struct orthros_finode_view *inode)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_pidfd_view v;
	struct orthros_obj *ended;
	bool isnew;
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
	rec->object = v.pid;
	err = orthros_read_rec(mem, &orthros_table_pid_task, v.pid, &v);
	if (err)
		return err;
	if (!v.task) {
		ended = orthros_obj_get(who->img, &ended_type, rec->object, who->pid, 0, &isnew);
		return PTR_ERR_OR_ZERO(ended);
	}
	err = orthros_read_pidnr(who->img->src, rec->object, &nr);
	rec->object = nr;
	return err;
}

/* It has a number for a moment only, which the next process gets, too. */
static struct pid *make_ended(void)
{
	unsigned int next = idr_get_cursor(&init_pid_ns.idr);
	struct pid *pid = alloc_pid(&init_pid_ns, NULL, 0);

	if (IS_ERR(pid))
		return pid;
	get_pid(pid);
	free_pid(pid);
	idr_set_cursor(&init_pid_ns.idr, next);
	return pid;
}

static struct file *build_ended(struct orthros_obj *ended, unsigned int flags)
{
	struct pid *pid = ended->dst;
	struct file *file;

	if (!pid) {
		pid = make_ended();
		if (IS_ERR(pid))
			return ERR_CAST(pid);
		orthros_obj_built(ended, pid);
	}
	file = orthros_pidfd_file(pid, O_RDWR | (flags & O_NONBLOCK));
#ifdef PIDFD_THREAD
	if (!IS_ERR(file))
		file->f_flags |= flags & PIDFD_THREAD;
#endif
	return file;
}

static void release_ended(struct orthros_image *img)
{
	struct orthros_obj *ended;

	orthros_for_each_obj(ended, img, &ended_type)
		put_pid(ended->dst);
}

static struct file *pidfd_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct orthros_obj *ended = orthros_obj_find(img, &ended_type, rec->object);
	unsigned int flags = rec->flags & PIDFD_NONBLOCK;

#ifdef PIDFD_THREAD
	flags |= rec->flags & PIDFD_THREAD;
#endif
	if (ended)
		return build_ended(ended, rec->flags);
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
	.release = release_ended,
};
