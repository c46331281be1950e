// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which pages of a kernel that has failed are evidence: those that it had in use for
 * itself. What was free, and what was in the page cache or of processes, as its own
 * struct pages tell, is not: there may be much of it, and processes have the rest.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "../core/image.h"
#include "pages.h"
#include "tables.h"

/* The largest block of free pages that is believed. */
#define MAX_FREE_ORDER	20

static struct orthros_evidence_view view;

static int resolve(struct orthros_src *src)
{
	return orthros_read_rec(&src->mem, &orthros_table_evidence, 0, &view);
}

static u64 field64(const u8 *page, u32 off)
{
	return *(const u64 *)(page + off);
}

static u32 field32(const u8 *page, u32 off)
{
	return *(const u32 *)(page + off);
}

static const u8 *source_page(const struct orthros_src *src, u64 addr)
{
	/* It is read in words. */
	return IS_ALIGNED(addr, sizeof(u64)) ? orthros_memmap_page(src, addr, view.size) : NULL;
}

static bool has(const u8 *page, u32 bit)
{
	return field64(page, view.flags) >> (bit & 63) & 1;
}

/* Pages that are free from here on, 0 if it is not the first of a free block. */
static unsigned long nr_free(const u8 *page)
{
	u64 order;

	if ((field32(page, view.type) & view.buddy_mask) != view.buddy_type)
		return 0;
	order = field64(page, view.order);
	return order <= MAX_FREE_ORDER ? 1UL << order : 1;
}

static bool is_kernels(const struct orthros_src *src, const u8 *page)
{
	u64 head = field64(page, view.head);

	if (head & 1) {
		page = source_page(src, head - 1);
		if (!page)
			return true;
	}
	if (has(page, view.lru))
		return false;
	/* Huge pages that wait to be used. */
	return !has(page, view.pg_head) || field32(page, view.count);
}

/* @src's pages [pfn, end): note those that are evidence. */
static void look_at(const struct orthros_src *src, unsigned long pfn, unsigned long end,
		    unsigned long *bits)
{
	const u8 *page;

	while (pfn < end) {
		unsigned long nr;

		page = source_page(src, src->desc.vmemmap_start + (u64)pfn * view.size);
		nr = page ? nr_free(page) : 0;
		if (!nr) {
			if (!page || is_kernels(src, page))
				__set_bit(pfn, bits);
			nr = 1;
		}
		pfn += nr;
		if (need_resched())
			cond_resched();
	}
}

/**
 * orthros_evidence_find() - which pages of the source are evidence
 * @src:	source, stopped
 * @nr:		set to the number of bits
 *
 * Whoever claims pages may go on meanwhile: that does not change what is read.
 *
 * Return: a bit for each page frame number, from kvmalloc(), or NULL without memory.
 */
unsigned long *orthros_evidence_find(const struct orthros_src *src, unsigned long *nr)
{
	unsigned long *bits;
	u32 i;

	*nr = 0;
	for (i = 0; i < src->desc.nr_ranges; i++)
		*nr = max_t(unsigned long, *nr,
			    PHYS_PFN(src->desc.ranges[i].start + src->desc.ranges[i].size));
	*nr = min(*nr, max_pfn);
	bits = kvcalloc(BITS_TO_LONGS(*nr), sizeof(*bits), GFP_KERNEL | __GFP_NORETRY);
	if (!bits)
		return NULL;
	for (i = 0; i < src->desc.nr_ranges; i++) {
		const struct orthros_range *r = &src->desc.ranges[i];

		look_at(src, PFN_UP(r->start), min(*nr, PHYS_PFN(r->start + r->size)), bits);
	}
	return bits;
}

const struct orthros_kind orthros_page_use_kind = {
	.name	= "use of pages",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_evidence),
	.resolve = resolve,
};
