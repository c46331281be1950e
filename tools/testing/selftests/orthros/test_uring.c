// SPDX-License-Identifier: GPL-2.0
/* io_uring: what is in the rings, what is registered, who waits, who shares. */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "uring.h"

#define LINE	512

static struct gate ready, go;
static struct uring plain, deferred, small, waited, timed, shared, fixed, polled, pair;
static unsigned int fixed_nr;

static long wait_one(struct blocked *b)
{
	return uring_enter(b->arg, 0, 1);
}

/* Submits one that completes, and waits for two. */
static long wait_two(struct blocked *b)
{
	return uring_enter(b->arg, 1, 2);
}

static long wait_time(struct blocked *b)
{
	struct __kernel_timespec ts = { .tv_sec = 2 };
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&ts };
	struct uring *u = b->arg;

	return syscall(SYS_io_uring_enter, u->fd, 0, 1,
		       IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg, sizeof(arg));
}

/* Has the ring of its parent, and the mapping. */
static void child(void *arg)
{
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_CQE(&shared, 71, 0);
	uring_sqe(&shared, IORING_OP_NOP, -1, NULL, 0, 72);
	CHECK_EQ(uring_enter(&shared, 1, 1), 1);
	CHECK_CQE(&shared, 72, 0);
	uring_sqe(&shared, IORING_OP_NOP, -1, NULL, 0, 73);
	CHECK_EQ(uring_enter(&shared, 1, 1), 1);
}

static void submit_nops(struct uring *u, int nr, int first)
{
	int i;

	for (i = 0; i < nr; i++)
		uring_sqe(u, IORING_OP_NOP, -1, NULL, 0, first + i);
	CHECK_EQ(uring_enter(u, nr, 0), nr);
}

/* Files, memory and the ring itself by numbers. */
static void register_all(int fd, char *memory)
{
	struct io_uring_rsrc_update ring = { .offset = -1U, .data = fixed.fd };
	int files[5] = { -1, fd, -1, fd, -1 };
	struct iovec vec[2] = { { memory, LINE }, { memory + PAGE, 16 * PAGE } };

	MUST(syscall(SYS_io_uring_register, fixed.fd, IORING_REGISTER_FILES, files, 5));
	MUST(syscall(SYS_io_uring_register, fixed.fd, IORING_REGISTER_BUFFERS, vec, 2));
	CHECK_EQ(syscall(SYS_io_uring_register, fixed.fd, IORING_REGISTER_RING_FDS, &ring, 1), 1);
	fixed_nr = ring.offset;
}

static void check_registered(char *memory, const char *want)
{
	int files[1] = { -1 };
	struct io_uring_files_update update = { .offset = 1, .fds = (uintptr_t)files };

	uring_sqe(&fixed, IORING_OP_READ_FIXED, 1, memory, LINE, 81)->flags = IOSQE_FIXED_FILE;
	CHECK_EQ(syscall(SYS_io_uring_enter, fixed_nr, 1, 1,
			 IORING_ENTER_GETEVENTS | IORING_ENTER_REGISTERED_RING, NULL, 0), 1);
	CHECK_CQE(&fixed, 81, LINE);
	CHECK(!memcmp(memory, want, LINE));
	uring_sqe(&fixed, IORING_OP_READ_FIXED, 3, memory + 5 * PAGE, LINE, 82)->flags =
		IOSQE_FIXED_FILE;
	fixed.sqes[1].buf_index = 1;
	CHECK_EQ(uring_enter(&fixed, 1, 1), 1);
	CHECK_CQE(&fixed, 82, LINE);
	CHECK(!memcmp(memory + 5 * PAGE, want, LINE));
	/* Beyond the buffer; a number that has none; one that has none any more. */
	uring_sqe(&fixed, IORING_OP_READ_FIXED, 3, memory + LINE, LINE, 83)->flags =
		IOSQE_FIXED_FILE;
	CHECK_EQ(uring_enter(&fixed, 1, 1), 1);
	CHECK_CQE(&fixed, 83, -EFAULT);
	uring_sqe(&fixed, IORING_OP_READ, 2, memory, LINE, 84)->flags = IOSQE_FIXED_FILE;
	CHECK_EQ(uring_enter(&fixed, 1, 1), 1);
	CHECK_CQE(&fixed, 84, -EBADF);
	CHECK_EQ(syscall(SYS_io_uring_register, fixed.fd, IORING_REGISTER_FILES_UPDATE, &update,
			 1), 1);
	uring_sqe(&fixed, IORING_OP_READ, 1, memory, LINE, 85)->flags = IOSQE_FIXED_FILE;
	CHECK_EQ(uring_enter(&fixed, 1, 1), 1);
	CHECK_CQE(&fixed, 85, -EBADF);
	CHECK_EQ(syscall(SYS_io_uring_register, fixed.fd, IORING_UNREGISTER_BUFFERS, NULL, 0), 0);
	CHECK_EQ(syscall(SYS_io_uring_register, fixed.fd, IORING_UNREGISTER_FILES, NULL, 0), 0);
}

