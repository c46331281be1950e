/* SPDX-License-Identifier: GPL-2.0 */
/* What a core of the source begins with, see vmcore_tables.c. */
#ifndef _ORTHROS_VMCORE_TABLES_H
#define _ORTHROS_VMCORE_TABLES_H

#include "../core/table.h"

/**
 * struct orthros_vmcore_view - addresses in the source; read with address 0
 * @regs:	&struct orthros_cpu_regs of each CPU
 * @online:	mask of the CPUs that are online
 * @info:	pointer to the text for programs that read cores, or 0
 * @info_size:	length of that
 * @text:	the kernel's image
 * @end:	and its end
 */
struct orthros_vmcore_view {
	u64 regs;
	u64 online;
	u64 info;
	u64 info_size;
	u64 text;
	u64 end;
};

extern struct orthros_table orthros_table_vmcore;

#endif /* _ORTHROS_VMCORE_TABLES_H */
