// SPDX-License-Identifier: GPL-2.0
/* pidfd: of a child, a zombie, the process itself; in poll, epoll and waitid. */
#include <poll.h>
#include <sys/epoll.h>

#include "hop_test.h"

#ifndef P_PIDFD
#define P_PIDFD	3
#endif

static struct gate ready, go;

static void child(void *arg)
{
	CHECK(getppid() > 0);
	gate_post(&ready, 1);
	gate_take(&go, 1);
}

static void ends(void *arg)
{
	_exit(7);
}

static int open_pid(pid_t pid, unsigned int flags)
{
	return MUST(syscall(SYS_pidfd_open, pid, flags));
}

static int polled(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return MUST(poll(&p, 1, 0)) ? p.revents : 0;
}

int main(void)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = 5 }, got;
	int of_child, of_zombie, of_ended, again, self, nonblock, ep;
	pid_t pid, zombie, ended;
	char *text;
	siginfo_t info;

	gate_init(&ready);
	gate_init(&go);
	pid = hop_child(child, NULL);
	zombie = hop_child(ends, NULL);
	gate_take(&ready, 1);
	of_child = open_pid(pid, 0);
	of_zombie = open_pid(zombie, 0);
	self = open_pid(getpid(), 0);
	nonblock = open_pid(pid, O_NONBLOCK);
	MUST(waitid(P_PID, zombie, &info, WEXITED | WNOWAIT));
	ended = hop_child(ends, NULL);
	of_ended = open_pid(ended, 0);
	again = open_pid(ended, O_NONBLOCK);
	MUST(waitid(P_PID, ended, &info, WEXITED));
	ep = MUST(epoll_create1(0));
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, of_child, &event));
	CHECK_EQ(fcntl(of_child, F_GETFD), FD_CLOEXEC);

	hop();

	CHECK_EQ(fcntl(of_child, F_GETFD), FD_CLOEXEC);
	CHECK(!(MUST(fcntl(of_child, F_GETFL)) & O_NONBLOCK));
	CHECK(MUST(fcntl(nonblock, F_GETFL)) & O_NONBLOCK);
	CHECK_EQ(polled(of_child), 0);
	CHECK_EQ(polled(self), 0);
	CHECK_EQ(polled(of_zombie), POLLIN);
	CHECK_EQ(MUST(epoll_wait(ep, &got, 1, 0)), 0);
	/* Whoever has that number now is somebody else. */
	CHECK(polled(of_ended) & POLLIN);
	CHECK_ERR(syscall(SYS_pidfd_send_signal, of_ended, 0, NULL, 0), ESRCH);
	CHECK_ERR(waitid(P_PIDFD, of_ended, &info, WEXITED), ECHILD);
	CHECK_ERR(syscall(SYS_pidfd_getfd, of_ended, 0, 0), ESRCH);
	text = slurpf("/proc/self/fdinfo/%d", of_ended);
	CHECK(strstr(text, "Pid:\t-1\n"));
	free(text);
	CHECK(polled(again) & POLLIN);
	CHECK(MUST(fcntl(again, F_GETFL)) & O_NONBLOCK);
	MUST(syscall(SYS_pidfd_send_signal, of_child, 0, NULL, 0));
	MUST(syscall(SYS_pidfd_send_signal, self, 0, NULL, 0));
	CHECK_ERR(waitid(P_PIDFD, nonblock, &info, WEXITED), EAGAIN);
	memset(&info, 0, sizeof(info));
	MUST(waitid(P_PIDFD, of_zombie, &info, WEXITED));
	CHECK_EQ(info.si_pid, zombie);
	CHECK_EQ(info.si_status, 7);
	CHECK_ERR(syscall(SYS_pidfd_send_signal, of_zombie, 0, NULL, 0), ESRCH);

	gate_post(&go, 1);
	CHECK_EQ(MUST(epoll_wait(ep, &got, 1, 60000)), 1);
	CHECK_EQ(got.data.u32, 5);
	hop_reap(pid);
	return hop_status();
}
