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
#include <asm/unistd.h>
#include "../files/files.h"
#include "mm_internal.h"

static const unsigned long vm_bits[ORTHROS_VMF_NR] = {
	[ORTHROS_VMF_READ] = VM_READ,
	[ORTHROS_VMF_WRITE] = VM_WRITE,
	[ORTHROS_VMF_EXEC] = VM_EXEC,
	[ORTHROS_VMF_SHARED] = VM_SHARED,
	[ORTHROS_VMF_MAYREAD] = VM_MAYREAD,
	[ORTHROS_VMF_MAYWRITE] = VM_MAYWRITE,
	[ORTHROS_VMF_MAYEXEC] = VM_MAYEXEC,
	[ORTHROS_VMF_MAYSHARE] = VM_MAYSHARE,
	[ORTHROS_VMF_GROWSDOWN] = VM_GROWSDOWN,
	[ORTHROS_VMF_LOCKED] = VM_LOCKED,
	[ORTHROS_VMF_LOCKONFAULT] = VM_LOCKONFAULT,
	[ORTHROS_VMF_SEQ_READ] = VM_SEQ_READ,
	[ORTHROS_VMF_RAND_READ] = VM_RAND_READ,
	[ORTHROS_VMF_DONTCOPY] = VM_DONTCOPY,
	[ORTHROS_VMF_DONTEXPAND] = VM_DONTEXPAND,
	[ORTHROS_VMF_ACCOUNT] = VM_ACCOUNT,
	[ORTHROS_VMF_NORESERVE] = VM_NORESERVE,
	[ORTHROS_VMF_WIPEONFORK] = VM_WIPEONFORK,
	[ORTHROS_VMF_DONTDUMP] = VM_DONTDUMP,
	[ORTHROS_VMF_SOFTDIRTY] = VM_SOFTDIRTY,
	[ORTHROS_VMF_HUGEPAGE] = VM_HUGEPAGE,
	[ORTHROS_VMF_NOHUGEPAGE] = VM_NOHUGEPAGE,
	[ORTHROS_VMF_PKEY_BIT0] = VM_PKEY_BIT0,
	[ORTHROS_VMF_PKEY_BIT1] = VM_PKEY_BIT1,
	[ORTHROS_VMF_PKEY_BIT2] = VM_PKEY_BIT2,
	[ORTHROS_VMF_PKEY_BIT3] = VM_PKEY_BIT3,
	[ORTHROS_VMF_DROPPABLE] = VM_DROPPABLE,
	[ORTHROS_VMF_SEALED] = VM_SEALED,
};

/**
 * orthros_vm_flags() - this kernel's VM_* for neutral flags
 * @neutral:	bits of &enum orthros_vma_flag
 *
 * Return: VM_*.
 */
unsigned long orthros_vm_flags(u64 neutral)
{
	unsigned long flags = 0;
	int i;

	for (i = 0; i < ORTHROS_VMF_NR; i++)
		if (neutral & BIT_ULL(i))
			flags |= vm_bits[i];
	return flags;
}

/* ---- pages ----------------------------------------------------------- */

/**
 * struct adopter - adoption of the private pages of one mapping
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
struct adopter {
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

/* page->mapping of the page or of the compound page that it is part of. */
static int src_page_mapping(struct adopter *a, unsigned long pfn, u64 *mapping)
{
	const struct orthros_src *src = a->img->src;
	const struct orthros_mm_env *env = a->env;
	u64 head, base = src->desc.vmemmap_start;
	const u8 *page;

	page = orthros_memmap_page(src, base + (u64)pfn * env->page_size, env->page_size);
	if (!page)
		return -EFAULT;
	head = *(const u64 *)(page + env->page_head);
	if (head & 1) {
		head--;
		if (head < base || (head - base) % env->page_size)
			return -EUCLEAN;
		page = orthros_memmap_page(src, head, env->page_size);
		if (!page)
			return -EFAULT;
	}
	*mapping = *(const u64 *)(page + env->page_mapping);
	return 0;
}

