// SPDX-License-Identifier: GPL-2.0
/*
 * What is beside the policy of a thread: I/O priority, utilization clamps; and a
 * limit on CPU time, which must bite after the hop as well.
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

int main(void)
{
	struct attr clamps = { .size = sizeof(clamps), .flags = CLAMPS, .util_min = 100,
			       .util_max = 512 }, got = {};
	pthread_t thread;
	pid_t pid;

	gate_init(&made);
	gate_init(&go);
	MUST(syscall(SYS_ioprio_set, 1, 0, IOPRIO(2, 6)));
	MUST(syscall(SYS_sched_setattr, 0, &clamps, 0));
	MUST0(pthread_create(&thread, NULL, idler, NULL));
	pid = hop_child(spin, NULL);
	gate_take(&made, 2);

	hop();

	gate_post(&go, 2);
	CHECK_EQ(syscall(SYS_ioprio_get, 1, 0), IOPRIO(2, 6));
	MUST(syscall(SYS_sched_getattr, 0, &got, sizeof(got), 0));
	CHECK_EQ(got.util_min, 100);
	CHECK_EQ(got.util_max, 512);
	MUST0(pthread_join(thread, NULL));
	hop_reap(pid);
	return hop_status();
}
