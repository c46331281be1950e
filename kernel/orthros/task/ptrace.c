// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Traced threads
 *
 * A tracer and its tracee go on as they were. One that runs is frozen like any other. One
 * that has stopped for its tracer is frozen where it stands, inside the kernel: in this
 * kernel it goes the same way once more, before anybody else runs, and stops at the same
 * place. What it told its tracer then is not told again.
 *
 * - Before a system call: it makes the call once more.
 * - After one, or within one that has made a task: it is led there.
 * - For a signal: it gets that one, and no other before.
 * - With its process, or because it was asked to: that is noted where it looks for it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/list.h>
#include <linux/orthros.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/sched/jobctl.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "held.h"
#include "task_internal.h"

/* What all of them may take together; it is a matter of microseconds. */
#define STOP_TIMEOUT	(5 * HZ)

/**
 * struct again - a thread on its way to where it had stopped
 * @list:	in @agains
 * @task:	the thread
 * @blocked:	its signal mask; until it is there no other signal may come
 * @info:	what it has stopped for
 * @exit_code:	what it has still to tell, 0 if its tracer knows
 * @listening:	PTRACE_LISTEN
 */
struct again {
	struct list_head list;
	struct task_struct *task;
	sigset_t blocked;
	u64 info[ORTHROS_SIGINFO_SIZE / 8];
	int exit_code;
	bool listening;
};

static LIST_HEAD(agains);
static DEFINE_SPINLOCK(agains_lock);
static DECLARE_WAIT_QUEUE_HEAD(agains_wq);

static struct again *find_again(struct task_struct *task)
{
	struct again *a;

	list_for_each_entry(a, &agains, list)
		if (a->task == task)
			return a;
	return NULL;
}

/**
 * orthros_stops_again() - has current stopped here before?
 * @exit_code:	what its tracer is to be told; changed if so
 *
 * In ptrace_stop(), with the signal lock held.
 *
 * Return: true if nobody is to be notified.
 */
bool orthros_stops_again(int *exit_code)
{
	struct again *a;

	if (likely(list_empty_careful(&agains)))
		return false;
	spin_lock(&agains_lock);
	a = find_again(current);
	if (a)
		list_del_init(&a->list);
	spin_unlock(&agains_lock);
	if (!a)
		return false;
	current->blocked = a->blocked;
	if (a->listening)
		current->jobctl |= JOBCTL_LISTENING;
	if (current->last_siginfo)
		memcpy(current->last_siginfo, a->info, sizeof(a->info));
	*exit_code = a->exit_code;
	kfree(a);
	wake_up(&agains_wq);
	return true;
}

/* ---- reading ---------------------------------------------------------------- */

static const char *event_name(u32 event)
{
	return event == PTRACE_EVENT_EXIT ? "its end" :
	       event == PTRACE_EVENT_EXEC ? "a program that it begins" :
	       event == PTRACE_EVENT_SECCOMP ? "seccomp" : "an unknown event";
}

static int read_kind(const struct orthros_finder *who, struct orthros_task_rec *t)
{
	const struct kernel_siginfo *info = (const void *)t->stop_info;
	u32 event;

	if (!t->last_siginfo)
		return ORTHROS_STOP_GROUP;
	if (orthros_src_read(who->img->src, t->last_siginfo, t->stop_info, sizeof(t->stop_info)))
		return orthros_bad(-EFAULT, "thread %d: why it has stopped", t->pid);
	event = info->si_code > 0 ? info->si_code >> 8 : 0;
	if (!event && info->si_signo == SIGTRAP && (info->si_code & ~0x80) == SIGTRAP)
		return t->ptrace_message == PTRACE_EVENTMSG_SYSCALL_ENTRY ?
		       ORTHROS_STOP_ENTRY : ORTHROS_STOP_EXIT;
	switch (event) {
	case 0:
		return ORTHROS_STOP_SIGNAL;
	case PTRACE_EVENT_STOP:
		return ORTHROS_STOP_GROUP;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
	case PTRACE_EVENT_VFORK_DONE:
		t->stop_event = event;
		return ORTHROS_STOP_EVENT;
	}
	orthros_refuse(who, "thread %d: traced, and has stopped for %s", t->pid,
		       event_name(event));
	return ORTHROS_STOP_NONE;
}

/**
 * orthros_read_trace() - read who traces a thread, and where that has stopped
 * @who:	its process
 * @env:	what the source's names stand for
 * @t:		the thread
 *
 * Return: 0, also when something was refused, or negative errno.
 */
int orthros_read_trace(const struct orthros_finder *who, const struct orthros_task_env *env,
		       struct orthros_task_rec *t)
{
	struct orthros_task_head tracer;
	int i, kind, err;

