// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: Rebuilding processes
 *
 * Each process is a new task of this kernel, made by its parent with the PID
 * it had, so that parentage comes out right by itself. A task first makes its
 * children, while it has neither memory nor files that they would inherit; then
 * it becomes what its record says, in its own context; then it makes its
 * threads. One task works at a time. Each then waits, held, until all are
 * done: a failure on the way leaves nothing that ran.
 *
 * What is not a task's own to do, because it concerns others or would disturb
 * the cloning (pending signals, limits, sessions), is done at the end, by the
 * task that becomes PID 1. User registers are set by a task work on the way to
 * user mode, where the kernel then restarts system calls as after any signal.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/idr.h>
#include <linux/init_task.h>
#include <linux/ioprio.h>
#include <linux/kallsyms.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/prctl.h>
#include <linux/sched/cputime.h>
#include <linux/sched/prio.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/sched/user.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/task_work.h>
#include <linux/time_namespace.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <linux/sched/autogroup.h>
#include <linux/syscall_user_dispatch.h>
#include <uapi/linux/sched/types.h>
#include <linux/wait.h>
#include <linux/orthros/abi/task.h>
#include <linux/orthros/platform.h>
#include <asm/proto.h>
#include <asm/prctl.h>
#include <asm/spec-ctrl.h>
#include "../cgroup/cgroup.h"
#include "../core/call.h"
#include "../files/files.h"
#include "../fs/fs.h"
#include "../ipc/ipc.h"
#include "../machine/machine.h"
#include "../mm/mm.h"
#include "../ns/ns.h"
#include "held.h"
#include "kernel/futex/futex.h"
#include "task_internal.h"

/* What a program may set in its flags: the rest is this kernel's. */
#define USER_EFLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | \
			 X86_EFLAGS_SF | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_OF | \
			 X86_EFLAGS_NT | X86_EFLAGS_RF | X86_EFLAGS_AC | X86_EFLAGS_ID)

/* How long all such calls may take, for which others wait. */
#define FINISH_TIMEOUT	(10 * HZ)

static DECLARE_WAIT_QUEUE_HEAD(release_wq);
static bool released;

/* ---- user registers ------------------------------------------------------ */

static void put_regs(const struct orthros_regs_rec *r)
{
	struct pt_regs *regs = current_pt_regs();

	regs->r15 = r->r15;
	regs->r14 = r->r14;
	regs->r13 = r->r13;
	regs->r12 = r->r12;
	regs->bp = r->bp;
	regs->bx = r->bx;
	regs->r11 = r->r11;
	regs->r10 = r->r10;
	regs->r9 = r->r9;
	regs->r8 = r->r8;
	regs->ax = r->ax;
	regs->cx = r->cx;
	regs->dx = r->dx;
	regs->si = r->si;
	regs->di = r->di;
	regs->orig_ax = r->orig_ax;
	regs->ip = r->ip;
	regs->cs = r->cs;
	regs->flags = (r->flags & USER_EFLAGS) | X86_EFLAGS_FIXED | X86_EFLAGS_IF;
	regs->sp = r->sp;
	regs->ss = r->ss;
}

/* As wait_for_vfork_done(), for a child that this kernel did not fork. */
static void wait_for_vfork_child(struct orthros_held *h)
{
	struct task_struct *child;

	put_regs(&h->regs);
	if (wait_for_completion_state(&h->vfork, TASK_KILLABLE | TASK_FREEZABLE)) {
		rcu_read_lock();
		child = find_task_by_pid_ns(h->vfork_pid, &init_pid_ns);
		if (child)
			get_task_struct(child);
		rcu_read_unlock();
		if (child) {
			task_lock(child);
			child->vfork_done = NULL;
			task_unlock(child);
			put_task_struct(child);
		}
	}
	h->regs.ax = h->vfork_pid;
	/* A tracer looks which call it was. */
	if (!current->ptrace)
		h->regs.orig_ax = -1;
}

static void put_regs_work(struct callback_head *work)
{
	struct orthros_held *h = container_of(work, struct orthros_held, work);

	orthros_before_call(h);
	put_regs(&h->regs);
	if (orthros_stop_in_event(h))
		wait_for_vfork_child(h);
	orthros_stop_after_call(h);
	put_held(h);
}

/* Its registers are the program's then. */
static void exec_again(struct orthros_held *h)
{
	int err = orthros_exec_again(h->exec);

	if (err) {
		pr_err("process %d (%s) is given up: it cannot begin %s: %pe\n",
		       task_tgid_nr(current), current->comm, h->exec->name, ERR_PTR(err));
		do_group_exit(SIGKILL);
	}
	pr_info("process %d begins %s once more\n", task_tgid_nr(current), h->exec->name);
	kfree(h->exec);
	kfree(h);
}

