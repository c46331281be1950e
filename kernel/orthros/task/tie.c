// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Completing processes
 *
 * What concerns several tasks at once, or would disturb the cloning while
 * build.c makes them one by one: sessions and groups, limits, pending
 * signals, stops, CPU affinity. Done by the task that becomes PID 1, all others
 * being held.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/idr.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/utsname.h>
#include <linux/orthros/abi/task.h>
#include "../files/files.h"
#include "../ns/ns.h"
#include "held.h"
#include "task_internal.h"

static int join(struct orthros_image *img, struct task_struct *task, enum pid_type type,
		pid_t nr, u64 addr)
{
	struct pid *pid, *old;

	if (nr <= 0)
		return 0;
	pid = orthros_pid_of(img, addr, nr);
	if (IS_ERR(pid))
		return orthros_fail(PTR_ERR(pid), "process group or session %d", nr);
	write_lock_irq(&tasklist_lock);
	old = type == PIDTYPE_SID ? task_session(task) : task_pgrp(task);
	if (old != pid)
		change_pid(task, type, pid);
	write_unlock_irq(&tasklist_lock);
	put_pid(pid);
	return 0;
}

/*
 * Children are those of a thread: it alone can wait for them with __WNOTHREAD, its
 * end sends what they have asked for. All were made by the first one, those of kernel
 * threads by PID 1.
 */
static int join_parent(struct orthros_image *img, struct task_struct *task,
		       const struct orthros_task_rec *t)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_task_type, t->real_parent);
	const struct orthros_task_rec *p = obj ? rec_of(obj) : NULL;
	struct task_struct *parent, *thread;

	if (p && (p->tgid != t->parent_tgid || p->exit_state))
		return orthros_fail(-EUCLEAN, "process %d: its parent is no thread of %d", t->pid,
				    t->parent_tgid);
	write_lock_irq(&tasklist_lock);
	parent = p ? find_task_by_pid_ns(p->pid, &init_pid_ns) : kthreadd_task;
	if (parent && parent != rcu_access_pointer(task->real_parent)) {
		for_each_thread(task, thread) {
			RCU_INIT_POINTER(thread->real_parent, parent);
			RCU_INIT_POINTER(thread->parent, parent);
		}
		list_move_tail(&task->sibling, &parent->children);
	}
	write_unlock_irq(&tasklist_lock);
	return parent ? 0 : orthros_fail(-ESRCH, "process %d: its parent %d vanished", t->pid,
					 t->parent_tgid);
}

/* When its children are those of others. */
static void exit_first_thread(struct orthros_obj *obj, struct orthros_held *h)
{
	WRITE_ONCE(h->turn, true);
	wake_up_process(h->task);
	/* It tells nobody that it has, as long as there are other threads. */
	while (!READ_ONCE(h->task->exit_state))
		schedule_timeout_uninterruptible(1);
	put_task_struct(h->task);
	obj->dst = NULL;
	kfree(h);
}

static void send_pending(struct orthros_image *img, struct task_struct *task, u64 addr,
			 u64 signal, enum pid_type type)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_sigpending_type, addr);
	const struct orthros_sigs_rec *s;
	unsigned long flags, limit;
	u32 i;

	if (!obj)
		return;
	s = obj->rec;
	if (!s->mask || !lock_task_sighand(task, &flags))
		return;
	/* They were within it when they were sent. */
	limit = task->signal->rlim[RLIMIT_SIGPENDING].rlim_cur;
	task->signal->rlim[RLIMIT_SIGPENDING].rlim_cur = RLIM_INFINITY;
	for (i = 0; i < s->nr; i++) {
		struct kernel_siginfo info;

		BUILD_BUG_ON(sizeof(info) != sizeof(s->sig[i]));
		memcpy(&info, &s->sig[i], sizeof(info));
		if (info.si_signo > 0 && info.si_signo <= _NSIG &&
		    !orthros_timer_signal(img, signal, &info))
			send_signal_locked(info.si_signo, &info, task, type);
	}
	/* Sent when there was no memory for a queue entry. */
	for (i = 1; i <= _NSIG; i++) {
		struct sigpending *p = type == PIDTYPE_PID ? &task->pending :
							     &task->signal->shared_pending;

		if ((s->mask & BIT_ULL(i - 1)) && !sigismember(&p->signal, i))
			send_signal_locked(i, SEND_SIG_PRIV, task, type);
	}
	task->signal->rlim[RLIMIT_SIGPENDING].rlim_cur = limit;
	unlock_task_sighand(task, &flags);
}