/* 1: to be adopted, 0: not anonymous memory, comes back by a fault. */
static int is_adoptable(struct adopter *a, const struct orthros_src_pte *pte)
{
	u64 mapping, bit = a->env->anon_bit;
	int err;

	if (pte->flags & ORTHROS_PTE_ABSENT)
		return orthros_fail(-EBUSY, "memory of pid %d: page at %lx is swapped out",
				    a->pid, pte->addr);
	if (pte->flags & ORTHROS_PTE_DEVMAP)
		return orthros_fail(-EBUSY, "memory of pid %d: device memory at %lx",
				    a->pid, pte->addr);
	if (pte->flags & ORTHROS_PTE_SPECIAL)
		return 0;
	err = src_page_mapping(a, pte->pfn, &mapping);
	if (err)
		return orthros_fail(err, "memory of pid %d: page %#lx at %lx",
				    a->pid, pte->pfn, pte->addr);
	/* The lowest two bits together: a page that KSM merged. */
	if ((mapping & 3) == bit)
		return 1;
	if (a->kind == ORTHROS_VMA_FILE && !(mapping & 3))
		return 0;
	if (a->huge_zero && pte->pfn - a->huge_zero < HPAGE_PMD_NR)
		return 0;
	return orthros_fail(-EUCLEAN, "memory of pid %d: page %#lx at %lx is not anonymous",
			    a->pid, pte->pfn, pte->addr);
}

static bool is_wanted(const struct adopter *a, unsigned long addr)
{
	return !a->pending || test_bit(pte_index(addr), a->todo);
}

/* Claimed, but not mapped. */
static void drop_page(struct page *page)
{
	if (PageAnon(page))
		put_page(page);
	else
		orthros_unclaim_page(page);
}

/* Claim the batch's pages; a->page[i] is NULL where there is nothing to adopt. */
static int claim_batch(struct adopter *a, const struct orthros_src_pte *pte, unsigned int nr)
{
	unsigned int i, fresh = 0;
	int err;

	memset(a->page, 0, nr * sizeof(a->page[0]));
	for (i = 0; i < nr; i++) {
		struct page *page;

		if (!is_wanted(a, pte[i].addr))
			continue;
		err = is_adoptable(a, &pte[i]);
		if (err < 0)
			return err;
		if (!err)
			continue;
		page = orthros_claim_page(a->img, pte[i].pfn);
		if (IS_ERR(page))
			return PTR_ERR(page);
		if (PageAnon(page)) {
			a->page[i] = page;
			continue;
		}
		/* Just claimed, or of a file tree, or twice in this batch. */
		if (page_count(page) != 1 || page->mapping) {
			put_page(page);
			return orthros_fail(-EUCLEAN, "memory of pid %d: page %#lx has two uses",
					    a->pid, pte[i].pfn);
		}
		a->page[i] = page;
		a->fresh[fresh++] = page;
	}
	err = orthros_charge_pages(a->mm, a->fresh, fresh);
	return err ? orthros_fail(err, "memory of pid %d: memory cgroup", a->pid) : 0;
}

/* An anonymous page has its anon_vma in page->mapping, tagged. */
static bool in_family(struct page *page, struct vm_area_struct *vma)
{
	return (unsigned long)page->mapping == (unsigned long)vma->anon_vma + PAGE_MAPPING_ANON;
}

static pte_t make_pte(struct vm_area_struct *vma, struct page *page, unsigned int flags)
{
	pte_t pte = mk_pte(page, vma->vm_page_prot);

	if (!(flags & ORTHROS_PTE_YOUNG))
		pte = pte_mkold(pte);
	if (flags & ORTHROS_PTE_DIRTY)
		pte = pte_mkdirty(pte);
	if (flags & ORTHROS_PTE_WRITE)
		pte = orthros_pte_mkwrite(pte, vma);
	/* Last: pte_mkdirty() sets it, too. */
	return flags & ORTHROS_PTE_SOFT_DIRTY ? pte_mksoft_dirty(pte) : pte_clear_soft_dirty(pte);
}

