// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the walkers, and of the translation of addresses below them: what
 * each makes of a container that is whole, and that it ends at once with one that is
 * not.
 *
 * Compiled on the host, too (tools/testing/orthros/host-kunit).
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/xarray.h>
#include "fake_source.h"
#include "walk.h"

/* Reads of a walk over something broken; the kernel does not count them. */
#define FEW_READS	200
#ifdef __KERNEL__
static void reads_begin(const struct fake_source *f, unsigned int at)
{
}

static unsigned long reads_were(void)
{
	return 0;
}
#else
static void reads_begin(const struct fake_source *f, unsigned int at)
{
	host_capture(f->ram, FAKE_RAM_SIZE, at);
	host_reads = 0;
}

static unsigned long reads_were(void)
{
	return host_reads;
}
#endif

#define SEEN_MAX	160

/**
 * struct seen - what a walk gives
 * @nr:		calls
 * @first:	index, or first of a range
 * @last:	of a range
 * @entry:	entry, or node
 * @stop_at:	this call fails with -EINTR, if not 0
 */
struct seen {
	unsigned int nr;
	u64 first[SEEN_MAX];
	u64 last[SEEN_MAX];
	u64 entry[SEEN_MAX];
	unsigned int stop_at;
};

static int see_range(void *ctx, u64 first, u64 last, u64 entry)
{
	struct seen *s = ctx;

	if (s->nr < SEEN_MAX) {
		s->first[s->nr] = first;
		s->last[s->nr] = last;
		s->entry[s->nr] = entry;
	}
	s->nr++;
	return s->nr == s->stop_at ? -EINTR : 0;
}

static int see(void *ctx, u64 index, u64 entry)
{
	return see_range(ctx, index, index, entry);
}

static int see_node(void *ctx, u64 node)
{
	return see_range(ctx, 0, 0, node);
}

static struct seen *new_seen(struct kunit *test)
{
	struct seen *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	return s;
}

/* ---- xarrays ------------------------------------------------------------ */

#define XA_AT		0x100		/* the xarray */
#define XA_NODE(n)	(0x1000 + (n) * 0x400)
#define INTERNAL(n)	((u64)(n) << 2 | 2)

static u64 xa_node(const struct fake_source *f, unsigned int n)
{
	return fake_addr(f, XA_NODE(n)) + 2;
}

static void xa_put_head(struct fake_source *f, u64 entry)
{
	fake_put64(f, XA_AT + FAKE_XA_HEAD, entry);
}

static void xa_put(struct fake_source *f, unsigned int n, unsigned int slot, u64 entry)
{
	fake_put64(f, XA_NODE(n) + FAKE_XA_SLOTS + slot * 8, entry);
}

/* Node @n in slot @slot of @parent; of none if they are the same. */
static void xa_put_node(struct fake_source *f, unsigned int n, u8 shift, unsigned int parent,
			unsigned int slot)
{
	f->ram[XA_NODE(n)] = shift;
	f->ram[XA_NODE(n) + 1] = n == parent ? 0 : slot;
	fake_put64(f, XA_NODE(n) + 8, n == parent ? 0 : fake_addr(f, XA_NODE(parent)));
	if (n == parent)
		xa_put_head(f, xa_node(f, n));
	else
		xa_put(f, parent, slot, xa_node(f, n));
}

static int xa_walk(struct fake_source *f, struct seen *s)
{
	s->nr = 0;
	reads_begin(f, XA_AT);
	return orthros_src_xa_walk(&f->src, fake_addr(f, XA_AT), see, s);
}

static void xa_whole(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, xa_walk(f, s), 0);
	KUNIT_EXPECT_EQ(test, s->nr, 0U);

	xa_put_head(f, 0x1001);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), 0);
	KUNIT_EXPECT_EQ(test, s->nr, 1U);
	KUNIT_EXPECT_EQ(test, s->entry[0], 0x1001ULL);

	/* Two nodes below one, an entry of 64 indices beside them. */
	xa_put_node(f, 0, 6, 0, 0);
	xa_put_node(f, 1, 0, 0, 1);
	xa_put_node(f, 2, 0, 0, 63);
	xa_put(f, 0, 2, 0x2000);
	xa_put(f, 1, 0, 0x3000);
	xa_put(f, 1, 63, 0x3003);
	xa_put(f, 2, 7, 0x4000);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), 0);
	KUNIT_ASSERT_EQ(test, s->nr, 67U);
	KUNIT_EXPECT_EQ(test, s->first[0], 64ULL);
	KUNIT_EXPECT_EQ(test, s->entry[0], 0x3000ULL);
	KUNIT_EXPECT_EQ(test, s->first[1], 127ULL);
	for (i = 0; i < 64; i++) {
		KUNIT_EXPECT_EQ(test, s->first[2 + i], 128ULL + i);
		KUNIT_EXPECT_EQ(test, s->entry[2 + i], 0x2000ULL);
	}
	KUNIT_EXPECT_EQ(test, s->first[66], 63 * 64 + 7ULL);
	s->stop_at = 2;
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EINTR);
	KUNIT_EXPECT_EQ(test, s->nr, 2U);
}

