// SPDX-License-Identifier: GPL-2.0
/*
 * The source's containers: lists, xarrays, maple trees. Each walk is bounded
 * and stops with an error at the first pointer that does not hold.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/kernel.h>
#include <linux/pfn.h>
#include <linux/xarray.h>
#include "cred.h"
#include "report.h"
#include "source.h"
#include "tables.h"
#include "walk.h"
#include "walk_tables.h"

#define WALK_MAX_SLOTS		64
/* Twice the logarithm of more nodes than there can be. */
#define RB_MAX_HEIGHT	64
#define WALK_MAX_DEPTH		16
#define WALK_MAX_NODES		(4UL << 20)
/* An entry of several indices covers a huge page of 1 GiB at most. */
#define WALK_MAX_ENTRY_SHIFT	18

static struct orthros_xa_view xa_view;
static struct orthros_maple_view mt_view;

/* Read what the walkers need once. */
static int resolve(struct orthros_src *src)
{
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_xa_layout, 0, &xa_view);
	if (!err)
		err = orthros_read_rec(&src->mem, &orthros_table_maple_layout, 0, &mt_view);
	if (err)
		return err;
	if (xa_view.slots_size / 8 > WALK_MAX_SLOTS || mt_view.range_slots / 8 > WALK_MAX_SLOTS ||
	    mt_view.arange_slots / 8 > WALK_MAX_SLOTS)
		return orthros_bad(-E2BIG, "xarray or maple node with too many slots");
	return 0;
}

/**
 * orthros_src_page() - address of the source's struct page of a page frame
 * @src:	source
 * @pfn:	page frame number
 *
 * Return: address; whether it is mapped shows in reading it.
 */
u64 orthros_src_page(const struct orthros_src *src, unsigned long pfn)
{
	return src->desc.vmemmap_start + (u64)pfn * xa_view.page_size;
}

/**
 * orthros_src_page_pfn() - page frame of a struct page of the source
 * @src:	source
 * @page:	address of its struct page
 *
 * Return: page frame number, or ~0 if that is no struct page or not of the
 * source's RAM.
 */
unsigned long orthros_src_page_pfn(const struct orthros_src *src, u64 page)
{
	u64 off = page - src->desc.vmemmap_start, pfn;

	if (page < src->desc.vmemmap_start || off % xa_view.page_size)
		return ~0UL;
	pfn = off / xa_view.page_size;
	if (pfn >> (52 - PAGE_SHIFT) || !orthros_src_owns(src, PFN_PHYS(pfn), PAGE_SIZE))
		return ~0UL;
	return pfn;
}

void orthros_list_start(struct orthros_list_iter *it, const struct orthros_src *src,
			u64 head, unsigned long max)
{
	it->src = src;
	it->head = head;
	it->node = head;
	it->left = max;
	it->err = 0;
}

bool orthros_list_next(struct orthros_list_iter *it)
{
	u64 next;

	if (orthros_src_u64(it->src, it->node, &next) || !next || next & 7) {
		it->err = orthros_bad(-EFAULT, "list %#llx: bad node %#llx", it->head, it->node);
		return false;
	}
	if (next == it->head)
		return false;
	if (!it->left--) {
		it->err = orthros_bad(-ELOOP, "list %#llx: does not end", it->head);
		return false;
	}
	it->node = next;
	return true;
}

void orthros_hlist_start(struct orthros_list_iter *it, const struct orthros_src *src,
			 u64 head, unsigned long max)
{
	orthros_list_start(it, src, head, max);
}

bool orthros_hlist_next(struct orthros_list_iter *it)
{
	u64 next;

	if (orthros_src_u64(it->src, it->node, &next) || next & 6) {
		it->err = orthros_bad(-EFAULT, "hlist %#llx: bad node %#llx", it->head, it->node);
		return false;
	}
	/* Bit 0 ends a hlist_nulls. */
	if (!next || next & 1)
		return false;
	if (!it->left--) {
		it->err = orthros_bad(-ELOOP, "hlist %#llx: does not end", it->head);
		return false;
	}
	it->node = next;
	return true;
}

struct walk {
	const struct orthros_src *src;
	int (*xa_fn)(void *ctx, u64 index, u64 entry);
	int (*mt_fn)(void *ctx, u64 first, u64 last, u64 entry);
	void *ctx;
	unsigned long nodes;
};

