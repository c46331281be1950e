/* SPDX-License-Identifier: GPL-2.0 */
/* What the core's own files share: backup.c, update.c, hooks.c, *_task.c. */
#ifndef _ORTHROS_CORE_H
#define _ORTHROS_CORE_H

#include <linux/types.h>

struct orthros_handoff;
struct orthros_image;
struct orthros_src;
struct restart_block;

/* hooks.c */
void orthros_set_freezing(bool on);
long orthros_epoll_restart(struct restart_block *block);

/* image.c */
void orthros_error_take(char *buf, size_t size);

/* source_walk.c */
int orthros_walk_init(struct orthros_src *src);

/* read_task.c: all processes and, through them, everything they hold. */
int orthros_task_init(struct orthros_src *src);
int orthros_read_tasks(struct orthros_image *img, u64 initiator);

/*
 * build_task.c: in the context of the new PID 1, in this order. Tasks stay
 * held until orthros_release_tasks().
 */
int orthros_build_tasks(struct orthros_image *img);
int orthros_verify_tasks(struct orthros_image *img);
int orthros_finish_ttys(struct orthros_image *img);
void orthros_release_tasks(struct orthros_image *img, s64 initiator_ret);
void orthros_settle_tasks(struct orthros_image *img);

#endif /* _ORTHROS_CORE_H */
