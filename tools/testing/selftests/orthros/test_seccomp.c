// SPDX-License-Identifier: GPL-2.0
/*
 * seccomp: what was forbidden is, in the way that it was, by filters that processes and
 * threads have in common; their programs, chains, listeners; calls that a hop interrupts
 * are none that a filter has not seen.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

#include "hop_test.h"

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER	0x420c
#endif
#ifndef PTRACE_SECCOMP_GET_METADATA
#define PTRACE_SECCOMP_GET_METADATA	0x420d
#endif

#define STMT(c, k)		((struct sock_filter)BPF_STMT(c, k))
#define JUMP(c, k, t, f)	((struct sock_filter)BPF_JUMP(c, k, t, f))
#define LOAD(member) \
	STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define IS(nr)			JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1)
#define RET(how)		STMT(BPF_RET | BPF_K, how)
#define ERRNO(e)		(SECCOMP_RET_ERRNO | (e))

static long install(const struct sock_filter *insns, size_t nr, int flags)
{
	struct sock_fprog prog = { nr, (struct sock_filter *)insns };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}

/* One call is answered in another way. */
static long forbid(int nr, uint32_t how, int flags)
{
	struct sock_filter insns[] = { LOAD(nr), IS(nr), RET(how), RET(SECCOMP_RET_ALLOW) };

	return install(insns, ARRAY_SIZE(insns), flags);
}

static int error_of(int nr)
{
	return syscall(nr, 0, 0, 0) < 0 ? errno : 0;
}

static void check_status(pid_t tid, int mode, int filters)
{
	char *text = slurpf("/proc/self/task/%d/status", tid), value[32];

	CHECK(field(text, "Seccomp", value, sizeof(value)));
	CHECK_EQ(atoi(value), mode);
	CHECK(field(text, "Seccomp_filters", value, sizeof(value)));
	CHECK_EQ(atoi(value), filters);
	free(text);
}

struct party {
	struct gate ready, go, end;
	pid_t below;
	int fd;
};

/* ---- a tree of filters ------------------------------------------------------ */

/* No call that is made by anything else. */
#define FIRST	SYS_getpriority
#define SECOND	SYS_sched_get_priority_max
#define THIRD	SYS_sched_get_priority_min
#define FOURTH	SYS_getpgid
#define FIFTH	SYS_getsid

static void *third_thread(void *arg)
{
	struct party *p = arg;

	MUST(forbid(THIRD, ERRNO(73), 0));
	check_status(hop_gettid(), 2, 2);
	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	check_status(hop_gettid(), 2, 2);
	CHECK_EQ(error_of(FIRST), 71);
	CHECK_EQ(error_of(SECOND), 0);
	CHECK_EQ(error_of(THIRD), 73);
	gate_post(&p->ready, 1);
	gate_take(&p->end, 1);
	/* Its filters are no part of the others' any more. */
	CHECK_EQ(error_of(FOURTH), 0);
	return NULL;
}

static void second_process(void *arg)
{
	struct party *p = arg;

	MUST(forbid(SECOND, ERRNO(72), SECCOMP_FILTER_FLAG_LOG));
	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	check_status(hop_gettid(), 2, 2);
	CHECK_EQ(error_of(FIRST), 71);
	CHECK_EQ(error_of(SECOND), 72);
	CHECK_EQ(error_of(THIRD), 0);
	gate_post(&p->ready, 1);
	gate_take(&p->end, 1);
}

static void forbidden_below(void *arg)
{
	check_status(hop_gettid(), 2, 2);
	CHECK_EQ(error_of(FIRST), 71);
	CHECK_EQ(error_of(FIFTH), 75);
}

