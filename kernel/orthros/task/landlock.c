// SPDX-License-Identifier: GPL-2.0-only
/*
 * Landlock: the domains that restrict processes. A domain is a pile of layers, each
 * of which a landlock_restrict_self() has added to the one of before; they are merged
 * again, one by one, so that domains have in common what they had.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/exportfs.h>
#include <linux/path.h>
#include <linux/sizes.h>
#include <linux/orthros/abi/landlock.h>
#include "../fs/fs.h"
#include "held.h"
#include "landlock.h"
#include "landlock_tables.h"

#define RULES_MAX	SZ_1M
#define RECORD_MAX	SZ_256M

/* Key: struct landlock_hierarchy; built of it: the domain with all layers up to it */
static const struct orthros_type layer_type = { .name = "Landlock layer" };
/* Key: struct cred */
static const struct orthros_type landlocked_type = { .name = "Landlock domain" };

static struct orthros_landlock_env env;

/* ---- reading ----------------------------------------------------------- */

static int resolve(struct orthros_src *src)
{
	return orthros_read_rec(&src->mem, &orthros_table_landlock_env, 0, &env);
}

/**
 * struct rule_walk - the rules of a domain, for one of its layers
 * @who:	through whom
 * @w:		appends to the layer's record
 * @level:	its number
 * @handled:	what it restricts of what these rules allow
 * @ports:	they are of ports
 */
struct rule_walk {
	const struct orthros_finder *who;
	struct orthros_writer w;
	u16 level;
	u16 handled;
	bool ports;
};

/* In a tmpfs each file that can be reached has a name in memory. */
static bool keeps_names(const struct orthros_sb_rec *sb)
{
	return sb && (sb->how == ORTHROS_FS_ROOT || sb->how == ORTHROS_FS_TREE ||
		      sb->how == ORTHROS_FS_INTERNAL);
}

static int add_rule(struct rule_walk *walk, u64 key, u16 access)
{
	const struct orthros_finder *who = walk->who;
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_landlock_rule_rec rule = { .access = access & walk->handled };
	struct orthros_landlock_object_view object;
	struct orthros_landlock_inode_view inode;
	struct orthros_landlock_rec *rec;
	void *to;
	int err;

	if (walk->ports) {
		rule.port = be16_to_cpu((__force __be16)key);
	} else {
		err = orthros_read_rec(mem, &orthros_table_landlock_object, key, &object);
		if (err)
			return err;
		/* Its file system is not mounted any more: nobody gets there. */
		if (!object.inode)
			return 0;
		err = orthros_read_rec(mem, &orthros_table_landlock_inode, object.inode, &inode);
		if (err)
			return err;
		rule.inode = object.inode;
		rule.sb = inode.sb;
		rule.dentry = inode.alias ? inode.alias - env.alias_off : 0;
		/* Removed, and nobody is in it. */
		if (!rule.dentry && keeps_names(orthros_fs_sb(who->img, rule.sb)))
			return 0;
		err = orthros_read_watched(who, rule.sb, rule.inode, rule.dentry);
		if (err)
			return err;
	}
	to = orthros_append(&walk->w, sizeof(rule));
	if (!to)
		return -ENOMEM;
	memcpy(to, &rule, sizeof(rule));
	rec = walk->w.obj->rec;
	rec->nr_rules++;
	return 0;
}

static int read_rule(void *ctx, u64 node)
{
	struct rule_walk *walk = ctx;
	const struct orthros_mem *mem = &walk->who->img->src->mem;
	struct orthros_landlock_layer_view layer;
	struct orthros_landlock_rule_view v;
	u32 i;
	int err;

	err = orthros_read_rec(mem, &orthros_table_landlock_rule, node - env.rule_off, &v);
	if (err)
		return err;
	if (v.nr_layers > ORTHROS_LANDLOCK_LAYERS)
		return orthros_bad(-EUCLEAN, "Landlock rule with %u layers", v.nr_layers);
	for (i = 0; i < v.nr_layers; i++) {
		err = orthros_read_rec(mem, &orthros_table_landlock_layer,
				       v.layers + (u64)i * env.layer_size, &layer);
		if (!err && layer.level == walk->level)
			return add_rule(walk, v.key, layer.access);
		if (err)
			return err;
	}
	return 0;
}

static int read_rules(const struct orthros_finder *who, struct orthros_obj *obj,
		      const struct orthros_landlock_view *v)
{
	const struct orthros_landlock_rec *rec = obj->rec;
	struct rule_walk walk = {
		.who = who, .level = rec->level, .handled = rec->fs,
		.w = { .obj = obj, .used = sizeof(*rec), .max = RECORD_MAX },
	};
	int err;

	err = orthros_src_rb_walk(who->img->src, v->inodes, RULES_MAX, read_rule, &walk);
	if (err)
		return err;
	rec = obj->rec;
	walk.ports = true;
	walk.handled = rec->net;
	return orthros_src_rb_walk(who->img->src, v->ports, RULES_MAX, read_rule, &walk);
}

