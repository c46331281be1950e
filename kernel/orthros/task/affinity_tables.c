// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of masks of CPUs. The entries are of Orthros itself.
 */
#include "affinity_tables.h"

#define R(field, kind, path) \
	ORTHROS_ROW(struct orthros_kept_mask_view, field, kind, 0, path)

static struct orthros_row kept_mask_rows[] = {
	R(task, VALUE, "orthros_kept_mask.task"),
	R(mask, BYTES, "orthros_kept_mask.mask"),
	R(list_off, OFFSET, "orthros_kept_mask.list"),
};

ORTHROS_TABLE(kept_mask, struct orthros_kept_mask_view);