/* Arrange for user registers; the caller then goes to user mode. */
static void leave_for_user(struct orthros_held *h)
{
	if (h->given_up)
		do_group_exit(SIGKILL);
	if (h->exec) {
		exec_again(h);
		return;
	}
	if (h->vfork_pid && h->stop_kind != ORTHROS_STOP_EVENT)
		wait_for_vfork_child(h);
	/* Whoever asked for the hop finds all CPUs and all memory. */
	if (h->initiator)
		orthros_takeover_wait(TASK_KILLABLE);
	init_task_work(&h->work, put_regs_work);
	task_work_add(current, &h->work, TWA_RESUME);
	/* Makes the way out look for a system call to restart. */
	set_thread_flag(TIF_SIGPENDING);
}

/* PR_SET_PTRACER: whom Yama lets trace it, -1 for anybody, 0 for nobody. */
static s32 ptracer_of(const struct orthros_held *h)
{
	const struct orthros_task_rec *t = rec_of(h->obj);
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, h->img, &orthros_tracer_type) {
		const struct orthros_tracer_rec *rec = obj->rec;

		if (t->acts && rec->pid == t->tgid)
			return rec->tracer;
	}
	return 0;
}

static int set_ptracer(s32 nr)
{
	struct task_struct *tracer;

	if (nr > 0) {
		rcu_read_lock();
		tracer = find_task_by_pid_ns(nr, &init_pid_ns);
		nr = tracer ? task_pid_vnr(tracer) : 0;
		rcu_read_unlock();
	}
	/* One that its namespace has no number for could not have been named. */
	return nr ? orthros_syscall(__NR_prctl, PR_SET_PTRACER, nr, 0, 0, 0, 0) : 0;
}

/*
 * The terminals of a process, in its own context, once the consoles are taken, and what
 * needs others to be there.
 * One thread acts for the others, unless they have files of their own.
 */
static int build_ttys(struct orthros_held *h)
{
	const struct orthros_task_rec *t = rec_of(h->obj);
	struct orthros_obj *sig = orthros_obj_find(h->img, &orthros_signal_type, t->signal);
	struct orthros_obj *files = orthros_obj_find(h->img, &orthros_files_type, t->files);
	const struct orthros_signal_rec *s = sig ? sig->rec : NULL;
	struct orthros_obj *tty;
	int err = 0;

	if (ptracer_of(h))
		err = set_ptracer(ptracer_of(h));
	if (t->acts && s && s->tty) {
		tty = orthros_obj_find(h->img, &orthros_tty_type, s->tty);
		err = (tty ? orthros_set_ctty(h->img, tty) : -ENOENT) ?: err;
	}
	if (files && !files->late) {
		files->late = true;
		err = orthros_build_late_files(h->img, files) ?: err;
	}
	return err;
}

/* Has build_ttys() something to do? */
static bool has_ttys(const struct orthros_held *h)
{
	const struct orthros_task_rec *t = rec_of(h->obj);
	struct orthros_obj *sig = orthros_obj_find(h->img, &orthros_signal_type, t->signal);
	struct orthros_obj *files = orthros_obj_find(h->img, &orthros_files_type, t->files);

	if (ptracer_of(h) || (t->acts && sig && ((struct orthros_signal_rec *)sig->rec)->tty))
		return true;
	return files && !files->late && orthros_has_late_files(h->img, files);
}

/* The thread that has exited before the others of its process does so when it is told. */
static void __noreturn hold_until_exit(struct orthros_held *h)
{
	complete(&h->done);
	wait_event_idle(release_wq, READ_ONCE(h->turn));
	do_exit(rec_of(h->obj)->exit_code);
}

/* Nobody waits for it longer than he should: the image may be gone before it ends. */
static void finish_here(struct orthros_held *h)
{
	const struct orthros_restart_rec r = rec_of(h->obj)->restart;
	const struct orthros_obj *obj = orthros_obj_find(h->img, &orthros_usage_type, h->obj->src);
	struct rusage used = {};

	if (obj)
		used = *(const struct rusage *)obj->rec;
	orthros_finish_here(&r, &used, &h->regs);
}

static void hold(struct orthros_held *h)
{
	complete(&h->done);
	for (;;) {
		wait_event_idle(release_wq,
				READ_ONCE(h->turn) || READ_ONCE(h->goes) || READ_ONCE(released));
		if (READ_ONCE(released) || READ_ONCE(h->goes))
			break;
		h->turn = false;
		if (h->finishes)
			finish_here(h);
		else
			h->err = build_ttys(h);
		complete(&h->done);
	}
	leave_for_user(h);
}

/* ---- what a task does to itself ------------------------------------------- */

