// SPDX-License-Identifier: GPL-2.0
/*
 * The boundary of system calls, at which every process is frozen for a hop.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/compat.h>
#include <linux/freezer.h>
#include <linux/orthros.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/restart_block.h>
#include <linux/thread_info.h>
#include <asm/ptrace.h>
#include <asm/syscall.h>
#include <asm/unistd.h>
#include "../core/call.h"
#include "hop.h"

static bool orthros_freezing;

/**
 * orthros_set_freezing() - the freezer works for a hop
 * @on:	from before freeze_processes() to after thaw_processes()
 */
void orthros_set_freezing(bool on)
{
	WRITE_ONCE(orthros_freezing, on);
}

/**
 * orthros_freeze_at_boundary() - must a sleeping task be left running to be frozen?
 * @p:		task that the freezer would leave asleep inside a syscall
 * @state:	its state
 *
 * Since Linux kernel commit f5d39b020809 ("freezer,sched: Rewrite core freezer
 * logic") (in v6.1) a task in a freezable sleep is frozen where it is. For a
 * hop it must first leave its syscall with a restart code, since only its user
 * registers move. One that cannot be interrupted (the parent of a vfork) stays. One
 * that exits or dumps core is to come to its end: it has no registers any more.
 *
 * Return: true not to freeze it there.
 */
bool orthros_freeze_at_boundary(struct task_struct *p, unsigned int state)
{
	if (!READ_ONCE(orthros_freezing) || (p->flags & PF_KTHREAD))
		return false;
	return (p->flags & PF_POSTCOREDUMP) || orthros_dumps_core(p) ||
	       ((state & TASK_FREEZABLE) && (state & TASK_INTERRUPTIBLE));
}

/**
 * orthros_dumps_core() - must a task be left alone until its core dump is done?
 * @p:	task that the freezer would send a fake signal, which ends the dump
 *
 * Return: true not to send it; the freezer waits for the task.
 */
bool orthros_dumps_core(struct task_struct *p)
{
	return READ_ONCE(orthros_freezing) && READ_ONCE(p->signal->core_state);
}

/* Is the freezer's fake signal the only one? */
static bool only_freezing(void)
{
	sigset_t pending;
	unsigned long flags;

	if (!READ_ONCE(orthros_freezing) || (current->flags & PF_KTHREAD) || !current->mm ||
	    !lock_task_sighand(current, &flags))
		return false;
	sigorsets(&pending, &current->pending.signal, &current->signal->shared_pending.signal);
	sigandnsets(&pending, &pending, &current->blocked);
	unlock_task_sighand(current, &flags);
	return sigisemptyset(&pending);
}

/**
 * orthros_refrigerator() - a task is about to be frozen
 *
 * Some syscalls (epoll_wait, semtimedop, sigtimedwait, ...) return -EINTR for
 * any wakeup by signal. When that was only the freezer's fake one the program
 * must not see it: let the call be restarted, unless a handler runs first.
 */
void orthros_refrigerator(void)
{
	struct pt_regs *regs = task_pt_regs(current);

	if (!only_freezing() || syscall_get_nr(current, regs) == -1 ||
	    syscall_get_error(current, regs) != -EINTR)
		return;
	syscall_set_return_value(current, regs, -ERESTARTNOHAND, 0);
}

/* Under this name the next kernel knows it, too. */
long orthros_epoll_restart(struct restart_block *block)
{
	const struct pt_regs *regs = task_pt_regs(current);
	s64 left, ms = -1;

	/* The argument registers are as the first call had them. */
	if (block->nanosleep.expires != KTIME_MAX) {
		left = ktime_sub(block->nanosleep.expires, ktime_get());
		ms = left > 0 ? DIV_ROUND_UP_ULL(left, NSEC_PER_MSEC) : 0;
	}
	return orthros_syscall(__NR_epoll_wait, regs->di, regs->si, regs->dx,
			       min_t(s64, ms, INT_MAX), 0, 0);
}

/**
 * orthros_epoll_interrupted() - a signal has ended epoll_wait()
 * @deadline:	on CLOCK_MONOTONIC, NULL if there is none
 *
 * If it is only the freezer's, the call goes on with the same deadline, here
 * or in the next kernel.
 *
 * Return: -EINTR or -ERESTART_RESTARTBLOCK.
 */
long orthros_epoll_interrupted(const ktime_t *deadline)
{
	/* A temporary signal mask would be gone when the call is restarted. */
	if (in_compat_syscall() || test_restore_sigmask() || !only_freezing())
		return -EINTR;
	current->restart_block.nanosleep.expires = deadline ? *deadline : KTIME_MAX;
	return set_restart_fn(&current->restart_block, orthros_epoll_restart);
}
