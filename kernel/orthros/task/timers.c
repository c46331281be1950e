// SPDX-License-Identifier: GPL-2.0
/*
 * Timers of processes: interval timers (setitimer, alarm) and POSIX timers.
 * Clocks go on from kernel to kernel, CPU clocks too, so that the time at which
 * a timer expires is the same number in both. They are made before the commit,
 * by their process, and started after it, when the clocks are set.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/hrtimer.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/posix-timers.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "../files/files.h"
#include "task_internal.h"
#include "timers_inside.h"

/* Struct k_itimer */
static const struct orthros_type timer_type = { .name = "POSIX timer" };

#define MAX_TIMERS	BIT(20)

static int read_timer(struct orthros_image *img, u64 addr, u64 signal,
		      const struct orthros_task_rec *t)
{
	const struct orthros_finder who = { .img = img, .pid = t->pid, .comm = t->comm };
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_timer_rec *r, part;
	struct orthros_obj *obj;
	int err;

	obj = orthros_obj_add(img, &timer_type, addr, t->pid, sizeof(*r));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	r = obj->rec;
	err = orthros_read_rec(mem, &orthros_table_timer, addr, r);
	if (err)
		return err;
	r->signal = signal;
	if (r->id < 0 || r->interval < 0)
		return orthros_bad(-EUCLEAN, "POSIX timer %d of process %d", r->id, t->pid);
	switch (r->notify) {
	case SIGEV_SIGNAL:
	case SIGEV_NONE:
	case SIGEV_THREAD_ID:
		break;
	default:
		return orthros_refuse(&who, "POSIX timer %d: notification %d",
				      r->id, r->notify);
	}

	if (r->clock < 0) {
		if (CPUCLOCK_WHICH(r->clock) > CPUCLOCK_SCHED)
			return orthros_refuse(&who,
					      "POSIX timer %d: clock of a device", r->id);
		err = orthros_read_rec(mem, &orthros_table_timer_cpu, addr, &part);
		r->expires = part.expires;
		r->cpu_pid = part.cpu_pid;
		if (!err && !CPUCLOCK_PERTHREAD(r->clock) && r->cpu_pid != t->tgid)
			orthros_refuse(&who,
				       "POSIX timer %d: CPU time of process %d", r->id,
				       r->cpu_pid);
		return err;
	}
	switch (r->clock) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
		err = orthros_read_rec(mem, &orthros_table_timer_real, addr, &part);
		r->expires = part.expires;
		r->base_clock = part.base_clock;
		return err;
	}
	return orthros_refuse(&who, "POSIX timer %d: clock %d", r->id, r->clock);
}

/**
 * orthros_read_timers() - read the POSIX timers of a process
 * @img:	image
 * @signal:	its signal_struct in the source
 * @s:		its record
 * @t:		its leader
 * @list_off:	of the list's node in a timer
 *
 * Return: 0 or -errno.
 */
int orthros_read_timers(struct orthros_image *img, u64 signal, const struct orthros_signal_rec *s,
			const struct orthros_task_rec *t, u64 list_off)
{
	struct orthros_list_iter it;
	int err;

	/* A list became a hlist, with a head of one pointer, in v6.12. */
	if (s->posix_timers_size == sizeof(u64)) {
		orthros_src_hlist_for_each(&it, img->src, s->posix_timers_addr, MAX_TIMERS) {
			err = read_timer(img, it.node - list_off, signal, t);
			if (err)
				return err;
		}
		return it.err;
	}
	orthros_src_for_each(&it, img->src, s->posix_timers_addr, MAX_TIMERS) {
		err = read_timer(img, it.node - list_off, signal, t);
		if (err)
			return err;
	}
	return it.err;
}

static struct k_itimer *build_timer(const struct orthros_timer_rec *r, unsigned long page)
{
	clockid_t clock = r->clock;
	struct sigevent event = {
		.sigev_notify = r->notify,
		.sigev_signo = r->signo,
		.sigev_value.sival_ptr = (void __user *)(unsigned long)r->value,
		.sigev_notify_thread_id = r->pid,
	};

	if (r->notify == SIGEV_THREAD_ID) {
		bool there;

		/* The signals of a thread that has ended reach nobody. */
		rcu_read_lock();
		there = find_task_by_pid_ns(r->pid, &init_pid_ns);
		rcu_read_unlock();
		if (!there)
			event.sigev_notify = SIGEV_NONE;
	}
	if (clock < 0)
		clock = (~(clockid_t)r->cpu_pid << 3) |
			(clock & (CPUCLOCK_PERTHREAD_MASK | CPUCLOCK_CLOCK_MASK));
	return orthros_posix_timer_create(r, clock, &event, (timer_t __user *)page);
}

