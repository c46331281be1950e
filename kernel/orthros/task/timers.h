/* SPDX-License-Identifier: GPL-2.0 */
/* What the readers and builders of timers and what is included in the kernel's files share. */
#ifndef _ORTHROS_TIMERS_H
#define _ORTHROS_TIMERS_H

#include <linux/posix-timers.h>
#include <linux/orthros/abi/file.h>
#include <linux/orthros/abi/task.h>

struct file;

/* posix_timers_inside.c */
struct k_itimer *orthros_posix_timer_create(const struct orthros_timer_rec *rec, clockid_t clock,
					    struct sigevent *event, timer_t __user *uid);
void orthros_posix_timer_start(struct k_itimer *timer, const struct orthros_timer_rec *rec);

/* files/timerfd_inside.c */
void orthros_timerfd_setup(struct file *file, const struct orthros_timerfd_rec *rec);
void orthros_timerfd_start(struct file *file, const struct orthros_timerfd_rec *rec);

#endif /* _ORTHROS_TIMERS_H */