static int build_cred(struct orthros_image *img, const struct orthros_task_rec *t)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_cred_type, t->real_cred);
	const struct orthros_cred_rec *c;
	struct user_namespace *user_ns;
	struct group_info *gi;
	struct user_struct *user;
	struct cred *new;
	int i, err;

	if (!obj)
		return -ENOENT;
	c = obj->rec;
	BUILD_BUG_ON(sizeof(new->cap_effective) != sizeof(c->cap_effective));

	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	new->uid = KUIDT_INIT(c->uid);
	new->gid = KGIDT_INIT(c->gid);
	new->suid = KUIDT_INIT(c->suid);
	new->sgid = KGIDT_INIT(c->sgid);
	new->euid = KUIDT_INIT(c->euid);
	new->egid = KGIDT_INIT(c->egid);
	new->fsuid = KUIDT_INIT(c->fsuid);
	new->fsgid = KGIDT_INIT(c->fsgid);
	new->securebits = c->securebits;
	memcpy(&new->cap_inheritable, &c->cap_inheritable, sizeof(c->cap_inheritable));
	memcpy(&new->cap_permitted, &c->cap_permitted, sizeof(c->cap_permitted));
	memcpy(&new->cap_effective, &c->cap_effective, sizeof(c->cap_effective));
	memcpy(&new->cap_bset, &c->cap_bset, sizeof(c->cap_bset));
	memcpy(&new->cap_ambient, &c->cap_ambient, sizeof(c->cap_ambient));
	orthros_set_keyrings(img, new, c);

	err = -ENOENT;
	user_ns = orthros_dst_user_ns(c->user_ns);
	if (!user_ns)
		goto err_abort;
	put_user_ns(new->user_ns);
	new->user_ns = get_user_ns(user_ns);

	err = -ENOMEM;
	gi = groups_alloc(c->ngroups);
	if (!gi)
		goto err_abort;
	for (i = 0; i < c->ngroups; i++)
		gi->gid[i] = KGIDT_INIT(c->gid_list[i]);
	set_groups(new, gi);
	put_group_info(gi);

	user = alloc_uid(new->uid);
	if (!user)
		goto err_abort;
	free_uid(new->user);
	new->user = user;
	err = set_cred_ucounts(new);
	if (err)
		goto err_abort;
	return commit_creds(new);

err_abort:
	abort_creds(new);
	return err;
}

static int build_fdtable(struct orthros_image *img, const struct orthros_task_rec *t)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_files_type, t->files);
	struct files_struct *files, *old;
	int err;

	if (!obj)
		return -ENOENT;
	if (!obj->dst) {
		err = orthros_build_files(img, obj);
		orthros_obj_built(obj, current->files);
		return err;
	}
	files = obj->dst;
	if (files == current->files)
		return 0;
	atomic_inc(&files->count);
	task_lock(current);
	old = current->files;
	current->files = files;
	task_unlock(current);
	put_files_struct(old);
	return 0;
}

static void build_sighand(const struct orthros_sighand_rec *s)
{
	struct sighand_struct *sighand = rcu_dereference_protected(current->sighand, 1);
	int i;

	spin_lock_irq(&sighand->siglock);
	for (i = 0; i < min(_NSIG, ORTHROS_NR_SIGNALS); i++) {
		struct sigaction *sa = &sighand->action[i].sa;

		sa->sa_handler = (__sighandler_t)(unsigned long)s->action[i].handler;
		sa->sa_flags = s->action[i].flags;
		sa->sa_restorer = (__sigrestore_t)(unsigned long)s->action[i].restorer;
		sa->sa_mask.sig[0] = s->action[i].mask;
	}
	spin_unlock_irq(&sighand->siglock);
}

/* The functions are static where they live; their names are the interface. */
static const char * const restart_names[] = {
	[ORTHROS_RESTART_NANOSLEEP]	= "hrtimer_nanosleep_restart",
	[ORTHROS_RESTART_CPU_NSLEEP]	= "posix_cpu_nsleep_restart",
	[ORTHROS_RESTART_ALARM_NSLEEP]	= "alarm_timer_nsleep_restart",
	[ORTHROS_RESTART_FUTEX]		= "futex_wait_restart",
	[ORTHROS_RESTART_POLL]		= "do_restart_poll",
	[ORTHROS_RESTART_CALL]		= "orthros_call_restart",
	/* See orthros_finish_here(). */
	[ORTHROS_RESTART_AT]		= NULL,
	[ORTHROS_RESTART_APPEND]	= NULL,
	[ORTHROS_RESTART_WAITED]	= NULL,
	[ORTHROS_RESTART_SPLICED]	= NULL,
};

