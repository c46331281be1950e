// SPDX-License-Identifier: GPL-2.0
/*
 * epoll: level, edge and one-shot watches (armed and not), data, nesting up to what
 * the kernel allows, a watch that outlives its descriptor, sharing by fork.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "hop_test.h"

#define NEST_MAX	32

static struct gate ready, go;

static void watch(int ep, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event ev = { .events = events, .data.u64 = data };

	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
}

/* The events of the one watch with @data that is ready now, or 0. */
static uint32_t ready_now(int ep, uint64_t data)
{
	struct epoll_event ev[16];
	int n = MUST(epoll_wait(ep, ev, ARRAY_SIZE(ev), 0)), i;

	for (i = 0; i < n; i++)
		if (ev[i].data.u64 == data)
			return ev[i].events;
	return 0;
}

static void child(void *arg)
{
	int ep = (long)arg;

	struct flock lock = { .l_type = F_WRLCK };

	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(ready_now(ep, 0x1111222233334444), EPOLLIN);
	CHECK_EQ(fcntl(MUST(open("locked", O_RDWR)), F_GETLK, &lock), 0);
	CHECK_EQ(lock.l_type, F_WRLCK);
	CHECK_EQ(lock.l_pid, getppid());
}

/*
 * Each watches the next, the outermost one has the lowest number; the innermost ones
 * watch @fd. Returns how many the kernel lets be within each other.
 */
static int nest(int *eps, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int n;

	for (n = 0; n < NEST_MAX; n++)
		eps[n] = MUST(epoll_create1(0));
	watch(eps[NEST_MAX - 1], fd, EPOLLIN, 100);
	for (n = NEST_MAX - 1; n; n--)
		if (epoll_ctl(eps[n - 1], EPOLL_CTL_ADD, eps[n], &ev))
			break;
	return NEST_MAX - n;
}

/* One more is too many, and so is a circle. */
static void check_nest(int *eps, int depth, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int outer = NEST_MAX - depth, n;

	CHECK(depth > 2 && depth < NEST_MAX);
	CHECK_ERR(epoll_ctl(eps[outer - 1], EPOLL_CTL_ADD, eps[outer], &ev), ELOOP);
	CHECK_ERR(epoll_ctl(eps[NEST_MAX - 1], EPOLL_CTL_ADD, eps[outer], &ev), ELOOP);
	CHECK_EQ(epoll_wait(eps[outer], &ev, 1, 0), 0);
	MUST(eventfd_write(fd, 1));
	for (n = outer; n < NEST_MAX; n++)
		CHECK_EQ(epoll_wait(eps[n], &ev, 1, 0), 1);
}