static void xa_special_entries(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);

	/* Siblings repeat what they point to, reserved slots are empty. */
	xa_put_node(f, 0, 0, 0, 0);
	xa_put(f, 0, 4, 0x2000);
	xa_put(f, 0, 5, INTERNAL(4));
	xa_put(f, 0, 9, INTERNAL(257));
	xa_put(f, 0, 20, INTERNAL(4));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), 0);
	KUNIT_ASSERT_EQ(test, s->nr, 3U);
	KUNIT_EXPECT_EQ(test, s->first[1], 5ULL);
	KUNIT_EXPECT_EQ(test, s->first[2], 20ULL);
	KUNIT_EXPECT_EQ(test, s->entry[2], 0x2000ULL);

	/* In motion. */
	xa_put(f, 0, 21, INTERNAL(256));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EAGAIN);
	xa_put_head(f, INTERNAL(256));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EAGAIN);
	xa_put_head(f, INTERNAL(257));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), 0);

	/* Not behind, not of each other, not of nodes. */
	xa_put_node(f, 0, 0, 0, 0);
	xa_put(f, 0, 21, INTERNAL(21));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	xa_put(f, 0, 21, INTERNAL(22));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	xa_put(f, 0, 21, INTERNAL(5));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
}

/* As high as can be, the last index. */
static void xa_maximal(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);
	int i;

	xa_put_node(f, 0, 60, 0, 0);
	for (i = 1; i <= 10; i++)
		xa_put_node(f, i, 60 - 6 * i, i - 1, i == 1 ? 15 : 63);
	xa_put(f, 10, 63, 0x2000);
	/* Beyond any index. */
	xa_put(f, 0, 16, 0x3000);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), 0);
	KUNIT_ASSERT_EQ(test, s->nr, 1U);
	KUNIT_EXPECT_EQ(test, s->first[0], ~0ULL);
	KUNIT_EXPECT_EQ(test, s->entry[0], 0x2000ULL);

	/* No page is that large. */
	xa_put(f, 0, 1, 0x3000);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	xa_put_node(f, 0, 24, 0, 0);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	/* One of 1 GiB is, sixteen thousand are not; the caller may stop before. */
	xa_put_node(f, 0, 18, 0, 0);
	memset(f->ram + XA_NODE(0) + FAKE_XA_SLOTS, 0, 64 * 8);
	xa_put(f, 0, 3, 0x2000);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), 0);
	KUNIT_EXPECT_EQ(test, s->nr, 1U << 18);
	KUNIT_EXPECT_EQ(test, s->first[0], 3ULL << 18);
}

static void xa_poisoned(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);

	/* Points to itself. */
	xa_put_node(f, 0, 6, 0, 0);
	xa_put(f, 0, 0, xa_node(f, 0));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	fake_put64(f, XA_NODE(0) + 8, fake_addr(f, XA_NODE(0)));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	/* To the one above. */
	xa_put_node(f, 0, 12, 0, 0);
	xa_put_node(f, 1, 6, 0, 0);
	xa_put(f, 1, 0, xa_node(f, 0));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	xa_put(f, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), 0);
	/* Two slots to one node. */
	xa_put(f, 0, 1, xa_node(f, 1));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	/* A node of another tree. */
	xa_put(f, 0, 1, 0);
	xa_put_node(f, 2, 0, 2, 0);
	xa_put_head(f, xa_node(f, 0));
	xa_put(f, 1, 5, xa_node(f, 2));
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	/* A shift that none has. */
	xa_put_node(f, 2, 1, 1, 5);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	xa_put_node(f, 0, 7, 0, 0);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	xa_put_node(f, 0, 66, 0, 0);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EUCLEAN);
	/* Nowhere; at the end of memory; not all of it there. */
	xa_put_head(f, 0xdead000000000102ULL);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EFAULT);
	xa_put_head(f, fake_addr(f, FAKE_RAM_SIZE) + 2);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EFAULT);
	xa_put_head(f, fake_addr(f, FAKE_RAM_SIZE - 256) + 2);
	KUNIT_EXPECT_EQ(test, xa_walk(f, s), -EFAULT);
	KUNIT_EXPECT_LE(test, reads_were(), (unsigned long)FEW_READS);
	KUNIT_EXPECT_EQ(test, orthros_src_xa_walk(&f->src, 0, see, s), -EFAULT);
	KUNIT_EXPECT_EQ(test, orthros_src_xa_walk(&f->src, ~0ULL, see, s), -EFAULT);
}

