// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: On-demand adoption
 *
 * To enter every page of every process into page tables takes time that grows
 * with memory, so large anonymous mappings are not filled before the commit.
 * All that is done then is to note which parts of them have pages in the old
 * kernel's page tables, in units of one lowest-level table, a bit for each page
 * that is still to be claimed. A page fault claims its unit; what looks at or
 * moves page tables otherwise claims the range first; what unmaps a range
 * clears its bits, and the pages stay reserved; a thread claims the rest.
 *
 * Of the old kernel's memory only what claiming still needs is kept until then:
 * the pages that are noted, the page tables they are in, and its struct pages
 * (struct orthros_keep). The rest is freed right after the commit, since what
 * this kernel has of its own is no more than its slot. An allocation that finds
 * nothing waits for that, and for the rest, before a process is killed.
 *
 * Locking: who claims holds the mmap lock, for reading at least, then
 * claim_mutex. Bits are cleared under the pending mm's spinlock, together with
 * setting the page table entry: so a range that is unmapped meanwhile either
 * finds the entry or prevents it. Unmapping takes the spinlock alone, since it
 * may be on behalf of reclaim or of the OOM killer. The set of mms and units
 * does not change from the commit until all is claimed; it is freed then, when
 * no reader is left (claim_srcu). It holds a reference on the mm_struct, but
 * none on the address space: at exit the bits simply do not matter any more.
 * The page cache of files on disks (fs/cache.c) is claimed under the inode's
 * locks and claim_mutex.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitmap.h>
#include <linux/init.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/orthros.h>
#include <linux/orthros/platform.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include "map_pages.h"
#include "mm_internal.h"

/* A smaller mapping is filled before the commit: cheaper than its faults. */
#define ONDEMAND_MIN	SZ_2M

DEFINE_STATIC_KEY_FALSE(orthros_claiming);

static bool ondemand = true;
static struct orthros_keep keep;
static DEFINE_XARRAY(pending_mms);
DEFINE_STATIC_SRCU(claim_srcu);

/* Pages claimed by faults and other users of the memory, and by the thread. */
static unsigned long by_fault, by_thread;

/* How often memory of the old kernel has been freed: 2 when that is all. */
static unsigned int steps;
static DECLARE_WAIT_QUEUE_HEAD(steps_wq);
static struct task_struct *finisher;
#define ALL_STEPS	2
#define OOM_WAIT	(10 * HZ)

static int __init ondemand_setup(char *arg)
{
	return kstrtobool(arg, &ondemand);
}
early_param("orthros.ondemand", ondemand_setup);

/*
 * No memory: some of the old kernel's is just about to be freed. Claiming may
 * have to wait for a lock of the very task that allocates, so not for ever.
 */
static int wait_for_step(struct notifier_block *nb, unsigned long unused, void *freed)
{
	unsigned int seen = READ_ONCE(steps);

	if (!finisher || current == finisher || seen >= ALL_STEPS)
		return NOTIFY_OK;
	if (wait_event_killable_timeout(steps_wq, READ_ONCE(steps) != seen, OOM_WAIT) > 0)
		++*(unsigned long *)freed;
	return NOTIFY_OK;
}

static struct notifier_block oom_notifier = {
	.notifier_call = wait_for_step,
};

static void next_step(void)
{
	WRITE_ONCE(steps, steps + 1);
	wake_up_all(&steps_wq);
}

/*
 * Get ready for mms with pages to be claimed.
 *
 * Context: long before the hop, since it patches code.
 */
static int resolve(struct orthros_src *src)
{
	unsigned int i;
	int err;

	err = register_oom_notifier(&oom_notifier);
	if (err || !ondemand)
		return err;
	for (i = 0; i < src->desc.nr_ranges; i++) {
		const struct orthros_range *r = &src->desc.ranges[i];

		keep.nr = max_t(unsigned long, keep.nr, PHYS_PFN(r->start + r->size));
	}
	keep.bits = kvcalloc(BITS_TO_LONGS(keep.nr), sizeof(long), GFP_KERNEL);
	if (!keep.bits)
		return -ENOMEM;
	static_branch_enable(&orthros_claiming);
	return 0;
}

/*
 * Free what claiming does not need.
 *
 * Context: after the commit, in the task that calls settle_claim()
 * later, which will not have looked at anything else of the source's by then.
 */
