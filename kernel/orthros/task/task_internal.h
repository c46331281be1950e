/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files that read and build processes share.
 */
#ifndef _ORTHROS_TASK_INTERNAL_H
#define _ORTHROS_TASK_INTERNAL_H

#include <linux/resource.h>
#include <linux/types.h>
#include <linux/orthros/abi/task.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/walk.h"
#include "compat.h"
#include "tables.h"
#include "task.h"

struct cred;
struct task_struct;
struct kernel_siginfo;
struct orthros_cred_rec;

extern const struct orthros_type orthros_cred_type;
extern const struct orthros_type orthros_fpu_type;
extern const struct orthros_type orthros_sighand_type;
extern const struct orthros_type orthros_signal_type;
extern const struct orthros_type orthros_sigpending_type;

extern const struct orthros_type orthros_task_type;
extern const struct orthros_type orthros_exec_type;
/* By the source's struct io_bitmap */
extern const struct orthros_type orthros_ports_type;
/* A struct orthros_task_head */
/* A struct rusage, by the task that is told */
extern const struct orthros_type orthros_usage_type;
extern const struct orthros_type orthros_unborn_type;

/* read.c, read_all.c, tie.c, affinity.c: steps of the kind of processes, which is in build.c */
int orthros_resolve_tasks(struct orthros_src *src);
int orthros_read_tasks(struct orthros_image *img);
int orthros_gather_tasks(struct orthros_image *img);
int orthros_tie_tasks(struct orthros_image *img);
int orthros_verify_tasks(struct orthros_image *img);
bool orthros_set_affinity(struct task_struct *task, const struct orthros_task_rec *t);
void orthros_set_deadline(struct task_struct *task, const struct orthros_task_rec *t);

/* What a thread may be asked to do without, all but those of cpusets. */
#define ORTHROS_ATOMIC_FLAGS	(BIT(PFA_NO_NEW_PRIVS) | \
				 BIT(PFA_SPEC_SSB_DISABLE) | BIT(PFA_SPEC_SSB_FORCE_DISABLE) | \
				 BIT(PFA_SPEC_SSB_NOEXEC) | \
				 BIT(PFA_SPEC_IB_DISABLE) | BIT(PFA_SPEC_IB_FORCE_DISABLE))

/* More than PID_MAX_LIMIT tasks cannot be. */
#define ORTHROS_MAX_TASKS	(4UL << 20)

/* read.c: one process */
const struct orthros_task_env *orthros_task_layout(void);
int orthros_read_process(struct orthros_image *img, u64 leader, u64 initiator);
int orthros_read_cred(struct orthros_image *img, const struct orthros_task_rec *t);
bool orthros_is_kthread(const struct orthros_task_head *head);

/* calls.c, crashed.c: processes of a kernel that has failed */
void orthros_finish_call(struct orthros_task_rec *t);
bool orthros_in_call(const struct orthros_regs_rec *r);
int orthros_read_crashed_process(struct orthros_image *img, u64 leader, u64 initiator);
void orthros_adopt_orphans(struct orthros_image *img);

/* exec.c: programs that were begun */
int orthros_finish_exec(struct orthros_image *img, struct orthros_task_rec *t);
int orthros_exec_again(const struct orthros_exec_rec *e);

/* finish.c: calls that were under way */
bool orthros_finishes(const struct orthros_task_rec *t);
int orthros_read_usage(struct orthros_image *img, u64 task, const struct orthros_task_rec *t,
		       u64 stack);
void orthros_finish_here(const struct orthros_restart_rec *r, const struct rusage *used,
			 struct orthros_regs_rec *regs);

/* landlock.c: domains */
int orthros_read_landlock(const struct orthros_finder *who, u64 cred);

/* ptrace.c: who traces whom */
int orthros_read_trace(const struct orthros_finder *who, const struct orthros_task_env *env,
		       struct orthros_task_rec *t);
int orthros_tie_tracers(struct orthros_image *img);

/* seccomp.c: filters of system calls */
int orthros_read_seccomp(const struct orthros_finder *who, const struct orthros_task_rec *t);

/* key.c: keys and keyrings */
int orthros_read_key(const struct orthros_finder *who, u64 addr);
void orthros_set_keyrings(struct orthros_image *img, struct cred *cred,
			  const struct orthros_cred_rec *rec);

/* undo.c: undo lists of System V semaphores */
int orthros_check_undos(struct orthros_image *img);

/* timers.c: interval timers and POSIX timers */
int orthros_read_timers(struct orthros_image *img, u64 signal, const struct orthros_signal_rec *s,
			const struct orthros_task_rec *t, u64 list_off);
int orthros_build_timers(struct orthros_image *img, u64 signal);
bool orthros_timer_signal(struct orthros_image *img, u64 signal,
			  const struct kernel_siginfo *info);

#endif /* _ORTHROS_TASK_INTERNAL_H */
