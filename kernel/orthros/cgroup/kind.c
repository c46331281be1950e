// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups, version 2, in two kinds: the groups, which are there before what
 * stands in them; and what is set for them when all of that is there.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cgroup.h>
#include "cgroup_internal.h"

static int resolve(struct orthros_src *src)
{
	int err = orthros_resolve_groups(src);

	if (!err && orthros_group_env.root)
		orthros_attach_begin();
	return err;
}

/* What each CPU has counted goes to the groups, where it is read. */
static int freeze(void)
{
	cgroup_rstat_flush(&cgrp_dfl_root.cgrp);
	return 0;
}

static int build(struct orthros_image *img)
{
	return orthros_group_env.root ? orthros_build_groups(img) : 0;
}

static void settle(struct orthros_image *img)
{
	if (!orthros_group_env.root)
		return;
	orthros_attach_end();
	orthros_let_go_of_memory(img);
	orthros_settle_groups(img);
}

const struct orthros_kind orthros_cgroup_kind = {
	.name	= "control groups",
	.tables	= ORTHROS_TABLES(&orthros_table_group_env, &orthros_table_group_subsys,
				 &orthros_table_group_numbers, &orthros_table_group_node,
				 &orthros_table_group_name, &orthros_table_group_attr,
				 &orthros_table_group_xattr, &orthros_table_group_xattr_layout,
				 &orthros_table_group_inode,
				 &orthros_table_group, &orthros_table_group_psi,
				 &orthros_table_group_mem,
				 &orthros_table_group_cpu, &orthros_table_group_cpuset,
				 &orthros_table_group_pids, &orthros_table_group_hugetlb,
				 &orthros_table_group_hstate, &orthros_table_group_rdma,
				 &orthros_table_group_misc, &orthros_table_group_misc_res),
	.freeze	= freeze,
	.resolve = resolve,
	.read	= orthros_read_groups,
	.gather	= orthros_gather_groups,
	.build	= build,
	.start	= orthros_start_groups,
};

/* When their members are there: a limit that bites before would make the hop fail. */
const struct orthros_kind orthros_cgroup_limits_kind = {
	.name	= "limits of control groups",
	.tie	= orthros_tie_groups,
	.start	= orthros_tell_groups,
	.release = orthros_release_groups,
	.settle	= settle,
};
