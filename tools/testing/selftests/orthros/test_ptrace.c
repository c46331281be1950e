// SPDX-License-Identifier: GPL-2.0
/*
 * Traced processes, in every place where one stops for its tracer, with the stop told or
 * not yet, and running: registers and reason are what they were, nothing is told twice, and
 * each goes on to where it would have.
 */
#include <poll.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "hop_test.h"

#define SYSGOOD	(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)
#define EVENTS	(SYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
		 PTRACE_O_TRACEEXEC | PTRACE_O_TRACEVFORKDONE)

static volatile sig_atomic_t got;

static void on_signal(int sig)
{
	got += sig;
}

/* ---- tracing ------------------------------------------------------------------------- */

static long trace(int request, pid_t pid, long addr, long data)
{
	return ptrace(request, pid, (void *)addr, (void *)data);
}

/* Waits for the next stop of @pid, and takes it unless @leave. */
static int stop_of(pid_t pid, bool leave)
{
	siginfo_t info = {};
	int status = -1;

	if (leave) {
		MUST(waitid(P_PID, pid, &info, WSTOPPED | WEXITED | WNOWAIT | __WALL));
		return info.si_status << 8 | 0x7f;
	}
	MUST(waitpid(pid, &status, __WALL));
	return status;
}

#define STOP(sig)	((sig) << 8 | 0x7f)
#define EVENT(ev)	(STOP(SIGTRAP) | (ev) << 16)

/* A child that is traced with @options and stands at its first instruction. */
static pid_t traced(void (*fn)(void), long options)
{
	pid_t pid = MUST(fork());

	if (!pid) {
		signal(SIGUSR1, on_signal);
		MUST(trace(PTRACE_TRACEME, 0, 0, 0));
		raise(SIGSTOP);
		fn();
		_exit(9);
	}
	CHECK_EQ(stop_of(pid, false), STOP(SIGSTOP));
	MUST(trace(PTRACE_SETOPTIONS, pid, 0, options));
	return pid;
}

static void ends_with(pid_t pid, int code)
{
	struct user_regs_struct regs = {};
	siginfo_t info = {};
	int status;

	CHECK_EQ(waitpid(pid, &status, __WALL), pid);
	if (CHECK_EQ(status, code << 8) || !WIFSTOPPED(status))
		return;
	/* Why it has not ended, and so that it does. */
	ptrace(PTRACE_GETREGS, pid, NULL, &regs);
	ptrace(PTRACE_GETSIGINFO, pid, NULL, &info);
	printf("# %d: stopped at %llx, sp %llx, for %p\n", pid, regs.rip, regs.rsp, info.si_addr);
	kill(pid, SIGKILL);
	waitpid(pid, &status, __WALL);
}

/* What is kept of each stop over the hop. */
struct stop {
	const char *name;
	pid_t pid;
	struct user_regs_struct regs;
	siginfo_t info;
	bool has_info;
	unsigned long msg;
	bool untold;
};

static struct stop stops[16];
static int nr_stops;

static pid_t keep(const char *name, pid_t pid, bool untold)
{
	struct stop *s = &stops[nr_stops++];

	s->name = name;
	s->pid = pid;
	s->untold = untold;
	/* A stop that is left is known to be one all the same. */
	MUST(trace(PTRACE_GETREGS, pid, 0, (long)&s->regs));
	s->has_info = !trace(PTRACE_GETSIGINFO, pid, 0, (long)&s->info);
	MUST(trace(PTRACE_GETEVENTMSG, pid, 0, (long)&s->msg));
	return pid;
}

static void check_stops(void)
{
	int i;

	for (i = 0; i < nr_stops; i++) {
		struct stop *s = &stops[i], now = {};
		unsigned int r;
		int status;

		CHECK_EQ(waitpid(s->pid, &status, __WALL | WNOHANG), s->untold ? s->pid : 0);
		CHECK_EQ(trace(PTRACE_GETREGS, s->pid, 0, (long)&now.regs), 0);
		for (r = 0; r < sizeof(now.regs) / 8; r++)
			if (!CHECK_EQ(((long *)&now.regs)[r], ((long *)&s->regs)[r]))
				printf("# %s: register %u of user_regs_struct\n", s->name, r);
		CHECK_EQ(now.regs.rip, s->regs.rip);
		CHECK_EQ(now.regs.rax, s->regs.rax);
		CHECK_EQ(now.regs.orig_rax, s->regs.orig_rax);
		now.has_info = !trace(PTRACE_GETSIGINFO, s->pid, 0, (long)&now.info);
		CHECK_EQ(now.has_info, s->has_info);
		if (now.has_info) {
			CHECK_EQ(now.info.si_signo, s->info.si_signo);
			CHECK_EQ(now.info.si_code, s->info.si_code);
			CHECK_EQ(now.info.si_pid, s->info.si_pid);
		}
		CHECK_EQ(trace(PTRACE_GETEVENTMSG, s->pid, 0, (long)&now.msg), 0);
		CHECK_EQ(now.msg, s->msg);
	}
}

