// SPDX-License-Identifier: GPL-2.0-only
/*
 * The graph of namespaces: each one that a process, a descriptor or a mount leads to,
 * with the number that it is known by.
 *
 * A namespace of this kernel is made by the area that has what is in it; here it gets
 * its number. Numbers are shared with the entries of proc, which nobody remembers: all
 * that are wanted are taken first, from an entry if one has it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/init_task.h>
#include <linux/proc_ns.h>
#include <linux/sched/user.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <linux/orthros.h>
#include "ns.h"
#include "tables.h"

const struct orthros_type orthros_ns_type = { .name = "namespace", .cost = 1024 };

/* As fs/proc/generic.c has it: below are those of the initial namespaces. */
#define FIRST_NUMBER	0xF0000000U

static struct orthros_ns_env env;
static struct orthros_nsproxy_view initial;

/* NULL: there is but one of this type here, and no way to it. */
static const struct proc_ns_operations *const ns_ops[ORTHROS_NS_NR] = {
	[ORTHROS_NS_CGROUP]	= IS_ENABLED(CONFIG_CGROUPS) ? &cgroupns_operations : NULL,
	[ORTHROS_NS_IPC]	= IS_ENABLED(CONFIG_IPC_NS) ? &ipcns_operations : NULL,
	[ORTHROS_NS_MNT]	= &mntns_operations,
	[ORTHROS_NS_NET]	= IS_ENABLED(CONFIG_NET_NS) ? &netns_operations : NULL,
	[ORTHROS_NS_PID]	= IS_ENABLED(CONFIG_PID_NS) ? &pidns_operations : NULL,
	[ORTHROS_NS_TIME]	= IS_ENABLED(CONFIG_TIME_NS) ? &timens_operations : NULL,
	[ORTHROS_NS_USER]	= IS_ENABLED(CONFIG_USER_NS) ? &userns_operations : NULL,
	[ORTHROS_NS_UTS]	= IS_ENABLED(CONFIG_UTS_NS) ? &utsns_operations : NULL,
};

/* ---- reading ------------------------------------------------------------- */

/**
 * orthros_initial_ns() - the initial namespace of a type
 * @img:	image
 * @type:	which
 *
 * Return: address of its struct ns_common in the source, 0 if that has none.
 */
u64 orthros_initial_ns(struct orthros_image *img, enum orthros_ns type)
{
	return type == ORTHROS_NS_USER ? initial.user : initial.rec.ns[type];
}

/**
 * orthros_ns_possible() - does this kernel have namespaces of a type?
 * @type:	which
 */
bool orthros_ns_possible(enum orthros_ns type)
{
	return ns_ops[type];
}

/**
 * orthros_ns_rec() - record of a namespace
 * @img:	image
 * @addr:	address of its struct ns_common in the source
 *
 * Return: the record, or NULL.
 */
struct orthros_ns_rec *orthros_ns_rec(struct orthros_image *img, u64 addr)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_ns_type, addr);

	return obj ? obj->rec : NULL;
}

/**
 * orthros_ns_owner() - note who owns a namespace
 * @who:	who has it
 * @ns:		NS object
 * @user_ns:	address of the owner
 * @uid:	whose account it is on
 *
 * Return: 0 or %ORTHROS_REFUSED.
 */
int orthros_ns_owner(const struct orthros_finder *who, struct orthros_obj *ns, u64 user_ns,
		     u32 uid)
{
	struct orthros_ns_rec *rec = ns->rec;

	rec->uid = uid;
	rec->owner = user_ns + env.user_ns_off;
	return orthros_read_user_ns(who, user_ns);
}

/**
 * orthros_read_user_ns() - read a user namespace
 * @who:	who is in it, or has what it owns
 * @user_ns:	address of the struct user_namespace
 *
 * Return: 0, %ORTHROS_REFUSED or negative errno.
 */
int orthros_read_user_ns(const struct orthros_finder *who, u64 user_ns)
{
	const u64 addr = user_ns + env.user_ns_off;
	int err;

	if (user_ns == env.init_user_ns)
		return 0;
	err = orthros_read_ns(who, addr);
	if (err)
		return err;
	return orthros_ns_rec(who->img, addr)->type == ORTHROS_NS_USER ? 0 :
	       orthros_bad(-EUCLEAN, "user namespace %#llx is none", user_ns);
}

