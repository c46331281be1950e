// SPDX-License-Identifier: GPL-2.0
/*
 * Reader of processes: from the source's task list to records, and through
 * them to everything that a process holds.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bits.h>
#include <linux/capability.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/orthros/abi/task.h>
#include <linux/orthros/platform.h>
#include <asm/unistd.h>
#include "../cgroup/cgroup.h"
#include "../files/files.h"
#include "../fs/fs.h"
#include "../ipc/ipc.h"
#include "../mm/mm.h"
#include "../ns/ns.h"
#include "task_internal.h"

static struct orthros_task_env env;

/* What who has never asked for more may use of the registers. */
static u64 xfeatures_perm;

/**
 * orthros_task_layout() - where the source has what, and what its names stand for
 */
const struct orthros_task_env *orthros_task_layout(void)
{
	return &env;
}

/**
 * orthros_resolve_tasks() - read what the task reader needs once
 * @src:	source whose tables are resolved
 *
 * Return: 0 or negative errno.
 */
int orthros_resolve_tasks(struct orthros_src *src)
{
	struct orthros_task_rec *first;
	int err;

	if (!orthros_fpu_supported())
		return orthros_bad(-EOPNOTSUPP, "processor without XSAVE");
	err = orthros_read_rec(&src->mem, &orthros_table_task_env, 0, &env);
	if (err)
		return err;
	first = kmalloc(sizeof(*first), GFP_KERNEL);
	if (!first)
		return -ENOMEM;
	err = orthros_read_rec(&src->mem, &orthros_table_task, env.init_task, first);
	xfeatures_perm = first->xfeatures_perm;
	kfree(first);
	return err;
}

/* A thread, for messages. */
static struct orthros_finder finder_of(struct orthros_image *img, const struct orthros_task_rec *t)
{
	return (struct orthros_finder) { .img = img, .pid = t->pid, .comm = t->comm };
}

/**
 * orthros_read_cred() - read who a thread is
 * @img:	image
 * @t:		the thread
 *
 * Return: 0, also when something was refused, or negative errno.
 */
