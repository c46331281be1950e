// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of address spaces, mappings, page table bits and FPU state.
 */
#include "tables.h"

#define MM(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_mm_rec, field, kind, flags, __VA_ARGS__)

/* The rest of the record is filled by read.c. */
static struct orthros_row mm_rows[] = {
	MM(user_ns, VALUE, 0, "mm_struct.user_ns"),
	MM(start_code, VALUE, 0, "mm_struct.start_code"),
	MM(end_code, VALUE, 0, "mm_struct.end_code"),
	MM(start_data, VALUE, 0, "mm_struct.start_data"),
	MM(end_data, VALUE, 0, "mm_struct.end_data"),
	MM(start_brk, VALUE, 0, "mm_struct.start_brk"),
	MM(brk, VALUE, 0, "mm_struct.brk"),
	MM(start_stack, VALUE, 0, "mm_struct.start_stack"),
	MM(arg_start, VALUE, 0, "mm_struct.arg_start"),
	MM(arg_end, VALUE, 0, "mm_struct.arg_end"),
	MM(env_start, VALUE, 0, "mm_struct.env_start"),
	MM(env_end, VALUE, 0, "mm_struct.env_end"),
	MM(mmap_base, VALUE, 0, "mm_struct.mmap_base"),
	MM(mmap_legacy_base, VALUE, 0, "mm_struct.mmap_legacy_base"),
	MM(mmap_compat_base, VALUE, ORTHROS_ROW_OPTIONAL,
	   "mm_struct.mmap_compat_base"),
	MM(mmap_compat_legacy_base, VALUE, ORTHROS_ROW_OPTIONAL,
	   "mm_struct.mmap_compat_legacy_base"),
	MM(hiwater_rss, VALUE, 0, "mm_struct.hiwater_rss"),
	MM(hiwater_vm, VALUE, 0, "mm_struct.hiwater_vm"),
	MM(vdso, VALUE, 0, "mm_struct.context.vdso"),
	MM(pkey_map, VALUE, ORTHROS_ROW_OPTIONAL,
	   "mm_struct.context.pkey_allocation_map"),
	MM(execute_only_pkey, VALUE, ORTHROS_ROW_OPTIONAL,
	   "mm_struct.context.execute_only_pkey"),
	MM(auxv, BYTES, 0, "mm_struct.saved_auxv"),
};

ORTHROS_TABLE(mm, struct orthros_mm_rec);

#define MV(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_mm_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row mm_walk_rows[] = {
	/* Linux kernel commit d4af56c5c7c6 ("mm: start tracking VMAs with maple tree") (in v6.1) */
	MV(mm_mt, ADDR, ORTHROS_ROW_OPTIONAL, "mm_struct.mm_mt"),
	MV(mmap, VALUE, ORTHROS_ROW_OPTIONAL, "mm_struct.mmap"),
	MV(pgd, VALUE, 0, "mm_struct.pgd"),
	MV(flags, VALUE, 0, "mm_struct.flags"),
	MV(def_flags, VALUE, 0, "mm_struct.def_flags"),
	MV(exe_file, VALUE, 0, "mm_struct.exe_file"),
	MV(ldt, VALUE, ORTHROS_ROW_OPTIONAL, "mm_struct.context.ldt"),
	MV(lam, VALUE, ORTHROS_ROW_OPTIONAL, "mm_struct.context.lam_cr3_mask"),
	MV(vdso_image, VALUE, 0, "mm_struct.context.vdso_image"),
	MV(ioctx, VALUE, ORTHROS_ROW_OPTIONAL, "mm_struct.ioctx_table"),
	MV(membarrier, VALUE, ORTHROS_ROW_OPTIONAL,
	   "mm_struct.membarrier_state.counter"),
	MV(map_count, VALUE, 0, "mm_struct.map_count"),
};

ORTHROS_TABLE(mm_walk, struct orthros_mm_view);

#define POL(field, kind, ...) \
	ORTHROS_ROW(struct orthros_policy_rec, field, kind, ORTHROS_ROW_OPTIONAL, __VA_ARGS__)

/* There is none without CONFIG_NUMA, and nobody who asks. */
static struct orthros_row policy_rows[] = {
	POL(mode, VALUE, "mempolicy.mode"),
	POL(flags, VALUE, "mempolicy.flags"),
	POL(home, VALUE, "mempolicy.home_node"),
	POL(nodes, BYTES, "mempolicy.nodes"),
	POL(asked, BYTES, "mempolicy.w.user_nodemask"),
};

ORTHROS_TABLE(policy, struct orthros_policy_rec);

static struct orthros_row ldt_rows[] = {
	ORTHROS_ROW(struct orthros_ldt_view, entries, VALUE, ORTHROS_ROW_OPTIONAL,
		    "ldt_struct.entries"),
	ORTHROS_ROW(struct orthros_ldt_view, nr, VALUE, ORTHROS_ROW_OPTIONAL,
		    "ldt_struct.nr_entries"),
};

