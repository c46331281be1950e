// SPDX-License-Identifier: GPL-2.0
/* setitimer() and alarm(): real, virtual and profiling, due, far and periodic. */
#include <sys/time.h>

#include "hop_test.h"

static int alarms, vtalarms;

static void on_alarm(int sig)
{
	__atomic_add_fetch(&alarms, 1, __ATOMIC_RELAXED);
}

static void on_vtalarm(int sig)
{
	__atomic_add_fetch(&vtalarms, 1, __ATOMIC_RELAXED);
}

static void set(int which, long long us, long long interval)
{
	struct itimerval it = {
		.it_value = { us / 1000000, us % 1000000 },
		.it_interval = { interval / 1000000, interval % 1000000 },
	};

	MUST(setitimer(which, &it, NULL));
}

static long long get(int which, long long *interval)
{
	struct itimerval it;

	MUST(getitimer(which, &it));
	*interval = it.it_interval.tv_sec * 1000000LL + it.it_interval.tv_usec;
	return it.it_value.tv_sec * 1000000LL + it.it_value.tv_usec;
}

static struct gate ready, go;

static void far(void *arg)
{
	long long start = now_ns(CLOCK_MONOTONIC), left, passed, iv;

	set(ITIMER_REAL, 3600 * 1000000LL, 5000000);
	set(ITIMER_PROF, 500 * 1000000LL, 300000);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	passed = (now_ns(CLOCK_MONOTONIC) - start) / 1000;
	left = get(ITIMER_REAL, &iv);
	CHECK(left <= 3600 * 1000000LL - passed + 1000000 && left >= 3590 * 1000000LL - passed);
	CHECK_EQ(iv, 5000000);
	left = get(ITIMER_PROF, &iv);
	CHECK(left > 400 * 1000000LL && left <= 501 * 1000000LL);
	CHECK_EQ(iv, 300000);
	CHECK_EQ(get(ITIMER_VIRTUAL, &iv), 0);
}

static void pending(void *arg)
{
	sigset_t set_alarm;
	int sig;

	/* Expired, blocked, not delivered: the next period begins with that. */
	sigemptyset(&set_alarm);
	sigaddset(&set_alarm, SIGALRM);
	MUST(sigprocmask(SIG_BLOCK, &set_alarm, NULL));
	set(ITIMER_REAL, 1000, 50000);
	for (;;) {
		sigset_t p;

		MUST(sigpending(&p));
		if (sigismember(&p, SIGALRM))
			break;
		sched_yield();
	}
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(sigwait(&set_alarm, &sig), 0);
	CHECK_EQ(sigwait(&set_alarm, &sig), 0);
	CHECK_EQ(sigwait(&set_alarm, &sig), 0);
}

int main(void)
{
	long long cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID), iv;
	pid_t pid[2];

	signal(SIGALRM, on_alarm);
	signal(SIGVTALRM, on_vtalarm);
	gate_init(&ready);
	gate_init(&go);
	pid[0] = hop_child(far, NULL);
	pid[1] = hop_child(pending, NULL);
	gate_take(&ready, 2);
	set(ITIMER_VIRTUAL, 600000, 200000);
	alarm(2);

	hop();

	/* CPU time goes on, never back. */
	CHECK(now_ns(CLOCK_PROCESS_CPUTIME_ID) >= cpu);
	gate_post(&go, 2);
	while (!__atomic_load_n(&alarms, __ATOMIC_RELAXED))
		sched_yield();
	CHECK_EQ(alarms, 1);
	CHECK_EQ(get(ITIMER_REAL, &iv), 0);
	while (__atomic_load_n(&vtalarms, __ATOMIC_RELAXED) < 3)
		;
	get(ITIMER_VIRTUAL, &iv);
	CHECK_EQ(iv, 200000);
	hop_reap(pid[0]);
	hop_reap(pid[1]);
	return hop_status();
}