static void tie_io(struct task_io_accounting *io, const struct orthros_io_rec *rec)
{
#ifdef CONFIG_TASK_XACCT
	io->rchar = rec->rchar;
	io->wchar = rec->wchar;
	io->syscr = rec->syscr;
	io->syscw = rec->syscw;
#endif
#ifdef CONFIG_TASK_IO_ACCOUNTING
	io->read_bytes = rec->read_bytes;
	io->write_bytes = rec->write_bytes;
	io->cancelled_write_bytes = rec->cancelled_write_bytes;
#endif
}

static void tie_signal(struct task_struct *task, const struct orthros_signal_rec *s)
{
	struct signal_struct *sig = task->signal;
	unsigned long flags;
	int i;

	task_lock(task->group_leader);
	for (i = 0; i < min(RLIM_NLIMITS, ORTHROS_NR_RLIMITS); i++) {
		sig->rlim[i].rlim_cur = s->rlim[2 * i];
		sig->rlim[i].rlim_max = s->rlim[2 * i + 1];
	}
	task_unlock(task->group_leader);

	sig->is_child_subreaper = s->is_child_subreaper;
	sig->has_child_subreaper = s->has_child_subreaper;
	sig->oom_score_adj = s->oom_score_adj;
	sig->oom_score_adj_min = s->oom_score_adj_min;
	sig->leader = s->leader;

	write_seqlock_irqsave(&sig->stats_lock, flags);
	sig->utime = s->utime;
	sig->stime = s->stime;
	sig->cutime = s->cutime;
	sig->cstime = s->cstime;
	sig->gtime = s->gtime;
	sig->cgtime = s->cgtime;
	sig->nvcsw = s->nvcsw;
	sig->nivcsw = s->nivcsw;
	sig->cnvcsw = s->cnvcsw;
	sig->cnivcsw = s->cnivcsw;
	sig->min_flt = s->min_flt;
	sig->maj_flt = s->maj_flt;
	sig->cmin_flt = s->cmin_flt;
	sig->cmaj_flt = s->cmaj_flt;
	sig->inblock = s->inblock;
	sig->oublock = s->oublock;
	sig->cinblock = s->cinblock;
	sig->coublock = s->coublock;
	sig->maxrss = s->maxrss;
	sig->cmaxrss = s->cmaxrss;
	sig->sum_sched_runtime = s->sum_sched_runtime;
	tie_io(&sig->ioac, &s->io);
	write_sequnlock_irqrestore(&sig->stats_lock, flags);
}

/* The group that is told when the leader of a session without a terminal exits. */
static void tie_old_pgrp(struct task_struct *task, const struct orthros_signal_rec *s)
{
	/* It may have ended: then nobody is. */
	if (s->tty_old_pgrp > 0)
		task->signal->tty_old_pgrp = find_get_pid(s->tty_old_pgrp);
}

/* One that had begun to end goes on to, and by the same signal. */
static void put_group_exit(struct task_struct *task, const struct orthros_signal_rec *s)
{
	struct task_struct *t;
	unsigned long flags;

	if (!s->group_exit || !lock_task_sighand(task, &flags))
		return;
	task->signal->flags = SIGNAL_GROUP_EXIT;
	task->signal->group_exit_code = s->group_exit_code;
	for_each_thread(task, t)
		sigaddset(&t->pending.signal, SIGKILL);
	unlock_task_sighand(task, &flags);
}