static int build_restart(const struct orthros_restart_rec *r)
{
	struct restart_block *b = &current->restart_block;
	unsigned long fn;

	if (r->kind >= ARRAY_SIZE(restart_names) || !restart_names[r->kind])
		return 0;
	fn = kallsyms_lookup_name(restart_names[r->kind]);
	if (!fn)
		return orthros_fail(-EOPNOTSUPP, "no %s here", restart_names[r->kind]);

	b->fn = (void *)fn;
	b->arch_data = r->arch_data;
	b->orthros.nr = r->call_nr | ORTHROS_CALL_BY_HOP;
	switch (r->kind) {
	case ORTHROS_RESTART_FUTEX:
		b->futex.uaddr = (u32 __user *)(unsigned long)r->futex_uaddr;
		b->futex.val = r->futex_val;
		b->futex.bitset = r->futex_bitset;
		b->futex.time = r->futex_time;
		b->futex.uaddr2 = (u32 __user *)(unsigned long)r->futex_uaddr2;
		b->futex.flags = ORTHROS_FUTEX_SIZE_32 |
			(r->futex_flags & ORTHROS_FUTEX_SHARED ? FLAGS_SHARED : 0) |
			(r->futex_flags & ORTHROS_FUTEX_CLOCKRT ? FLAGS_CLOCKRT : 0) |
			(r->futex_flags & ORTHROS_FUTEX_TIMEOUT ? FLAGS_HAS_TIMEOUT : 0);
		break;
	case ORTHROS_RESTART_POLL:
		b->poll.ufds = (struct pollfd __user *)(unsigned long)r->poll_ufds;
		b->poll.nfds = r->poll_nfds;
		b->poll.has_timeout = r->poll_has_timeout;
		b->poll.tv_sec = r->poll_tv_sec;
		b->poll.tv_nsec = r->poll_tv_nsec;
		break;
	case ORTHROS_RESTART_CALL:
		b->orthros.moved = r->call_moved;
		b->orthros.goal = r->call_goal;
		b->orthros.deadline = r->call_deadline;
		b->orthros.err = r->call_err;
		break;
	default:
		b->nanosleep.clockid = r->nanosleep_clockid;
		b->nanosleep.type = r->nanosleep_type;
		b->nanosleep.rmtp =
			(struct __kernel_timespec __user *)(unsigned long)r->nanosleep_rmtp;
		b->nanosleep.expires = r->nanosleep_expires;
	}
	return 0;
}

/* I/O ports; by now the thread has rights of its own, which may not do. */
static int set_ports(struct orthros_image *img, const struct orthros_task_rec *t)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_ports_type, t->io_bitmap);
	const struct cred *old;
	int err;

	if (!t->io_bitmap && !t->iopl_emul && !test_thread_flag(TIF_IO_BITMAP))
		return 0;
	if (t->io_bitmap && !obj)
		return -ENOENT;
	old = override_creds(&init_cred);
	BUILD_BUG_ON(sizeof(struct orthros_ports_rec) % sizeof(long));
	err = orthros_set_ports(obj ? obj->rec : NULL, t->iopl_emul);
	revert_creds(old);
	return err;
}

static int set_dispatch(const struct orthros_task_rec *t)
{
	if (!t->dispatches)
		return 0;
	return set_syscall_user_dispatch(PR_SYS_DISPATCH_ON, t->dispatch_offset, t->dispatch_len,
					 (char __user *)(unsigned long)t->dispatch_selector);
}

static int set_slice(const struct orthros_task_rec *t)
{
	struct sched_attr attr = {
		.size		= sizeof(attr),
		.sched_policy	= t->policy,
		.sched_nice	= PRIO_TO_NICE(t->static_prio),
		.sched_flags	= t->sched_reset_on_fork ? SCHED_FLAG_RESET_ON_FORK : 0,
		.sched_runtime	= t->slice,
	};

	if (!t->custom_slice || (t->policy != SCHED_NORMAL && t->policy != SCHED_BATCH))
		return 0;
	return sched_setattr_nocheck(current, &attr);
}

static int set_clamps(const struct orthros_task_rec *t)
{
	struct sched_attr attr = {
		.size		= sizeof(attr),
		.sched_flags	= SCHED_FLAG_KEEP_ALL |
				  (t->uclamp_min_set ? SCHED_FLAG_UTIL_CLAMP_MIN : 0) |
				  (t->uclamp_max_set ? SCHED_FLAG_UTIL_CLAMP_MAX : 0),
		.sched_util_min	= t->uclamp_min,
		.sched_util_max	= t->uclamp_max,
	};

	if (!t->uclamp_min_set && !t->uclamp_max_set)
		return 0;
	return sched_setattr_nocheck(current, &attr);
}

/* A thread has been given those of the first one when it was made. */
static void set_atomic_flags(const struct orthros_task_rec *t)
{
	current->atomic_flags = t->atomic_flags & ORTHROS_ATOMIC_FLAGS;
	/* The mitigations that they ask for, as far as the processor needs them. */
	set_thread_flag(TIF_SPEC_FORCE_UPDATE);
	speculation_ctrl_update_current();
	set_tsc_mode(t->notsc ? PR_TSC_SIGSEGV : PR_TSC_ENABLE);
}

/* Accounts and CPU clocks go on; what was done here does not count. */
static void set_cpu_times(const struct orthros_task_rec *t)
{
	current->utime = t->utime;
	current->stime = t->stime;
	current->nvcsw = t->nvcsw;
	current->nivcsw = t->nivcsw;
	current->min_flt = t->min_flt;
	current->maj_flt = t->maj_flt;
	local_irq_disable();
	current->se.sum_exec_runtime = t->sum_exec_runtime;
	current->se.prev_sum_exec_runtime = t->sum_exec_runtime;
	local_irq_enable();
}

/* What is still to be seen of a thread that has exited. */
static void build_accounts(const struct orthros_task_rec *t)
{
	__set_task_comm(current, t->comm, false);
	current->start_time = t->start_time;
	current->start_boottime = t->start_boottime;
	WRITE_ONCE(current->self_exec_id, t->self_exec_id);
	set_cpu_times(t);
}

