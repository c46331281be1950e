// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cgroup namespaces: each has a group for its root, and is made when all groups are.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>
#include "../ns/ns.h"
#include "cgroup_internal.h"
#include "group_inside.h"
#include "ns_tables.h"

static struct orthros_cgroup_ns_env env;

static int resolve_cgroup_ns(struct orthros_src *src)
{
	return orthros_read_rec(&src->mem, &orthros_table_cgroup_ns_env, 0, &env);
}

/* All groups were read before any process. */
static int read_cgroup_ns(const struct orthros_finder *who, struct orthros_obj *ns)
{
	struct orthros_ns_rec *rec = ns->rec;
	struct orthros_cgroup_ns_view v;
	int err;

	if (rec->initial)
		return 0;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_cgroup_ns, ns->src - env.ns_off,
			       &v);
	if (err)
		return err;
	if (!(v.flags & env.online))
		return orthros_refused(who, "cgroup namespace whose root was removed");
	if (who->img->frozen && !orthros_cgroup_known(who->img, v.root))
		return orthros_bad(-EUCLEAN, "cgroup namespace %u: its root", rec->inum);
	rec = orthros_obj_grow(ns, sizeof(*rec) + sizeof(v.root));
	if (!rec)
		return -ENOMEM;
	memcpy(rec->own, &v.root, sizeof(v.root));
	return orthros_ns_owner(who, ns, v.user_ns, v.uid);
}

static struct ns_common *make_cgroup_ns(struct orthros_image *img, struct orthros_obj *obj,
					struct user_namespace *owner)
{
	const struct orthros_ns_rec *rec = obj->rec;
	struct cgroup_namespace *ns;
	struct orthros_obj *group;
	u64 root;
	int err;

	memcpy(&root, rec->own, sizeof(root));
	group = orthros_obj_find(img, &orthros_cgroup_type, root);
	if (!group || !group->dst)
		return ERR_PTR(-ENOENT);
	ns = copy_cgroup_ns(CLONE_NEWCGROUP, owner, &init_cgroup_ns);
	if (IS_ERR(ns))
		return ERR_CAST(ns);
	err = orthros_cgroup_ns_set_root(ns, group->dst);
	if (!err)
		return &ns->ns;
	put_cgroup_ns(ns);
	return ERR_PTR(err);
}

static int build_cgroup_ns(struct orthros_image *img)
{
	return orthros_build_nss(img, ORTHROS_NS_CGROUP, make_cgroup_ns);
}

static const struct orthros_ns_ops cgroup_ns_ops = {
	.type	= ORTHROS_NS_CGROUP,
	.read	= read_cgroup_ns,
};

static const struct orthros_mark cgroup_ns_marks[] = {
	{ ORTHROS_MARK_NS, "cgroupns_operations", "cgroup namespace", &cgroup_ns_ops },
	{}
};

const struct orthros_kind orthros_cgroup_ns_kind = {
	.name	= "cgroup namespaces",
	.tables	= ORTHROS_TABLES(&orthros_table_cgroup_ns_env, &orthros_table_cgroup_ns),
	.marks	= cgroup_ns_marks,
	.resolve = resolve_cgroup_ns,
	.build	= build_cgroup_ns,
};
