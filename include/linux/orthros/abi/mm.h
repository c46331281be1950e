/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of address spaces: one of the mm, one of each mapping in it. All
 * fields have fixed width and are naturally aligned; flags are Orthros's own,
 * since the kernels number theirs differently. A change of layout or meaning
 * bumps the version of the record. Page tables are not recorded: they are read
 * where they lie when pages are adopted.
 */
#ifndef _LINUX_ORTHROS_ABI_MM_H
#define _LINUX_ORTHROS_ABI_MM_H

#include <linux/types.h>

#define ORTHROS_MM_VERSION	1
#define ORTHROS_VMA_VERSION	1

/* Room for mm->saved_auxv, in words; a kernel has about 50. */
#define ORTHROS_AUXV_WORDS	64

/* Bit numbers of &struct orthros_vma_rec.flags. Append only. */
enum orthros_vma_flag {
	ORTHROS_VMF_READ = 0,
	ORTHROS_VMF_WRITE,
	ORTHROS_VMF_EXEC,
	ORTHROS_VMF_SHARED,
	ORTHROS_VMF_MAYREAD,
	ORTHROS_VMF_MAYWRITE,
	ORTHROS_VMF_MAYEXEC,
	ORTHROS_VMF_MAYSHARE,
	ORTHROS_VMF_GROWSDOWN,
	ORTHROS_VMF_LOCKED,
	ORTHROS_VMF_LOCKONFAULT,
	ORTHROS_VMF_SEQ_READ,
	ORTHROS_VMF_RAND_READ,
	ORTHROS_VMF_DONTCOPY,
	ORTHROS_VMF_DONTEXPAND,
	ORTHROS_VMF_ACCOUNT,
	ORTHROS_VMF_NORESERVE,
	ORTHROS_VMF_WIPEONFORK,
	ORTHROS_VMF_DONTDUMP,
	ORTHROS_VMF_SOFTDIRTY,
	ORTHROS_VMF_HUGEPAGE,
	ORTHROS_VMF_NOHUGEPAGE,
	ORTHROS_VMF_PKEY_BIT0,
	ORTHROS_VMF_PKEY_BIT1,
	ORTHROS_VMF_PKEY_BIT2,
	ORTHROS_VMF_PKEY_BIT3,
	ORTHROS_VMF_DROPPABLE,
	ORTHROS_VMF_SEALED,
	ORTHROS_VMF_NR,
};

/* What a mapping is, see &struct orthros_vma_rec.kind. */
enum orthros_vma_kind {
	ORTHROS_VMA_ANON = 1,	/* private anonymous memory */
	ORTHROS_VMA_FILE,	/* of a file, shared or private */
	ORTHROS_VMA_VDSO,	/* text of the source's vDSO */
	ORTHROS_VMA_VVAR,	/* its data */
	ORTHROS_VMA_AIO,	/* the ring of an AIO context */
	ORTHROS_VMA_OWN,	/* of a file, whose own memory it is */
	ORTHROS_VMA_RING,	/* of a packet socket */
};

/**
 * struct orthros_vma_rec - one mapping
 * @version:	%ORTHROS_VMA_VERSION
 * @kind:	&enum orthros_vma_kind
 * @start:	first user address
 * @end:	after the last
 * @flags:	bits of &enum orthros_vma_flag
 * @pgoff:	offset in pages; for private memory the origin of its index
 * @file:	FILE object (source address), 0 if none; of the ring of an AIO context its file
 * @anon_vma:	ANON_VMA object: the root of the family of mappings that can
 *		share anonymous pages with this one; 0 if it never had one
 * @mm:		MM object that it belongs to
 * @policy:	memory policy (source address), 0 if none
 */
struct orthros_vma_rec {
	__u32	version;
	__u32	kind;
	__u64	start;
	__u64	end;
	__u64	flags;
	__u64	pgoff;
	__u64	file;
	__u64	anon_vma;
	__u64	mm;
	__u64	policy;
} __packed __aligned(8);

#define ORTHROS_POLICY_WORDS	16

/**
 * struct orthros_policy_rec - a memory policy
 * @mode:	MPOL_*
 * @flags:	MPOL_F_* that a program has named
 * @home:	node to begin with, -1 for none
 * @nodes:	its nodes, by number
 * @asked:	those that were asked for, where the flags want others made of them
 */
