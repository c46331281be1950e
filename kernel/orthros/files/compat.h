/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for files/: code is written for the newest
 * kernel; what an older one lacks or calls otherwise is mapped here.
 */
#ifndef _ORTHROS_FILES_COMPAT_H
#define _ORTHROS_FILES_COMPAT_H

#include <linux/version.h>
#include <linux/fs.h>

/* Linux kernel commit 5970e15dbcfe ("filelock: move file locking definitions ...") (in v6.3) */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#include <linux/filelock.h>
#endif

/* Linux kernel commit 1934b212615d ("file: reclaim 24 bytes from f_owner") (in v6.12) */
static inline struct fown_struct *orthros_file_owner(struct file *file)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	return &file->f_owner;
#else
	int err = file_f_owner_allocate(file);

	return err ? ERR_PTR(err) : file_f_owner(file);
#endif
}

/* A pidfd of any struct pid: they have a file system of their own since v6.9. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
#include <linux/anon_inodes.h>
#include <linux/pid.h>

static inline struct file *orthros_pidfd_file(struct pid *pid, unsigned int flags)
{
	struct file *file = anon_inode_getfile("[pidfd]", &pidfd_fops, get_pid(pid), flags);

	if (IS_ERR(file))
		put_pid(pid);
	return file;
}
#else
#include <linux/pidfs.h>
#define orthros_pidfd_file(pid, flags)	pidfs_alloc_file(pid, flags)
#endif

/* Leases became a struct of their own, with a core that locks have, too, in v6.9. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
#define orthros_lease		file_lock
#define orthros_lease_core(lease)	(lease)
#define orthros_lease_pid(lease)	((lease)->fl_pid)
#define orthros_lease_free(lease)	locks_free_lock(lease)
#else
#define orthros_lease		file_lease
#define orthros_lease_core(lease)	(&(lease)->c)
#define orthros_lease_pid(lease)	((lease)->c.flc_pid)
#define orthros_lease_free(lease)	locks_free_lease(lease)
#endif

/* Macros, for io_uring/io_uring.c: a new request; what is to be done in the task's context. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define orthros_uring_alloc(ctx, req) \
	(io_alloc_req_refill(ctx) && ((req) = io_alloc_req(ctx)) != NULL)
#define orthros_uring_run(ctx)	io_run_task_work_ctx(ctx)
#else
#define orthros_uring_alloc(ctx, req)	io_alloc_req(ctx, &(req))
#define orthros_uring_run(ctx) do {						\
	if (!llist_empty(&(ctx)->work_llist))					\
		io_run_local_work(ctx, INT_MAX);				\
	io_run_task_work();							\
} while (0)
#endif

/* files: f_pipe took over from f_version in v6.12. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define orthros_file_pipe_seen(file)	((file)->f_pipe)
#else
#define orthros_file_pipe_seen(file)	((file)->f_version)
#endif

#endif /* _ORTHROS_FILES_COMPAT_H */