static void settle_free(struct orthros_image *img)
{
	unsigned long nr;

	WRITE_ONCE(finisher, current);
	if (!ondemand || orthros_memmap_keep(&keep)) {
		nr = orthros_free_unclaimed(keep.bits, keep.nr);
		orthros_ho->counts[ORTHROS_COUNT_FREED_EARLY] = nr;
		pr_info("%lu pages freed\n", nr);
	}
	next_step();
}

static unsigned long mm_index(const struct mm_struct *mm)
{
	return (unsigned long)mm >> 3;
}

static unsigned long bit_of(const struct orthros_pending *p, unsigned long unit,
			    unsigned long addr)
{
	return (addr - (unit << PMD_SHIFT)) >> PAGE_SHIFT;
}

/**
 * orthros_ondemand_wanted() - is a mapping filled on demand?
 * @vma:	new mapping with an anon_vma
 *
 * Those of files are not: truncation unmaps without the mmap lock.
 *
 * Return: true if orthros_ondemand_add() is to be called for it.
 */
bool orthros_ondemand_wanted(const struct vm_area_struct *vma)
{
	return ondemand && !vma->vm_file && !vma->vm_ops &&
	       vma->vm_end - vma->vm_start >= ONDEMAND_MIN;
}

static struct orthros_pending *pending_get(struct orthros_image *img, struct mm_struct *mm,
					   u64 pgd_phys, pid_t pid)
{
	struct orthros_pending *p = xa_load(&pending_mms, mm_index(mm));
	int err;

	if (p)
		return p;
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return NULL;
	p->mm = mm;
	p->img = img;
	p->pgd_phys = pgd_phys;
	p->pid = pid;
	spin_lock_init(&p->lock);
	xa_init(&p->units);
	err = xa_insert(&pending_mms, mm_index(mm), p, GFP_KERNEL);
	if (err) {
		kfree(p);
		return NULL;
	}
	mmgrab(mm);
	return p;
}

static int add_unit(void *ctx, unsigned long addr, unsigned long end)
{
	struct orthros_pending *p = ctx;
	unsigned long unit = addr >> PMD_SHIFT;
	unsigned long *todo = xa_load(&p->units, unit);
	int err;

	if (!todo) {
		todo = kcalloc(BITS_TO_LONGS(PTRS_PER_PTE), sizeof(*todo), GFP_KERNEL);
		if (!todo)
			return -ENOMEM;
		err = xa_insert(&p->units, unit, todo, GFP_KERNEL);
		if (err) {
			kfree(todo);
			return err;
		}
	}
	bitmap_set(todo, bit_of(p, unit, addr), (end - addr) >> PAGE_SHIFT);
	return 0;
}

/**
 * orthros_ondemand_add() - leave a mapping's pages to be claimed later
 * @img:	image
 * @vma:	mapping, see orthros_ondemand_wanted()
 * @pgd_phys:	the source's page table
 * @pid:	for messages
 *
 * What could not be claimed is found now, while the source can go on.
 *
 * Return: 0 or negative errno.
 */
int orthros_ondemand_add(struct orthros_image *img, struct vm_area_struct *vma, u64 pgd_phys,
			 pid_t pid)
{
	struct orthros_pending *p = pending_get(img, vma->vm_mm, pgd_phys, pid);

	if (!p)
		return -ENOMEM;
	return orthros_src_pt_units(img->src, pgd_phys, vma->vm_start, vma->vm_end, &keep,
				    add_unit, p);
}

static bool unit_done(struct orthros_pending *p, const unsigned long *todo)
{
	bool done;

	spin_lock(&p->lock);
	done = bitmap_empty(todo, PTRS_PER_PTE);
	spin_unlock(&p->lock);
	return done;
}

static void clear_bits(struct orthros_pending *p, unsigned long unit, unsigned long *todo,
		       unsigned long from, unsigned long to)
{
	spin_lock(&p->lock);
	bitmap_clear(todo, bit_of(p, unit, from), (to - from) >> PAGE_SHIFT);
	spin_unlock(&p->lock);
}

/*
 * Bits that no mapping has belong to a mapping that is just being unmapped.
 * Those of a mapping that failed stay, so that it fails again.
 */
