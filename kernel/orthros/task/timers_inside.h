/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is included in kernel/time/posix-timers.c, since it needs the statics there.
 */
#ifndef _ORTHROS_TIMERS_INSIDE_H
#define _ORTHROS_TIMERS_INSIDE_H

#include <linux/posix-timers.h>
#include <linux/orthros/abi/task.h>

struct k_itimer *orthros_posix_timer_create(const struct orthros_timer_rec *rec, clockid_t clock,
					    struct sigevent *event, timer_t __user *uid);
void orthros_posix_timer_start(struct k_itimer *timer, const struct orthros_timer_rec *rec);

#endif /* _ORTHROS_TIMERS_INSIDE_H */
