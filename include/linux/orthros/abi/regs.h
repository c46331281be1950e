/* SPDX-License-Identifier: GPL-2.0 */
/* What a CPU had in its registers when the other kernel stopped it. */
#ifndef _LINUX_ORTHROS_ABI_REGS_H
#define _LINUX_ORTHROS_ABI_REGS_H

#include <linux/types.h>

/* In the order of a core dump, user_regs_struct. */
#define ORTHROS_REGS_NR	27

/**
 * struct orthros_cpu_regs - a CPU that has failed, or was stopped
 * @reg:	registers
 * @pid:	what it ran
 * @saved:	0 if nothing is known of it: it was taken with an INIT
 */
struct orthros_cpu_regs {
	__u64	reg[ORTHROS_REGS_NR];
	__u32	pid;
	__u32	saved;
};

#endif /* _LINUX_ORTHROS_ABI_REGS_H */
