/* SPDX-License-Identifier: GPL-2.0 */
/* Adopting private pages, before the commit and after it. */
#ifndef _ORTHROS_MAP_PAGES_H
#define _ORTHROS_MAP_PAGES_H

#include "mm_internal.h"

/**
 * struct orthros_pending - address space with pages that are not claimed yet
 * @mm:		it; a reference on the structure is held
 * @img:	image; lives until all is claimed
 * @pgd_phys:	the source's page table
 * @pid:	for messages
 * @lock:	protects the bits
 * @units:	bitmaps of %PTRS_PER_PTE pages to be claimed, by address >> PMD_SHIFT
 */
struct orthros_pending {
	struct mm_struct *mm;
	struct orthros_image *img;
	u64 pgd_phys;
	pid_t pid;
	spinlock_t lock;	/* see above */
	struct xarray units;
};

/**
 * struct orthros_adopter - adoption of the private pages of one mapping
 * @img:	image
 * @env:	constants of the source
 * @mm:		new address space
 * @vma:	new mapping
 * @kind:	&enum orthros_vma_kind
 * @pid:	for messages
 * @huge_zero:	first page of its huge zero page or 0
 * @pending:	claiming on demand, or NULL
 * @todo:	@pending: pages that are to be claimed, of the batch's page table
 * @mapped:	pages mapped so far
 * @page:	claimed pages of one batch
 * @fresh:	those that nobody had claimed before
 */
struct orthros_adopter {
	struct orthros_image *img;
	const struct orthros_mm_env *env;
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	u32 kind;
	pid_t pid;
	unsigned long huge_zero;
	struct orthros_pending *pending;
	const unsigned long *todo;
	unsigned long mapped;
	struct page *page[PTRS_PER_PTE];
	struct page *fresh[PTRS_PER_PTE];
};

int orthros_adopter_init(struct orthros_adopter *a, struct orthros_image *img,
			 struct mm_struct *mm, pid_t pid);
int orthros_adopt_batch(void *ctx, const struct orthros_src_pte *pte, unsigned int nr);
int orthros_adopt_pending(struct orthros_pending *p, struct vm_area_struct *vma,
			  const unsigned long *todo, unsigned long start, unsigned long end,
			  unsigned long *counter);
int orthros_map_copy(struct vm_area_struct *vma, unsigned long addr, const void *data);

#endif /* _ORTHROS_MAP_PAGES_H */