static void tree(void *arg)
{
	struct party *p = arg;
	pthread_t thread;
	pid_t pid;

	MUST(forbid(FIRST, ERRNO(71), 0));
	pid = hop_child(second_process, p);
	p->below = pid;
	MUST0(pthread_create(&thread, NULL, third_thread, p));
	gate_take(&p->ready, 2);
	gate_post(&p[1].ready, 1);
	gate_take(&p[1].go, 1);
	gate_post(&p->go, 2);
	gate_take(&p->ready, 2);

	check_status(hop_gettid(), 2, 1);
	CHECK_EQ(error_of(FIRST), 71);
	CHECK_EQ(error_of(SECOND), 0);
	/* The thread is not below, and keeps this from being for all. */
	CHECK(forbid(FOURTH, ERRNO(74), SECCOMP_FILTER_FLAG_TSYNC) > 0);
	gate_post(&p->end, 2);
	pthread_join(thread, NULL);
	hop_reap(pid);
	MUST(forbid(FIFTH, ERRNO(75), 0));
	hop_reap(hop_child(forbidden_below, NULL));
}

/* ---- threads that were given one together ----------------------------------- */

static void *synced_thread(void *arg)
{
	struct party *p = arg;

	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	check_status(hop_gettid(), 2, 2);
	CHECK_EQ(error_of(FIRST), 71);
	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	CHECK_EQ(error_of(SECOND), 72);
	return NULL;
}

static void synced(void *arg)
{
	struct party *p = arg;
	pthread_t thread;

	MUST0(pthread_create(&thread, NULL, synced_thread, p));
	gate_take(&p->ready, 1);
	MUST(forbid(THIRD, ERRNO(73), 0));
	MUST(forbid(FIRST, ERRNO(71), SECCOMP_FILTER_FLAG_TSYNC));
	gate_post(&p[1].ready, 1);
	gate_take(&p[1].go, 1);
	gate_post(&p->go, 1);
	gate_take(&p->ready, 1);
	/* Only if they still have the same. */
	CHECK_EQ(forbid(SECOND, ERRNO(72), SECCOMP_FILTER_FLAG_TSYNC), 0);
	gate_post(&p->go, 1);
	pthread_join(thread, NULL);
	check_status(hop_gettid(), 2, 3);
}

/* ---- many, and long ones ---------------------------------------------------- */

#define DEEP	34

static struct sock_filter long_one[BPF_MAXINSNS];

static void deep(void *arg)
{
	struct party *p = arg;
	int i;

	for (i = 0; i < DEEP - 1; i++)
		MUST(forbid(FIRST + i % 2, ERRNO(100 + i), 0));
	MUST(install(long_one, BPF_MAXINSNS, SECCOMP_FILTER_FLAG_LOG));
	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	check_status(hop_gettid(), 2, DEEP);
	/* The last one of the same weight wins. */
	CHECK_EQ(error_of(FIRST), 100 + DEEP - 2);
	CHECK_EQ(error_of(THIRD), 99);
	/* Room for 32768 instructions, with 4 more for each filter. */
	for (i = 0; !install(long_one, BPF_MAXINSNS, 0); i++)
		;
	CHECK_EQ(errno, ENOMEM);
	CHECK_EQ(i, 6);
}

/* What a tracer sees: the programs as they were given. */
static void check_dump(pid_t pid)
{
	struct { uint64_t index, flags; } meta = { .index = 0 };
	struct sock_filter got[BPF_MAXINSNS];
	int status;

	CHECK_EQ(ptrace(PTRACE_ATTACH, pid, 0, 0), 0);
	CHECK_EQ(waitpid(pid, &status, __WALL), pid);
	CHECK_EQ(ptrace(PTRACE_SECCOMP_GET_FILTER, pid, DEEP - 1, got), BPF_MAXINSNS);
	CHECK(!memcmp(got, long_one, sizeof(got)));
	CHECK_EQ(ptrace(PTRACE_SECCOMP_GET_FILTER, pid, 0, got), 4);
	CHECK_EQ(got[2].k, ERRNO(100));
	meta.index = DEEP - 1;
	CHECK_EQ(ptrace(PTRACE_SECCOMP_GET_METADATA, pid, sizeof(meta), &meta), sizeof(meta));
	CHECK_EQ(meta.flags, SECCOMP_FILTER_FLAG_LOG);
	meta.index = 0;
	CHECK_EQ(ptrace(PTRACE_SECCOMP_GET_METADATA, pid, sizeof(meta), &meta), sizeof(meta));
	CHECK_EQ(meta.flags, 0);
	CHECK_EQ(ptrace(PTRACE_DETACH, pid, 0, 0), 0);
}

