// SPDX-License-Identifier: GPL-2.0
/*
 * What a call tells while it goes on, for whoever goes on with it: when its sleep would
 * have ended, and, should the kernel fail, how far it is (restart.c, task/calls.c).
 */
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/orthros.h>
#include <linux/orthros/abi/task.h>
#include <linux/orthros/fence.h>
#include <linux/orthros/platform.h>
#include <linux/resource.h>
#include <linux/restart_block.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <asm/ptrace.h>
#include <asm/unistd.h>
#include "hop.h"

/* ---- sleeps ----------------------------------------------------------------- */

/* Until when the sleep of a call that goes on may last. */
static s64 sleep_limit(unsigned int state)
{
	const struct restart_block *b = &current->restart_block;

	return likely(!b->orthros.running) || state & TASK_UNINTERRUPTIBLE ? KTIME_MAX :
									     b->orthros.deadline;
}

/* Once its time is up that is the caller's business: it may wait for other things. */
static void sleep_ended(s64 when)
{
	struct restart_block *b = &current->restart_block;

	if (b->orthros.running && when >= b->orthros.deadline)
		b->orthros.deadline = KTIME_MAX;
}

static void note_sleep(unsigned int state, s64 until, u32 round)
{
	struct restart_block *b = &current->restart_block;

	if (state & TASK_UNINTERRUPTIBLE)
		return;
	b->orthros.noted = min(until, sleep_limit(state));
	b->orthros.noted_in = round;
}

static u64 switches(void)
{
	return current->nvcsw + current->nivcsw;
}

static bool noted_now(const struct restart_block *b)
{
	return b->orthros.noted_in == ORTHROS_CALL_SLEEPS && b->orthros.moved == switches();
}

static void begin_notes(struct restart_block *b)
{
	b->orthros.moved = switches();
	b->orthros.goal = 0;
	b->orthros.noted = KTIME_MAX;
	b->orthros.noted_in = ORTHROS_CALL_SLEEPS;
}

/*
 * If the kernel fails meanwhile, nobody here will tell. There is no need to take it back:
 * a later sleep has more switches behind it.
 */
static void note_for_takeover(unsigned int state, s64 until)
{
	struct restart_block *b = &current->restart_block;

	if (!current->mm || state & TASK_UNINTERRUPTIBLE || b->orthros.running)
		return;
	if (!noted_now(b))
		begin_notes(b);
	b->orthros.noted = until;
}

/**
 * __orthros_progress() - a call is about to wait for more
 * @moved:	bytes that it has moved so far
 */
void __orthros_progress(size_t moved)
{
	struct restart_block *b = &current->restart_block;

	if (!current->mm || b->orthros.running)
		return;
	begin_notes(b);
	b->orthros.goal = moved;
}

/* What a call tells in the place of its result. */
static void tell(long what, s64 value)
{
	struct restart_block *b = &current->restart_block;

	if (b->orthros.running) {
		task_pt_regs(current)->ax = ORTHROS_CALL_MOVES_ON;
		return;
	}
	b->orthros.deadline = value;
	/* It counts when it is said that it does. */
	barrier();
	task_pt_regs(current)->ax = what;
}

/* More of it, where a sleep would have been noted, of which there is none then. */
static void tell_also(u64 moved, u64 goal)
{
	struct restart_block *b = &current->restart_block;

	if (b->orthros.running)
		return;
	b->orthros.noted_in = 0;
	b->orthros.moved = moved;
	b->orthros.goal = goal;
}

/**
 * __orthros_moved() - a call moves data, or has moved it
 * @moved:	bytes in all, %ORTHROS_CALL_UNKNOWN before it does
 *
 * Where the limit of a call that goes on would be, which this is none.
 */
void __orthros_moved(u64 moved)
{
	if (!current->mm)
		return;
	/* Where it counts already. */
	if ((long)task_pt_regs(current)->ax != ORTHROS_CALL_SENDS)
		tell(ORTHROS_CALL_MOVES, moved);
}

/**
 * __orthros_at() - a call reads or writes a file at the file's position
 * @file:	it; its position does not move until the call has ended
 *
 * Files that somebody makes up as they are read have nothing at a place.
 */