/* ---- maple trees -------------------------------------------------------- */

#define MT_AT		0x200
#define MT_NODE(n)	(0x1000 + (n) * 0x100)

static u64 mt_node(const struct fake_source *f, unsigned int n, unsigned int type)
{
	return fake_addr(f, MT_NODE(n)) | type << 3 | 2;
}

static void mt_put_root(struct fake_source *f, u64 entry)
{
	fake_put64(f, MT_AT + FAKE_MT_ROOT, entry);
}

/* Slot @slot of node @n of @type ends with @last and has @entry. */
static void mt_put(struct fake_source *f, unsigned int n, unsigned int type, unsigned int slot,
		   u64 last, u64 entry)
{
	bool is_arange = type == FAKE_MT_ARANGE;
	u64 slots = is_arange ? FAKE_MT_ASLOTS : FAKE_MT_SLOTS;

	if (slot < (is_arange ? 9 : 15))
		fake_put64(f, MT_NODE(n) + FAKE_MT_PIVOTS + slot * 8, last);
	fake_put64(f, MT_NODE(n) + slots + slot * 8, entry);
}

static int mt_walk(struct fake_source *f, struct seen *s)
{
	s->nr = 0;
	reads_begin(f, MT_AT);
	return orthros_src_mt_walk(&f->src, fake_addr(f, MT_AT), see_range, s);
}

static void mt_whole(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);
	int i;

	KUNIT_EXPECT_EQ(test, mt_walk(f, s), 0);
	KUNIT_EXPECT_EQ(test, s->nr, 0U);
	mt_put_root(f, 0x5000);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), 0);
	KUNIT_ASSERT_EQ(test, s->nr, 1U);
	KUNIT_EXPECT_EQ(test, s->last[0], 0ULL);

	/* A leaf that ends early, one that is full, and an empty range between. */
	mt_put_root(f, mt_node(f, 0, FAKE_MT_ARANGE));
	mt_put(f, 0, FAKE_MT_ARANGE, 0, 99, mt_node(f, 1, FAKE_MT_LEAF));
	mt_put(f, 0, FAKE_MT_ARANGE, 1, 999, mt_node(f, 2, FAKE_MT_LEAF));
	mt_put(f, 0, FAKE_MT_ARANGE, 2, ~0ULL, mt_node(f, 3, FAKE_MT_LEAF));
	mt_put(f, 1, FAKE_MT_LEAF, 0, 9, 0);
	mt_put(f, 1, FAKE_MT_LEAF, 1, 19, 0x100);
	mt_put(f, 1, FAKE_MT_LEAF, 2, 0, 0x200);
	for (i = 0; i < 16; i++)
		mt_put(f, 2, FAKE_MT_LEAF, i, 100 + i, 0x300 + i * 16);
	mt_put(f, 3, FAKE_MT_LEAF, 0, 1000, 0x400);
	/* What is behind the end does not count. */
	mt_put(f, 3, FAKE_MT_LEAF, 1, ~0ULL, 0);
	mt_put(f, 3, FAKE_MT_LEAF, 2, 5, 0x666);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), 0);
	KUNIT_ASSERT_EQ(test, s->nr, 19U);
	KUNIT_EXPECT_EQ(test, s->first[0], 10ULL);
	KUNIT_EXPECT_EQ(test, s->last[0], 19ULL);
	KUNIT_EXPECT_EQ(test, s->entry[0], 0x100ULL);
	KUNIT_EXPECT_EQ(test, s->first[1], 20ULL);
	KUNIT_EXPECT_EQ(test, s->last[1], 99ULL);
	KUNIT_EXPECT_EQ(test, s->first[2], 100ULL);
	KUNIT_EXPECT_EQ(test, s->first[17], 115ULL);
	KUNIT_EXPECT_EQ(test, s->last[17], 999ULL);
	KUNIT_EXPECT_EQ(test, s->first[18], 1000ULL);
	KUNIT_EXPECT_EQ(test, s->last[18], 1000ULL);
	s->stop_at = 3;
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -EINTR);
}

