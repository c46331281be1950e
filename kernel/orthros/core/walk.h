/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The source's containers: lists, xarrays, maple trees, red-black trees.
 */
#ifndef _ORTHROS_WALK_H
#define _ORTHROS_WALK_H

#include <linux/types.h>
#include "kind.h"

struct orthros_src;

extern const struct orthros_kind orthros_core_kind;

/**
 * struct orthros_loop - notices that a chain comes back to where it was
 * @mark:	an element of it
 * @steps:	followed so far
 * @until:	so many, then the mark moves on
 */
struct orthros_loop {
	u64 mark;
	unsigned long steps;
	unsigned long until;
};

bool orthros_loop_closed(struct orthros_loop *l, u64 at);

/**
 * struct orthros_list_iter - a place in a list_head or hlist_head
 * @src:	source
 * @head:	address of the head
 * @node:	address of the node
 * @left:	nodes that may still come
 * @loop:	where it has been
 * @err:	0, or why it ended before its end
 */
struct orthros_list_iter {
	const struct orthros_src *src;
	u64 head, node;
	unsigned long left;
	struct orthros_loop loop;
	int err;
};

void orthros_list_start(struct orthros_list_iter *it, const struct orthros_src *src,
			u64 head, unsigned long max);
bool orthros_list_next(struct orthros_list_iter *it);
#define orthros_src_for_each(it, src, head, max) \
	for (orthros_list_start(it, src, head, max); orthros_list_next(it); )
/* The same for a hlist_head (single pointer head, NULL-terminated). */
void orthros_hlist_start(struct orthros_list_iter *it, const struct orthros_src *src,
			 u64 head, unsigned long max);
bool orthros_hlist_next(struct orthros_list_iter *it);
#define orthros_src_hlist_for_each(it, src, head, max) \
	for (orthros_hlist_start(it, src, head, max); orthros_hlist_next(it); )

/*
 * Walk a source xarray (also: radix tree, address_space i_pages, IDR):
 * calls fn(ctx, index, entry) for each non-NULL entry; fn's error ends it.
 */
int orthros_src_xa_walk(const struct orthros_src *src, u64 xa,
			int (*fn)(void *ctx, u64 index, u64 entry), void *ctx);
/* Walk a source maple tree (mm->mm_mt): fn(ctx, first, last, entry). */
int orthros_src_mt_walk(const struct orthros_src *src, u64 mt,
			int (*fn)(void *ctx, u64 first, u64 last, u64 entry), void *ctx);

/* Walk a source red-black tree in order, from its uppermost rb_node on. */
int orthros_src_rb_walk(const struct orthros_src *src, u64 root, unsigned long max,
			int (*fn)(void *ctx, u64 node), void *ctx);

#endif /* _ORTHROS_WALK_H */