/**
 * struct mapper - entries being made for pages of one mapping
 * @vma:	mapping
 * @flags:	%ORTHROS_PTE_* of the last entry
 * @prot:	what entries with these flags have besides the page, once there was one
 * @writable:	they allow to write
 * @own:	the pages were allocated, not claimed
 * @page:	a page whose mapping its node does not count yet, or NULL
 * @nr:		how many of this node there are
 *
 * Entries that follow each other have the same flags, and the pages lie in the
 * same node, nearly always.
 */
struct mapper {
	struct vm_area_struct *vma;
	unsigned int flags;
	pgprot_t prot;
	bool writable;
	bool own;
	struct page *page;
	int nr;
};

static void mapper_set_flags(struct mapper *m, struct page *page, unsigned int flags)
{
	m->flags = flags;
	if ((m->vma->vm_flags & (VM_WRITE | VM_SHARED)) != VM_WRITE)
		flags &= ~ORTHROS_PTE_WRITE;
	m->prot = pte_pgprot(make_pte(m->vma, page, flags));
	m->writable = flags & ORTHROS_PTE_WRITE;
}

/* Under the lock of the page table, which keeps preemption off. */
static void mapper_flush(struct mapper *m)
{
	if (m->page)
		__lruvec_stat_mod_folio(page_folio(m->page), NR_ANON_MAPPED, m->nr);
	m->page = NULL;
	m->nr = 0;
}

/* All pages of one mapper are charged to the same memory cgroup. */
static void mapper_count(struct mapper *m, struct page *page)
{
	if (m->page && page_to_nid(page) != page_to_nid(m->page))
		mapper_flush(m);
	m->page = page;
	m->nr++;
}

/*
 * The first mapping of a page that nobody else knows yet: what the kernel's
 * folio_add_new_anon_rmap() does, in fewer steps.
 */
static void map_fresh(struct mapper *m, struct page *page, pgoff_t index)
{
	unsigned long flags = page->flags | BIT(PG_uptodate);

	if (!(m->vma->vm_flags & VM_DROPPABLE))
		flags |= BIT(PG_swapbacked);
	if (m->writable)
		flags |= BIT(PG_anon_exclusive);
	page->flags = flags;
	page->index = index;
	atomic_set(&page->_mapcount, 0);
	WRITE_ONCE(page->mapping, (void *)m->vma->anon_vma + PAGE_MAPPING_ANON);
	mapper_count(m, page);
	if (!m->own)
		orthros_defer_lru(page);
}

/*
 * A writable entry belongs to one process alone. Every other page is taken to
 * be shared: the first write finds out (a sole owner keeps the page).
 */
static int map_page(struct mapper *m, unsigned long addr, pte_t *ptep, struct page *page,
		    unsigned int flags)
{
	struct vm_area_struct *vma = m->vma;
	pgoff_t index = linear_page_index(vma, addr);

	if (!pgprot_val(m->prot) || flags != m->flags)
		mapper_set_flags(m, page, flags);
	if (!pte_none(ptep_get(ptep)))
		return -EEXIST;
	if (!PageAnon(page)) {
		map_fresh(m, page, index);
	} else {
		/* Another process has it: then it has the same place in the same family. */
		if (m->writable || PageAnonExclusive(page) || page->index != index ||
		    !in_family(page, vma))
			return -EUCLEAN;
		/* That may have unmapped it already; it waits for us on the deferred list. */
		if (atomic_inc_and_test(&page->_mapcount))
			__lruvec_stat_mod_folio(page_folio(page), NR_ANON_MAPPED, 1);
	}
	set_pte_at(vma->vm_mm, addr, ptep, pfn_pte(page_to_pfn(page), m->prot));
	return 0;
}

