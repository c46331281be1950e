// SPDX-License-Identifier: GPL-2.0
/*
 * System calls of a kernel that has failed. Its threads were stopped wherever they were:
 * most wait in a call, some are in the middle of one. One that waits has noted what it
 * has moved and how long it will wait (hop/telling.c), and goes on; so does one that moves
 * data and tells how far it is. What another one has done nobody can tell, so it is made
 * again, or ends as if a signal had come; its process is killed if that could lose data, or
 * repeat it.
 */
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <asm/unistd.h>
#include "task_internal.h"

/**
 * struct call_end - how a call ends in which a thread was
 * @nr:		its number
 * @ret:	what it returns to the code that restarts calls, in the next kernel
 *
 * -ERESTARTNOHAND: made again, unless a signal is handled, as where the kernel itself
 * does that. -ERESTARTNOINTR: made again in any case. -EINTR: if it does not wait, what it
 * has moved cannot be told, so it is not made again. Positions of files are moved last:
 * copy_file_range() can.
 */
struct call_end {
	u16 nr;
	s16 ret;
};

static const struct call_end call_ends[] = {
	{ __NR_exit,		-ERESTARTNOINTR },
	{ __NR_exit_group,	-ERESTARTNOINTR },
	{ __NR_pause,		-ERESTARTNOHAND },
	{ __NR_rt_sigsuspend,	-ERESTARTNOHAND },
	{ __NR_rt_sigtimedwait,	-ERESTARTNOHAND },
	{ __NR_nanosleep,	-ERESTARTNOHAND },
	{ __NR_clock_nanosleep,	-ERESTARTNOHAND },
	{ __NR_poll,		-ERESTARTNOHAND },
	{ __NR_ppoll,		-ERESTARTNOHAND },
	{ __NR_select,		-ERESTARTNOHAND },
	{ __NR_pselect6,	-ERESTARTNOHAND },
	{ __NR_epoll_wait,	-ERESTARTNOHAND },
	{ __NR_epoll_pwait,	-ERESTARTNOHAND },
	{ __NR_epoll_pwait2,	-ERESTARTNOHAND },
	{ __NR_semop,		-ERESTARTNOHAND },
	{ __NR_semtimedop,	-ERESTARTNOHAND },
	{ __NR_msgrcv,		-ERESTARTNOHAND },
	{ __NR_msgsnd,		-ERESTARTNOHAND },
	{ __NR_io_getevents,	-ERESTARTNOHAND },
	{ __NR_io_pgetevents,	-ERESTARTNOHAND },
	{ __NR_writev,		-EINTR },
	{ __NR_sendmsg,		-EINTR },
	{ __NR_sendmmsg,	-EINTR },
	{ __NR_sendfile,	-EINTR },
	{ __NR_splice,		-EINTR },
	{ __NR_tee,		-EINTR },
	{ __NR_vmsplice,	-EINTR },
};

static s64 end_of(const struct orthros_regs_rec *r)
{
	int i;

	switch (r->orig_ax) {
	case __NR_write:
	case __NR_sendto:
		/* So much goes at once, or not at all. */
		return r->dx <= PIPE_BUF ? -ERESTARTSYS : -EINTR;
	}
	for (i = 0; i < ARRAY_SIZE(call_ends); i++)
		if (call_ends[i].nr == r->orig_ax)
			return call_ends[i].ret;
	return -ERESTARTSYS;
}

/*
 * Calls that move data, which is not there any more, or there twice, when they are made
 * again. Those that name a position are none.
 */
static const u16 movers[] = {
	__NR_read, __NR_readv, __NR_recvfrom, __NR_recvmsg, __NR_recvmmsg, __NR_write,
	__NR_writev, __NR_pwritev2, __NR_sendto, __NR_sendmsg, __NR_sendmmsg, __NR_sendfile,
	__NR_splice, __NR_tee, __NR_vmsplice,
};

static bool moves(u64 nr)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(movers); i++)
		if (movers[i] == nr)
			return true;
	return false;
}

/* Calls that change names: made twice they fail, though they have done what they should. */
static const u16 once[] = {
	__NR_rename, __NR_renameat, __NR_renameat2, __NR_unlink, __NR_unlinkat, __NR_rmdir,
	__NR_mkdir, __NR_mkdirat, __NR_mknod, __NR_mknodat, __NR_link, __NR_linkat,
	__NR_symlink, __NR_symlinkat,
};

static bool is_once(const struct orthros_regs_rec *r)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(once); i++)
		if (once[i] == r->orig_ax)
			return true;
	switch (r->orig_ax) {
	case __NR_open:
		return r->si & O_EXCL;
	case __NR_openat:
		return r->dx & O_EXCL;
	}
	return false;
}

/* One move, of whose progress is told. */
static bool tells(u64 nr)
{
	static const u16 nrs[] = {
		__NR_read, __NR_readv, __NR_recvfrom, __NR_recvmsg,
		__NR_write, __NR_writev, __NR_sendto, __NR_sendmsg,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(nrs); i++)
		if (nrs[i] == nr)
			return true;
	return false;
}

/**
 * orthros_in_call() - was a thread stopped inside a system call?
 * @r:		its registers
 *
 * Return: true if the call has no result yet.
 */
bool orthros_in_call(const struct orthros_regs_rec *r)
{
	const s64 ax = r->ax;

	return ax == -ENOSYS || (ax >= ORTHROS_CALL_FIRST && ax <= ORTHROS_CALL_MOVES);
}

/*
 * Is it in the sleep that was noted last? With that it has been switched away once. What it
 * has noted to have moved is what one move has: others consist of several.
 */