int main(void)
{
	int eps[NEST_MAX], depth, deep_fd;
	int level, edge, armed, spent, ep, outer, inner, in_fd, shut, alias, rearm;
	struct flock lock = { .l_type = F_WRLCK };
	int taken, kept, locked;
	int pipe_fd[2], fresh_edge;
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 99 };
	char *text, key[32];
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	ep = MUST(epoll_create1(EPOLL_CLOEXEC));
	level = MUST(eventfd(1, 0));
	watch(ep, level, EPOLLIN, 0x1111222233334444);
	edge = MUST(eventfd(1, 0));
	watch(ep, edge, EPOLLIN | EPOLLET, 2);
	CHECK_EQ(ready_now(ep, 2), EPOLLIN);	/* reported: not again */
	CHECK_EQ(ready_now(ep, 2), 0);
	fresh_edge = MUST(eventfd(1, 0));
	watch(ep, fresh_edge, EPOLLIN | EPOLLET, 3);	/* not reported yet */
	armed = MUST(eventfd(0, 0));
	watch(ep, armed, EPOLLIN | EPOLLONESHOT, 4);
	spent = MUST(eventfd(1, 0));
	watch(ep, spent, EPOLLIN | EPOLLONESHOT, 5);
	rearm = MUST(eventfd(1, 0));
	watch(ep, rearm, EPOLLIN | EPOLLONESHOT, 6);
	{
		struct epoll_event all[16];
		int i, n;

		/* Uses up 5 and 6, and 3 with them: that one is written again. */
		n = MUST(epoll_wait(ep, all, 16, 0));
		for (i = 0; i < n; i++)
			CHECK(all[i].data.u64 != 4);
		MUST(eventfd_write(fresh_edge, 1));
	}
	MUST(pipe(pipe_fd));
	watch(ep, pipe_fd[1], EPOLLOUT, 7);
	watch(ep, pipe_fd[0], EPOLLIN | EPOLLRDHUP | EPOLLPRI, 8);

	outer = MUST(epoll_create1(0));
	inner = MUST(epoll_create1(0));
	in_fd = MUST(eventfd(0, 0));
	watch(inner, in_fd, EPOLLIN, 10);
	watch(outer, inner, EPOLLIN, 11);

	deep_fd = MUST(eventfd(0, 0));
	depth = nest(eps, deep_fd);
	/* By two ways to the same. */
	watch(outer, eps[NEST_MAX - 1], EPOLLIN, 13);

	/* The number is closed, the file is not: the watch stays. */
	shut = MUST(eventfd(0, 0));
	alias = MUST(dup(shut));
	watch(ep, shut, EPOLLIN, 12);
	close(shut);

	/* Its number now has a file with a lock. */
	taken = MUST(eventfd(0, 0));
	kept = MUST(dup(taken));
	watch(ep, taken, EPOLLIN, 14);
	locked = MUST(open("locked", O_RDWR | O_CREAT, 0600));
	MUST(dup2(locked, taken));
	close(locked);
	MUST(fcntl(taken, F_SETLK, &lock));

	pid = hop_child(child, (void *)(long)ep);
	gate_take(&ready, 1);

	hop();

	CHECK_EQ(fcntl(ep, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(ready_now(ep, 3), EPOLLIN);
	CHECK_EQ(ready_now(ep, 2), 0);
	CHECK_EQ(ready_now(ep, 0x1111222233334444), EPOLLIN);
	CHECK_EQ(ready_now(ep, 4), 0);
	CHECK_EQ(ready_now(ep, 5), 0);
	CHECK_EQ(ready_now(ep, 7), EPOLLOUT);
	CHECK_EQ(ready_now(ep, 8), 0);
	MUST(eventfd_write(edge, 1));
	CHECK_EQ(ready_now(ep, 2), EPOLLIN);
	CHECK_EQ(ready_now(ep, 2), 0);
	MUST(eventfd_write(armed, 1));
	CHECK_EQ(ready_now(ep, 4), EPOLLIN);
	CHECK_EQ(ready_now(ep, 4), 0);
	MUST(eventfd_write(spent, 1));
	CHECK_EQ(ready_now(ep, 5), 0);
	ev.events = EPOLLIN | EPOLLONESHOT;
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_MOD, rearm, &ev), 0);
	CHECK_EQ(ready_now(ep, 99), EPOLLIN);
	MUST(write(pipe_fd[1], "x", 1));
	CHECK_EQ(ready_now(ep, 8), EPOLLIN);

	CHECK_EQ(ready_now(outer, 11), 0);
	MUST(eventfd_write(in_fd, 1));
	CHECK_EQ(ready_now(outer, 11), EPOLLIN);
	CHECK_EQ(ready_now(inner, 10), EPOLLIN);

	CHECK_EQ(ready_now(outer, 13), 0);
	check_nest(eps, depth, deep_fd);
	CHECK_EQ(ready_now(outer, 13), EPOLLIN);

	CHECK_EQ(ready_now(ep, 14), 0);
	MUST(eventfd_write(kept, 1));
	CHECK_EQ(ready_now(ep, 14), EPOLLIN);
	CHECK_EQ(ready_now(ep, 12), 0);
	MUST(eventfd_write(alias, 1));
	CHECK_EQ(ready_now(ep, 12), EPOLLIN);
	CHECK_ERR(epoll_ctl(ep, EPOLL_CTL_DEL, alias, &ev), ENOENT);
	CHECK_ERR(epoll_ctl(ep, EPOLL_CTL_ADD, level, &ev), EEXIST);
	/* The shut one under its old number, from the kernel's own view. */
	text = slurpf("/proc/self/fdinfo/%d", ep);
	snprintf(key, sizeof(key), "tfd: %8d", shut);
	CHECK(strstr(text, key));

	gate_post(&go, 1);
	hop_reap(pid);
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_DEL, level, NULL), 0);
	CHECK_EQ(ready_now(ep, 0x1111222233334444), 0);
	close(alias);
	CHECK_EQ(ready_now(ep, 12), 0);
	return hop_status();
}