/* The entry of the page table that holds @addr, both allocated, or NULL. */
static pmd_t *alloc_ptes(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d = p4d_alloc(mm, pgd, addr);
	pud_t *pud = p4d ? pud_alloc(mm, p4d, addr) : NULL;
	pmd_t *pmd = pud ? pmd_alloc(mm, pud, addr) : NULL;

	return !pmd || pte_alloc(mm, pmd) ? NULL : pmd;
}

static int map_ptes(struct adopter *a, pmd_t *pmd, const struct orthros_src_pte *pte,
		    unsigned int nr)
{
	struct mapper m = { .vma = a->vma };
	unsigned long first = pte[0].addr;
	/* Anonymous memory keeps its table as long as it is mapped. */
	pte_t *ptep = pte_offset_kernel(pmd, first);
	spinlock_t *ptl = pte_lockptr(a->mm, pmd);
	unsigned int i, mapped = 0;
	int err = 0;

	spin_lock(ptl);
	for (i = 0; i < nr; i++) {
		if (!a->page[i] || !is_wanted(a, pte[i].addr))
			continue;
		err = map_page(&m, pte[i].addr, ptep + ((pte[i].addr - first) >> PAGE_SHIFT),
			       a->page[i], pte[i].flags);
		if (err)
			break;
		a->page[i] = NULL;
		mapped++;
	}
	mapper_flush(&m);
	spin_unlock(ptl);
	add_mm_counter(a->mm, MM_ANONPAGES, mapped);
	a->mapped += mapped;
	if (err)
		return orthros_fail(err, "memory of pid %d: page %#lx at %lx has another owner",
				    a->pid, pte[i].pfn, pte[i].addr);
	return 0;
}

/* Under the spinlock of what is pending: what is unmapped meanwhile stays so. */
static int map_batch(struct adopter *a, const struct orthros_src_pte *pte, unsigned int nr)
{
	pmd_t *pmd = alloc_ptes(a->mm, pte[0].addr);
	int err;

	if (!pmd)
		return -ENOMEM;
	if (pmd_trans_huge(READ_ONCE(*pmd)))
		return orthros_fail(-EEXIST, "memory of pid %d: huge page at %lx", a->pid,
				    pte[0].addr);
	if (!a->pending)
		return map_ptes(a, pmd, pte, nr);
	spin_lock(&a->pending->lock);
	err = map_ptes(a, pmd, pte, nr);
	spin_unlock(&a->pending->lock);
	return err;
}

static int adopt_batch(void *ctx, const struct orthros_src_pte *pte, unsigned int nr)
{
	struct adopter *a = ctx;
	unsigned int i;
	int err;

	err = claim_batch(a, pte, nr) ?: map_batch(a, pte, nr);
	for (i = 0; i < nr; i++)
		if (a->page[i])
			drop_page(a->page[i]);
	return err;
}

/**
 * orthros_map_copy() - map a new private page with given contents
 * @vma:	private mapping with an anon_vma
 * @addr:	where in it
 * @data:	%PAGE_SIZE bytes
 *
 * Context: with the mmap lock held for writing.
 * Return: 0 or negative errno.
 */
int orthros_map_copy(struct vm_area_struct *vma, unsigned long addr, const void *data)
{
	struct mm_struct *mm = vma->vm_mm;
	struct mapper m = { .vma = vma, .own = true };
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);
	spinlock_t *ptl;	/* of the page table */
	pmd_t *pmd;
	int err;

	if (!page)
		return -ENOMEM;
	memcpy(page_address(page), data, PAGE_SIZE);
	err = orthros_charge_pages(mm, &page, 1);
	if (err)
		goto err_free;
	err = -ENOMEM;
	pmd = alloc_ptes(mm, addr);
	if (!pmd)
		goto err_free;
	ptl = pte_lockptr(mm, pmd);
	spin_lock(ptl);
	err = map_page(&m, addr, pte_offset_kernel(pmd, addr), page,
		       ORTHROS_PTE_YOUNG | ORTHROS_PTE_DIRTY | ORTHROS_PTE_SOFT_DIRTY);
	mapper_flush(&m);
	spin_unlock(ptl);
	if (err)
		goto err_free;
	inc_mm_counter(mm, MM_ANONPAGES);
	folio_add_lru(page_folio(page));
	return 0;