static void mt_maximal(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);
	int i;

	mt_put_root(f, mt_node(f, 0, FAKE_MT_RANGE));
	for (i = 0; i < 11; i++) {
		mt_put(f, i, FAKE_MT_RANGE, 0, 4, 0);
		mt_put(f, i, FAKE_MT_RANGE, 1, ~0ULL,
		       mt_node(f, i + 1, i < 10 ? FAKE_MT_RANGE : FAKE_MT_LEAF));
		if (i)
			mt_put(f, i, FAKE_MT_RANGE, 0, 4 + i, 0);
	}
	mt_put(f, 11, FAKE_MT_LEAF, 0, ~0ULL, 0x100);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), 0);
	KUNIT_ASSERT_EQ(test, s->nr, 1U);
	KUNIT_EXPECT_EQ(test, s->first[0], 15ULL);
	KUNIT_EXPECT_EQ(test, s->last[0], ~0ULL);
	/* One level more. */
	mt_put(f, 10, FAKE_MT_RANGE, 1, ~0ULL, mt_node(f, 11, FAKE_MT_RANGE));
	mt_put(f, 11, FAKE_MT_RANGE, 0, ~0ULL, mt_node(f, 12, FAKE_MT_LEAF));
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -ELOOP);
}

static void mt_poisoned(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);
	u64 self = mt_node(f, 0, FAKE_MT_RANGE);
	int i;

	/* Points to itself, in all its range or in a part of it. */
	mt_put_root(f, self);
	mt_put(f, 0, FAKE_MT_RANGE, 0, ~0ULL, self);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -ELOOP);
	mt_put(f, 0, FAKE_MT_RANGE, 0, 99, 0);
	mt_put(f, 0, FAKE_MT_RANGE, 1, ~0ULL, self);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -EUCLEAN);
	for (i = 0; i < 16; i++)
		mt_put(f, 0, FAKE_MT_RANGE, i, 100 + i, self);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -ELOOP);
	for (i = 0; i < 16; i++)
		mt_put(f, 0, FAKE_MT_RANGE, i, 0, self);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -ELOOP);
	/* In a circle. */
	mt_put(f, 0, FAKE_MT_RANGE, 0, ~0ULL, mt_node(f, 1, FAKE_MT_RANGE));
	mt_put(f, 1, FAKE_MT_RANGE, 0, ~0ULL, self);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -ELOOP);
	/* Two slots to one node. */
	mt_put(f, 0, FAKE_MT_RANGE, 0, 99, mt_node(f, 2, FAKE_MT_LEAF));
	mt_put(f, 0, FAKE_MT_RANGE, 1, ~0ULL, mt_node(f, 2, FAKE_MT_LEAF));
	mt_put(f, 2, FAKE_MT_LEAF, 0, 99, 0x100);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -EUCLEAN);
	KUNIT_EXPECT_EQ(test, s->nr, 1U);
	/* More than its slot, backwards. */
	mt_put(f, 2, FAKE_MT_LEAF, 0, 100, 0x100);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -EUCLEAN);
	mt_put(f, 2, FAKE_MT_LEAF, 0, 50, 0x100);
	mt_put(f, 2, FAKE_MT_LEAF, 1, 50, 0x100);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -EUCLEAN);
	/* Types, addresses. */
	mt_put_root(f, mt_node(f, 0, FAKE_MT_DENSE));
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -EUCLEAN);
	mt_put_root(f, mt_node(f, 0, 15));
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -EUCLEAN);
	mt_put_root(f, 0xdead000000000112ULL);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -EFAULT);
	mt_put_root(f, (fake_addr(f, FAKE_RAM_SIZE) | FAKE_MT_LEAF << 3) + 2);
	KUNIT_EXPECT_EQ(test, mt_walk(f, s), -EFAULT);
	KUNIT_EXPECT_LE(test, reads_were(), (unsigned long)FEW_READS);
	KUNIT_EXPECT_EQ(test, orthros_src_mt_walk(&f->src, 0, see_range, s), -EFAULT);
}

