/* SPDX-License-Identifier: GPL-2.0 */
/* What the core's own files share: backup.c, update.c, boundary.c, *_task.c. */
#ifndef _ORTHROS_CORE_H
#define _ORTHROS_CORE_H

#include <linux/types.h>

struct orthros_handoff;
struct orthros_image;
struct orthros_src;
struct restart_block;
struct kernel_siginfo;

/* boundary.c */
void orthros_set_freezing(bool on);
long orthros_epoll_restart(struct restart_block *block);

/* quiesce.c */
void orthros_prepare_devices(void);
void orthros_unprepare_devices(void);
int orthros_quiesce_devices(void);
void orthros_resume_devices(bool touched);

/* net/describe.c */
int orthros_netconf_take(void);

/* fs/freeze.c: file systems on disks, in the source */
int orthros_describe_fs(void);
void orthros_sync_fs(void);
/* Where the notes begin, for the other kernel. */
extern u64 orthros_sb_notes;
int orthros_freeze_fs(char *which, size_t size);
void orthros_thaw_fs(void);

/* core/image.c */
void orthros_error_take(char *buf, size_t size);

/* core/walk.c */
int orthros_walk_init(struct orthros_src *src);

/* task/read.c: all processes and, through them, everything they hold. */
int orthros_task_init(struct orthros_src *src);
int orthros_read_tasks(struct orthros_image *img, u64 initiator);

/*
 * task/build.c: in the context of the new PID 1, in this order. Tasks stay
 * held until orthros_release_tasks().
 */
int orthros_build_tasks(struct orthros_image *img);
int orthros_verify_tasks(struct orthros_image *img);
int orthros_finish_ttys(struct orthros_image *img);
void orthros_release_tasks(struct orthros_image *img, s64 initiator_ret);
void orthros_settle_tasks(struct orthros_image *img);

/* task/tie.c */
struct pid *orthros_pid_get(pid_t nr, bool *made);

/*
 * task/timers.c: interval timers and POSIX timers. They are made by their process,
 * when it has all its threads.
 */
struct orthros_signal_rec;
struct orthros_task_rec;
int orthros_read_timers(struct orthros_image *img, u64 signal, const struct orthros_signal_rec *s,
			const struct orthros_task_rec *t, u64 list_off);
int orthros_build_timers(struct orthros_image *img, u64 signal);
/* True if a timer sends this signal again when it is started. */
bool orthros_timer_signal(struct orthros_image *img, u64 signal,
			  const struct kernel_siginfo *info);
/* After the commit, when the clocks are set and files are still known. */
void orthros_start_timers(struct orthros_image *img);

#endif /* _ORTHROS_CORE_H */
