// SPDX-License-Identifier: GPL-2.0
/* Freezing every process where the next kernel can take it up. */
#include <linux/freezer.h>
#include <linux/init.h>
#include <linux/ptrace.h>
#include <linux/orthros/abi/task.h>
#include <linux/orthros/platform.h>
#include <linux/sched/jobctl.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/suspend.h>
#include <asm/syscall.h>
#include "../core/report.h"
#include "../machine/machine.h"
#include "../mm/mm.h"
#include "../task/task.h"
#include "hop.h"

/* A child may have let its parent go when that was frozen already. */
#define FREEZE_ROUNDS	16

/* For what reads a core dump: as long as the freezer waits. */
#define DUMP_TIMEOUT	(20 * HZ)

static unsigned int sleep_flags;

/* With tasklist_lock held. */
static bool has_vfork_child(struct task_struct *parent)
{
	struct task_struct *child;

	list_for_each_entry(child, &parent->children, sibling) {
		if (READ_ONCE(child->vfork_done))
			return true;
	}
	return false;
}

/* What a call has returned that has not: it may have told of its child. */
static bool is_inside(long ret)
{
	return ret == -ENOSYS || ret == ORTHROS_CALL_CLONED;
}

/*
 * The parent of a vfork is frozen where it waits. If its child then runs a
 * program or exits, and is frozen later, nothing tells any more which child
 * that was: let such a parent run until it has left the system call.
 */
static bool wake_late_parents(void)
{
	struct task_struct *p, *t;
	struct pt_regs *regs;
	bool woken = false;
	int nr;

	read_lock(&tasklist_lock);
	for_each_process_thread(p, t) {
		if (t == current || (t->flags & PF_KTHREAD) || !frozen(t))
			continue;
		/* It has stopped for its tracer, who alone may wake it. */
		if (READ_ONCE(t->jobctl) & JOBCTL_TRACED)
			continue;
		regs = task_pt_regs(t);
		nr = syscall_get_nr(t, regs);
		if ((nr == __NR_vfork || nr == __NR_clone || nr == __NR_clone3) &&
		    is_inside(syscall_get_error(t, regs)) && !has_vfork_child(t))
			woken |= wake_up_state(t, TASK_FROZEN);
	}
	read_unlock(&tasklist_lock);
	return woken;
}

/* A process that dumps core; its PID, with a reference. */
static struct pid *find_dump(void)
{
	struct pid *pid = NULL;
	struct task_struct *p;

	read_lock(&tasklist_lock);
	for_each_process(p) {
		if (READ_ONCE(p->signal->core_state)) {
			pid = get_pid(task_tgid(p));
			break;
		}
	}
	read_unlock(&tasklist_lock);
	return pid;
}

static bool dumps(struct pid *pid)
{
	struct task_struct *p;
	bool ret;

	rcu_read_lock();
	p = pid_task(pid, PIDTYPE_TGID);
	ret = p && READ_ONCE(p->signal->core_state);
	rcu_read_unlock();
	return ret;
}

/*
 * A signal, as the freezer's, cuts a core dump short, and the program that reads it
 * must run: let dumps come to their end before. What begins later the freezer leaves
 * alone, see orthros_dumps_core().
 */
static int wait_for_dumps(void)
{
	struct pid *pid;
	long left = DUMP_TIMEOUT;

	while ((pid = find_dump())) {
		left = wait_event_killable_timeout(pid->wait_pidfd, !dumps(pid), left);
		if (left <= 0) {
			orthros_fail(-EBUSY, "process %d dumps core", pid_nr(pid));
			put_pid(pid);
			return left ?: -EBUSY;
		}
		put_pid(pid);
	}
	return 0;
}

/**
 * orthros_freeze() - freeze every process but the caller's thread
 *
 * At the boundary of system calls, which are restarted afterwards; only the
 * parent of a vfork, whose child has still its memory, stays inside. Core dumps are
 * waited for.
 *
 * Return: 0, or negative errno with nothing frozen.
 */
int orthros_freeze(void)
{
	unsigned int flags;
	int err, round = 0;

	err = wait_for_dumps();
	if (err)
		return err;
	flags = lock_system_sleep();
	orthros_set_freezing(true);
	do {
		err = freeze_processes();
	} while (!err && wake_late_parents() && ++round < FREEZE_ROUNDS);
	/* What is left then is refused by name. */
	if (!err && round == FREEZE_ROUNDS)
		err = freeze_processes();
	if (err) {
		orthros_set_freezing(false);
		unlock_system_sleep(flags);
		return orthros_fail(err, "a process could not be frozen");
	}
	sleep_flags = flags;
	return 0;
}

/**
 * orthros_thaw() - undo orthros_freeze()
 */
void orthros_thaw(void)
{
	thaw_processes();
	orthros_set_freezing(false);
	unlock_system_sleep(sleep_flags);
}

static int keep_masks(const struct cpumask *leaving)
{
	int err = orthros_keep_masks(leaving);

	if (!err)
		orthros_keep_irqs();
	return err;
}

static void masks_kept(void)
{
	orthros_return_irqs(false);
}

static void return_masks(void)
{
	orthros_return_masks();
	orthros_return_irqs(true);
}

static const struct orthros_stop_ops stop_ops = {
	.freeze	= orthros_freeze,
	.thaw	= orthros_thaw,
	.keep_masks = keep_masks,
	.masks_kept = masks_kept,
	.return_masks = return_masks,
	.save_registers = orthros_save_live,
};

static int __init freeze_init(void)
{
	orthros_platform_use(&stop_ops);
	return 0;
}
core_initcall(freeze_init);