struct orthros_policy_rec {
	__u16	mode;
	__u16	flags;
	__s32	home;
	__u64	nodes[ORTHROS_POLICY_WORDS];
	__u64	asked[ORTHROS_POLICY_WORDS];
};

/**
 * struct orthros_ldt_rec - a local descriptor table
 * @nr:		entries
 * @pad:	0
 * @entries:	as the processor has them
 */
struct orthros_ldt_rec {
	__u32	nr;
	__u32	pad;
	__u64	entries[];
};

/* Bits of &struct orthros_mm_rec.flags. Append only. */
#define ORTHROS_MMF_DISABLE_THP		0x1
#define ORTHROS_MMF_MDWE		0x2
#define ORTHROS_MMF_MDWE_NO_INHERIT	0x4
#define ORTHROS_MMF_TOPDOWN		0x8

/* Bits of &struct orthros_mm_rec.membarrier: registered commands. */
#define ORTHROS_MB_GLOBAL_EXPEDITED	0x1
#define ORTHROS_MB_PRIVATE_EXPEDITED	0x2
#define ORTHROS_MB_SYNC_CORE		0x4
#define ORTHROS_MB_RSEQ			0x8

/**
 * struct orthros_mm_rec - one address space
 * @version:		%ORTHROS_MM_VERSION
 * @nr_vmas:		entries in @vmas
 * @pgd_phys:		physical address of its top page table
 * @user_ns:		user namespace of who has started the program
 * @start_code:		ranges, as in /proc/PID/stat and prctl(PR_SET_MM)
 * @end_code:		likewise
 * @start_data:		likewise
 * @end_data:		likewise
 * @start_brk:		likewise
 * @brk:		likewise
 * @start_stack:	likewise
 * @arg_start:		likewise
 * @arg_end:		likewise
 * @env_start:		likewise
 * @env_end:		likewise
 * @mmap_base:		where the search for a free range begins
 * @mmap_legacy_base:	the same, bottom up
 * @mmap_compat_base:	the same, for 32-bit system calls
 * @mmap_compat_legacy_base: the same, for 32-bit system calls, bottom up
 * @hiwater_rss:	peak resident pages
 * @hiwater_vm:		peak mapped pages
 * @def_flags:		bits of &enum orthros_vma_flag for new mappings
 * @exe_file:		FILE object of /proc/PID/exe, 0 if none
 * @vdso:		user address of the vDSO's text, 0 if none
 * @vdso_data:		source kernel address of the vDSO's image
 * @vdso_size:		bytes of that image
 * @vdso_vvar_page:	offset from the text to the page with the clock data,
 *			0 if not known
 * @flags:		ORTHROS_MMF_*
 * @dumpable:		0, 1 or 2 as in prctl(PR_GET_DUMPABLE)
 * @dump_filter:	as in /proc/PID/coredump_filter
 * @membarrier:		ORTHROS_MB_*
 * @pkey_map:		protection keys in use
 * @execute_only_pkey:	key of execute-only memory or -1
 * @pad:		0
 * @ldt:		LDT object, 0 if none
 * @auxv:		auxiliary vector, pairs, ended by AT_NULL
 * @vmas:		VMA objects (source addresses) in the order of addresses
 */
struct orthros_mm_rec {
	__u32	version;
	__u32	nr_vmas;
	__u64	pgd_phys;
	__u64	user_ns;
	__u64	start_code;
	__u64	end_code;
	__u64	start_data;
	__u64	end_data;
	__u64	start_brk;
	__u64	brk;
	__u64	start_stack;
	__u64	arg_start;
	__u64	arg_end;
	__u64	env_start;
	__u64	env_end;
	__u64	mmap_base;
	__u64	mmap_legacy_base;
	__u64	mmap_compat_base;
	__u64	mmap_compat_legacy_base;
	__u64	hiwater_rss;
	__u64	hiwater_vm;
	__u64	def_flags;
	__u64	exe_file;
	__u64	vdso;
	__u64	vdso_data;
	__u64	vdso_size;
	__s64	vdso_vvar_page;
	__u32	flags;
	__u32	dumpable;
	__u32	dump_filter;
	__u32	membarrier;
	__u16	pkey_map;
	__s16	execute_only_pkey;
	__u32	pad;
	__u64	ldt;
	__u64	auxv[ORTHROS_AUXV_WORDS];
	__u64	vmas[];
} __packed __aligned(8);

#endif /* _LINUX_ORTHROS_ABI_MM_H */