/* ---- red-black trees ---------------------------------------------------- */

#define RB_NODE(n)	(0x1000 + (n) * 0x20)
#define RB_NONE		~0U

static u64 rb_node(const struct fake_source *f, unsigned int n)
{
	return n == RB_NONE ? 0 : fake_addr(f, RB_NODE(n));
}

/* Colours alternate: they must not matter. */
static void rb_put(struct fake_source *f, unsigned int n, unsigned int parent, unsigned int left,
		   unsigned int right)
{
	fake_put64(f, RB_NODE(n) + FAKE_RB_PARENT, rb_node(f, parent) | (n & 1));
	fake_put64(f, RB_NODE(n) + FAKE_RB_LEFT, rb_node(f, left));
	fake_put64(f, RB_NODE(n) + FAKE_RB_RIGHT, rb_node(f, right));
}

static int rb_walk(struct fake_source *f, struct seen *s, unsigned long max)
{
	s->nr = 0;
	reads_begin(f, RB_NODE(0));
	return orthros_src_rb_walk(&f->src, rb_node(f, 0), max, see_node, s);
}

static void rb_whole(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);
	const unsigned int order[] = { 3, 1, 4, 0, 5, 2, 6 };
	unsigned int i;

	KUNIT_EXPECT_EQ(test, orthros_src_rb_walk(&f->src, 0, 0, see_node, s), 0);
	KUNIT_EXPECT_EQ(test, s->nr, 0U);
	rb_put(f, 0, RB_NONE, RB_NONE, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1), 0);
	KUNIT_EXPECT_EQ(test, s->nr, 1U);

	rb_put(f, 0, RB_NONE, 1, 2);
	rb_put(f, 1, 0, 3, 4);
	rb_put(f, 2, 0, 5, 6);
	for (i = 3; i < 7; i++)
		rb_put(f, i, (i - 1) / 2, RB_NONE, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 7), 0);
	KUNIT_ASSERT_EQ(test, s->nr, 7U);
	for (i = 0; i < 7; i++)
		KUNIT_EXPECT_EQ(test, s->entry[i], rb_node(f, order[i]));
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 6), -ELOOP);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 0), -ELOOP);
	s->stop_at = 5;
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 7), -EINTR);
}

static void rb_maximal(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);
	unsigned int i;

	/* As high as may be, to the right, then to the left. */
	for (i = 0; i <= 63; i++)
		rb_put(f, i, i ? i - 1 : RB_NONE, RB_NONE, i < 63 ? i + 1 : RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), 0);
	KUNIT_EXPECT_EQ(test, s->nr, 64U);
	for (i = 0; i <= 63; i++)
		rb_put(f, i, i ? i - 1 : RB_NONE, i < 63 ? i + 1 : RB_NONE, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), 0);
	KUNIT_EXPECT_EQ(test, s->nr, 64U);
	KUNIT_EXPECT_EQ(test, s->entry[0], rb_node(f, 63));
	/* One more. */
	rb_put(f, 63, 62, RB_NONE, 64);
	rb_put(f, 64, 63, RB_NONE, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -ELOOP);
}

static void rb_poisoned(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	struct seen *s = new_seen(test);

	/* To itself, with and without a parent that goes with it. */
	rb_put(f, 0, RB_NONE, 0, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -EUCLEAN);
	rb_put(f, 0, 0, 0, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -EUCLEAN);
	rb_put(f, 0, RB_NONE, RB_NONE, 0);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -EUCLEAN);
	/* In a circle. */
	rb_put(f, 0, RB_NONE, 1, RB_NONE);
	rb_put(f, 1, 0, 0, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -EUCLEAN);
	rb_put(f, 1, 0, RB_NONE, 2);
	rb_put(f, 2, 1, 1, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -EUCLEAN);
	/* Twice in the tree. */
	rb_put(f, 0, RB_NONE, 1, 1);
	rb_put(f, 1, 0, RB_NONE, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -EUCLEAN);
	rb_put(f, 0, RB_NONE, 1, 2);
	rb_put(f, 1, 0, RB_NONE, 3);
	rb_put(f, 2, 0, 3, RB_NONE);
	rb_put(f, 3, 1, RB_NONE, RB_NONE);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -EUCLEAN);
	/* Nowhere, and not all of it there. */
	fake_put64(f, RB_NODE(2) + FAKE_RB_LEFT, 0xdead000000000100ULL);
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -EFAULT);
	fake_put64(f, RB_NODE(2) + FAKE_RB_LEFT, fake_addr(f, FAKE_RAM_SIZE - 16));
	KUNIT_EXPECT_EQ(test, rb_walk(f, s, 1000), -EFAULT);
	KUNIT_EXPECT_LE(test, reads_were(), (unsigned long)FEW_READS);
}

