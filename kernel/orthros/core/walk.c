// SPDX-License-Identifier: GPL-2.0
/*
 * The source's containers: lists, xarrays, maple trees, red-black trees.
 *
 * DOC: A source may have crashed because of what is in its memory, so no walk
 * trusts it to be a list or a tree. None recurses; what is kept of each level is
 * some words. Each is bounded in depth and in all, stops with an error at the first
 * pointer that does not hold, and sees whether it comes back to where it was, so
 * that what points to itself or into another container ends after some reads and
 * not at the bound.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <linux/xarray.h>
#include "cred.h"
#include "report.h"
#include "source.h"
#include "tables.h"
#include "walk.h"
#include "walk_tables.h"

/* Slots of an xarray node, for so many bits of the index. */
#define XA_BITS		6U
#define XA_SLOTS	64U
#define XA_MAX_LEVELS	11	/* for 64 bits */
/* An entry of several indices covers a huge page of 1 GiB at most. */
#define XA_MAX_ENTRY_SHIFT	18
#define XA_MAX_ENTRIES		SZ_256M
/* Ten million ranges, with nodes as empty as a maple tree leaves them. */
#define MT_MAX_DEPTH	12
#define MT_MAX_SLOTS	16
#define WALK_MAX_NODES		(4 * SZ_1M)
/* Twice the logarithm of more nodes than there can be. */
#define RB_MAX_HEIGHT	64

static struct orthros_xa_view xa_view;
static struct orthros_maple_view mt_view;

static bool maple_layout_ok(u32 slots, u32 pivots)
{
	return pivots && pivots < slots && slots <= MT_MAX_SLOTS * sizeof(u64) &&
	       !((slots | pivots) % sizeof(u64));
}

/* Read what the walkers need once. */
static int resolve(struct orthros_src *src)
{
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_xa_layout, 0, &xa_view);
	if (!err)
		err = orthros_read_rec(&src->mem, &orthros_table_maple_layout, 0, &mt_view);
	if (err)
		return err;
	if (xa_view.slots_size != XA_SLOTS * sizeof(u64) || !xa_view.page_size)
		return orthros_bad(-EUCLEAN, "xarray node with %u bytes of slots",
				   xa_view.slots_size);
	if (mt_view.present &&
	    (!maple_layout_ok(mt_view.range_slots, mt_view.range_pivots) ||
	     !maple_layout_ok(mt_view.arange_slots, mt_view.arange_pivots)))
		return orthros_bad(-EUCLEAN, "maple node with %u or %u bytes of slots",
				   mt_view.range_slots, mt_view.arange_slots);
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

/**
 * orthros_loop_closed() - does a chain come back to where it was?
 * @l:		begins as zeroes
 * @at:		next element of the chain
 *
 * One element is remembered, after 2, 6, 14 ... steps a later one instead: a chain
 * that ends in a circle is followed a few times its length, and nothing is stored.
 *
 * Return: true if @at has been there before.
 */
bool orthros_loop_closed(struct orthros_loop *l, u64 at)
{
	if (l->until && at == l->mark)
		return true;
	if (l->steps++ == l->until) {
		l->mark = at;
		l->until = l->steps * 2;
	}
	return false;
}

/**
 * orthros_list_start() - begin at the head of a list_head
 * @it:		iterator
 * @src:	source
 * @head:	address of the head
 * @max:	so many nodes at most
 */
void orthros_list_start(struct orthros_list_iter *it, const struct orthros_src *src,
			u64 head, unsigned long max)
{
	*it = (struct orthros_list_iter) {
		.src = src, .head = head, .node = head, .left = max,
	};
}

static bool advance(struct orthros_list_iter *it, u64 next, const char *what)
{
	if (!it->left-- || orthros_loop_closed(&it->loop, next)) {
		it->err = orthros_bad(-ELOOP, "%s %#llx: does not end", what, it->head);
		return false;
	}
	it->node = next;
	return true;
}

/**
 * orthros_list_next() - go to the next node of a list_head
 * @it:		iterator
 *
 * Return: false at the end, or at a pointer that does not hold: then @it->err is
 * set, to -EFAULT or -ELOOP.
 */
bool orthros_list_next(struct orthros_list_iter *it)
{
	u64 next;

	if (orthros_src_u64(it->src, it->node, &next) || !next || next & 7) {
		it->err = orthros_bad(-EFAULT, "list %#llx: bad node %#llx", it->head, it->node);
		return false;
	}
	return next != it->head && advance(it, next, "list");
}