/* The layer @level of a domain, which others may have in common with it. */
static int read_layer(const struct orthros_finder *who, u64 domain,
		      const struct orthros_landlock_view *v, u32 level, u64 hierarchy, u64 parent)
{
	struct orthros_landlock_masks_view masks;
	struct orthros_landlock_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(who->img, &layer_type, hierarchy, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	if (!isnew)
		return rec->level == level && rec->parent == parent ? 0 :
		       orthros_bad(-EUCLEAN, "Landlock layer %#llx is of two places", hierarchy);
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_landlock_masks,
			       domain + (u64)(level - 1) * env.mask_size, &masks);
	if (err)
		return err;
	rec->version = ORTHROS_LANDLOCK_VERSION;
	rec->level = level;
	rec->parent = parent;
	rec->fs = masks.fs;
	rec->net = masks.net;
	rec->scope = masks.scope;
	if (masks.fs & ~orthros_landlock_fs_mask())
		return orthros_refuse(who, "%#x of file systems, unknown to the other kernel",
				      masks.fs & ~orthros_landlock_fs_mask());
	if (masks.net & ~orthros_landlock_net_mask())
		return orthros_refuse(who, "ports, unknown to the other kernel");
	if (masks.scope & ~orthros_landlock_scope_mask())
		return orthros_refuse(who, "scopes, unknown to the other kernel");
	return read_rules(who, obj, v);
}

static int read_domain(const struct orthros_finder *who, u64 domain, u64 *top)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	u64 chain[ORTHROS_LANDLOCK_LAYERS + 1] = {}, at;
	struct orthros_landlock_hierarchy_view h;
	struct orthros_landlock_view v;
	u32 level;
	int err;

	err = orthros_read_rec(mem, &orthros_table_landlock, domain, &v);
	if (err)
		return err;
	if (!v.nr_layers || v.nr_layers > ORTHROS_LANDLOCK_LAYERS || v.nr_rules > RULES_MAX)
		return orthros_bad(-EUCLEAN, "Landlock domain of %u layers, %u rules", v.nr_layers,
				   v.nr_rules);
	/* From the last layer to the first one, which is chain[1]. */
	for (level = v.nr_layers, at = v.hierarchy; level; level--, at = h.parent) {
		err = orthros_read_rec(mem, &orthros_table_landlock_hierarchy, at, &h);
		if (err)
			return err;
		chain[level] = at;
	}
	if (at)
		return orthros_bad(-EUCLEAN, "Landlock domain of more than %u layers", v.nr_layers);
	*top = v.hierarchy;
	for (level = 1; level <= v.nr_layers; level++) {
		err = read_layer(who, domain, &v, level, chain[level], chain[level - 1]);
		if (err)
			return err;
	}
	return 0;
}

/**
 * orthros_read_landlock() - read what Landlock forbids to credentials
 * @who:	through whom
 * @cred:	address of the struct cred
 *
 * Return: 0, also if it was refused, or negative errno.
 */
