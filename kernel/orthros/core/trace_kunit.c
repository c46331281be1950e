// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the trace: what is written is there, rings are rings, who may not see
 * addresses sees none; and what a record costs.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/orthros/platform.h>
#include "trace.h"

#define SIZE	SZ_64K
#define ROUNDS	100000

struct fixture {
	struct orthros_trace *t;
	struct orthros_trace *was;
	u32 was_size;
};

static int trace_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->t = kvzalloc(SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->t);
	orthros_trace_format(f->t, SIZE);
	f->was = orthros_trace_use(f->t, SIZE, ORTHROS_TRACE_DST);
	f->was_size = f->was ? f->was->size : 0;
	test->priv = f;
	return 0;
}

static void trace_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	orthros_trace_use(f->was, f->was_size, ORTHROS_TRACE_SRC);
	kvfree(f->t);
}

static struct orthros_trace *trace_of(struct kunit *test)
{
	return ((struct fixture *)test->priv)->t;
}

/* The record with a number, if it is whole. */
static struct orthros_trace_rec *record(struct kunit *test, int id, u64 seq)
{
	struct orthros_trace_lane *l = &trace_of(test)->lane[id];
	struct orthros_trace_rec *rec = (void *)trace_of(test) + l->offset +
					(u32)((seq - 1) % l->nr) * l->rec_size;

	KUNIT_ASSERT_EQ(test, rec->seq, seq);
	KUNIT_ASSERT_EQ(test, rec->sum, orthros_trace_sum(rec, l->rec_size));
	return rec;
}

static void trace_writes(struct kunit *test)
{
	struct orthros_trace_rec *rec;
	struct orthros_trace *t = trace_of(test);

	t->run = 7;
	orthros_trace_step(ORTHROS_PHASE_READ, "kind", ORTHROS_TRACE_END, -ENOENT);
	rec = record(test, ORTHROS_TRACE_LANE_STEPS, 1);
	KUNIT_EXPECT_EQ(test, rec->event, ORTHROS_TRACE_STEP);
	KUNIT_EXPECT_EQ(test, rec->side, ORTHROS_TRACE_DST);
	KUNIT_EXPECT_EQ(test, rec->phase, ORTHROS_PHASE_READ);
	KUNIT_EXPECT_EQ(test, rec->mark, ORTHROS_TRACE_END);
	KUNIT_EXPECT_EQ(test, rec->value, -ENOENT);
	KUNIT_EXPECT_EQ(test, rec->run, 7);
	KUNIT_EXPECT_STREQ(test, rec->text, "kind");

	orthros_trace_object(ORTHROS_PHASE_BUILD, "a sort with quite a long name", 0x1238, 5, 96);
	rec = record(test, ORTHROS_TRACE_LANE_OBJECTS, 1);
	KUNIT_EXPECT_EQ(test, rec->addr, 0x1238);
	KUNIT_EXPECT_EQ(test, rec->pid, 5);
	KUNIT_EXPECT_EQ(test, rec->value, 96);
	/* To the last byte of the record, and not beyond. */
	KUNIT_EXPECT_EQ(test, memcmp(rec->text, "a sort with quite a ", 20), 0);
	KUNIT_EXPECT_EQ(test, rec[0].seq, 1);

	orthros_trace_refuse(9, "sh", "fd 5: why");
	rec = record(test, ORTHROS_TRACE_LANE_STEPS, 2);
	KUNIT_EXPECT_EQ(test, rec->event, ORTHROS_TRACE_REFUSE);
	KUNIT_EXPECT_EQ(test, rec->pid, 9);
	KUNIT_EXPECT_STREQ(test, rec->text, "sh: fd 5: why");
}

static void trace_wraps(struct kunit *test)
{
	struct orthros_trace_lane *l = &trace_of(test)->lane[ORTHROS_TRACE_LANE_OBJECTS];
	u32 i;

	for (i = 1; i <= l->nr + 3; i++)
		orthros_trace_object(ORTHROS_PHASE_READ, "file", i * 8, 1, 0);
	KUNIT_EXPECT_EQ(test, l->head, l->nr + 3);
	for (i = 4; i <= l->nr + 3; i++)
		KUNIT_EXPECT_EQ(test, record(test, ORTHROS_TRACE_LANE_OBJECTS, i)->addr, i * 8);
	/* The other lane has its own. */
	KUNIT_EXPECT_EQ(test, trace_of(test)->lane[ORTHROS_TRACE_LANE_STEPS].head, 0);
}