/* What a process's parent waits for, or is told when a thread of it comes by. */
static void put_group_stop(struct task_struct *task, const struct orthros_signal_rec *s)
{
	struct signal_struct *sig = task->signal;
	unsigned long flags;

	if (s->group_exit || !lock_task_sighand(task, &flags))
		return;
	/* A signal that was pending may just have ended it. */
	if (!(sig->flags & SIGNAL_GROUP_EXIT)) {
		sig->flags |= (s->stop_stopped ? SIGNAL_STOP_STOPPED : 0) |
			      (s->stop_continued ? SIGNAL_STOP_CONTINUED : 0) |
			      (s->cld_stopped ? SIGNAL_CLD_STOPPED : 0) |
			      (s->cld_continued ? SIGNAL_CLD_CONTINUED : 0);
		sig->group_exit_code = s->group_exit_code;
	}
	unlock_task_sighand(task, &flags);
}

/*
 * A job control stop goes on: a thread that was in it finds one pending that does
 * not count it again; so does one that has not reached it, but that counts.
 */
static void put_stop(struct task_struct *task, const struct orthros_task_rec *t)
{
	unsigned long flags;

	if ((!t->stopped && !t->stop_pending) || !lock_task_sighand(task, &flags))
		return;
	if (!(task->signal->flags & SIGNAL_GROUP_EXIT)) {
		task->jobctl |= JOBCTL_STOP_PENDING | (t->jobctl & JOBCTL_STOP_SIGMASK ?: SIGSTOP);
		if (t->stop_pending && t->stop_consume) {
			task->jobctl |= JOBCTL_STOP_CONSUME;
			task->signal->group_stop_count++;
		}
	}
	unlock_task_sighand(task, &flags);
}

/**
 * orthros_tie_tasks() - sessions, groups, limits, accounts and affinity
 * @img:	image whose tasks were built and are held
 *
 * Context: the task that becomes PID 1; nobody else makes tasks meanwhile.
 * Return: 0 or negative errno.
 */
int orthros_tie_tasks(struct orthros_image *img)
{
	struct orthros_obj *obj, *sig, *sighand;
	int err;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = rec_of(obj);
		struct orthros_held *h = held_of(obj);

		sig = orthros_obj_find(img, &orthros_signal_type, t->signal);
		if (!sig)
			return -ENOENT;
		if (is_leader(t)) {
			const struct orthros_signal_rec *s = sig->rec;
			struct task_struct *task;

			/* Zombies are members, too, but no longer held. */
			rcu_read_lock();
			task = find_task_by_pid_ns(t->pid, &init_pid_ns);
			if (task)
				get_task_struct(task);
			rcu_read_unlock();
			if (!task)
				return orthros_fail(-ESRCH, "process %d vanished", t->pid);
			err = join(img, task, PIDTYPE_SID, s->sid, s->sid_pid) ?:
			      join(img, task, PIDTYPE_PGID, s->pgid, s->pgid_pid);
			if (!err && t->pid != 1)
				err = join_parent(img, task, t);
			if (!err)
				tie_signal(task, s);
			put_task_struct(task);
			if (err)
				return err;
		}
		if (!h)
			continue;
		sighand = orthros_obj_find(img, &orthros_sighand_type, t->sighand);
		if (is_leader(t) && sighand) {
			const struct orthros_sighand_rec *s = sighand->rec;
			/* It is held: its signal handlers stay. */
			struct sighand_struct *to = rcu_dereference_protected(h->task->sighand, 1);

			err = orthros_tie_signal_waits(img, s->signalfd_wqh, &to->signalfd_wqh);
			if (err)
				return err;
		}
		if (h->vfork_pid) {
			struct task_struct *child;

			rcu_read_lock();
			child = find_task_by_pid_ns(h->vfork_pid, &init_pid_ns);
			if (child)
				child->vfork_done = &h->vfork;
			rcu_read_unlock();
		}
		orthros_set_affinity(h->task, t);
		orthros_set_deadline(h->task, t);
		tie_io(&h->task->ioac, &t->io);
	}
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		sig = orthros_obj_find(img, &orthros_signal_type, rec_of(obj)->signal);
		if (held_of(obj) && rec_of(obj)->acts && sig)
			tie_old_pgrp(held_of(obj)->task, sig->rec);
	}
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		if (held_of(obj) && rec_of(obj)->group_lives)
			exit_first_thread(obj, held_of(obj));
	}
	return orthros_tie_tracers(img);
}