int main(void)
{
	struct blocked two = { .name = "two", .nr = SYS_io_uring_enter, .call = wait_two };
	struct blocked one = { .name = "one", .nr = SYS_io_uring_enter, .call = wait_one };
	struct blocked time = { .name = "timeout", .nr = SYS_io_uring_enter, .call = wait_time };
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = 7 };
	static char data[LINE], want[LINE];
	char *memory;
	int fd, efd, ep, i;
	eventfd_t value;
	long long start;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	fd = MUST(open("uring", O_RDWR | O_CREAT | O_TRUNC, 0600));
	fill(want, LINE, 1);
	MUST(pwrite(fd, want, LINE, 0));

	/* Two completions that were not taken, one submission that was not made. */
	uring_init(&plain, 8, 0, 0);
	submit_nops(&plain, 3, 10);
	CHECK_CQE(&plain, 10, 0);
	uring_sqe(&plain, IORING_OP_READ, fd, data, LINE, 13);

	/* All that can be asked for, with an eventfd; another one in an epoll. */
	uring_init(&deferred, 4, 16, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
		   IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SQE128 | IORING_SETUP_CQE32);
	efd = MUST(eventfd(0, EFD_NONBLOCK));
	MUST(syscall(SYS_io_uring_register, deferred.fd, IORING_REGISTER_EVENTFD, &efd, 1));
	ep = MUST(epoll_create1(0));
	uring_init(&polled, 2, 0, 0);
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, polled.fd, &ev));

	/* More completions than there is room for. */
	uring_init(&small, 4, 4, 0);
	for (i = 0; i < 3; i++)
		submit_nops(&small, 4, 20 + 4 * i);
	CHECK_EQ(uring_ready(&small), 4);

	uring_init(&waited, 2, 0, 0);
	one.arg = &waited;
	blocked_start(&one);
	uring_init(&pair, 2, 0, 0);
	uring_sqe(&pair, IORING_OP_NOP, -1, NULL, 0, 50);
	two.arg = &pair;
	blocked_start(&two);
	uring_init(&timed, 2, 0, 0);
	time.arg = &timed;
	start = now_ns(CLOCK_MONOTONIC);
	blocked_start(&time);

	uring_init(&fixed, 4, 0, IORING_SETUP_SINGLE_ISSUER);
	memory = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(memory != MAP_FAILED);
	register_all(fd, memory);
	fill(memory, 64 * PAGE, 3);

	uring_init(&shared, 2, 0, 0);
	submit_nops(&shared, 1, 71);
	pid = hop_child(child, NULL);
	gate_take(&ready, 1);

	hop();

	CHECK_EQ(uring_ready(&plain), 2);
	CHECK_CQE(&plain, 11, 0);
	CHECK_CQE(&plain, 12, 0);
	CHECK_EQ(uring_enter(&plain, 1, 1), 1);
	CHECK_CQE(&plain, 13, LINE);
	CHECK(filled(data, LINE, 1));
	for (i = 0; i < 100; i++) {
		uring_sqe(&plain, IORING_OP_WRITE, fd, want, LINE, 1000 + i)->off = LINE * i;
		CHECK_EQ(uring_enter(&plain, 1, 1), 1);
		CHECK_CQE(&plain, 1000 + i, LINE);
	}
	CHECK_EQ(lseek(fd, 0, SEEK_END), 100 * LINE);

	CHECK(filled(memory, 64 * PAGE, 3));
	check_registered(memory, want);

	CHECK_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	submit_nops(&polled, 1, 90);
	CHECK_EQ(epoll_wait(ep, &ev, 1, 30000), 1);
	CHECK_EQ(ev.data.u32, 7);
	CHECK_CQE(&polled, 90, 0);
	CHECK_ERR(eventfd_read(efd, &value), EAGAIN);
	uring_sqe(&deferred, IORING_OP_NOP, -1, NULL, 0, 30);
	CHECK_EQ(uring_enter(&deferred, 1, 0), 1);
	CHECK_EQ(eventfd_read(efd, &value), 0);
	CHECK_CQE(&deferred, 30, 0);
	CHECK_EQ(syscall(SYS_io_uring_register, deferred.fd, IORING_UNREGISTER_EVENTFD, NULL, 0),
		 0);
	uring_sqe(&deferred, IORING_OP_NOP, -1, NULL, 0, 31);
	CHECK_EQ(uring_enter(&deferred, 1, 1), 1);
	CHECK_ERR(eventfd_read(efd, &value), EAGAIN);

	for (i = 0; i < 12; i++)
		CHECK_CQE(&small, 20 + i, 0);
	CHECK_EQ(uring_ready(&small), 0);

	blocked_still(&one);
	submit_nops(&waited, 1, 40);
	blocked_finish(&one, 0, 0);
	CHECK_CQE(&waited, 40, 0);
	blocked_still(&two);
	CHECK_CQE(&pair, 50, 0);
	submit_nops(&pair, 2, 51);
	blocked_finish(&two, 1, 0);
	blocked_finish(&time, -1, ETIME);
	CHECK(now_ns(CLOCK_MONOTONIC) - start >= 2 * NSEC);

	gate_post(&go, 1);
	hop_reap(pid);
	CHECK_CQE(&shared, 73, 0);
	close(plain.fd);
	/* Mapped it stays. */
	CHECK_EQ(*uring_at(&plain, plain.p.cq_off.ring_entries), 16);
	unlink("uring");
	return hop_status();
}