/**
 * orthros_hlist_start() - begin at the head of a hlist_head
 * @it:		iterator
 * @src:	source
 * @head:	address of the head
 * @max:	so many nodes at most
 */
void orthros_hlist_start(struct orthros_list_iter *it, const struct orthros_src *src,
			 u64 head, unsigned long max)
{
	orthros_list_start(it, src, head, max);
}

/**
 * orthros_hlist_next() - go to the next node of a hlist_head or hlist_nulls_head
 * @it:		iterator
 *
 * Return: as orthros_list_next().
 */
bool orthros_hlist_next(struct orthros_list_iter *it)
{
	u64 next;

	/* Bit 0 ends a hlist_nulls, whatever the others are. */
	if (orthros_src_u64(it->src, it->node, &next) || (next & 7 && !(next & 1))) {
		it->err = orthros_bad(-EFAULT, "hlist %#llx: bad node %#llx", it->head, it->node);
		return false;
	}
	return next && !(next & 1) && advance(it, next, "hlist");
}

/* ---- xarrays ------------------------------------------------------------ */

/**
 * struct xa_walk - a place in an xarray
 * @src:	source
 * @node:	address of the node at each level, 0 being the lowest
 * @level:	of the node that is looked at
 * @top:	of the uppermost node
 * @index:	whose lower bits, of the levels below, are 0
 * @nodes:	that may still be visited
 * @entries:	that may still be given
 * @slots:	the node's slots, read once each time it is come to
 * @slots_of:	node that they are of, or 0
 *
 * A level's position is in the index, so a node is all that is kept of it.
 */
struct xa_walk {
	const struct orthros_src *src;
	u64 node[XA_MAX_LEVELS];
	unsigned int level, top;
	u64 index;
	u32 nodes, entries;
	u64 slots_of;
	u64 slots[XA_SLOTS];
};

static unsigned int xa_shift(const struct xa_walk *w)
{
	return w->level * XA_BITS;
}

static unsigned int xa_slot(const struct xa_walk *w)
{
	return w->index >> xa_shift(w) & (XA_SLOTS - 1);
}

/* A child says where it hangs, so no node is visited twice. */
static int xa_enter(struct xa_walk *w, u64 entry, bool is_top)
{
	u64 node = entry - 2;	/* xa_to_node() */
	struct orthros_xa_node_view v;
	int err;

	if (!w->nodes--)
		return orthros_bad(-ELOOP, "xarray: too many nodes");
	err = orthros_read_rec(&w->src->mem, &orthros_table_xa_node, node, &v);
	if (err)
		return err;
	if (is_top) {
		if (v.shift % XA_BITS || v.shift >= 64)
			return orthros_bad(-EUCLEAN, "xarray: node %#llx of shift %u", node,
					   v.shift);
		w->top = v.shift / XA_BITS;
		w->level = w->top;
	} else {
		if (v.shift + XA_BITS != xa_shift(w) || v.parent != w->node[w->level] ||
		    v.offset != xa_slot(w))
			return orthros_bad(-EUCLEAN,
					   "xarray: node %#llx of shift %u not in slot %u of %#llx",
					   node, v.shift, xa_slot(w), w->node[w->level]);
		w->level--;
	}
	w->node[w->level] = node;
	return 0;
}

/* To the slot after this one and all below it. False: there is none. */
static bool xa_advance(struct xa_walk *w)
{
	w->index += 1ULL << xa_shift(w);
	while (!xa_slot(w)) {
		if (w->level == w->top)
			return false;
		w->level++;
	}
	return true;
}

static int xa_read_slot(struct xa_walk *w, u64 *entry)
{
	u64 node = w->node[w->level];
	unsigned int i = xa_slot(w);
	unsigned long of;

	if (w->slots_of != node) {
		if (orthros_src_read(w->src, node + xa_view.slots_off, w->slots,
				     sizeof(w->slots)))
			return orthros_bad(-EFAULT, "xarray: bad node %#llx", node);
		w->slots_of = node;
	}
	*entry = w->slots[i];

	/* A sibling repeats the entry of an earlier slot: same object, further index. */
	if (!xa_is_sibling((void *)(unsigned long)*entry))
		return 0;
	of = xa_to_internal((void *)(unsigned long)*entry);
	if (of >= i)
		return orthros_bad(-EUCLEAN, "xarray: bad sibling in %#llx", node);
	*entry = w->slots[of];
	if (xa_is_internal((void *)(unsigned long)*entry))
		return orthros_bad(-EUCLEAN, "xarray: sibling chain in %#llx", node);
	return 0;
}

