// SPDX-License-Identifier: GPL-2.0
/* How tasks, processes, credentials and signals are found in a source kernel. */
#include <linux/orthros/abi/task.h>
#include "tables.h"

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_task_env, field, kind, flags, __VA_ARGS__)

static struct orthros_row task_env_rows[] = {
	R(init_task, SYM, 0, "init_task"),
	R(thread_size, CONST, 0, "THREAD_SIZE"),
	R(stack_padding, CONST, 0, "TOP_OF_KERNEL_STACK_PADDING"),
	R(pf_kthread, CONST, 0, "PF_KTHREAD"),
	R(pf_forknoexec, CONST, 0, "PF_FORKNOEXEC"),
	R(pf_io_worker, CONST, 0, "PF_IO_WORKER"),
	R(pf_postcoredump, CONST, 0, "PF_POSTCOREDUMP"),
	R(pf_exiting, CONST, 0, "PF_EXITING"),
	R(pf_memalloc_noio, CONST, 0, "PF_MEMALLOC_NOIO"),
	R(pf_local_throttle, CONST, 0, "PF_LOCAL_THROTTLE"),
	R(pf_mce_process, CONST, 0, "PF_MCE_PROCESS"),
	R(pf_mce_early, CONST, 0, "PF_MCE_EARLY"),
	R(pf_superpriv, CONST, 0, "PF_SUPERPRIV"),
	R(pf_nproc_exceeded, CONST, 0, "PF_NPROC_EXCEEDED"),
	R(tif_notsc, CONST, 0, "TIF_NOTSC"),
	R(tif_nocpuid, CONST, 0, "TIF_NOCPUID"),
	R(tif_l1d_flush, CONST, 0, "TIF_SPEC_L1D_FLUSH"),
	R(dispatch_bit, ENUM, ORTHROS_ROW_OPTIONAL, "SYSCALL_WORK_BIT_SYSCALL_USER_DISPATCH"),
	R(tasks_off, OFFSET, 0, "task_struct.tasks"),
	R(thread_node_off, OFFSET, 0, "task_struct.thread_node"),
	R(restart_nanosleep, SYM, 0, "hrtimer_nanosleep_restart"),
	R(restart_cpu, SYM, ORTHROS_ROW_OPTIONAL, "posix_cpu_nsleep_restart"),
	R(restart_alarm, SYM, ORTHROS_ROW_OPTIONAL, "alarm_timer_nsleep_restart"),
	R(restart_futex, SYM, 0, "futex_wait_restart"),
	R(restart_poll, SYM, 0, "do_restart_poll"),
	R(restart_call, SYM, 0, "orthros_call_restart"),
	R(futex_shared, CONST, 0, "FLAGS_SHARED"),
	R(futex_clockrt, CONST, 0, "FLAGS_CLOCKRT"),
	R(futex_timeout, CONST, 0, "FLAGS_HAS_TIMEOUT"),
	R(signal_group_exit, CONST, 0, "SIGNAL_GROUP_EXIT"),
	R(signal_stop_stopped, CONST, 0, "SIGNAL_STOP_STOPPED"),
	R(signal_stop_continued, CONST, 0, "SIGNAL_STOP_CONTINUED"),
	R(signal_cld_stopped, CONST, 0, "SIGNAL_CLD_STOPPED"),
	R(signal_cld_continued, CONST, 0, "SIGNAL_CLD_CONTINUED"),
	R(jobctl_stopped, CONST, 0, "JOBCTL_STOPPED"),
	R(jobctl_stop_pending, CONST, 0, "JOBCTL_STOP_PENDING"),
	R(jobctl_stop_consume, CONST, 0, "JOBCTL_STOP_CONSUME"),
	R(user_cs, CONST, 0, "__USER_CS"),
	R(user_ds, CONST, 0, "__USER_DS"),
	R(user32_cs, CONST, 0, "__USER32_CS"),
	R(jobctl_traced, CONST, 0, "JOBCTL_TRACED"),
	R(jobctl_listening, CONST, 0, "JOBCTL_LISTENING"),
	R(jobctl_trap_stop, CONST, 0, "JOBCTL_TRAP_STOP"),
	R(jobctl_trap_notify, CONST, 0, "JOBCTL_TRAP_NOTIFY"),
	R(tif_singlestep, CONST, 0, "TIF_SINGLESTEP"),
	R(tif_forced_tf, CONST, 0, "TIF_FORCED_TF"),
	R(tif_blockstep, CONST, 0, "TIF_BLOCKSTEP"),
	R(trace_bit, ENUM, 0, "SYSCALL_WORK_BIT_SYSCALL_TRACE"),
	R(emu_bit, ENUM, 0, "SYSCALL_WORK_BIT_SYSCALL_EMU"),
	R(task_frozen, CONST, 0, "TASK_FROZEN"),
	R(task_new, CONST, 0, "TASK_NEW"),
	R(task_interruptible, CONST, 0, "TASK_INTERRUPTIBLE"),
	R(sigqueue_list_off, OFFSET, 0, "sigqueue.list"),
	R(timer_list_off, OFFSET, 0, "k_itimer.list"),
};

