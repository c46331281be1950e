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

static struct uts_namespace *make_uts(struct orthros_image *img, const struct orthros_ns_rec *rec)
{
	const struct cred *maker = orthros_ns_maker(rec), *old;
	struct user_namespace *owner = orthros_ns_owner_of(img, rec);
	struct uts_namespace *uts;

	if (IS_ERR(maker))
		return ERR_CAST(maker);
	old = override_creds(maker);
	uts = owner ? copy_utsname(CLONE_NEWUTS, owner, &init_uts_ns) : ERR_PTR(-ENOENT);
	revert_creds(old);
	put_cred(maker);
	return uts;
}

static int build_uts(struct orthros_image *img)
{
	struct uts_namespace *uts;
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;
		const struct orthros_uts_rec *names = (const void *)rec->own;

		if (rec->type != ORTHROS_NS_UTS)
			continue;
		uts = &init_uts_ns;
		if (!rec->initial) {
			uts = make_uts(img, rec);
			if (IS_ERR(uts))
				return orthros_fail(PTR_ERR(uts), "UTS namespace %u", rec->inum);
			orthros_ns_built(obj, &uts->ns);
		}
		down_write(&uts_sem);
		strscpy(uts->name.nodename, names->nodename, sizeof(uts->name.nodename));
		strscpy(uts->name.domainname, names->domainname, sizeof(uts->name.domainname));
		up_write(&uts_sem);
	}
	return 0;
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
