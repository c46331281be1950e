// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of kernel/time/posix-timers.c (patches/<version>/0006-time),
 * whose functions are static.
 */
#include "timers_inside.h"
#ifdef CONFIG_ORTHROS

/**
 * orthros_posix_timer_create() - timer_create(2) with a chosen id
 * @rec:	record of the timer
 * @clock:	clock id that names the same clock to current
 * @event:	notification
 * @uid:	where the id can be written to, in current's memory
 *
 * In the context of the process that has it; it is not started.
 *
 * Return: the timer, which lives as long as the process does not run, or ERR_PTR.
 */
struct k_itimer *orthros_posix_timer_create(const struct orthros_timer_rec *rec, clockid_t clock,
					    struct sigevent *event, timer_t __user *uid)
{
	struct k_itimer *timer;
	unsigned long flags;
	int err;

	current->signal->next_posix_timer_id = rec->id;
	err = do_timer_create(clock, event, uid);
	if (err)
		return ERR_PTR(err);
	timer = lock_timer(rec->id, &flags);
	if (!timer)
		return ERR_PTR(-EEXIST);
	timer->it_clock = rec->clock;
	unlock_timer(timer, flags);
	return timer;
}

static void orthros_start_real(struct k_itimer *timer, const struct orthros_timer_rec *rec)
{
	struct hrtimer *hr = &timer->it.real.timer;
	bool absolute = rec->clock != CLOCK_REALTIME || rec->base_clock == CLOCK_REALTIME;
	enum pid_type type;

	timer->it_interval = rec->interval;
	timer->it_overrun = rec->overrun;
	timer->it_overrun_last = rec->overrun_last;
	timer->it_requeue_pending = rec->requeue_pending;
	timer->it_active = rec->active;
	if (!rec->expires)
		return;

	/* Chooses the clock, queues nothing. */
	common_hrtimer_arm(timer, 0, absolute, true);
	hrtimer_set_expires(hr, rec->expires);
	if (rec->active)
		hrtimer_start_expires(hr, HRTIMER_MODE_ABS);
	if (!rec->interval || !(rec->requeue_pending & REQUEUE_PENDING))
		return;

	/* It goes on when this signal is delivered. */
	type = timer->it_sigev_notify & SIGEV_THREAD_ID ? PIDTYPE_PID : PIDTYPE_TGID;
	timer->sigq->info.si_sys_private = rec->requeue_pending;
	send_sigqueue(timer->sigq, timer->it_pid, type);
}

/**
 * orthros_posix_timer_start() - let a timer be as it was
 * @timer:	from orthros_posix_timer_create()
 * @rec:	its record
 *
 * When the clocks are set. The process is still held.
 */
void orthros_posix_timer_start(struct k_itimer *timer, const struct orthros_timer_rec *rec)
{
	struct itimerspec64 setting = {
		.it_interval = ns_to_timespec64(rec->interval),
		.it_value = ns_to_timespec64(rec->expires),
	};
	unsigned long flags;

	spin_lock_irqsave(&timer->it_lock, flags);
	if (rec->clock >= 0)
		orthros_start_real(timer, rec);
	else if (rec->expires)
		timer->kclock->timer_set(timer, TIMER_ABSTIME, &setting, NULL);
	spin_unlock_irqrestore(&timer->it_lock, flags);
}
#endif /* CONFIG_ORTHROS */