/* ---- those that kill, and signals ------------------------------------------- */

static volatile int trapped;

static void on_sys(int sig, siginfo_t *info, void *ctx)
{
	CHECK_EQ(info->si_errno, 17);
	trapped = info->si_syscall;
}

static void trap(void *arg)
{
	struct sigaction sa = { .sa_sigaction = on_sys, .sa_flags = SA_SIGINFO };
	struct party *p = arg;

	MUST(sigaction(SIGSYS, &sa, NULL));
	MUST(forbid(FIRST, SECCOMP_RET_TRAP | 17, 0));
	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	syscall(FIRST, 0, 0);
	CHECK_EQ(trapped, FIRST);
}

static void killed(void *arg)
{
	struct party *p = arg;

	prctl(PR_SET_DUMPABLE, 0);
	MUST(forbid(FIRST, SECCOMP_RET_KILL_PROCESS, 0));
	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	syscall(FIRST, 0, 0);
	_exit(0);
}

/* Without privileges it takes this to have a filter. */
static void unprivileged(void *arg)
{
	struct party *p = arg;

	MUST(syscall(SYS_setresuid, 1234, 1234, 1234));
	CHECK_ERR(forbid(FIRST, ERRNO(71), 0), EACCES);
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(forbid(FIRST, ERRNO(71), SECCOMP_FILTER_FLAG_SPEC_ALLOW));
	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	CHECK_EQ(error_of(FIRST), 71);
	CHECK_EQ(forbid(SECOND, ERRNO(72), 0), 0);
	CHECK_EQ(error_of(SECOND), 72);
}

/* ---- calls that a hop interrupts -------------------------------------------- */

enum { SLEEP, POLL, FUTEX, WRITE, STRICT_READ, STRICT_WRITE, STRICT_OTHER, NR_WAITERS };

#define MUCH	(300 * 1000)

static char much[MUCH];
static int waiter_fd[NR_WAITERS][2];	/* the waiter's end, and ours */

/* It may make one call that waits, and exit; another one kills it. */
static void allow_only(int nr)
{
	struct sock_filter insns[] = {
		LOAD(nr),
		JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 1, 0),
		IS(SYS_exit_group), RET(SECCOMP_RET_ALLOW),
		RET(SECCOMP_RET_KILL_PROCESS),
	};

	prctl(PR_SET_DUMPABLE, 0);
	MUST(install(insns, ARRAY_SIZE(insns), 0));
}

static void waiter(int what)
{
	struct timespec ts = { .tv_sec = 12 };
	int word = 0, fd = waiter_fd[what][0];
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	long ret = 0;
	char c;

	switch (what) {
	case SLEEP:
		allow_only(SYS_nanosleep);
		ret = syscall(SYS_nanosleep, &ts, NULL);
		break;
	case POLL:
		allow_only(SYS_poll);
		ret = syscall(SYS_poll, &pfd, 1, 12000);
		break;
	case FUTEX:
		allow_only(SYS_futex);
		ret = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &ts, NULL, 0) == -1 &&
		      errno == ETIMEDOUT ? 0 : 1;
		break;
	case WRITE:
		allow_only(SYS_write);
		ret = syscall(SYS_write, fd, much, MUCH) != MUCH;
		break;
	case STRICT_READ:
	case STRICT_OTHER:
		MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
		ret = syscall(SYS_read, fd, &c, 1) != 1;
		if (what == STRICT_OTHER)
			syscall(SYS_getpid);
		syscall(SYS_exit, ret);
		break;
	case STRICT_WRITE:
		MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
		ret = syscall(SYS_write, fd, much, MUCH) != MUCH;
		syscall(SYS_exit, ret);
		break;
	}
	syscall(SYS_exit_group, ret);
}

