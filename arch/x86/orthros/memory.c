// SPDX-License-Identifier: GPL-2.0-only
/*
 * The old kernel's memory in the second kernel: RAM whose pages are reserved
 * from boot on (see platform.c), read-only while that kernel can still be
 * resumed, in the end free memory of this one.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmzone.h>
#include <linux/page_ref.h>
#include <linux/pageblock-flags.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <asm/e820/api.h>
#include <asm/set_memory.h>
#include "internal.h"	/* mm's own, for init_per_zone_wmark_min() */
#include "arch.h"

/**
 * orthros_src_protect - write-protect the ActiveOS's memory here
 * @protect:	true before a hop, false at its commit
 *
 * Only this kernel's direct map changes.
 *
 * Return: 0 or negative errno.
 */
int orthros_src_protect(bool protect)
{
	u64 slot = orthros_ho->slot_start, end = slot + orthros_ho->slot_size;
	u32 i;
	int ret;

	for (i = 0; i < e820_table->nr_entries; i++) {
		struct e820_entry *e = &e820_table->entries[i];
		/* The first MiB holds what both write. */
		u64 at = max_t(u64, e->addr, SZ_1M), stop = e->addr + e->size;

		if (e->type != E820_TYPE_RAM)
			continue;
		at = PAGE_ALIGN(at);
		stop &= PAGE_MASK;
		while (at < stop) {
			u64 next = stop;

			if (at >= slot && at < end) {
				at = end;
				continue;
			}
			if (at < slot && stop > slot)
				next = slot;
			ret = (protect ? set_memory_ro : set_memory_rw)
				((unsigned long)__va(at), (next - at) >> PAGE_SHIFT);
			if (ret)
				return ret;
			at = next;
		}
	}
	return 0;
}

/*
 * Reserves and watermarks are those of the slot alone until now. __ref: the
 * __meminit callee stays where memory hotplug is configured, as it is here.
 */
static void __ref update_watermarks(void)
{
	init_per_zone_wmark_min();
	mm_compute_batch(sysctl_overcommit_memory);
}

/* As the boot does it with memory that is not reserved any more. */
static void free_block(unsigned long pfn, unsigned int order)
{
	struct page *page = pfn_to_page(pfn);
	unsigned int i;

	for (i = 0; i < 1U << order; i++) {
		__ClearPageReserved(page + i);
		set_page_count(page + i, 0);
	}
	set_page_count(page, 1);
	__free_pages(page, order);
}

/*
 * In blocks as large as may be. Neighbouring page blocks may be of different
 * types.
 */
static void free_run(unsigned long pfn, unsigned long nr)
{
	while (nr) {
		unsigned int order = min_t(unsigned int, __ffs(pfn | pageblock_nr_pages),
					   ilog2(nr));

		free_block(pfn, order);
		pfn += 1UL << order;
		nr -= 1UL << order;
		cond_resched();
	}
}

/* What else is not to be freed, see retain.c. */
static const unsigned long *retained;
static unsigned long nr_retained;

/**
 * orthros_free_not() - what orthros_free_unclaimed() is to leave alone
 * @bits:	a bit for each page frame, or NULL
 * @nr:		how many bits there are
 */
void orthros_free_not(const unsigned long *bits, unsigned long nr)
{
	nr_retained = nr;
	retained = bits;
}

static bool is_set(const unsigned long *bits, unsigned long nr, unsigned long pfn)
{
	return pfn < nr && test_bit(pfn, bits);
}

/* Of the source's memory: all but @keep, or @only. */
struct source_walk {
	const unsigned long *keep;
	unsigned long nr_keep;
	const unsigned long *only;
	unsigned long nr_only;
	unsigned long pages;
};

/* Free what is reserved and not kept of a range. */
static void free_range(struct source_walk *w, unsigned long pfn, unsigned long end)
{
	unsigned long first = pfn;

	for (; pfn < end; pfn++) {
		if (!(pfn & 1023))
			cond_resched();
		if (PageReserved(pfn_to_page(pfn)) && !is_set(w->keep, w->nr_keep, pfn) &&
		    !is_set(retained, nr_retained, pfn) &&
		    (!w->only || is_set(w->only, w->nr_only, pfn)))
			continue;
		free_run(first, pfn - first);
		w->pages += pfn - first;
		first = pfn + 1;
	}
	free_run(first, end - first);
	w->pages += end - first;
}

static void count_range(struct source_walk *w, unsigned long pfn, unsigned long end)
{
	unsigned long next;

	for (; pfn < end; pfn = next) {
		struct page *page = pfn_to_page(pfn);

		next = min(end, zone_end_pfn(page_zone(page)));
		adjust_managed_page_count(page, next - pfn);
		w->pages += next - pfn;
	}
}

/* All of the old kernel's RAM that becomes this one's. */
static void walk_source(struct source_walk *w,
			void (*fn)(struct source_walk *w, unsigned long pfn, unsigned long end))
{
	unsigned long slot = PFN_DOWN(orthros_ho->slot_start);
	unsigned long slot_end = PFN_UP(orthros_ho->slot_start + orthros_ho->slot_size);
	u32 i;

	for (i = 0; i < e820_table->nr_entries; i++) {
		struct e820_entry *e = &e820_table->entries[i];
		/* The first MiB is nobody's: firmware, park, trampolines. */
		unsigned long pfn = PFN_UP(max_t(u64, e->addr, SZ_1M));
		unsigned long end = PFN_DOWN(e->addr + e->size);

		if (e->type != E820_TYPE_RAM || pfn >= end)
			continue;
		/* Nor is any of this kernel's own slot the old kernel's. */
		if (end <= slot || pfn >= slot_end) {
			fn(w, pfn, end);
			continue;
		}
		if (pfn < slot)
			fn(w, pfn, slot);
		if (end > slot_end)
			fn(w, slot_end, end);
	}
}

/**
 * orthros_count_source - count the old kernel's memory as this kernel's
 *
 * At the commit, all at once, though it is freed later: what a process may map
 * is judged by how much memory there is.
 */
void orthros_count_source(void)
{
	struct source_walk w = {};

	walk_source(&w, count_range);
	pr_info("%lu pages taken over\n", w.pages);
}

/**
 * orthros_free_unclaimed - free the old kernel's memory
 * @keep:	a bit for each page frame that is still needed, or NULL
 * @nr_keep:	how many bits there are
 *
 * What is still reserved of it belongs to no process. For the background:
 * some hundred milliseconds for a GiB.
 *
 * Return: pages freed.
 */
unsigned long orthros_free_unclaimed(const unsigned long *keep, unsigned long nr_keep)
{
	struct source_walk w = { .keep = keep, .nr_keep = nr_keep };
	static bool typed;

	if (!typed)
		orthros_slot_keep_movable();
	typed = true;
	walk_source(&w, free_range);
	update_watermarks();
	return w.pages;
}

/**
 * orthros_free_only() - free some of the old kernel's memory
 * @bits:	a bit for each page frame
 * @nr:		how many bits there are
 *
 * Return: pages freed: those of them that are still reserved.
 */
unsigned long orthros_free_only(const unsigned long *bits, unsigned long nr)
{
	struct source_walk w = { .only = bits, .nr_only = nr };

	walk_source(&w, free_range);
	return w.pages;
}
