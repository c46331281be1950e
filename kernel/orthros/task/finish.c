// SPDX-License-Identifier: GPL-2.0
/*
 * Calls in the middle of which the kernel has failed, and which are finished by whoever
 * made them before anybody runs. Those on files have told at which place they began
 * (__orthros_at(), __orthros_appends()), and are made once more as a whole. One that waits
 * for processes has told whose status it takes (__orthros_waits()).
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/resource.h>
#include <linux/signal.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <asm/unistd.h>
#include "../core/call.h"
#include "task_internal.h"

/* pwrite64() appends, too, if that is what the file is for: this one knows better. */
static ssize_t write_at(struct file *file, struct iov_iter *from, loff_t pos, u32 flags)
{
	struct kiocb kiocb;
	ssize_t ret;

	if (!(file->f_mode & FMODE_WRITE) || !file->f_op->write_iter)
		return -EBADF;
	init_sync_kiocb(&kiocb, file);
	kiocb.ki_flags &= ~IOCB_APPEND;
	if (flags & (__force u32)(RWF_SYNC | RWF_DSYNC))
		kiocb.ki_flags |= IOCB_DSYNC | (flags & (__force u32)RWF_SYNC ? IOCB_SYNC : 0);
	kiocb.ki_pos = pos;
	file_start_write(file);
	ret = file->f_op->write_iter(&kiocb, from);
	file_end_write(file);
	if (ret > 0)
		fsnotify_modify(file);
	return ret;
}

static ssize_t append(struct file *file, const struct orthros_regs_rec *r, loff_t pos)
{
	struct iovec one = { (void __user *)r->si, min_t(u64, r->dx, MAX_RW_COUNT) };
	struct iovec fast[UIO_FASTIOV], *vec = fast;
	struct iov_iter from;
	ssize_t ret;

	if (r->orig_ax == __NR_write || r->orig_ax == __NR_pwrite64) {
		if (!access_ok(one.iov_base, one.iov_len))
			return -EFAULT;
		iov_iter_init(&from, WRITE, &one, 1, one.iov_len);
		return write_at(file, &from, pos, 0);
	}
	ret = import_iovec(WRITE, (void __user *)r->si, r->dx, ARRAY_SIZE(fast), &vec, &from);
	if (ret < 0)
		return ret;
	ret = write_at(file, &from, pos, r->orig_ax == __NR_pwritev2 ? r->r9 : 0);
	kfree(vec);
	return ret;
}

static ssize_t again_at(const struct orthros_regs_rec *r, loff_t pos)
{
	switch (r->orig_ax) {
	case __NR_read:
		return orthros_syscall(__NR_pread64, r->di, r->si, r->dx, pos, 0, 0);
	case __NR_write:
		return orthros_syscall(__NR_pwrite64, r->di, r->si, r->dx, pos, 0, 0);
	case __NR_readv:
	case __NR_preadv2:
		return orthros_syscall(__NR_preadv2, r->di, r->si, r->dx, pos, 0,
				       r->orig_ax == __NR_preadv2 ? r->r9 : 0);
	case __NR_writev:
	case __NR_pwritev2:
		return orthros_syscall(__NR_pwritev2, r->di, r->si, r->dx, pos, 0,
				       r->orig_ax == __NR_pwritev2 ? r->r9 : 0);
	}
	return -EINTR;
}

/* Does the call move the file's position? */
static bool moves_pos(const struct orthros_regs_rec *r)
{
	switch (r->orig_ax) {
	case __NR_pwrite64:
	case __NR_pwritev:
		return false;
	case __NR_preadv2:
	case __NR_pwritev2:
		return (s64)r->r10 == -1;
	}
	return true;
}

/* If the call had moved it already, it has, and perhaps others after it. */
static void set_pos(struct file *file, loff_t pos, loff_t end, bool appends)
{
	mutex_lock(&file->f_pos_lock);
	if (appends ? file->f_pos < end : file->f_pos == pos)
		file->f_pos = end;
	mutex_unlock(&file->f_pos_lock);
}