/* Everything that is per thread and done in its own context. */
static int build_thread_self(struct orthros_held *h)
{
	const struct orthros_task_rec *t = rec_of(h->obj);
	struct orthros_obj *fpu = orthros_obj_find(h->img, &orthros_fpu_type, h->obj->src);
	struct orthros_obj *mm = orthros_obj_find(h->img, &orthros_mm_type, t->mm);
	struct orthros_obj *exec = orthros_obj_find(h->img, &orthros_exec_type, t->stack);
	struct sched_param param = { .sched_priority = t->rt_priority };
	int policy = t->policy;
	int err;

	if (!fpu || !mm)
		return -ENOENT;
	h->regs = t->regs;
	if (exec) {
		h->exec = kmemdup(exec->rec, sizeof(*h->exec), GFP_KERNEL);
		if (!h->exec)
			return -ENOMEM;
	}
	if (t->vfork_wait)
		h->vfork_pid = t->vfork_wait;
	if (h->regs.ip >= TASK_SIZE_MAX)
		return orthros_fail(-EUCLEAN, "thread %d: ip %#llx", t->pid, h->regs.ip);
	h->regs.ip = orthros_vdso_fixup_ip(mm, h->regs.ip);
	if (!h->regs.ip)
		return orthros_fail(-EUCLEAN, "thread %d: inside the old vDSO", t->pid);

	build_accounts(t);
	current->parent_exec_id = t->parent_exec_id;
	current->personality = t->personality;
	current->timer_slack_ns = t->timer_slack_ns;
	current->default_timer_slack_ns = t->default_timer_slack_ns;
	current->set_child_tid = (int __user *)(unsigned long)t->set_child_tid;
	current->clear_child_tid = (int __user *)(unsigned long)t->clear_child_tid;
	current->robust_list = (struct robust_list_head __user *)(unsigned long)t->robust_list;
	current->sas_ss_sp = t->sas_ss_sp;
	current->sas_ss_size = t->sas_ss_size;
	current->sas_ss_flags = t->sas_ss_flags;
	current->pdeath_signal = t->pdeath_signal;
#ifdef CONFIG_AUDIT
	current->loginuid = KUIDT_INIT(t->loginuid);
	current->sessionid = t->sessionid;
#endif
	set_atomic_flags(t);
	if (!t->forknoexec)
		current->flags &= ~PF_FORKNOEXEC;
	current->flags |= t->kept_flags;

	err = build_restart(&t->restart);
	if (err)
		return err;

	current->blocked.sig[0] = t->blocked;
	current->saved_sigmask.sig[0] = t->saved_sigmask;

	err = do_arch_prctl_64(current, ARCH_SET_FS, t->fsbase) ?:
	      do_arch_prctl_64(current, ARCH_SET_GS, t->gsbase);
	if (err)
		return orthros_fail(err, "thread %d: fs %#llx gs %#llx", t->pid, t->fsbase,
				    t->gsbase);
	orthros_set_segments(t->ds, t->es, t->fsindex, t->gsindex, t->fsbase, t->gsbase);
	err = set_ports(h->img, t);
	if (err)
		return orthros_fail(err, "thread %d: I/O ports", t->pid);
	err = orthros_set_policy(h->img, t->mempolicy);
	if (err)
		return orthros_fail(err, "thread %d: memory policy", t->pid);
	err = set_dispatch(t);
	if (err)
		return orthros_fail(err, "thread %d: dispatch of calls", t->pid);
	err = orthros_build_fpu(fpu->rec, fpu->rec_size);
	if (err)
		return orthros_fail(err, "thread %d: FPU", t->pid);
	if (t->rseq)
		orthros_set_rseq(current, t->rseq, t->rseq_len, t->rseq_sig);

	if (t->sched_reset_on_fork)
		policy |= SCHED_RESET_ON_FORK;
	/* Who has a deadline makes no threads; see orthros_set_deadline(). */
	if (policy != SCHED_NORMAL && t->policy != SCHED_DEADLINE) {
		err = sched_setscheduler_nocheck(current, policy, &param);
		if (err)
			return orthros_fail(err, "thread %d: policy %d", t->pid, policy);
	}
	set_user_nice(current, PRIO_TO_NICE(t->static_prio));
	err = set_slice(t) ?: set_clamps(t);
	if (!err && t->ioprio)
		err = set_task_ioprio(current, t->ioprio);
	if (err)
		return orthros_fail(err, "thread %d: I/O priority %#x, slice, clamps", t->pid,
				    t->ioprio);

	set_cpu_times(t);
	return 0;
}

/* ---- making tasks ----------------------------------------------------------- */

static int process_main(void *arg);
static int thread_main(void *arg);

static struct orthros_held *held_alloc(struct orthros_image *img, struct orthros_obj *obj)
{
	struct orthros_held *h = kzalloc(sizeof(*h), GFP_KERNEL);

	if (!h)
		return NULL;
	h->img = img;
	h->obj = obj;
	init_completion(&h->done);
	init_completion(&h->vfork);
	refcount_set(&h->users, 1);
	return h;
}

