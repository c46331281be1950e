// SPDX-License-Identifier: GPL-2.0
/*
 * Locked memory that is a file's. Pages of files are not mapped for a process before
 * it runs; those of mlock() and mlockall() must be, since whoever locks memory does
 * not want to wait for it. That reads files, so it is done in the background.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "mm_internal.h"

/**
 * struct locked_mm - an address space with locked memory
 * @list:	in @locked_mms
 * @mm:		it, with a reference that does not keep it alive
 */
struct locked_mm {
	struct list_head list;
	struct mm_struct *mm;
};

static LIST_HEAD(locked_mms);
static DEFINE_SPINLOCK(locked_lock);

/**
 * orthros_locked_add() - map what is locked of an address space later
 * @mm:		the address space, complete
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_locked_add(struct mm_struct *mm)
{
	struct locked_mm *l;

	if (!mm->locked_vm)
		return 0;
	l = kmalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return -ENOMEM;
	mmgrab(mm);
	l->mm = mm;
	spin_lock(&locked_lock);
	list_add_tail(&l->list, &locked_mms);
	spin_unlock(&locked_lock);
	return 0;
}

/* The first locked mapping of a file from @at on. False: there is none. */
static bool next_locked(struct mm_struct *mm, unsigned long at, unsigned long *start,
			unsigned long *end)
{
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = find_vma(mm, at);
	while (vma && !(vma->vm_file && vma->vm_flags & VM_LOCKED))
		vma = find_vma(mm, vma->vm_end);
	if (vma) {
		*start = max(at, vma->vm_start);
		*end = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return vma;
}

static void settle(struct orthros_image *img)
{
	struct locked_mm *l, *next;
	unsigned long start, end;

	/* Nobody adds any more. */
	list_for_each_entry_safe(l, next, &locked_mms, list) {
		if (mmget_not_zero(l->mm)) {
			kthread_use_mm(l->mm);
			for (end = 0; next_locked(l->mm, end, &start, &end);)
				mm_populate(start, end - start);
			kthread_unuse_mm(l->mm);
			mmput(l->mm);
		}
		list_del(&l->list);
		mmdrop(l->mm);
		kfree(l);
	}
}

const struct orthros_kind orthros_locked_kind = {
	.name	= "locked memory",
	.settle	= settle,
};
