// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading BPF programs and maps, by their numbers. What has one that is not known to us
 * - a device, a trace point - is not asked for: it is told by the references.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bpf.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "bpf_internal.h"

/* What the verifier looks at, at most. */
#define MAX_INSNS	1000000
#define MAX_USES	4096
/* Bytes of a map: what is larger would take too long while nobody runs. */
#define MAX_MAP_BYTES	SZ_64M

#define PROG_FLAGS	(BPF_F_STRICT_ALIGNMENT | BPF_F_ANY_ALIGNMENT | BPF_F_TEST_RND_HI32 | \
			 BPF_F_TEST_STATE_FREQ)
#define MAP_FLAGS	(BPF_F_NO_PREALLOC | BPF_F_ZERO_SEED | BPF_F_RDONLY_PROG | \
			 BPF_F_WRONLY_PROG | BPF_F_MMAPABLE | BPF_F_INNER_MAP)

const struct orthros_type orthros_bpf_prog_type = { .name = "BPF program" };
const struct orthros_type orthros_bpf_map_type = { .name = "BPF map" };
/* A reference to one of them, by whoever has it. */
static const struct orthros_type use_type = { .name = "use of BPF" };

/**
 * orthros_refuse_prog() - a program cannot be carried
 * @who:	who has it
 * @obj:	its object
 * @why:	why not, after its name; or NULL: it has been said
 *
 * Return: %ORTHROS_REFUSED.
 */
int orthros_refuse_prog(const struct orthros_finder *who, struct orthros_obj *obj,
			const char *why)
{
	const struct orthros_bpf_prog_rec *rec = obj->rec;

	obj->refused = true;
	return orthros_refused(who, "BPF program %u%s%s%s%s", rec->id, *rec->name ? " " : "",
			       rec->name, why ? ": " : "", why ?: "");
}

/**
 * orthros_refuse_map() - a map cannot be carried
 * @who:	who has it
 * @obj:	its object
 * @why:	why not, after its name; or NULL: it has been said
 *
 * Return: %ORTHROS_REFUSED.
 */
int orthros_refuse_map(const struct orthros_finder *who, struct orthros_obj *obj,
		       const char *why)
{
	const struct orthros_bpf_map_rec *rec = obj->rec;

	obj->refused = true;
	return orthros_refused(who, "BPF map %u%s%s%s%s", rec->id, *rec->name ? " " : "",
			       rec->name, why ? ": " : "", why ?: "");
}

/**
 * orthros_bpf_env() - where the source has them
 * @img:	image
 * @env:	set
 *
 * Return: 0 or negative errno.
 */
int orthros_bpf_env(struct orthros_image *img, struct orthros_bpf_env *env)
{
	return orthros_read_rec(&img->src->mem, &orthros_table_bpf_env, 0, env);
}

struct walk {
	struct orthros_image *img;
	struct orthros_finder who;
	struct orthros_bpf_env env;
};

/* ---- maps --------------------------------------------------------------------- */

static u32 sort_of(const struct orthros_bpf_env *env, u64 ops)
{
	if (!ops)
		return 0;
	return ops == env->array_ops ? ORTHROS_BPF_ARRAY :
	       ops == env->hash_ops ? ORTHROS_BPF_HASH :
	       ops == env->trie_ops ? ORTHROS_BPF_TRIE : 0;
}

static const char *against_map(const struct orthros_bpf_map_view *v,
			       const struct orthros_bpf_map_rec *rec)
{
	if (!rec->sort)
		return "of a type that is not carried";
	if (v->btf)
		return "with type information";
	if (v->extra || rec->flags & ~MAP_FLAGS)
		return "with flags that are not carried";
	if ((u64)v->max_entries * (v->key_size + (u64)v->value_size) > MAX_MAP_BYTES)
		return "too large";
	return NULL;
}

static int read_map(void *ctx, u64 id, u64 addr)
{
	struct orthros_bpf_map_rec *rec;
	struct orthros_bpf_map_view v;
	struct walk *w = ctx;
	struct orthros_obj *obj;
	const char *why;
	int err;

	err = orthros_read_rec(&w->img->src->mem, &orthros_table_bpf_map, addr, &v);
	/* The last reference has gone. */
	if (err || !v.refs)
		return err;
	if (v.id != id)
		return orthros_bad(-EUCLEAN, "BPF map %llu is %u", id, v.id);
	obj = orthros_obj_add(w->img, &orthros_bpf_map_type, addr, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->sort = sort_of(&w->env, v.ops);
	rec->id = id;
	rec->type = v.type;
	rec->key_size = v.key_size;
	rec->value_size = v.value_size;
	rec->max_entries = v.max_entries;
	/* How its first descriptor was to be used. */
	rec->flags = v.flags & ~(BPF_F_RDONLY | BPF_F_WRONLY);
	rec->frozen = v.frozen;
	rec->refs = v.refs;
	strscpy(rec->name, v.name, sizeof(rec->name));
	why = against_map(&v, rec);
	if (why)
		orthros_refuse_map(&w->who, obj, why);
	return 0;
}

/**
 * orthros_bpf_map_of() - find a map by its number
 * @img:	image
 * @id:		the number
 *
 * Return: MAP object or NULL.
 */
struct orthros_obj *orthros_bpf_map_of(struct orthros_image *img, u32 id)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_bpf_map_type)
		if (orthros_map_rec(obj)->id == id)
			return obj;
	return NULL;
}