/* ---- what they do ---------------------------------------------------------------------- */

static void get_signal(void)
{
	raise(SIGUSR1);
	_exit(got);
}

static void make_calls(void)
{
	pid_t pid = syscall(SYS_getppid);

	_exit(syscall(SYS_getpgid, 0) > 0 && pid > 1 ? 7 : 8);
}

static void make_child(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(3);
	_exit(waitpid(pid, &status, 0) == pid && status == 3 << 8 ? 7 : 8);
}

static void make_vfork(void)
{
	pid_t pid = vfork();
	int status;

	if (!pid)
		_exit(3);
	_exit(waitpid(pid, &status, 0) == pid && status == 3 << 8 ? 7 : 8);
}

static void wait_for_signal(void)
{
	pause();
	_exit(got);
}

static void spin(void)
{
	while (!got)
		;
	_exit(got);
}

static void sleep_long(void)
{
	poll(NULL, 0, 600000);
}

/* ---- a tracer that waits ------------------------------------------------------------------ */

static struct gate made, go;

/* Its child is traced by it, and stops when that is let go. */
static void waiting_tracer(void *arg)
{
	pid_t pid = traced(wait_for_signal, SYSGOOD);

	MUST(trace(PTRACE_CONT, pid, 0, 0));
	write(made.wr, &pid, sizeof(pid));
	CHECK_EQ(stop_of(pid, false), STOP(SIGUSR1));
	CHECK_EQ(trace(PTRACE_CONT, pid, 0, SIGUSR1), 0);
	ends_with(pid, SIGUSR1);
}

/* A process that is not the tracer's child. */
static void parent_of_other(void *arg)
{
	pid_t pid = MUST(fork());
	int status;

	if (!pid) {
		signal(SIGUSR1, on_signal);
		spin();
	}
	write(made.wr, &pid, sizeof(pid));
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, SIGUSR1 << 8);
}

static pid_t pid_from(struct gate *gate)
{
	pid_t pid;

	MUST(read(gate->rd, &pid, sizeof(pid)) == sizeof(pid) ? 0 : -1);
	return pid;
}

static int tracer_of(pid_t pid)
{
	char *text = slurpf("/proc/%d/status", pid), value[16] = "";

	field(text, "TracerPid", value, sizeof(value));
	free(text);
	return atoi(value);
}

