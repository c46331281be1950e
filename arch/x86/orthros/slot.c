// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: The life of a slot
 *
 * The first kernel has set the second one's slot aside at boot. After a hop
 * the slot that the old kernel was in comes back as ordinary memory of the new
 * one, but in CMA page blocks: only movable pages are ever put there. While no
 * kernel is loaded it costs nothing. "orthros load" moves the pages out
 * (alloc_contig_range()) and takes CPUs offline for the next kernel; "orthros
 * unload" gives both back. So two slots change their roles with each hop.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cma.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page-isolation.h>
#include <linux/pfn.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>
#include "../../../kernel/orthros/core/report.h"
#include "../../../kernel/orthros/core/kind.h"
#include "arch.h"

const struct orthros_stop_ops *orthros_stop;

/**
 * orthros_platform_use - say how every process is stopped
 * @ops:	lives as long as the kernel
 */
void orthros_platform_use(const struct orthros_stop_ops *ops)
{
	orthros_stop = ops;
}

/* Pages in motion (being freed, under writeback) are free a little later. */
#define EMPTY_TRIES	5

/* Set when nothing of the old kernel is used any more. */
static DECLARE_COMPLETION(settled);

/* End of the part of [pfn, end) that lies in the zone of @pfn. */
static unsigned long zone_part(unsigned long pfn, unsigned long end)
{
	return min(end, zone_end_pfn(page_zone(pfn_to_page(pfn))));
}

/**
 * orthros_slot_after_takeover - the old kernel's slot is for the next one
 *
 * By the new kernel at the commit.
 */
void orthros_slot_after_takeover(void)
{
	struct orthros_handoff *ho = orthros_ho;
	u32 i;

	orthros_part.movable = true;
	orthros_part.own = ho->slot_start;
	orthros_part.own_size = ho->slot_size;
	orthros_part.slot = ho->other_start;
	orthros_part.slot_size = ho->other_size;
	orthros_part.low = ho->low_start;
	/* There are two pieces of low RAM; the one that is not ours is free. */
	orthros_part.low_ram = ho->low_start +
		(ho->low_ram_start == ho->low_start + ORTHROS_LOW_RAM ?
		 ORTHROS_LOW_RAM2 : ORTHROS_LOW_RAM);
	for (i = 0; i < min_t(u32, ho->nr_cpus, ORTHROS_MAX_CPUS); i++)
		orthros_part.nr_cpus += !!ho->cpu_donated[i];
	cpumask_clear(&orthros_part.cpus);
	orthros_part.valid = orthros_part.slot_size > 0;
	orthros_park_nmi_init();
}

/**
 * orthros_slot_keep_movable - let only movable pages into the free slot
 *
 * By the new kernel, before the old one's memory is freed: the type of a page
 * block decides on which list its pages come.
 */
void orthros_slot_keep_movable(void)
{
	unsigned long pfn = PFN_DOWN(orthros_part.slot);
	unsigned long end = PFN_DOWN(orthros_part.slot + orthros_part.slot_size);

	if (!orthros_part.valid)
		return;
	totalcma_pages += end - pfn;
	for (; pfn < end; pfn += pageblock_nr_pages) {
		struct page *page = pfn_to_page(pfn);

		set_pageblock_migratetype(page, MIGRATE_CMA);
		page_zone(page)->cma_pages += pageblock_nr_pages;
	}
}

/**
 * orthros_takeover_done - everything of the old kernel has been dealt with
 *
 * Its pages are adopted or freed: the slot can be emptied from now on.
 */
void orthros_takeover_done(void)
{
	complete_all(&settled);
}

/**
 * orthros_takeover_wait - wait for orthros_takeover_done()
 * @state:	how the caller sleeps, %TASK_RUNNING: not at all
 *
 * Return: 0, -ERESTARTSYS for a signal, or -EBUSY if it would have to sleep.
 */
int orthros_takeover_wait(unsigned int state)
{
	/* The first kernel of a machine has taken nothing over. */
	if (!orthros_part.movable || completion_done(&settled))
		return 0;
	return state == TASK_RUNNING ? -EBUSY : wait_for_completion_state(&settled, state);
}

/**
 * orthros_reserved_bytes - memory that processes cannot have for our sake
 *
 * The slot of a second kernel, while it is set aside, and what both share. The
 * second of the two numbers that tell what Orthros costs is the CPUs of
 * orthros_donated_cpus().
 *
 * Return: bytes.
 */
u64 orthros_reserved_bytes(void)
{
	u64 bytes = 0;

	if (!orthros_part.valid)
		return 0;
	/* The head of the own slot has been in use since this kernel booted. */
	if (orthros_part.movable)
		bytes += ORTHROS_RES_SIZE;
	if (!orthros_part.movable || orthros_part.taken)
		bytes += orthros_part.slot_size;
	return bytes + ORTHROS_LOW_SIZE;
}
EXPORT_SYMBOL_GPL(orthros_reserved_bytes);

/*
 * A page does not move while it waits for a journal's checkpoint, or for as
 * long as a fault or system call holds it, perhaps again and again. With
 * processes and file systems frozen there is neither. Little is left to move
 * by now, so that this stops the processes for a moment only.
 */
