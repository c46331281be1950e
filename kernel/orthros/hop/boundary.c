// SPDX-License-Identifier: GPL-2.0
/*
 * The boundary of system calls, at which every process is frozen for a hop.
 * How the calls go on afterwards is in restart.c.
 */
#include <linux/orthros.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include "hop.h"

/* The number of the freeze that is under way, 0 if none is. */
static u32 orthros_freezing;

/**
 * orthros_set_freezing() - the freezer works for a hop
 * @on:	from before freeze_processes() to after thaw_processes()
 */
void orthros_set_freezing(bool on)
{
	static u32 rounds;

	WRITE_ONCE(orthros_freezing, on ? ++rounds ?: ++rounds : 0);
}

/**
 * orthros_is_freezing() - does the freezer work for a hop?
 *
 * Return: true if it does.
 */
bool orthros_is_freezing(void)
{
	return READ_ONCE(orthros_freezing);
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
 * that exits or dumps core is to come to its end: it has no registers any more. One whose
 * control group is frozen has left its system call already, and would not come out of
 * where it waits.
 *
 * Return: true not to freeze it there.
 */
bool orthros_freeze_at_boundary(struct task_struct *p, unsigned int state)
{
	if (!READ_ONCE(orthros_freezing) || (p->flags & PF_KTHREAD))
		return false;
	return (p->flags & PF_POSTCOREDUMP) || orthros_dumps_core(p) ||
	       ((state & TASK_FREEZABLE) && (state & TASK_INTERRUPTIBLE) && !p->frozen);
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

/**
 * orthros_only_freezing() - is the freezer's fake signal the only one?
 *
 * Return: the number of the freeze of a hop that has interrupted current, or 0.
 */
u32 orthros_only_freezing(void)
{
	u32 round = READ_ONCE(orthros_freezing);
	sigset_t pending;
	unsigned long flags;

	if (!round || (current->flags & PF_KTHREAD) || !current->mm ||
	    !lock_task_sighand(current, &flags))
		return 0;
	sigorsets(&pending, &current->pending.signal, &current->signal->shared_pending.signal);
	sigandnsets(&pending, &pending, &current->blocked);
	unlock_task_sighand(current, &flags);
	return sigisemptyset(&pending) ? round : 0;
}