/* As when it had been killed in the source. */
static void tell_parent(const struct orthros_task_rec *t)
{
	rcu_read_lock();
	kill_pid(find_vpid(t->parent_tgid), t->exit_signal, 1);
	rcu_read_unlock();
}

/**
 * orthros_send_signals() - send what was pending, stop what was stopped
 * @img:	image whose tasks were built and are held
 *
 * Last before the release, since a fatal signal makes its process begin to exit.
 */
void orthros_send_signals(struct orthros_image *img)
{
	struct orthros_obj *obj, *sig;

	/* From then on no signal gets to it. */
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		sig = orthros_obj_find(img, &orthros_signal_type, rec_of(obj)->signal);
		if (held_of(obj) && rec_of(obj)->acts && sig)
			put_group_exit(held_of(obj)->task, sig->rec);
	}
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = rec_of(obj);
		struct orthros_held *h = held_of(obj);

		if (!h)
			continue;
		sig = orthros_obj_find(img, &orthros_signal_type, t->signal);
		send_pending(img, h->task, t->pending, t->signal, PIDTYPE_PID);
		if (t->acts && sig) {
			const struct orthros_signal_rec *s = sig->rec;

			send_pending(img, h->task, s->shared_pending, t->signal, PIDTYPE_TGID);
		}
		set_tsk_thread_flag(h->task, TIF_SIGPENDING);
		if (t->restore_sigmask)
			orthros_set_restore_sigmask(h->task);
	}
	/* When all is sent: SIGCONT, if it was pending, would end a stop. */
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = rec_of(obj);
		struct orthros_held *h = held_of(obj);

		sig = orthros_obj_find(img, &orthros_signal_type, t->signal);
		if (!h)
			continue;
		if (t->acts && sig)
			put_group_stop(h->task, sig->rec);
		put_stop(h->task, t);
	}
	orthros_for_each_obj(obj, img, &orthros_task_type)
		if (rec_of(obj)->given_up && rec_of(obj)->exit_signal > 0)
			tell_parent(rec_of(obj));
}

/* With tasklist_lock or RCU held. */
static bool has_parent(struct orthros_image *img, struct task_struct *task,
		       const struct orthros_task_rec *t)
{
	struct task_struct *parent = rcu_dereference(task->real_parent);
	struct orthros_obj *p = orthros_obj_find(img, &orthros_task_type, t->real_parent);

	return p ? parent->pid == rec_of(p)->pid : parent == kthreadd_task;
}

/**
 * orthros_verify_tasks() - is everyone there who should be?
 * @img:	image that was built
 *
 * Return: 0, or -ESRCH naming the task that is missing or wrong.
 */
int orthros_verify_tasks(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = rec_of(obj);
		struct task_struct *task;
		bool ok = false;

		if (!is_leader(t) && t->exit_state)
			continue;
		rcu_read_lock();
		task = find_task_by_pid_ns(t->pid, &init_pid_ns);
		if (task)
			ok = task->tgid == t->tgid && !task->exit_state == !t->exit_state &&
			     (t->pid == 1 || !is_leader(t) || has_parent(img, task, t)) &&
			     !strncmp(task->comm, t->comm, sizeof(task->comm));
		rcu_read_unlock();
		if (!ok)
			return orthros_fail(-ESRCH, "verify: task %d (%s)", t->pid, t->comm);
	}
	return 0;
}
