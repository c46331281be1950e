// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is known of a source's control groups before any is read.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/sizes.h>
#include <linux/string.h>
#include "cgroup_internal.h"

const struct orthros_type orthros_cgroup_type = { .name = "control group", .cost = SZ_64K };
const struct orthros_type orthros_cgroup_file_type = { .name = "file of a control group" };
const struct orthros_type orthros_cgroup_xattr_type = {
	.name = "extended attribute of a control group",
};

struct orthros_group_env orthros_group_env;
#define env orthros_group_env

/* Controllers of the source, by its own numbers. */
char orthros_controllers[ORTHROS_MAX_CONTROLLERS][16];

static const char *const ctl_names[] = {
	[ORTHROS_CTL_CPU]	= "cpu",
	[ORTHROS_CTL_CPUSET]	= "cpuset",
	[ORTHROS_CTL_HUGETLB]	= "hugetlb",
	[ORTHROS_CTL_IO]	= "io",
	[ORTHROS_CTL_MEMORY]	= "memory",
	[ORTHROS_CTL_MISC]	= "misc",
	[ORTHROS_CTL_PIDS]	= "pids",
	[ORTHROS_CTL_RDMA]	= "rdma",
};

/**
 * orthros_resolve_groups() - read constants of the source
 * @src:	source
 *
 * Return: 0 or negative errno.
 */
int orthros_resolve_groups(struct orthros_src *src)
{
	struct orthros_group_subsys_view v;
	unsigned int i;
	u64 ss;
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_group_env, 0, &env);
	if (err || !env.root)
		return err;
	if (!env.subsys || env.nr_subsys > ORTHROS_MAX_CONTROLLERS)
		return orthros_bad(-EUCLEAN, "control groups: %u controllers", env.nr_subsys);
	for (i = 0; i < env.nr_subsys; i++) {
		err = orthros_src_u64(src, env.subsys + i * sizeof(u64), &ss) ?:
		      orthros_read_rec(&src->mem, &orthros_table_group_subsys, ss, &v);
		if (err)
			return orthros_bad(err, "control groups: controller %u", i);
		strscpy(orthros_controllers[i], v.name, sizeof(orthros_controllers[i]));
	}
	return 0;
}

/**
 * orthros_group_state() - where a controller has what it knows of a group
 * @img:	image
 * @v:		the group
 * @ctl:	the controller
 * @css:	set to the address of its cgroup_subsys_state, or 0
 *
 * Return: 0 or negative errno.
 */
int orthros_group_state(struct orthros_image *img, const struct orthros_group_view *v,
			enum orthros_controller ctl, u64 *css)
{
	unsigned int i;

	*css = 0;
	for (i = 0; i < env.nr_subsys; i++)
		if (!strcmp(orthros_controllers[i], ctl_names[ctl]))
			return orthros_src_u64(img->src, v->subsys + i * sizeof(u64), css);
	return 0;
}
