// SPDX-License-Identifier: GPL-2.0
/*
 * The CPUs that a task may run on: set before it runs, and once more when all
 * CPUs are there.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cpumask.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include "held.h"
#include "task_internal.h"

/**
 * orthros_set_affinity() - give a task the CPUs it had
 * @task:	the task
 * @t:		its record
 *
 * Return: false if none of them runs yet.
 */
bool orthros_set_affinity(struct task_struct *task, const struct orthros_task_rec *t)
{
	cpumask_var_t mask;
	bool ok = true;
	int cpu;

	if (!zalloc_cpumask_var(&mask, GFP_KERNEL))
		return true;
	for_each_possible_cpu(cpu) {
		if (cpu < ORTHROS_CPUMASK_LONGS * 64 &&
		    t->cpus_mask[cpu / 64] & BIT_ULL(cpu % 64))
			cpumask_set_cpu(cpu, mask);
	}
	if (!cpumask_empty(mask) && !cpumask_equal(mask, cpu_possible_mask)) {
		ok = cpumask_intersects(mask, cpu_active_mask);
		if (ok)
			set_cpus_allowed_ptr(task, mask);
	}
	free_cpumask_var(mask);
	return ok;
}

/* What had to wait until all CPUs are there. */
static void settle(struct orthros_image *img)
{
	struct task_struct *task;
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = rec_of(obj);

		rcu_read_lock();
		task = find_task_by_pid_ns(t->pid, &init_pid_ns);
		if (task && task->start_boottime == t->start_boottime)
			get_task_struct(task);
		else
			task = NULL;
		rcu_read_unlock();
		if (!task)
			continue;
		if (!orthros_set_affinity(task, t))
			pr_warn("task %d: none of its CPUs is online\n", t->pid);
		put_task_struct(task);
	}
}

const struct orthros_kind orthros_affinity_kind = {
	.name	= "CPU affinity",
	.settle	= settle,
};