static pid_t start_waiter(int what)
{
	static const long nr[] = { SYS_nanosleep, SYS_poll, SYS_futex, SYS_write, SYS_read,
				   SYS_write, SYS_read };
	bool writes = what == WRITE || what == STRICT_WRITE;
	int ends[2];
	pid_t pid;

	MUST(pipe(ends));
	waiter_fd[what][0] = ends[writes];
	waiter_fd[what][1] = ends[!writes];
	pid = MUST(fork());
	if (!pid)
		waiter(what);
	hop_wait_syscall(pid, pid, nr[what]);
	return pid;
}

static void end_waiter(int what, pid_t pid)
{
	bool writes = what == WRITE || what == STRICT_WRITE;
	int fd = waiter_fd[what][1], status;
	char buf[4096], *text;
	size_t got = 0;
	ssize_t n;

	if (what >= STRICT_READ) {
		char value[32];

		text = slurpf("/proc/%d/status", pid);
		CHECK(field(text, "Seccomp", value, sizeof(value)));
		CHECK_EQ(atoi(value), 1);
		free(text);
	}
	while (writes && got < MUCH) {
		n = read(fd, buf, sizeof(buf));
		if (!CHECK(n > 0) || !CHECK(!memcmp(buf, much + got, n)))
			break;
		got += n;
	}
	if (what == STRICT_READ || what == STRICT_OTHER)
		MUST(write(fd, "x", 1));
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, what == STRICT_OTHER ? SIGKILL : 0);
}

/* ---- listeners -------------------------------------------------------------- */

struct listened {
	struct gate go, listening;
	int sock[2];
	pid_t pid;
};

/* Who makes the calls that somebody else answers. */
static void asks(void *arg)
{
	struct listened *l = arg;
	int fd = MUST(forbid(FIRST, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER));

	/* The listener is taken by pidfd_getfd(). */
	MUST(write(l->sock[1], &fd, sizeof(fd)));
	gate_take(&l->listening, 1);
	close(fd);
	errno = 0;
	/* This one waits during the hop. */
	CHECK_EQ(syscall(FIRST, 11, 12), 4711);
	gate_take(&l->go, 1);
	CHECK_EQ(syscall(FIRST, 21, 22), -1);
	CHECK_EQ(errno, 42);
}

static int start_listening(struct listened *l)
{
	int fd, pidfd;

	gate_init(&l->go);
	gate_init(&l->listening);
	MUST(pipe(l->sock));
	l->pid = hop_child(asks, l);
	MUST(read(l->sock[0], &fd, sizeof(fd)));
	pidfd = MUST(syscall(SYS_pidfd_open, l->pid, 0));
	fd = MUST(syscall(438 /* pidfd_getfd */, pidfd, fd, 0));
	close(pidfd);
	gate_post(&l->listening, 1);
	return fd;
}

static uint64_t receive(int fd, pid_t pid, uint64_t arg)
{
	struct seccomp_notif n = {};

	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &n), 0);
	CHECK_EQ(n.pid, pid);
	CHECK_EQ(n.data.nr, FIRST);
	CHECK_EQ(n.data.arch, AUDIT_ARCH_X86_64);
	CHECK_EQ(n.data.args[0], arg);
	return n.id;
}

static void answer(int fd, uint64_t id, int64_t val, int error)
{
	struct seccomp_notif_resp resp = { .id = id, .val = val, .error = error };

	CHECK_EQ(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp), 0);
}

static void end_listening(struct listened *l, int fd, uint64_t id)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t again;

	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id)) {
		/* It was frozen, so it asks again. */
		CHECK_EQ(errno, ENOENT);
		CHECK_EQ(poll(&pfd, 1, 10000), 1);
		CHECK_EQ(pfd.revents, POLLIN);
		again = receive(fd, l->pid, 11);
		CHECK_EQ(again, id + 1);
	} else {
		again = id;
	}
	answer(fd, again, 4711, 0);
	gate_post(&l->go, 1);
	answer(fd, receive(fd, l->pid, 21), 0, -42);
	hop_reap(l->pid);
	pfd.events = POLLIN;
	CHECK_EQ(poll(&pfd, 1, 10000), 1);
	CHECK_EQ(pfd.revents, POLLHUP);
}

/* ---- flags of a thread ------------------------------------------------------ */

static void *flags_thread(void *arg)
{
	struct party *p = arg;
	int spec = prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0);

	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
	CHECK_EQ(prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0), spec);
	return NULL;
}

