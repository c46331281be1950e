// SPDX-License-Identifier: GPL-2.0
/*
 * The CPUs that a task may run on, and its share of them: set before it runs, or when all
 * CPUs are there.
 *
 * A second kernel gets CPUs of this one. The scheduler lets a task that was bound to
 * them run anywhere, and forgets what it was bound to; it is kept here until they are
 * back, or for the kernel after this one.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <uapi/linux/sched/types.h>
#include "affinity_tables.h"
#include "held.h"
#include "task_internal.h"

/* More than PID_MAX_LIMIT tasks cannot be. */
#define MAX_KEPT	(4UL << 20)

/**
 * struct orthros_kept_mask - what a task was bound to
 * @list:	in @orthros_kept_masks
 * @task:	the task, with a reference
 * @mask:	its CPUs, none of which this kernel has now
 */
struct orthros_kept_mask {
	struct list_head list;
	struct task_struct *task;
	cpumask_t mask;
};

/* The other kernel reads it by name. */
static LIST_HEAD(orthros_kept_masks);
static DEFINE_MUTEX(kept_lock);

/* As after a fork of init: no matter what bits beyond are. */
static bool runs_anywhere(const struct task_struct *task)
{
	return cpumask_subset(cpu_possible_mask, &task->cpus_mask);
}

static void forget(struct orthros_kept_mask *k)
{
	list_del(&k->list);
	put_task_struct(k->task);
	kfree(k);
}

/*
 * Bound anew since, or ended: what was kept is of no interest. Or not yet bound to
 * anything else: it is in the task itself.
 */
static void prune_kept(void)
{
	struct orthros_kept_mask *k, *next;

	list_for_each_entry_safe(k, next, &orthros_kept_masks, list)
		if (k->task->exit_state ||
		    (!runs_anywhere(k->task) && !cpumask_equal(&k->task->cpus_mask, &k->mask)))
			forget(k);
}

/**
 * orthros_keep_masks() - remember who is bound to CPUs that go
 * @leaving:	those CPUs
 *
 * Every process is frozen.
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_keep_masks(const struct cpumask *leaving)
{
	struct task_struct *p, *t;
	struct orthros_kept_mask *k;
	cpumask_var_t stay;
	int err = 0;

	if (!alloc_cpumask_var(&stay, GFP_KERNEL))
		return -ENOMEM;
	cpumask_andnot(stay, cpu_online_mask, leaving);
	mutex_lock(&kept_lock);
	rcu_read_lock();
	for_each_process_thread(p, t) {
		if (err || t->flags & PF_KTHREAD || runs_anywhere(t) ||
		    cpumask_intersects(&t->cpus_mask, stay))
			continue;
		k = kmalloc(sizeof(*k), GFP_ATOMIC);
		if (!k) {
			err = -ENOMEM;
			continue;
		}
		get_task_struct(t);
		k->task = t;
		cpumask_copy(&k->mask, &t->cpus_mask);
		list_add(&k->list, &orthros_kept_masks);
	}
	rcu_read_unlock();
	mutex_unlock(&kept_lock);
	free_cpumask_var(stay);
	if (err)
		orthros_return_masks();
	return err;
}

/**
 * orthros_return_masks() - the CPUs are back
 */
void orthros_return_masks(void)
{
	struct orthros_kept_mask *k, *next;

	mutex_lock(&kept_lock);
	prune_kept();
	list_for_each_entry_safe(k, next, &orthros_kept_masks, list) {
		if (set_cpus_allowed_ptr(k->task, &k->mask))
			pr_warn("task %d: none of its CPUs came back\n", task_pid_nr(k->task));
		forget(k);
	}
	mutex_unlock(&kept_lock);
}

static int describe(struct orthros_sections *s, bool frozen)
{
	mutex_lock(&kept_lock);
	prune_kept();
	mutex_unlock(&kept_lock);
	return 0;
}

/* Of the tasks that were read: what they are bound to is not what they were. */
static int gather(struct orthros_image *img)
{
	struct orthros_kept_mask_view v;
	struct orthros_list_iter it;
	struct orthros_obj *obj;
	u64 head;
	int err;

	err = orthros_src_sym(img->src, "orthros_kept_masks", &head);
	if (!err)
		err = orthros_read_rec(&img->src->mem, &orthros_table_kept_mask, head, &v);
	if (err)
		return err;
	orthros_src_for_each(&it, img->src, head, MAX_KEPT) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_kept_mask,
				       it.node - v.list_off, &v);
		if (err)
			return err;
		obj = orthros_obj_find(img, &orthros_task_type, v.task);
		if (obj)
			memcpy(rec_of(obj)->cpus_mask, v.mask, sizeof(v.mask));
	}
	return it.err;
}

/**
 * orthros_set_affinity() - give a task the CPUs it had
 * @task:	the task
 * @t:		its record
 *
 * Return: false if none of them runs yet: then it may run anywhere.
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

static int set_deadline(struct task_struct *task, const struct orthros_task_rec *t)
{
	struct sched_attr attr = {
		.size		= sizeof(attr),
		.sched_policy	= SCHED_DEADLINE,
		.sched_flags	= t->dl_flags & (SCHED_FLAG_RECLAIM | SCHED_FLAG_DL_OVERRUN),
		.sched_runtime	= t->dl_runtime,
		.sched_deadline	= t->dl_deadline,
		.sched_period	= t->dl_period,
	};

	if (t->sched_reset_on_fork)
		attr.sched_flags |= SCHED_FLAG_RESET_ON_FORK;
	return sched_setattr_nocheck(task, &attr);
}

/**
 * orthros_set_deadline() - give a task of SCHED_DEADLINE its share of CPU time
 * @task:	the task, which makes no others any more
 * @t:		its record
 *
 * The CPUs that are there may not do for all such tasks: it then goes before others,
 * without a limit, until they are.
 */
void orthros_set_deadline(struct task_struct *task, const struct orthros_task_rec *t)
{
	if (t->policy == SCHED_DEADLINE && set_deadline(task, t))
		sched_set_fifo(task);
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
		/* Since it runs it may have bound itself anew. */
		if (runs_anywhere(task) && !orthros_set_affinity(task, t))
			pr_warn("task %d: none of its CPUs is online\n", t->pid);
		if (t->policy == SCHED_DEADLINE && task->policy == SCHED_FIFO &&
		    set_deadline(task, t))
			pr_warn("task %d: there is no CPU time for its deadline\n", t->pid);
		put_task_struct(task);
	}
}

const struct orthros_kind orthros_affinity_kind = {
	.name	= "CPU affinity",
	.tables	= ORTHROS_TABLES(&orthros_table_kept_mask),
	.describe = describe,
	.gather	= gather,
	.settle	= settle,
};
