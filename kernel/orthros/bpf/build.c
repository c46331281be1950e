// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making BPF maps and loading programs, as bpf() does, each with the number that it had.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/sched/user.h>
#include <linux/slab.h>
#include <linux/task_work.h>
#include "bpf_internal.h"
#include "kept_inside.h"

/* As many as a program may name by their place in an array. */
#define MAX_INDEX	1024

/* ---- maps --------------------------------------------------------------------- */

/* Returns a descriptor of current's. */
static int create_map(const struct orthros_bpf_map_rec *rec)
{
	union bpf_attr attr = {
		.map_type	= rec->type,
		.key_size	= rec->key_size,
		.value_size	= rec->value_size,
		.max_entries	= rec->max_entries,
		.map_flags	= rec->flags,
	};

	memcpy(attr.map_name, rec->name, min(sizeof(attr.map_name), sizeof(rec->name)));
	return kern_sys_bpf(BPF_MAP_CREATE, &attr, sizeof(attr));
}

/* With what is in it, or as an attempt. */
static int build_map(struct orthros_image *img, struct orthros_obj *obj, bool fill)
{
	const struct orthros_bpf_map_rec *rec = obj->rec;
	struct bpf_map *map;
	int fd, err = 0;

	if (fill)
		orthros_bpf_next_map(rec->id);
	fd = create_map(rec);
	if (fd < 0)
		return fd;
	map = bpf_map_get_with_uref(fd);
	if (IS_ERR(map)) {
		close_fd(fd);
		return PTR_ERR(map);
	}
	if (fill)
		err = orthros_fill_map(img, obj, fd);
	close_fd(fd);
	/* Of a kernel that has failed, what could be read of it. */
	if (err && img->crashed) {
		pr_err("BPF map %u: some of it is lost: %pe\n", rec->id, ERR_PTR(err));
		err = 0;
	}
	if (err) {
		bpf_map_put_with_uref(map);
		return err;
	}
	if (fill && rec->frozen)
		WRITE_ONCE(map->frozen, true);
	orthros_obj_built(obj, map);
	return 0;
}

/* ---- programs ------------------------------------------------------------------- */

/**
 * struct load - a program that is being loaded
 * @insns:	as it was given, with this kernel's descriptors
 * @uses:	which of them name maps
 * @fds:	descriptors of maps, one for each use
 * @nr_fds:	how many there are
 * @indexed:	the array from which a program may take them
 */
struct load {
	struct bpf_insn *insns;
	struct orthros_bpf_map_use *uses;
	int *fds;
	u32 nr_fds;
	int indexed[MAX_INDEX];
};

static void load_end(struct load *l)
{
	u32 i;

	for (i = 0; i < l->nr_fds; i++)
		close_fd(l->fds[i]);
	kvfree(l->insns);
	kvfree(l->uses);
	kvfree(l->fds);
	kvfree(l);
}

/* For one use; the verifier knows maps again, whatever descriptors name them. */
static int fd_of(struct orthros_image *img, struct load *l, u32 use)
{
	struct orthros_obj *obj = orthros_bpf_map_of(img, l->uses[use].map);
	struct bpf_map *map = obj ? obj->dst : NULL;
	int fd;

	if (!map)
		return -ENOENT;
	bpf_map_inc_with_uref(map);
	fd = bpf_map_new_fd(map, O_RDWR);
	if (fd < 0)
		bpf_map_put_with_uref(map);
	else
		l->fds[l->nr_fds++] = fd;
	return fd;
}

static int name_maps(struct orthros_image *img, struct load *l,
		     const struct orthros_bpf_prog_rec *rec)
{
	struct bpf_insn *insn;
	u32 i;
	int fd;

	for (i = 0; i < rec->nr_maps; i++) {
		if (l->uses[i].insn >= rec->len)
			return orthros_bad(-EUCLEAN, "BPF program %u: instruction %u", rec->id,
					   l->uses[i].insn);
		insn = &l->insns[l->uses[i].insn];
		fd = fd_of(img, l, i);
		if (fd < 0)
			return fd;
		if (insn->src_reg != BPF_PSEUDO_MAP_IDX &&
		    insn->src_reg != BPF_PSEUDO_MAP_IDX_VALUE)
			insn->imm = fd;
		else if (insn->imm >= 0 && insn->imm < MAX_INDEX)
			l->indexed[insn->imm] = fd;
		else
			return -E2BIG;
	}
	return 0;
}

static struct load *load_begin(struct orthros_image *img, const struct orthros_bpf_prog_rec *rec)
{
	const u64 at = rec->kept + sizeof(struct orthros_bpf_kept);
	size_t size = (size_t)rec->len * sizeof(struct bpf_insn);
	struct load *l;
	int err;

	l = kvzalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return ERR_PTR(-ENOMEM);
	l->insns = kvmalloc(size, GFP_KERNEL);
	l->uses = kvcalloc(rec->nr_maps + 1, sizeof(*l->uses), GFP_KERNEL);
	l->fds = kvcalloc(rec->nr_maps + 1, sizeof(*l->fds), GFP_KERNEL);
	err = l->insns && l->uses && l->fds ? 0 : -ENOMEM;
	if (!err)
		err = orthros_src_read(img->src, at, l->insns, size) ?:
		      orthros_src_read(img->src, at + size, l->uses,
				       rec->nr_maps * sizeof(*l->uses)) ?:
		      name_maps(img, l, rec);
	if (err) {
		load_end(l);
		return ERR_PTR(err);
	}
	return l;
}

