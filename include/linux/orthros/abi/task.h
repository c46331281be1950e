/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of tasks and processes. Fixed width, naturally aligned, written by
 * the table interpreter (task/tables.c) and by task/read.c, consumed by
 * task/build.c. Any change of layout or meaning bumps the version.
 */
#ifndef _LINUX_ORTHROS_ABI_TASK_H
#define _LINUX_ORTHROS_ABI_TASK_H

#include <linux/types.h>

#define ORTHROS_TASK_VERSION	1

/* User registers, in the names of the architecture. */
struct orthros_regs_rec {
	__u64	r15, r14, r13, r12, bp, bx, r11, r10, r9, r8;
	__u64	ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
	__u64	size;		/* of the source's pt_regs, to find it on the stack */
};

/* Meaning of &struct orthros_restart_rec.kind */
enum orthros_restart_kind {
	ORTHROS_RESTART_NONE = 0,
	ORTHROS_RESTART_NANOSLEEP,
	ORTHROS_RESTART_CPU_NSLEEP,
	ORTHROS_RESTART_ALARM_NSLEEP,
	ORTHROS_RESTART_FUTEX,
	ORTHROS_RESTART_POLL,
	ORTHROS_RESTART_CALL,	/* the call itself, arguments in the registers; see call_* */
	/* made again before anybody runs, at call_deadline in its file */
	ORTHROS_RESTART_AT,
	ORTHROS_RESTART_APPEND,
	/* it has waited for process call_deadline >> 32, of user call_moved; lower: its status */
	ORTHROS_RESTART_WAITED,
	/* it ends with call_deadline bytes moved, to call_goal if it has a file */
	ORTHROS_RESTART_SPLICED,
};

/* orthros_restart_rec.call_noted_in: of the sleep that began call_moved switches ago */
#define ORTHROS_CALL_SLEEPS	0xffffffff

/* in orthros_restart_rec.call_nr: a hop has interrupted it, of which no filter shall hear */
#define ORTHROS_CALL_BY_HOP	0x80000000

/* orthros_restart_rec.call_goal: nobody can tell what the call has moved */
#define ORTHROS_CALL_UNKNOWN	0xffffffffffffffffULL
/* likewise, but if it is one of those that tell, it has moved nothing */
#define ORTHROS_CALL_UNTOLD	0xfffffffffffffffeULL

/* it is made again, and that it has been done already is no error */
#define ORTHROS_CALL_ONCE	0xfffffffffffffffdULL

/* it sends from a file into a TCP socket whose sequence number was call_deadline */
#define ORTHROS_CALL_SENDS_FROM	0xfffffffffffffffcULL

/*
 * orthros_regs_rec.ax of a call that has told: call_deadline is how many bytes it has
 * moved, or %ORTHROS_CALL_UNKNOWN between the moving and the telling; or one that moves
 * and cannot tell, as it was continued already. Errors that no call returns.
 */
#define ORTHROS_CALL_MOVES	(-600)
#define ORTHROS_CALL_MOVES_ON	(-601)
/* One that began at call_deadline in its file, or had its end there and appends. */
#define ORTHROS_CALL_AT		(-602)
#define ORTHROS_CALL_APPENDS	(-603)
/* One that sends from a file; one that has made task call_deadline. */
#define ORTHROS_CALL_SENDS	(-604)
#define ORTHROS_CALL_CLONED	(-605)
/* One that begins the program of struct linux_binprm call_deadline; one that has. */
#define ORTHROS_CALL_EXECS	(-606)
#define ORTHROS_CALL_EXECUTED	(-607)
/* One that takes the status of a process, as %ORTHROS_RESTART_WAITED */
#define ORTHROS_CALL_WAITS	(-608)

/* One that moves what a pipe has, as %ORTHROS_RESTART_SPLICED, or as %ORTHROS_CALL_MOVES */
#define ORTHROS_CALL_SPLICES	(-609)

#define ORTHROS_CALL_FIRST	ORTHROS_CALL_SPLICES

#define ORTHROS_FUTEX_SHARED	0x1
#define ORTHROS_FUTEX_CLOCKRT	0x2
#define ORTHROS_FUTEX_TIMEOUT	0x4