ORTHROS_TABLE(ldt, struct orthros_ldt_view);

#define VMA(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_vma_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row vma_rows[] = {
	VMA(start, VALUE, 0, "vm_area_struct.vm_start"),
	VMA(end, VALUE, 0, "vm_area_struct.vm_end"),
	VMA(flags, VALUE, 0, "vm_area_struct.vm_flags"),
	VMA(pgoff, VALUE, 0, "vm_area_struct.vm_pgoff"),
	VMA(file, VALUE, 0, "vm_area_struct.vm_file"),
	VMA(ops, VALUE, 0, "vm_area_struct.vm_ops"),
	VMA(anon_vma, VALUE, 0, "vm_area_struct.anon_vma"),
	VMA(private, VALUE, 0, "vm_area_struct.vm_private_data"),
	VMA(policy, VALUE, ORTHROS_ROW_OPTIONAL, "vm_area_struct.vm_policy"),
	VMA(uffd, VALUE, ORTHROS_ROW_OPTIONAL,
	    "vm_area_struct.vm_userfaultfd_ctx.ctx"),
	VMA(next, VALUE, ORTHROS_ROW_OPTIONAL, "vm_area_struct.vm_next"),
};

ORTHROS_TABLE(vma, struct orthros_vma_view);

static struct orthros_row anon_vma_rows[] = {
	ORTHROS_ROW(struct orthros_anon_vma_view, root, VALUE, 0, "anon_vma.root"),
};

ORTHROS_TABLE(anon_vma, struct orthros_anon_vma_view);

static struct orthros_row special_rows[] = {
	ORTHROS_ROW(struct orthros_special_view, name, VALUE, 0,
		    "vm_special_mapping.name"),
};

ORTHROS_TABLE(special, struct orthros_special_view);

static struct orthros_row vdso_rows[] = {
	ORTHROS_ROW(struct orthros_vdso_view, data, VALUE, 0, "vdso_image.data"),
	ORTHROS_ROW(struct orthros_vdso_view, size, VALUE, 0, "vdso_image.size"),
	ORTHROS_ROW(struct orthros_vdso_view, vvar_page, VALUE, ORTHROS_ROW_OPTIONAL,
		    "vdso_image.sym_vvar_page"),
};

ORTHROS_TABLE(vdso, struct orthros_vdso_view);