void __orthros_at(const struct file *file)
{
	const umode_t mode = file_inode(file)->i_mode;

	if (current->mm && (S_ISREG(mode) || S_ISBLK(mode)) &&
	    file->f_mapping->a_ops != &empty_aops)
		tell(ORTHROS_CALL_AT, file->f_pos);
}

/**
 * __orthros_appends() - a call writes at the end of a file
 * @pos:	where that is; nobody else writes until the call has ended
 */
void __orthros_appends(loff_t pos)
{
	if (current->mm)
		tell(ORTHROS_CALL_APPENDS, pos);
}

/**
 * __orthros_sends() - a call sends from a file
 * @out:	where to
 */
void __orthros_sends(const struct file *out)
{
	struct socket *sock = sock_from_file((struct file *)out);

	if (current->mm && sock && sock->sk && sk_is_tcp(sock->sk))
		tell(ORTHROS_CALL_SENDS, READ_ONCE(tcp_sk(sock->sk)->write_seq));
}

/**
 * __orthros_splice() - a call is about to move what a pipe has into a file
 * @out:	it; its position does not move until the call has ended
 * @pos:	where in it
 *
 * What is written twice, at the same place, is written once. Of others than files it cannot
 * be told how much they have taken.
 */
void __orthros_splice(const struct file *out, loff_t pos)
{
	const umode_t mode = file_inode(out)->i_mode;

	if (!current->mm || (!S_ISREG(mode) && !S_ISBLK(mode)))
		return;
	tell_also(current->restart_block.orthros.moved, pos);
	tell(ORTHROS_CALL_SPLICES, 0);
}

/**
 * __orthros_spliced() - a call takes data from a pipe, or puts it into one, or it has
 * @moved:	bytes in all, %ORTHROS_CALL_UNKNOWN before it does
 * @piped:	from one into another, else into a file, of which it has told
 *
 * Others have pipes within them, which are gone with their call.
 */
void __orthros_spliced(u64 moved, bool piped)
{
	const struct pt_regs *regs = task_pt_regs(current);

	if (current->mm && (regs->orig_ax == __NR_splice || regs->orig_ax == __NR_tee) &&
	    (piped || (long)regs->ax == ORTHROS_CALL_SPLICES))
		tell(ORTHROS_CALL_SPLICES, moved);
}

/**
 * __orthros_cloned() - a call has made a task, which does not run yet
 * @nr:		its PID
 */
void __orthros_cloned(pid_t nr)
{
	if (current->mm)
		tell(ORTHROS_CALL_CLONED, nr);
}

/**
 * __orthros_execs() - a call begins another program
 * @bprm:	that, of which all but its strings is not made yet; NULL: it is
 */
void __orthros_execs(const struct linux_binprm *bprm)
{
	tell(bprm ? ORTHROS_CALL_EXECS : ORTHROS_CALL_EXECUTED, (long)bprm);
}

/**
 * __orthros_waits() - a call takes the status of a process
 * @p:		that, which nobody finds then; NULL: there was none
 * @pid:	its PID for the caller
 * @uid:	its user for the caller
 * @used:	where the caller is told what it has used, or NULL
 */
void __orthros_waits(struct task_struct *p, pid_t pid, uid_t uid, struct rusage *used)
{
	u32 status = 0;

	if (!current->mm)
		return;
	if (p)
		status = p->signal->flags & SIGNAL_GROUP_EXIT ? p->signal->group_exit_code :
								p->exit_code;
	/* Once more when it is gone, which changes nothing of it. */
	if (p && used)
		getrusage(p, RUSAGE_BOTH, used);
	tell_also(uid, (unsigned long)used);
	tell(ORTHROS_CALL_WAITS, p ? (u64)pid << 32 | status : 0);
}

/**
 * orthros_sleep() - schedule_timeout() is about to sleep
 * @state:	in which
 * @timeout:	for so many jiffies
 *
 * Return: @timeout, or less.
 */
long orthros_sleep(unsigned int state, long timeout)
{
	s64 left, limit = sleep_limit(state);

	if (orthros_guarded())
		note_for_takeover(state, ktime_add_ns(ktime_get(), jiffies_to_nsecs(timeout)));
	if (limit == KTIME_MAX)
		return timeout;
	left = ktime_sub(limit, ktime_get());
	return left > 0 ? min_t(u64, timeout, nsecs_to_jiffies(left) + 1) : 0;
}

