// SPDX-License-Identifier: GPL-2.0
/* Layouts of red-black tree, xarray and maple tree (the latter since Linux 6.1). */
#include "walk_tables.h"

#define XA(field, kind, ...) ORTHROS_ROW(struct orthros_xa_view, field, kind, 0, __VA_ARGS__)
#define MT(field, kind, ...) ORTHROS_ROW(struct orthros_maple_view, field, kind, \
					 ORTHROS_ROW_OPTIONAL, __VA_ARGS__)

static struct orthros_row xa_layout_rows[] = {
	XA(head_off, OFFSET, "xarray.xa_head"),
	XA(slots_off, OFFSET, "xa_node.slots"),
	XA(slots_size, SIZEOF, "xa_node.slots"),
	XA(page_size, SIZEOF, "page"),
};

ORTHROS_TABLE(xa_layout, struct orthros_xa_view);

static struct orthros_row xa_node_rows[] = {
	ORTHROS_ROW(struct orthros_xa_node_view, parent, VALUE, 0, "xa_node.parent"),
	ORTHROS_ROW(struct orthros_xa_node_view, shift, VALUE, 0, "xa_node.shift"),
	ORTHROS_ROW(struct orthros_xa_node_view, offset, VALUE, 0, "xa_node.offset"),
};

ORTHROS_TABLE(xa_node, struct orthros_xa_node_view);

static struct orthros_row maple_layout_rows[] = {
	MT(present, SIZEOF, "maple_tree"),
	MT(root_off, OFFSET, "maple_tree.ma_root"),
	MT(range_slots_off, OFFSET, "maple_range_64.slot"),
	MT(range_slots, SIZEOF, "maple_range_64.slot"),
	MT(range_pivots_off, OFFSET, "maple_range_64.pivot"),
	MT(range_pivots, SIZEOF, "maple_range_64.pivot"),
	MT(arange_slots_off, OFFSET, "maple_arange_64.slot"),
	MT(arange_slots, SIZEOF, "maple_arange_64.slot"),
	MT(arange_pivots_off, OFFSET, "maple_arange_64.pivot"),
	MT(arange_pivots, SIZEOF, "maple_arange_64.pivot"),
	MT(leaf_64, ENUM, "maple_leaf_64"),
	MT(range_64, ENUM, "maple_range_64"),
	MT(arange_64, ENUM, "maple_arange_64"),
};

ORTHROS_TABLE(maple_layout, struct orthros_maple_view);

static struct orthros_row rb_node_rows[] = {
	ORTHROS_ROW(struct orthros_rb_view, left, VALUE, 0, "rb_node.rb_left"),
	ORTHROS_ROW(struct orthros_rb_view, right, VALUE, 0, "rb_node.rb_right"),
	ORTHROS_ROW(struct orthros_rb_view, parent, VALUE, 0, "rb_node.__rb_parent_color"),
};

ORTHROS_TABLE(rb_node, struct orthros_rb_view);