static int read_new(const struct orthros_finder *who, struct orthros_obj *obj)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_ns_rec *rec = obj->rec;
	const struct orthros_mark *mark;
	const struct orthros_ns_ops *ops;
	struct orthros_ns_view v;
	int type, err;

	err = orthros_read_rec(&src->mem, &orthros_table_ns, obj->src, &v);
	if (err)
		return err;
	rec->inum = v.inum;
	for (type = 0; type < ORTHROS_NS_NR && !rec->initial; type++) {
		if (orthros_initial_ns(who->img, type) != obj->src)
			continue;
		rec->type = type;
		rec->initial = true;
	}
	mark = orthros_mark_find(src, ORTHROS_MARK_NS, v.ops);
	ops = mark ? mark->ops : NULL;
	if (rec->initial)
		return ops ? ops->read(who, obj) : 0;
	if (!ops)
		return orthros_refused(who, "%s namespace", v.name);
	rec->type = ops->type;
	if (rec->inum < FIRST_NUMBER)
		return orthros_bad(-EUCLEAN, "%s namespace %#llx: number %u", v.name, obj->src,
				   rec->inum);
	if (!orthros_ns_possible(rec->type))
		return orthros_refused(who, "%s namespace, which this kernel lacks", v.name);
	return ops->read(who, obj);
}

/**
 * orthros_read_ns() - read a namespace
 * @who:	who is in it, or has it
 * @addr:	address of its struct ns_common
 *
 * Return: 0, %ORTHROS_REFUSED or negative errno.
 */
int orthros_read_ns(const struct orthros_finder *who, u64 addr)
{
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(who->img, &orthros_ns_type, addr, who->pid,
			      sizeof(struct orthros_ns_rec), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (!isnew && !obj->refused)
		return 0;
	if (!isnew && orthros_obj_done(who->img, obj))
		return ORTHROS_REFUSED;
	obj->refused = false;
	obj->round = who->img->round;
	err = read_new(who, obj);
	if (err == ORTHROS_REFUSED)
		obj->refused = true;
	return err;
}

static int resolve_ns(struct orthros_src *src)
{
	return orthros_read_rec(&src->mem, &orthros_table_ns_env, 0, &env) ?:
	       orthros_read_rec(&src->mem, &orthros_table_nsproxy, env.init_nsproxy, &initial);
}

/* Those that every kernel has; the others when somebody leads to them. */
static int read_initial(struct orthros_image *img)
{
	const struct orthros_finder who = orthros_of_machine(img);
	int type, err;

	for (type = 0; type < ORTHROS_NS_NR; type++) {
		u64 addr = orthros_initial_ns(img, type);

		err = addr ? orthros_read_ns(&who, addr) : 0;
		if (err)
			return err;
	}
	return 0;
}

/* ---- building ------------------------------------------------------------ */

/* Who is to own one that is made: held until the release, or NULL. */
static struct user_namespace *owner_of(struct orthros_image *img,
				       const struct orthros_ns_rec *rec)
{
	struct ns_common *ns = orthros_dst_ns(img, rec->owner);

	if (ns)
		return container_of(ns, struct user_namespace, ns);
	return rec->owner == env.init_user_ns + env.user_ns_off ? &init_user_ns : NULL;
}

/* All else is the caller's: it is made by him, but on another account. */
static const struct cred *maker_of(const struct orthros_ns_rec *rec)
{
	struct cred *cred = prepare_creds();
	int err;

	if (!cred)
		return ERR_PTR(-ENOMEM);
	cred->euid = KUIDT_INIT(rec->uid);
	err = set_cred_ucounts(cred);
	if (err) {
		abort_creds(cred);
		return ERR_PTR(err);
	}
	return cred;
}

static bool has_number(const struct orthros_ns_rec *rec)
{
	return rec->inum >= FIRST_NUMBER;
}

/* The initial ones have numbers of this kernel's, unless these are the same everywhere. */
static int take_numbers(struct orthros_image *img)
{
	struct ns_common *ns;
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;

		if (!rec->initial || !ns_ops[rec->type])
			continue;
		ns = ns_ops[rec->type]->get(&init_task);
		if (!ns)
			return orthros_fail(-ENOENT, "no initial namespace of type %u", rec->type);
		obj->ops = ns_ops[rec->type];
		orthros_obj_built(obj, ns);
		if (has_number(rec) && ns->inum >= FIRST_NUMBER)
			ns_free_inum(ns);
	}
	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		struct orthros_ns_rec *rec = obj->rec;

		if (obj->refused || !has_number(rec) || (rec->initial && !obj->dst))
			continue;
		err = orthros_proc_take_inum(rec->inum);
		if (err && !img->crashed)
			return orthros_fail(err, "number %u of a namespace", rec->inum);
		if (err) {
			pr_err("number %u of a namespace is lost: %pe\n", rec->inum, ERR_PTR(err));
			rec->inum = 0;
		}
		ns = obj->dst;
		if (ns && rec->inum && ns->inum >= FIRST_NUMBER)
			ns->inum = rec->inum;
	}
	return 0;
}

/**
 * orthros_ns_lost() - a namespace cannot be made
 * @img:	image
 * @rec:	its record
 * @err:	why
 *
 * Return: @err; 0 if it is lost, as its kernel has failed.
 */