static int claim_unit(struct orthros_pending *p, unsigned long unit, unsigned long *todo,
		      unsigned long *counter)
{
	unsigned long start = unit << PMD_SHIFT, end = start + PMD_SIZE;
	struct vm_area_struct *vma;
	int err = 0;

	mmap_assert_locked(p->mm);
	if (unit_done(p, todo))
		return 0;
	orthros_claim_lock();
	for (vma = find_vma(p->mm, start); vma && vma->vm_start < end && !err;
	     vma = find_vma(p->mm, vma->vm_end)) {
		unsigned long from = max(start, vma->vm_start), to = min(end, vma->vm_end);
		unsigned long last = bit_of(p, unit, to);

		if (vma->vm_file || !vma->anon_vma ||
		    find_next_bit(todo, last, bit_of(p, unit, from)) >= last)
			continue;
		err = orthros_adopt_pending(p, vma, todo, from, to, counter);
		if (!err)
			clear_bits(p, unit, todo, from, to);
	}
	orthros_claim_unlock();
	return err;
}

static int claim_units(struct orthros_pending *p, unsigned long start, unsigned long end,
		       unsigned long *counter)
{
	unsigned long *todo;
	unsigned long unit;
	int err = 0;

	xa_for_each_range(&p->units, unit, todo, start >> PMD_SHIFT, (end - 1) >> PMD_SHIFT) {
		err = claim_unit(p, unit, todo, counter);
		if (err)
			break;
		cond_resched();
	}
	return err;
}

/**
 * __orthros_claim_fault() - a page fault is about to be handled
 * @vma:	mapping
 * @address:	where
 * @flags:	FAULT_FLAG_*
 *
 * Return: 0 to go on, or VM_FAULT_*.
 */
vm_fault_t __orthros_claim_fault(struct vm_area_struct *vma, unsigned long address,
				 unsigned int flags)
{
	int idx = srcu_read_lock(&claim_srcu);
	struct orthros_pending *p = xa_load(&pending_mms, mm_index(vma->vm_mm));
	unsigned long *todo = p ? xa_load(&p->units, address >> PMD_SHIFT) : NULL;
	vm_fault_t ret = 0;
	int err;

	if (todo && !unit_done(p, todo)) {
		if (orthros_fault_unlock_vma(vma, flags)) {
			/* The unit may be of more than this one mapping. */
			ret = VM_FAULT_RETRY;
		} else {
			err = claim_unit(p, address >> PMD_SHIFT, todo, &by_fault);
			if (err)
				ret = err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
		}
	}
	srcu_read_unlock(&claim_srcu, idx);
	return ret;
}

/**
 * __orthros_claim_locked() - claim a range that is about to be looked at
 * @vma:	mapping it is in
 * @start:	first address
 * @end:	after the last
 *
 * Context: mmap lock held.
 * Return: 0 or negative errno.
 */
int __orthros_claim_locked(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct orthros_pending *p;
	int idx, err = 0;

	if (!vma || vma->vm_file || start >= end)
		return 0;
	idx = srcu_read_lock(&claim_srcu);
	p = xa_load(&pending_mms, mm_index(vma->vm_mm));
	if (p)
		err = claim_units(p, start, end, &by_fault);
	srcu_read_unlock(&claim_srcu, idx);
	return err;
}

/**
 * __orthros_claim_range() - claim a range that is about to be copied or moved
 * @mm:		address space
 * @start:	first address
 * @end:	after the last
 *
 * Nothing becomes pending again, so it may be done before locks are taken.
 *
 * Context: mmap lock not held.
 * Return: 0 or negative errno.
 */
int __orthros_claim_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct orthros_pending *p;
	int idx, err = 0;

	if (start >= end)
		return 0;
	idx = srcu_read_lock(&claim_srcu);
	p = xa_load(&pending_mms, mm_index(mm));
	if (p) {
		mmap_read_lock(mm);
		err = claim_units(p, start, end, &by_fault);
		mmap_read_unlock(mm);
	}
	srcu_read_unlock(&claim_srcu, idx);
	return err;
}

/**
 * __orthros_unmap() - a range is about to be unmapped
 * @mm:		address space
 * @start:	first address
 * @end:	after the last
 *
 * What has not been claimed of it never will be.
 */
