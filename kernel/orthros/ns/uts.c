// SPDX-License-Identifier: GPL-2.0-only
/*
 * UTS namespaces: names of host and domain.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include "ns.h"
#include "tables.h"

static u32 uts_ns_off;

static int resolve_uts(struct orthros_src *src)
{
	struct orthros_ns_env env;
	int err = orthros_read_rec(&src->mem, &orthros_table_ns_env, 0, &env);

	uts_ns_off = env.uts_ns_off;
	return err;
}

static int read_uts(const struct orthros_finder *who, struct orthros_obj *ns)
{
	struct orthros_ns_rec *rec;
	struct orthros_uts_view v;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_uts, ns->src - uts_ns_off, &v);
	if (err)
		return err;
	rec = orthros_obj_grow(ns, sizeof(*rec) + sizeof(v.rec));
	if (!rec)
		return -ENOMEM;
	memcpy(rec->own, &v.rec, sizeof(v.rec));
	return orthros_ns_owner(who, ns, v.user_ns, v.uid);
}

static void set_names(struct uts_namespace *uts, const struct orthros_obj *obj)
{
	const struct orthros_uts_rec *names = (void *)((struct orthros_ns_rec *)obj->rec)->own;

	down_write(&uts_sem);
	strscpy(uts->name.nodename, names->nodename, sizeof(uts->name.nodename));
	strscpy(uts->name.domainname, names->domainname, sizeof(uts->name.domainname));
	up_write(&uts_sem);
}

static struct ns_common *make_uts(struct orthros_image *img, struct orthros_obj *obj,
				  struct user_namespace *owner)
{
	struct uts_namespace *uts = copy_utsname(CLONE_NEWUTS, owner, &init_uts_ns);

	if (IS_ERR(uts))
		return ERR_CAST(uts);
	set_names(uts, obj);
	return &uts->ns;
}

static int build_uts(struct orthros_image *img)
{
	u64 initial = orthros_initial_ns(img, ORTHROS_NS_UTS);
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_ns_type, initial);

	if (obj)
		set_names(&init_uts_ns, obj);
	return orthros_build_nss(img, ORTHROS_NS_UTS, make_uts);
}

static const struct orthros_ns_ops uts_ops = {
	.type	= ORTHROS_NS_UTS,
	.read	= read_uts,
};

static const struct orthros_mark uts_marks[] = {
	{ ORTHROS_MARK_NS, "utsns_operations", "UTS namespace", &uts_ops },
	{}
};

const struct orthros_kind orthros_uts_kind = {
	.name	= "UTS namespaces",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_uts),
	.marks	= uts_marks,
	.resolve = resolve_uts,
	.build	= build_uts,
};
