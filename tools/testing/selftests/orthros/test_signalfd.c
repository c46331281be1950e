// SPDX-License-Identifier: GPL-2.0
/* signalfd: its mask, signals that were pending, flags, poll. */
#include <poll.h>
#include <sys/signalfd.h>

#include "hop_test.h"

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return MUST(poll(&p, 1, 0)) == 1;
}

int main(void)
{
	union sigval value = { .sival_int = 4711 };
	struct signalfd_siginfo info;
	int one, two, none;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMIN + 3);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	sigdelset(&set, SIGUSR2);
	one = MUST(signalfd(-1, &set, SFD_NONBLOCK));
	sigemptyset(&set);
	none = MUST(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
	sigaddset(&set, SIGUSR2);
	two = MUST(signalfd(-1, &set, 0));
	MUST(sigqueue(getpid(), SIGRTMIN + 3, value));

	hop();

	CHECK(readable(one));
	CHECK(!readable(two) && !readable(none));
	CHECK_EQ(read(one, &info, sizeof(info)), sizeof(info));
	CHECK_EQ(info.ssi_signo, SIGRTMIN + 3);
	CHECK_EQ(info.ssi_int, 4711);
	CHECK_EQ(info.ssi_pid, getpid());
	CHECK_ERR(read(one, &info, sizeof(info)), EAGAIN);
	MUST(kill(getpid(), SIGUSR2));
	CHECK(!readable(one) && !readable(none) && readable(two));
	CHECK_EQ(read(two, &info, sizeof(info)), sizeof(info));
	CHECK_EQ(info.ssi_signo, SIGUSR2);
	MUST(kill(getpid(), SIGUSR1));
	CHECK_EQ(read(one, &info, sizeof(info)), sizeof(info));
	CHECK_EQ(info.ssi_signo, SIGUSR1);
	CHECK_EQ(fcntl(none, F_GETFD), FD_CLOEXEC);
	CHECK(!(fcntl(two, F_GETFL) & O_NONBLOCK));
	return hop_status();
}