ORTHROS_TABLE(task_env, struct orthros_task_env);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_task_rec, field, kind, flags, __VA_ARGS__)

static struct orthros_row task_rows[] = {
	R(pid, VALUE, 0, "task_struct.pid"),
	R(tgid, VALUE, 0, "task_struct.tgid"),
	R(flags, VALUE, 0, "task_struct.flags"),
	R(state, VALUE, 0, "task_struct.__state", "task_struct.state"),
	R(exit_state, VALUE, 0, "task_struct.exit_state"),
	R(exit_code, VALUE, 0, "task_struct.exit_code"),
	R(exit_signal, VALUE, 0, "task_struct.exit_signal"),
	R(pdeath_signal, VALUE, 0, "task_struct.pdeath_signal"),
	R(personality, VALUE, 0, "task_struct.personality"),
	R(static_prio, VALUE, 0, "task_struct.static_prio"),
	R(policy, VALUE, 0, "task_struct.policy"),
	R(rt_priority, VALUE, 0, "task_struct.rt_priority"),
	R(sched_reset_on_fork, VALUE, 0, "task_struct.sched_reset_on_fork"),
	R(restore_sigmask, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.restore_sigmask"),
	R(seccomp_mode, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.seccomp.mode"),
	R(seccomp_filter, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.seccomp.filter"),
	R(ptrace, VALUE, 0, "task_struct.ptrace"),
	R(tracer, VALUE, 0, "task_struct.parent"),
	R(last_siginfo, VALUE, 0, "task_struct.last_siginfo"),
	R(ptrace_message, VALUE, 0, "task_struct.ptrace_message"),
	R(breakpoints, BYTES, 0, "task_struct.thread.ptrace_bps"),
	R(loginuid, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.loginuid.val"),
	R(sessionid, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.sessionid"),
	R(nr_cpus_allowed, VALUE, 0, "task_struct.nr_cpus_allowed"),
	R(fsindex, VALUE, 0, "task_struct.thread.fsindex"),
	R(gsindex, VALUE, 0, "task_struct.thread.gsindex"),
	R(es, VALUE, 0, "task_struct.thread.es"),
	R(ds, VALUE, 0, "task_struct.thread.ds"),
	R(rseq_sig, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.rseq_sig"),
	R(rseq_len, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.rseq_len"),
	R(sas_ss_flags, VALUE, 0, "task_struct.sas_ss_flags"),
	R(pkru, VALUE, 0, "task_struct.thread.pkru"),
	R(parent_tgid, VALUE, 0, "task_struct.real_parent->tgid"),
	R(real_parent, VALUE, 0, "task_struct.real_parent"),
	R(on_cpu, VALUE, 0, "task_struct.on_cpu"),
	R(comm, STRING, 0, "task_struct.comm"),
	R(atomic_flags, VALUE, 0, "task_struct.atomic_flags"),
	R(jobctl, VALUE, 0, "task_struct.jobctl"),
	R(utime, VALUE, 0, "task_struct.utime"),
	R(stime, VALUE, 0, "task_struct.stime"),
	R(nvcsw, VALUE, 0, "task_struct.nvcsw"),
	R(nivcsw, VALUE, 0, "task_struct.nivcsw"),
	R(min_flt, VALUE, 0, "task_struct.min_flt"),
	R(maj_flt, VALUE, 0, "task_struct.maj_flt"),
	R(sum_exec_runtime, VALUE, 0, "task_struct.se.sum_exec_runtime"),
	R(start_time, VALUE, 0, "task_struct.start_time"),
	R(start_boottime, VALUE, 0, "task_struct.start_boottime", "task_struct.real_start_time"),
	R(set_child_tid, VALUE, 0, "task_struct.set_child_tid"),
	R(clear_child_tid, VALUE, 0, "task_struct.clear_child_tid"),
	R(robust_list, VALUE, 0, "task_struct.robust_list"),
	R(compat_robust_list, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.compat_robust_list"),
	R(sas_ss_sp, VALUE, 0, "task_struct.sas_ss_sp"),
	R(sas_ss_size, VALUE, 0, "task_struct.sas_ss_size"),
	R(blocked, VALUE, 0, "task_struct.blocked.sig[0]"),
	R(saved_sigmask, VALUE, 0, "task_struct.saved_sigmask.sig[0]"),
	R(real_blocked, VALUE, 0, "task_struct.real_blocked.sig[0]"),
	R(rseq, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.rseq"),
	R(fsbase, VALUE, 0, "task_struct.thread.fsbase"),
	R(gsbase, VALUE, 0, "task_struct.thread.gsbase"),
	R(timer_slack_ns, VALUE, 0, "task_struct.timer_slack_ns"),
	R(default_timer_slack_ns, VALUE, 0, "task_struct.default_timer_slack_ns"),
	R(parent_exec_id, VALUE, 0, "task_struct.parent_exec_id"),
	R(self_exec_id, VALUE, 0, "task_struct.self_exec_id"),
	R(io_bitmap, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.thread.io_bitmap"),
	R(iopl_emul, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.thread.iopl_emul"),
	R(syscall_work, VALUE, 0, "task_struct.thread_info.syscall_work"),
	R(dispatch_selector, VALUE, 0, "task_struct.syscall_dispatch.selector"),
	R(dispatch_offset, VALUE, 0, "task_struct.syscall_dispatch.offset"),
	R(dispatch_len, VALUE, 0, "task_struct.syscall_dispatch.len"),
	R(dl_runtime, VALUE, 0, "task_struct.dl.dl_runtime"),
	R(dl_deadline, VALUE, 0, "task_struct.dl.dl_deadline"),
	R(dl_period, VALUE, 0, "task_struct.dl.dl_period"),
	R(dl_flags, VALUE, 0, "task_struct.dl.flags"),
	R(uretprobes, VALUE, ORTHROS_ROW_OPTIONAL | ORTHROS_ROW_NULLABLE,
	  "task_struct.utask->return_instances"),
	R(thread_flags, VALUE, 0, "task_struct.thread_info.flags"),
	R(mempolicy, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.mempolicy"),
	R(sem_undo, VALUE, 0, "task_struct.sysvsem.undo_list"),
	R(vfork_done, VALUE, 0, "task_struct.vfork_done"),
	R(stack, VALUE, 0, "task_struct.stack"),
	R(mm, VALUE, 0, "task_struct.mm"),
	R(fs, VALUE, 0, "task_struct.fs"),
	R(files, VALUE, 0, "task_struct.files"),
	R(nsproxy, VALUE, 0, "task_struct.nsproxy"),
	R(thread_pid, VALUE, 0, "task_struct.thread_pid"),
	R(signal, VALUE, 0, "task_struct.signal"),
	R(sighand, VALUE, 0, "task_struct.sighand"),
	R(cred, VALUE, 0, "task_struct.cred"),
	R(real_cred, VALUE, 0, "task_struct.real_cred"),
	R(cgroups, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.cgroups->dfl_cgrp"),
	R(pending, ADDR, 0, "task_struct.pending"),
	R(cpus_mask, BYTES, 0, "task_struct.cpus_mask"),
	R(restart.fn, VALUE, 0, "task_struct.restart_block.fn"),
	R(restart.arch_data, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.restart_block.arch_data"),
	R(restart.futex_uaddr, VALUE, 0, "task_struct.restart_block.futex.uaddr"),
	R(restart.futex_time, VALUE, 0, "task_struct.restart_block.futex.time"),
	R(restart.futex_uaddr2, VALUE, 0, "task_struct.restart_block.futex.uaddr2"),
	R(restart.futex_val, VALUE, 0, "task_struct.restart_block.futex.val"),
	R(restart.futex_flags, VALUE, 0, "task_struct.restart_block.futex.flags"),
	R(restart.futex_bitset, VALUE, 0, "task_struct.restart_block.futex.bitset"),
	R(restart.nanosleep_rmtp, VALUE, 0, "task_struct.restart_block.nanosleep.rmtp"),
	R(restart.nanosleep_expires, VALUE, 0, "task_struct.restart_block.nanosleep.expires"),
	R(restart.nanosleep_clockid, VALUE, 0, "task_struct.restart_block.nanosleep.clockid"),
	R(restart.nanosleep_type, VALUE, 0, "task_struct.restart_block.nanosleep.type"),
	R(restart.poll_ufds, VALUE, 0, "task_struct.restart_block.poll.ufds"),
	R(restart.poll_tv_sec, VALUE, 0, "task_struct.restart_block.poll.tv_sec"),
	R(restart.poll_tv_nsec, VALUE, 0, "task_struct.restart_block.poll.tv_nsec"),
	R(restart.poll_nfds, VALUE, 0, "task_struct.restart_block.poll.nfds"),
	R(restart.poll_has_timeout, VALUE, 0, "task_struct.restart_block.poll.has_timeout"),
	R(restart.call_moved, VALUE, 0, "task_struct.restart_block.orthros.moved"),
	R(restart.call_goal, VALUE, 0, "task_struct.restart_block.orthros.goal"),
	R(restart.call_deadline, VALUE, 0, "task_struct.restart_block.orthros.deadline"),
	R(restart.call_nr, VALUE, 0, "task_struct.restart_block.orthros.nr"),
	R(restart.call_err, VALUE, 0, "task_struct.restart_block.orthros.err"),
	R(restart.call_noted, VALUE, 0, "task_struct.restart_block.orthros.noted"),
	R(restart.call_noted_in, VALUE, 0, "task_struct.restart_block.orthros.noted_in"),
	R(ioprio, VALUE, ORTHROS_ROW_NULLABLE, "task_struct.io_context->ioprio"),
	R(uclamp_min, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.uclamp_req[0].value"),
	R(uclamp_max, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.uclamp_req[1].value"),
	R(uclamp_min_set, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.uclamp_req[0].user_defined"),
	R(uclamp_max_set, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.uclamp_req[1].user_defined"),
	R(custom_slice, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.se.custom_slice"),
	R(slice, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.se.slice"),
	R(xfeatures_perm, VALUE, 0, "task_struct.thread.fpu.perm.__state_perm"),
	R(io.rchar, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.ioac.rchar"),
	R(io.wchar, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.ioac.wchar"),
	R(io.syscr, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.ioac.syscr"),
	R(io.syscw, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.ioac.syscw"),
	R(io.read_bytes, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.ioac.read_bytes"),
	R(io.write_bytes, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.ioac.write_bytes"),
	R(io.cancelled_write_bytes, VALUE, ORTHROS_ROW_OPTIONAL,
	  "task_struct.ioac.cancelled_write_bytes"),
};

ORTHROS_TABLE(task, struct orthros_task_rec);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_signal_rec, field, kind, flags, __VA_ARGS__)

static struct orthros_row signal_rows[] = {
	R(pgid_pid, VALUE, 0, "signal_struct.pids[PIDTYPE_PGID]"),
	R(sid_pid, VALUE, 0, "signal_struct.pids[PIDTYPE_SID]"),
	R(pgid, VALUE, 0, "signal_struct.pids[PIDTYPE_PGID]->numbers[0].nr"),
	R(sid, VALUE, 0, "signal_struct.pids[PIDTYPE_SID]->numbers[0].nr"),
	R(tty_old_pgrp, VALUE, ORTHROS_ROW_NULLABLE, "signal_struct.tty_old_pgrp->numbers[0].nr"),
	R(flags, VALUE, 0, "signal_struct.flags"),
	R(leader, VALUE, 0, "signal_struct.leader"),
	R(group_exit_code, VALUE, 0, "signal_struct.group_exit_code"),
	R(is_child_subreaper, VALUE, 0, "signal_struct.is_child_subreaper"),
	R(has_child_subreaper, VALUE, 0, "signal_struct.has_child_subreaper"),
	R(oom_score_adj, VALUE, 0, "signal_struct.oom_score_adj"),
	R(oom_score_adj_min, VALUE, 0, "signal_struct.oom_score_adj_min"),
	R(nr_threads, VALUE, 0, "signal_struct.nr_threads"),
	R(timer_active, VALUE, 0, "signal_struct.real_timer.state"),
	R(thread_head, ADDR, 0, "signal_struct.thread_head"),
	R(core_state, VALUE, 0, "signal_struct.core_state"),
	R(shared_pending, ADDR, 0, "signal_struct.shared_pending"),
	R(posix_timers, VALUE, 0,
	  "signal_struct.posix_timers.first", "signal_struct.posix_timers.next"),
	R(posix_timers_addr, ADDR, 0, "signal_struct.posix_timers"),
	R(it_expires[0], VALUE, 0, "signal_struct.it[0].expires"),
	R(it_expires[1], VALUE, 0, "signal_struct.it[1].expires"),
	R(it_incr[0], VALUE, 0, "signal_struct.it[0].incr"),
	R(it_incr[1], VALUE, 0, "signal_struct.it[1].incr"),
	R(real_expires, VALUE, 0, "signal_struct.real_timer.node.expires"),
	R(real_incr, VALUE, 0, "signal_struct.it_real_incr"),
	R(posix_timers_size, SIZEOF, 0, "signal_struct.posix_timers"),
	R(next_timer_id, VALUE, 0,
	  "signal_struct.next_posix_timer_id.counter", "signal_struct.next_posix_timer_id",
	  "signal_struct.posix_timer_id"),
	R(tty, VALUE, 0, "signal_struct.tty"),
	R(utime, VALUE, 0, "signal_struct.utime"),
	R(stime, VALUE, 0, "signal_struct.stime"),
	R(cutime, VALUE, 0, "signal_struct.cutime"),
	R(cstime, VALUE, 0, "signal_struct.cstime"),
	R(gtime, VALUE, 0, "signal_struct.gtime"),
	R(cgtime, VALUE, 0, "signal_struct.cgtime"),
	R(nvcsw, VALUE, 0, "signal_struct.nvcsw"),
	R(nivcsw, VALUE, 0, "signal_struct.nivcsw"),
	R(cnvcsw, VALUE, 0, "signal_struct.cnvcsw"),
	R(cnivcsw, VALUE, 0, "signal_struct.cnivcsw"),
	R(min_flt, VALUE, 0, "signal_struct.min_flt"),
	R(maj_flt, VALUE, 0, "signal_struct.maj_flt"),
	R(cmin_flt, VALUE, 0, "signal_struct.cmin_flt"),
	R(cmaj_flt, VALUE, 0, "signal_struct.cmaj_flt"),
	R(inblock, VALUE, 0, "signal_struct.inblock"),
	R(oublock, VALUE, 0, "signal_struct.oublock"),
	R(cinblock, VALUE, 0, "signal_struct.cinblock"),
	R(coublock, VALUE, 0, "signal_struct.coublock"),
	R(maxrss, VALUE, 0, "signal_struct.maxrss"),
	R(cmaxrss, VALUE, 0, "signal_struct.cmaxrss"),
	R(sum_sched_runtime, VALUE, 0, "signal_struct.sum_sched_runtime"),
	R(autogroup, VALUE, ORTHROS_ROW_OPTIONAL, "signal_struct.autogroup"),
	R(autogroup_nice, VALUE, ORTHROS_ROW_OPTIONAL | ORTHROS_ROW_NULLABLE,
	  "signal_struct.autogroup->nice"),
	R(io.rchar, VALUE, ORTHROS_ROW_OPTIONAL, "signal_struct.ioac.rchar"),
	R(io.wchar, VALUE, ORTHROS_ROW_OPTIONAL, "signal_struct.ioac.wchar"),
	R(io.syscr, VALUE, ORTHROS_ROW_OPTIONAL, "signal_struct.ioac.syscr"),
	R(io.syscw, VALUE, ORTHROS_ROW_OPTIONAL, "signal_struct.ioac.syscw"),
	R(io.read_bytes, VALUE, ORTHROS_ROW_OPTIONAL, "signal_struct.ioac.read_bytes"),
	R(io.write_bytes, VALUE, ORTHROS_ROW_OPTIONAL, "signal_struct.ioac.write_bytes"),
	R(io.cancelled_write_bytes, VALUE, ORTHROS_ROW_OPTIONAL,
	  "signal_struct.ioac.cancelled_write_bytes"),
	R(rlim, BYTES, 0, "signal_struct.rlim"),
};

ORTHROS_TABLE(signal, struct orthros_signal_rec);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_timer_rec, field, kind, flags, __VA_ARGS__)

static struct orthros_row timer_rows[] = {
	R(id, VALUE, 0, "k_itimer.it_id"),
	R(clock, VALUE, 0, "k_itimer.it_clock"),
	R(notify, VALUE, 0, "k_itimer.it_sigev_notify"),
	R(signo, VALUE, 0, "k_itimer.sigq->info.si_signo"),
	R(value, VALUE, 0, "k_itimer.sigq->info._sifields._timer._sigval.sival_ptr"),
	R(pid, VALUE, ORTHROS_ROW_NULLABLE, "k_itimer.it_pid->numbers[0].nr"),
	R(active, VALUE, 0, "k_itimer.it_active"),
	R(requeue_pending, VALUE, 0, "k_itimer.it_requeue_pending"),
	R(overrun, VALUE, 0, "k_itimer.it_overrun"),
	R(overrun_last, VALUE, 0, "k_itimer.it_overrun_last"),
	R(interval, VALUE, 0, "k_itimer.it_interval"),
};

ORTHROS_TABLE(timer, struct orthros_timer_rec);

static struct orthros_row timer_real_rows[] = {
	R(expires, VALUE, 0, "k_itimer.it.real.timer.node.expires"),
	R(base_clock, VALUE, 0, "k_itimer.it.real.timer.base->clockid"),
};

ORTHROS_TABLE(timer_real, struct orthros_timer_rec);

static struct orthros_row timer_cpu_rows[] = {
	R(expires, VALUE, 0, "k_itimer.it.cpu.node.expires"),
	R(cpu_pid, VALUE, ORTHROS_ROW_NULLABLE, "k_itimer.it.cpu.pid->numbers[0].nr"),
};

ORTHROS_TABLE(timer_cpu, struct orthros_timer_rec);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_regs_rec, field, kind, flags, __VA_ARGS__)

static struct orthros_row regs_rows[] = {
	R(r15, VALUE, 0, "pt_regs.r15"),
	R(r14, VALUE, 0, "pt_regs.r14"),
	R(r13, VALUE, 0, "pt_regs.r13"),
	R(r12, VALUE, 0, "pt_regs.r12"),
	R(bp, VALUE, 0, "pt_regs.bp"),
	R(bx, VALUE, 0, "pt_regs.bx"),
	R(r11, VALUE, 0, "pt_regs.r11"),
	R(r10, VALUE, 0, "pt_regs.r10"),
	R(r9, VALUE, 0, "pt_regs.r9"),
	R(r8, VALUE, 0, "pt_regs.r8"),
	R(ax, VALUE, 0, "pt_regs.ax"),
	R(cx, VALUE, 0, "pt_regs.cx"),
	R(dx, VALUE, 0, "pt_regs.dx"),
	R(si, VALUE, 0, "pt_regs.si"),
	R(di, VALUE, 0, "pt_regs.di"),
	R(orig_ax, VALUE, 0, "pt_regs.orig_ax"),
	R(ip, VALUE, 0, "pt_regs.ip"),
	R(cs, VALUE, 0, "pt_regs.cs"),
	R(flags, VALUE, 0, "pt_regs.flags"),
	R(sp, VALUE, 0, "pt_regs.sp"),
	R(ss, VALUE, 0, "pt_regs.ss"),
	R(size, SIZEOF, 0, "pt_regs"),
};

ORTHROS_TABLE(regs, struct orthros_regs_rec);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_sigaction_rec, field, kind, flags, __VA_ARGS__)

static struct orthros_row sigaction_rows[] = {
	R(handler, VALUE, 0, "k_sigaction.sa.sa_handler"),
	R(flags, VALUE, 0, "k_sigaction.sa.sa_flags"),
	R(restorer, VALUE, 0, "k_sigaction.sa.sa_restorer"),
	R(mask, VALUE, 0, "k_sigaction.sa.sa_mask.sig[0]"),
};

ORTHROS_TABLE(sigaction, struct orthros_sigaction_rec);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_sighand_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row sighand_rows[] = {
	R(action, ADDR, 0, "sighand_struct.action"),
	R(action_size, SIZEOF, 0, "k_sigaction"),
	R(nr_bytes, SIZEOF, 0, "sighand_struct.action"),
	R(signalfd_wqh, ADDR, 0, "sighand_struct.signalfd_wqh"),
};

ORTHROS_TABLE(sighand, struct orthros_sighand_view);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_sigpending_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row sigpending_rows[] = {
	R(mask, VALUE, 0, "sigpending.signal.sig[0]"),
	R(list, ADDR, 0, "sigpending.list"),
};

ORTHROS_TABLE(sigpending, struct orthros_sigpending_view);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_sig_rec, field, kind, flags, __VA_ARGS__)

static struct orthros_row sigqueue_rows[] = {
	R(info, BYTES, 0, "sigqueue.info"),
};

ORTHROS_TABLE(sigqueue, struct orthros_sig_rec);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_task_head, field, kind, flags, __VA_ARGS__)

static struct orthros_row task_head_rows[] = {
	R(flags, VALUE, 0, "task_struct.flags"),
	R(state, VALUE, 0, "task_struct.__state", "task_struct.state"),
	R(exit_state, VALUE, 0, "task_struct.exit_state"),
	R(pid, VALUE, 0, "task_struct.pid"),
	R(comm, STRING, 0, "task_struct.comm"),
	R(cgroups, VALUE, ORTHROS_ROW_OPTIONAL, "task_struct.cgroups->dfl_cgrp"),
};

ORTHROS_TABLE(task_head, struct orthros_task_head);
#undef R

static struct orthros_row ports_rows[] = {
	ORTHROS_ROW(struct orthros_ports_rec, bitmap, BYTES, ORTHROS_ROW_OPTIONAL,
		    "io_bitmap.bitmap"),
};

ORTHROS_TABLE(ports, struct orthros_ports_rec);

#define R(field, kind, ...) ORTHROS_ROW(struct orthros_exec_view, field, kind, 0, __VA_ARGS__)

static struct orthros_row exec_rows[] = {
	R(mm, VALUE, "linux_binprm.mm"),
	R(p, VALUE, "linux_binprm.p"),
	R(filename, VALUE, "linux_binprm.filename"),
	R(interp, VALUE, "linux_binprm.interp"),
	R(argc, VALUE, "linux_binprm.argc"),
	R(envc, VALUE, "linux_binprm.envc"),
	R(secureexec, VALUE, "linux_binprm.secureexec"),
	R(have_execfd, VALUE, "linux_binprm.have_execfd"),
};

ORTHROS_TABLE(exec, struct orthros_exec_view);
#undef R