/* ---- lists -------------------------------------------------------------- */

#define LIST_HEAD_AT	0x800
#define LIST_NODE(n)	(0x1000 + (n) * 0x10)

/* @nr nodes one after the other, the last of which points to @end. */
static void list_put(struct fake_source *f, unsigned int nr, u64 end)
{
	unsigned int i;

	fake_put64(f, LIST_HEAD_AT, nr ? fake_addr(f, LIST_NODE(0)) : end);
	for (i = 0; i < nr; i++)
		fake_put64(f, LIST_NODE(i), i + 1 < nr ? fake_addr(f, LIST_NODE(i + 1)) : end);
}

static int list_walk(struct fake_source *f, unsigned long max, unsigned int *nr)
{
	struct orthros_list_iter it;

	*nr = 0;
	reads_begin(f, LIST_HEAD_AT);
	orthros_src_for_each(&it, &f->src, fake_addr(f, LIST_HEAD_AT), max)
		(*nr)++;
	return it.err;
}

static int hlist_walk(struct fake_source *f, unsigned long max, unsigned int *nr)
{
	struct orthros_list_iter it;

	*nr = 0;
	reads_begin(f, LIST_HEAD_AT);
	orthros_src_hlist_for_each(&it, &f->src, fake_addr(f, LIST_HEAD_AT), max)
		(*nr)++;
	return it.err;
}

static void list_whole(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	u64 head = fake_addr(f, LIST_HEAD_AT);
	unsigned int nr, i;

	for (i = 0; i < 70; i++) {
		list_put(f, i, head);
		KUNIT_EXPECT_EQ(test, list_walk(f, i, &nr), 0);
		KUNIT_EXPECT_EQ(test, nr, i);
		if (i)
			KUNIT_EXPECT_EQ(test, list_walk(f, i - 1, &nr), -ELOOP);
		list_put(f, i, 0);
		KUNIT_EXPECT_EQ(test, hlist_walk(f, i, &nr), 0);
		KUNIT_EXPECT_EQ(test, nr, i);
		if (i)
			KUNIT_EXPECT_EQ(test, hlist_walk(f, i - 1, &nr), -ELOOP);
		/* A hlist_nulls. */
		list_put(f, i, i << 1 | 1);
		KUNIT_EXPECT_EQ(test, hlist_walk(f, i, &nr), 0);
		KUNIT_EXPECT_EQ(test, nr, i);
	}
}

static void list_poisoned(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	const u64 nowhere[] = {
		0xdead000000000100ULL, fake_addr(f, FAKE_RAM_SIZE), fake_addr(f, LIST_NODE(0)) + 4,
		fake_addr(f, FAKE_RAM_SIZE - 4) & ~7ULL,
	};
	unsigned int nr, i, j;

	/* From each length back to each node: never far beyond the circle. */
	for (i = 1; i < 70; i++) {
		for (j = 0; j < i; j++) {
			list_put(f, i, fake_addr(f, LIST_NODE(j)));
			KUNIT_EXPECT_EQ(test, list_walk(f, ~0UL, &nr), -ELOOP);
			KUNIT_EXPECT_LE(test, nr, 4 * i + 4);
			KUNIT_EXPECT_EQ(test, hlist_walk(f, ~0UL, &nr), -ELOOP);
			KUNIT_EXPECT_LE(test, nr, 4 * i + 4);
		}
	}
	/* Into another list, with a head of its own. */
	list_put(f, 3, fake_addr(f, LIST_NODE(100)));
	fake_put64(f, LIST_NODE(100), fake_addr(f, 0x900));
	fake_put64(f, 0x900, fake_addr(f, LIST_NODE(100)));
	KUNIT_EXPECT_EQ(test, list_walk(f, ~0UL, &nr), -ELOOP);
	KUNIT_EXPECT_LE(test, reads_were(), (unsigned long)FEW_READS);

	for (i = 0; i < ARRAY_SIZE(nowhere) - 1; i++) {
		for (j = 0; j < 3; j++) {
			list_put(f, j, nowhere[i]);
			KUNIT_EXPECT_EQ(test, list_walk(f, ~0UL, &nr), -EFAULT);
			KUNIT_EXPECT_EQ(test, hlist_walk(f, ~0UL, &nr), -EFAULT);
		}
	}
	/* The last word is there, and empty. */
	list_put(f, 2, nowhere[i]);
	KUNIT_EXPECT_EQ(test, list_walk(f, ~0UL, &nr), -EFAULT);
	KUNIT_EXPECT_EQ(test, hlist_walk(f, ~0UL, &nr), 0);
	list_put(f, 2, 0);
	KUNIT_EXPECT_EQ(test, list_walk(f, ~0UL, &nr), -EFAULT);
}

