// SPDX-License-Identifier: GPL-2.0
/* poll, select and epoll waits over a hop, with and without a time. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>

#include "hop_test.h"

static const sigset_t none;

static long call_poll(struct blocked *b)
{
	struct pollfd p = { .fd = b->fd, .events = POLLIN };

	return syscall(SYS_poll, &p, 1, (long)b->arg);
}

static long call_ppoll(struct blocked *b)
{
	struct pollfd p = { .fd = b->fd, .events = POLLIN };
	struct timespec ts = { .tv_sec = 1000 };

	return syscall(SYS_ppoll, &p, 1, b->arg ? &ts : NULL, &none, 8);
}

static long call_select(struct blocked *b)
{
	struct timeval tv = { .tv_sec = 1000 };
	fd_set set;
	long ret;

	FD_ZERO(&set);
	FD_SET(b->fd, &set);
	ret = syscall(SYS_select, b->fd + 1, &set, NULL, NULL, b->arg ? &tv : NULL);
	CHECK(FD_ISSET(b->fd, &set));
	return ret;
}

static long call_pselect(struct blocked *b)
{
	struct { const sigset_t *set; size_t size; } mask = { &none, 8 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(b->fd, &set);
	return syscall(SYS_pselect6, b->fd + 1, &set, NULL, NULL, NULL, &mask);
}

static long call_epoll_wait(struct blocked *b)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 0xfedcba98 };
	int ep = MUST(epoll_create1(0));
	long ret;

	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, b->fd, &ev));
	memset(&ev, 0, sizeof(ev));
	ret = syscall(SYS_epoll_wait, ep, &ev, 1, (long)b->arg);
	CHECK_EQ(ev.events, EPOLLIN);
	CHECK_EQ(ev.data.u64, 0xfedcba98);
	return ret;
}

static long call_epoll_pwait(struct blocked *b)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	int ep = MUST(epoll_create1(0));

	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, b->fd, &ev));
	return syscall(SYS_epoll_pwait, ep, &ev, 1, (long)b->arg, &none, 8);
}

/* These end by their time in the middle of the hop, never by EINTR. */
static bool short_poll(struct looper *l)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	long long end = now_ns(CLOCK_MONOTONIC) + 50 * 1000000;

	return CHECK_EQ(syscall(SYS_poll, &p, 1, 50), 0) &&
		CHECK(now_ns(CLOCK_MONOTONIC) >= end);
}

static bool short_select(struct looper *l)
{
	struct timeval tv = { .tv_usec = 50 * 1000 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(l->fd, &set);
	return CHECK_EQ(syscall(SYS_select, l->fd + 1, &set, NULL, NULL, &tv), 0);
}

static bool short_epoll(struct looper *l)
{
	struct epoll_event ev;

	return CHECK_EQ(syscall(SYS_epoll_wait, (long)l->arg, &ev, 1, 50), 0);
}

/* The same in a process of its own, that was forked. */
static void polls(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };
	long ret;

	ret = syscall(SYS_poll, &p, 1, -1);
	if (!CHECK_EQ(ret, 1))
		printf("# %s\n", strerror(errno));
	CHECK_EQ(p.revents, POLLIN);
}

static void polls_with_time(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };
	long ret;

	ret = syscall(SYS_poll, &p, 1, 1000000);
	if (!CHECK_EQ(ret, 1))
		printf("# %s\n", strerror(errno));
	CHECK_EQ(p.revents, POLLIN);
}

int main(void)
{
	struct blocked calls[] = {
		{ "poll", SYS_poll, call_poll, .arg = (void *)-1L },
		{ "poll with time", SYS_poll, call_poll, .arg = (void *)1000000L },
		{ "ppoll", SYS_ppoll, call_ppoll },
		{ "ppoll with time", SYS_ppoll, call_ppoll, .arg = "" },
		{ "select", SYS_select, call_select },
		{ "select with time", SYS_select, call_select, .arg = "" },
		{ "pselect", SYS_pselect6, call_pselect },
		{ "epoll_wait", SYS_epoll_wait, call_epoll_wait, .arg = (void *)-1L },
		{ "epoll_wait with time", SYS_epoll_wait, call_epoll_wait,
		  .arg = (void *)1000000L },
		{ "epoll_pwait", SYS_epoll_pwait, call_epoll_pwait,
		  .arg = (void *)-1L },
		{ "epoll_pwait with time", SYS_epoll_pwait, call_epoll_pwait,
		  .arg = (void *)1000000L },
	};
	struct looper loops[] = {
		{ .name = "poll again", .once = short_poll },
		{ .name = "select again", .once = short_select },
		{ .name = "epoll_wait again", .once = short_epoll },
	};
	int quiet = MUST(eventfd(0, 0)), ep = MUST(epoll_create1(0));
	struct epoll_event ev = { .events = EPOLLIN };
	pid_t children[2];
	int child_fd;
	size_t i;

	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, quiet, &ev));
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		calls[i].fd = MUST(eventfd(0, 0));
		blocked_start(&calls[i]);
	}
	child_fd = MUST(eventfd(0, 0));
	children[0] = hop_child(polls, &child_fd);
	children[1] = hop_child(polls_with_time, &child_fd);
	for (i = 0; i < ARRAY_SIZE(children); i++)
		hop_wait_syscall(children[i], children[i], SYS_poll);
	for (i = 0; i < ARRAY_SIZE(loops); i++) {
		loops[i].fd = quiet;
		loops[i].arg = (void *)(long)ep;
		looper_start(&loops[i]);
	}

	hop();

	for (i = 0; i < ARRAY_SIZE(loops); i++)
		looper_stop(&loops[i]);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		blocked_still(&calls[i]);
		MUST(eventfd_write(calls[i].fd, 1));
		blocked_finish(&calls[i], 1, 0);
	}
	MUST(eventfd_write(child_fd, 1));
	for (i = 0; i < ARRAY_SIZE(children); i++)
		hop_reap(children[i]);
	return hop_status();
}
