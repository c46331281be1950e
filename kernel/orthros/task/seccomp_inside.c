// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of kernel/seccomp.c (patches/<version>/0027-seccomp), whose
 * functions are static: filters that other tasks get, and that nobody may be asked for.
 */
#ifdef CONFIG_ORTHROS
#include "../core/filter_inside.h"
#include "seccomp_inside.h"

/**
 * orthros_seccomp_create() - a filter as seccomp_prepare_filter() and
 *			      seccomp_attach_filter() make it
 * @given:		its program
 * @prev:		the filter that it was added to, or NULL
 * @log:		SECCOMP_FILTER_FLAG_LOG
 * @wait_killable:	SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
 *
 * Return: the filter, to be given back with orthros_seccomp_put(), or an ERR_PTR().
 */
struct seccomp_filter *orthros_seccomp_create(const struct sock_fprog_kern *given,
					      struct seccomp_filter *prev, bool log,
					      bool wait_killable)
{
	struct seccomp_filter *filter = kzalloc(sizeof(*filter), GFP_KERNEL);
	int err;

	if (!filter)
		return ERR_PTR(-ENOMEM);
	mutex_init(&filter->notify_lock);
	init_waitqueue_head(&filter->wqh);
	err = orthros_classic_prog(&filter->prog, given, seccomp_check_filter);
	if (err) {
		kfree(filter);
		return ERR_PTR(err);
	}
	refcount_set(&filter->refs, 1);
	refcount_set(&filter->users, 1);
	filter->log = log;
	filter->wait_killable_recv = wait_killable;
	if (prev) {
		__get_seccomp_filter(prev);
		refcount_inc(&prev->users);
	}
	filter->prev = prev;
	seccomp_cache_prepare(filter);
	return filter;
}

/**
 * orthros_seccomp_put() - what orthros_seccomp_create() has given is not needed any more
 * @filter:	the filter
 */
void orthros_seccomp_put(struct seccomp_filter *filter)
{
	__seccomp_filter_release(filter);
}

/**
 * orthros_seccomp_listen() - give a filter its listener again
 * @filter:	the filter
 * @flags:	SECCOMP_USER_NOTIF_FD_*
 * @next_id:	of the next notification
 *
 * Return: the listener's file, or an ERR_PTR().
 */
struct file *orthros_seccomp_listen(struct seccomp_filter *filter, u32 flags, u64 next_id)
{
	struct file *file = init_listener(filter);

	if (IS_ERR(file))
		return file;
	filter->notif->next_id = next_id;
#ifdef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
	filter->notif->flags = flags;
#endif
	return file;
}

/**
 * orthros_seccomp_attach() - restrict a task that has not run yet
 * @task:	the task, which is held
 * @filter:	its last filter, NULL for the strict mode
 * @depth:	how many there are in all
 */
void orthros_seccomp_attach(struct task_struct *task, struct seccomp_filter *filter, int depth)
{
	spin_lock_irq(&task->sighand->siglock);
	if (filter) {
		__get_seccomp_filter(filter);
		refcount_inc(&filter->users);
		/* It does not run yet. */
		task->seccomp.filter = filter;
		atomic_set(&task->seccomp.filter_count, depth);
	}
	/* What it has of mitigations it has got already. */
	seccomp_assign_mode(task, filter ? SECCOMP_MODE_FILTER : SECCOMP_MODE_STRICT,
			    SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	spin_unlock_irq(&task->sighand->siglock);
}
#endif /* CONFIG_ORTHROS */
