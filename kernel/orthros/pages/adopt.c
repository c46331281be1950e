// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claiming pages of the source.
 *
 * This kernel has had a struct page for every page of the machine since it
 * booted; those of the source's RAM are reserved, like memory of the firmware.
 * To claim one makes it an ordinary allocated page, contents untouched. What is
 * never claimed is freed after the commit, as reserved pages. Zones count all of
 * them since then (orthros_count_source()).
 *
 * Claims are made by one task at a time: by the one that rebuilds, after the
 * commit under a mutex (mm/ondemand.c).
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/list.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/page_ref.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include "../core/image.h"
#include "../core/report.h"
#include "pages.h"

static unsigned long claimed, settled;

/* The 2 MiB that a page was claimed from last, if all of them are the source's. */
#define BLOCK_SHIFT	(PMD_SHIFT - PAGE_SHIFT)
static unsigned long owned_block = ~0UL;

/* Pages that are to go to the LRU lists, by page->lru; a reference is held. */
static LIST_HEAD(deferred);

/**
 * orthros_claimed_pages() - how many pages have been claimed since boot
 *
 * Return: pages of the base size.
 */
unsigned long orthros_claimed_pages(void)
{
	return claimed;
}

/**
 * orthros_claim_settled() - claimed pages are like any other from now on
 * @nr:		how many have got to an LRU list, or been freed
 */
void orthros_claim_settled(unsigned long nr)
{
	settled += nr;
}

/**
 * orthros_claim_unsettled() - claimed pages that memory management never got
 *
 * Return: pages; when all is claimed and settled anything but 0 is a leak.
 */
unsigned long orthros_claim_unsettled(void)
{
	return claimed - settled;
}

/* Of whoever claims; pages may be claimed from the commit on by several. */
static DEFINE_MUTEX(claim_mutex);

/**
 * orthros_claim_lock() - be the one who claims pages
 *
 * For what is claimed beside the memory of processes.
 */
void orthros_claim_lock(void)
{
	mutex_lock(&claim_mutex);
}

/**
 * orthros_claim_unlock() - the end of orthros_claim_lock()
 */
void orthros_claim_unlock(void)
{
	mutex_unlock(&claim_mutex);
}

static bool is_of_source(struct orthros_image *img, unsigned long pfn)
{
	unsigned long block = pfn >> BLOCK_SHIFT;

	if (block == owned_block)
		return true;
	if (!pfn_valid(pfn) || !orthros_src_owns(img->src, PFN_PHYS(pfn), PAGE_SIZE))
		return false;
	/* struct pages exist for whole sections, which are larger. */
	if (orthros_src_owns(img->src, PFN_PHYS(block << BLOCK_SHIFT), PMD_SIZE))
		owned_block = block;
	return true;
}

/**
 * orthros_claim_page() - take a page of the source over
 * @img:	image
 * @pfn:	page frame number, unchecked
 *
 * The first claim of a page turns it into an allocated page without any state
 * but its contents: one reference, which is the caller's, no mapping, not
 * uptodate, not charged. A further claim takes another reference.
 *
 * Context: one task at a time.
 * Return: the page, or ERR_PTR(-EFAULT) if it is not the source's.
 */
struct page *orthros_claim_page(struct orthros_image *img, unsigned long pfn)
{
	struct page *page;

	if (!is_of_source(img, pfn))
		return ERR_PTR(orthros_fail(-EFAULT, "page %#lx is not the source's", pfn));
	page = pfn_to_page(pfn);
	if (!PageReserved(page)) {
		if (!get_page_unless_zero(page))
			return ERR_PTR(orthros_fail(-EFAULT, "page %#lx is free", pfn));
		return page;
	}

	__ClearPageReserved(page);
	init_page_count(page);
	claimed++;
	return page;
}

/**
 * orthros_unclaim_page() - undo the first claim of a page
 * @page:	page that nobody else has seen
 */
void orthros_unclaim_page(struct page *page)
{
	mem_cgroup_uncharge(page_folio(page));
	init_page_count(page);
	__SetPageReserved(page);
	claimed--;
}

/**
 * orthros_defer_lru() - let a claimed page wait for its place on an LRU list
 * @page:	page that is in use and on no list, which nobody else knows yet
 *
 * Before the commit a page must neither be reclaimed nor migrated: what is
 * freed is written to, but the source may still have to go on with it. Pages
 * that are not on a list are safe from both, and it costs less downtime.
 */
void orthros_defer_lru(struct page *page)
{
	set_page_count(page, page_count(page) + 1);
	list_add_tail(&page->lru, &deferred);
}

/**
 * orthros_lru_add_deferred() - put the claimed pages on the LRU lists
 *
 * The reference also keeps a page that forked processes share from being reused
 * by the first that writes to it, while others have not claimed it yet.
 *
 * Context: after the commit, once, in process context, when all is claimed;
 * processes may run.
 */
void orthros_lru_add_deferred(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &deferred, lru) {
		list_del(&page->lru);
		/* Unmapped meanwhile: ours is the last reference. */
		if (page_count(page) > 1)
			folio_add_lru(page_folio(page));
		put_page(page);
		orthros_claim_settled(1);
		cond_resched();
	}
}
