// SPDX-License-Identifier: GPL-2.0
/* AIO contexts: events in rings, requests that poll, threads that wait, limits. */
#include <linux/aio_abi.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "hop_test.h"

#define SLOTS	16
#define LINE	512

/* As programs look at a ring without a system call. */
struct ring {
	unsigned int id, nr, head, tail, magic, compat, incompat, header;
	struct io_event events[];
};

static struct gate ready, go;

static aio_context_t setup(unsigned int nr)
{
	aio_context_t ctx = 0;

	MUST(syscall(SYS_io_setup, nr, &ctx));
	return ctx;
}

static int submit(aio_context_t ctx, struct iocb *cb)
{
	return syscall(SYS_io_submit, ctx, 1, &cb);
}

static int getevents(aio_context_t ctx, long min, long nr, struct io_event *ev, long ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	return syscall(SYS_io_getevents, ctx, min, nr, ev, ms < 0 ? NULL : &ts);
}

static void poll_for(struct iocb *cb, int fd, int resfd, unsigned long long data)
{
	*cb = (struct iocb) {
		.aio_lio_opcode = IOCB_CMD_POLL, .aio_fildes = fd, .aio_buf = POLLIN,
		.aio_data = data,
	};
	if (resfd >= 0) {
		cb->aio_flags = IOCB_FLAG_RESFD;
		cb->aio_resfd = resfd;
	}
}

static long wait_two(struct blocked *b)
{
	return getevents((aio_context_t)b->arg, 2, 4, (void *)(b + 1), -1);
}

static long wait_time(struct blocked *b)
{
	return getevents((aio_context_t)b->arg, 1, 1, (void *)(b + 1), 2000);
}

static long wait_mask(struct blocked *b)
{
	return syscall(SYS_io_pgetevents, (aio_context_t)b->arg, 1L, 1L, (void *)(b + 1), NULL,
		       NULL);
}

/* A context of another process has nothing to do with those of its parent. */
static void child(void *arg)
{
	aio_context_t ctx = setup(1);
	struct io_event ev;
	struct iocb cb;
	int fd = MUST(eventfd(0, 0));

	poll_for(&cb, fd, -1, 4711);
	MUST(submit(ctx, &cb));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(getevents(ctx, 0, 1, &ev, 0), 0);
	MUST(eventfd_write(fd, 1));
	CHECK_EQ(getevents(ctx, 1, 1, &ev, -1), 1);
	CHECK_EQ(ev.data, 4711);
	CHECK_EQ(syscall(SYS_io_destroy, ctx), 0);
}

static bool add_polls(aio_context_t ctx, struct iocb *cb, int fd, int *nr)
{
	for (*nr = 0; *nr < 4096; ++*nr) {
		poll_for(&cb[*nr], fd, -1, *nr);
		if (submit(ctx, &cb[*nr]) != 1)
			return errno == EAGAIN;
	}
	return false;
}