static int xa_node_walk(struct walk *w, u64 entry, u64 base, unsigned int up_shift, int depth)
{
	u64 slots[WALK_MAX_SLOTS];
	u64 node = entry - 2;
	unsigned int i, nr = xa_view.slots_size / 8;
	u8 shift;
	int err;

	if (depth > WALK_MAX_DEPTH || ++w->nodes > WALK_MAX_NODES)
		return orthros_bad(-ELOOP, "xarray: too deep or too large");
	if (orthros_src_read(w->src, node + xa_view.shift_off, &shift, 1) ||
	    orthros_src_read(w->src, node + xa_view.slots_off, slots, nr * 8))
		return orthros_bad(-EFAULT, "xarray: bad node %#llx", node);
	if (shift >= up_shift)
		return orthros_bad(-EUCLEAN, "xarray: node %#llx shift %u below %u", node, shift,
				   up_shift);
	for (i = 0; i < nr; i++) {
		void *e = (void *)(unsigned long)slots[i];
		u64 index = base + ((u64)i << shift);

		/* A sibling repeats the entry of an earlier slot: same object, further index. */
		if (xa_is_sibling(e)) {
			unsigned long of = xa_to_internal(e);

			if (of >= i)
				return orthros_bad(-EUCLEAN, "xarray: bad sibling in %#llx", node);
			e = (void *)(unsigned long)slots[of];
			if (xa_is_internal(e))
				return orthros_bad(-EUCLEAN, "xarray: sibling chain in %#llx",
						   node);
		}
		if (!e || xa_is_zero(e))
			continue;
		if (xa_is_node(e) && shift) {
			err = xa_node_walk(w, (u64)e, index, shift, depth + 1);
		} else if (xa_is_internal(e)) {
			err = orthros_bad(-EAGAIN, "xarray: entry in motion in %#llx", node);
		} else {
			u64 k, n;

			if (shift > WALK_MAX_ENTRY_SHIFT)
				return orthros_bad(-EUCLEAN, "xarray: entry of shift %u in %#llx",
						   shift, node);
			n = 1ULL << shift;

			/* An entry above the bottom covers every index below its slot. */
			for (k = 0, err = 0; k < n && !err; k++)
				err = w->xa_fn(w->ctx, index + k, (u64)e);
		}
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_src_xa_walk() - visit the entries of a source xarray or radix tree
 * @src:	source
 * @xa:		address of its struct xarray
 * @fn:		called for each entry, in index order; an entry that covers
 *		several indices is given once for each
 * @ctx:	for @fn
 *
 * Return: 0, @fn's error, or -EFAULT, -ELOOP, -EUCLEAN, -EAGAIN.
 */
int orthros_src_xa_walk(const struct orthros_src *src, u64 xa,
			int (*fn)(void *ctx, u64 index, u64 entry), void *ctx)
{
	struct walk w = { .src = src, .xa_fn = fn, .ctx = ctx };
	u64 head;

	if (orthros_src_u64(src, xa + xa_view.head_off, &head))
		return orthros_bad(-EFAULT, "xarray %#llx", xa);
	if (!head)
		return 0;
	if (xa_is_node((void *)(unsigned long)head))
		return xa_node_walk(&w, head, 0, 64, 0);
	if (xa_is_internal((void *)(unsigned long)head))
		return xa_is_zero((void *)(unsigned long)head) ? 0 : -EAGAIN;
	return fn(ctx, 0, head);
}

/* Encoding of maple tree nodes: type in bits 3-6, node aligned to 256 bytes. */
static int mt_node_walk(struct walk *w, u64 enode, u64 min, u64 max, int depth)
{
	u64 slots[WALK_MAX_SLOTS], pivots[WALK_MAX_SLOTS];
	u64 node = enode & ~0xffULL;
	unsigned int type = (enode >> 3) & 0xf;
	unsigned int nr, npiv, i;
	u64 slots_off, pivots_off;
	bool leaf = type == mt_view.leaf_64;
	int err;

	if (depth > WALK_MAX_DEPTH || ++w->nodes > WALK_MAX_NODES)
		return orthros_bad(-ELOOP, "maple tree: too deep or too large");
	if (leaf || type == mt_view.range_64) {
		slots_off = mt_view.range_slots_off;
		pivots_off = mt_view.range_pivots_off;
		nr = mt_view.range_slots / 8;
		npiv = mt_view.range_pivots / 8;
	} else if (type == mt_view.arange_64) {
		slots_off = mt_view.arange_slots_off;
		pivots_off = mt_view.arange_pivots_off;
		nr = mt_view.arange_slots / 8;
		npiv = mt_view.arange_pivots / 8;
	} else {
		return orthros_bad(-EUCLEAN, "maple tree: node %#llx of type %u", node, type);
	}
	if (npiv > nr || orthros_src_read(w->src, node + slots_off, slots, nr * 8) ||
	    orthros_src_read(w->src, node + pivots_off, pivots, npiv * 8))
		return orthros_bad(-EFAULT, "maple tree: bad node %#llx", node);

	for (i = 0; i < nr; i++) {
		u64 last = i < npiv ? pivots[i] : max;

		if (i && !last)
			last = max;
		if (last < min || last > max)
			return orthros_bad(-EUCLEAN, "maple tree: pivots of %#llx", node);
		if (slots[i]) {
			if (leaf)
				err = w->mt_fn(w->ctx, min, last, slots[i]);
			else
				err = mt_node_walk(w, slots[i], min, last, depth + 1);
			if (err)
				return err;
		}
		if (last == max)
			return 0;
		min = last + 1;
	}
	return 0;
}

/**
 * orthros_src_mt_walk() - visit the entries of a source maple tree
 * @src:	source
 * @mt:		address of its struct maple_tree
 * @fn:		called for each non-NULL range, ascending
 * @ctx:	for @fn
 *
 * Return: 0, @fn's error, or -EFAULT, -ELOOP, -EUCLEAN.
 */
int orthros_src_mt_walk(const struct orthros_src *src, u64 mt,
			int (*fn)(void *ctx, u64 first, u64 last, u64 entry), void *ctx)
{
	struct walk w = { .src = src, .mt_fn = fn, .ctx = ctx };
	u64 root;

	if (!mt_view.present)
		return orthros_bad(-EOPNOTSUPP, "maple tree: unknown to the source");
	if (orthros_src_u64(src, mt + mt_view.root_off, &root))
		return orthros_bad(-EFAULT, "maple tree %#llx", mt);
	if (!root)
		return 0;
	if (xa_is_node((void *)(unsigned long)root))
		return mt_node_walk(&w, root, 0, ~0ULL, 0);
	return fn(ctx, 0, 0, root);
}

/**
 * orthros_src_rb_walk() - visit the nodes of a source red-black tree
 * @src:	source
 * @root:	its first struct rb_node, or 0
 * @max:	so many nodes at most
 * @fn:		called for each node, in order
 * @ctx:	for @fn
 *
 * Return: 0, @fn's error, or -EFAULT, -ELOOP.
 */
int orthros_src_rb_walk(const struct orthros_src *src, u64 root, unsigned long max,
			int (*fn)(void *ctx, u64 node), void *ctx)
{
	struct orthros_rb_view v;
	u64 stack[RB_MAX_HEIGHT];
	unsigned int depth = 0;
	u64 node = root;
	int err;

	while (node || depth) {
		for (; node; node = v.left) {
			if (depth == ARRAY_SIZE(stack) || !max--)
				return orthros_bad(-ELOOP, "tree %#llx: too high or too large",
						   root);
			err = orthros_read_rec(&src->mem, &orthros_table_rb_node, node, &v);
			if (err)
				return err;
			stack[depth++] = node;
		}
		node = stack[--depth];
		/* v is that of a node further left by now. */
		err = orthros_read_rec(&src->mem, &orthros_table_rb_node, node, &v);
		if (!err)
			err = fn(ctx, node);
		if (err)
			return err;
		node = v.right;
	}
	return 0;
}

const struct orthros_kind orthros_core_kind = {
	.name	= "containers",
	.tables	= ORTHROS_TABLES(&orthros_table_core, &orthros_table_core_task,
				 &orthros_table_pidnr, &orthros_table_cred,
				 &orthros_table_xa_layout, &orthros_table_maple_layout,
				 &orthros_table_rb_node),
	.resolve = resolve,
};
