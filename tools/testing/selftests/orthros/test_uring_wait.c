// SPDX-License-Identifier: GPL-2.0
/* io_uring: requests that wait until a file is ready, workers, a thread that never stops. */
#include <sys/resource.h>
#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "uring.h"

#define LINE	4096

static struct uring ring, deferred, busy, worked, timer;
static char file_data[LINE];
static int file;

/* There is always one under way, at a disk or with a worker. */
static bool write_and_sync(struct looper *l)
{
	struct uring_done done;
	int i;

	/* It never sleeps where a file is memory. */
	setpriority(PRIO_PROCESS, hop_gettid(), 19);
	uring_sqe(&busy, IORING_OP_WRITE, file, file_data, LINE, 1)->off =
		l->rounds % 64 * LINE;
	uring_sqe(&busy, IORING_OP_FSYNC, file, NULL, 0, 2);
	uring_sqe(&busy, IORING_OP_READ, file, l->arg, LINE, 3)->flags = IOSQE_ASYNC;
	if (!CHECK_EQ(uring_enter(&busy, 3, 1), 3))
		return false;
	for (i = 0; i < 3; i++) {
		done = uring_wait(&busy);
		if (!CHECK_EQ(done.res, done.data == 2 ? 0 : LINE))
			return false;
	}
	return true;
}