/* Makes a task with its old PID and waits until it and what is below is built. */
static int make_task(struct orthros_image *img, struct orthros_obj *obj, u64 flags,
		     int (*fn)(void *))
{
	const struct orthros_task_rec *t = rec_of(obj);
	bool zombie = t->exit_state && !t->group_lives;
	struct orthros_held *h = held_alloc(img, obj);
	pid_t set_tid[ORTHROS_PID_LEVELS];
	struct kernel_clone_args args = {
		/* There is no memory yet that CLONE_VM could share or spare. */
		.flags		= flags | CLONE_VM | CLONE_UNTRACED,
		/* A zombie's has been sent long ago. */
		.exit_signal	= zombie || (flags & CLONE_THREAD) ? 0 : t->exit_signal,
		.fn		= fn,
		.fn_arg		= h,
		.set_tid	= set_tid,
	};
	struct nsproxy *old = NULL;
	struct ns_common *ns;
	pid_t pid;
	int err;

	if (!h)
		return -ENOMEM;
	pid = orthros_pid_numbers(img, t->thread_pid, t->pid, set_tid, &ns);
	if (pid < 0 && img->crashed) {
		/* Its namespace is lost, and so is it. */
		h->given_up = true;
		pid = orthros_pid_numbers(img, 0, t->pid, set_tid, &ns);
	}
	if (pid >= 0) {
		args.set_tid_size = pid;
		pid = orthros_children_in(ns, &old);
	}
	orthros_obj_built(obj, h);
	if (pid >= 0)
		pid = kernel_clone(&args);
	if (old)
		orthros_leave_ns(old);
	if (pid < 0) {
		obj->dst = NULL;
		kfree(h);
		return orthros_fail(pid, "task %d could not be made", t->pid);
	}
	wait_for_completion(&h->done);
	err = h->err;
	if (!err && zombie) {
		/* It must be one before its parent listens for SIGCHLD. */
		err = wait_event_interruptible(current->signal->wait_chldexit,
					       READ_ONCE(h->task->exit_state));
		/* By it some wait, and a new parent is told. */
		h->task->exit_signal = t->exit_signal;
		h->task->parent_exec_id = t->parent_exec_id;
		put_task_struct(h->task);
		obj->dst = NULL;
		kfree(h);
	}
	return err;
}

/* Programs that the kernel has started, children of a kernel thread, are made by PID 1. */
static bool makes(struct orthros_image *img, const struct orthros_task_rec *t,
		  const struct orthros_task_rec *child)
{
	if (!orthros_obj_find(img, &orthros_task_type, child->real_parent))
		return t->pid == 1;
	return t->tgid == child->parent_tgid;
}

static int make_children(struct orthros_held *h)
{
	const struct orthros_task_rec *t = rec_of(h->obj);
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, h->img, &orthros_task_type) {
		const struct orthros_task_rec *c = rec_of(obj);

		if (!is_leader(c) || c->pid == 1 || !makes(h->img, t, c))
			continue;
		err = make_task(h->img, obj, 0, process_main);
		if (err)
			return err;
	}
	return 0;
}

/* @t: who has what the process has */
static int make_threads(struct orthros_held *h, const struct orthros_task_rec *t)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, h->img, &orthros_task_type) {
		const struct orthros_task_rec *c = rec_of(obj);
		u64 flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_SYSVSEM;

		if (c->tgid != t->tgid || is_leader(c) || c->exit_state)
			continue;
		if (c->mm != t->mm || c->sighand != t->sighand)
			return orthros_fail(-EUCLEAN, "thread %d shares nothing with %d", c->pid,
					    t->pid);
		if (c->fs == t->fs)
			flags |= CLONE_FS;
		if (c->files == t->files)
			flags |= CLONE_FILES;
		err = make_task(h->img, obj, flags, thread_main);
		if (err)
			return err;
	}
	return 0;
}

/* By now the process has its own rights, which may not do to choose a PID. */
static int make_threads_as_root(struct orthros_held *h, const struct orthros_task_rec *t)
{
	const struct cred *old = override_creds(&init_cred);
	int dumpable = get_dumpable(current->mm);
	int err = make_threads(h, t);

	revert_creds(old);
	/* Each thread has changed its ids, to those of the process. */
	set_dumpable(current->mm, dumpable);
	return err;
}

/* The thread that has what its process has, when the first one has exited. */
static const struct orthros_task_rec *actor_of(struct orthros_image *img,
					       const struct orthros_task_rec *t)
{
	struct orthros_obj *obj;

	if (!t->group_lives)
		return t;
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		const struct orthros_task_rec *c = rec_of(obj);

		if (c->tgid == t->tgid && c->acts)
			return c;
	}
	return NULL;
}

/*
 * A process of a kernel that has failed, of which something cannot be built: it is killed
 * when all are there, as others share what it has.
 */
