/* SPDX-License-Identifier: GPL-2.0 */
/* A task while it is rebuilt: build.c makes it, tie.c completes it. */
#ifndef _ORTHROS_HELD_H
#define _ORTHROS_HELD_H

#include <linux/completion.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
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
 * @stop_kind:	&enum orthros_stop: it had stopped for its tracer
 * @stop_event:	PTRACE_EVENT_*
 * @stop_message: PTRACE_GETEVENTMSG
 * @traces_calls: by PTRACE_SYSCALL
 * @emulates_calls: by PTRACE_SYSEMU
 * @steps:	by PTRACE_SINGLESTEP
 * @goes:	it is released before others
 * @users:	the task, and the release if @goes
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
	u8 stop_kind;
	u8 stop_event;
	unsigned long stop_message;
	bool traces_calls, emulates_calls, steps;
	bool goes;
	refcount_t users;
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

static inline void put_held(struct orthros_held *h)
{
	if (refcount_dec_and_test(&h->users))
		kfree(h);
}

/* ptrace.c: where it had stopped for its tracer */
void orthros_before_call(struct orthros_held *h);
bool orthros_stop_in_event(struct orthros_held *h);
void orthros_stop_after_call(struct orthros_held *h);
void orthros_stop_traced(struct orthros_image *img);

/* tie.c: right before they are released. */
void orthros_send_signals(struct orthros_image *img);

#endif /* _ORTHROS_HELD_H */
