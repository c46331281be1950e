// SPDX-License-Identifier: GPL-2.0
/* eventfd: counter, semaphore, flags, sharing, waiting. */
#include <poll.h>
#include <sys/eventfd.h>

#include "hop_test.h"

static struct gate ready, go;

static void child(void *arg)
{
	eventfd_t value;
	int fd = (long)arg;

	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(eventfd_read(fd, &value), 0);
	CHECK_EQ(value, 1000000007 + 5);
}

static short events(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };

	MUST(poll(&p, 1, 0));
	return p.revents;
}

int main(void)
{
	int counter, sem, full, empty, copy;
	eventfd_t value;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	counter = MUST(eventfd(0, 0));
	MUST(eventfd_write(counter, 1000000007));
	copy = MUST(dup(counter));
	sem = MUST(eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK));
	full = MUST(eventfd(0, EFD_NONBLOCK));
	MUST(eventfd_write(full, ~1ULL));
	empty = MUST(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
	pid = hop_child(child, (void *)(long)counter);
	gate_take(&ready, 1);

	hop();

	CHECK_EQ(eventfd_write(copy, 5), 0);
	gate_post(&go, 1);
	hop_reap(pid);
	CHECK_EQ(events(counter), POLLOUT);
	CHECK_EQ(events(full), POLLIN);
	CHECK_ERR(eventfd_write(full, 1), EAGAIN);
	CHECK_EQ(eventfd_read(full, &value), 0);
	CHECK_EQ(value, ~1ULL);
	CHECK_EQ(eventfd_read(sem, &value), 0);
	CHECK_EQ(value, 1);
	CHECK_EQ(eventfd_read(sem, &value), 0);
	CHECK_EQ(eventfd_read(sem, &value), 0);
	CHECK_ERR(eventfd_read(sem, &value), EAGAIN);
	CHECK_ERR(eventfd_read(empty, &value), EAGAIN);
	CHECK_EQ(fcntl(empty, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(sem, F_GETFD), 0);
	return hop_status();
}