/* An entry above the bottom covers every index below its slot. */
static int xa_give(struct xa_walk *w, u64 entry, int (*fn)(void *ctx, u64 index, u64 entry),
		   void *ctx)
{
	u64 i, n;
	int err = 0;

	if (xa_shift(w) > XA_MAX_ENTRY_SHIFT)
		return orthros_bad(-EUCLEAN, "xarray: entry of shift %u in %#llx", xa_shift(w),
				   w->node[w->level]);
	n = 1ULL << xa_shift(w);
	if (n > w->entries)
		return orthros_bad(-ELOOP, "xarray: too many entries");
	w->entries -= n;
	for (i = 0; i < n && !err; i++)
		err = fn(ctx, w->index + i, entry);
	return err;
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
	struct xa_walk w = {
		.src = src, .nodes = WALK_MAX_NODES, .entries = XA_MAX_ENTRIES,
	};
	u64 entry;
	int err;

	if (orthros_src_u64(src, xa + xa_view.head_off, &entry))
		return orthros_bad(-EFAULT, "xarray %#llx", xa);
	if (!entry)
		return 0;
	if (!xa_is_internal((void *)(unsigned long)entry))
		return fn(ctx, 0, entry);
	if (!xa_is_node((void *)(unsigned long)entry))
		return xa_is_zero((void *)(unsigned long)entry) ? 0 : -EAGAIN;
	err = xa_enter(&w, entry, true);
	while (!err) {
		void *e;

		err = xa_read_slot(&w, &entry);
		if (err)
			break;
		e = (void *)(unsigned long)entry;
		if (xa_is_node(e) && w.level) {
			err = xa_enter(&w, entry, false);
			continue;
		}
		if (e && !xa_is_zero(e))
			err = xa_is_internal(e) ?
			      orthros_bad(-EAGAIN, "xarray: entry in motion in %#llx",
					  w.node[w.level]) :
			      xa_give(&w, entry, fn, ctx);
		if (!err && !xa_advance(&w))
			break;
	}
	return err;
}

/* ---- maple trees -------------------------------------------------------- */

/**
 * struct mt_walk - a place in a maple tree
 * @src:	source
 * @node:	encoded address of the node at each depth
 * @max:	last index of each
 * @slot:	of each, that is looked at
 * @depth:	of the node that is looked at
 * @min:	first index of its slot
 * @nodes:	that may still be visited
 * @slots:	the node's slots, read once each time it is come to
 * @pivots:	last index of each, but perhaps of the last one
 * @nr:		of pivots
 * @slots_of:	encoded node that they are of, or 0
 */
struct mt_walk {
	const struct orthros_src *src;
	u64 node[MT_MAX_DEPTH];
	u64 max[MT_MAX_DEPTH];
	u8 slot[MT_MAX_DEPTH];
	unsigned int depth;
	u64 min;
	u32 nodes;
	unsigned int nr;
	u64 slots_of;
	u64 slots[MT_MAX_SLOTS];
	u64 pivots[MT_MAX_SLOTS];
};

/* Type in bits 3-6, nodes are aligned to 256 bytes. */
static unsigned int mt_type(u64 enode)
{
	return enode >> 3 & 0xf;
}

static u64 mt_node(u64 enode)
{
	return enode & ~0xffULL;
}

static int mt_enter(struct mt_walk *w, unsigned int depth, u64 enode, u64 max)
{
	unsigned int type = mt_type(enode);

	/*
	 * A node has a range of its own in the range of its parent, so the depth is
	 * what ends a circle: no two of one depth are the same.
	 */
	if (depth == MT_MAX_DEPTH || !w->nodes--)
		return orthros_bad(-ELOOP, "maple tree: too deep or too large");
	if (type != mt_view.leaf_64 && type != mt_view.range_64 && type != mt_view.arange_64)
		return orthros_bad(-EUCLEAN, "maple tree: node %#llx of type %u", mt_node(enode),
				   type);
	w->depth = depth;
	w->node[depth] = enode;
	w->max[depth] = max;
	w->slot[depth] = 0;
	return 0;
}

static int mt_read_node(struct mt_walk *w)
{
	u64 enode = w->node[w->depth], node = mt_node(enode);
	bool is_arange = mt_type(enode) == mt_view.arange_64;
	u32 slots = is_arange ? mt_view.arange_slots : mt_view.range_slots;
	u32 pivots = is_arange ? mt_view.arange_pivots : mt_view.range_pivots;

	if (w->slots_of == enode)
		return 0;
	if (orthros_src_read(w->src, node + (is_arange ? mt_view.arange_slots_off :
						      mt_view.range_slots_off),
			     w->slots, slots) ||
	    orthros_src_read(w->src, node + (is_arange ? mt_view.arange_pivots_off :
						      mt_view.range_pivots_off),
			     w->pivots, pivots))
		return orthros_bad(-EFAULT, "maple tree: bad node %#llx", node);
	w->nr = pivots / sizeof(u64);
	w->slots_of = enode;
	return 0;
}

