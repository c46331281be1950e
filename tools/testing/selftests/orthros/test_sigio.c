// SPDX-License-Identifier: GPL-2.0
/* Signal-driven I/O: O_ASYNC, F_SETOWN of a process, a group and a thread, F_SETSIG. */
#include <sys/socket.h>

#include "hop_test.h"

#define IOSIG	(SIGRTMIN + 1)

static siginfo_t wait_for(int sig)
{
	struct timespec limit = { 30 };
	siginfo_t info = { };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	CHECK_EQ(sigtimedwait(&set, &info, &limit), sig);
	return info;
}

int main(void)
{
	struct f_owner_ex owner = { .type = F_OWNER_TID }, got;
	int pipes[2], socks[2], quiet[2];
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	sigaddset(&set, IOSIG);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	setpgid(0, 0);

	MUST(pipe(pipes));
	MUST(fcntl(pipes[0], F_SETOWN, getpid()));
	MUST(fcntl(pipes[0], F_SETFL, O_ASYNC | O_NONBLOCK));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, socks));
	owner.pid = hop_gettid();
	MUST(fcntl(socks[1], F_SETOWN_EX, &owner));
	MUST(fcntl(socks[1], F_SETSIG, IOSIG));
	MUST(fcntl(socks[1], F_SETFL, O_ASYNC));
	MUST(pipe(quiet));
	MUST(fcntl(quiet[1], F_SETOWN, -getpgrp()));

	hop();

	CHECK_EQ(fcntl(pipes[0], F_GETOWN), getpid());
	CHECK_EQ(fcntl(pipes[0], F_GETFL), O_RDONLY | O_ASYNC | O_NONBLOCK);
	CHECK_EQ(fcntl(pipes[1], F_GETOWN), 0);
	MUST(write(pipes[1], "x", 1));
	wait_for(SIGIO);

	CHECK_EQ(fcntl(socks[1], F_GETSIG), IOSIG);
	CHECK_EQ(fcntl(socks[1], F_GETOWN_EX, &got), 0);
	CHECK_EQ(got.type, F_OWNER_TID);
	CHECK_EQ(got.pid, hop_gettid());
	MUST(write(socks[0], "x", 1));
	info = wait_for(IOSIG);
	CHECK_EQ(info.si_fd, socks[1]);

	CHECK_EQ(fcntl(quiet[1], F_GETOWN_EX, &got), 0);
	CHECK_EQ(got.type, F_OWNER_PGRP);
	CHECK_EQ(got.pid, getpgrp());
	CHECK(!(fcntl(quiet[1], F_GETFL) & O_ASYNC));
	return hop_status();
}
