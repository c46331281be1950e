/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages of the source: claimed for this kernel where they lie, and the struct pages
 * that the source has for them.
 */
#ifndef _ORTHROS_PAGES_H
#define _ORTHROS_PAGES_H

#include <linux/bitops.h>
#include <linux/types.h>
#include "../core/kind.h"

struct orthros_image;
struct orthros_src;
struct page;

/**
 * struct orthros_keep - pages of the source that are still needed
 * @bits:	a bit for each page frame number, or NULL
 * @nr:		how many there are
 */
struct orthros_keep {
	unsigned long *bits;
	unsigned long nr;
};

static inline void orthros_keep_page(struct orthros_keep *keep, unsigned long pfn)
{
	if (pfn < keep->nr)
		__set_bit(pfn, keep->bits);
}

/* memmap.c */

extern const struct orthros_kind orthros_pages_kind;
const u8 *orthros_memmap_page(const struct orthros_src *src, u64 addr, u32 size);
bool orthros_memmap_keep(struct orthros_keep *keep);
unsigned long orthros_memmap_huge_zero(const struct orthros_src *src);

/* evidence.c */

extern const struct orthros_kind orthros_page_use_kind;
unsigned long *orthros_evidence_find(const struct orthros_src *src, unsigned long *nr);

/* adopt.c */

void orthros_claim_lock(void);
void orthros_claim_unlock(void);
struct page *orthros_claim_page(struct orthros_image *img, unsigned long pfn);
unsigned long orthros_claimed_pages(void);
void orthros_claim_settled(unsigned long nr);
unsigned long orthros_claim_unsettled(void);
void orthros_defer_lru(struct page *page);
void orthros_lru_add_deferred(void);
void orthros_unclaim_page(struct page *page);

#endif /* _ORTHROS_PAGES_H */
