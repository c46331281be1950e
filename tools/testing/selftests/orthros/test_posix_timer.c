// SPDX-License-Identifier: GPL-2.0
/* POSIX timers: ids, clocks, notification, settings, overruns, threads. */
#include "hop_test.h"

#define RTSIG	(SIGRTMIN + 2)
#define THSIG	(SIGRTMIN + 4)

/* The kernel's own ids, which the C library's timer_t hides. */
static int create(clockid_t clock, int notify, int signo, int value, pid_t tid)
{
	struct sigevent ev = { .sigev_notify = notify, .sigev_signo = signo,
			       .sigev_value.sival_int = value };
	int id = -1;

	ev._sigev_un._tid = tid;
	MUST(syscall(SYS_timer_create, clock, &ev, &id));
	return id;
}

static void set(int id, int flags, long long value, long long interval)
{
	struct itimerspec its = {
		.it_value = { value / NSEC, value % NSEC },
		.it_interval = { interval / NSEC, interval % NSEC },
	};

	MUST(syscall(SYS_timer_settime, id, flags, &its, NULL));
}

static long long get(int id, long long *interval)
{
	struct itimerspec its;

	MUST(syscall(SYS_timer_gettime, id, &its));
	*interval = its.it_interval.tv_sec * NSEC + its.it_interval.tv_nsec;
	return its.it_value.tv_sec * NSEC + its.it_value.tv_nsec;
}

static siginfo_t wait_for(int sig)
{
	struct timespec limit = { 60 };
	siginfo_t info = { };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	CHECK_EQ(sigtimedwait(&set, &info, &limit), sig);
	return info;
}

static pid_t tid;
static struct gate ready, go;

static void *thread(void *arg)
{
	siginfo_t info;

	tid = hop_gettid();
	gate_post(&ready, 1);
	gate_take(&go, 1);
	/* It is the thread's, not the process's. */
	info = wait_for(THSIG);
	CHECK_EQ(info.si_code, SI_TIMER);
	CHECK_EQ(info.si_value.sival_int, 99);
	return NULL;
}

static void check_end(int id, clockid_t clock, long long end, long long interval)
{
	long long before = now_ns(clock), left, iv, after;

	left = get(id, &iv);
	after = now_ns(clock);
	CHECK(left >= end - after && left <= end - before);
	CHECK_EQ(iv, interval);
}

int main(void)
{
	static const clockid_t clocks[] = {
		CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME, CLOCK_TAI,
	};
	int far[ARRAY_SIZE(clocks)], gap, rel, none, due, rt, off, th, cpu, thcpu, next;
	long long end[ARRAY_SIZE(clocks)], none_end, iv, left;
	siginfo_t info;
	pthread_t thr;
	sigset_t set_rt;
	char *hole;
	size_t i;

	sigemptyset(&set_rt);
	sigaddset(&set_rt, RTSIG);
	sigaddset(&set_rt, THSIG);
	sigaddset(&set_rt, SIGUSR1);
	MUST(sigprocmask(SIG_BLOCK, &set_rt, NULL));
	gate_init(&ready);
	gate_init(&go);
	MUST0(pthread_create(&thr, NULL, thread, NULL));
	gate_take(&ready, 1);

	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		far[i] = create(clocks[i], SIGEV_SIGNAL, SIGUSR1, i, 0);
		end[i] = now_ns(clocks[i]) + 3600 * NSEC + 777;
		set(far[i], TIMER_ABSTIME, end[i], 5 * NSEC);
	}
	/* Ids need not be contiguous. */
	gap = create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0, 0);
	rel = create(CLOCK_REALTIME, SIGEV_SIGNAL, SIGUSR1, 0, 0);
	set(rel, 0, 1800 * NSEC, 0);
	MUST(syscall(SYS_timer_delete, gap));
	none = create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0, 0);
	none_end = now_ns(CLOCK_MONOTONIC) + 900 * NSEC;
	set(none, TIMER_ABSTIME, none_end, 0);
	off = create(CLOCK_BOOTTIME, SIGEV_SIGNAL, SIGUSR1, 0, 0);
	th = create(CLOCK_MONOTONIC, SIGEV_THREAD_ID, THSIG, 99, tid);
	set(th, 0, 2 * NSEC, 0);
	cpu = create(CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR1, 3, 0);
	set(cpu, 0, 1000 * NSEC, 30 * NSEC);
	thcpu = create(CLOCK_THREAD_CPUTIME_ID, SIGEV_SIGNAL, SIGUSR1, 4, 0);
	set(thcpu, 0, 2000 * NSEC, 0);
	/* Expired, its signal not taken yet: goes on with that. */
	rt = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, RTSIG, 4711, 0);
	set(rt, 0, 1, NSEC / 10000);
	/* Expires on the way or soon after. */
	due = create(CLOCK_REALTIME, SIGEV_SIGNAL, SIGUSR1, 42, 0);
	set(due, TIMER_ABSTIME, now_ns(CLOCK_REALTIME) + NSEC, 0);
	for (;;) {
		sigset_t p;

		MUST(sigpending(&p));
		if (sigismember(&p, RTSIG))
			break;
		sched_yield();
	}

	/* Whoever makes the timers may want a page for a moment, here as likely as not. */
	hole = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fill(hole, 3 * PAGE, 1);
	MUST(munmap(hole + PAGE, PAGE));

	hop();

	CHECK_ERR(msync(hole + PAGE, PAGE, MS_ASYNC), ENOMEM);
	fill(hole, PAGE, 2);
	fill(hole + 2 * PAGE, PAGE, 3);
	CHECK(filled(hole, PAGE, 2));
	CHECK(filled(hole + 2 * PAGE, PAGE, 3));
	for (i = 0; i < ARRAY_SIZE(clocks); i++)
		check_end(far[i], clocks[i], end[i], 5 * NSEC);
	left = get(rel, &iv);
	CHECK(left > 1000 * NSEC && left <= 1800 * NSEC);
	check_end(none, CLOCK_MONOTONIC, none_end, 0);
	CHECK_EQ(get(off, &iv), 0);
	left = get(cpu, &iv);
	CHECK(left > 900 * NSEC && left <= 1000 * NSEC);
	CHECK_EQ(iv, 30 * NSEC);
	left = get(thcpu, &iv);
	CHECK(left > 1900 * NSEC && left <= 2000 * NSEC);

	info = wait_for(RTSIG);
	CHECK_EQ(info.si_code, SI_TIMER);
	CHECK_EQ(info.si_timerid, rt);
	CHECK_EQ(info.si_value.sival_int, 4711);
	CHECK(info.si_overrun > 0);
	info = wait_for(RTSIG);
	CHECK_EQ(info.si_timerid, rt);
	info = wait_for(SIGUSR1);
	CHECK_EQ(info.si_timerid, due);
	CHECK_EQ(info.si_value.sival_int, 42);
	CHECK(now_ns(CLOCK_REALTIME) >= end[1] - 3599 * NSEC - 777);
	gate_post(&go, 1);
	MUST0(pthread_join(thr, NULL));

	next = create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0, 0);
	CHECK_EQ(next, due + 1);
	CHECK_ERR(syscall(SYS_timer_delete, gap), EINVAL);
	CHECK_EQ(syscall(SYS_timer_delete, far[0]), 0);
	CHECK_EQ(syscall(SYS_timer_delete, thcpu), 0);
	return hop_status();
}
