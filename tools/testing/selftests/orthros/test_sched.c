// SPDX-License-Identifier: GPL-2.0
/*
 * What is beside the policy of a thread: I/O priority, utilization clamps, the deadline of
 * one that has a share of CPU time, how nice a session is; and a limit on CPU time, which
 * must bite after the hop as well.
 */
#include <sys/resource.h>

#include "hop_test.h"

#define IOPRIO(class, data)	((class) << 13 | (data))
#define CLAMPS			(0x08 | 0x10 | 0x20 | 0x40)	/* keep the rest, both clamps */

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

static struct gate made, go;

static void *idler(void *arg)
{
	MUST(syscall(SYS_ioprio_set, 1, 0, IOPRIO(3, 0)));
	gate_post(&made, 1);
	gate_take(&go, 1);
	CHECK_EQ(syscall(SYS_ioprio_get, 1, 0), IOPRIO(3, 0));
	return NULL;
}

static volatile sig_atomic_t limited;

static void on_xcpu(int sig)
{
	limited = 1;
}

/* Nothing but the limit ends it. */
static void spin(void *arg)
{
	struct rlimit rlim = { .rlim_cur = 1, .rlim_max = 8 };
	long long end;

	signal(SIGXCPU, on_xcpu);
	MUST(setrlimit(RLIMIT_CPU, &rlim));
	gate_post(&made, 1);
	gate_take(&go, 1);
	end = now_ns(CLOCK_MONOTONIC) + 20 * NSEC;
	while (!limited && now_ns(CLOCK_MONOTONIC) < end)
		;
	CHECK(limited);
}

#define DEADLINE	6

/* It gets its share when all CPUs are there. */
static void deadline(void *arg)
{
	struct attr attr = {
		.size = 48, .policy = DEADLINE, .flags = 1 /* SCHED_FLAG_RESET_ON_FORK */,
		.runtime = 1000000, .deadline = 50000000, .period = 100000000,
	}, got = {};
	int status;
	pid_t pid;

	MUST(syscall(SYS_sched_setattr, 0, &attr, 0));
	gate_post(&made, 1);
	gate_take(&go, 1);
	do {
		sched_yield();
		MUST(syscall(SYS_sched_getattr, 0, &got, sizeof(got), 0));
	} while (got.policy == SCHED_FIFO);
	CHECK_EQ(got.policy, DEADLINE);
	CHECK_EQ(got.flags, attr.flags);
	CHECK_EQ(got.runtime, attr.runtime);
	CHECK_EQ(got.deadline, attr.deadline);
	CHECK_EQ(got.period, attr.period);
	pid = MUST(fork());
	if (!pid)
		_exit(sched_getscheduler(0));
	MUST(waitpid(pid, &status, 0));
	CHECK_EQ(status, 0);
}

static int session_nice(void)
{
	char *text = slurp("/proc/self/autogroup"), *nice = strstr(text, "nice ");
	int value = nice ? atoi(nice + 5) : -100;

	free(text);
	return value;
}

/* A session in that of the other, and a child of each. */
static void session(void *arg)
{
	int level = (long)arg;
	pid_t pid[2] = {}, me = getpid();
	int i;

	if (level >= 0) {
		setsid();
		if (level)
			write_file("/proc/self/autogroup", "7", 1);
		for (i = 0; i < 2; i++) {
			pid[i] = hop_child(session, (void *)(long)(i ? -1 : level ? 0 : -1));
			if (level == 0)
				break;
		}
	}
	level = session_nice();
	gate_post(&made, 1);
	gate_take(&go, 1);
	CHECK_EQ(session_nice(), level);
	CHECK_EQ(getpid(), me);
	for (i = 0; i < 2; i++)
		if (pid[i])
			hop_reap(pid[i]);
}

int main(void)
{
	struct attr clamps = { .size = sizeof(clamps), .flags = CLAMPS, .util_min = 100,
			       .util_max = 512 }, got = {};
	pthread_t thread;
	pid_t pid, dl, ses;

	gate_init(&made);
	gate_init(&go);
	MUST(syscall(SYS_ioprio_set, 1, 0, IOPRIO(2, 6)));
	MUST(syscall(SYS_sched_setattr, 0, &clamps, 0));
	MUST0(pthread_create(&thread, NULL, idler, NULL));
	pid = hop_child(spin, NULL);
	dl = hop_child(deadline, NULL);
	ses = hop_child(session, (void *)1L);
	/* Four processes: one that is nice, one of a session in it, and their children. */
	gate_take(&made, 3 + 4);

	hop();

	gate_post(&go, 3 + 4);
	CHECK_EQ(syscall(SYS_ioprio_get, 1, 0), IOPRIO(2, 6));
	MUST(syscall(SYS_sched_getattr, 0, &got, sizeof(got), 0));
	CHECK_EQ(got.util_min, 100);
	CHECK_EQ(got.util_max, 512);
	MUST0(pthread_join(thread, NULL));
	hop_reap(pid);
	hop_reap(dl);
	hop_reap(ses);
	return hop_status();
}
