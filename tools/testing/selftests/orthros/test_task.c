// SPDX-License-Identifier: GPL-2.0
/* Scalars of a task: names, nice, policy, affinity, rlimits, start time. */
#include <sys/prctl.h>
#include <sys/resource.h>

#include "hop_test.h"

static struct gate ready, go;

static void set_affinity(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	MUST(sched_setaffinity(0, sizeof(set), &set));
}

static void names(void *arg)
{
	unsigned long long start = start_time(getpid());
	char comm[16] = "", *text;

	MUST(prctl(PR_SET_NAME, "a) b (\t\\c 12345"));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	prctl(PR_GET_NAME, comm);
	CHECK_STR(comm, "a) b (\t\\c 12345");
	CHECK_EQ(start_time(getpid()), start);
	text = slurp("/proc/self/cmdline");
	CHECK_STR(text, "test_task");
	free(text);
}

static void nice_batch(void *arg)
{
	struct sched_param param = { };

	MUST(setpriority(PRIO_PROCESS, 0, 7));
	MUST(sched_setscheduler(0, SCHED_BATCH, &param));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(getpriority(PRIO_PROCESS, 0), 7);
	CHECK_EQ(sched_getscheduler(0), SCHED_BATCH);
}

static void nice_up(void *arg)
{
	MUST(setpriority(PRIO_PROCESS, 0, -11));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(getpriority(PRIO_PROCESS, 0), -11);
	CHECK_EQ(sched_getscheduler(0), SCHED_OTHER);
}

static void affinity(void *arg)
{
	long cpu = (long)arg;
	cpu_set_t set;

	set_affinity(cpu);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	MUST(sched_getaffinity(0, sizeof(set), &set));
	CHECK_EQ(CPU_COUNT(&set), 1);
	CHECK(CPU_ISSET(cpu, &set));
	CHECK_EQ(sched_getcpu(), cpu);
}

static void limits(void *arg)
{
	struct rlimit set[RLIM_NLIMITS], now;
	rlim_t max;
	int i;

	/* Each its own values, not above what it was, and wide enough to live. */
	for (i = 0; i < RLIM_NLIMITS; i++) {
		max = (i == RLIMIT_AS || i == RLIMIT_DATA ? 1UL << 40 : 1UL << 30) + i;
		MUST(getrlimit(i, &set[i]));
		if (set[i].rlim_max > max)
			set[i].rlim_max = max;
		if (set[i].rlim_cur > set[i].rlim_max)
			set[i].rlim_cur = set[i].rlim_max - 1;
		MUST(setrlimit(i, &set[i]));
	}
	gate_post(&ready, 1);
	gate_take(&go, 1);
	for (i = 0; i < RLIM_NLIMITS; i++) {
		MUST(getrlimit(i, &now));
		CHECK_EQ(now.rlim_cur, set[i].rlim_cur);
		CHECK_EQ(now.rlim_max, set[i].rlim_max);
	}
}

int main(void)
{
	pid_t pid[5];
	size_t i;

	gate_init(&ready);
	gate_init(&go);
	pid[0] = hop_child(names, NULL);
	pid[1] = hop_child(nice_batch, NULL);
	pid[2] = hop_child(nice_up, NULL);
	pid[3] = hop_child(affinity, (void *)1L);
	pid[4] = hop_child(limits, NULL);
	gate_take(&ready, ARRAY_SIZE(pid));
	hop();
	gate_post(&go, ARRAY_SIZE(pid));
	for (i = 0; i < ARRAY_SIZE(pid); i++)
		hop_reap(pid[i]);
	return hop_status();
}