#define ENV(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_mm_env, field, kind, flags, __VA_ARGS__)
#define VM(name) \
	ENV(vm[ORTHROS_VMF_##name], CONST, 0, "VM_" #name)
#define VM_IF(name) \
	ENV(vm[ORTHROS_VMF_##name], CONST, ORTHROS_ROW_OPTIONAL, "VM_" #name)
#define VM_REFUSED(name) \
	ENV(vm[ORTHROS_VMR_##name], CONST, ORTHROS_ROW_OPTIONAL, "VM_" #name)

static struct orthros_row mm_env_rows[] = {
	VM(READ), VM(WRITE), VM(EXEC), VM(SHARED),
	VM(MAYREAD), VM(MAYWRITE), VM(MAYEXEC), VM(MAYSHARE),
	VM(GROWSDOWN), VM(LOCKED), VM(LOCKONFAULT),
	VM(SEQ_READ), VM(RAND_READ), VM(DONTCOPY), VM(DONTEXPAND),
	VM(ACCOUNT), VM(NORESERVE), VM(WIPEONFORK), VM(DONTDUMP),
	VM(SOFTDIRTY), VM(HUGEPAGE), VM(NOHUGEPAGE),
	VM_IF(PKEY_BIT0), VM_IF(PKEY_BIT1), VM_IF(PKEY_BIT2), VM_IF(PKEY_BIT3),
	VM_IF(DROPPABLE), VM_IF(SEALED),
	VM_REFUSED(PFNMAP), VM_REFUSED(IO), VM_REFUSED(MIXEDMAP),
	VM_REFUSED(HUGETLB), VM_REFUSED(UFFD_MISSING), VM_REFUSED(UFFD_WP),
	VM_REFUSED(UFFD_MINOR), VM_REFUSED(MERGEABLE), VM_REFUSED(SHADOW_STACK),
	ENV(ops_special, SYM, 0, "special_mapping_vmops"),
	ENV(ops_generic, SYM, 0, "generic_file_vm_ops"),
	ENV(ops_shmem, SYM, ORTHROS_ROW_OPTIONAL, "shmem_vm_ops"),
	/* Linux kernel commit d09e8ca6cb93 ("mm: anonymous shared memory naming") (in v6.2) */
	ENV(ops_shmem_anon, SYM, ORTHROS_ROW_OPTIONAL, "shmem_anon_vm_ops"),
	ENV(ops_sysv, SYM, ORTHROS_ROW_OPTIONAL, "shm_vm_ops"),
	ENV(ops_ext4, SYM, ORTHROS_ROW_OPTIONAL, "ext4_file_vm_ops"),
	ENV(ops_xfs, SYM, ORTHROS_ROW_OPTIONAL, "xfs_file_vm_ops"),
	ENV(ops_packet, SYM, ORTHROS_ROW_OPTIONAL, "packet_mmap_ops"),
	ENV(vdso_image_64, SYM, 0, "vdso_image_64"),
	ENV(vvar_page, SYM, ORTHROS_ROW_OPTIONAL, "__vvar_page"),
	ENV(clock_data, SYM, ORTHROS_ROW_OPTIONAL, "_vdso_data"),
	ENV(clock_size, SIZEOF, 0, "vdso_data"),
	ENV(clock_seq, OFFSET, 0, "vdso_data.seq"),
	ENV(clock_mode, OFFSET, 0, "vdso_data.clock_mode"),
	ENV(clock_bases, CONST, 0, "CS_BASES"),
	ENV(clock_mode_none, CONST, 0, "VDSO_CLOCKMODE_NONE"),
	ENV(mmf_dumpable_mask, CONST, 0, "MMF_DUMPABLE_MASK"),
	ENV(mmf_filter_shift, CONST, 0, "MMF_DUMP_FILTER_SHIFT"),
	ENV(mmf_filter_mask, CONST, 0, "MMF_DUMP_FILTER_MASK"),
	ENV(mmf_disable_thp, CONST, ORTHROS_ROW_OPTIONAL, "MMF_DISABLE_THP"),
	/* Linux kernel commit b507808ebce2 ("mm: implement memory-deny-write-execute") (in v6.3) */
	ENV(mmf_mdwe, CONST, ORTHROS_ROW_OPTIONAL, "MMF_HAS_MDWE"),
	ENV(mmf_mdwe_no_inherit, CONST, ORTHROS_ROW_OPTIONAL, "MMF_HAS_MDWE_NO_INHERIT"),
	ENV(mb_global, CONST, 0, "MEMBARRIER_STATE_GLOBAL_EXPEDITED"),
	ENV(mb_private, CONST, 0, "MEMBARRIER_STATE_PRIVATE_EXPEDITED"),
	ENV(mb_sync_core, CONST, 0, "MEMBARRIER_STATE_PRIVATE_EXPEDITED_SYNC_CORE"),
	ENV(mb_rseq, CONST, 0, "MEMBARRIER_STATE_PRIVATE_EXPEDITED_RSEQ"),
	ENV(page_size, SIZEOF, 0, "page"),
	ENV(page_mapping, OFFSET, 0, "page.mapping"),
	ENV(page_head, OFFSET, 0, "page.compound_head"),
	ENV(anon_bit, CONST, 0, "PAGE_MAPPING_ANON"),
};

ORTHROS_TABLE(mm_env, struct orthros_mm_env);

static struct orthros_row pte_rows[] = {
	ORTHROS_ROW(struct orthros_pte_view, special, CONST, 0, "_PAGE_SPECIAL"),
	ORTHROS_ROW(struct orthros_pte_view, soft_dirty, CONST, 0, "_PAGE_SOFT_DIRTY"),
	/* Since Linux 6.6, with shadow stacks. */
	ORTHROS_ROW(struct orthros_pte_view, saved_dirty, CONST, ORTHROS_ROW_OPTIONAL,
		    "_PAGE_SAVED_DIRTY"),
	ORTHROS_ROW(struct orthros_pte_view, devmap, CONST, ORTHROS_ROW_OPTIONAL,
		    "_PAGE_DEVMAP"),
};

ORTHROS_TABLE(pte, struct orthros_pte_view);

static struct orthros_row fpu_rows[] = {
	ORTHROS_ROW(struct orthros_fpu_view, fpstate, VALUE, 0,
		    "task_struct.thread.fpu.fpstate"),
	ORTHROS_ROW(struct orthros_fpu_view, pkru, VALUE, ORTHROS_ROW_OPTIONAL,
		    "task_struct.thread.pkru"),
};

ORTHROS_TABLE(fpu, struct orthros_fpu_view);

static struct orthros_row fpstate_rows[] = {
	ORTHROS_ROW(struct orthros_fpstate_view, regs, ADDR, 0, "fpstate.regs"),
	ORTHROS_ROW(struct orthros_fpstate_view, user_xfeatures, VALUE, 0,
		    "fpstate.user_xfeatures"),
	ORTHROS_ROW(struct orthros_fpstate_view, size, VALUE, 0, "fpstate.size"),
};

ORTHROS_TABLE(fpstate, struct orthros_fpstate_view);
