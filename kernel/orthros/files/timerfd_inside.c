// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of fs/timerfd.c (patches/<version>/0009-files), whose
 * struct and functions are static.
 */
#include "timerfd_inside.h"
#ifdef CONFIG_ORTHROS

/**
 * orthros_timerfd_setup() - give a fresh timerfd its setting, without starting it
 * @file:	the timerfd
 * @rec:	its record
 */
void orthros_timerfd_setup(struct file *file, const struct orthros_timerfd_rec *rec)
{
	struct timerfd_ctx *ctx = file->private_data;
	struct itimerspec64 setting = {
		.it_interval = ns_to_timespec64(rec->interval),
	};

	spin_lock_irq(&ctx->wqh.lock);
	timerfd_setup(ctx, rec->settime_flags, &setting);
	if (isalarm(ctx))
		ctx->t.alarm.node.expires = rec->expires;
	else
		hrtimer_set_expires(&ctx->t.tmr, rec->expires);
	ctx->expired = rec->expired;
	ctx->ticks = rec->ticks;
	spin_unlock_irq(&ctx->wqh.lock);
}

/**
 * orthros_timerfd_start() - start a timerfd that ran in the source
 * @file:	the timerfd
 * @rec:	its record
 *
 * When the clocks are set, since that would cancel it.
 */
void orthros_timerfd_start(struct file *file, const struct orthros_timerfd_rec *rec)
{
	struct timerfd_ctx *ctx = file->private_data;

	timerfd_setup_cancel(ctx, rec->settime_flags);
	spin_lock_irq(&ctx->wqh.lock);
	ctx->moffs = rec->canceled ? KTIME_MAX : ktime_mono_to_real(0);
	if (rec->active && isalarm(ctx))
		alarm_start(&ctx->t.alarm, rec->expires);
	else if (rec->active)
		hrtimer_start(&ctx->t.tmr, rec->expires, HRTIMER_MODE_ABS);
	spin_unlock_irq(&ctx->wqh.lock);
}
#endif /* CONFIG_ORTHROS */