int main(void)
{
	static struct { struct blocked b; struct io_event ev[4]; } two, timed, mask;
	static struct iocb read_cb[3], polls[4], many[2][4096], extra;
	static char data[3][LINE], want[LINE];
	aio_context_t ctx, gone, waits, full, other;
	struct io_event ev[SLOTS];
	int fd, efd, resfd, closed[2], i, n, before, after;
	struct ring *ring;
	char aio_nr[32], *text;
	eventfd_t value;
	long long start;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	gone = setup(1);
	ctx = setup(SLOTS);
	waits = setup(SLOTS);
	full = setup(1);
	other = setup(5000);
	MUST(syscall(SYS_io_destroy, gone));
	pid = hop_child(child, NULL);
	gate_take(&ready, 1);

	/* Three events, one of which is taken. */
	fd = MUST(open("aio", O_RDWR | O_CREAT | O_TRUNC, 0600));
	for (i = 0; i < 3; i++) {
		fill(want, LINE, i);
		MUST(pwrite(fd, want, LINE, i * LINE));
	}
	for (i = 0; i < 3; i++) {
		read_cb[i] = (struct iocb) {
			.aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = fd, .aio_data = 100 + i,
			.aio_buf = (uintptr_t)data[i], .aio_nbytes = LINE, .aio_offset = i * LINE,
		};
		MUST(submit(ctx, &read_cb[i]));
	}
	CHECK_EQ(getevents(ctx, 1, 1, ev, -1), 1);
	CHECK_EQ(ev[0].data, 100);

	/* Requests that poll: told by an eventfd; of a pipe that is open nowhere else. */
	efd = MUST(eventfd(0, 0));
	resfd = MUST(eventfd(0, EFD_NONBLOCK));
	MUST(pipe(closed));
	poll_for(&polls[0], efd, resfd, 200);
	poll_for(&polls[1], closed[0], -1, 201);
	poll_for(&polls[2], efd, -1, 202);
	for (i = 0; i < 3; i++)
		MUST(submit(ctx, &polls[i]));
	MUST(close(closed[0]));

	/* One of two that a thread waits for has come. */
	poll_for(&polls[3], MUST(eventfd(1, 0)), -1, 300);
	two.b = (struct blocked) {
		.name = "two events", .nr = SYS_io_getevents, .call = wait_two,
		.arg = (void *)waits,
	};
	MUST(submit(waits, &polls[3]));
	blocked_start(&two.b);
	timed.b = (struct blocked) {
		.name = "timeout", .nr = SYS_io_getevents, .call = wait_time, .arg = (void *)other,
	};
	start = now_ns(CLOCK_MONOTONIC);
	blocked_start(&timed.b);
	mask.b = (struct blocked) {
		.name = "io_pgetevents", .nr = SYS_io_pgetevents, .call = wait_mask,
		.arg = (void *)setup(1),
	};
	blocked_start(&mask.b);

	/* How many fit. */
	CHECK(add_polls(full, many[0], MUST(eventfd(0, 0)), &before));
	CHECK(before >= 1);
	ring = (void *)full;
	CHECK_EQ(ring->magic, 0xa10a10a1);
	text = slurp("/proc/sys/fs/aio-nr");
	snprintf(aio_nr, sizeof(aio_nr), "%s", text);
	free(text);

	hop();

	text = slurp("/proc/sys/fs/aio-nr");
	CHECK_STR(text, aio_nr);
	free(text);
	gate_post(&go, 1);
	ring = (void *)ctx;
	CHECK_EQ(ring->magic, 0xa10a10a1);
	CHECK_EQ(ring->tail - ring->head, 2);
	CHECK_EQ(ring->events[ring->head].data, 101);
	CHECK_EQ(getevents(ctx, 2, SLOTS, ev, -1), 2);
	for (i = 1; i < 3; i++) {
		CHECK_EQ(ev[i - 1].data, 100 + i);
		CHECK_EQ(ev[i - 1].obj, (uintptr_t)&read_cb[i]);
		CHECK_EQ(ev[i - 1].res, LINE);
		CHECK(filled(data[i], LINE, i));
	}

	CHECK_ERR(eventfd_read(resfd, &value), EAGAIN);
	CHECK_EQ(getevents(ctx, 0, SLOTS, ev, 0), 0);
	/* One is taken back. */
	i = syscall(SYS_io_cancel, ctx, &polls[2], ev);
	CHECK(i == 0 || (i == -1 && errno == EINPROGRESS));
	CHECK_EQ(getevents(ctx, 1, SLOTS, ev, -1), 1);
	CHECK_EQ(ev[0].data, 202);
	MUST(eventfd_write(efd, 1));
	CHECK_EQ(getevents(ctx, 1, SLOTS, ev, -1), 1);
	CHECK_EQ(ev[0].data, 200);
	CHECK_EQ(ev[0].obj, (uintptr_t)&polls[0]);
	CHECK_EQ(ev[0].res, POLLIN);
	CHECK_EQ(eventfd_read(resfd, &value), 0);
	CHECK_EQ(value, 1);
	MUST(write(closed[1], "x", 1));
	CHECK_EQ(getevents(ctx, 1, SLOTS, ev, -1), 1);
	CHECK_EQ(ev[0].data, 201);

	/* It reads, writes and syncs as before. */
	for (i = 0; i < 3; i++) {
		memset(data[i], 0, LINE);
		read_cb[i].aio_data = 400 + i;
		CHECK_EQ(submit(ctx, &read_cb[i]), 1);
	}
	extra = (struct iocb) { .aio_lio_opcode = IOCB_CMD_FSYNC, .aio_fildes = fd };
	CHECK_EQ(submit(ctx, &extra), 1);
	CHECK_EQ(getevents(ctx, 4, SLOTS, ev, -1), 4);
	for (i = 0; i < 3; i++)
		CHECK(filled(data[i], LINE, i));

	blocked_still(&two.b);
	poll_for(&polls[3], efd, -1, 301);
	MUST(eventfd_write(efd, 1));
	CHECK_EQ(submit(waits, &polls[3]), 1);
	blocked_finish(&two.b, 2, 0);
	CHECK_EQ(two.ev[0].data, 300);
	CHECK_EQ(two.ev[1].data, 301);
	blocked_finish(&timed.b, 0, 0);
	CHECK(now_ns(CLOCK_MONOTONIC) - start >= 2 * NSEC);
	blocked_still(&mask.b);
	poll_for(&polls[3], efd, -1, 302);
	CHECK_EQ(submit((aio_context_t)mask.b.arg, &polls[3]), 1);
	blocked_finish(&mask.b, 1, 0);
	CHECK_EQ(mask.ev[0].data, 302);

	/* Full it is still; what is destroyed with all its requests has room for as many. */
	poll_for(&extra, efd, -1, 0);
	CHECK_ERR(submit(full, &extra), EAGAIN);
	CHECK_EQ(syscall(SYS_io_destroy, full), 0);
	CHECK_ERR(submit(full, &extra), EINVAL);
	full = setup(1);
	CHECK(add_polls(full, many[1], MUST(eventfd(0, 0)), &after));
	CHECK_EQ(after, before);
	for (n = 0; n < 3; n++)
		CHECK_EQ(submit(other, &extra), 1);
	CHECK_EQ(getevents(other, 3, 3, ev, -1), 3);
	CHECK_EQ(syscall(SYS_io_destroy, other), 0);
	hop_reap(pid);
	unlink("aio");
	return hop_status();
}