int orthros_read_cred(struct orthros_image *img, const struct orthros_task_rec *t)
{
	u64 addr = t->real_cred;
	const struct orthros_finder who = finder_of(img, t);
	struct orthros_cred_rec *c;
	struct orthros_obj *obj;
	bool isnew;
	size_t size;
	int i, err;

	obj = orthros_obj_get(img, &orthros_cred_type, addr, t->pid, sizeof(*c), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (!isnew)
		return 0;
	c = obj->rec;
	err = orthros_read_rec(&img->src->mem, &orthros_table_cred, addr, c);
	if (err)
		return err;
	if (c->ngroups < 0 || c->ngroups > ORTHROS_MAX_GROUPS)
		return orthros_bad(-EUCLEAN, "cred of %d: %d groups", t->pid, c->ngroups);
	size = c->ngroups * sizeof(u32);
	c = orthros_obj_grow(obj, sizeof(*c) + size);
	if (!c)
		return -ENOMEM;
	if (size && orthros_src_read(img->src, c->groups, c->gid_list, size))
		return orthros_bad(-EFAULT, "cred of %d: groups", t->pid);
	for (i = 0; i < c->ngroups; i++) {
		if (c->gid_list[i] == (u32)-1)
			return orthros_bad(-EUCLEAN, "cred of %d: group -1", t->pid);
	}

	err = orthros_read_user_ns(&who, c->user_ns);
	if (err < 0)
		return err;
	if (c->request_key_auth)
		orthros_refuse(&who, "credentials: authority over a key");
	return orthros_read_landlock(&who, addr) ?:
	       orthros_read_key(&who, c->session_keyring) ?:
	       orthros_read_key(&who, c->process_keyring) ?:
	       orthros_read_key(&who, c->thread_keyring);
}

static int read_pending(struct orthros_image *img, u64 addr, const struct orthros_task_rec *t)
{
	struct orthros_sigpending_view v;
	struct orthros_list_iter it;
	struct orthros_sigs_rec *s;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(img, &orthros_sigpending_type, addr, t->pid, sizeof(*s), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (!isnew)
		return 0;
	err = orthros_read_rec(&img->src->mem, &orthros_table_sigpending, addr, &v);
	if (err)
		return err;
	s = obj->rec;
	s->mask = v.mask;
	orthros_src_for_each(&it, img->src, v.list, ORTHROS_MAX_SIGQUEUE) {
		s = orthros_obj_grow(obj, struct_size(s, sig, roundup_pow_of_two(s->nr + 1)));
		if (!s)
			return -ENOMEM;
		err = orthros_read_rec(&img->src->mem, &orthros_table_sigqueue,
				       it.node - env.sigqueue_list_off, &s->sig[s->nr]);
		if (err)
			return err;
		s->nr++;
	}
	return it.err;
}

static int read_sighand(struct orthros_image *img, u64 addr, const struct orthros_task_rec *t)
{
	const struct orthros_finder who = finder_of(img, t);
	struct orthros_sighand_view v;
	struct orthros_sighand_rec *s;
	struct orthros_obj *obj;
	bool isnew;
	unsigned int i;
	int err;

	obj = orthros_obj_get(img, &orthros_sighand_type, addr, t->tgid, sizeof(*s), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (!isnew && obj->pid != t->tgid)
		return orthros_refuse(&who,
				      "signal handlers shared with process %d", obj->pid);
	if (!isnew)
		return 0;
	s = obj->rec;
	err = orthros_read_rec(&img->src->mem, &orthros_table_sighand, addr, &v);
	if (err)
		return err;
	if (v.nr_bytes / v.action_size != ORTHROS_NR_SIGNALS)
		return orthros_bad(-EUCLEAN, "sighand: %llu signals", v.nr_bytes / v.action_size);
	s->signalfd_wqh = v.signalfd_wqh;
	for (i = 0; i < ORTHROS_NR_SIGNALS; i++) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_sigaction,
				       v.action + i * v.action_size, &s->action[i]);
		if (err)
			return err;
	}
	return 0;
}

/* What is refused of it is told. */
static int read_pid(const struct orthros_finder *who, u64 pid)
{
	return min(orthros_read_pid(who, pid), 0);
}

static int read_signal(struct orthros_image *img, u64 addr, const struct orthros_task_rec *t)
{
	const struct orthros_finder who = finder_of(img, t);
	struct orthros_signal_rec *s;
	struct orthros_obj *obj, *tty;
	int err;

	obj = orthros_obj_add(img, &orthros_signal_type, addr, t->pid, sizeof(*s));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	s = obj->rec;
	err = orthros_read_rec(&img->src->mem, &orthros_table_signal, addr, s) ?:
	      read_pid(&who, s->pgid_pid) ?: read_pid(&who, s->sid_pid);
	if (err)
		return err;

	s->group_exit = !!(s->flags & env.signal_group_exit);
	s->stop_stopped = !!(s->flags & env.signal_stop_stopped);
	s->stop_continued = !!(s->flags & env.signal_stop_continued);
	s->cld_stopped = !!(s->flags & env.signal_cld_stopped);
	s->cld_continued = !!(s->flags & env.signal_cld_continued);
	if (t->exit_state && s->nr_threads < 2)
		return 0;
	if (t->exit_state && t->pid == 1)
		orthros_refuse(&who, "process: its first thread has exited");
	/* The freeze waits for it. */
	if (img->frozen && s->core_state)
		orthros_refuse(&who, "process: dumps core");

	err = read_pending(img, s->shared_pending, t) ?:
	      orthros_read_timers(img, addr, s, t, env.timer_list_off);
	if (err || !s->tty)
		return err;
	tty = orthros_read_tty(&who, s->tty);
	return PTR_ERR_OR_ZERO(tty);
}

static void classify_restart(struct orthros_restart_rec *r)
{
	u32 flags = r->futex_flags;

	if (r->fn == env.restart_nanosleep)
		r->kind = ORTHROS_RESTART_NANOSLEEP;
	else if (r->fn == env.restart_futex)
		r->kind = ORTHROS_RESTART_FUTEX;
	else if (r->fn == env.restart_poll)
		r->kind = ORTHROS_RESTART_POLL;
	else if (r->fn == env.restart_call)
		r->kind = ORTHROS_RESTART_CALL;
	else if (r->fn && r->fn == env.restart_cpu)
		r->kind = ORTHROS_RESTART_CPU_NSLEEP;
	else if (r->fn && r->fn == env.restart_alarm)
		r->kind = ORTHROS_RESTART_ALARM_NSLEEP;

	r->futex_flags = (flags & env.futex_shared ? ORTHROS_FUTEX_SHARED : 0) |
			 (flags & env.futex_clockrt ? ORTHROS_FUTEX_CLOCKRT : 0) |
			 (flags & env.futex_timeout ? ORTHROS_FUTEX_TIMEOUT : 0);
}

static bool is_fork(const struct orthros_regs_rec *r)
{
	switch (r->orig_ax) {
	case __NR_fork:
	case __NR_vfork:
	case __NR_clone:
	case __NR_clone3:
		return true;
	}
	return false;
}

static bool is_exec(const struct orthros_regs_rec *r)
{
	return r->orig_ax == __NR_execve || r->orig_ax == __NR_execveat;
}

/* Segments that any kernel has, or that the process has itself, see orthros_read_ldt(). */
static bool is_code(u32 sel)
{
	return sel == env.user_cs || sel == env.user32_cs || (sel & 7) == 7;
}

static bool is_data(u32 sel)
{
	return sel < 4 || sel == env.user_ds || (sel & 7) == 7;
}

/* User registers: only where the task stands still. */
static int read_regs(struct orthros_image *img, struct orthros_task_rec *t)
{
	const struct orthros_finder who = finder_of(img, t);
	struct orthros_regs_rec *r = &t->regs;
	int err;

	/* The size of pt_regs is a row of the same table: read it from anywhere valid. */
	err = orthros_read_rec(&img->src->mem, &orthros_table_regs, t->stack, r);
	if (err)
		return err;
	err = orthros_read_rec(&img->src->mem, &orthros_table_regs,
			       t->stack + env.thread_size - env.stack_padding - r->size, r);
	if (err)
		return err;

	r->cs &= 0xffff;
	r->ss &= 0xffff;
	if (!is_code(r->cs) || !is_data(r->ss))
		orthros_refuse(&who, "thread %d: segments %#llx and %#llx", t->pid, r->cs, r->ss);
	/* The numbers of calls are others, and nobody makes them again. */
	if (r->cs != env.user_cs && (s64)r->orig_ax >= 0)
		orthros_refuse(&who, "thread %d: system call of 32-bit code", t->pid);
	classify_restart(&t->restart);
	if (!img->crashed && !t->initiator && !(t->state & env.task_frozen))
		return orthros_bad(-EBUSY, "thread %d is not frozen (state %#x)", t->pid,
				   t->state);
	/* The freezer leaves alone what exits. */
	if (!img->crashed && t->flags & env.pf_postcoredump)
		return orthros_bad(-EBUSY, "thread %d exits", t->pid);

	if (t->initiator || (s64)r->orig_ax < 0)
		return 0;
	if (t->stop_kind) {
		/* Its child may have let it go. */
		t->vfork_wait = t->stop_event == PTRACE_EVENT_VFORK ? -1 : 0;
	} else if (orthros_in_call(r)) {
		/* Frozen inside a syscall: only the parent of a vfork may be, see link_vforks(). */
		if (is_fork(r))
			t->vfork_wait = -1;
		else if (img->crashed && is_exec(r))
			err = orthros_finish_exec(img, t);
		else if (img->crashed)
			orthros_finish_call(t);
		else
			orthros_refuse(&who, "thread %d: inside system call %lld",
				       t->pid, r->orig_ax);
	}
	if (err)
		return err;
	if ((s64)r->ax == -ERESTART_RESTARTBLOCK && !t->restart.kind)
		orthros_refuse(&who, "thread %d: restart of system call %lld",
			       t->pid, r->orig_ax);
	return 0;
}

static void check_thread(struct orthros_image *img, const struct orthros_task_rec *t)
{
	const struct orthros_finder who = finder_of(img, t);
#define REFUSE_IF(cond, what) \
	do { if (cond) orthros_refuse(&who, "thread %d: " what, t->pid); } while (0)

	REFUSE_IF((t->io_bitmap || t->iopl_emul) && !IS_ENABLED(CONFIG_X86_IOPL_IOPERM),
		  "I/O port permissions, of which the other kernel knows nothing");
	REFUSE_IF(t->uretprobes, "uprobe of a function that has not returned yet");
	/* What sched_setattr() of this kernel would not take. */
	REFUSE_IF((t->uclamp_min_set || t->uclamp_max_set) && !IS_ENABLED(CONFIG_UCLAMP_TASK),
		  "utilization clamp, of which the other kernel knows nothing");
	REFUSE_IF(t->custom_slice && !orthros_has_slices(),
		  "slice of time, of which the other kernel knows nothing");
	REFUSE_IF(t->xfeatures_perm != xfeatures_perm, "ARCH_REQ_XCOMP_PERM");
	REFUSE_IF(!is_data(t->fsindex) || !is_data(t->gsindex) || !is_data(t->ds) ||
		  !is_data(t->es), "segment registers");
	REFUSE_IF(t->thread_flags & BIT_ULL(env.tif_nocpuid & 63), "ARCH_SET_CPUID");
	REFUSE_IF(t->thread_flags & BIT_ULL(env.tif_l1d_flush & 63), "PR_SPEC_L1D_FLUSH");
	REFUSE_IF(t->compat_robust_list, "32-bit robust list");
	REFUSE_IF(t->policy > SCHED_DEADLINE, "scheduling policy");
	REFUSE_IF(t->real_cred != t->cred, "overridden credentials");
	REFUSE_IF(t->atomic_flags & ~ORTHROS_ATOMIC_FLAGS, "cpuset flags");
#undef REFUSE_IF
}

/* Those that a program has asked for, or finds again. */
static u32 kept_flags(u32 flags)
{
	return (flags & env.pf_memalloc_noio ? PF_MEMALLOC_NOIO : 0) |
	       (flags & env.pf_local_throttle ? PF_LOCAL_THROTTLE : 0) |
	       (flags & env.pf_mce_process ? PF_MCE_PROCESS : 0) |
	       (flags & env.pf_mce_early ? PF_MCE_EARLY : 0) |
	       (flags & env.pf_superpriv ? PF_SUPERPRIV : 0) |
	       (flags & env.pf_nproc_exceeded ? PF_NPROC_EXCEEDED : 0);
}

/* Who dumps core while others run will have ended when these are frozen. */
static bool dumps_core(struct orthros_image *img, const struct orthros_task_rec *t)
{
	const struct orthros_obj *obj = orthros_obj_find(img, &orthros_signal_type, t->signal);

	return !img->frozen && obj && ((struct orthros_signal_rec *)obj->rec)->core_state;
}

static int read_ports(struct orthros_image *img, const struct orthros_task_rec *t)
{
	struct orthros_obj *obj;
	bool isnew;

	if (!t->io_bitmap)
		return 0;
	obj = orthros_obj_get(img, &orthros_ports_type, t->io_bitmap, t->tgid,
			      sizeof(struct orthros_ports_rec), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	return orthros_read_rec(&img->src->mem, &orthros_table_ports, t->io_bitmap, obj->rec);
}

/* Threads of a process may be in different ones. */
static int read_namespaces(const struct orthros_finder *who, const struct orthros_task_rec *t)
{
	struct orthros_finder thread;
	char what[24];

	snprintf(what, sizeof(what), "thread %d", t->pid);
	thread = orthros_through(who, what);
	return orthros_read_nsproxy(&thread, t->nsproxy);
}

static int read_thread(struct orthros_image *img, u64 addr, u64 initiator)
{
	struct orthros_finder who;
	struct orthros_task_rec *t;
	struct orthros_obj *obj, *fpu;
	int err;

	obj = orthros_obj_add(img, &orthros_task_type, addr, 0, sizeof(*t));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	t = obj->rec;
	err = orthros_read_rec(&img->src->mem, &orthros_table_task, addr, t);
	if (err)
		return err;
	t->version = ORTHROS_TASK_VERSION;
	obj->pid = t->tgid;
	if (t->pid <= 0 || t->tgid <= 0)
		return orthros_bad(-EUCLEAN, "task %#llx: pid %d, tgid %d", addr, t->pid, t->tgid);
	/* Without PID 1 nobody could go on. */
	t->initiator = addr == initiator && !(img->crashed && t->tgid == 1);
	if (img->crashed && t->initiator)
		return orthros_bad(-ECANCELED, "the kernel has failed on its behalf");
	/* It was on its way out. Who still has his memory has to tell others, and goes again. */
	if (img->crashed && t->flags & env.pf_exiting && !t->exit_state && !t->mm)
		t->exit_state = EXIT_ZOMBIE;
	t->acts = t->pid == t->tgid && !t->exit_state;
	t->waits = !t->on_cpu && t->state & env.task_interruptible;
	t->stopped = !!(t->jobctl & env.jobctl_stopped);
	t->stop_pending = !!(t->jobctl & env.jobctl_stop_pending);
	t->stop_consume = !!(t->jobctl & env.jobctl_stop_consume);
	t->notsc = !!(t->thread_flags & BIT_ULL(env.tif_notsc & 63));
	t->dispatches = !!(t->syscall_work & BIT_ULL(env.dispatch_bit & 63));
	t->forknoexec = !!(t->flags & env.pf_forknoexec);
	t->kept_flags = kept_flags(t->flags);

	if (t->pid == t->tgid) {
		err = read_signal(img, t->signal, t);
		if (err || dumps_core(img, t))
			return err;
	}
	who = finder_of(img, t);
	err = orthros_read_cred(img, t) ?: read_pid(&who, t->thread_pid) ?:
	      orthros_read_trace(&who, &env, t);
	if (err || t->exit_state)
		return err;

	if (img->frozen && !img->crashed && !orthros_cgroup_known(img, t->cgroups))
		return orthros_bad(-EUCLEAN, "thread %d: of no control group", t->pid);
	check_thread(img, t);
	err = read_namespaces(&who, t) ?:
	      read_pending(img, t->pending, t) ?: read_sighand(img, t->sighand, t) ?:
	      orthros_read_seccomp(&who, t) ?: read_ports(img, t) ?:
	      min(orthros_read_policy(&who, t->mempolicy), 0) ?:
	      orthros_read_fs_struct(&who, t->fs);
	if (err)
		return err;

	if (!t->mm)
		return orthros_bad(-EUCLEAN, "task %d has no memory", t->pid);
	who.pid = t->tgid;
	/* What is mapped comes from a file: that is told first. */
	obj = orthros_read_files(&who, t->files);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	obj = orthros_read_mm(&who, t->mm);
	if (IS_ERR(obj))
		return PTR_ERR(obj);

	if (!img->frozen)
		return 0;
	err = read_regs(img, t) ?: orthros_read_usage(img, addr, t, env.thread_size);
	if (err)
		return err;
	fpu = orthros_obj_add(img, &orthros_fpu_type, addr, t->tgid, orthros_fpu_size());
	if (IS_ERR(fpu))
		return PTR_ERR(fpu);
	return orthros_read_fpu(img, addr, fpu->rec, fpu->rec_size);
}

/**
 * orthros_is_kthread() - is this a thread of the source's kernel?
 * @head:	of the task
 */
bool orthros_is_kthread(const struct orthros_task_head *head)
{
	return head->flags & env.pf_kthread;
}

static bool is_worker(const struct orthros_image *img, u64 task)
{
	struct orthros_task_head head;

	return !orthros_read_rec(&img->src->mem, &orthros_table_task_head, task, &head) &&
	       head.flags & env.pf_io_worker;
}

/* A failure has found it made, but not running: whoever makes it does so once more. */
static bool is_unborn(const struct orthros_image *img, const struct orthros_task_head *head)
{
	return img->crashed && head->state & env.task_new;
}

static int add_unborn(struct orthros_image *img, u64 addr, const struct orthros_task_head *head)
{
	struct orthros_obj *obj;

	obj = orthros_obj_add(img, &orthros_unborn_type, addr, 0, sizeof(*head));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	memcpy(obj->rec, head, sizeof(*head));
	return 0;
}

/**
 * orthros_read_process() - read a process, and through it all it holds
 * @img:	image to fill
 * @leader:	source address of its first thread
 * @initiator:	that of the task that wrote update, or because of which the kernel failed
 *
 * Return: 0, also when something was refused, or negative errno.
 */
int orthros_read_process(struct orthros_image *img, u64 leader, u64 initiator)
{
	const struct orthros_signal_rec *sig;
	struct orthros_task_rec *t, *thread;
	struct orthros_task_head head;
	struct orthros_finder who;
	struct orthros_list_iter it;
	struct orthros_obj *obj;
	unsigned int n = 0;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_task_head, leader, &head);
	if (err)
		return err;
	if (orthros_is_kthread(&head)) {
		who = orthros_of_machine(img);
		if (!img->crashed && !orthros_cgroup_is_root(head.cgroups))
			orthros_refuse(&who, "control groups: the kernel thread %s is in one",
				       head.comm);
		return 0;
	}
	/* Being reaped: gone before anyone looks. */
	if (head.exit_state & EXIT_DEAD)
		return 0;
	if (is_unborn(img, &head))
		return add_unborn(img, leader, &head);
	err = read_thread(img, leader, initiator);
	if (err)
		return orthros_error_in(err, "%d %s", head.pid, head.comm);
	t = orthros_obj_find(img, &orthros_task_type, leader)->rec;
	obj = orthros_obj_find(img, &orthros_signal_type, t->signal);
	if (!obj)
		return orthros_bad(-EUCLEAN, "process %d is no leader", t->pid);

	sig = obj->rec;
	if ((t->exit_state && sig->nr_threads < 2) || dumps_core(img, t))
		return 0;
	orthros_src_for_each(&it, img->src, sig->thread_head, ORTHROS_MAX_TASKS) {
		u64 addr = it.node - env.thread_node_off;

		n++;
		if (addr == leader)
			continue;
		if (img->crashed) {
			err = orthros_read_rec(&img->src->mem, &orthros_table_task_head, addr,
					       &head);
			if (!err && is_unborn(img, &head))
				err = add_unborn(img, addr, &head);
			if (err)
				return err;
			if (is_unborn(img, &head))
				continue;
		}
		/* Of io_uring, which makes others when it needs them. */
		if (is_worker(img, addr))
			continue;
		err = read_thread(img, addr, initiator);
		if (err)
			return orthros_error_in(err, "%d %s", head.pid, head.comm);
		thread = orthros_obj_find(img, &orthros_task_type, addr)->rec;
		if (!t->exit_state || t->group_lives || thread->exit_state)
			continue;
		/* The first thread has exited before this one. */
		t->group_lives = true;
		thread->acts = true;
	}
	if (it.err)
		return it.err;
	if (n != sig->nr_threads)
		return orthros_bad(-EAGAIN, "process %d: %u of %u threads", t->pid, n,
				   sig->nr_threads);
	return 0;
}

/* A failure has found it making a task: that runs by now, or it is made again. */
static void finish_fork(struct orthros_image *img, struct orthros_task_rec *t)
{
	const s64 nr = t->restart.call_deadline;
	struct orthros_obj *obj;
	bool born;

	born = (s64)t->regs.ax == ORTHROS_CALL_CLONED && nr > 0 && nr < ORTHROS_MAX_TASKS;
	orthros_for_each_obj(obj, img, &orthros_unborn_type)
		born &= ((struct orthros_task_head *)obj->rec)->pid != nr;
	if (!born) {
		t->regs.ax = -ERESTARTNOINTR;
		return;
	}
	t->regs.ax = nr;
	t->regs.orig_ax = -1;
}

/* A process whose status was about to be taken is still there, and it is taken again. */
static void finish_waits(struct orthros_image *img)
{
	struct orthros_obj *obj, *child;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		struct orthros_restart_rec *r = &((struct orthros_task_rec *)obj->rec)->restart;

		if (r->kind != ORTHROS_RESTART_WAITED)
			continue;
		orthros_for_each_obj(child, img, &orthros_task_type)
			if (((struct orthros_task_rec *)child->rec)->pid == r->call_deadline >> 32)
				r->kind = ORTHROS_RESTART_NONE;
	}
}

