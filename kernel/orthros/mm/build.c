// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building address spaces: each in the context of the new process, which has
 * none yet, by the kernel's own constructors.
 *
 * Mappings are inserted one by one, never merged, so that each source mapping
 * has one here and private pages keep their index. Anonymous pages are adopted:
 * claimed where they lie (pages/adopt.c) and entered into rmap, memory cgroup and
 * page tables as a fault would, into the LRU lists after the commit. Pages of
 * files are not mapped, they fault in from the rebuilt page cache.
 *
 * All mappings that could share anonymous pages in the source have one root
 * anon_vma there. Here they have one anon_vma, which they share as the parts of
 * a split mapping do. It is coarser than the source's tree, never too fine.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/auxvec.h>
#include <linux/binfmts.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kallsyms.h>
#include <linux/membarrier.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_context.h>
#include <linux/pgalloc.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/user_namespace.h>
#include <asm/unistd.h>
#include "../files/files.h"
#include "../ns/ns.h"
#include "map_pages.h"
#include "mm_internal.h"

/*
 * Join the family. Its first member stands for it: nothing unmaps it as long as
 * all processes are held.
 */
static int join_anon_vma(struct orthros_image *img, u64 root, struct vm_area_struct *vma)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_anon_vma_type, root);
	struct vm_area_struct *first;
	int err;

	if (!obj)
		return -ENOENT;
	first = obj->dst;
	if (!first) {
		err = anon_vma_prepare(vma);
		if (!err)
			orthros_obj_built(obj, vma);
		return err;
	}
	vma->anon_vma = first->anon_vma;
	return anon_vma_clone(vma, first);
}

static bool is_filled_later(const struct orthros_vma_rec *rec)
{
	return rec->kind == ORTHROS_VMA_VDSO || rec->kind == ORTHROS_VMA_VVAR ||
	       rec->kind == ORTHROS_VMA_AIO || rec->kind == ORTHROS_VMA_OWN;
}

/* A ring is mapped at once, page by page. */
static unsigned long vma_flags(const struct orthros_vma_rec *rec)
{
	return orthros_vm_flags(rec->flags) | (rec->kind == ORTHROS_VMA_RING ? VM_MIXEDMAP : 0);
}

static int build_vma(struct orthros_image *img, struct orthros_adopter *a, u64 pgd_phys, u64 addr)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_vma_type, addr);
	const struct orthros_vma_rec *rec;
	struct orthros_obj *fobj;
	struct vm_area_struct *vma;
	struct file *file = NULL;
	unsigned long flags;
	int err;

	if (!obj)
		return -ENOENT;
	rec = obj->rec;
	/* By build_own(), orthros_build_vdso() and orthros_build_aio(). */
	if (is_filled_later(rec))
		return 0;
	flags = vma_flags(rec);

	if (rec->file) {
		fobj = orthros_obj_find(img, &orthros_file_type, rec->file);
		file = fobj ? orthros_build_file(img, fobj) : ERR_PTR(-ENOENT);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	vma = orthros_new_vma(a->mm, rec->start, rec->end, rec->pgoff, flags, file);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	orthros_obj_built(obj, vma);
	if (!rec->anon_vma)
		return 0;
	if (flags & VM_SHARED)
		return -EUCLEAN;
	err = join_anon_vma(img, rec->anon_vma, vma);
	if (err)
		return err;
	if (orthros_ondemand_wanted(vma))
		return orthros_ondemand_add(img, vma, pgd_phys, a->pid);
	a->vma = vma;
	a->kind = rec->kind;
	return orthros_src_pt_walk(img->src, pgd_phys, rec->start, rec->end, orthros_adopt_batch,
				   a);
}

static int build_vmas(struct orthros_image *img, struct orthros_obj *obj, struct mm_struct *mm)
{
	const struct orthros_mm_rec *rec = obj->rec;
	struct orthros_adopter *a = kvzalloc(sizeof(*a), GFP_KERNEL);
	u32 i;
	int err;

	if (!a)
		return -ENOMEM;
	err = orthros_adopter_init(a, img, mm, obj->pid);

	mmap_write_lock(mm);
	for (i = 0; i < rec->nr_vmas && !err; i++) {
		err = build_vma(img, a, rec->pgd_phys, rec->vmas[i]);
		if (err)
			orthros_fail(err, "memory of pid %d: mapping %u of %u", obj->pid, i + 1,
				     rec->nr_vmas);
	}
	mmap_write_unlock(mm);
	kvfree(a);
	return err;
}

