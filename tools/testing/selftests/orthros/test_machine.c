// SPDX-License-Identifier: GPL-2.0
/*
 * After the hop the new kernel owns the machine: all CPUs, and all memory
 * that no process holds.
 */
#include "hop_test.h"
#include "orthros_ctl.h"

/* How long the work in the background may take. */
#define BACKGROUND	(60 * NSEC)

static long mem_kb(const char *key)
{
	char *text = slurp("/proc/meminfo"), value[32];

	CHECK(field(text, key, value, sizeof(value)));
	free(text);
	return atol(value);
}

/* The numbers in a list like "0,2-3". */
static int list_weight(const char *list)
{
	int n = 0, first, last;
	char *at = (char *)list;

	while (*at >= '0' && *at <= '9') {
		first = strtol(at, &at, 10);
		last = *at == '-' ? strtol(at + 1, &at, 10) : first;
		n += last - first + 1;
		if (*at == ',')
			at++;
	}
	return n;
}

/* The last stamp of the hop: nothing is left to be done. */
static void wait_background(void)
{
	long long end = now_ns(CLOCK_MONOTONIC) + BACKGROUND;
	struct timespec nap = { .tv_nsec = 50 * 1000000 };
	char text[64] = "";

	while (!text[0] && now_ns(CLOCK_MONOTONIC) < end) {
		ctl_read("stats/freed_ns", text, sizeof(text));
		if (!text[0])
			nanosleep(&nap, NULL);
	}
	CHECK(text[0]);
}

static bool run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return !sched_setaffinity(0, sizeof(set), &set) && sched_getcpu() == cpu;
}

int main(void)
{
	char donated[64], text[64], peer[64], *online;
	long total, available;
	int cpus, cpu;

	if (ctl_read("cpus", donated, sizeof(donated)) || !donated[0])
		hop_skip("no second kernel");
	MUST(ctl_read("peer_release", peer, sizeof(peer)));
	online = slurp("/sys/devices/system/cpu/online");
	cpus = list_weight(online) + list_weight(donated);
	total = mem_kb("MemTotal");
	available = mem_kb("MemAvailable");

	hop();

	wait_background();
	online = slurp("/sys/devices/system/cpu/online");
	CHECK_EQ(list_weight(online), cpus);
	for (cpu = 0; cpu < cpus; cpu++)
		CHECK(run_on(cpu));
	/* The slot came in addition, its kernel's own need went. */
	CHECK(mem_kb("MemTotal") > total - total / 32);
	CHECK(mem_kb("MemAvailable") > available - available / 8);
	ctl_read("role", text, sizeof(text));
	CHECK_STR(text, "active");
	ctl_read("state", text, sizeof(text));
	CHECK_STR(text, "none");
	ctl_read("release", text, sizeof(text));
	CHECK_STR(text, peer);
	return hop_status();
}
