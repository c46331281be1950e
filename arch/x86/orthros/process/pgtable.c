// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables of a process of the source, read where they lie.
 *
 * Every table is reached by physical address through our own direct map and
 * must lie in the source's RAM, so that a bad entry ends in an error. What the
 * processor defines is the same in both kernels; the bits that the kernel
 * defines come from the source's own constants.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <asm/pgtable-invert.h>
#include "../../../../kernel/orthros/mm/mm_internal.h"

#define PT_ADDR		GENMASK_ULL(51, 12)
#define PT_HUGE_ADDR	GENMASK_ULL(51, 21)

struct pt_walk {
	const struct orthros_src *src;
	struct orthros_pte_view bits;
	struct orthros_src_pte *batch;
	orthros_pt_fn fn;
	orthros_pt_unit_fn unit;
	struct orthros_keep *keep;
	void *ctx;
};

static unsigned int pt_shift(int level)
{
	return PAGE_SHIFT + 9 * (level - 1);
}

static unsigned int pt_flags(const struct pt_walk *w, u64 e)
{
	unsigned int flags = 0;

	if (!(e & (_PAGE_PRESENT | _PAGE_PROTNONE)))
		return ORTHROS_PTE_ABSENT;
	if (e & _PAGE_RW)
		flags |= ORTHROS_PTE_WRITE;
	if (e & (_PAGE_DIRTY | w->bits.saved_dirty))
		flags |= ORTHROS_PTE_DIRTY;
	if (e & _PAGE_ACCESSED)
		flags |= ORTHROS_PTE_YOUNG;
	if (e & w->bits.soft_dirty)
		flags |= ORTHROS_PTE_SOFT_DIRTY;
	if (e & w->bits.special)
		flags |= ORTHROS_PTE_SPECIAL;
	if (e & w->bits.devmap)
		flags |= ORTHROS_PTE_DEVMAP;
	return flags;
}

/*
 * The lowest table: one batch at most. Most entries have the same bits as the
 * one before.
 */
static int pt_leaves(struct pt_walk *w, const u64 *table, u64 addr, u64 end)
{
	struct orthros_src_pte *p = w->batch;
	u64 bits = 0, invert = 0;
	unsigned int flags = 0;

	table += (addr >> PAGE_SHIFT) & (PTRS_PER_PTE - 1);
	for (; addr < end; addr += PAGE_SIZE, table++) {
		u64 e = READ_ONCE(*table);

		if (!(e & ~_PAGE_KNL_ERRATUM_MASK))
			continue;
		if (bits != (e & ~PT_ADDR)) {
			bits = e & ~PT_ADDR;
			flags = pt_flags(w, e);
			invert = protnone_mask(e);
		}
		p->addr = addr;
		p->pfn = ((e ^ invert) & PT_ADDR) >> PAGE_SHIFT;
		p->flags = flags;
		p++;
	}
	cond_resched();
	return p == w->batch ? 0 : w->fn(w->ctx, w->batch, p - w->batch);
}

/* A huge page is handed on as its base pages. */
static int pt_huge(struct pt_walk *w, u64 e, u64 addr, u64 end)
{
	u64 pfn = ((e ^ protnone_mask(e)) & PT_HUGE_ADDR) >> PAGE_SHIFT;
	unsigned int flags = pt_flags(w, e);
	struct orthros_src_pte *p = w->batch;

	for (; addr < end; addr += PAGE_SIZE, p++) {
		p->addr = addr;
		p->pfn = pfn + ((addr >> PAGE_SHIFT) & (PTRS_PER_PTE - 1));
		p->flags = flags;
	}
	cond_resched();
	return w->fn(w->ctx, w->batch, p - w->batch);
}

/*
 * What the second lowest table has for a range. Every entry below it is looked
 * at, as fast as can be: all but the rarest are present pages or empty.
 */
static int pt_unit(struct pt_walk *w, u64 e, u64 addr, u64 end)
{
	unsigned int bad = ORTHROS_PTE_ABSENT | ORTHROS_PTE_DEVMAP;
	u64 mask = _PAGE_PRESENT | w->bits.devmap;
	const u64 *table;
	unsigned int i;
	u64 at, pfn;

	if (!(e & _PAGE_PRESENT) || e & _PAGE_PSE) {
		if (pt_flags(w, e) & bad)
			return orthros_fail(-EBUSY, "huge page at %#llx is not in memory", addr);
		pfn = ((e ^ protnone_mask(e)) & PT_HUGE_ADDR) >> PAGE_SHIFT;
		for (i = 0; i < PTRS_PER_PTE; i++)
			orthros_keep_page(w->keep, pfn + i);
		return w->unit(w->ctx, addr, end);
	}
	table = orthros_src_map(w->src, e & PT_ADDR, PAGE_SIZE);
	if (!table)
		return orthros_bad(-EFAULT, "page table of level 1 at %#llx", e & PT_ADDR);
	orthros_keep_page(w->keep, (e & PT_ADDR) >> PAGE_SHIFT);
	for (at = addr; at < end; at += PAGE_SIZE) {
		e = table[(at >> PAGE_SHIFT) & (PTRS_PER_PTE - 1)];
		if ((e & mask) == _PAGE_PRESENT) {
			orthros_keep_page(w->keep, (e & PT_ADDR) >> PAGE_SHIFT);
			continue;
		}
		if (!(e & ~_PAGE_KNL_ERRATUM_MASK))
			continue;
		if (pt_flags(w, e) & bad)
			return orthros_fail(-EBUSY, "page at %#llx is not in memory", at);
		orthros_keep_page(w->keep, ((e ^ protnone_mask(e)) & PT_ADDR) >> PAGE_SHIFT);
	}
	return w->unit(w->ctx, addr, end);
}

