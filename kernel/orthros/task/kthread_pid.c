// SPDX-License-Identifier: GPL-2.0
/*
 * PIDs of kernel threads: out of the way of those of processes.
 */
#include <linux/idr.h>
#include <linux/list.h>
#include <linux/orthros.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/threads.h>

/*
 * Kernel threads live in the upper half of the PIDs there can be, so that
 * those of a kernel which takes processes over never have one of theirs.
 */
#define ORTHROS_KPID_MIN	(PID_MAX_LIMIT / 2)

/* Who makes a process and no kernel thread; some kernel workers at a time. */
struct maker {
	struct list_head list;
	struct task_struct *task;
};

static LIST_HEAD(makers);
static DEFINE_SPINLOCK(makers_lock);

/**
 * orthros_user_mode_thread() - user_mode_thread(), with a PID that goes on
 * @fn:		as there
 * @arg:	as there
 * @flags:	as there
 *
 * Return: PID or negative errno.
 */
pid_t orthros_user_mode_thread(int (*fn)(void *), void *arg, unsigned long flags)
{
	struct maker maker = { .task = current };
	pid_t pid;

	spin_lock_irq(&makers_lock);
	list_add(&maker.list, &makers);
	spin_unlock_irq(&makers_lock);
	pid = user_mode_thread(fn, arg, flags);
	spin_lock_irq(&makers_lock);
	list_del(&maker.list);
	spin_unlock_irq(&makers_lock);
	return pid;
}

static bool makes_process(void)
{
	unsigned long flags;
	struct maker *maker;
	bool found = false;

	spin_lock_irqsave(&makers_lock, flags);
	list_for_each_entry(maker, &makers, list)
		found |= maker->task == current;
	spin_unlock_irqrestore(&makers_lock, flags);
	return found;
}

/**
 * orthros_kthread_pid() - does the task that is being made get such a PID?
 * @ns:	namespace in which the PID is allocated
 *
 * kthreadd and the workers make kernel threads; PIDs 1 and 2, made by the idle
 * task, are where user space looks for them.
 *
 * Return: true for orthros_alloc_kthread_pid().
 */
bool orthros_kthread_pid(const struct pid_namespace *ns)
{
	return ns == &init_pid_ns && (current->flags & PF_KTHREAD) && current->pid &&
	       !makes_process();
}

/**
 * orthros_alloc_kthread_pid() - allocate a PID for a kernel thread
 * @idr:	PIDs of the initial namespace
 *
 * Context: pidmap_lock held, idr_preload() done.
 * Return: PID, or -ENOSPC.
 */
int orthros_alloc_kthread_pid(struct idr *idr)
{
	return idr_alloc(idr, NULL, ORTHROS_KPID_MIN, PID_MAX_LIMIT, GFP_ATOMIC);
}
