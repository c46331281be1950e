// SPDX-License-Identifier: GPL-2.0
/* Reads, writes, opens, locks and accepts that block over a hop. */
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "hop_test.h"

static int far[16];	/* the other end of each call's object */

static long call_read(struct blocked *b)
{
	char buf[8] = "";
	long ret = syscall(SYS_read, b->fd, buf, 8);

	CHECK(!memcmp(buf, "wake\0\0\0\0", 8));
	return ret;
}

static long call_readv(struct blocked *b)
{
	char buf[2][2];
	struct iovec iov[] = { { buf[0], 2 }, { buf[1], 2 } };
	long ret = syscall(SYS_readv, b->fd, iov, 2);

	CHECK(!memcmp(buf, "wake", 4));
	return ret;
}

static long call_read_event(struct blocked *b)
{
	uint64_t value = 0;
	long ret = syscall(SYS_read, b->fd, &value, 8);

	CHECK_EQ(value, 1);
	return ret;
}

static long call_write(struct blocked *b)
{
	return syscall(SYS_write, b->fd, "more", 4);
}

static long call_write_event(struct blocked *b)
{
	uint64_t value = 5;

	return syscall(SYS_write, b->fd, &value, 8);
}

static long call_open(struct blocked *b)
{
	long fd = syscall(SYS_openat, AT_FDCWD, b->arg, O_RDONLY);

	CHECK(fd >= 0);
	return fd >= 0 ? 0 : fd;
}

static long call_accept(struct blocked *b)
{
	long fd = syscall(SYS_accept, b->fd, NULL, NULL);

	CHECK(fd >= 0);
	return fd >= 0 ? 0 : fd;
}

static long call_accept4(struct blocked *b)
{
	long fd = syscall(SYS_accept4, b->fd, NULL, NULL, SOCK_CLOEXEC);

	CHECK(fd >= 0);
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	return fd >= 0 ? 0 : fd;
}

static long call_recv(struct blocked *b)
{
	char buf[4];

	return syscall(SYS_recvfrom, b->fd, buf, 4, 0, NULL, NULL);
}

enum { PIPE, PIPEV, FIFO, EVENT, FULL_PIPE, FULL_EVENT, OPEN, TCP, UNIX, PAIR };

static struct blocked calls[] = {
	[PIPE] = { "read of a pipe", SYS_read, call_read },
	[PIPEV] = { "readv of a pipe", SYS_readv, call_readv },
	[FIFO] = { "read of a fifo", SYS_read, call_read },
	[EVENT] = { "read of an eventfd", SYS_read, call_read_event },
	[FULL_PIPE] = { "write to a full pipe", SYS_write, call_write },
	[FULL_EVENT] = { "write to a full eventfd", SYS_write, call_write_event },
	[OPEN] = { "open of a fifo", SYS_openat, call_open },
	[TCP] = { "accept of TCP", SYS_accept, call_accept },
	[UNIX] = { "accept of UNIX", SYS_accept4, call_accept4 },
	[PAIR] = { "recv of a socket pair", SYS_recvfrom, call_recv },
};

static void prepare_pipe(int i)
{
	int fd[2];

	MUST(pipe(fd));
	calls[i].fd = fd[0];
	far[i] = fd[1];
}

static void prepare_full_pipe(int i)
{
	static char page[PAGE];
	int fd[2], n;

	MUST(pipe(fd));
	for (n = 0; n < 16; n++)
		MUST(write(fd[1], page, PAGE));
	calls[i].fd = fd[1];
	far[i] = fd[0];
}

static struct sockaddr_in tcp_addr = { .sin_family = AF_INET };
static struct sockaddr_un unix_addr = { .sun_family = AF_UNIX, .sun_path = "sock" };

static void prepare(void)
{
	socklen_t len = sizeof(tcp_addr);
	int pair[2];

	prepare_pipe(PIPE);
	prepare_pipe(PIPEV);
	prepare_full_pipe(FULL_PIPE);
	MUST(mkfifo("fifo", 0600));
	MUST(mkfifo("fifo2", 0600));
	/* O_RDWR does not wait for a partner. */
	far[FIFO] = MUST(open("fifo", O_RDWR));
	calls[FIFO].fd = MUST(open("fifo", O_RDONLY));
	calls[OPEN].arg = "fifo2";
	calls[EVENT].fd = MUST(eventfd(0, 0));
	calls[FULL_EVENT].fd = MUST(eventfd(0, 0));
	MUST(eventfd_write(calls[FULL_EVENT].fd, ~1ULL));
	tcp_addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	calls[TCP].fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(listen(calls[TCP].fd, 5));
	MUST(getsockname(calls[TCP].fd, (void *)&tcp_addr, &len));
	tcp_addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	calls[UNIX].fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	MUST(bind(calls[UNIX].fd, (void *)&unix_addr, sizeof(unix_addr)));
	MUST(listen(calls[UNIX].fd, 5));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	calls[PAIR].fd = pair[0];
	far[PAIR] = pair[1];
}

static void wake(int i)
{
	static char page[PAGE];
	uint64_t value;
	int fd;

	switch (i) {
	case PIPE:
	case PIPEV:
	case FIFO:
	case PAIR:
		CHECK_EQ(write(far[i], "wake", 4), 4);
		break;
	case EVENT:
		MUST(eventfd_write(calls[i].fd, 1));
		break;
	case FULL_PIPE:
		CHECK_EQ(read(far[i], page, PAGE), PAGE);
		break;
	case FULL_EVENT:
		CHECK_EQ(read(calls[i].fd, &value, 8), 8);
		CHECK_EQ(value, ~1ULL);
		break;
	case OPEN:
		CHECK(open("fifo2", O_WRONLY) >= 0);
		break;
	case TCP:
		fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
		CHECK_EQ(connect(fd, (void *)&tcp_addr, sizeof(tcp_addr)), 0);
		break;
	case UNIX:
		fd = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
		CHECK_EQ(connect(fd, (void *)&unix_addr, sizeof(unix_addr)), 0);
		break;
	}
}

int main(void)
{
	static const long ret[ARRAY_SIZE(calls)] = {
		[PIPE] = 4, [PIPEV] = 4, [FIFO] = 4, [EVENT] = 8,
		[FULL_PIPE] = 4, [FULL_EVENT] = 8, [PAIR] = 4,
	};
	size_t i;

	prepare();
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		blocked_start(&calls[i]);

	hop();

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		blocked_still(&calls[i]);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		wake(i);
		blocked_finish(&calls[i], ret[i], 0);
	}
	return hop_status();
}