static int empty_range_frozen(unsigned long from, unsigned long to)
{
	unsigned int nofs;
	int err;

	err = orthros_stop->freeze();
	if (err)
		return -EBUSY;
	err = orthros_kinds_freeze();
	if (err) {
		err = -EBUSY;
	} else {
		nofs = memalloc_nofs_save();
		lru_add_drain_all();
		err = alloc_contig_range(from, to, MIGRATE_CMA, GFP_KERNEL);
		memalloc_nofs_restore(nofs);
		orthros_kinds_thaw();
	}
	orthros_stop->thaw();
	return err;
}

static int empty_range(unsigned long from, unsigned long to)
{
	int try, err = 0;

	for (try = 0; try < EMPTY_TRIES; try++) {
		lru_add_drain_all();
		err = alloc_contig_range(from, to, MIGRATE_CMA, GFP_KERNEL);
		if (err == -EBUSY)
			err = empty_range_frozen(from, to);
		if (err != -EBUSY)
			return err;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	orthros_blame(from, to);
	return err;
}

static void give_range(unsigned long from, unsigned long to)
{
	unsigned long next;

	for (; from < to; from = next) {
		next = zone_part(from, to);
		free_contig_range(from, next - from);
	}
}

/* Move everything out; alloc_contig_range() works within one zone. */
static int empty_slot(void)
{
	unsigned long from = PFN_DOWN(orthros_part.slot), pfn = from, next;
	unsigned long end = PFN_DOWN(orthros_part.slot + orthros_part.slot_size);
	int err;

	for (; pfn < end; pfn = next) {
		next = zone_part(pfn, end);
		err = empty_range(pfn, next);
		if (err) {
			pr_err("slot: [%#llx, %#llx) cannot be emptied: %pe\n",
			       PFN_PHYS(pfn), PFN_PHYS(next), ERR_PTR(err));
			give_range(from, pfn);
			return err;
		}
	}
	return 0;
}

static void give_cpus(void)
{
	struct cpumask cpus = orthros_part.cpus;
	unsigned int cpu;

	cpumask_clear(&orthros_part.cpus);
	for_each_cpu(cpu, &cpus) {
		int err = add_cpu(cpu);

		if (err)
			pr_err("CPU %u does not come back: %pe\n", cpu, ERR_PTR(err));
	}
	orthros_stop->return_masks();
}

/* The highest CPUs, but never this kernel's boot CPU nor the firmware's. */
static int take_cpus(void)
{
	struct cpumask cpus = *cpu_online_mask;
	unsigned int cpu, bsp = orthros_park()->bsp_apic_id;
	int err;

	cpumask_clear_cpu(0, &cpus);
	for_each_online_cpu(cpu) {
		if (cpu_physical_id(cpu) == bsp)
			cpumask_clear_cpu(cpu, &cpus);
	}
	while (cpumask_weight(&cpus) > max(orthros_part.nr_cpus, 1U))
		cpumask_clear_cpu(cpumask_first(&cpus), &cpus);
	if (cpumask_empty(&cpus)) {
		pr_err("no CPU can be spared: the boot CPU of the firmware cannot\n");
		return -EBUSY;
	}
	/*
	 * As for suspend: under load Linux 6.12 was once seen to leave a task on
	 * a CPU that went offline ("Dying CPU not properly vacated").
	 */
	err = orthros_stop->freeze();
	if (err)
		return err;
	err = orthros_stop->keep_masks(&cpus);
	if (err) {
		orthros_stop->thaw();
		return err;
	}
	for_each_cpu(cpu, &cpus) {
		err = remove_cpu(cpu);
		if (err) {
			pr_err("CPU %u cannot be taken: %pe\n", cpu, ERR_PTR(err));
			break;
		}
		cpumask_set_cpu(cpu, &orthros_part.cpus);
	}
	orthros_stop->masks_kept();
	orthros_stop->thaw();
	if (err)
		give_cpus();
	return err;
}

/**
 * orthros_slot_take - set slot and CPUs aside for a second kernel
 *
 * @nowait:	fail if the hop that led to this kernel is not over yet
 *
 * Nothing to do for the first kernel of a machine, which did so at boot.
 *
 * Context: process context; may take seconds.
 * Return: 0, -EBUSY if a page or CPU cannot be freed, or another negative
 * errno; then everything is as before.
 */
int orthros_slot_take(bool nowait)
{
	int err;

	if (!orthros_part.movable || orthros_part.taken)
		return 0;
	orthros_set_last_error("%s", "");
	err = orthros_takeover_wait(nowait ? TASK_RUNNING : TASK_INTERRUPTIBLE);
	if (err)
		return err;
	err = take_cpus();
	if (err)
		return err;
	err = empty_slot();
	if (err)
		goto err_cpus;
	err = orthros_handoff_init();
	if (err)
		goto err_slot;
	orthros_part.taken = true;
	return 0;

err_slot:
	give_range(PFN_DOWN(orthros_part.slot),
		   PFN_DOWN(orthros_part.slot + orthros_part.slot_size));
err_cpus:
	give_cpus();
	return err;
}

/**
 * orthros_slot_give - slot and CPUs become ordinary ones again
 *
 * The second kernel has been stopped.
 */
void orthros_slot_give(void)
{
	if (!orthros_part.taken)
		return;
	orthros_part.taken = false;
	give_cpus();
	orthros_handoff_drop();
	give_range(PFN_DOWN(orthros_part.slot),
		   PFN_DOWN(orthros_part.slot + orthros_part.slot_size));
}
