// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packet buffers of the source: their payload, wherever it lies.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/minmax.h>
#include <linux/pfn.h>
#include <linux/string.h>
#include "sock_internal.h"

#define FRAG_LISTS_MAX	3	/* how deep lists of fragments are nested */
#define FRAG_SKBS_MAX	256	/* and how many buffers one has */

/**
 * struct payload - where the copy goes on
 * @img:	image
 * @skip:	bytes still to be left out
 * @to:		destination
 * @len:	bytes still to be copied
 */
struct payload {
	struct orthros_image *img;
	u32 skip;
	u8 *to;
	u32 len;
};

/* How much of @len bytes to take, after *@off of them. */
static u32 take(struct payload *p, u32 len, u32 *off)
{
	u32 n;

	*off = min(p->skip, len);
	p->skip -= *off;
	n = min(p->len, len - *off);
	p->len -= n;
	return n;
}

static int read_frag(struct payload *p, u64 addr)
{
	struct orthros_image *img = p->img;
	struct orthros_skb_frag_view frag;
	unsigned long pfn;
	const void *data;
	u32 n, off;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_skb_frag, addr, &frag);
	if (err)
		return err;
	n = take(p, frag.len, &off);
	if (!n)
		return 0;
	pfn = orthros_src_page_pfn(img->src, frag.page);
	data = pfn == ~0UL ? NULL :
	       orthros_src_map(img->src, PFN_PHYS(pfn) + frag.offset + off, n);
	if (!data)
		return orthros_bad(-EFAULT, "packet buffer in page %#llx", frag.page);
	memcpy(p->to, data, n);
	p->to += n;
	return 0;
}

static int read_skb(struct payload *p, const struct orthros_skb_view *skb, unsigned int depth)
{
	const struct orthros_mem *mem = &p->img->src->mem;
	struct orthros_skb_shared_view shared;
	struct orthros_skb_view part;
	unsigned int i;
	u32 n, off;
	u64 next;
	int err;

	if (skb->data_len > skb->len)
		return orthros_bad(-EINVAL, "packet buffer of %u bytes, %u of them elsewhere",
				   skb->len, skb->data_len);
	n = take(p, skb->len - skb->data_len, &off);
	if (n) {
		err = orthros_src_read(p->img->src, skb->data + off, p->to, n);
		if (err)
			return err;
		p->to += n;
	}
	if (!p->len || !skb->data_len)
		return 0;

	err = orthros_read_rec(mem, &orthros_table_skb_shared, skb->head + skb->end, &shared);
	if (err)
		return err;
	for (i = 0; i < shared.nr_frags && p->len; i++) {
		err = read_frag(p, skb->head + skb->end + (u64)i * shared.frag_size);
		if (err)
			return err;
	}
	if (!shared.frag_list || !p->len)
		return 0;
	if (depth == FRAG_LISTS_MAX)
		return orthros_bad(-ELOOP, "packet buffers nested too deeply");
	for (i = 0, next = shared.frag_list; next && p->len; next = part.next) {
		if (i++ == FRAG_SKBS_MAX)
			return orthros_bad(-ELOOP, "packet buffer: fragments do not end");
		err = orthros_read_rec(mem, &orthros_table_skb, next, &part);
		if (!err)
			err = read_skb(p, &part, depth + 1);
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_read_payload() - copy what a packet buffer holds
 * @img:	image
 * @skb:	the buffer
 * @skip:	bytes to leave out
 * @to:		destination
 * @len:	bytes
 *
 * Return: 0, or -errno also if there are fewer.
 */
int orthros_read_payload(struct orthros_image *img, const struct orthros_skb_view *skb, u32 skip,
			 void *to, u32 len)
{
	struct payload p = { .img = img, .skip = skip, .to = to, .len = len };
	int err;

	if (!len)
		return 0;
	err = read_skb(&p, skb, 0);
	if (err)
		return err;
	return p.len ? orthros_bad(-EINVAL, "packet buffer %u bytes short", p.len) : 0;
}
