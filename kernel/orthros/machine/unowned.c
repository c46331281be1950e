// SPDX-License-Identifier: GPL-2.0-only
/*
 * What no process holds and no mount shows, but would be missed: it is looked
 * for only to refuse it by its name.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/walk.h"
#include "../fs/fs.h"
#include "machine.h"
#include "unowned_tables.h"

#define MAX_CGROUP_ROOTS	64
#define MAX_CGROUPS		SZ_64K

/* The uppermost ones are told, those in them are not. */
static int check_cgroups(struct orthros_image *img, u64 addr,
			 const struct orthros_unowned_env *env)
{
	const struct orthros_finder who = orthros_of_machine(img);
	struct orthros_cgroup_root_view root;
	struct orthros_cgroup_css_view *css;
	struct orthros_list_iter it;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_cgroup_root, addr, &root);
	if (err || !root.nr_descendants)
		return err;
	css = kmalloc(sizeof(*css), GFP_KERNEL);
	if (!css)
		return -ENOMEM;
	orthros_src_for_each(&it, img->src, root.children, MAX_CGROUPS) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_cgroup_css,
				       it.node - env->css_sibling_off, css);
		if (err)
			break;
		/* Removed, and still remembered for what was charged to it. */
		if (css->flags & env->css_online)
			orthros_refuse(&who, "control group %s: directory", css->name);
	}
	kfree(css);
	return err ?: it.err;
}

static int check_cgroup_roots(struct orthros_image *img, const struct orthros_unowned_env *env)
{
	struct orthros_list_iter it;
	int err;

	if (!env->cgroup_roots)
		return 0;
	orthros_src_for_each(&it, img->src, env->cgroup_roots, MAX_CGROUP_ROOTS) {
		/* Version 2: cgroup/ */
		if (it.node - env->root_list_off == env->unified)
			continue;
		err = check_cgroups(img, it.node - env->root_list_off, env);
		if (err)
			return err;
	}
	return it.err;
}

/* It has its file open, though no process may. */
static int check_loop(void *ctx, u64 index, u64 loop)
{
	const struct orthros_finder *who = ctx;
	struct orthros_loop_view v;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_loop, loop, &v);
	if (err || !v.file)
		return err;
	return orthros_refuse(who, "loop device loop%d: has a file", v.number);
}

/* Refuse what would be lost without a word. */
static int read_unowned(struct orthros_image *img)
{
	struct orthros_finder who = orthros_of_machine(img);
	struct orthros_unowned_env env;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_unowned_env, 0, &env);
	if (!err)
		err = check_cgroup_roots(img, &env);
	if (!err && env.loops)
		err = orthros_src_xa_walk(img->src, env.loops + env.idr_off, check_loop, &who);
	return err;
}

const struct orthros_kind orthros_unowned_kind = {
	.name	= "what nobody holds",
	.tables	= ORTHROS_TABLES(&orthros_table_unowned_env, &orthros_table_cgroup_root,
				 &orthros_table_cgroup_css, &orthros_table_loop),
	.read	= read_unowned,
};