err_free:
	put_page(page);
	return err;
}

static int adopter_init(struct adopter *a, struct orthros_image *img, struct mm_struct *mm,
			pid_t pid)
{
	a->env = orthros_mm_env(img->src);
	if (IS_ERR(a->env))
		return PTR_ERR(a->env);
	a->img = img;
	a->mm = mm;
	a->pid = pid;
	a->huge_zero = orthros_memmap_huge_zero(img->src);
	return 0;
}

/**
 * orthros_adopt_pending() - adopt pages of a mapping after the commit
 * @p:		what is pending in the address space
 * @vma:	private anonymous mapping
 * @todo:	pages to be claimed, of one page table; an index into it is that
 *		of the page table entry
 * @start:	first address, in @vma and that page table
 * @end:	after the last
 * @counter:	is increased by the number of pages
 *
 * Context: mmap lock held; one task at a time. The bits are the caller's to
 * clear; others may clear them at any time.
 * Return: 0 or negative errno.
 */
int orthros_adopt_pending(struct orthros_pending *p, struct vm_area_struct *vma,
			  const unsigned long *todo, unsigned long start, unsigned long end,
			  unsigned long *counter)
{
	struct adopter *a = kvzalloc(sizeof(*a), GFP_KERNEL);
	int err;

	if (!a)
		return -ENOMEM;
	err = adopter_init(a, p->img, p->mm, p->pid);
	if (!err) {
		a->vma = vma;
		a->kind = ORTHROS_VMA_ANON;
		a->pending = p;
		a->todo = todo;
		err = orthros_src_pt_walk(p->img->src, p->pgd_phys, start, end, adopt_batch, a);
	}
	*counter += a->mapped;
	kvfree(a);
	return err;
}

/* ---- mappings -------------------------------------------------------- */

/*
 * mmap() of a file sets what the file system wants, and the access time,
 * which a hop must not.
 */
static int mmap_file(struct file *file, struct vm_area_struct *vma)
{
	unsigned int noatime = file->f_flags & O_NOATIME;
	int err;

	spin_lock(&file->f_lock);
	file->f_flags |= O_NOATIME;
	spin_unlock(&file->f_lock);
	err = call_mmap(file, vma);
	if (!noatime) {
		spin_lock(&file->f_lock);
		file->f_flags &= ~O_NOATIME;
		spin_unlock(&file->f_lock);
	}
	return err;
}

/**
 * orthros_new_vma() - insert a mapping exactly as told
 * @mm:		address space
 * @start:	first address
 * @end:	after the last
 * @pgoff:	in pages
 * @flags:	VM_*
 * @file:	mapped file or NULL
 *
 * Limits do not apply: the source granted it already.
 *
 * Context: with the mmap lock held for writing.
 * Return: the mapping or ERR_PTR().
 */