/**
 * struct orthros_restart_rec - a syscall that goes on through restart_syscall()
 * @fn:		source address of the restart function
 * @kind:	&enum orthros_restart_kind, from @fn
 * @futex_flags:	source's flags, turned into ORTHROS_FUTEX_*
 * @arch_data:		restart_block.arch_data
 * @futex_uaddr:		restart_block.futex.uaddr
 * @futex_time:		restart_block.futex.time
 * @futex_uaddr2:	restart_block.futex.uaddr2
 * @nanosleep_rmtp:	restart_block.nanosleep.rmtp
 * @nanosleep_expires:	restart_block.nanosleep.expires
 * @poll_ufds:		restart_block.poll.ufds
 * @poll_tv_sec:		restart_block.poll.tv_sec
 * @poll_tv_nsec:	restart_block.poll.tv_nsec
 * @futex_val:		restart_block.futex.val
 * @futex_bitset:	restart_block.futex.bitset
 * @nanosleep_clockid:	restart_block.nanosleep.clockid
 * @nanosleep_type:	restart_block.nanosleep.type
 * @poll_nfds:		restart_block.poll.nfds
 * @poll_has_timeout:	restart_block.poll.has_timeout
 * @call_moved:		what the call has moved already, in its own units
 * @call_goal:		what it shall have moved in the end, 0: it begins anew
 * @call_deadline:	when its sleep ends, on CLOCK_MONOTONIC, %KTIME_MAX for never
 * @call_nr:		its number
 * @call_err:		what it returns when a signal is handled before it has gone on
 * @call_noted:		when the sleep of a thread that was stopped in it ends
 * @call_noted_in:	%ORTHROS_CALL_SLEEPS, else there is none
 * @pad:		0
 *
 * Times are absolute, in ns of the clock that they name.
 */
struct orthros_restart_rec {
	__u64	fn;
	__u64	arch_data;
	__u64	futex_uaddr;
	__u64	futex_time;
	__u64	futex_uaddr2;
	__u64	nanosleep_rmtp;
	__u64	nanosleep_expires;
	__u64	poll_ufds;
	__u64	poll_tv_sec;
	__u64	poll_tv_nsec;
	__u32	kind;
	__u32	futex_val;
	__u32	futex_flags;
	__u32	futex_bitset;
	__s32	nanosleep_clockid;
	__u32	nanosleep_type;
	__s32	poll_nfds;
	__s32	poll_has_timeout;
	__u64	call_moved;
	__u64	call_goal;
	__s64	call_deadline;
	__u32	call_nr;
	__s32	call_err;
	__s64	call_noted;
	__u32	call_noted_in;
	__u32	pad;
};

/* One pending signal; info is the UAPI siginfo as far as kernels fill it. */
#define ORTHROS_SIGINFO_SIZE	48
#define ORTHROS_MAX_SIGQUEUE	65536

struct orthros_sig_rec {
	__u64	info[ORTHROS_SIGINFO_SIZE / 8];
};

/* Pending signals: the mask, and the queued ones in order. */
struct orthros_sigs_rec {
	__u64	mask;
	__u32	nr;
	__u32	pad;
	struct orthros_sig_rec sig[];
};

/**
 * struct orthros_cred_rec - credentials
 * @uid:		cred.uid
 * @gid:		cred.gid
 * @suid:		cred.suid
 * @sgid:		cred.sgid
 * @euid:		cred.euid
 * @egid:		cred.egid
 * @fsuid:		cred.fsuid
 * @fsgid:		cred.fsgid
 * @securebits:		cred.securebits
 * @jit_keyring:		cred.jit_keyring
 * @cap_inheritable:	cred.cap_inheritable
 * @cap_permitted:	cred.cap_permitted
 * @cap_effective:	cred.cap_effective
 * @cap_bset:		cred.cap_bset
 * @cap_ambient:		cred.cap_ambient
 * @user_ns:		source address
 * @session_keyring:	source address, 0 for none
 * @process_keyring:	source address, 0 for none
 * @thread_keyring:	source address, 0 for none
 * @request_key_auth:	source address, 0 for none
 * @groups:		source address of the first gid
 * @ngroups:		entries of @gid_list
 * @pad:		zero
 * @gid_list:		sorted as in the source
 *
 * Ids are those of the initial user namespace.
 */
struct orthros_cred_rec {
	__u32	uid, gid, suid, sgid, euid, egid, fsuid, fsgid;
	__u32	securebits;
	__u32	jit_keyring;
	__u64	cap_inheritable, cap_permitted, cap_effective, cap_bset, cap_ambient;
	__u64	user_ns;
	__u64	session_keyring, process_keyring, thread_keyring, request_key_auth;
	__u64	groups;
	__s32	ngroups;
	__u32	pad;
	__u32	gid_list[];
};

#define ORTHROS_MAX_GROUPS	65536

#define ORTHROS_CPUMASK_LONGS	128