/* ---- page tables -------------------------------------------------------- */

#define PRESENT		1ULL
#define LEAF		0x80ULL
#define MAPPED		0xffffc90000000000ULL

static int translate(struct fake_source *f, u64 *val)
{
	reads_begin(f, 0);
	return orthros_src_u64(&f->src, MAPPED, val);
}

static void source_tables(struct kunit *test)
{
	struct fake_source *f = fake_source_new(test);
	u64 ram = f->src.desc.ranges[0].start, val;
	unsigned int pgd = (MAPPED >> 39 & 511) * 8, i;
	char text[16];

	KUNIT_EXPECT_EQ(test, translate(f, &val), -EFAULT);
	fake_put64(f, pgd, (ram + 0x1000) | PRESENT);
	fake_put64(f, 0x1000 + (MAPPED >> 30 & 511) * 8, (ram + 0x2000) | PRESENT);
	fake_put64(f, 0x2000 + (MAPPED >> 21 & 511) * 8, (ram + 0x3000) | PRESENT);
	fake_put64(f, 0x3000 + (MAPPED >> 12 & 511) * 8, (ram + 0x4000) | PRESENT);
	fake_put64(f, 0x4000, 0x1234);
	memcpy(f->ram + 0x4ff8, "12345678", 8);
	KUNIT_EXPECT_EQ(test, translate(f, &val), 0);
	KUNIT_EXPECT_EQ(test, val, 0x1234ULL);
	/* To the last byte, and one beyond. */
	KUNIT_EXPECT_EQ(test, orthros_src_read(&f->src, MAPPED + 0xff8, &val, 8), 0);
	KUNIT_EXPECT_EQ(test, orthros_src_read(&f->src, MAPPED + 0xff9, &val, 8), -EFAULT);
	KUNIT_EXPECT_EQ(test, orthros_src_str(&f->src, MAPPED + 0xff8, text, 8), -E2BIG);
	KUNIT_EXPECT_EQ(test, orthros_src_str(&f->src, MAPPED + 0xff8, text, 16), -EFAULT);
	KUNIT_EXPECT_EQ(test, orthros_src_read(&f->src, ~0ULL, &val, 8), -EFAULT);

	/* Tables that are their own; a page that is a table. */
	fake_put64(f, pgd, ram | PRESENT);
	for (i = 0; i < 512; i++)
		fake_put64(f, i * 8, ram | PRESENT);
	KUNIT_EXPECT_EQ(test, translate(f, &val), 0);
	KUNIT_EXPECT_EQ(test, val, ram | PRESENT);
	KUNIT_EXPECT_LE(test, reads_were(), 5UL);
	/* A page of 1 GiB that begins in the source's memory and does not end there. */
	for (i = 0; i < 512; i++)
		fake_put64(f, i * 8, ram | PRESENT | LEAF);
	KUNIT_EXPECT_EQ(test, translate(f, &val), -EFAULT);
	/* Not the source's. */
	for (i = 0; i < 512; i++)
		fake_put64(f, i * 8, (ram + FAKE_RAM_SIZE) | PRESENT);
	KUNIT_EXPECT_EQ(test, translate(f, &val), -EFAULT);
	for (i = 0; i < 512; i++)
		fake_put64(f, i * 8, ~0ULL);
	KUNIT_EXPECT_EQ(test, translate(f, &val), -EFAULT);
}