/* Others of the same process do not have them. */
static void flags(void *arg)
{
	struct party *p = arg;
	pthread_t thread;
	int spec;

	MUST0(pthread_create(&thread, NULL, flags_thread, p));
	gate_take(&p->ready, 1);
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	prctl(PR_SET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, PR_SPEC_DISABLE, 0, 0);
	spec = prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0);
	gate_post(&p[1].ready, 1);
	gate_take(&p[1].go, 1);
	gate_post(&p->go, 1);
	CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	CHECK_EQ(prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0), spec);
	pthread_join(thread, NULL);
}

static void on_segv(int sig)
{
	_exit(0);
}

static void *tsc_thread(void *arg)
{
	struct party *p = arg;
	int how;

	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	MUST(prctl(PR_GET_TSC, &how));
	CHECK_EQ(how, PR_TSC_ENABLE);
	__builtin_ia32_rdtsc();
	return NULL;
}

/* Without the time stamp counter. */
static void no_tsc(void *arg)
{
	struct party *p = arg;
	pthread_t thread;
	int how = 0;

	MUST0(pthread_create(&thread, NULL, tsc_thread, p));
	gate_take(&p->ready, 1);
	MUST(prctl(PR_SET_TSC, PR_TSC_SIGSEGV));
	gate_post(&p[1].ready, 1);
	gate_take(&p[1].go, 1);
	gate_post(&p->go, 1);
	pthread_join(thread, NULL);
	MUST(prctl(PR_GET_TSC, &how));
	CHECK_EQ(how, PR_TSC_SIGSEGV);
	if (hop_status() != HOP_PASS)
		return;
	signal(SIGSEGV, on_segv);
	__builtin_ia32_rdtsc();
	CHECK(!"RDTSC");
}

int main(void)
{
	static void (*const fns[])(void *) = {
		tree, synced, deep, trap, unprivileged, flags, no_tsc,
	};
	struct party party[ARRAY_SIZE(fns)][2], kill_one;
	pid_t pids[ARRAY_SIZE(fns)], waiters[NR_WAITERS], doomed;
	struct listened listened;
	int listener, status;
	unsigned int i;
	uint64_t id;

	fill(much, MUCH, 1);
	for (i = 0; i < BPF_MAXINSNS - 4; i++)
		long_one[i] = STMT(BPF_LD | BPF_IMM, i);
	long_one[i++] = LOAD(nr);
	long_one[i++] = IS(THIRD);
	long_one[i++] = RET(ERRNO(99));
	long_one[i++] = RET(SECCOMP_RET_ALLOW);

	for (i = 0; i < NR_WAITERS; i++)
		waiters[i] = start_waiter(i);
	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		gate_init(&party[i][0].ready);
		gate_init(&party[i][0].go);
		gate_init(&party[i][0].end);
		party[i][1] = party[i][0];
		if (fns[i] == tree || fns[i] == synced || fns[i] == flags || fns[i] == no_tsc) {
			gate_init(&party[i][1].ready);
			gate_init(&party[i][1].go);
		}
		pids[i] = hop_child(fns[i], party[i]);
	}
	gate_init(&kill_one.ready);
	gate_init(&kill_one.go);
	doomed = MUST(fork());
	if (!doomed)
		killed(&kill_one);
	gate_take(&kill_one.ready, 1);
	for (i = 0; i < ARRAY_SIZE(fns); i++)
		gate_take(&party[i][1].ready, 1);
	listener = start_listening(&listened);
	id = receive(listener, listened.pid, 11);

	hop();

	for (i = 0; i < NR_WAITERS; i++)
		end_waiter(i, waiters[i]);
	end_listening(&listened, listener, id);
	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		if (fns[i] == deep)
			check_dump(pids[i]);
		gate_post(&party[i][1].go, 1);
		hop_reap(pids[i]);
	}
	gate_post(&kill_one.go, 1);
	CHECK_EQ(waitpid(doomed, &status, 0), doomed);
	CHECK_EQ(status, SIGSYS);
	return hop_status();
}
