/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Masks of CPUs that a source keeps for its tasks, see affinity.c.
 */
#ifndef _ORTHROS_TABLES_AFFINITY_H
#define _ORTHROS_TABLES_AFFINITY_H

#include <linux/orthros/abi/task.h>
#include "../core/table.h"

/**
 * struct orthros_kept_mask_view - an entry of the source's list of them
 * @task:	whose mask it is
 * @mask:	the mask
 * @list_off:	where in the entry its list_head is
 */
struct orthros_kept_mask_view {
	u64 task;
	u64 mask[ORTHROS_CPUMASK_LONGS];
	u32 list_off;
};

extern struct orthros_table orthros_table_kept_mask;

#endif /* _ORTHROS_TABLES_AFFINITY_H */
