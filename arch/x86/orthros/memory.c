// SPDX-License-Identifier: GPL-2.0-only
/*
 * The old kernel's memory in the second kernel: RAM whose pages are reserved
 * from boot on (see platform.c), read-only while that kernel can still be
 * resumed, in the end free memory of this one.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sched.h>
#include <asm/e820/api.h>
#include <asm/set_memory.h>
#include "internal.h"	/* mm's own, for init_per_zone_wmark_min() */
#include "arch.h"

/**
 * orthros_src_protect - write-protect the ActiveOS's memory here
 * @protect:	true before a hop, false at its commit
 *
 * Only this kernel's direct map changes.
 *
 * Return: 0 or negative errno.
 */
int orthros_src_protect(bool protect)
{
	u64 slot = orthros_ho->slot_start, end = slot + orthros_ho->slot_size;
	u32 i;
	int ret;

	for (i = 0; i < e820_table->nr_entries; i++) {
		struct e820_entry *e = &e820_table->entries[i];
		/* The first MiB holds what both write. */
		u64 at = max_t(u64, e->addr, SZ_1M), stop = e->addr + e->size;

		if (e->type != E820_TYPE_RAM)
			continue;
		at = PAGE_ALIGN(at);
		stop &= PAGE_MASK;
		while (at < stop) {
			u64 next = stop;

			if (at >= slot && at < end) {
				at = end;
				continue;
			}
			if (at < slot && stop > slot)
				next = slot;
			ret = (protect ? set_memory_ro : set_memory_rw)
				((unsigned long)__va(at), (next - at) >> PAGE_SHIFT);
			if (ret)
				return ret;
			at = next;
		}
	}
	return 0;
}

/*
 * Reserves and watermarks are those of the slot alone until now. __ref: the
 * __meminit callee stays where memory hotplug is configured, as it is here.
 */
static void __ref update_watermarks(void)
{
	init_per_zone_wmark_min();
}

/**
 * orthros_free_unclaimed - free the old kernel's memory
 *
 * What is still reserved of it belongs to no process. For the background:
 * some hundred milliseconds for a GiB.
 *
 * Return: pages freed.
 */
unsigned long orthros_free_unclaimed(void)
{
	u64 slot = orthros_ho->slot_start, end = slot + orthros_ho->slot_size;
	unsigned long freed = 0;
	u32 i;

	orthros_slot_keep_movable();
	for (i = 0; i < e820_table->nr_entries; i++) {
		struct e820_entry *e = &e820_table->entries[i];
		/* The first MiB is nobody's: firmware, park, trampolines. */
		unsigned long pfn = PFN_UP(max_t(u64, e->addr, SZ_1M));
		unsigned long stop = PFN_DOWN(e->addr + e->size);

		if (e->type != E820_TYPE_RAM)
			continue;
		for (; pfn < stop; pfn++) {
			struct page *page;

			if (PFN_PHYS(pfn) == slot) {
				pfn = PFN_DOWN(end) - 1;
				continue;
			}
			page = pfn_to_page(pfn);
			if (PageReserved(page)) {
				free_reserved_page(page);
				freed++;
			}
			if (!(pfn & 1023))
				cond_resched();
		}
	}
	update_watermarks();
	orthros_stamp(ORTHROS_TS_FREED);
	return freed;
}
