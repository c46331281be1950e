/* SPDX-License-Identifier: GPL-2.0 */
/* io_uring without liburing, for tests. */
#ifndef URING_H
#define URING_H

#include <linux/io_uring.h>

#include "hop_test.h"

/**
 * struct uring - an instance as a program has it
 * @fd:		its descriptor
 * @p:		as io_uring_setup() has filled it
 * @ring:	both rings
 * @sqes:	submission entries
 */
struct uring {
	int fd;
	struct io_uring_params p;
	char *ring;
	struct io_uring_sqe *sqes;
};

static inline unsigned int *uring_at(struct uring *u, unsigned int off)
{
	return (unsigned int *)(u->ring + off);
}

static inline size_t uring_ring_size(const struct uring *u)
{
	size_t cqe = sizeof(struct io_uring_cqe) << !!(u->p.flags & IORING_SETUP_CQE32);
	size_t sq = u->p.sq_off.array + u->p.sq_entries * sizeof(int);
	size_t cq = u->p.cq_off.cqes + u->p.cq_entries * cqe;

	return sq > cq ? sq : cq;
}

static inline size_t uring_sqe_size(const struct uring *u)
{
	return sizeof(struct io_uring_sqe) << !!(u->p.flags & IORING_SETUP_SQE128);
}

static inline void uring_init(struct uring *u, unsigned int entries, unsigned int cq_entries,
			      unsigned int flags)
{
	memset(u, 0, sizeof(*u));
	u->p.flags = flags | (cq_entries ? IORING_SETUP_CQSIZE : 0);
	u->p.cq_entries = cq_entries;
	u->fd = MUST(syscall(SYS_io_uring_setup, entries, &u->p));
	u->ring = mmap(NULL, uring_ring_size(u), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, u->fd, IORING_OFF_SQ_RING);
	u->sqes = mmap(NULL, u->p.sq_entries * uring_sqe_size(u), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, u->fd, IORING_OFF_SQES);
	CHECK(u->ring != MAP_FAILED && (void *)u->sqes != MAP_FAILED);
}

/* The next entry to be submitted, with what all have. */
static inline struct io_uring_sqe *uring_sqe(struct uring *u, int op, int fd, const void *addr,
					     unsigned int len, unsigned long long data)
{
	unsigned int tail = *uring_at(u, u->p.sq_off.tail);
	unsigned int at = tail & (u->p.sq_entries - 1);
	struct io_uring_sqe *sqe = (void *)((char *)u->sqes + at * uring_sqe_size(u));

	memset(sqe, 0, uring_sqe_size(u));
	sqe->opcode = op;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)addr;
	sqe->len = len;
	sqe->user_data = data;
	uring_at(u, u->p.sq_off.array)[at] = at;
	__atomic_store_n(uring_at(u, u->p.sq_off.tail), tail + 1, __ATOMIC_RELEASE);
	return sqe;
}

static inline int uring_enter(struct uring *u, unsigned int submit, unsigned int min)
{
	return syscall(SYS_io_uring_enter, u->fd, submit, min, min ? IORING_ENTER_GETEVENTS : 0,
		       NULL, 0);
}

static inline unsigned int uring_ready(struct uring *u)
{
	return __atomic_load_n(uring_at(u, u->p.cq_off.tail), __ATOMIC_ACQUIRE) -
	       *uring_at(u, u->p.cq_off.head);
}

/* A completion, without what big ones have beside. */
struct uring_done {
	unsigned long long data;
	int res;
	unsigned int flags;
};

/* Takes one that is there. */
static inline struct uring_done uring_take(struct uring *u)
{
	unsigned int *head = uring_at(u, u->p.cq_off.head);
	size_t size = sizeof(struct io_uring_cqe) << !!(u->p.flags & IORING_SETUP_CQE32);
	struct uring_done cqe = {};

	CHECK(uring_ready(u) > 0);
	memcpy(&cqe, u->ring + u->p.cq_off.cqes + (*head & (u->p.cq_entries - 1)) * size,
	       sizeof(cqe));
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return cqe;
}

/* Waits for one, and takes it. Half a minute is for ever here. */
static inline struct uring_done uring_wait(struct uring *u)
{
	struct __kernel_timespec ts = { .tv_sec = 30 };
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&ts };

	if (!uring_ready(u))
		CHECK_EQ(syscall(SYS_io_uring_enter, u->fd, 0, 1,
				 IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg,
				 sizeof(arg)), 0);
	return uring_ready(u) ? uring_take(u) : (struct uring_done){};
}

/* The next completion is of that, with that result. */
#define CHECK_CQE(u, want_data, want_res) do {					\
	struct uring_done __done = uring_wait(u);				\
										\
	CHECK_EQ(__done.data, want_data);					\
	CHECK_EQ(__done.res, want_res);						\
} while (0)

#endif /* URING_H */