struct vm_area_struct *orthros_new_vma(struct mm_struct *mm, u64 start, u64 end, u64 pgoff,
				       unsigned long flags, struct file *file)
{
	struct vm_area_struct *vma = vm_area_alloc(mm);
	const struct vm_operations_struct *dummy;
	long pages = (end - start) >> PAGE_SHIFT;
	bool anonymous = !file;
	int err;

	if (!vma)
		return ERR_PTR(-ENOMEM);
	dummy = vma->vm_ops;
	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_pgoff = pgoff;
	vm_flags_init(vma, flags);
	vma->vm_page_prot = vm_get_page_prot(flags);
	if (file) {
		err = -ENODEV;
		if (!file->f_op->mmap)
			goto err_free;
		vma->vm_file = get_file(file);
		err = mmap_file(file, vma);
		if (err)
			goto err_put;
		/* /dev/zero turns into anonymous memory. */
		anonymous = !vma->vm_ops;
	}

	/*
	 * insert_vm_struct() numbers anonymous memory anew, but pages must keep
	 * their index. It also asks whether there is memory enough: all of it is
	 * in use already, and most of it is not ours yet.
	 */
	if (anonymous)
		vma->vm_ops = dummy;
	vm_flags_init(vma, flags & ~VM_ACCOUNT);
	err = insert_vm_struct(mm, vma);
	if (err)
		goto err_put;
	if (anonymous)
		vma_set_anonymous(vma);
	vm_flags_init(vma, flags);
	vma_set_page_prot(vma);
	if (flags & VM_ACCOUNT)
		vm_acct_memory(pages);
	vm_stat_account(mm, flags, pages);
	if (flags & VM_LOCKED)
		mm->locked_vm += pages;
	return vma;

err_put:
	if (vma->vm_file)
		fput(vma->vm_file);
err_free:
	vm_area_free(vma);
	return ERR_PTR(err);
}

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
			obj->dst = vma;
		return err;
	}
	vma->anon_vma = first->anon_vma;
	return anon_vma_clone(vma, first);
}

static int build_vma(struct orthros_image *img, struct adopter *a, u64 pgd_phys, u64 addr)
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
	/* Their place is filled by orthros_build_vdso(). */
	if (rec->kind == ORTHROS_VMA_VDSO || rec->kind == ORTHROS_VMA_VVAR)
		return 0;
	flags = orthros_vm_flags(rec->flags);

	if (rec->file) {
		fobj = orthros_obj_find(img, &orthros_file_type, rec->file);
		file = fobj ? orthros_build_file(img, fobj) : ERR_PTR(-ENOENT);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	vma = orthros_new_vma(a->mm, rec->start, rec->end, rec->pgoff, flags, file);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	obj->dst = vma;
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
	return orthros_src_pt_walk(img->src, pgd_phys, rec->start, rec->end, adopt_batch, a);
}

static int build_vmas(struct orthros_image *img, struct orthros_obj *obj, struct mm_struct *mm)
{
	const struct orthros_mm_rec *rec = obj->rec;
	struct adopter *a = kvzalloc(sizeof(*a), GFP_KERNEL);
	u32 i;
	int err;

	if (!a)
		return -ENOMEM;
	err = adopter_init(a, img, mm, obj->pid);

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
		if (!vma->file)
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

static int fill_mm(struct orthros_image *img, struct orthros_obj *obj, struct mm_struct *mm)
{
	const struct orthros_mm_rec *rec = obj->rec;
	int err;

	err = build_vmas(img, obj, mm);
	if (err)
		return err;
	err = orthros_build_vdso(img, obj);
	if (err)
		return err;
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
	err = attach_mm(mm, false);
	if (err) {
		mmput(mm);
		return orthros_fail(err, "memory of pid %d", obj->pid);
	}
	obj->dst = mm;
	return fill_mm(img, obj, mm);
}

/**
 * orthros_verify_mm() - check what was built, and count it
 * @img:	image
 *
 * Return: 0, or -EUCLEAN if a mapping or page of any process is missing.
 */
int orthros_verify_mm(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_vma_type) {
		const struct orthros_vma_rec *rec = obj->rec;
		struct vm_area_struct *vma = obj->dst;

		if (rec->kind == ORTHROS_VMA_VDSO || rec->kind == ORTHROS_VMA_VVAR)
			continue;
		if (!vma || vma->vm_start != rec->start || vma->vm_end != rec->end ||
		    vma->vm_pgoff != rec->pgoff || vma->vm_flags != orthros_vm_flags(rec->flags) ||
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