/* ---- programs ------------------------------------------------------------------- */

static bool is_known(u32 type)
{
	switch (type) {
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_CGROUP_SOCK:
	case BPF_PROG_TYPE_CGROUP_DEVICE:
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
		return true;
	}
	return false;
}

static const char *against_prog(const struct orthros_bpf_prog_rec *rec, u32 what)
{
	if (!is_known(rec->type))
		return "of a type that is not carried";
	if (what & ORTHROS_BPF_BTF)
		return "with type information";
	if (what & ORTHROS_BPF_TARGET)
		return "for another program or a function";
	if (what & ORTHROS_BPF_DEVICE)
		return "for a device";
	if (what & ORTHROS_BPF_KERNEL)
		return "uses functions or variables of the kernel";
	if (rec->flags & ~PROG_FLAGS)
		return "with flags that are not carried";
	if (rec->len > MAX_INSNS || rec->nr_maps > MAX_USES)
		return "too large";
	return NULL;
}

/* Uses of maps are counted by map, and each is used once by a program, however often. */
static int use_maps(struct walk *w, struct orthros_obj *obj, u32 nr)
{
	struct orthros_bpf_prog_rec *rec = obj->rec;
	u64 at = rec->kept + sizeof(struct orthros_bpf_kept) + (u64)rec->len * sizeof(u64);
	struct orthros_bpf_map_use use;
	struct orthros_obj *map;
	unsigned long *seen;
	u32 i, found = 0;
	int err = 0;

	if (!rec->nr_maps && !nr)
		return 0;
	seen = kcalloc(rec->nr_maps ?: 1, sizeof(*seen), GFP_KERNEL);
	if (!seen)
		return -ENOMEM;
	for (i = 0; i < rec->nr_maps && !err; i++) {
		u32 j;

		err = orthros_src_read(w->img->src, at + i * sizeof(use), &use, sizeof(use));
		if (err)
			break;
		map = orthros_bpf_map_of(w->img, use.map);
		if (!map || use.insn + 1 >= rec->len) {
			err = orthros_bad(-EUCLEAN, "BPF program %u: map %u", rec->id, use.map);
			break;
		}
		for (j = 0; j < found && seen[j] != map->src; j++)
			;
		if (j < found)
			continue;
		seen[found++] = map->src;
		orthros_map_rec(map)->users++;
		if (map->refused)
			orthros_refuse_prog(&w->who, obj, "uses a map that is not carried");
	}
	kfree(seen);
	if (!err && found != nr)
		orthros_refuse_prog(&w->who, obj, "bound to a map that it does not use");
	return err;
}

static int read_prog(struct walk *w, struct orthros_obj *obj, u32 what)
{
	struct orthros_bpf_prog_rec *rec = obj->rec;
	struct orthros_bpf_program_view v;
	const char *why;
	int err;

	err = orthros_read_rec(&w->img->src->mem, &orthros_table_bpf_program, obj->src, &v);
	if (err)
		return err;
	if (v.id != rec->id || v.type != rec->type)
		return orthros_bad(-EUCLEAN, "BPF program %u is another", rec->id);
	rec->refs = v.refs;
	rec->load_time = v.load_time;
	rec->gpl = v.gpl;
	rec->uid = v.uid;
	strscpy(rec->name, v.name, sizeof(rec->name));
	why = against_prog(rec, what);
	if (why)
		orthros_refuse_prog(&w->who, obj, why);
	return why ? 0 : use_maps(w, obj, v.nr_maps);
}