/**
 * orthros_slept() - schedule_timeout() has slept
 * @state:	in which
 * @left:	jiffies that were left
 */
void orthros_slept(unsigned int state, long left)
{
	u32 round = signal_pending(current) ? orthros_only_freezing() : 0;

	/* Many callers look for a signal first, also when the time is up. */
	if (round)
		note_sleep(state, ktime_add_ns(ktime_get(), jiffies_to_nsecs(max(left, 0L))),
			   round);
	else if (left <= 0 && sleep_limit(state) != KTIME_MAX)
		sleep_ended(ktime_get());
}

/**
 * orthros_hrtimer_sleep() - somebody is about to sleep until a timer wakes him
 * @state:	in which
 * @timer:	its sleeper's, which runs
 */
void orthros_hrtimer_sleep(unsigned int state, struct hrtimer *timer)
{
	s64 limit = sleep_limit(state);

	if (timer->base->clockid != CLOCK_MONOTONIC)
		return;
	if (orthros_guarded())
		note_for_takeover(state, hrtimer_get_softexpires(timer));
	if (limit == KTIME_MAX ||
	    hrtimer_get_softexpires(timer) <= limit)
		return;
	hrtimer_cancel(timer);
	hrtimer_set_expires(timer, limit);
	hrtimer_sleeper_start_expires(container_of(timer, struct hrtimer_sleeper, timer),
				      HRTIMER_MODE_ABS);
}

/**
 * orthros_hrtimer_slept() - schedule_hrtimeout() has slept
 * @state:	in which
 * @timer:	its sleeper's
 * @expired:	has it woken the sleeper?
 */
void orthros_hrtimer_slept(unsigned int state, struct hrtimer *timer, bool expired)
{
	u32 round;

	if (timer->base->clockid != CLOCK_MONOTONIC)
		return;
	round = signal_pending(current) ? orthros_only_freezing() : 0;
	if (round)
		note_sleep(state, hrtimer_get_softexpires(timer), round);
	else if (expired)
		sleep_ended(hrtimer_get_softexpires(timer));
}

/**
 * orthros_wait() - a call is about to wait for an event, by a timer of its own
 * @timeout:	for so long, %KTIME_MAX for ever; less if it goes on with a wait
 *
 * Return: until when, for orthros_waited().
 */
ktime_t orthros_wait(ktime_t *timeout)
{
	s64 now = ktime_get(), limit = sleep_limit(TASK_INTERRUPTIBLE);
	s64 until = *timeout == KTIME_MAX ? KTIME_MAX : ktime_add_safe(now, *timeout);

	if (!*timeout)
		return KTIME_MAX;
	if (limit < until) {
		until = limit;
		*timeout = max(limit - now, 0LL);
	}
	if (orthros_guarded())
		note_for_takeover(TASK_INTERRUPTIBLE, until);
	return until;
}

/**
 * orthros_wait_got() - the call waits for the rest
 * @moved:	what it has got so far
 *
 * The other kernel, should this one fail, goes on with that, for as long.
 */
void orthros_wait_got(size_t moved)
{
	struct restart_block *b = &current->restart_block;
	s64 until = KTIME_MAX;

	if (!orthros_guarded() || !current->mm || b->orthros.running)
		return;
	if (b->orthros.noted_in == ORTHROS_CALL_SLEEPS)
		until = b->orthros.noted;
	begin_notes(b);
	b->orthros.goal = moved;
	b->orthros.noted = until;
}

/**
 * orthros_waited() - the call has waited
 * @until:	from orthros_wait()
 */
void orthros_waited(ktime_t until)
{
	s64 now = ktime_get();
	u32 round = signal_pending(current) ? orthros_only_freezing() : 0;

	/* The next sleep is another one. */
	if (current->restart_block.orthros.noted_in == ORTHROS_CALL_SLEEPS)
		current->restart_block.orthros.noted_in = 0;
	if (now >= until)
		sleep_ended(now);
	else if (round && until != KTIME_MAX)
		note_sleep(TASK_INTERRUPTIBLE, until, round);
}
