// SPDX-License-Identifier: GPL-2.0
/*
 * What a takeover cannot save is an error to whoever has it, who goes on: descriptors of
 * files that are refused where somebody asks, and whatever leads to them. Who is in a
 * namespace that cannot be saved is killed, and nobody else.
 */
#include <linux/perf_event.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "hop_lost.h"
#include "hop_test.h"

/* CLONE_NEWTIME, which an older libc does not have. */
#define NEWTIME	0x80

static int tty, perf, leased, other, epoll, pair[2], data[2];
static struct gate go, alone;
static pid_t sharer, loner[2];

static int open_perf(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK, .disabled = 1,
	};

	return MUST(syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

static void watch(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	MUST(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev));
}

static void pass(int sock, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} c = { };
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &c, .msg_controllen = sizeof(c),
	};

	c.head.cmsg_level = SOL_SOCKET;
	c.head.cmsg_type = SCM_RIGHTS;
	c.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&c.head), &fd, sizeof(fd));
	MUST(sendmsg(sock, &msg, 0));
}

static int take(int sock)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	int fd = -1;

	CHECK_EQ(recvmsg(sock, &msg, MSG_DONTWAIT), 1);
	CHECK_EQ(byte, 'x');
	if (CHECK(CMSG_FIRSTHDR(&msg)))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static void check_error(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	CHECK_ERR(read(fd, &byte, 1), EIO);
	CHECK_ERR(write(fd, "y", 1), EIO);
	CHECK_ERR(ioctl(fd, FIONREAD, &byte), EIO);
	CHECK_EQ(poll(&p, 1, 0), 1);
	CHECK_EQ(p.revents, POLLERR | POLLHUP);
}

/* The same descriptors, in another process. */
static void share(void *unused)
{
	gate_take(&go, 1);
	check_error(tty);
	check_error(perf);
	CHECK_EQ(close(perf), 0);
}

/* With other clocks for its children; and in a user namespace that could be saved. */
static void be_alone(void *flags)
{
	MUST(unshare((long)flags));
	gate_post(&alone, 1);
	for (;;)
		pause();
}

/**
 * lost_make() - have things that a takeover cannot save, and some that it can
 */
void lost_make(void)
{
	/* Of a line without a device, which is nobody's console. */
	tty = MUST(open("/dev/ttyS3", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
	MUST(ioctl(tty, TIOCVHANGUP, 0));
	perf = open_perf();

	leased = MUST(open("leased", O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
	/* It is to be given up. */
	signal(SIGIO, SIG_IGN);
	MUST(fcntl(leased, F_SETLEASE, F_RDLCK));
	CHECK_ERR(open("leased", O_WRONLY | O_NONBLOCK), EWOULDBLOCK);
	MUST(flock(leased, LOCK_SH));
	other = MUST(open("locked", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	MUST(flock(other, LOCK_EX));

	/* One that can be built with one that cannot; one on its way. */
	MUST(pipe2(data, O_CLOEXEC));
	MUST(write(data[1], "d", 1));
	epoll = MUST(epoll_create1(EPOLL_CLOEXEC));
	watch(perf);
	watch(data[0]);
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	pass(pair[0], perf);
	MUST(write(pair[0], "after", 5));

	gate_init(&go);
	sharer = hop_child(share, NULL);
	gate_init(&alone);
	loner[0] = hop_child(be_alone, (void *)NEWTIME);
	loner[1] = hop_child(be_alone, (void *)(CLONE_NEWUSER | NEWTIME));
	gate_take(&alone, 2);
}

/**
 * lost_check() - what could not be saved is an error, and nothing else is
 */
void lost_check(void)
{
	struct epoll_event ev[4];
	int i, n, passed, status;
	char text[8] = "";

	check_error(tty);
	check_error(perf);
	check_error(leased);
	CHECK_EQ(flock(other, LOCK_EX | LOCK_NB), 0);

	n = epoll_wait(epoll, ev, 4, 1000);
	CHECK_EQ(n, 2);
	for (i = 0; i < n; i++)
		CHECK_EQ(ev[i].events, ev[i].data.fd == perf ? EPOLLERR | EPOLLHUP : EPOLLIN);
	CHECK_EQ(read(data[0], text, 1), 1);

	passed = take(pair[1]);
	check_error(passed);
	CHECK_EQ(close(passed), 0);
	CHECK_EQ(read(pair[1], text, sizeof(text)), 5);
	CHECK_EQ(write(pair[1], "back", 4), 4);
	CHECK_EQ(read(pair[0], text, sizeof(text)), 4);

	gate_post(&go, 1);
	hop_reap(sharer);
	for (i = 0; i < 2; i++) {
		CHECK_EQ(waitpid(loner[i], &status, 0), loner[i]);
		CHECK_EQ(status, SIGKILL);
	}
	CHECK_EQ(close(tty), 0);
	CHECK_EQ(close(perf), 0);
	CHECK_EQ(close(leased), 0);
	close(other);
	close(epoll);
	for (i = 0; i < 2; i++) {
		close(pair[i]);
		close(data[i]);
	}
	unlink("leased");
	unlink("locked");
}
