// SPDX-License-Identifier: GPL-2.0
/*
 * PIDs of kernel threads: out of the way of those of processes.
 */
#include <linux/idr.h>
#include <linux/orthros.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/threads.h>

/*
 * Kernel threads live in the upper half of the PIDs there can be, so that
 * those of a kernel which takes processes over never have one of theirs.
 */
#define ORTHROS_KPID_MIN	(PID_MAX_LIMIT / 2)

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
	return ns == &init_pid_ns && (current->flags & PF_KTHREAD) && current->pid;
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