static int mt_read_slot(struct mt_walk *w, u64 *entry, u64 *last)
{
	u64 enode = w->node[w->depth], max = w->max[w->depth];
	unsigned int i = w->slot[w->depth];
	int err;

	err = mt_read_node(w);
	if (err)
		return err;
	*entry = w->slots[i];
	*last = i < w->nr ? w->pivots[i] : max;
	if (i && !*last)
		*last = max;
	if (*last < w->min || *last > max)
		return orthros_bad(-EUCLEAN, "maple tree: pivots of %#llx", mt_node(enode));
	return 0;
}

/* To what comes after @last. False: nothing does. */
static bool mt_advance(struct mt_walk *w, u64 last)
{
	/* With it end the slots above that end there. */
	while (last == w->max[w->depth]) {
		if (!w->depth)
			return false;
		w->depth--;
	}
	/* Not its last slot, which would end where the node does. */
	w->slot[w->depth]++;
	w->min = last + 1;
	return true;
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
	struct mt_walk w = { .src = src, .nodes = WALK_MAX_NODES };
	u64 entry, last;
	int err;

	if (!mt_view.present)
		return orthros_bad(-EOPNOTSUPP, "maple tree: unknown to the source");
	if (orthros_src_u64(src, mt + mt_view.root_off, &entry))
		return orthros_bad(-EFAULT, "maple tree %#llx", mt);
	if (!entry)
		return 0;
	if (!xa_is_node((void *)(unsigned long)entry))
		return fn(ctx, 0, 0, entry);
	err = mt_enter(&w, 0, entry, ~0ULL);
	while (!err) {
		err = mt_read_slot(&w, &entry, &last);
		if (err)
			break;
		if (entry && mt_type(w.node[w.depth]) != mt_view.leaf_64) {
			err = mt_enter(&w, w.depth + 1, entry, last);
			continue;
		}
		if (entry)
			err = fn(ctx, w.min, last, entry);
		if (!err && !mt_advance(&w, last))
			break;
	}
	return err;
}

/* ---- red-black trees ---------------------------------------------------- */

/**
 * orthros_src_rb_walk() - visit the nodes of a source red-black tree
 * @src:	source
 * @root:	its uppermost struct rb_node, or 0
 * @max:	so many nodes at most
 * @fn:		called for each node, in order
 * @ctx:	for @fn
 *
 * Return: 0, @fn's error, or -EFAULT, -ELOOP, -EUCLEAN.
 */
int orthros_src_rb_walk(const struct orthros_src *src, u64 root, unsigned long max,
			int (*fn)(void *ctx, u64 node), void *ctx)
{
	u64 node = root, from = 0;
	struct orthros_rb_view v;
	unsigned int depth = 0;
	bool down = true;
	int err;

	while (node) {
		err = orthros_read_rec(&src->mem, &orthros_table_rb_node, node, &v);
		if (err)
			return err;
		v.parent &= ~3ULL;	/* colour */
		if (down) {
			/* Each node has one parent, so none comes twice. */
			if (v.parent != from || (v.left && v.left == v.right))
				return orthros_bad(-EUCLEAN, "tree %#llx: node %#llx below %#llx",
						   root, node, from);
			if (depth == RB_MAX_HEIGHT || !max--)
				return orthros_bad(-ELOOP, "tree %#llx: too high or too large",
						   root);
		} else if (from != v.left && from != v.right) {
			return orthros_bad(-EUCLEAN, "tree %#llx: node %#llx above %#llx", root,
					   node, from);
		}
		if (down && v.left) {
			from = node;
			node = v.left;
			depth++;
			continue;
		}
		if (down || from == v.left) {
			err = fn(ctx, node);
			if (err)
				return err;
			if (v.right) {
				from = node;
				node = v.right;
				depth++;
				down = true;
				continue;
			}
		}
		if (!depth--)
			break;
		from = node;
		node = v.parent;
		down = false;
	}
	return 0;
}

const struct orthros_kind orthros_core_kind = {
	.name	= "containers",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_core, &orthros_table_core_task,
				 &orthros_table_pidnr, &orthros_table_cred,
				 &orthros_table_xa_layout, &orthros_table_xa_node,
				 &orthros_table_maple_layout, &orthros_table_rb_node),
	.resolve = resolve,
};
