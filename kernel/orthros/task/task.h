/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes, for other areas.
 */
#ifndef _ORTHROS_TASK_H
#define _ORTHROS_TASK_H

#include <linux/types.h>

struct orthros_image;
struct orthros_src;
struct orthros_type;

extern const struct orthros_type orthros_task_type;

int orthros_task_init(struct orthros_src *src);
int orthros_read_tasks(struct orthros_image *img, u64 initiator);
int orthros_build_tasks(struct orthros_image *img);
int orthros_verify_tasks(struct orthros_image *img);
int orthros_finish_ttys(struct orthros_image *img);
void orthros_release_tasks(struct orthros_image *img, s64 initiator_ret);
void orthros_settle_tasks(struct orthros_image *img);
void orthros_start_timers(struct orthros_image *img);
void orthros_release_keys(struct orthros_image *img);

#endif /* _ORTHROS_TASK_H */
