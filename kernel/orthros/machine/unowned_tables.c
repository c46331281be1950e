// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of things that no process holds.
 */
#include "unowned_tables.h"

#define ENV(field, kind, ...) \
	ORTHROS_ROW(struct orthros_unowned_env, field, kind, ORTHROS_ROW_OPTIONAL, __VA_ARGS__)

static struct orthros_row unowned_env_rows[] = {
	ENV(cgroup_roots, SYM, "cgroup_roots"),
	ENV(unified, SYM, "cgrp_dfl_root"),
	ENV(loops, SYM, "loop_index_idr"),
	ENV(idr_off, OFFSET, "idr.idr_rt"),
	ENV(root_list_off, OFFSET, "cgroup_root.root_list"),
	ENV(css_sibling_off, OFFSET, "cgroup_subsys_state.sibling"),
	ENV(css_online, ENUM, "CSS_ONLINE"),
};

ORTHROS_TABLE(unowned_env, struct orthros_unowned_env);

static struct orthros_row cgroup_root_rows[] = {
	ORTHROS_ROW(struct orthros_cgroup_root_view, nr_descendants, VALUE, ORTHROS_ROW_OPTIONAL,
		    "cgroup_root.cgrp.nr_descendants"),
	ORTHROS_ROW(struct orthros_cgroup_root_view, children, ADDR, ORTHROS_ROW_OPTIONAL,
		    "cgroup_root.cgrp.self.children"),
};

ORTHROS_TABLE(cgroup_root, struct orthros_cgroup_root_view);

static struct orthros_row cgroup_css_rows[] = {
	ORTHROS_ROW(struct orthros_cgroup_css_view, flags, VALUE, ORTHROS_ROW_OPTIONAL,
		    "cgroup_subsys_state.flags"),
	ORTHROS_ROW(struct orthros_cgroup_css_view, name, STRING, ORTHROS_ROW_OPTIONAL,
		    "cgroup_subsys_state.cgroup->kn->name"),
};

ORTHROS_TABLE(cgroup_css, struct orthros_cgroup_css_view);

static struct orthros_row loop_rows[] = {
	ORTHROS_ROW(struct orthros_loop_view, number, VALUE, ORTHROS_ROW_OPTIONAL,
		    "loop_device.lo_number"),
	ORTHROS_ROW(struct orthros_loop_view, file, VALUE, ORTHROS_ROW_OPTIONAL,
		    "loop_device.lo_backing_file"),
};

ORTHROS_TABLE(loop, struct orthros_loop_view);