/* Returns a descriptor of current's. */
static int load_prog(struct load *l, const struct orthros_bpf_prog_rec *rec)
{
	union bpf_attr attr = {
		.prog_type	= rec->type,
		.insn_cnt	= rec->len,
		.insns		= (uintptr_t)l->insns,
		.license	= (uintptr_t)(rec->gpl ? "GPL" : "other"),
		.prog_flags	= rec->flags,
		.expected_attach_type = rec->attach,
		.fd_array	= (uintptr_t)l->indexed,
	};

	memcpy(attr.prog_name, rec->name, min(sizeof(attr.prog_name), sizeof(rec->name)));
	return kern_sys_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
}

/* Who has loaded it, and when. */
static int give_owner(struct bpf_prog *prog, const struct orthros_bpf_prog_rec *rec)
{
	struct user_struct *user = alloc_uid(KUIDT_INIT(rec->uid));

	if (!user)
		return -ENOMEM;
	free_uid(prog->aux->user);
	prog->aux->user = user;
	prog->aux->load_time = rec->load_time;
	return 0;
}

static int build_prog(struct orthros_image *img, struct orthros_obj *obj, bool numbered)
{
	const struct orthros_bpf_prog_rec *rec = obj->rec;
	struct bpf_prog *prog;
	struct load *l;
	int fd, err;

	l = load_begin(img, rec);
	if (IS_ERR(l))
		return PTR_ERR(l);
	if (numbered)
		orthros_bpf_next_prog(rec->id);
	fd = load_prog(l, rec);
	load_end(l);
	if (fd < 0)
		return fd;
	prog = bpf_prog_get(fd);
	close_fd(fd);
	if (IS_ERR(prog))
		return PTR_ERR(prog);
	err = give_owner(prog, rec);
	if (err) {
		bpf_prog_put(prog);
		return err;
	}
	orthros_obj_built(obj, prog);
	return 0;
}

/* ---- all of them ---------------------------------------------------------------- */

/* Else they would be on the way to user mode, and hold numbers until then. */
static void close_files(void)
{
	if (current->flags & PF_KTHREAD)
		flush_delayed_fput();
	else
		task_work_run();
}

static int next_numbers(struct orthros_image *img)
{
	struct orthros_bpf_env env;
	u32 prog = 0, map = 0;
	int err;

	err = orthros_bpf_env(img, &env);
	if (err || !env.progs || !env.maps)
		return err;
	err = orthros_src_read(img->src, env.progs + env.next_off, &prog, sizeof(prog)) ?:
	      orthros_src_read(img->src, env.maps + env.next_off, &map, sizeof(map));
	if (err)
		return err;
	orthros_bpf_next_prog(prog);
	orthros_bpf_next_map(map);
	return 0;
}

/* Whoever has it finds out. */
static int or_lose(struct orthros_image *img, const char *what, u32 id, int err)
{
	if (!err || !img->crashed)
		return err ? orthros_fail(err, "BPF %s %u", what, id) : 0;
	pr_err("BPF %s %u is lost: %pe\n", what, id, ERR_PTR(err));
	return 0;
}

/**
 * orthros_build_bpf() - make all maps, with what is in them, and load all programs
 * @img:	image
 *
 * Return: 0 or negative errno.
 */
int orthros_build_bpf(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_bpf_map_type) {
		err = obj->refused ? 0 : build_map(img, obj, true);
		err = or_lose(img, "map", orthros_map_rec(obj)->id, err);
		if (err)
			return err;
	}
	orthros_for_each_obj(obj, img, &orthros_bpf_prog_type) {
		err = obj->refused ? 0 : build_prog(img, obj, true);
		err = or_lose(img, "program", orthros_prog_rec(obj)->id, err);
		if (err)
			return err;
	}
	close_files();
	return next_numbers(img);
}

/**
 * orthros_try_bpf() - would this kernel take them?
 * @img:	image of a source that runs
 *
 * The maps are empty then, and nothing of it stays.
 *
 * Return: 0, also if something was refused.
 */
int orthros_try_bpf(struct orthros_image *img)
{
	const struct orthros_finder who = orthros_of_machine(img);
	struct orthros_obj *obj;
	char why[80];
	int err;

	orthros_for_each_obj(obj, img, &orthros_bpf_map_type) {
		err = obj->refused ? 0 : build_map(img, obj, false);
		if (!err)
			continue;
		snprintf(why, sizeof(why), "the other kernel does not make it: %pe", ERR_PTR(err));
		orthros_refuse_map(&who, obj, why);
	}
	orthros_for_each_obj(obj, img, &orthros_bpf_prog_type) {
		err = obj->refused ? 0 : build_prog(img, obj, false);
		if (!err)
			continue;
		snprintf(why, sizeof(why), "the other kernel rejects it: %pe", ERR_PTR(err));
		orthros_refuse_prog(&who, obj, why);
	}
	close_files();
	orthros_release_bpf(img);
	return 0;
}

/**
 * orthros_release_bpf() - drop the references of the object map
 * @img:	image
 */
void orthros_release_bpf(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_bpf_prog_type) {
		if (obj->dst)
			bpf_prog_put(obj->dst);
		obj->dst = NULL;
	}
	orthros_for_each_obj(obj, img, &orthros_bpf_map_type) {
		if (obj->dst)
			bpf_map_put_with_uref(obj->dst);
		obj->dst = NULL;
	}
}

/**
 * orthros_bpf_dst_prog() - a program, for those who have it
 * @img:	image
 * @prog:	address in the source
 *
 * Return: the program with a reference, or ERR_PTR().
 */
struct bpf_prog *orthros_bpf_dst_prog(struct orthros_image *img, u64 prog)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_bpf_prog_type, prog);

	if (!obj || !obj->dst)
		return ERR_PTR(-ENOENT);
	bpf_prog_inc(obj->dst);
	return obj->dst;
}