int main(void)
{
	pid_t sig, sig_untold, entry, leave, fork_, forked, vfork_, vforked, step, intr;
	pid_t group, listen, run, sleeper, tracer, tracee, other, other_parent;
	unsigned long msg;
	int status;

	gate_init(&made);
	gate_init(&go);
	tracer = hop_child(waiting_tracer, NULL);
	tracee = pid_from(&made);
	other_parent = hop_child(parent_of_other, NULL);
	other = pid_from(&made);

	sig = traced(get_signal, SYSGOOD);
	MUST(trace(PTRACE_CONT, sig, 0, 0));
	CHECK_EQ(stop_of(sig, false), STOP(SIGUSR1));
	keep("signal", sig, false);
	sig_untold = traced(get_signal, SYSGOOD);
	MUST(trace(PTRACE_CONT, sig_untold, 0, 0));
	CHECK_EQ(stop_of(sig_untold, true), STOP(SIGUSR1));
	keep("signal, not told", sig_untold, true);

	entry = traced(make_calls, SYSGOOD);
	do {
		MUST(trace(PTRACE_SYSCALL, entry, 0, 0));
		CHECK_EQ(stop_of(entry, false), STOP(SIGTRAP | 0x80));
		MUST(trace(PTRACE_GETREGS, entry, 0, (long)&stops[15].regs));
	} while (stops[15].regs.orig_rax != SYS_getppid);
	keep("before a call", entry, false);
	leave = traced(make_calls, SYSGOOD);
	do {
		MUST(trace(PTRACE_SYSCALL, leave, 0, 0));
		CHECK_EQ(stop_of(leave, true), STOP(SIGTRAP | 0x80));
		MUST(trace(PTRACE_GETREGS, leave, 0, (long)&stops[15].regs));
	} while (stops[15].regs.orig_rax != SYS_getppid || (long)stops[15].regs.rax == -ENOSYS);
	keep("after a call, not told", leave, true);

	fork_ = traced(make_child, EVENTS);
	MUST(trace(PTRACE_CONT, fork_, 0, 0));
	CHECK_EQ(stop_of(fork_, false), EVENT(PTRACE_EVENT_FORK));
	MUST(trace(PTRACE_GETEVENTMSG, fork_, 0, (long)&msg));
	forked = msg;
	CHECK_EQ(stop_of(forked, false), STOP(SIGSTOP));
	keep("fork", fork_, false);
	keep("a forked one", forked, false);
	vfork_ = traced(make_vfork, EVENTS);
	MUST(trace(PTRACE_CONT, vfork_, 0, 0));
	CHECK_EQ(stop_of(vfork_, false), EVENT(PTRACE_EVENT_VFORK));
	MUST(trace(PTRACE_GETEVENTMSG, vfork_, 0, (long)&msg));
	vforked = msg;
	CHECK_EQ(stop_of(vforked, false), STOP(SIGSTOP));
	keep("vfork", vfork_, false);
	keep("one that shares memory", vforked, false);
	step = traced(spin, SYSGOOD);
	MUST(trace(PTRACE_SINGLESTEP, step, 0, 0));
	CHECK_EQ(stop_of(step, false), STOP(SIGTRAP));
	keep("a step", step, false);

	intr = MUST(fork());
	if (!intr) {
		signal(SIGUSR1, on_signal);
		wait_for_signal();
	}
	hop_wait_syscall(intr, intr, SYS_pause);
	MUST(trace(PTRACE_SEIZE, intr, 0, EVENTS));
	MUST(trace(PTRACE_INTERRUPT, intr, 0, 0));
	CHECK_EQ(stop_of(intr, false), EVENT(PTRACE_EVENT_STOP));
	keep("interrupted", intr, false);
	group = traced(spin, SYSGOOD);
	MUST(trace(PTRACE_CONT, group, 0, 0));
	MUST(kill(group, SIGTSTP));
	CHECK_EQ(stop_of(group, false), STOP(SIGTSTP));
	MUST(trace(PTRACE_CONT, group, 0, SIGTSTP));
	CHECK_EQ(stop_of(group, false), STOP(SIGTSTP));
	keep("stopped with its group", group, false);
	listen = MUST(fork());
	if (!listen)
		spin();
	MUST(trace(PTRACE_SEIZE, listen, 0, EVENTS));
	MUST(kill(listen, SIGSTOP));
	CHECK_EQ(stop_of(listen, false), STOP(SIGSTOP));
	MUST(trace(PTRACE_CONT, listen, 0, SIGSTOP));
	CHECK_EQ(stop_of(listen, false), STOP(SIGSTOP) | PTRACE_EVENT_STOP << 16);
	MUST(trace(PTRACE_LISTEN, listen, 0, 0));

	run = traced(spin, SYSGOOD);
	MUST(trace(PTRACE_CONT, run, 0, 0));
	sleeper = traced(sleep_long, EVENTS);
	MUST(trace(PTRACE_CONT, sleeper, 0, 0));
	MUST(trace(PTRACE_ATTACH, other, 0, 0));
	CHECK_EQ(stop_of(other, false), STOP(SIGSTOP));
	keep("not a child", other, false);

	hop();

	check_stops();
	CHECK_EQ(tracer_of(run), getpid());
	CHECK_EQ(tracer_of(other), getpid());
	CHECK_EQ(tracer_of(tracee), tracer);
	MUST(kill(tracee, SIGUSR1));
	hop_reap(tracer);

	CHECK_EQ(trace(PTRACE_CONT, sig, 0, SIGUSR1), 0);
	ends_with(sig, SIGUSR1);
	/* It does not get it. */
	CHECK_EQ(trace(PTRACE_CONT, sig_untold, 0, 0), 0);
	ends_with(sig_untold, 0);

	CHECK_EQ(trace(PTRACE_SYSCALL, entry, 0, 0), 0);
	CHECK_EQ(stop_of(entry, false), STOP(SIGTRAP | 0x80));
	MUST(trace(PTRACE_GETREGS, entry, 0, (long)&stops[0].regs));
	CHECK_EQ(stops[0].regs.orig_rax, SYS_getppid);
	CHECK_EQ(stops[0].regs.rax, getpid());
	CHECK_EQ(trace(PTRACE_CONT, entry, 0, 0), 0);
	ends_with(entry, 7);
	CHECK_EQ(trace(PTRACE_SYSCALL, leave, 0, 0), 0);
	CHECK_EQ(stop_of(leave, false), STOP(SIGTRAP | 0x80));
	MUST(trace(PTRACE_GETREGS, leave, 0, (long)&stops[0].regs));
	CHECK_EQ(stops[0].regs.orig_rax, SYS_getpgid);
	CHECK_EQ(stops[0].regs.rax, -ENOSYS);
	CHECK_EQ(trace(PTRACE_CONT, leave, 0, 0), 0);
	ends_with(leave, 7);

	CHECK_EQ(trace(PTRACE_SYSCALL, fork_, 0, 0), 0);
	CHECK_EQ(stop_of(fork_, false), STOP(SIGTRAP | 0x80));
	MUST(trace(PTRACE_GETREGS, fork_, 0, (long)&stops[0].regs));
	CHECK_EQ(stops[0].regs.rax, forked);
	CHECK_EQ(trace(PTRACE_CONT, fork_, 0, 0), 0);
	CHECK_EQ(trace(PTRACE_CONT, forked, 0, 0), 0);
	ends_with(forked, 3);
	CHECK_EQ(stop_of(fork_, false), STOP(SIGCHLD));
	CHECK_EQ(trace(PTRACE_CONT, fork_, 0, 0), 0);
	ends_with(fork_, 7);

	CHECK_EQ(trace(PTRACE_CONT, vfork_, 0, 0), 0);
	CHECK_EQ(waitpid(vfork_, &status, WNOHANG | __WALL), 0);
	CHECK_EQ(trace(PTRACE_CONT, vforked, 0, 0), 0);
	ends_with(vforked, 3);
	status = stop_of(vfork_, false);
	if (status == STOP(SIGCHLD)) {
		CHECK_EQ(trace(PTRACE_CONT, vfork_, 0, 0), 0);
		status = stop_of(vfork_, false);
	}
	CHECK_EQ(status, EVENT(PTRACE_EVENT_VFORK_DONE));
	MUST(trace(PTRACE_GETEVENTMSG, vfork_, 0, (long)&msg));
	CHECK_EQ(msg, vforked);
	CHECK_EQ(trace(PTRACE_DETACH, vfork_, 0, 0), 0);
	ends_with(vfork_, 7);

	CHECK_EQ(trace(PTRACE_SINGLESTEP, step, 0, 0), 0);
	CHECK_EQ(stop_of(step, false), STOP(SIGTRAP));
	CHECK_EQ(trace(PTRACE_CONT, step, 0, SIGUSR1), 0);
	ends_with(step, SIGUSR1);

	CHECK_EQ(trace(PTRACE_CONT, intr, 0, 0), 0);
	hop_wait_syscall(intr, intr, SYS_pause);
	MUST(kill(intr, SIGUSR1));
	CHECK_EQ(stop_of(intr, false), STOP(SIGUSR1));
	CHECK_EQ(trace(PTRACE_DETACH, intr, 0, SIGUSR1), 0);
	ends_with(intr, SIGUSR1);
	CHECK_EQ(trace(PTRACE_CONT, group, 0, 0), 0);
	MUST(kill(group, SIGUSR1));
	CHECK_EQ(stop_of(group, false), STOP(SIGUSR1));
	CHECK_EQ(trace(PTRACE_DETACH, group, 0, SIGUSR1), 0);
	MUST(kill(group, SIGCONT));
	ends_with(group, SIGUSR1);
	/* It hears of that while it is stopped. */
	CHECK_EQ(waitpid(listen, &status, WNOHANG | __WALL), 0);
	MUST(kill(listen, SIGCONT));
	CHECK_EQ(stop_of(listen, false), EVENT(PTRACE_EVENT_STOP));
	MUST(kill(listen, SIGKILL));
	CHECK_EQ(stop_of(listen, false), SIGKILL);

	MUST(kill(run, SIGUSR1));
	CHECK_EQ(stop_of(run, false), STOP(SIGUSR1));
	CHECK_EQ(trace(PTRACE_CONT, run, 0, SIGUSR1), 0);
	ends_with(run, SIGUSR1);
	CHECK_EQ(waitpid(sleeper, &status, WNOHANG | __WALL), 0);
	MUST(kill(sleeper, SIGKILL));
	CHECK_EQ(stop_of(sleeper, false), SIGKILL);
	CHECK_EQ(trace(PTRACE_DETACH, other, 0, SIGUSR1), 0);
	hop_reap(other_parent);
	return hop_status();
}