int orthros_read_landlock(const struct orthros_finder *who, u64 cred)
{
	const struct orthros_finder finder = orthros_through(who, "Landlock rule");
	const struct orthros_src *src = who->img->src;
	struct orthros_landlocked_rec *rec;
	struct orthros_cred_blob_view v;
	struct orthros_obj *obj;
	u64 domain, layer;
	bool isnew;
	u32 off;
	int err;

	if (!env.sizes)
		return 0;
	err = orthros_read_rec(&src->mem, &orthros_table_cred_blob, cred, &v);
	if (err || !v.blob)
		return err;
	/* Where in the blob of all modules it has its part Landlock knows. */
	err = orthros_src_read(src, env.sizes + env.cred_off, &off, sizeof(off));
	if (!err)
		err = orthros_src_u64(src, v.blob + off + env.domain_off, &domain);
	if (err)
		return orthros_bad(err, "cred of %d: Landlock", who->pid);
	if (!domain)
		return 0;
	if (!orthros_landlock_runs())
		return orthros_refuse(&finder, "the other kernel enforces none");
	err = read_domain(&finder, domain, &layer);
	if (err)
		return err;
	obj = orthros_obj_get(who->img, &landlocked_type, cred, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->layer = layer;
	return 0;
}

/* ---- building ---------------------------------------------------------- */

#ifdef CONFIG_SECURITY_LANDLOCK
/* Nodes of devices may not be there before the commit. */
static bool waits(struct orthros_image *img, const struct orthros_landlock_rule_rec *rule)
{
	const struct orthros_sb_rec *sb = orthros_fs_sb(img, rule->sb);

	return sb && sb->how == ORTHROS_FS_DEV;
}

static int set_inode_rule(struct orthros_image *img, struct landlock_ruleset *rules,
			  const struct orthros_landlock_rule_rec *rule)
{
	struct inode *inode = orthros_watched_inode(img, rule->inode, rule->dentry);
	struct path path = {};
	int err;

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	/* It looks at the inode only. */
	path.dentry = d_obtain_alias(inode);
	if (IS_ERR(path.dentry))
		return PTR_ERR(path.dentry);
	err = landlock_append_fs_rule(rules, &path, rule->access);
	dput(path.dentry);
	return err;
}

/* @late: nothing more will come; what is not there is not allowed. */
static int set_rules(struct orthros_image *img, const struct orthros_obj *obj,
		     struct landlock_ruleset *rules, bool late, bool *pending)
{
	const struct orthros_landlock_rec *rec = obj->rec;
	const struct orthros_landlock_rule_rec *rule = (void *)(rec + 1);
	u32 i;
	int err;

	for (i = 0; i < rec->nr_rules; i++, rule++) {
		if (!rule->inode)
			err = orthros_landlock_port(rules, rule->port, rule->access);
		else
			err = set_inode_rule(img, rules, rule);
		if (err && rule->inode && waits(img, rule)) {
			*pending = true;
			if (late)
				pr_warn("process %d: Landlock rule of a device that is gone\n",
					obj->pid);
			continue;
		}
		if (err)
			return orthros_fail(err, "Landlock rule of process %d", obj->pid);
	}
	return 0;
}

static int build_layer(struct orthros_image *img, struct orthros_obj *obj, bool late,
		       bool *pending)
{
	const struct orthros_landlock_rec *rec = obj->rec;
	struct landlock_ruleset *rules, *domain;
	struct orthros_obj *parent = NULL;
	int err;

	if (rec->parent) {
		parent = orthros_obj_find(img, &layer_type, rec->parent);
		if (!parent || !parent->dst)
			return -ENOENT;
	}
	rules = orthros_landlock_rules(rec);
	if (IS_ERR(rules))
		return PTR_ERR(rules);
	err = set_rules(img, obj, rules, late, pending);
	domain = err ? ERR_PTR(err) : landlock_merge_ruleset(parent ? parent->dst : NULL, rules);
	landlock_put_ruleset(rules);
	if (IS_ERR(domain))
		return PTR_ERR(domain);
	orthros_obj_built(obj, domain);
	return 0;
}

static void put_layers(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &layer_type) {
		landlock_put_ruleset(obj->dst);
		obj->dst = NULL;
	}
}

/* A layer was read after those below it. */
static int build_layers(struct orthros_image *img, bool late, bool *pending)
{
	struct orthros_obj *obj;
	int err;

	*pending = false;
	orthros_for_each_obj(obj, img, &layer_type) {
		err = build_layer(img, obj, late, pending);
		if (err)
			return orthros_fail(err, "Landlock domain of process %d", obj->pid);
	}
	return 0;
}

static bool pending;

static int tie_landlock(struct orthros_image *img)
{
	return build_layers(img, false, &pending);
}

/* The devices are there: what was left out is allowed, too. */
static void start_landlock(struct orthros_image *img)
{
	int err;

	if (!pending)
		return;
	put_layers(img);
	err = build_layers(img, true, &pending);
	if (err)
		pr_err("Landlock: %pe\n", ERR_PTR(err));
}

/*
 * From now on they are restricted: all that had to be opened is open. A process whose
 * domain could not be made does not run without.
 */
static void restrict_tasks(struct orthros_image *img)
{
	const struct orthros_landlocked_rec *rec;
	struct orthros_obj *obj, *cred, *layer;
	struct orthros_held *h;

	orthros_for_each_obj(obj, img, &orthros_task_type) {
		h = held_of(obj);
		cred = orthros_obj_find(img, &landlocked_type, rec_of(obj)->real_cred);
		if (!h || !cred)
			continue;
		rec = cred->rec;
		layer = orthros_obj_find(img, &layer_type, rec->layer);
		if (!layer || !layer->dst) {
			pr_err("process %d: no Landlock domain, killed\n", rec_of(obj)->pid);
			send_sig(SIGKILL, h->task, 1);
			continue;
		}
		landlock_get_ruleset(layer->dst);
		/* Its own, and it does not run yet. */
		landlock_cred(rcu_dereference_protected(h->task->real_cred, true))->domain =
			layer->dst;
	}
	put_layers(img);
}
#endif /* CONFIG_SECURITY_LANDLOCK */

const struct orthros_kind orthros_landlock_kind = {
	.name	= "Landlock domain",
	.tables	= ORTHROS_TABLES(&orthros_table_landlock_env, &orthros_table_cred_blob,
				 &orthros_table_landlock, &orthros_table_landlock_masks,
				 &orthros_table_landlock_hierarchy,
				 &orthros_table_landlock_rule, &orthros_table_landlock_layer,
				 &orthros_table_landlock_object,
				 &orthros_table_landlock_inode),
	.resolve = resolve,
#ifdef CONFIG_SECURITY_LANDLOCK
	.tie	= tie_landlock,
	.start	= start_landlock,
	.release = restrict_tasks,
#endif
};