	if (!t->ptrace)
		return 0;
	BUILD_BUG_ON(sizeof(struct kernel_siginfo) != sizeof(t->stop_info));
	for (i = 0; i < ARRAY_SIZE(t->breakpoints); i++)
		if (t->breakpoints[i])
			return orthros_refuse(who, "thread %d: traced, with hardware breakpoints",
					      t->pid);
	if (t->thread_flags & BIT_ULL(env->tif_blockstep & 63))
		return orthros_refuse(who, "thread %d: traced, stepping by branches", t->pid);
	/* Nobody but its tracer hears of it; if that is its parent, that makes no difference. */
	if (t->exit_state)
		return t->tracer == t->real_parent ? 0 :
		       orthros_refuse(who, "thread %d: traced, and has ended", t->pid);
	if (t->pid == 1)
		return orthros_refuse(who, "thread %d: traced, as PID 1", t->pid);
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_task_head, t->tracer, &tracer);
	if (err)
		return err;
	t->tracer_pid = tracer.pid;
	t->traces_calls = !!(t->syscall_work & BIT_ULL(env->trace_bit & 63));
	t->emulates_calls = !!(t->syscall_work & BIT_ULL(env->emu_bit & 63));
	t->steps = !!(t->thread_flags & BIT_ULL(env->tif_singlestep & 63));
	t->steps_forced = !!(t->thread_flags & BIT_ULL(env->tif_forced_tf & 63));
	t->listening = !!(t->jobctl & env->jobctl_listening);
	t->trap_stop = !!(t->jobctl & env->jobctl_trap_stop);
	t->trap_notify = !!(t->jobctl & env->jobctl_trap_notify);
	if (!(t->jobctl & env->jobctl_traced))
		return 0;
	kind = read_kind(who, t);
	if (kind < 0)
		return who->img->frozen ? kind : 0;
	t->stop_kind = kind;
	return 0;
}

/* ---- building --------------------------------------------------------------- */

static struct task_struct *get_task(pid_t pid)
{
	struct task_struct *task;

	rcu_read_lock();
	task = find_task_by_pid_ns(pid, &init_pid_ns);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

static void link(struct task_struct *task, struct task_struct *tracer,
		 const struct orthros_task_rec *t)
{
	const struct cred *cred = get_task_cred(tracer);
	unsigned long flags;

	write_lock_irq(&tasklist_lock);
	task->ptrace = t->ptrace & (PT_PTRACED | PT_SEIZED | PTRACE_O_MASK << PT_OPT_FLAG_SHIFT);
	__ptrace_link(task, tracer, cred);
	write_unlock_irq(&tasklist_lock);
	put_cred(cred);
	if ((t->trap_stop || t->trap_notify) && lock_task_sighand(task, &flags)) {
		task->jobctl |= (t->jobctl & JOBCTL_STOP_SIGMASK) |
				(t->trap_stop ? JOBCTL_TRAP_STOP : 0) |
				(t->trap_notify ? JOBCTL_TRAP_NOTIFY : 0);
		unlock_task_sighand(task, &flags);
	}
	if (t->steps)
		set_tsk_thread_flag(task, TIF_SINGLESTEP);
	if (t->steps_forced)
		set_tsk_thread_flag(task, TIF_FORCED_TF);
}

/**
 * orthros_tie_tracers() - give traced threads their tracers
 * @img:	image whose tasks were built and are held
 *
 * When all have their parents.
 *
 * Return: 0 or negative errno.
 */
int orthros_tie_tracers(struct orthros_image *img)
{
	struct task_struct *tracer;
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = rec_of(obj);
		struct orthros_held *h = held_of(obj);

		if (!h || !t->ptrace)
			continue;
		tracer = get_task(t->tracer_pid);
		/* As when it had ended in the source. */
		if (!tracer && img->crashed) {
			h->given_up |= t->ptrace & PT_EXITKILL;
			continue;
		}
		if (!tracer)
			return orthros_fail(-ESRCH, "thread %d: its tracer %d", t->pid,
					    t->tracer_pid);
		link(h->task, tracer, t);
		h->traces_calls = t->traces_calls;
		h->emulates_calls = t->emulates_calls;
		h->steps = t->steps;
		put_task_struct(tracer);
	}
	return 0;
}