static int pt_table(struct pt_walk *w, u64 phys, int level, u64 addr, u64 end)
{
	const u64 *table = orthros_src_map(w->src, phys, PAGE_SIZE);
	unsigned int shift = pt_shift(level);
	u64 next;
	int err = 0;

	if (!table)
		return orthros_bad(-EFAULT, "page table of level %d at %#llx", level, phys);
	if (level == 1)
		return pt_leaves(w, table, addr, end);
	if (w->keep)
		orthros_keep_page(w->keep, PHYS_PFN(phys));

	for (; addr < end && !err; addr = next) {
		u64 e = READ_ONCE(table[(addr >> shift) & (PTRS_PER_PTE - 1)]);

		next = min(((addr >> shift) + 1) << shift, end);
		if (!(e & ~_PAGE_KNL_ERRATUM_MASK))
			continue;
		if (level == 2 && w->unit)
			err = pt_unit(w, e, addr, next);
		else if (level == 2 && (!(e & _PAGE_PRESENT) || e & _PAGE_PSE))
			err = pt_huge(w, e, addr, next);
		else if (!(e & _PAGE_PRESENT) || (level == 3 && e & _PAGE_PSE))
			err = orthros_bad(-EUCLEAN, "page table entry %#llx for %#llx in level %d",
					  e, addr, level);
		else
			err = pt_table(w, e & PT_ADDR, level - 1, addr, next);
	}
	return err;
}

static int pt_start(struct pt_walk *w, u64 pgd_phys, u64 start, u64 end)
{
	int err;

	if (start >= end)
		return 0;
	if (end > BIT_ULL(pt_shift(w->src->desc.levels + 1) - 1))
		return orthros_bad(-EUCLEAN, "user address %#llx", end);
	err = orthros_read_rec(&w->src->mem, &orthros_table_pte, 0, &w->bits);
	return err ?: pt_table(w, pgd_phys & PT_ADDR, w->src->desc.levels, start, end);
}

/**
 * orthros_src_pt_walk() - visit the pages mapped in a range of a source process
 * @src:	source
 * @pgd_phys:	physical address of the process's top page table
 * @start:	first user address, page aligned
 * @end:	after the last
 * @fn:		called with batches of entries in the order of addresses; all
 *		of a batch are in one lowest-level table. Entries that are not
 *		present but not empty (swap, migration, markers) have
 *		%ORTHROS_PTE_ABSENT and no page frame number. May sleep.
 * @ctx:	for @fn
 *
 * Return: 0, @fn's error, -ENOMEM, or -EFAULT or -EUCLEAN for a bad table.
 */
int orthros_src_pt_walk(const struct orthros_src *src, u64 pgd_phys, u64 start, u64 end,
			orthros_pt_fn fn, void *ctx)
{
	struct pt_walk w = { .src = src, .fn = fn, .ctx = ctx };
	int err;

	w.batch = kvmalloc_array(PTRS_PER_PTE, sizeof(*w.batch), GFP_KERNEL);
	if (!w.batch)
		return -ENOMEM;
	err = pt_start(&w, pgd_phys, start, end);
	kvfree(w.batch);
	return err;
}

/**
 * orthros_src_pt_units() - visit the parts of a range that have pages
 * @src:	source
 * @pgd_phys:	physical address of the process's top page table
 * @start:	first user address, page aligned
 * @end:	after the last
 * @keep:	gets the pages that the range has, and its page tables
 * @fn:		called with each part that has a lowest-level table or a huge
 *		page, in the order of addresses
 * @ctx:	for @fn
 *
 * Return: 0, @fn's error, -EFAULT or -EUCLEAN for a bad table, or -EBUSY for a
 * page that cannot be adopted since it is not in memory.
 */
int orthros_src_pt_units(const struct orthros_src *src, u64 pgd_phys, u64 start, u64 end,
			 struct orthros_keep *keep, orthros_pt_unit_fn fn, void *ctx)
{
	struct pt_walk w = { .src = src, .unit = fn, .keep = keep, .ctx = ctx };

	return pt_start(&w, pgd_phys, start, end);
}
