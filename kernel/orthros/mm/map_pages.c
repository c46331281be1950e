// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adopting private pages: they are claimed where they lie (pages/adopt.c) and
 * entered into rmap, memory cgroup and page tables as a fault would.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/pgalloc.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include "map_pages.h"

/* page->mapping of the page or of the compound page that it is part of. */
static int src_page_mapping(struct orthros_adopter *a, unsigned long pfn, u64 *mapping)
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
static int is_adoptable(struct orthros_adopter *a, const struct orthros_src_pte *pte)
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

static bool is_wanted(const struct orthros_adopter *a, unsigned long addr)
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
static int claim_batch(struct orthros_adopter *a, const struct orthros_src_pte *pte,
		       unsigned int nr)
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

static int map_ptes(struct orthros_adopter *a, pmd_t *pmd, const struct orthros_src_pte *pte,
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

/* Of pages that were to be claimed, is one still? */
static bool any_wanted(struct orthros_adopter *a, const struct orthros_src_pte *pte,
		       unsigned int nr)
{
	bool wanted = false;
	unsigned int i;

	if (!a->pending)
		return true;
	spin_lock(&a->pending->lock);
	for (i = 0; i < nr && !wanted; i++)
		wanted = is_wanted(a, pte[i].addr);
	spin_unlock(&a->pending->lock);
	return wanted;
}

/* Under the spinlock of what is pending: what is unmapped meanwhile stays so. */
static int map_batch(struct orthros_adopter *a, const struct orthros_src_pte *pte,
		     unsigned int nr)
{
	pmd_t *pmd = alloc_ptes(a->mm, pte[0].addr);
	int err;

	if (!pmd)
		return -ENOMEM;
	/* All of it may have been thrown away, and a fault have brought a huge page. */
	if (pmd_trans_huge(READ_ONCE(*pmd)))
		return !any_wanted(a, pte, nr) ? 0 :
		       orthros_fail(-EEXIST, "memory of pid %d: huge page at %lx", a->pid,
				    pte[0].addr);
	if (!a->pending)
		return map_ptes(a, pmd, pte, nr);
	spin_lock(&a->pending->lock);
	err = map_ptes(a, pmd, pte, nr);
	spin_unlock(&a->pending->lock);
	return err;
}

/**
 * orthros_adopt_batch() - adopt the pages that a walk of page tables has found
 * @ctx:	&struct orthros_adopter, with the mapping set
 * @pte:	the pages, of one page table
 * @nr:		how many
 *
 * For orthros_src_pt_walk().
 *
 * Context: mmap lock held; one task at a time.
 * Return: 0 or negative errno.
 */
int orthros_adopt_batch(void *ctx, const struct orthros_src_pte *pte, unsigned int nr)
{
	struct orthros_adopter *a = ctx;
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

/**
 * orthros_adopter_init() - get ready to adopt pages of an address space
 * @a:		zeroed
 * @img:	image
 * @mm:		new address space
 * @pid:	for messages
 *
 * Return: 0 or negative errno.
 */
int orthros_adopter_init(struct orthros_adopter *a, struct orthros_image *img,
			 struct mm_struct *mm, pid_t pid)
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
	struct orthros_adopter *a = kvzalloc(sizeof(*a), GFP_KERNEL);
	int err;

	if (!a)
		return -ENOMEM;
	err = orthros_adopter_init(a, p->img, p->mm, p->pid);
	if (!err) {
		a->vma = vma;
		a->kind = ORTHROS_VMA_ANON;
		a->pending = p;
		a->todo = todo;
		err = orthros_src_pt_walk(p->img->src, p->pgd_phys, start, end,
					  orthros_adopt_batch, a);
	}
	*counter += a->mapped;
	kvfree(a);
	return err;
}