static int listen_on(struct sockaddr_in *addr)
{
	socklen_t len = sizeof(*addr);
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	*addr = (struct sockaddr_in) {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	MUST(bind(fd, (void *)addr, sizeof(*addr)));
	MUST(listen(fd, 8));
	MUST(getsockname(fd, (void *)addr, &len));
	return fd;
}

static int connect_to(const struct sockaddr_in *addr)
{
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	MUST(connect(fd, (const void *)addr, sizeof(*addr)));
	return fd;
}

int main(void)
{
	struct looper loop = { .name = "busy", .once = write_and_sync };
	static char data[6][LINE], asynced[LINE];
	int efd, p[2], closed[2], multi[2], late[2], pair[2], lfd, afd, i, conn;
	struct sockaddr_in addr, multi_addr;
	struct uring_done done;
	struct __kernel_timespec hour = { .tv_sec = 3600 }, seconds = { .tv_sec = 4 }, soon = {};
	eventfd_t value = 0, other = 0;
	unsigned int seen = 0;
	long long start;

	file = MUST(open("uring_wait", O_RDWR | O_CREAT | O_TRUNC, 0600));
	fill(file_data, LINE, 7);
	MUST(pwrite(file, file_data, LINE, 0));

	/* Each kind of request, one of them of a descriptor that is closed. */
	uring_init(&ring, 16, 64, 0);
	efd = MUST(eventfd(0, 0));
	MUST(pipe(p));
	MUST(pipe(closed));
	MUST(pipe(multi));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	lfd = listen_on(&addr);
	afd = listen_on(&multi_addr);
	uring_sqe(&ring, IORING_OP_READ, efd, &value, sizeof(value), 10);
	uring_sqe(&ring, IORING_OP_READ, p[0], data[0], LINE, 11)->off = -1;
	uring_sqe(&ring, IORING_OP_POLL_ADD, closed[0], NULL, 0, 12)->poll32_events = POLLIN;
	uring_sqe(&ring, IORING_OP_POLL_ADD, multi[0], NULL, IORING_POLL_ADD_MULTI,
		  13)->poll32_events = POLLIN;
	uring_sqe(&ring, IORING_OP_RECV, pair[0], data[1], LINE, 14);
	uring_sqe(&ring, IORING_OP_ACCEPT, lfd, NULL, 0, 15);
	uring_sqe(&ring, IORING_OP_ACCEPT, afd, NULL, 0, 16)->ioprio = IORING_ACCEPT_MULTISHOT;
	uring_sqe(&ring, IORING_OP_READ, p[0], data[2], LINE, 17)->off = -1;
	CHECK_EQ(uring_enter(&ring, 8, 0), 8);
	CHECK_EQ(uring_ready(&ring), 0);
	MUST(close(closed[0]));
	/* One of the multishots has told of something already. */
	conn = connect_to(&multi_addr);
	done = uring_wait(&ring);
	CHECK_EQ(done.data, 16);
	CHECK(done.res >= 0 && done.flags & IORING_CQE_F_MORE);
	close(done.res);
	close(conn);

	uring_init(&deferred, 4, 0, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
		   IORING_SETUP_COOP_TASKRUN);
	MUST(pipe(late));
	uring_sqe(&deferred, IORING_OP_POLL_ADD, late[0], NULL, 0, 20)->poll32_events = POLLIN;
	uring_sqe(&deferred, IORING_OP_READ, late[0], &other, sizeof(other), 21)->off = -1;
	CHECK_EQ(uring_enter(&deferred, 2, 0), 2);

	/* After two more completions; at a time; in some time. */
	uring_init(&timer, 8, 0, 0);
	uring_sqe(&timer, IORING_OP_TIMEOUT, -1, &hour, 1, 41)->off = 3;
	start = now_ns(CLOCK_MONOTONIC);
	soon.tv_sec = start / NSEC + 5;
	uring_sqe(&timer, IORING_OP_TIMEOUT, -1, &soon, 1, 42)->timeout_flags = IORING_TIMEOUT_ABS;
	uring_sqe(&timer, IORING_OP_TIMEOUT, -1, &seconds, 1, 43);
	uring_sqe(&timer, IORING_OP_NOP, -1, NULL, 0, 44);
	CHECK_EQ(uring_enter(&timer, 4, 1), 4);
	CHECK_CQE(&timer, 44, 0);

	/* Its worker waits for more work. */
	uring_init(&worked, 4, 0, 0);
	uring_sqe(&worked, IORING_OP_READ, file, asynced, LINE, 30)->flags = IOSQE_ASYNC;
	CHECK_EQ(uring_enter(&worked, 1, 1), 1);
	CHECK_CQE(&worked, 30, LINE);

	uring_init(&busy, 8, 0, 0);
	loop.arg = data[5];
	looper_start(&loop);

	hop();

	looper_stop(&loop);
	CHECK_EQ(uring_ready(&ring), 0);
	MUST(eventfd_write(efd, 42));
	CHECK_CQE(&ring, 10, sizeof(value));
	CHECK_EQ(value, 42);
	MUST(write(closed[1], "x", 1));
	CHECK_CQE(&ring, 12, POLLIN);
	for (i = 0; i < 2; i++) {
		MUST(write(multi[1], "x", 1));
		done = uring_wait(&ring);
		CHECK_EQ(done.data, 13);
		CHECK_EQ(done.res, POLLIN);
		CHECK(done.flags & IORING_CQE_F_MORE);
	}
	MUST(write(pair[1], "hello", 5));
	CHECK_CQE(&ring, 14, 5);
	CHECK_STR(data[1], "hello");
	conn = connect_to(&addr);
	done = uring_wait(&ring);
	CHECK_EQ(done.data, 15);
	CHECK(done.res >= 0);
	MUST(write(conn, "tcp", 3));
	CHECK_EQ(read(done.res, data[3], LINE), 3);
	for (i = 0; i < 3; i++) {
		conn = connect_to(&multi_addr);
		done = uring_wait(&ring);
		CHECK_EQ(done.data, 16);
		CHECK(done.res >= 0 && done.flags & IORING_CQE_F_MORE);
	}
	/* Either of the two readers. */
	MUST(write(p[1], "first", 5));
	done = uring_wait(&ring);
	CHECK(done.data == 11 || done.data == 17);
	CHECK_EQ(done.res, 5);
	CHECK_STR(data[done.data == 11 ? 0 : 2], "first");
	/* The other is taken back. */
	uring_sqe(&ring, IORING_OP_ASYNC_CANCEL, -1, (void *)(uintptr_t)(11 + 17 - done.data), 0,
		  18);
	CHECK_EQ(uring_enter(&ring, 1, 2), 1);
	for (i = 0; i < 2; i++) {
		struct uring_done d = uring_wait(&ring);

		/* A worker may have it by now, which is interrupted. */
		CHECK(d.data == 18 ? !d.res || d.res == -EALREADY :
				     d.res == -ECANCELED || d.res == -EINTR);
		CHECK(d.data == 18 || d.data == 28 - done.data);
	}
	CHECK_EQ(uring_ready(&ring), 0);

	other = 5;
	MUST(write(late[1], &other, sizeof(other)));
	other = 0;
	for (i = 0; i < 2; i++) {
		done = uring_wait(&deferred);
		CHECK(done.data == 20 || done.data == 21);
		CHECK_EQ(done.res, done.data == 20 ? POLLIN : (int)sizeof(other));
	}
	CHECK_EQ(other, 5);

	for (i = 0; i < 2; i++) {
		uring_sqe(&timer, IORING_OP_NOP, -1, NULL, 0, 45 + i);
		CHECK_EQ(uring_enter(&timer, 1, 1), 1);
	}
	/* Two of them are late if the hop took longer. */
	for (i = 0; i < 5; i++) {
		done = uring_wait(&timer);
		CHECK(done.data >= 41 && done.data <= 46);
		seen |= 1 << (done.data - 41);
		if (done.data != 42 && done.data != 43) {
			CHECK_EQ(done.res, 0);
			continue;
		}
		CHECK_EQ(done.res, -ETIME);
		CHECK(now_ns(CLOCK_MONOTONIC) >= (done.data == 42 ? soon.tv_sec * NSEC :
						  start + 4 * NSEC));
	}
	CHECK_EQ(seen, 067);
	CHECK_EQ(uring_ready(&timer), 0);

	memset(asynced, 0, LINE);
	uring_sqe(&worked, IORING_OP_READ, file, asynced, LINE, 31)->flags = IOSQE_ASYNC;
	CHECK_EQ(uring_enter(&worked, 1, 1), 1);
	CHECK_CQE(&worked, 31, LINE);
	CHECK(filled(asynced, LINE, 7));
	unlink("uring_wait");
	return hop_status();
}