/* Before it runs: what leads it to where it had stopped. */
static void prepare(struct task_struct *task, const struct orthros_task_rec *t)
{
	struct kernel_siginfo info;
	unsigned long flags;

	if (!lock_task_sighand(task, &flags))
		return;
	if (task->ptrace) {
		sigfillset(&task->blocked);
		sigdelsetmask(&task->blocked, sigmask(SIGKILL));
	}
	switch (t->stop_kind) {
	case ORTHROS_STOP_SIGNAL:
		memcpy(&info, t->stop_info, sizeof(info));
		if (!valid_signal(info.si_signo) || !info.si_signo)
			break;
		sigdelset(&task->blocked, info.si_signo);
		send_signal_locked(info.si_signo, &info, task, PIDTYPE_PID);
		break;
	case ORTHROS_STOP_GROUP:
		if (!task->ptrace)
			break;
		task->jobctl |= JOBCTL_TRAP_STOP | (t->jobctl & JOBCTL_STOP_SIGMASK ?: SIGTRAP);
		break;
	}
	set_tsk_thread_flag(task, TIF_SIGPENDING);
	unlock_task_sighand(task, &flags);
	if (t->restore_sigmask)
		orthros_set_restore_sigmask(task);
}

/**
 * orthros_stop_traced() - let traced threads stop where they had stopped
 * @img:	image whose tasks were built and are held
 *
 * Before signals are sent, and before anybody else runs.
 */
void orthros_stop_traced(struct orthros_image *img)
{
	struct orthros_obj *obj;
	struct again *a;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *t = rec_of(obj);
		struct orthros_held *h = held_of(obj);

		if (!h || h->given_up || !t->stop_kind)
			continue;
		h->stop_kind = t->stop_kind;
		h->stop_event = t->stop_event;
		h->stop_message = t->ptrace_message;
		if (!h->task->ptrace) {
			prepare(h->task, t);
			continue;
		}
		a = kzalloc(sizeof(*a), GFP_KERNEL | __GFP_NOFAIL);
		a->task = h->task;
		a->blocked = h->task->blocked;
		a->exit_code = t->exit_code;
		memcpy(a->info, t->stop_info, sizeof(a->info));
		a->listening = t->listening;
		spin_lock_irq(&agains_lock);
		list_add_tail(&a->list, &agains);
		spin_unlock_irq(&agains_lock);
		prepare(h->task, t);
		refcount_inc(&h->users);
		WRITE_ONCE(h->goes, true);
		wake_up_process(h->task);
	}
	if (list_empty(&agains) ||
	    wait_event_timeout(agains_wq, list_empty_careful(&agains), STOP_TIMEOUT))
		return;
	spin_lock_irq(&agains_lock);
	list_for_each_entry(a, &agains, list)
		pr_err("thread %d (%s): does not stop again for its tracer\n",
		       task_pid_nr(a->task), a->task->comm);
	spin_unlock_irq(&agains_lock);
}

/**
 * orthros_before_call() - does it stop before a call, which is to be made again?
 * @h:		the current thread
 *
 * Changes its registers so.
 */
void orthros_before_call(struct orthros_held *h)
{
	/* Not before: the way to user mode begins like the end of a system call. */
	if (h->traces_calls)
		set_syscall_work(SYSCALL_TRACE);
	if (h->emulates_calls)
		set_syscall_work(SYSCALL_EMU);
	if (h->steps)
		set_syscall_work(SYSCALL_EXIT_TRAP);
	if (h->stop_kind != ORTHROS_STOP_ENTRY)
		return;
	h->regs.ax = h->regs.orig_ax;
	h->regs.orig_ax = -1;
	/* The instruction is of that length. */
	h->regs.ip -= 2;
}

/**
 * orthros_stop_in_event() - stop within a call, for what it has made
 * @h:		the current thread, which has its registers
 *
 * Context: on the way to user mode.
 * Return: whether a child that was made by vfork() is to be waited for.
 */
bool orthros_stop_in_event(struct orthros_held *h)
{
	if (h->stop_kind != ORTHROS_STOP_EVENT)
		return false;
	ptrace_notify(h->stop_event << 8 | SIGTRAP, h->stop_message);
	return h->stop_event == PTRACE_EVENT_VFORK && h->vfork_pid;
}

/**
 * orthros_stop_after_call() - stop after a call, or in what is left of it
 * @h:		the current thread, which has its registers
 *
 * Context: on the way to user mode.
 */
void orthros_stop_after_call(struct orthros_held *h)
{
	struct pt_regs *regs = current_pt_regs();
	bool vfork = h->vfork_pid;

	if (h->stop_kind == ORTHROS_STOP_EXIT) {
		ptrace_report_syscall_exit(regs, 0);
		return;
	}
	if (h->stop_kind == ORTHROS_STOP_EVENT) {
		vfork = h->stop_event == PTRACE_EVENT_VFORK;
		regs->ax = h->stop_message;
	} else if (vfork && current->ptrace) {
		h->stop_message = h->vfork_pid;
	} else if (!h->initiator || !current->ptrace) {
		return;
	}
	if (vfork)
		ptrace_event(PTRACE_EVENT_VFORK_DONE, h->stop_message);
	if (test_syscall_work(SYSCALL_TRACE))
		ptrace_report_syscall_exit(regs, 0);
}