static int or_give_up(struct orthros_held *h, int err)
{
	const struct orthros_task_rec *t = rec_of(h->obj);
	char text[ORTHROS_TEXT_LEN];

	if (!err || !h->img->crashed || t->tgid == 1)
		return err;
	orthros_error_take(text, sizeof(text));
	pr_err("process %d (%s) is given up: %s: %pe\n", t->tgid, t->comm, text, ERR_PTR(err));
	h->given_up = true;
	return 0;
}

static int build_memory(struct orthros_held *h, const struct orthros_task_rec *a)
{
	struct orthros_obj *mm = orthros_obj_find(h->img, &orthros_mm_type, a->mm);
	int err = mm ? orthros_build_mm(h->img, mm) : -ENOENT;

	return err ? orthros_fail(err, "process %d: memory", a->tgid) : 0;
}

/* Of the autogroup of a session that is not as nice as others; 0 for any other. */
static u64 autogroup_of(struct orthros_image *img, const struct orthros_task_rec *t)
{
	struct orthros_obj *obj = t ? orthros_obj_find(img, &orthros_signal_type, t->signal) : NULL;
	const struct orthros_signal_rec *s = obj ? obj->rec : NULL;

	return s && s->autogroup_nice ? s->autogroup : 0;
}

#ifdef CONFIG_SCHED_AUTOGROUP
/* Before it has children, which will be in the same one. */
static int join_autogroup(struct orthros_image *img, const struct orthros_task_rec *t)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_task_type, t->real_parent);
	const struct orthros_signal_rec *s;
	u64 group = autogroup_of(img, t), had = 0;

	if (obj && t->pid != 1)
		had = autogroup_of(img, rec_of(obj));
	if (group == had)
		return 0;
	sched_autogroup_create_attach(current);
	if (!group)
		return 0;
	s = orthros_obj_find(img, &orthros_signal_type, t->signal)->rec;
	return proc_sched_autogroup_set_nice(current, s->autogroup_nice);
}
#else
static int join_autogroup(struct orthros_image *img, const struct orthros_task_rec *t)
{
	/* The other kernel has none, and a nice value of one has no meaning. */
	return 0;
}
#endif

static int build_process(struct orthros_held *h)
{
	const struct orthros_task_rec *t = rec_of(h->obj);
	const struct orthros_task_rec *a = actor_of(h->img, t);
	struct orthros_image *img = h->img;
	struct orthros_obj *sighand;
	int err;

	h->task = get_task_struct(current);
	if (!a)
		return orthros_fail(-ESRCH, "process %d: no thread of it lives", t->pid);
	err = join_autogroup(img, t) ?: make_children(h);
	if (err)
		return err;
	/* Before anything is charged; its children were made outside of any group. */
	err = orthros_join_cgroup(img, a->cgroups) ?:
	      or_give_up(h, orthros_join_ns(img, a->nsproxy));
	if (err)
		return err;
	err = or_give_up(h, build_cred(img, t));
	if (err)
		return orthros_fail(err, "process %d: credentials", t->pid);
	sighand = orthros_obj_find(img, &orthros_sighand_type, a->sighand);
	if (!sighand)
		return -ENOENT;
	err = or_give_up(h, build_memory(h, a)) ?:
	      or_give_up(h, orthros_build_fs_struct(img, a->fs));
	if (err)
		return err;
	err = build_fdtable(img, a);
	if (err)
		return orthros_fail(err, "process %d: files", t->pid);
	build_sighand(sighand->rec);
	if (t->exit_state) {
		build_accounts(t);
		current->parent_exec_id = t->parent_exec_id;
	} else {
		err = or_give_up(h, build_thread_self(h));
		if (err)
			return err;
	}
	return or_give_up(h, orthros_build_undos(img, a->sem_undo) ?:
			     make_threads_as_root(h, a) ?:
			     orthros_build_timers(img, t->signal));
}

/* Nothing is left of a zombie but its name, its owner and its exit code. */
static void __noreturn build_zombie(struct orthros_held *h)
{
	const struct orthros_task_rec *t = rec_of(h->obj);
	struct orthros_obj *obj = orthros_obj_find(h->img, &orthros_signal_type, t->signal);
	const struct orthros_signal_rec *s = obj ? obj->rec : NULL;
	long code = s && s->group_exit ? s->group_exit_code : t->exit_code;

	h->task = get_task_struct(current);
	build_accounts(t);
	h->err = orthros_join_cgroup(h->img, t->cgroups) ?: build_cred(h->img, t);
	complete(&h->done);
	do_exit(code);
}

static int process_main(void *arg)
{
	struct orthros_held *h = arg;
	const struct orthros_task_rec *t = rec_of(h->obj);

	if (t->exit_state && !t->group_lives)
		build_zombie(h);
	h->err = build_process(h);
	if (t->exit_state)
		hold_until_exit(h);
	hold(h);
	return 0;
}

static int build_thread(struct orthros_held *h)
{
	const struct orthros_task_rec *t = rec_of(h->obj);
	int err;

	h->task = get_task_struct(current);
	err = orthros_join_cgroup(h->img, t->cgroups) ?: orthros_join_ns(h->img, t->nsproxy) ?:
	      build_cred(h->img, t);
	if (!err)
		err = orthros_build_fs_struct(h->img, t->fs);
	if (!err)
		err = build_fdtable(h->img, t);
	return err ?: build_thread_self(h);
}

