// SPDX-License-Identifier: GPL-2.0
/*
 * signalfd: its mask, signals that were pending, flags, poll. In an epoll it wakes for
 * signals of who has added it, whoever else has inherited both.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "hop_test.h"

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return MUST(poll(&p, 1, 0)) == 1;
}

static struct gate ready, go;
static int ep;

/* The parent waits in the epoll; this one only has it. */
static void heir(void *arg)
{
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(fcntl(ep, F_GETFD), FD_CLOEXEC);
}

/* And this one has added its own watch to it. */
static void other(void *arg)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = 2 };
	struct signalfd_siginfo info;
	int fd = *(int *)arg, own = MUST(dup(fd));

	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, own, &ev));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	MUST(kill(getpid(), SIGRTMIN + 5));
	CHECK_EQ(epoll_wait(ep, &ev, 1, 5000), 1);
	CHECK_EQ(read(fd, &info, sizeof(info)), sizeof(info));
	CHECK_EQ(info.ssi_signo, SIGRTMIN + 5);
}

static long call_epoll(struct blocked *b)
{
	struct epoll_event ev;

	return syscall(SYS_epoll_wait, ep, &ev, 1, -1);
}

static void check_epoll(int fd, struct blocked *wait, pid_t *heirs)
{
	struct signalfd_siginfo info;

	blocked_still(wait);
	MUST(kill(getpid(), SIGRTMIN + 5));
	blocked_finish(wait, 1, 0);
	CHECK_EQ(read(fd, &info, sizeof(info)), sizeof(info));
	CHECK_EQ(info.ssi_signo, SIGRTMIN + 5);
	gate_post(&go, 3);
	hop_reap(heirs[0]);
	hop_reap(heirs[1]);
	hop_reap(heirs[2]);
}

int main(void)
{
	struct blocked wait = { "epoll_wait", SYS_epoll_wait, call_epoll };
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = 1 };
	pid_t heirs[3];
	int waited;
	union sigval value = { .sival_int = 4711 };
	struct signalfd_siginfo info;
	int one, two, none;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMIN + 3);
	sigaddset(&set, SIGRTMIN + 5);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	sigdelset(&set, SIGUSR2);
	sigdelset(&set, SIGRTMIN + 5);
	one = MUST(signalfd(-1, &set, SFD_NONBLOCK));
	sigemptyset(&set);
	none = MUST(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
	sigaddset(&set, SIGUSR2);
	two = MUST(signalfd(-1, &set, 0));
	MUST(sigqueue(getpid(), SIGRTMIN + 3, value));
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 5);
	waited = MUST(signalfd(-1, &set, SFD_NONBLOCK));
	ep = MUST(epoll_create1(EPOLL_CLOEXEC));
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, waited, &ev));
	gate_init(&ready);
	gate_init(&go);
	heirs[0] = hop_child(heir, NULL);
	heirs[1] = hop_child(other, &waited);
	heirs[2] = hop_child(heir, NULL);
	gate_take(&ready, 3);
	blocked_start(&wait);

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
	check_epoll(waited, &wait, heirs);
	return hop_status();
}