/**
 * orthros_build_timers() - make the POSIX timers of current
 * @img:	image
 * @signal:	signal_struct of the process in the source
 *
 * In the context of its leader, when it has all its threads, before that exits.
 *
 * Return: 0 or -errno.
 */
int orthros_build_timers(struct orthros_image *img, u64 signal)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_signal_type, signal);
	const struct orthros_signal_rec *s;
	unsigned long page = 0;
	int err = 0;

	if (!obj)
		return -ENOENT;
	s = obj->rec;
	orthros_for_each_obj(obj, img, &timer_type) {
		const struct orthros_timer_rec *r = obj->rec;
		struct k_itimer *timer;

		if (r->signal != signal)
			continue;
		if (!page) {
			page = orthros_user_page(NULL, 0);
			if (IS_ERR_VALUE(page))
				return orthros_fail(page, "process %d: POSIX timers", obj->pid);
		}
		timer = build_timer(r, page);
		if (IS_ERR(timer)) {
			err = orthros_fail(PTR_ERR(timer), "process %d: POSIX timer %d, clock %d",
					   obj->pid, r->id, r->clock);
			break;
		}
		orthros_obj_built(obj, timer);
	}
	if (page)
		orthros_user_page_free(page);
	current->signal->next_posix_timer_id = s->next_timer_id;
	return err;
}

/**
 * orthros_timer_signal() - does a timer send this pending signal again?
 * @img:	image
 * @signal:	signal_struct of the process in the source
 * @info:	the signal
 *
 * Return: true if so; it then is not to be sent otherwise.
 */
bool orthros_timer_signal(struct orthros_image *img, u64 signal,
			  const struct kernel_siginfo *info)
{
	struct orthros_obj *obj;

	if (info->si_code != SI_TIMER || !info->si_sys_private)
		return false;
	orthros_for_each_obj(obj, img, &timer_type) {
		const struct orthros_timer_rec *r = obj->rec;

		if (r->signal == signal && r->id == info->si_tid)
			return r->requeue_pending == info->si_sys_private;
	}
	return false;
}

static void start_itimers(struct task_struct *task, const struct orthros_signal_rec *s)
{
	struct signal_struct *sig = task->signal;
	unsigned long flags, limit;
	int i;

	if (!lock_task_sighand(task, &flags))
		return;
	sig->it_real_incr = s->real_incr;
	hrtimer_set_expires(&sig->real_timer, s->real_expires);
	if (s->timer_active)
		hrtimer_start(&sig->real_timer, s->real_expires, HRTIMER_MODE_ABS);
	for (i = 0; i < ARRAY_SIZE(s->it_expires); i++) {
		u64 expires = s->it_expires[i];

		sig->it[i].incr = s->it_incr[i];
		sig->it[i].expires = expires;
		if (expires)
			set_process_cpu_timer(task, i, &expires, NULL);
	}
	unlock_task_sighand(task, &flags);
	/* As setrlimit() does: else nobody looks at the limit. */
	limit = READ_ONCE(sig->rlim[RLIMIT_CPU].rlim_cur);
	if (limit != RLIM_INFINITY)
		update_rlimit_cpu(task, limit);
}

/*
 * Let all timers run that ran in the source.
 *
 * After the commit, when the clocks are set, while files are still known by
 * their objects and every task is held.
 */
static void start_timers(struct orthros_image *img)
{
	struct task_struct *task;
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_signal_type) {
		rcu_read_lock();
		task = find_task_by_pid_ns(obj->pid, &init_pid_ns);
		if (task && !(task->exit_state && thread_group_empty(task)))
			start_itimers(task, obj->rec);
		rcu_read_unlock();
	}
	orthros_for_each_obj(obj, img, &timer_type) {
		if (obj->dst)
			orthros_posix_timer_start(obj->dst, obj->rec);
		obj->dst = NULL;
	}
}

const struct orthros_kind orthros_timer_kind = {
	.name	= "timers of processes",
	.tables	= ORTHROS_TABLES(&orthros_table_timer, &orthros_table_timer_real,
				 &orthros_table_timer_cpu),
	.start	= start_timers,
};
