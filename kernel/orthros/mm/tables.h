/* SPDX-License-Identifier: GPL-2.0 */
/* What the readers of address spaces see of a source kernel. */
#ifndef _ORTHROS_TABLES_MM_H
#define _ORTHROS_TABLES_MM_H

#include "../core/table.h"
#include <linux/orthros/abi/mm.h>

/*
 * Bits of vm_flags that make a mapping one that cannot be carried. They
 * follow the neutral ones in &struct orthros_mm_env.vm.
 */
enum orthros_vma_refused {
	ORTHROS_VMR_PFNMAP = ORTHROS_VMF_NR,
	ORTHROS_VMR_IO,
	ORTHROS_VMR_MIXEDMAP,
	ORTHROS_VMR_HUGETLB,
	ORTHROS_VMR_UFFD_MISSING,
	ORTHROS_VMR_UFFD_WP,
	ORTHROS_VMR_UFFD_MINOR,
	ORTHROS_VMR_MERGEABLE,
	ORTHROS_VMR_SHADOW_STACK,
	ORTHROS_VMR_NR,
};

/**
 * struct orthros_mm_env - constants of the source; read with address 0
 * @vm:			its VM_* value of each &enum orthros_vma_flag and
 *			&enum orthros_vma_refused, 0 if it has none
 * @ops_special:	vm_ops of vDSO and vvar
 * @ops_generic:	vm_ops of a mapped file
 * @ops_shmem:		likewise
 * @ops_shmem_anon:	likewise, since Linux 6.2
 * @ops_sysv:		of System V shared memory
 * @ops_ext4:		likewise
 * @ops_xfs:		likewise
 * @ops_packet:		of the ring of a packet socket
 * @vdso_image_64:	image of the 64-bit vDSO
 * @vvar_page:		the kernel's page of clock data
 * @clock_data:		array of &struct vdso_data in it
 * @clock_size:		bytes of an element
 * @clock_seq:		offset of its sequence count
 * @clock_mode:		offset of its mode
 * @clock_bases:	elements
 * @clock_mode_none:	mode in which the clock is read by a system call
 * @mmf_dumpable_mask:	bits of mm->flags
 * @mmf_filter_shift:	likewise
 * @mmf_filter_mask:	likewise
 * @mmf_disable_thp:	likewise, bit number
 * @mmf_mdwe:		likewise
 * @mmf_mdwe_no_inherit: likewise
 * @mb_global:		bits of mm->membarrier_state
 * @mb_private:		likewise
 * @mb_sync_core:	likewise
 * @mb_rseq:		likewise
 * @page_size:		bytes of a struct page
 * @page_mapping:	offset of its mapping
 * @page_head:		offset of the compound head
 * @anon_bit:		bit of page->mapping: anonymous memory
 */
struct orthros_mm_env {
	u64 vm[ORTHROS_VMR_NR];
	u64 ops_special;
	u64 ops_generic;
	u64 ops_shmem;
	u64 ops_shmem_anon;
	u64 ops_sysv;
	u64 ops_ext4;
	u64 ops_xfs;
	u64 ops_packet;
	u64 vdso_image_64;
	u64 vvar_page;
	u64 clock_data;
	u64 mmf_dumpable_mask;
	u64 mmf_filter_shift;
	u64 mmf_filter_mask;
	u32 mmf_disable_thp;
	u32 mmf_mdwe;
	u32 mmf_mdwe_no_inherit;
	u32 mb_global;
	u32 mb_private;
	u32 mb_sync_core;
	u32 mb_rseq;
	u32 page_size;
	u32 page_mapping;
	u32 page_head;
	u64 anon_bit;
	u32 clock_size;
	u32 clock_seq;
	u32 clock_mode;
	u32 clock_bases;
	s32 clock_mode_none;
};

/**
 * struct orthros_pte_view - bits of the source's page table entries that are
 *	the kernel's, not the processor's; read with address 0
 * @special:		page without a struct page of interest
 * @soft_dirty:		see /proc/PID/pagemap
 * @saved_dirty:	a dirty bit in waiting, since Linux 6.6
 * @devmap:		device memory
 */
struct orthros_pte_view {
	u64 special;
	u64 soft_dirty;
	u64 saved_dirty;
	u64 devmap;
};

/**
 * struct orthros_mm_view - what the reader of an mm needs beside the record
 * @mm_mt:		address of the tree of mappings, 0 before Linux 6.1
 * @mmap:		first mapping in the list that came before it
 * @pgd:		top page table, virtual
 * @flags:		mm->flags
 * @def_flags:		VM_*
 * @exe_file:		struct file
 * @ldt:		struct ldt_struct or 0
 * @lam:		non-zero: uses linear address masking
 * @vdso_image:		struct vdso_image
 * @ioctx:		table of AIO contexts or 0
 * @membarrier:		state bits
 * @map_count:		number of mappings
 */
struct orthros_mm_view {
	u64 mm_mt;
	u64 mmap;
	u64 pgd;
	u64 flags;
	u64 def_flags;
	u64 exe_file;
	u64 ldt;
	u64 lam;
	u64 vdso_image;
	u64 ioctx;
	u32 membarrier;
	s32 map_count;
};

/**
 * struct orthros_vma_view - one mapping as it lies in the source
 * @start:		first address
 * @end:		after the last
 * @flags:		VM_*
 * @pgoff:		in pages
 * @file:		struct file or 0
 * @ops:		vm_operations_struct or 0
 * @anon_vma:		struct anon_vma or 0
 * @private:		vm_private_data
 * @policy:		NUMA policy or 0
 * @uffd:		userfaultfd context or 0
 * @next:		next mapping where there is no tree
 */
struct orthros_vma_view {
	u64 start;
	u64 end;
	u64 flags;
	u64 pgoff;
	u64 file;
	u64 ops;
	u64 anon_vma;
	u64 private;
	u64 policy;
	u64 uffd;
	u64 next;
};

/**
 * struct orthros_ldt_view - a struct ldt_struct
 * @entries:	address of its entries
 * @nr:		how many there are
 */
struct orthros_ldt_view {
	u64 entries;
	u32 nr;
};

/* struct anon_vma: its root. */
struct orthros_anon_vma_view {
	u64 root;
};

/* struct vm_special_mapping: pointer to its name. */
struct orthros_special_view {
	u64 name;
};

/* struct vdso_image: see &struct orthros_mm_rec. */
struct orthros_vdso_view {
	u64 data;
	u64 size;
	s64 vvar_page;
};

/* task_struct's FPU state. */
struct orthros_fpu_view {
	u64 fpstate;
	u32 pkru;
};

/**
 * struct orthros_fpstate_view - struct fpstate
 * @regs:		address of the register image
 * @size:		its bytes
 * @user_xfeatures:	components that belong to user space
 */
struct orthros_fpstate_view {
	u64 regs;
	u64 user_xfeatures;
	u32 size;
};

extern struct orthros_table orthros_table_mm;
extern struct orthros_table orthros_table_mm_walk;
extern struct orthros_table orthros_table_vma;
extern struct orthros_table orthros_table_anon_vma;
extern struct orthros_table orthros_table_policy;
extern struct orthros_table orthros_table_ldt;
extern struct orthros_table orthros_table_special;
extern struct orthros_table orthros_table_vdso;
extern struct orthros_table orthros_table_mm_env;
extern struct orthros_table orthros_table_pte;
extern struct orthros_table orthros_table_fpu;
extern struct orthros_table orthros_table_fpstate;

#endif /* _ORTHROS_TABLES_MM_H */