static bool sleeps(const struct orthros_task_rec *t)
{
	return t->restart.call_noted_in == ORTHROS_CALL_SLEEPS && !t->on_cpu &&
	       t->nvcsw + t->nivcsw - t->restart.call_moved == 1;
}

/* @goal: what is known. What it is about decides there whether it can be made again. */
static s64 unknown(struct orthros_task_rec *t, u64 goal)
{
	struct orthros_restart_rec *r = &t->restart;

	r->kind = ORTHROS_RESTART_CALL;
	r->call_moved = 0;
	r->call_goal = goal;
	r->call_deadline = KTIME_MAX;
	r->call_nr = t->regs.orig_ax;
	r->call_err = -EINTR;
	return -ERESTART_RESTARTBLOCK;
}

/* The call has told what it has moved, and goes on with the rest. */
static s64 go_on(struct orthros_task_rec *t)
{
	const u64 moved = t->restart.call_deadline;
	s64 ret = unknown(t, 0);

	t->restart.call_moved = moved;
	return ret;
}

/* Reading or writing a file, at the file's position, or at its end. */
static bool is_at(const struct orthros_regs_rec *r)
{
	const bool appends = (s64)r->ax == ORTHROS_CALL_APPENDS;

	switch (r->orig_ax) {
	case __NR_read:
	case __NR_readv:
	case __NR_preadv2:
		return !appends;
	case __NR_write:
	case __NR_writev:
	case __NR_pwritev2:
		return true;
	case __NR_pwrite64:
	case __NR_pwritev:
		return appends;
	}
	return false;
}

/*
 * All of it once more, to the same place, which changes nothing that it has done. That is
 * so until somebody else writes, see finish_calls() in build.c.
 */
static s64 at(struct orthros_task_rec *t)
{
	t->restart.kind = (s64)t->regs.ax == ORTHROS_CALL_APPENDS ? ORTHROS_RESTART_APPEND :
								     ORTHROS_RESTART_AT;
	return -EINTR;
}

/* If that is gone, see finish_waits() in read.c. */
static s64 waited(struct orthros_task_rec *t)
{
	if (t->restart.call_deadline)
		t->restart.kind = ORTHROS_RESTART_WAITED;
	return -ERESTARTNOINTR;
}

/* It ends with what it has moved, which it may at any time. */
static s64 cut_short(struct orthros_task_rec *t)
{
	if (!t->restart.call_deadline)
		return -ERESTARTNOINTR;
	t->restart.kind = ORTHROS_RESTART_SPLICED;
	return -EINTR;
}

/* What it has sent the socket tells, in the next kernel. */
static s64 send_on(struct orthros_task_rec *t)
{
	const s64 seq = t->restart.call_deadline;
	s64 ret = unknown(t, ORTHROS_CALL_SENDS_FROM);

	t->restart.call_deadline = seq;
	t->restart.call_err = -ERESTARTNOINTR;
	return ret;
}

/* The call goes on with what it had not moved yet, for as long as it would have slept. */
static s64 sleep_on(struct orthros_task_rec *t)
{
	struct orthros_restart_rec *r = &t->restart;

	r->kind = ORTHROS_RESTART_CALL;
	r->call_moved = r->call_goal;
	r->call_goal = 0;
	r->call_deadline = r->call_noted;
	r->call_nr = t->regs.orig_ax;
	r->call_err = -EINTR;
	return -ERESTART_RESTARTBLOCK;
}

/**
 * orthros_finish_call() - a thread was stopped inside a system call
 * @t:		its record, with registers
 */
void orthros_finish_call(struct orthros_task_rec *t)
{
	struct orthros_regs_rec *r = &t->regs;
	const bool told = r->ax != -ENOSYS;

	if (sleeps(t) && (!told || tells(r->orig_ax)))
		r->ax = sleep_on(t);
	else if (((s64)r->ax == ORTHROS_CALL_AT || (s64)r->ax == ORTHROS_CALL_APPENDS) && is_at(r))
		r->ax = at(t);
	else if ((s64)r->ax == ORTHROS_CALL_WAITS &&
		 (r->orig_ax == __NR_wait4 || r->orig_ax == __NR_waitid))
		r->ax = waited(t);
	else if ((s64)r->ax == ORTHROS_CALL_SENDS && r->orig_ax == __NR_sendfile)
		r->ax = send_on(t);
	else if ((s64)r->ax == ORTHROS_CALL_SPLICES &&
		 (r->orig_ax == __NR_splice || r->orig_ax == __NR_tee) &&
		 t->restart.call_deadline != ORTHROS_CALL_UNKNOWN)
		r->ax = cut_short(t);
	else if ((s64)r->ax == ORTHROS_CALL_MOVES && tells(r->orig_ax) &&
		 t->restart.call_deadline != ORTHROS_CALL_UNKNOWN)
		r->ax = go_on(t);
	/* Those that wait for something to move have not moved it, or have told. */
	else if ((told || !t->waits) && moves(r->orig_ax))
		r->ax = unknown(t, told ? ORTHROS_CALL_UNKNOWN : ORTHROS_CALL_UNTOLD);
	else if (is_once(r))
		r->ax = unknown(t, ORTHROS_CALL_ONCE);
	else
		r->ax = end_of(r);
	/* The call sets its own mask of signals again; one says so only when it is woken. */
	if (r->orig_ax == __NR_rt_sigtimedwait && t->real_blocked) {
		t->blocked = t->real_blocked;
	} else if (t->restore_sigmask || r->orig_ax == __NR_rt_sigsuspend) {
		t->blocked = t->saved_sigmask;
		t->restore_sigmask = 0;
	}
}
