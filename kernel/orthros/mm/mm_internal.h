/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files that read and build address spaces share, also those in
 * arch/x86/orthros/process/.
 */
#ifndef _ORTHROS_MM_INTERNAL_H
#define _ORTHROS_MM_INTERNAL_H

#include <linux/mm_types.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>
#include <linux/orthros/abi/mm.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/walk.h"
#include "../pages/pages.h"
#include "compat.h"
#include "memcg_inside.h"
#include "mm.h"
#include "tables.h"

extern const struct orthros_type orthros_vma_type;
extern const struct orthros_type orthros_anon_vma_type;
extern const struct orthros_type orthros_aio_type;

/* arch/x86/orthros/process/pgtable.c */

#define ORTHROS_PTE_WRITE	0x01
#define ORTHROS_PTE_DIRTY	0x02
#define ORTHROS_PTE_YOUNG	0x04
#define ORTHROS_PTE_SOFT_DIRTY	0x08
#define ORTHROS_PTE_SPECIAL	0x10	/* no struct page of interest */
#define ORTHROS_PTE_DEVMAP	0x20
#define ORTHROS_PTE_ABSENT	0x40	/* swap, migration, marker */

/**
 * struct orthros_src_pte - one page that a process of the source has mapped
 * @addr:	user address
 * @pfn:	page frame number, unchecked
 * @flags:	ORTHROS_PTE_*
 */
struct orthros_src_pte {
	unsigned long addr;
	unsigned long pfn;
	unsigned int flags;
};

typedef int (*orthros_pt_fn)(void *ctx, const struct orthros_src_pte *pte, unsigned int nr);

typedef int (*orthros_pt_unit_fn)(void *ctx, unsigned long addr, unsigned long end);

int orthros_src_pt_walk(const struct orthros_src *src, u64 pgd_phys, u64 start, u64 end,
			orthros_pt_fn fn, void *ctx);
int orthros_src_pt_units(const struct orthros_src *src, u64 pgd_phys, u64 start, u64 end,
			 struct orthros_keep *keep, orthros_pt_unit_fn fn, void *ctx);

/* arch/x86/orthros/process/vdso.c */

int orthros_build_vdso(struct orthros_image *img, struct orthros_obj *obj);

/* read.c */

const struct orthros_mm_env *orthros_mm_env(const struct orthros_src *src);

/* vma.c */

unsigned long orthros_vm_flags(u64 neutral);
struct vm_area_struct *orthros_new_vma(struct mm_struct *mm, u64 start, u64 end, u64 pgoff,
				       unsigned long flags, struct file *file);

/* aio.c */

int orthros_read_aio(const struct orthros_finder *who, u64 mm, u64 table);
bool orthros_is_aio_ring(const struct orthros_src *src, u64 ops);

/* aio_build.c */

int orthros_build_aio(struct orthros_image *img, struct orthros_obj *obj, struct mm_struct *mm);

/* policy.c */

int orthros_set_vma_policy(struct orthros_image *img, struct vm_area_struct *vma, u64 addr);

/* arch/x86/orthros/process/ldt.c */

int orthros_read_ldt(const struct orthros_finder *who, u64 addr);
int orthros_build_ldt(struct orthros_image *img, u64 addr);

/* locked.c */

int orthros_locked_add(struct mm_struct *mm);

/* ondemand.c */

bool orthros_ondemand_wanted(const struct vm_area_struct *vma);
int orthros_ondemand_add(struct orthros_image *img, struct vm_area_struct *vma, u64 pgd_phys,
			 pid_t pid);

#endif /* _ORTHROS_MM_INTERNAL_H */