/* What /proc/PID/io tells. */
struct orthros_io_rec {
	__u64	rchar, wchar, syscr, syscw, read_bytes, write_bytes, cancelled_write_bytes;
};

/* Where a traced thread has stopped, see &struct orthros_task_rec.stop_kind */
enum orthros_stop {
	ORTHROS_STOP_NONE = 0,
	ORTHROS_STOP_ENTRY,	/* before a system call */
	ORTHROS_STOP_EXIT,	/* after it */
	ORTHROS_STOP_EVENT,	/* within one that makes a task or begins a program */
	ORTHROS_STOP_SIGNAL,	/* for a signal that it is to get */
	ORTHROS_STOP_GROUP,	/* with its process, or as it was asked to */
};

/* One thread. Pointers are source addresses unless they are user addresses. */
struct orthros_task_rec {
	__u32	version;
	__s32	pid;
	__s32	tgid;
	__u32	flags;
	__u32	state;
	__s32	exit_state;
	__s32	exit_code;
	__s32	exit_signal;
	__s32	pdeath_signal;
	__u32	personality;
	__s32	static_prio;
	__u32	policy;
	__u32	rt_priority;
	__u32	sched_reset_on_fork;
	__u32	restore_sigmask;
	__u32	seccomp_mode;
	__u32	ptrace;
	__u32	loginuid;
	__u32	sessionid;
	__s32	nr_cpus_allowed;
	__u32	fsindex, gsindex, es, ds;
	__u32	rseq_sig;
	__u32	rseq_len;
	__u32	sas_ss_flags;
	__u32	pkru;
	__s32	parent_tgid;
	__u32	on_cpu;
	__u32	stopped;		/* in a job control stop */
	__u32	stop_pending;		/* of a stop that it has not reached */
	__u32	stop_consume;		/* which counts it */
	__u32	acts;			/* has what its process has: the first thread that lives */
	__u32	group_lives;		/* has exited before other threads of its process */
	__u32	forknoexec;
	__u32	kept_flags;		/* PF_* of this kernel */
	__u32	initiator;
	__u32	vfork_wait;		/* waits in vfork() for the child of this PID */
	char	comm[16];
	__u64	atomic_flags;
	__u64	jobctl;
	__u64	utime, stime, nvcsw, nivcsw, min_flt, maj_flt;
	__u64	sum_exec_runtime;
	__u64	start_time, start_boottime;
	__u64	set_child_tid, clear_child_tid;
	__u64	robust_list, compat_robust_list;
	__u64	sas_ss_sp, sas_ss_size;
	__u64	blocked, saved_sigmask, real_blocked;
	__u64	rseq;
	__u64	fsbase, gsbase;
	__u64	timer_slack_ns, default_timer_slack_ns;
	__u64	parent_exec_id, self_exec_id;
	__u64	io_bitmap, iopl_emul;
	__u64	syscall_work;
	__u64	dispatch_selector, dispatch_offset, dispatch_len;
	__u64	dl_runtime, dl_deadline, dl_period;	/* of SCHED_DEADLINE, ns */
	__u32	dl_flags;
	__u8	dispatches;		/* PR_SET_SYSCALL_USER_DISPATCH */
	__u8	pad2[3];
	__u64	uretprobes;
	__u64	thread_flags;
	__u64	mempolicy;
	__u64	sem_undo;	/* list of what is undone at its exit */
	__u64	vfork_done;
	__u64	stack;
	__u64	mm, fs, files, nsproxy, signal, sighand, cred, real_cred, cgroups;
	__u64	thread_pid;		/* its struct pid */
	__u64	pending;		/* address of struct sigpending */
	__u64	cpus_mask[ORTHROS_CPUMASK_LONGS];
	__u64	real_parent;		/* the thread that made it */
	struct orthros_regs_rec regs;
	struct orthros_restart_rec restart;
	__u16	ioprio;			/* as ioprio_set() has it */
	__u16	uclamp_min, uclamp_max;
	__u8	uclamp_min_set, uclamp_max_set;
	__u8	custom_slice;
	__u8	given_up;		/* its kernel has failed, and it does not hold */
	__u8	waits;			/* for something, and a signal would end it */
	__u8	notsc;			/* PR_SET_TSC */
	__u8	pad[4];
	__u64	slice;			/* ns, if it is not the kernel's own choice */
	__u64	xfeatures_perm;		/* registers that it may ask for */
	__u64	seccomp_filter;
	struct orthros_io_rec io;
	__u64	tracer;			/* whoever is told of it: its parent, if it is not traced */
	__u64	last_siginfo, ptrace_message;
	__u64	breakpoints[4];
	__u64	stop_info[ORTHROS_SIGINFO_SIZE / 8];
	__s32	tracer_pid;
	__u8	stop_kind;		/* &enum orthros_stop */
	__u8	stop_event;		/* PTRACE_EVENT_* */
	__u8	traces_calls, emulates_calls, steps, steps_forced, listening;
	__u8	trap_stop, trap_notify;	/* stops that it has not reached */
	__u8	pad3[3];
};