/* What files have made for it: some are made for the memory of a process. */
static int build_own(struct orthros_image *img, struct orthros_obj *obj, struct mm_struct *mm)
{
	const struct orthros_mm_rec *rec = obj->rec;
	const struct orthros_vma_rec *v;
	struct vm_area_struct *vma;
	struct orthros_obj *vobj, *fobj;
	struct file *file;
	u32 i;

	for (i = 0; i < rec->nr_vmas; i++) {
		vobj = orthros_obj_find(img, &orthros_vma_type, rec->vmas[i]);
		if (!vobj)
			return -ENOENT;
		v = vobj->rec;
		if (v->kind != ORTHROS_VMA_OWN)
			continue;
		fobj = orthros_obj_find(img, &orthros_file_type, v->file);
		file = fobj ? orthros_build_file(img, fobj) : ERR_PTR(-ENOENT);
		if (IS_ERR(file))
			return PTR_ERR(file);
		mmap_write_lock(mm);
		vma = orthros_new_vma(mm, v->start, v->end, v->pgoff, orthros_vm_flags(v->flags),
				      file);
		mmap_write_unlock(mm);
		if (IS_ERR(vma))
			return orthros_fail(PTR_ERR(vma), "memory of pid %d: mapping %llx-%llx",
					    obj->pid, v->start, v->end);
		orthros_obj_built(vobj, vma);
	}
	return 0;
}