static void trace_header_is_checked(struct kunit *test)
{
	struct orthros_trace *t = trace_of(test), good = *t;
	struct orthros_trace_lane *l = &t->lane[ORTHROS_TRACE_LANE_OBJECTS];

#define REFUSED(change) do {							\
	change;									\
	KUNIT_EXPECT_TRUE(test, IS_ERR(orthros_trace_use(t, SIZE, ORTHROS_TRACE_DST)));	\
	*t = good;								\
} while (0)
	REFUSED(t->magic++);
	REFUSED(t->version++);
	REFUSED(t->size++);
	REFUSED(l->rec_size = 8);
	REFUSED(l->offset = 0);
	REFUSED(l->offset += 8);
	REFUSED(l->offset = SIZE);
	REFUSED(l->offset = 0xffffffc0);
	REFUSED(l->nr = 0);
	REFUSED(l->nr++);
	REFUSED(l->nr = 0xffffffff);
#undef REFUSED
	KUNIT_EXPECT_FALSE(test, IS_ERR(orthros_trace_use(t, SIZE, ORTHROS_TRACE_DST)));
}

/* Read in pieces that fit nothing. */
static void trace_hides_addresses(struct kunit *test)
{
	struct cred *cred = prepare_creds();
	struct orthros_trace_lane *l = &trace_of(test)->lane[ORTHROS_TRACE_LANE_OBJECTS];
	char *copy = kvzalloc(SIZE, GFP_KERNEL), *raw = (char *)trace_of(test);
	ssize_t n = 0, pos;
	u32 i, k, others = 0;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	cap_clear(cred->cap_effective);
	for (i = 1; i <= l->nr; i++)
		orthros_trace_object(ORTHROS_PHASE_READ, "file", ~0ULL, 1, 0);
	for (pos = 0; pos < SIZE; pos += n) {
		n = orthros_trace_read(copy + pos, pos, 1 + pos % 97, cred);
		KUNIT_ASSERT_TRUE(test, n > 0);
	}
	KUNIT_EXPECT_EQ(test, orthros_trace_read(copy, SIZE, 1, cred), 0);
	for (i = 0; i < l->nr; i++) {
		struct orthros_trace_rec *rec = (void *)copy + l->offset + i * l->rec_size;

		KUNIT_EXPECT_EQ(test, rec->addr, 0);
		KUNIT_EXPECT_EQ(test, rec->sum, orthros_trace_sum(rec, l->rec_size));
	}
	for (k = 0; k < SIZE; k++)
		others += copy[k] != raw[k];
	KUNIT_EXPECT_EQ(test, others, l->nr * sizeof(u64));
	kvfree(copy);
	abort_creds(cred);
}

static void trace_is_cheap(struct kunit *test)
{
	u64 begin, objects, steps;
	int i;

	begin = ktime_get_ns();
	for (i = 0; i < ROUNDS; i++)
		orthros_trace_object(ORTHROS_PHASE_READ, "file", 0x1000, 1, 96);
	objects = ktime_get_ns() - begin;
	begin = ktime_get_ns();
	for (i = 0; i < ROUNDS; i++)
		orthros_trace_step(ORTHROS_PHASE_READ, "open files", ORTHROS_TRACE_BEGIN, 0);
	steps = ktime_get_ns() - begin;
	kunit_info(test, "%llu ns a record of an object, %llu ns one of a step\n",
		   objects / ROUNDS, steps / ROUNDS);
	/* A hundred times what it is: something waits. */
	KUNIT_EXPECT_LT(test, objects / ROUNDS, 100000);
}

static struct kunit_case trace_cases[] = {
	KUNIT_CASE(trace_writes),
	KUNIT_CASE(trace_wraps),
	KUNIT_CASE(trace_header_is_checked),
	KUNIT_CASE(trace_hides_addresses),
	KUNIT_CASE(trace_is_cheap),
	{ }
};

static struct kunit_suite trace_suite = {
	.name = "orthros_trace",
	.init = trace_init,
	.exit = trace_exit,
	.test_cases = trace_cases,
};

kunit_test_suite(trace_suite);