/* The child of a vfork knows the thread that waits for it, not the reverse. */
static int link_vforks(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		struct orthros_task_rec *t = obj->rec, *p;
		struct orthros_obj *parent;

		if (!t->vfork_done || t->exit_state)
			continue;
		parent = orthros_obj_find(img, &orthros_task_type, t->real_parent);
		p = parent ? parent->rec : NULL;
		if (p && p->vfork_wait)
			p->vfork_wait = t->pid;
	}
	orthros_for_each_obj(obj, img, &orthros_task_type) {
		struct orthros_task_rec *t = obj->rec;
		struct orthros_finder who = finder_of(img, t);

		who.pid = t->tgid;
		if (t->vfork_wait != (u32)-1)
			continue;
		/* Some other fork, or its child has gone on. */
		t->vfork_wait = 0;
		if (t->stop_kind)
			continue;
		if (img->crashed)
			finish_fork(img, t);
		else
			orthros_refuse(&who, "thread %d: inside system call %lld",
				       t->pid, t->regs.orig_ax);
	}
	return 0;
}

/**
 * orthros_gather_tasks() - what shows when every process was read
 * @img:	image
 *
 * Return: 0, also when something was refused, or negative errno.
 */
int orthros_gather_tasks(struct orthros_image *img)
{
	finish_waits(img);
	return link_vforks(img) ?: orthros_check_undos(img);
}