void __orthros_unmap(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	int idx = srcu_read_lock(&claim_srcu);
	struct orthros_pending *p = xa_load(&pending_mms, mm_index(mm));
	unsigned long *todo;
	unsigned long unit;

	if (p && start < end) {
		xa_for_each_range(&p->units, unit, todo, start >> PMD_SHIFT,
				  (end - 1) >> PMD_SHIFT)
			clear_bits(p, unit, todo, max(start, unit << PMD_SHIFT),
				   min(end, (unit + 1) << PMD_SHIFT));
	}
	srcu_read_unlock(&claim_srcu, idx);
}

/* Its memory cannot be completed. The message has been given. */
static void kill_users(struct mm_struct *mm)
{
	struct task_struct *g, *t;

	rcu_read_lock();
	for_each_process_thread(g, t) {
		if (t->mm == mm && !(t->flags & PF_KTHREAD))
			send_sig(SIGKILL, t, 1);
	}
	rcu_read_unlock();
}

/* False: it is locked by someone else, and @wait is false. */
static bool claim_mm(struct orthros_pending *p, bool wait)
{
	unsigned long *todo;
	unsigned long unit;
	bool done = true;
	int err = 0;

	/* It has exited. */
	if (!mmget_not_zero(p->mm))
		return true;
	xa_for_each(&p->units, unit, todo) {
		/* Not for long: others want to write. */
		if (wait) {
			mmap_read_lock(p->mm);
		} else if (!mmap_read_trylock(p->mm)) {
			done = false;
			break;
		}
		err = claim_unit(p, unit, todo, &by_thread);
		mmap_read_unlock(p->mm);
		if (err)
			break;
		cond_resched();
	}
	if (err) {
		pr_err("memory of pid %d is lost: %pe, killed\n", p->pid, ERR_PTR(err));
		kill_users(p->mm);
	}
	mmput(p->mm);
	return done;
}

static void claim_all(void)
{
	unsigned int reserves = memalloc_noreclaim_save();
	struct orthros_pending *p;
	unsigned long index;
	bool done = true;

	/* Whoever has one locked may be waiting for memory. */
	xa_for_each(&pending_mms, index, p)
		done &= claim_mm(p, false);
	if (!done)
		xa_for_each(&pending_mms, index, p)
			claim_mm(p, true);
	memalloc_noreclaim_restore(reserves);
}

static void pending_free(struct orthros_pending *p)
{
	unsigned long *todo;
	unsigned long unit;

	xa_for_each(&p->units, unit, todo)
		kfree(todo);
	xa_destroy(&p->units);
	mmdrop(p->mm);
	kfree(p);
}

static void forget_all(void)
{
	struct orthros_pending *p;
	unsigned long index;

	static_branch_disable(&orthros_claiming);
	synchronize_srcu(&claim_srcu);
	xa_for_each(&pending_mms, index, p)
		pending_free(p);
	xa_destroy(&pending_mms);
	kvfree(keep.bits);
	keep.bits = NULL;
	keep.nr = 0;
}

/*
 * Claim and free whatever is left.
 *
 * Context: after the commit, processes run. Nothing of the source is left when
 * it returns.
 */
static void settle_claim(struct orthros_image *img)
{
	unsigned long nr;

	if (static_key_enabled(&orthros_claiming)) {
		claim_all();
		forget_all();
	}
	orthros_stamp(ORTHROS_TS_CLAIMED);
	/* Before the commit reclaim could have written to them. */
	orthros_lru_add_deferred();
	nr = orthros_free_unclaimed(NULL, 0);
	orthros_stamp(ORTHROS_TS_FREED);
	next_step();
	unregister_oom_notifier(&oom_notifier);
	orthros_ho->counts[ORTHROS_COUNT_UNACCOUNTED] = orthros_claim_unsettled();
	orthros_ho->counts[ORTHROS_COUNT_BY_FAULT] = by_fault;
	orthros_ho->counts[ORTHROS_COUNT_BY_THREAD] = by_thread;
	pr_info("%lu pages claimed on demand, %lu in the background, %lu freed\n",
		by_fault, by_thread, nr);
}

const struct orthros_kind orthros_keep_kind = {
	.name	= "memory of the old kernel",
	.vital	= true,
	.resolve = resolve,
	.settle	= settle_free,
};

const struct orthros_kind orthros_claim_kind = {
	.name	= "memory on demand",
	.vital	= true,
	.settle	= settle_claim,
};