static ssize_t file_call(const struct orthros_restart_rec *r, const struct orthros_regs_rec *regs)
{
	const bool appends = r->kind == ORTHROS_RESTART_APPEND;
	const loff_t pos = r->call_deadline;
	struct file *file = fget(regs->di);
	ssize_t ret = -EBADF;

	if (file && pos >= 0) {
		ret = appends ? append(file, regs, pos) : again_at(regs, pos);
		if (ret > 0 && moves_pos(regs))
			set_pos(file, pos, pos + ret, appends);
	}
	if (file)
		fput(file);
	return ret;
}

/* The end of splice(), when it has a file: its position is not moved before. */
static long put_spliced(const struct orthros_restart_rec *r, const struct orthros_regs_rec *regs)
{
	const loff_t end = r->call_goal + r->call_deadline;
	loff_t __user *at = (void __user *)regs->r10;
	struct file *out = regs->orig_ax == __NR_splice ? fget(regs->dx) : NULL;
	long ret = r->call_deadline;

	if (!out)
		return ret;
	if (!S_ISFIFO(file_inode(out)->i_mode)) {
		if (at)
			ret = put_user(end, at) ? -EFAULT : ret;
		else
			out->f_pos = end;
	}
	fput(out);
	return ret;
}

static bool put_usage(u64 addr, const struct rusage *used)
{
	return !addr || !copy_to_user((void __user *)addr, used, sizeof(*used));
}

static long put_status(const struct orthros_restart_rec *r, const struct rusage *used,
		       const struct orthros_regs_rec *regs)
{
	const pid_t pid = r->call_deadline >> 32;
	const int status = (u32)r->call_deadline;
	int __user *to = (void __user *)regs->si;
	struct kernel_siginfo info;

	if (regs->orig_ax == __NR_wait4)
		return put_usage(regs->r10, used) && (!to || !put_user(status, to)) ? pid : -EFAULT;
	clear_siginfo(&info);
	info.si_signo = SIGCHLD;
	info.si_pid = pid;
	info.si_uid = r->call_moved;
	info.si_code = !(status & 0x7f) ? CLD_EXITED : status & 0x80 ? CLD_DUMPED : CLD_KILLED;
	info.si_status = status & 0x7f ?: status >> 8;
	return put_usage(regs->r8, used) &&
	       (!regs->dx || !copy_siginfo_to_user((void __user *)regs->dx, &info)) ? 0 : -EFAULT;
}

/**
 * orthros_finishes() - was a thread in a call that is to be finished?
 * @t:	its record
 */
bool orthros_finishes(const struct orthros_task_rec *t)
{
	switch (t->restart.kind) {
	case ORTHROS_RESTART_AT:
	case ORTHROS_RESTART_APPEND:
	case ORTHROS_RESTART_WAITED:
	case ORTHROS_RESTART_SPLICED:
		return true;
	}
	return false;
}

/**
 * orthros_read_usage() - read what a process has used whose status is just taken
 * @img:	image
 * @task:	source address of who takes it
 * @t:		its record
 * @stack:	bytes of its stack, on which it is
 *
 * Return: 0 or -errno.
 */
int orthros_read_usage(struct orthros_image *img, u64 task, const struct orthros_task_rec *t,
		       u64 stack)
{
	const u64 at = t->restart.call_goal;
	struct orthros_obj *obj;

	if (t->restart.kind != ORTHROS_RESTART_WAITED || at < t->stack ||
	    at - t->stack > stack - sizeof(struct rusage))
		return 0;
	obj = orthros_obj_add(img, &orthros_usage_type, task, t->tgid, sizeof(struct rusage));
	return IS_ERR(obj) ? PTR_ERR(obj) :
	       orthros_src_read(img->src, at, obj->rec, sizeof(struct rusage));
}

/**
 * orthros_finish_here() - finish a call that a failure has interrupted
 * @r:		what it was; if with a file, nobody has written to that since
 * @used:	what the process has used whose status is taken
 * @regs:	registers of who was in it: arguments, then the result
 *
 * Context: that thread, which has its memory and its files, and does not run yet.
 */
void orthros_finish_here(const struct orthros_restart_rec *r, const struct rusage *used,
			 struct orthros_regs_rec *regs)
{
	regs->ax = r->kind == ORTHROS_RESTART_WAITED ? put_status(r, used, regs) :
		   r->kind == ORTHROS_RESTART_SPLICED ? put_spliced(r, regs) :
							file_call(r, regs);
	regs->orig_ax = -1;
}