/* Opening takes inode locks, which come before the mmap lock. */
static int open_files(struct orthros_image *img, const struct orthros_mm_rec *rec)
{
	const struct orthros_vma_rec *vma;
	struct orthros_obj *obj;
	struct file *file;
	u32 i;

	for (i = 0; i < rec->nr_vmas; i++) {
		obj = orthros_obj_find(img, &orthros_vma_type, rec->vmas[i]);
		if (!obj)
			return -ENOENT;
		vma = obj->rec;
		if (!vma->file || is_filled_later(vma))
			continue;
		obj = orthros_obj_find(img, &orthros_file_type, vma->file);
		file = obj ? orthros_build_file(img, obj) : ERR_PTR(-ENOENT);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	return 0;
}

/* ---- the address space ----------------------------------------------- */

/* As exec_mmap() does it, for a task that had no address space. */
static int attach_mm(struct mm_struct *mm, bool shared)
{
	struct task_struct *tsk = current;
	struct mm_struct *active_mm;
	int err;

	err = down_write_killable(&tsk->signal->exec_update_lock);
	if (err)
		return err;
	task_lock(tsk);
	membarrier_exec_mmap(mm);

	local_irq_disable();
	active_mm = tsk->active_mm;
	tsk->active_mm = mm;
	tsk->mm = mm;
	if (!shared)
		mm_init_cid(mm);
	if (!IS_ENABLED(CONFIG_ARCH_WANT_IRQS_OFF_ACTIVATE_MM))
		local_irq_enable();
	activate_mm(active_mm, mm);
	if (IS_ENABLED(CONFIG_ARCH_WANT_IRQS_OFF_ACTIVATE_MM))
		local_irq_enable();
	if (!shared)
		lru_gen_add_mm(mm);
	task_unlock(tsk);
	lru_gen_use_mm(mm);
	mmdrop_lazy_tlb(active_mm);
	up_write(&tsk->signal->exec_update_lock);
	sched_mm_cid_after_execve(tsk);
	return 0;
}

static void set_layout(struct mm_struct *mm, const struct orthros_mm_rec *rec)
{
	mm->mmap_base = rec->mmap_base;
	mm->mmap_legacy_base = rec->mmap_legacy_base;
#ifdef CONFIG_HAVE_ARCH_COMPAT_MMAP_BASES
	mm->mmap_compat_base = rec->mmap_compat_base;
	mm->mmap_compat_legacy_base = rec->mmap_compat_legacy_base;
#endif
	orthros_mm_set_topdown(mm, rec->flags & ORTHROS_MMF_TOPDOWN);
	mm->task_size = TASK_SIZE_MAX;
	orthros_mm_set_vsyscall(mm);
#ifdef CONFIG_X86_INTEL_MEMORY_PROTECTION_KEYS
	if (rec->pkey_map) {
		mm->context.pkey_allocation_map = rec->pkey_map;
		mm->context.execute_only_pkey = rec->execute_only_pkey;
	}
#endif
}

static int set_flags(struct mm_struct *mm, const struct orthros_mm_rec *rec)
{
	u64 filter = (u64)rec->dump_filter << MMF_DUMP_FILTER_SHIFT;

	if (rec->dumpable > SUID_DUMP_ROOT)
		return -EUCLEAN;
	set_dumpable(mm, rec->dumpable);
	mm->flags &= ~(unsigned long)MMF_DUMP_FILTER_MASK;
	mm->flags |= filter & MMF_DUMP_FILTER_MASK;
	if (rec->flags & ORTHROS_MMF_DISABLE_THP)
		set_bit(MMF_DISABLE_THP, &mm->flags);
	orthros_mm_set_mdwe(mm, rec->flags & ORTHROS_MMF_MDWE,
			    rec->flags & ORTHROS_MMF_MDWE_NO_INHERIT);
	mm->def_flags = orthros_vm_flags(rec->def_flags);
	return 0;
}

static void set_ranges(struct mm_struct *mm, const struct orthros_mm_rec *rec)
{
	unsigned int i;

	spin_lock(&mm->arg_lock);
	mm->start_code = rec->start_code;
	mm->end_code = rec->end_code;
	mm->start_data = rec->start_data;
	mm->end_data = rec->end_data;
	mm->start_brk = rec->start_brk;
	mm->brk = rec->brk;
	mm->start_stack = rec->start_stack;
	mm->arg_start = rec->arg_start;
	mm->arg_end = rec->arg_end;
	mm->env_start = rec->env_start;
	mm->env_end = rec->env_end;
	spin_unlock(&mm->arg_lock);

	/* The last pair stays AT_NULL. */
	for (i = 0; i + 3 < min(ORTHROS_AUXV_WORDS, AT_VECTOR_SIZE) && rec->auxv[i]; i += 2) {
		mm->saved_auxv[i] = rec->auxv[i];
		mm->saved_auxv[i + 1] = rec->auxv[i + 1];
		if (rec->auxv[i] == AT_SYSINFO_EHDR && mm->context.vdso)
			mm->saved_auxv[i + 1] = (unsigned long)mm->context.vdso;
	}
}

static int set_exe(struct orthros_image *img, struct mm_struct *mm,
		   const struct orthros_mm_rec *rec)
{
	struct orthros_obj *obj;
	struct file *file;

	if (!rec->exe_file)
		return 0;
	obj = orthros_obj_find(img, &orthros_file_type, rec->exe_file);
	file = obj ? orthros_build_file(img, obj) : ERR_PTR(-ENOENT);
	if (IS_ERR(file))
		return PTR_ERR(file);
	return set_mm_exe_file(mm, file);
}

/* Registers anew what the process had registered with membarrier(2). */
static int register_membarrier(u32 registered)
{
	static const struct {
		u32 bit;
		int cmd;
	} cmds[] = {
		{ ORTHROS_MB_GLOBAL_EXPEDITED, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED },
		{ ORTHROS_MB_PRIVATE_EXPEDITED, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED },
		{ ORTHROS_MB_SYNC_CORE, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE },
		{ ORTHROS_MB_RSEQ, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cmds); i++) {
		long ret;

		if (!(registered & cmds[i].bit))
			continue;
		ret = orthros_syscall(__NR_membarrier, cmds[i].cmd, 0, 0, 0, 0, 0);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Core dumps need the format that loaded the program, and everything that
 * runs here is 64-bit ELF. The kernel has no other way to it than its name.
 */
static void set_format(void)
{
	struct linux_binfmt *elf = (void *)kallsyms_lookup_name("elf_format");

	if (elf)
		set_binfmt(elf);
	else
		pr_warn_once("no elf_format: adopted processes do not dump core\n");
}

/* The first thread has none of its own yet. */
static int build_policies(struct orthros_image *img, const struct orthros_mm_rec *rec)
{
	const struct orthros_vma_rec *vma;
	struct orthros_obj *obj;
	bool any = false;
	int err = 0;
	u32 i;

	for (i = 0; i < rec->nr_vmas && !err; i++) {
		obj = orthros_obj_find(img, &orthros_vma_type, rec->vmas[i]);
		vma = obj ? obj->rec : NULL;
		if (!vma || !vma->policy || !obj->dst)
			continue;
		any = true;
		err = orthros_set_vma_policy(img, obj->dst, vma->policy);
	}
	return any && !err ? orthros_set_policy(img, 0) : err;
}

static int fill_mm(struct orthros_image *img, struct orthros_obj *obj, struct mm_struct *mm)
{
	const struct orthros_mm_rec *rec = obj->rec;
	int err;

	err = build_vmas(img, obj, mm);
	if (err)
		return err;
	/* The vDSO takes what is left. */
	err = orthros_build_aio(img, obj, mm) ?: build_own(img, obj, mm) ?:
	      orthros_build_vdso(img, obj);
	if (err)
		return err;
	err = build_policies(img, rec);
	if (err)
		return orthros_fail(err, "memory policies of pid %d", obj->pid);
	err = orthros_build_ldt(img, rec->ldt);
	if (err)
		return orthros_fail(err, "local descriptor table of pid %d", obj->pid);
	set_ranges(mm, rec);
	set_format();
	err = set_exe(img, mm, rec);
	if (err)
		return orthros_fail(err, "exe of pid %d", obj->pid);
	err = set_flags(mm, rec);
	if (err)
		return orthros_fail(err, "memory flags of pid %d", obj->pid);
	err = register_membarrier(rec->membarrier);
	if (err)
		return orthros_fail(err, "membarrier of pid %d", obj->pid);
	err = orthros_locked_add(mm);
	if (err)
		return err;
	mm->hiwater_vm = max_t(unsigned long, rec->hiwater_vm, mm->total_vm);
	mm->hiwater_rss = max_t(unsigned long, rec->hiwater_rss, get_mm_rss(mm));
	return 0;
}

/**
 * orthros_build_mm() - build an address space and move into it
 * @img:	image
 * @obj:	MM object
 *
 * Sets @obj->dst to the mm_struct; the only reference is the task's own, so the
 * pointer is good as long as the task is held.
 *
 * Context: in the new process, which is alone and has no address space. Its
 * credentials must be set. A task whose address space could not be completed
 * must not run.
 * Return: 0 or negative errno.
 */
int orthros_build_mm(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_mm_rec *rec = obj->rec;
	struct user_namespace *user_ns;
	struct mm_struct *mm;
	int err;

	if (current->mm)
		return orthros_fail(-EBUSY, "memory of pid %d: exists", obj->pid);
	if (obj->dst) {
		/* Shared with a process that is no thread of ours: vfork(). */
		mm = obj->dst;
		mmget(mm);
		err = attach_mm(mm, true);
		if (err)
			mmput(mm);
		return err;
	}
	err = open_files(img, rec);
	if (err)
		return orthros_fail(err, "mapped files of pid %d", obj->pid);
	mm = mm_alloc();
	if (!mm)
		return orthros_fail(-ENOMEM, "memory of pid %d", obj->pid);
	set_layout(mm, rec);
	/* Of who has started the program: ptrace() asks it. */
	user_ns = orthros_dst_user_ns(rec->user_ns);
	if (!user_ns) {
		mmput(mm);
		return orthros_fail(-ENOENT, "memory of pid %d: user namespace", obj->pid);
	}
	put_user_ns(mm->user_ns);
	mm->user_ns = get_user_ns(user_ns);
	err = attach_mm(mm, false);
	if (err) {
		mmput(mm);
		return orthros_fail(err, "memory of pid %d", obj->pid);
	}
	orthros_obj_built(obj, mm);
	return fill_mm(img, obj, mm);
}

/* Check what was built, and count it. */
static int verify_mm(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_vma_type) {
		const struct orthros_vma_rec *rec = obj->rec;
		struct vm_area_struct *vma = obj->dst;

		if (is_filled_later(rec))
			continue;
		if (!vma || vma->vm_start != rec->start || vma->vm_end != rec->end ||
		    vma->vm_pgoff != rec->pgoff || vma->vm_flags != vma_flags(rec) ||
		    !vma->anon_vma != !rec->anon_vma)
			return orthros_fail(-EUCLEAN, "memory of pid %d: mapping %llx-%llx",
					    obj->pid, rec->start, rec->end);
	}
	orthros_for_each_obj(obj, img, &orthros_mm_type) {
		const struct orthros_mm_rec *rec = obj->rec;
		struct mm_struct *mm = obj->dst;

		if (!mm || mm->map_count < (int)rec->nr_vmas || atomic_read(&mm->mm_users) < 1)
			return orthros_fail(-EUCLEAN, "memory of pid %d", obj->pid);
	}
	return 0;
}

const struct orthros_kind orthros_mm_kind = {
	.name	= "memory",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_mm, &orthros_table_mm_walk,
				 &orthros_table_vma, &orthros_table_anon_vma,
				 &orthros_table_special, &orthros_table_vdso,
				 &orthros_table_policy,
				 &orthros_table_ldt,
				 &orthros_table_mm_env, &orthros_table_pte, &orthros_table_fpu,
				 &orthros_table_fpstate),
	.verify	= verify_mm,
};
