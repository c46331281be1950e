/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks of the platform that patches/ put into the kernel.
 */
#ifndef _LINUX_ORTHROS_PARTITION_H
#define _LINUX_ORTHROS_PARTITION_H

#include <linux/orthros.h>

#ifdef CONFIG_ORTHROS
/* kernel/cpu.c: may this kernel start the CPU, or is it the other one's? */
bool orthros_cpu_allowed(unsigned int cpu);
/* arch/x86/kernel/apic: two kernels share the interrupt fabric. */
bool orthros_partitioned(void);
#else
static inline bool orthros_cpu_allowed(unsigned int cpu) { return true; }
static inline bool orthros_partitioned(void) { return false; }
#endif

#endif /* _LINUX_ORTHROS_PARTITION_H */