static int thread_main(void *arg)
{
	struct orthros_held *h = arg;

	h->err = build_thread(h);
	hold(h);
	return 0;
}

/*
 * Rebuild every process.
 *
 * Context: kernel_init(), which becomes PID 1.
 */
static int build_tasks(struct orthros_image *img)
{
	struct orthros_held *h;
	struct orthros_obj *obj;
	int fd, err;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		if (rec_of(obj)->pid == 1)
			goto found;
	}
	return -ESRCH;
found:
	err = unshare_fs_struct();
	if (err)
		return err;
	/* What kernel_init() may have opened as console. */
	for (fd = 0; fd < 3; fd++)
		close_fd(fd);
	h = held_alloc(img, obj);
	if (!h)
		return -ENOMEM;
	orthros_obj_built(obj, h);
	return build_process(h);
}

/* Give the processes their terminals. */
static int build_all_ttys(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int ret, err;

	ret = orthros_build_ttys(img);
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		struct orthros_held *h = held_of(obj);

		if (!h)
			continue;
		if (h->task == current) {
			err = build_ttys(h);
		} else {
			if (!has_ttys(h))
				continue;
			reinit_completion(&h->done);
			WRITE_ONCE(h->turn, true);
			/* All wait in the same place: do not wake the others. */
			wake_up_process(h->task);
			wait_for_completion(&h->done);
			err = h->err;
		}
		if (err && !ret)
			ret = orthros_fail(err, "task %d: terminals", rec_of(obj)->pid);
	}
	orthros_finish_ptys(img);
	return ret;
}

/*
 * Calls that a failure has interrupted, finished while nobody else runs: who waited behind
 * one that writes a file would write where it had, and be written over.
 */
static void finish_calls(struct orthros_image *img)
{
	unsigned long end = jiffies + FINISH_TIMEOUT;
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		struct orthros_held *h = held_of(obj);

		if (!h || h->given_up || !orthros_finishes(rec_of(obj)))
			continue;
		if (h->task == current) {
			finish_here(h);
			continue;
		}
		h->finishes = true;
		reinit_completion(&h->done);
		WRITE_ONCE(h->turn, true);
		wake_up_process(h->task);
		if (!wait_for_completion_timeout(&h->done,
						 max_t(long, end - jiffies, 1)))
			pr_err("thread %d (%s): its call takes too long\n",
			       rec_of(obj)->pid, rec_of(obj)->comm);
	}
}

/* None of its threads runs any more. */
static void give_up_threads(struct orthros_image *img)
{
	struct orthros_obj *obj, *thread;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		if (!held_of(obj) || !held_of(obj)->given_up)
			continue;
		orthros_for_each_obj(thread, img, &orthros_task_type)
			if (held_of(thread) && rec_of(thread)->tgid == rec_of(obj)->tgid)
				held_of(thread)->given_up = true;
	}
}

/**
 * orthros_release_tasks() - let every task go
 * @img:		image; tasks do not use it any more
 * @initiator_ret:	what the write to update returns
 *
 * Context: the new PID 1, which then goes to user mode itself.
 */
void orthros_release_tasks(struct orthros_image *img, s64 initiator_ret)
{
	struct orthros_held *self = NULL;
	struct orthros_obj *obj;

	if (img->crashed) {
		give_up_threads(img);
		finish_calls(img);
	}
	orthros_stop_traced(img);
	orthros_send_signals(img);
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		struct orthros_held *h = held_of(obj);

		if (!h)
			continue;
		if (rec_of(obj)->initiator) {
			h->initiator = true;
			h->regs.ax = initiator_ret;
			/* A tracer looks which call it was. */
			if (!h->task->ptrace)
				h->regs.orig_ax = -1;
		}
		if (h->task == current)
			self = h;
		put_task_struct(h->task);
		if (h->goes)
			put_held(h);
	}
	WRITE_ONCE(released, true);
	wake_up_all(&release_wq);
	if (self)
		leave_for_user(self);
}

static void commit_tasks(struct orthros_image *img)
{
	int err = build_all_ttys(img);

	if (err)
		pr_err("terminals: %pe\n", ERR_PTR(err));
}

const struct orthros_kind orthros_task_kind = {
	.name	= "processes",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_task_env, &orthros_table_task,
				 &orthros_table_signal, &orthros_table_regs,
				 &orthros_table_sigaction, &orthros_table_sighand,
				 &orthros_table_sigpending, &orthros_table_sigqueue,
				 &orthros_table_task_head, &orthros_table_exec,
				 &orthros_table_ports),
	.resolve = orthros_resolve_tasks,
	.read	= orthros_read_tasks,
	.gather	= orthros_gather_tasks,
	.build	= build_tasks,
	.tie	= orthros_tie_tasks,
	.verify	= orthros_verify_tasks,
	.commit	= commit_tasks,
};