#define ORTHROS_IO_PORTS	65536

/* I/O ports that a thread may use: the bit of one is clear. */
struct orthros_ports_rec {
	__u64	bitmap[ORTHROS_IO_PORTS / 64];
};

#define ORTHROS_NR_RLIMITS	16

/* One process: what its threads share. */
struct orthros_signal_rec {
	__u64	pgid_pid, sid_pid;	/* the struct pids of these */
	__s32	pgid;
	__s32	sid;
	__s32	tty_old_pgrp;
	__u32	flags;
	__s32	leader;
	__s32	group_exit_code;
	__u32	is_child_subreaper;
	__u32	has_child_subreaper;
	__u32	group_exit;		/* it ends, by group_exit_code */
	__u32	stop_stopped, stop_continued;	/* for who waits for it */
	__u32	cld_stopped, cld_continued;	/* its parent is to be told */
	__s32	oom_score_adj;
	__s32	oom_score_adj_min;
	__u32	nr_threads;
	__u32	timer_active;
	__u64	thread_head;		/* list head */
	__u64	core_state;		/* a core dump is under way */
	__u64	shared_pending;
	__u64	posix_timers, posix_timers_addr;
	__u64	it_expires[2];		/* ITIMER_VIRTUAL, ITIMER_PROF: ns of CPU time */
	__u64	it_incr[2];
	__u64	real_expires;		/* ITIMER_REAL: ns of CLOCK_MONOTONIC */
	__u64	real_incr;
	__u64	posix_timers_size;	/* of the list's head */
	__u32	next_timer_id;
	__u32	pad;
	__u64	tty;
	__u64	tty_old_pgrp_pid;
	__u64	utime, stime, cutime, cstime, gtime, cgtime;
	__u64	nvcsw, nivcsw, cnvcsw, cnivcsw;
	__u64	min_flt, maj_flt, cmin_flt, cmaj_flt;
	__u64	inblock, oublock, cinblock, coublock;
	__u64	maxrss, cmaxrss;
	__u64	sum_sched_runtime;
	struct orthros_io_rec io;	/* of threads that have ended */
	__s32	autogroup_nice;
	__u32	pad2;
	__u64	autogroup;	/* it shares CPUs with, if @autogroup_nice is not 0 */
	__u64	rlim[2 * ORTHROS_NR_RLIMITS];	/* cur, max pairs in the order of RLIMIT_* */
};

/**
 * struct orthros_timer_rec - a POSIX timer
 * @signal:	SIGNAL object of the process that has it
 * @expires:	absolute, in ns of @base_clock or of the CPU clock
 * @interval:	ns, 0 for none
 * @overrun:	of the signal that is pending
 * @overrun_last: of the one delivered before
 * @value:	sigevent.sigev_value
 * @id:		timer_t
 * @clock:	CLOCK_*, negative for a CPU clock
 * @base_clock:	clock that it is queued on: CLOCK_MONOTONIC for a relative
 *		time of CLOCK_REALTIME
 * @notify:	sigevent.sigev_notify
 * @signo:	sigevent.sigev_signo
 * @pid:	who gets the signal
 * @cpu_pid:	whose CPU time it is about
 * @active:	it runs
 * @requeue_pending: odd: it goes on when its pending signal is delivered
 * @pad:	0
 */
struct orthros_timer_rec {
	__u64	signal;
	__s64	expires;
	__s64	interval;
	__s64	overrun;
	__s64	overrun_last;
	__u64	value;
	__s32	id;
	__s32	clock;
	__s32	base_clock;
	__s32	notify;
	__s32	signo;
	__s32	pid;
	__s32	cpu_pid;
	__s32	active;
	__s32	requeue_pending;
	__u32	pad;
};

#define ORTHROS_NR_SIGNALS	64

/* One signal handler table. */
struct orthros_sigaction_rec {
	__u64	handler;
	__u64	flags;
	__u64	restorer;
	__u64	mask;
};

struct orthros_sighand_rec {
	__u64	signalfd_wqh;	/* source address of the queue that signalfds wait in */
	struct orthros_sigaction_rec action[ORTHROS_NR_SIGNALS];
};