int orthros_ns_lost(struct orthros_image *img, const struct orthros_ns_rec *rec, int err)
{
	const char *name = ns_ops[rec->type] ? ns_ops[rec->type]->name : "";

	if (!img->crashed)
		return orthros_fail(err, "%s namespace %u", name, rec->inum);
	pr_err("%s namespace %u is lost: %pe\n", name, rec->inum, ERR_PTR(err));
	return 0;
}

/**
 * orthros_ns_built() - a namespace was made
 * @obj:	NS object
 * @ns:		the new one, of which nobody knows yet; the reference is taken
 */
void orthros_ns_built(struct orthros_obj *obj, struct ns_common *ns)
{
	const struct orthros_ns_rec *rec = obj->rec;

	if (rec->inum) {
		ns_free_inum(ns);
		ns->inum = rec->inum;
	}
	obj->ops = ns_ops[rec->type];
	orthros_obj_built(obj, ns);
}

static struct ns_common *make_ns(struct orthros_image *img, struct orthros_obj *obj,
				 orthros_make_ns_t make)
{
	struct user_namespace *owner = owner_of(img, obj->rec);
	const struct cred *maker = maker_of(obj->rec), *old;
	struct ns_common *ns;

	if (IS_ERR(maker))
		return ERR_CAST(maker);
	old = override_creds(maker);
	ns = owner ? make(img, obj, owner) : ERR_PTR(-ENOENT);
	revert_creds(old);
	put_cred(maker);
	return ns;
}

/**
 * orthros_build_ns() - make a namespace
 * @img:	image
 * @obj:	NS object, none of the initial ones
 * @make:	makes it, on the account of who has made it in the source
 *
 * Return: 0 or negative errno; of a kernel that has failed, it is lost then, with those
 * who are in it.
 */
int orthros_build_ns(struct orthros_image *img, struct orthros_obj *obj, orthros_make_ns_t make)
{
	const struct orthros_ns_rec *rec = obj->rec;
	struct ns_common *ns = make_ns(img, obj, make);

	if (!IS_ERR(ns)) {
		orthros_ns_built(obj, ns);
		return 0;
	}
	return orthros_ns_lost(img, rec, PTR_ERR(ns));
}

/**
 * orthros_build_nss() - make all namespaces of a type
 * @img:	image
 * @type:	which
 * @make:	see orthros_build_ns()
 *
 * Return: 0 or negative errno.
 */
int orthros_build_nss(struct orthros_image *img, enum orthros_ns type, orthros_make_ns_t make)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;

		if (rec->type != type || rec->initial || obj->refused)
			continue;
		err = orthros_build_ns(img, obj, make);
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_dst_ns() - namespace of this kernel
 * @img:	image
 * @addr:	address of the struct ns_common in the source
 *
 * Return: the namespace, held by the image until the release, or NULL.
 */
struct ns_common *orthros_dst_ns(struct orthros_image *img, u64 addr)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_ns_type, addr);

	return obj ? obj->dst : NULL;
}

static struct ns_common *get_ns(void *ns)
{
	refcount_inc(&((struct ns_common *)ns)->count);
	return ns;
}

/**
 * orthros_ns_path() - where a namespace is in nsfs
 * @img:	image
 * @addr:	address of the struct ns_common in the source
 * @path:	set, with references, if 0 is returned
 *
 * Return: 0 or negative errno.
 */
int orthros_ns_path(struct orthros_image *img, u64 addr, struct path *path)
{
	struct ns_common *ns = orthros_dst_ns(img, addr);

	return ns ? ns_get_path_cb(path, get_ns, ns) : -ENOENT;
}

static int verify_ns(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct orthros_ns_rec *rec = obj->rec;
		const struct ns_common *ns = obj->dst;

		if (!ns && ((rec->initial && !ns_ops[rec->type]) || img->crashed))
			continue;
		if (!ns || (has_number(rec) && ns->inum != rec->inum))
			return orthros_fail(-EUCLEAN, "namespace %u was not built", rec->inum);
	}
	return 0;
}

static void release_ns(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_ns_type) {
		const struct proc_ns_operations *ops = obj->ops;

		if (obj->dst)
			ops->put(obj->dst);
		obj->dst = NULL;
	}
}

/* What no kind carries. */
static const struct orthros_mark ns_marks[] = {
	{ ORTHROS_MARK_NS, "timens_operations", "time namespace" },
	{}
};

const struct orthros_kind orthros_ns_kind = {
	.name	= "namespaces",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_ns_env, &orthros_table_ns,
				 &orthros_table_nsproxy),
	.marks	= ns_marks,
	.resolve = resolve_ns,
	.read	= read_initial,
	.build	= take_numbers,
	.verify	= verify_ns,
	.release = release_ns,
};
