// SPDX-License-Identifier: GPL-2.0-only
/*
 * User namespaces: made before all that they own, each after its parent. Ids are those of
 * the initial one everywhere else, so a namespace is its maps, and who is in it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/proc_ns.h>
#include <linux/sched/user.h>
#include <linux/user_namespace.h>
#include "../core/cred.h"
#include "ns.h"
#include "user_tables.h"

/* As the kernel limits them. */
#define MAX_LEVEL	33

/* Sysctls below user/, in any version. */
#define MAX_LIMITS	64

static struct orthros_user_env env;

/* For core/cred.c, which knows no namespaces. */
static struct orthros_image *building;

static int resolve_user(struct orthros_src *src)
{
	return orthros_read_rec(&src->mem, &orthros_table_user_env, 0, &env);
}

/* ---- reading ------------------------------------------------------------- */

static int read_map(const struct orthros_finder *who, struct orthros_id_map *map, u32 nr,
		    u64 extents)
{
	u32 i;
	int err;

	if (nr > ORTHROS_MAX_EXTENTS)
		return orthros_refused(who, "user namespace with %u ranges of ids", nr);
	map->nr = nr;
	for (i = 0; i < nr; i++) {
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_user_extent,
				       extents + (u64)i * env.extent_size, &map->extent[i]);
		if (err)
			return err;
	}
	return 0;
}

/* All that sysctls below user/ can set. */
static int check_limits(const struct orthros_finder *who, u64 limits)
{
	u64 value;
	u32 i;
	int err;

	for (i = 0; i < env.nr_limits; i++) {
		err = orthros_src_u64(who->img->src, limits + i * sizeof(u64), &value);
		if (err)
			return orthros_bad(err, "user namespace: limits");
		if (value != INT_MAX)
			return orthros_refused(who, "user namespace with limits of its own");
	}
	return 0;
}

static int read_user(const struct orthros_finder *who, struct orthros_obj *ns)
{
	struct orthros_ns_rec *rec = ns->rec;
	struct orthros_user_view v;
	int err;

	if (rec->initial)
		return 0;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_user, ns->src - env.ns_off, &v);
	if (err)
		return err;
	if (env.nr_limits > MAX_LIMITS || v.rec.level < 1 || v.rec.level > MAX_LEVEL || !v.parent)
		return orthros_bad(-EUCLEAN, "user namespace %u: level %d", rec->inum,
				   v.rec.level);
	v.rec.parent = v.parent + env.ns_off;
	v.rec.setgroups = !!(v.flags & env.setgroups);
	if (v.keyring)
		return orthros_refused(who, "user namespace with keyrings of users");
	err = check_limits(who, v.limits) ?:
	      read_map(who, &v.rec.uid_map, v.nr_uids, v.uids) ?:
	      read_map(who, &v.rec.gid_map, v.nr_gids, v.gids) ?:
	      read_map(who, &v.rec.projid_map, v.nr_projids, v.projids);
	if (err)
		return err;
	rec = orthros_obj_grow(ns, sizeof(*rec) + sizeof(v.rec));
	if (!rec)
		return -ENOMEM;
	memcpy(rec->own, &v.rec, sizeof(v.rec));
	rec->uid = v.rec.owner;
	return 0;
}

static const struct orthros_user_rec *user_rec(const struct orthros_ns_rec *rec)
{
	return (const void *)rec->own;
}

/**
 * orthros_gather_user_parents() - read those, too, that nobody has
 * @img:	image
 *
 * By a walk up, whose bound is the level.
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_gather_user_parents(struct orthros_image *img)
{
	const struct orthros_finder who = orthros_of_machine(img);
	const struct orthros_ns_rec *parent;
	struct orthros_obj *obj;
	int err;

	/* Those that are added in this loop come later in it. */
	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;

		if (rec->type != ORTHROS_NS_USER || rec->initial || obj->refused)
			continue;
		err = orthros_read_ns(&who, user_rec(rec)->parent);
		if (err)
			return min(err, 0);
		parent = orthros_ns_rec(img, user_rec(rec)->parent);
		if (parent->type != ORTHROS_NS_USER ||
		    (parent->initial ? 0 : user_rec(parent)->level) != user_rec(rec)->level - 1)
			return orthros_bad(-EUCLEAN, "user namespace %u: its parent", rec->inum);
	}
	return 0;
}

/* ---- building ------------------------------------------------------------ */

