/* SPDX-License-Identifier: GPL-2.0 */
/* Layouts of the source's containers, see walk_tables.c. */
#ifndef _ORTHROS_WALK_VIEW_H
#define _ORTHROS_WALK_VIEW_H

#include "table.h"

struct orthros_xa_view {
	u32 head_off;
	u32 slots_off;
	u32 slots_size;
	u32 page_size;	/* of struct page */
};

struct orthros_xa_node_view {
	u64 parent;
	u8 shift;
	u8 offset;
};

struct orthros_maple_view {
	u32 present;
	u32 root_off;
	u32 range_slots_off;
	u32 range_slots;
	u32 range_pivots_off;
	u32 range_pivots;
	u32 arange_slots_off;
	u32 arange_slots;
	u32 arange_pivots_off;
	u32 arange_pivots;
	u32 leaf_64;
	u32 range_64;
	u32 arange_64;
};

struct orthros_rb_view {
	u64 left;
	u64 right;
	u64 parent;	/* and the colour */
};

extern struct orthros_table orthros_table_xa_layout;
extern struct orthros_table orthros_table_xa_node;
extern struct orthros_table orthros_table_maple_layout;
extern struct orthros_table orthros_table_rb_node;

#endif