/* One fs_struct: root and cwd as (vfsmount, dentry) of the source. */
struct orthros_fs_rec {
	__u64	root_mnt, root_dentry;
	__u64	pwd_mnt, pwd_dentry;
	__u32	umask;
	__u32	pad;
};

/* Transparent huge pages: /sys/kernel/mm/transparent_hugepage/. */
enum orthros_thp_flag {
	ORTHROS_THP_ALWAYS,
	ORTHROS_THP_REQ_MADV,
	ORTHROS_THP_DEFRAG_DIRECT,
	ORTHROS_THP_DEFRAG_KSWAPD,
	ORTHROS_THP_DEFRAG_KSWAPD_OR_MADV,
	ORTHROS_THP_DEFRAG_REQ_MADV,
	ORTHROS_THP_DEFRAG_KHUGEPAGED,
	ORTHROS_THP_USE_ZERO_PAGE,
	ORTHROS_THP_NR,
};

/* Bit numbers of the source. */
struct orthros_thp_view {
	__u64	flags;		/* address, 0: the source knows no huge pages */
	__u32	bit[ORTHROS_THP_NR];
};

/* What belongs to no process. */
struct orthros_machine_rec {
	__u32	next_pid;
	__u32	pid_max;	/* 0: the source has no such limit */
	__u32	thp;		/* bit per &enum orthros_thp_flag */
	__u32	pad;
	__u8	boot_id[16];	/* all 0: nobody has asked for it yet */
};

/* What a process was about to run. Key: its kernel stack */
struct orthros_exec_rec {
	__u64	p;		/* where its strings begin, if its memory does not know */
	__s32	argc;
	__s32	envc;
	__u32	is_script;
	__u32	pad;
	char	name[4096];
};

/* Views: never leave the reader. */
struct orthros_exec_view {
	__u64	mm;
	__u64	p;
	__u64	filename;
	__u64	interp;
	__s32	argc;
	__s32	envc;
	__u32	secureexec;
	__u32	have_execfd;
};

struct orthros_task_head {
	__u32	flags;
	__u32	state;
	__s32	exit_state;
	__s32	pid;
	__u64	cgroups;
	char	comm[16];
};

struct orthros_sighand_view {
	__u64	action;
	__u64	action_size;
	__u64	nr_bytes;
	__u64	signalfd_wqh;
};

struct orthros_sigpending_view {
	__u64	mask;
	__u64	list;
};

/* Constants and symbols that the task reader needs. */
struct orthros_task_env {
	__u64	init_task;
	__u64	init_css_set;
	__u64	thread_size;
	__u64	stack_padding;
	__u64	pf_kthread;
	__u64	pf_forknoexec;
	__u64	pf_io_worker;
	__u64	pf_postcoredump;
	__u64	pf_exiting;
	__u64	pf_memalloc_noio;
	__u64	pf_local_throttle;
	__u64	pf_mce_process;
	__u64	pf_mce_early;
	__u64	pf_superpriv;
	__u64	pf_nproc_exceeded;
	__u64	tif_notsc;
	__u64	tif_nocpuid;
	__u64	tif_l1d_flush;
	__u64	dispatch_bit;
	__u64	tasks_off;
	__u64	thread_node_off;
	__u64	restart_nanosleep;
	__u64	restart_cpu;
	__u64	restart_alarm;
	__u64	restart_futex;
	__u64	restart_poll;
	__u64	restart_call;
	__u64	futex_shared;
	__u64	futex_clockrt;
	__u64	futex_timeout;
	__u64	signal_group_exit;
	__u64	signal_stop_stopped;
	__u64	signal_stop_continued;
	__u64	signal_cld_stopped;
	__u64	signal_cld_continued;
	__u64	jobctl_stopped;
	__u64	jobctl_stop_pending;
	__u64	jobctl_stop_consume;
	__u64	user_cs;
	__u64	user_ds;
	__u64	user32_cs;
	__u64	jobctl_traced;
	__u64	jobctl_listening;
	__u64	jobctl_trap_stop;
	__u64	jobctl_trap_notify;
	__u64	tif_singlestep;
	__u64	tif_forced_tf;
	__u64	tif_blockstep;
	__u64	trace_bit;
	__u64	emu_bit;
	__u64	task_frozen;
	__u64	task_new;
	__u64	task_interruptible;
	__u64	sigqueue_list_off;
	__u64	timer_list_off;
};

#endif /* _LINUX_ORTHROS_ABI_TASK_H */
