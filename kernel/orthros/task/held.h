/* SPDX-License-Identifier: GPL-2.0 */
/* A task while it is rebuilt: build.c makes it, tie.c completes it. */
#ifndef _ORTHROS_HELD_H
#define _ORTHROS_HELD_H

#include <linux/completion.h>
#include <linux/sched.h>
#include <linux/task_work.h>
#include <linux/orthros/abi/task.h>
#include "task_internal.h"

/**
 * struct orthros_held - a rebuilt task until it runs
 * @img:	its image; not used after the release
 * @obj:	its TASK object
 * @task:	the new task
 * @regs:	user registers that it gets
 * @initiator:	wrote update, and returns only when nothing is left to be done
 * @given_up:	it does not hold, and is killed instead of running
 * @exec:	what it was about to run, instead of going on; or NULL
 * @vfork_pid:	child whose exec it waits for in vfork(), or 0
 * @vfork:	completed by that child
 * @turn:	a further step of it is asked for, or that it exits
 * @finishes:	that step is to finish its call
 * @done:	its subtree or that step is done, or @err says why not
 * @err:	0 or negative errno
 * @work:	sets @regs
 */
struct orthros_held {
	struct orthros_image *img;
	struct orthros_obj *obj;
	struct task_struct *task;
	struct orthros_regs_rec regs;
	bool initiator;
	bool given_up;
	struct orthros_exec_rec *exec;
	pid_t vfork_pid;
	struct completion vfork;
	bool turn;
	bool finishes;
	struct completion done;
	int err;
	struct callback_head work;
};

static inline struct orthros_task_rec *rec_of(const struct orthros_obj *task)
{
	return task->rec;
}

static inline bool is_leader(const struct orthros_task_rec *t)
{
	return t->pid == t->tgid;
}

static inline struct orthros_held *held_of(const struct orthros_obj *task)
{
	return task->dst;
}

/* tie.c: right before they are released. */
void orthros_send_signals(struct orthros_image *img);

#endif /* _ORTHROS_HELD_H */
