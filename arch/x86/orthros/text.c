// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the kernel has changed its own text: jump labels, static calls, probes, tracing.
 * Read by the monitor of the other kernel (kernel/orthros/monitor/sums.c), for which any
 * other change is a fault.
 */
#include <linux/orthros/abi/monitor.h>
#include <linux/orthros/text.h>
#include <linux/processor.h>
#include <asm/barrier.h>
#include <asm/sections.h>

struct orthros_pokes orthros_pokes;

/* Modules and BPF are not summed up. */
static bool is_image(const void *addr)
{
	return (const char *)addr >= _stext && (const char *)addr < _etext;
}

/**
 * orthros_poke_begin() - text is about to be changed
 * @addr:	where
 *
 * Whoever sees new text sees an odd number, or a later one.
 */
void orthros_poke_begin(const void *addr)
{
	struct orthros_pokes *p = &orthros_pokes;

	if (!is_image(addr))
		return;
	WRITE_ONCE(p->at[p->seq / 2 % ORTHROS_POKES], (unsigned long)addr);
	WRITE_ONCE(p->seq, p->seq + 1);
	/* See above. */
	smp_wmb();
}

/**
 * orthros_poke_end() - text has been changed
 * @addr:	where
 */
void orthros_poke_end(const void *addr)
{
	if (!is_image(addr))
		return;
	/* The text before the number, which the other kernel reads first. */
	smp_store_release(&orthros_pokes.seq, orthros_pokes.seq + 1);
}