static struct user_namespace *dst_user(struct orthros_image *img, u64 addr)
{
	struct ns_common *ns = orthros_dst_ns(img, addr);

	if (ns)
		return container_of(ns, struct user_namespace, ns);
	/* Without namespaces there is one. */
	return addr == orthros_initial_ns(img, ORTHROS_NS_USER) ? &init_user_ns : NULL;
}

/**
 * orthros_dst_user_ns() - user namespace of this kernel
 * @user_ns:	address of the struct user_namespace in the source
 *
 * Context: while an image is built.
 *
 * Return: the namespace, held until the release, or NULL.
 */
struct user_namespace *orthros_dst_user_ns(u64 user_ns)
{
	return building ? dst_user(building, user_ns + env.ns_off) : &init_user_ns;
}

static void set_map(struct uid_gid_map *map, const struct orthros_id_map *rec)
{
	u32 i;

	BUILD_BUG_ON(ARRAY_SIZE(map->extent) < ORTHROS_MAX_EXTENTS);
	for (i = 0; i < rec->nr; i++) {
		map->extent[i].first = rec->extent[i].first;
		map->extent[i].lower_first = rec->extent[i].lower_first;
		map->extent[i].count = rec->extent[i].count;
	}
	/* As map_write(): whoever sees the number sees them all. */
	smp_wmb();
	map->nr_extents = rec->nr;
}

static struct user_namespace *make_user(struct user_namespace *parent,
					const struct orthros_user_rec *rec)
{
	struct user_namespace *ns;
	struct cred *cred = prepare_creds();
	int err;

	if (!cred)
		return ERR_PTR(-ENOMEM);
	put_user_ns(cred->user_ns);
	cred->user_ns = get_user_ns(parent);
	cred->euid = KUIDT_INIT(rec->owner);
	cred->egid = KGIDT_INIT(rec->group);
	if (!rec->parent_could_setfcap)
		cap_lower(cred->cap_effective, CAP_SETFCAP);
	err = create_user_ns(cred);
	if (err) {
		abort_creds(cred);
		return ERR_PTR(err);
	}
	ns = get_user_ns(cred->user_ns);
	abort_creds(cred);
	return ns;
}

static int build_user(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_ns_rec *ns_rec = obj->rec;
	const struct orthros_user_rec *rec = user_rec(ns_rec);
	struct user_namespace *parent = dst_user(img, rec->parent), *ns;
	u32 i;

	if (!parent)
		return -ENOENT;
	ns = make_user(parent, rec);
	if (IS_ERR(ns))
		return PTR_ERR(ns);
	orthros_ns_built(obj, &ns->ns);
	if (rec->setgroups)
		ns->flags |= USERNS_SETGROUPS_ALLOWED;
	else
		ns->flags &= ~USERNS_SETGROUPS_ALLOWED;
	for (i = 0; i < min_t(u32, ARRAY_SIZE(ns->rlimit_max), ORTHROS_USER_RLIMITS); i++)
		ns->rlimit_max[i] = rec->rlimit_max[i];
	set_map(&ns->uid_map, &rec->uid_map);
	set_map(&ns->gid_map, &rec->gid_map);
	set_map(&ns->projid_map, &rec->projid_map);
	return 0;
}

/* From the top down. */
static int build_users(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int level, err;

	building = img;
	orthros_cred_use_user_ns(orthros_dst_user_ns);
	for (level = 1; level <= MAX_LEVEL; level++) {
		orthros_for_each_obj(obj, img, &orthros_ns_type) {
			const struct orthros_ns_rec *rec = obj->rec;

			if (rec->type != ORTHROS_NS_USER || rec->initial || obj->refused ||
			    obj->dst || user_rec(rec)->level != level)
				continue;
			err = build_user(img, obj);
			if (err)
				err = orthros_ns_lost(img, rec, err);
			if (err)
				return err;
		}
	}
	return 0;
}

static void release_users(struct orthros_image *img)
{
	building = NULL;
}

static const struct orthros_ns_ops user_ops = {
	.type	= ORTHROS_NS_USER,
	.read	= read_user,
};

static const struct orthros_mark user_marks[] = {
	{ ORTHROS_MARK_NS, "userns_operations", "user namespace", &user_ops },
	{}
};

const struct orthros_kind orthros_user_ns_kind = {
	.name	= "user namespaces",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_user_env, &orthros_table_user,
				 &orthros_table_user_extent),
	.marks	= user_marks,
	.resolve = resolve_user,
	.build	= build_users,
	.release = release_users,
};
