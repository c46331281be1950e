// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is kept of a kernel that has failed: pages that stay reserved, as they were, when
 * all else of its memory is freed, so that one can look what has become of it.
 * Processes come first: if memory gets so short that one would be killed, the pages are
 * free. So they are when the next kernel is loaded, which needs the slot.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bitmap.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/orthros/evidence.h>
#include <linux/pfn.h>
#include <linux/uaccess.h>
#include "arch.h"

/*
 * Of whoever releases the pages or copies one. Nobody allocates with it: it is also
 * taken on behalf of an allocation.
 */
static DEFINE_MUTEX(retain_lock);
static unsigned long *retained, nr_retained, pages_retained;
static void (*on_release)(void);

/**
 * orthros_retain() - keep pages of the source from being freed
 * @bits:	a bit for each, from kvmalloc(); not the caller's any more
 * @nr:		how many bits there are
 *
 * After the commit, before anything is freed.
 */
void orthros_retain(unsigned long *bits, unsigned long nr)
{
	unsigned long slot = PFN_DOWN(orthros_ho->slot_start);
	unsigned long slot_end = PFN_UP(orthros_ho->slot_start + orthros_ho->slot_size);

	/* Not the source's, though it may be told as such. */
	bitmap_clear(bits, 0, min_t(unsigned long, nr, PFN_DOWN(SZ_1M)));
	if (slot < nr)
		bitmap_clear(bits, slot, min(nr, slot_end) - slot);
	mutex_lock(&retain_lock);
	nr_retained = nr;
	retained = bits;
	orthros_free_not(bits, nr);
	mutex_unlock(&retain_lock);
}

/* The caller has the lock. */
static unsigned long drop(void)
{
	unsigned long pages;

	orthros_free_not(NULL, 0);
	pages = orthros_free_only(retained, nr_retained);
	kvfree(retained);
	retained = NULL;
	WRITE_ONCE(pages_retained, 0);
	return pages;
}

static int on_oom(struct notifier_block *nb, unsigned long unused, void *freed)
{
	unsigned long pages = READ_ONCE(pages_retained);

	if (pages) {
		orthros_release_retained("memory is short");
		*(unsigned long *)freed += pages;
	}
	return NOTIFY_OK;
}

static struct notifier_block oom_notifier = {
	.notifier_call = on_oom,
};

/**
 * orthros_retain_settled() - nothing is claimed any more: what is left is evidence
 * @released:	called when it has been released, or NULL; it may not sleep
 *
 * Return: how many pages are kept.
 */
unsigned long orthros_retain_settled(void (*released)(void))
{
	unsigned long pfn, pages = 0;

	if (!retained)
		return 0;
	/* Else it would stay whatever happens to the processes. */
	if (register_oom_notifier(&oom_notifier)) {
		pr_err("the kernel that has failed is not kept\n");
		mutex_lock(&retain_lock);
		drop();
		mutex_unlock(&retain_lock);
		return 0;
	}
	mutex_lock(&retain_lock);
	for_each_set_bit(pfn, retained, nr_retained) {
		if (pfn_valid(pfn) && PageReserved(pfn_to_page(pfn)))
			pages++;
		else
			__clear_bit(pfn, retained);
	}
	on_release = released;
	WRITE_ONCE(pages_retained, pages);
	mutex_unlock(&retain_lock);
	return pages;
}

/**
 * orthros_retained_copy() - read a page that is kept
 * @pfn:	page frame number
 * @to:		a page
 *
 * Return: 1, 0 if that page is not kept, -ENODATA if none is any more.
 */
int orthros_retained_copy(unsigned long pfn, void *to)
{
	int ret = -ENODATA;

	mutex_lock(&retain_lock);
	if (pages_retained)
		ret = pfn < nr_retained && test_bit(pfn, retained) &&
		      !copy_from_kernel_nofault(to, __va(PFN_PHYS(pfn)), PAGE_SIZE);
	mutex_unlock(&retain_lock);
	return ret;
}

/**
 * orthros_retained_next() - the next page that is kept
 * @pfn:	where to begin
 * @end:	where to end
 *
 * Return: its number, or @end.
 */
unsigned long orthros_retained_next(unsigned long pfn, unsigned long end)
{
	unsigned long next = end;

	mutex_lock(&retain_lock);
	if (pages_retained && pfn < nr_retained)
		next = find_next_bit(retained, min(nr_retained, end), pfn);
	mutex_unlock(&retain_lock);
	return next < nr_retained ? min(next, end) : end;
}

/**
 * orthros_retained_bytes() - how much is kept
 *
 * Return: bytes.
 */
u64 orthros_retained_bytes(void)
{
	return (u64)READ_ONCE(pages_retained) << PAGE_SHIFT;
}
EXPORT_SYMBOL_GPL(orthros_retained_bytes);

/**
 * orthros_release_retained() - the kernel that has failed is no evidence any more
 * @why:	for the log
 *
 * It may sleep. Nothing happens if nothing is kept.
 */
void orthros_release_retained(const char *why)
{
	void (*released)(void) = NULL;
	unsigned long pages = 0;

	mutex_lock(&retain_lock);
	if (pages_retained) {
		pages = drop();
		released = on_release;
	}
	mutex_unlock(&retain_lock);
	if (!pages)
		return;
	pr_notice("%lu pages of the kernel that has failed are free: %s\n", pages, why);
	if (released)
		released();
}
EXPORT_SYMBOL_GPL(orthros_release_retained);