static int read_kept(void *ctx, u64 id, u64 addr)
{
	struct orthros_bpf_prog_rec *rec;
	struct orthros_bpf_kept kept;
	struct walk *w = ctx;
	struct orthros_obj *obj;
	int err;

	err = orthros_src_read(w->img->src, addr, &kept, sizeof(kept));
	if (err)
		return err;
	obj = orthros_obj_add(w->img, &orthros_bpf_prog_type, kept.prog, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return orthros_bad(PTR_ERR(obj), "BPF program %llu", id);
	rec = obj->rec;
	rec->kept = addr;
	rec->id = id;
	rec->type = kept.type;
	rec->attach = kept.attach;
	rec->flags = kept.flags;
	rec->len = kept.len;
	rec->nr_maps = kept.nr_maps;
	return read_prog(w, obj, kept.what);
}

/* Each must have been kept. */
static int check_prog(void *ctx, u64 id, u64 addr)
{
	struct orthros_bpf_program_view v;
	struct walk *w = ctx;
	int err;

	if (orthros_obj_find(w->img, &orthros_bpf_prog_type, addr))
		return 0;
	err = orthros_read_rec(&w->img->src->mem, &orthros_table_bpf_program, addr, &v);
	return err ?: orthros_refuse(&w->who, "BPF program %llu%s%s: was not kept", id,
				     *v.name ? " " : "", v.name);
}

/**
 * orthros_read_bpf() - read all programs and maps
 * @img:	image
 *
 * Return: 0, also if something was refused, or negative errno.
 */
int orthros_read_bpf(struct orthros_image *img)
{
	struct walk w = { .img = img, .who = orthros_of_machine(img) };
	int err;

	err = orthros_bpf_env(img, &w.env);
	if (!err && w.env.maps)
		err = orthros_src_xa_walk(img->src, w.env.maps + w.env.idr_off, read_map, &w);
	if (!err && w.env.kept)
		err = orthros_src_xa_walk(img->src, w.env.kept, read_kept, &w);
	if (!err && w.env.progs)
		err = orthros_src_xa_walk(img->src, w.env.progs + w.env.idr_off, check_prog, &w);
	return err;
}

/* ---- who has them --------------------------------------------------------------- */

/* What is read again is noted again, so they are counted in the end. */
static int note_use(const struct orthros_finder *who, u64 of, u64 by)
{
	struct orthros_obj *obj;
	bool isnew;

	obj = orthros_obj_get(who->img, &use_type, by, who->pid, sizeof(of), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	*(u64 *)obj->rec = of;
	return 0;
}

/**
 * orthros_bpf_use_prog() - somebody has a program
 * @who:	through whom and how
 * @prog:	its address
 * @by:		address of what has the reference
 *
 * Return: 0, %ORTHROS_REFUSED, or negative errno.
 */
int orthros_bpf_use_prog(const struct orthros_finder *who, u64 prog, u64 by)
{
	struct orthros_obj *obj = orthros_obj_find(who->img, &orthros_bpf_prog_type, prog);

	if (!obj)
		return orthros_bad(-EUCLEAN, "BPF program %#llx is not there", prog);
	if (obj->refused)
		return orthros_refuse_prog(who, obj, NULL);
	return note_use(who, prog, by);
}

/**
 * orthros_bpf_use_map() - somebody has a map
 * @who:	through whom and how
 * @map:	its address
 * @by:		address of what has the reference
 *
 * Return: 0, %ORTHROS_REFUSED, or negative errno.
 */
int orthros_bpf_use_map(const struct orthros_finder *who, u64 map, u64 by)
{
	struct orthros_obj *obj = orthros_obj_find(who->img, &orthros_bpf_map_type, map);

	if (!obj)
		return orthros_bad(-EUCLEAN, "BPF map %#llx is not there", map);
	if (obj->refused)
		return orthros_refuse_map(who, obj, NULL);
	return note_use(who, map, by);
}

static void count_uses(struct orthros_image *img)
{
	struct orthros_obj *use, *obj;

	orthros_for_each_obj(use, img, &use_type) {
		const u64 of = *(u64 *)use->rec;

		obj = orthros_obj_find(img, &orthros_bpf_prog_type, of);
		if (obj) {
			orthros_prog_rec(obj)->users++;
			continue;
		}
		obj = orthros_obj_find(img, &orthros_bpf_map_type, of);
		if (obj)
			orthros_map_rec(obj)->users++;
	}
}

/* Of a kernel that has failed, that may be a call under way: it is named, not lost. */
static void unknown_user(const struct orthros_finder *who, struct orthros_obj *obj,
			 const char *what, u32 id)
{
	obj->refused = !who->img->crashed;
	orthros_refuse(who, "%s %u: in use by something that is not carried", what, id);
}

/**
 * orthros_gather_bpf() - is everybody known who has one?
 * @img:	image; everything is read
 */
void orthros_gather_bpf(struct orthros_image *img)
{
	const struct orthros_finder who = orthros_of_machine(img);
	struct orthros_obj *obj;

	count_uses(img);
	orthros_for_each_obj(obj, img, &orthros_bpf_prog_type) {
		const struct orthros_bpf_prog_rec *rec = obj->rec;

		if (!obj->refused && rec->refs != rec->users)
			unknown_user(&who, obj, "BPF program", rec->id);
	}
	orthros_for_each_obj(obj, img, &orthros_bpf_map_type) {
		const struct orthros_bpf_map_rec *rec = obj->rec;

		if (!obj->refused && rec->refs != rec->users)
			unknown_user(&who, obj, "BPF map", rec->id);
	}
}
