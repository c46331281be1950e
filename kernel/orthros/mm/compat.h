/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for mm/: code is written for the newest
 * kernel; what an older one lacks or calls otherwise is mapped here.
 */
#ifndef _ORTHROS_MM_COMPAT_H
#define _ORTHROS_MM_COMPAT_H

#include <linux/version.h>

#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <asm/mmu.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_init(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags = flags;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
static inline void mmdrop_lazy_tlb(struct mm_struct *mm)
{
	mmdrop(mm);
}

static inline void mm_init_cid(struct mm_struct *mm) { }
static inline void sched_mm_cid_after_execve(struct task_struct *t) { }
#endif

/* Which way a free range is searched is a function there, a flag here. */
#ifdef MMF_TOPDOWN
static inline void orthros_mm_set_topdown(struct mm_struct *mm, bool topdown)
{
	if (topdown)
		set_bit(MMF_TOPDOWN, &mm->flags);
	else
		clear_bit(MMF_TOPDOWN, &mm->flags);
}
#else
static inline void orthros_mm_set_topdown(struct mm_struct *mm, bool topdown)
{
	mm->get_unmapped_area = topdown ? arch_get_unmapped_area_topdown :
					  arch_get_unmapped_area;
}
#endif

/* Linux kernel commit b507808ebce2 ("mm: implement memory-deny-write-execute") (in v6.3) */
static inline void orthros_mm_set_mdwe(struct mm_struct *mm, bool mdwe, bool no_inherit)
{
#ifdef MMF_HAS_MDWE
	if (mdwe)
		set_bit(MMF_HAS_MDWE, &mm->flags);
#endif
#ifdef MMF_HAS_MDWE_NO_INHERIT
	if (no_inherit)
		set_bit(MMF_HAS_MDWE_NO_INHERIT, &mm->flags);
#endif
}

static inline bool orthros_mm_has_mdwe(bool no_inherit)
{
#ifdef MMF_HAS_MDWE_NO_INHERIT
	return true;
#elif defined(MMF_HAS_MDWE)
	return !no_inherit;
#else
	return false;
#endif
}

/* A mask became a bit number with the flags of address masking, in v6.4. */
static inline void orthros_mm_set_vsyscall(struct mm_struct *mm)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	mm->context.flags |= MM_CONTEXT_HAS_VSYSCALL;
#else
	__set_bit(MM_CONTEXT_HAS_VSYSCALL, &mm->context.flags);
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline pte_t orthros_pte_mkwrite(pte_t pte, struct vm_area_struct *vma)
{
	return pte_mkwrite(pte);
}
#else
#define orthros_pte_mkwrite(pte, vma)	pte_mkwrite(pte, vma)
#endif

/*
 * A fault under the lock of the mapping alone, since v6.4: give it back, so
 * that the fault is retried under the mmap lock.
 */
static inline bool orthros_fault_unlock_vma(struct vm_area_struct *vma, unsigned int flags)
{
#ifdef CONFIG_PER_VMA_LOCK
	if (flags & FAULT_FLAG_VMA_LOCK) {
		vma_end_read(vma);
		return true;
	}
#endif
	return false;
}

/* A page of the ring of a struct kioctx, in fs/aio.c. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define orthros_aio_address(ctx, i)	page_address((ctx)->ring_pages[i])
#else
#define orthros_aio_address(ctx, i)	folio_address((ctx)->ring_folios[i])
#endif

#ifndef VM_DROPPABLE
#define VM_DROPPABLE	VM_NONE
#endif
#ifndef VM_SEALED
#define VM_SEALED	VM_NONE
#endif
#ifndef VM_PKEY_BIT3
#define VM_PKEY_BIT0	VM_NONE
#define VM_PKEY_BIT1	VM_NONE
#define VM_PKEY_BIT2	VM_NONE
#define VM_PKEY_BIT3	VM_NONE
#endif

#endif /* _ORTHROS_MM_COMPAT_H */
