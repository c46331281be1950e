// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a core of the source begins with.
 */
#include "vmcore_tables.h"

#define VMCORE(field, flags, sym) \
	ORTHROS_ROW(struct orthros_vmcore_view, field, SYM, flags, sym)

static struct orthros_row vmcore_rows[] = {
	VMCORE(regs, 0, "orthros_cpu_regs"),
	VMCORE(online, 0, "__cpu_online_mask"),
	/* Not without CONFIG_CRASH_CORE, CONFIG_VMCORE_INFO since Linux 6.9. */
	VMCORE(info, ORTHROS_ROW_OPTIONAL, "vmcoreinfo_data"),
	VMCORE(info_size, ORTHROS_ROW_OPTIONAL, "vmcoreinfo_size"),
	VMCORE(text, 0, "_text"),
	VMCORE(end, 0, "_end"),
};

ORTHROS_TABLE(vmcore, struct orthros_vmcore_view);
