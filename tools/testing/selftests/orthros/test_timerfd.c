// SPDX-License-Identifier: GPL-2.0
/* timerfd: clocks, running, expired, periodic, disarmed, canceled by a set clock. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

#include "hop_test.h"

static int make(clockid_t clock, int flags, long long value, long long interval)
{
	struct itimerspec its = {
		.it_value = { value / NSEC, value % NSEC },
		.it_interval = { interval / NSEC, interval % NSEC },
	};
	int fd = MUST(timerfd_create(clock, TFD_NONBLOCK));

	MUST(timerfd_settime(fd, flags, &its, NULL));
	return fd;
}

static long long remaining(int fd, long long *interval)
{
	struct itimerspec its;

	MUST(timerfd_gettime(fd, &its));
	*interval = its.it_interval.tv_sec * NSEC + its.it_interval.tv_nsec;
	return its.it_value.tv_sec * NSEC + its.it_value.tv_nsec;
}

static long long ticks(int fd)
{
	uint64_t n;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? (long long)n : -errno;
}

static bool readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return MUST(poll(&p, 1, ms)) == 1 && p.revents == POLLIN;
}

/* It expires at the time that it had been set to. */
static void check_end(int fd, clockid_t clock, long long end, long long interval)
{
	long long before = now_ns(clock), left, iv, after;

	left = remaining(fd, &iv);
	after = now_ns(clock);
	CHECK(left >= end - after && left <= end - before);
	CHECK_EQ(iv, interval);
}

int main(void)
{
	static const clockid_t clocks[] = {
		CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME,
		CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM,
	};
	/* A machine without an RTC does not tell the time of alarms. */
	static const clockid_t base[] = {
		CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME,
		CLOCK_REALTIME, CLOCK_BOOTTIME,
	};
	int far[ARRAY_SIZE(clocks)], rel, late, fired, periodic, off, cancel, ep;
	long long end[ARRAY_SIZE(clocks)], rel_end, late_end, iv;
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = 7 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		end[i] = now_ns(base[i]) + 3600 * NSEC + 12345;
		far[i] = make(clocks[i], TFD_TIMER_ABSTIME, end[i], 17);
	}
	rel_end = now_ns(CLOCK_MONOTONIC) + 1800 * NSEC;
	rel = make(CLOCK_REALTIME, 0, 1800 * NSEC, 0);
	fired = make(CLOCK_MONOTONIC, 0, 1, 0);
	periodic = make(CLOCK_MONOTONIC, 0, 1, 10 * NSEC / 1000);
	off = make(CLOCK_BOOTTIME, 0, 0, 0);
	cancel = make(CLOCK_REALTIME, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET,
		      now_ns(CLOCK_REALTIME) + 3600 * NSEC, 0);
	ep = MUST(epoll_create1(0));
	late_end = now_ns(CLOCK_MONOTONIC) + 2 * NSEC;
	late = make(CLOCK_MONOTONIC, 0, 2 * NSEC, 0);
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, late, &event));
	CHECK(readable(fired, 1000) && readable(periodic, 1000));

	hop();

	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		CHECK(!readable(far[i], 0));
		check_end(far[i], base[i], end[i], 17);
	}
	CHECK(!readable(rel, 0));
	iv = remaining(rel, &iv);
	CHECK(iv <= rel_end - now_ns(CLOCK_MONOTONIC) + NSEC && iv > 0);
	CHECK(readable(fired, 0));
	CHECK_EQ(ticks(fired), 1);
	CHECK_EQ(ticks(fired), -EAGAIN);
	CHECK_EQ(remaining(fired, &iv), 0);
	/* Every period since has been counted. */
	CHECK(readable(periodic, 0));
	CHECK(ticks(periodic) > 1);
	CHECK(readable(periodic, 1000));
	CHECK(remaining(periodic, &iv) <= 10 * NSEC / 1000);
	CHECK_EQ(iv, 10 * NSEC / 1000);
	CHECK_EQ(remaining(off, &iv), 0);
	CHECK(!readable(off, 0));
	CHECK_EQ(ticks(cancel), -EAGAIN);
	CHECK_EQ(MUST(epoll_wait(ep, &event, 1, 30000)), 1);
	CHECK_EQ(event.data.u32, 7);
	CHECK(now_ns(CLOCK_MONOTONIC) >= late_end);
	CHECK_EQ(ticks(late), 1);
	return hop_status();
}
