/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A direct map for the host: what a program allocates is physical memory from 0 on.
 */
#ifndef _ORTHROS_HOST_MM_H
#define _ORTHROS_HOST_MM_H

#include <linux/types.h>

#define PAGE_SHIFT		12
#define PAGE_SIZE		(1UL << PAGE_SHIFT)
#define PFN_PHYS(pfn)		((u64)(pfn) << PAGE_SHIFT)
#define offset_in_page(addr)	((unsigned long)(addr) & (PAGE_SIZE - 1))

#define PAGE_OFFSET		0xffff888000000000UL
/* Below all that the address sanitizer hands out. */
#define HOST_RAM		0x600000000000UL

/* How often memory of a source was looked at. */
extern unsigned long host_reads;

/* Keeps what a test is about to read, for the fuzzer to begin with. */
void host_capture(const void *ram, unsigned long size, unsigned int at);

#define __pa(p)			((unsigned long)(p) - HOST_RAM)
#define __va(phys)		(host_reads++, (void *)(unsigned long)((phys) + HOST_RAM))

#endif