static void source_description(struct kunit *test)
{
	static const struct orthros_export exports[] = {
		{ .kind = ORTHROS_EXPORT_SYM, .present = 1, .name = "aa", .value = 0x1000 },
		{ .kind = ORTHROS_EXPORT_SYM, .present = 0, .name = "bb", .value = 0x2000 },
		{ .kind = ORTHROS_EXPORT_SYM, .present = 1, .name = "cc", .value = 0x3000 },
		{ .kind = ORTHROS_EXPORT_CONST, .present = 1, .name = "aa", .value = 7 },
	};
	struct fake_source *f = fake_source_new(test);
	struct orthros_handoff *ho = kunit_kzalloc(test, sizeof(*ho), GFP_KERNEL);
	struct orthros_kernel_desc *d;
	struct orthros_src *src = kunit_kzalloc(test, sizeof(*src), GFP_KERNEL);
	u64 ram = f->src.desc.ranges[0].start, val;

	KUNIT_ASSERT_NOT_NULL(test, ho);
	KUNIT_ASSERT_NOT_NULL(test, src);
	d = &ho->src;
	memcpy(f->ram + 0x8000, exports, sizeof(exports));
	*d = f->src.desc;
	d->exports_phys = ram + 0x8000;
	d->exports_nr = ARRAY_SIZE(exports);
	d->kernel_map = 0xffffffff80000000ULL;
	d->kernel_map_size = 0x2000;
	d->phys_base = ram;
	KUNIT_EXPECT_EQ(test, orthros_src_init(src, ho), 0);
	KUNIT_EXPECT_EQ(test, orthros_src_sym(src, "aa", &val), 0);
	KUNIT_EXPECT_EQ(test, val, 0x1000ULL);
	KUNIT_EXPECT_EQ(test, orthros_src_sym(src, "bb", &val), -ENOENT);
	KUNIT_EXPECT_EQ(test, orthros_src_const(src, "aa", &val), 0);
	KUNIT_EXPECT_EQ(test, val, 7ULL);
	KUNIT_EXPECT_EQ(test, orthros_src_const(src, "cc", &val), -ENOENT);
	KUNIT_EXPECT_TRUE(test, orthros_src_is(src, 0x3000, "cc"));
	KUNIT_EXPECT_FALSE(test, orthros_src_is(src, 0, "bb"));
	/* The image, to its end. */
	fake_put64(f, 0x1ff8, 5);
	KUNIT_EXPECT_EQ(test, orthros_src_u64(src, d->kernel_map + 0x1ff8, &val), 0);
	KUNIT_EXPECT_EQ(test, val, 5ULL);
	KUNIT_EXPECT_EQ(test, orthros_src_u64(src, d->kernel_map + 0x1ff9, &val), -EFAULT);

	d->nr_ranges = ORTHROS_MAX_RANGES + 1;
	KUNIT_EXPECT_EQ(test, orthros_src_init(src, ho), -EINVAL);
	d->nr_ranges = 0;
	KUNIT_EXPECT_EQ(test, orthros_src_init(src, ho), -EINVAL);
	d->nr_ranges = 1;
	d->levels = 3;
	KUNIT_EXPECT_EQ(test, orthros_src_init(src, ho), -EINVAL);
	d->levels = 5;
	d->pgd_phys = ram + FAKE_RAM_SIZE - 8;
	KUNIT_EXPECT_EQ(test, orthros_src_init(src, ho), -EINVAL);
	d->pgd_phys = ram;
	d->exports_nr = ~0ULL;
	KUNIT_EXPECT_EQ(test, orthros_src_init(src, ho), -EINVAL);
	d->exports_nr = SZ_64K;
	KUNIT_EXPECT_EQ(test, orthros_src_init(src, ho), -EINVAL);
	d->exports_nr = 1;
	d->exports_phys = ~0ULL;
	KUNIT_EXPECT_EQ(test, orthros_src_init(src, ho), -EINVAL);
}

static struct kunit_case orthros_walk_cases[] = {
	KUNIT_CASE(xa_whole),
	KUNIT_CASE(xa_special_entries),
	KUNIT_CASE(xa_maximal),
	KUNIT_CASE(xa_poisoned),
	KUNIT_CASE(mt_whole),
	KUNIT_CASE(mt_maximal),
	KUNIT_CASE(mt_poisoned),
	KUNIT_CASE(rb_whole),
	KUNIT_CASE(rb_maximal),
	KUNIT_CASE(rb_poisoned),
	KUNIT_CASE(list_whole),
	KUNIT_CASE(list_poisoned),
	KUNIT_CASE(source_tables),
	KUNIT_CASE(source_description),
	{}
};

static struct kunit_suite orthros_walk_suite = {
	.name = "orthros_walk",
	.test_cases = orthros_walk_cases,
};

kunit_test_suite(orthros_walk_suite);
