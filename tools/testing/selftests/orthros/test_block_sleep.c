// SPDX-License-Identifier: GPL-2.0
/* Sleeps over a hop: none ends early or with EINTR, and the rest is right. */
#include "hop_test.h"

#define LONG	1000	/* seconds, longer than any test */

struct sleeper {
	struct blocked b;
	clockid_t clock;
	bool absolute;
	long long began;
	long long ended;
	struct timespec left;
};

static void nothing(int sig)
{
}

static long call_nanosleep(struct blocked *b)
{
	struct sleeper *s = b->arg;
	struct timespec ts = { .tv_sec = LONG };
	long ret;

	s->began = now_ns(CLOCK_MONOTONIC);
	ret = syscall(SYS_nanosleep, &ts, &s->left);
	s->ended = now_ns(CLOCK_MONOTONIC);
	return ret;
}

static long call_clock_nanosleep(struct blocked *b)
{
	struct sleeper *s = b->arg;
	struct timespec ts = { .tv_sec = LONG };
	long ret;

	s->began = now_ns(CLOCK_MONOTONIC);
	if (s->absolute)
		ts.tv_sec += now_ns(s->clock) / NSEC;
	ret = syscall(SYS_clock_nanosleep, s->clock,
		      s->absolute ? TIMER_ABSTIME : 0, &ts, &s->left);
	s->ended = now_ns(CLOCK_MONOTONIC);
	return ret;
}

static struct sleeper sleepers[] = {
	{ .b = { .name = "nanosleep", .nr = SYS_nanosleep, .call = call_nanosleep } },
	{ .b = { .name = "clock_nanosleep monotonic" }, .clock = CLOCK_MONOTONIC },
	{ .b = { .name = "clock_nanosleep realtime" }, .clock = CLOCK_REALTIME },
	{ .b = { .name = "clock_nanosleep boottime" }, .clock = CLOCK_BOOTTIME },
	{ .b = { .name = "clock_nanosleep monotonic abs" },
	  .clock = CLOCK_MONOTONIC, .absolute = true },
	{ .b = { .name = "clock_nanosleep realtime abs" },
	  .clock = CLOCK_REALTIME, .absolute = true },
};

/* One of these is in its sleep whenever the hop comes. */
static bool nap(struct looper *l)
{
	long long end = now_ns(CLOCK_MONOTONIC) + 50 * 1000000;
	struct timespec ts = { .tv_nsec = 50 * 1000000 };

	return CHECK_EQ(syscall(SYS_nanosleep, &ts, NULL), 0) &&
		CHECK(now_ns(CLOCK_MONOTONIC) >= end);
}

static bool nap_until(struct looper *l)
{
	long long end = now_ns(CLOCK_REALTIME) + 50 * 1000000;
	struct timespec ts = { end / NSEC, end % NSEC };

	return CHECK_EQ(syscall(SYS_clock_nanosleep, CLOCK_REALTIME,
				TIMER_ABSTIME, &ts, NULL), 0) &&
		CHECK(now_ns(CLOCK_REALTIME) >= end);
}

static void check_rest(struct sleeper *s)
{
	long long left = s->left.tv_sec * NSEC + s->left.tv_nsec;
	long long slept = s->ended - s->began;

	if (s->absolute)
		return;		/* has no rest */
	/* A second is what the signal may take to arrive. */
	CHECK(left > LONG * NSEC - slept - NSEC);
	CHECK(left < LONG * NSEC - slept + NSEC);
}

int main(void)
{
	struct looper relative = { .name = "nanosleep again", .once = nap };
	struct looper absolute = { .name = "until again", .once = nap_until };
	struct sigaction sa = { .sa_handler = nothing };
	size_t i;

	MUST(sigaction(SIGUSR1, &sa, NULL));
	for (i = 0; i < ARRAY_SIZE(sleepers); i++) {
		struct blocked *b = &sleepers[i].b;

		if (!b->call) {
			b->nr = SYS_clock_nanosleep;
			b->call = call_clock_nanosleep;
		}
		b->arg = &sleepers[i];
		blocked_start(b);
	}
	looper_start(&relative);
	looper_start(&absolute);

	hop();

	looper_stop(&relative);
	looper_stop(&absolute);
	for (i = 0; i < ARRAY_SIZE(sleepers); i++) {
		struct blocked *b = &sleepers[i].b;

		blocked_still(b);
		MUST0(pthread_kill(b->thread, SIGUSR1));
		blocked_finish(b, -1, EINTR);
		check_rest(&sleepers[i]);
	}
	return hop_status();
}
