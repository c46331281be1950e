/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes, for other areas.
 */
#ifndef _ORTHROS_TASK_H
#define _ORTHROS_TASK_H

#include <linux/types.h>
#include "../core/kind.h"

struct cpumask;
struct orthros_image;

extern const struct orthros_kind orthros_task_kind;
extern const struct orthros_kind orthros_affinity_kind;

int orthros_keep_masks(const struct cpumask *leaving);
void orthros_return_masks(void);
extern const struct orthros_kind orthros_timer_kind;
extern const struct orthros_kind orthros_key_kind;
extern const struct orthros_kind orthros_landlock_kind;
extern const struct orthros_kind orthros_seccomp_kind;

/* build.c */
void orthros_release_tasks(struct orthros_image *img, s64 initiator_ret);

#endif /* _ORTHROS_TASK_H */
