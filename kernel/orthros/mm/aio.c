// SPDX-License-Identifier: GPL-2.0-only
/*
 * AIO contexts, as io_setup() makes them. A context is known by the address of its ring,
 * which is a mapping of a file that has no name. It is made anew in its process, its ring
 * mapped where it was, also in children that were forked, with what is in it. Requests
 * that move data are waited for before a hop; those that poll are made again. Of a kernel
 * that has failed no request that moves data can be found: its process is given up.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/aio_abi.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/overflow.h>
#include "../files/files.h"
#include "aio_inside.h"
#include "aio_tables.h"
#include "mm_internal.h"

const struct orthros_type orthros_aio_type = { .name = "AIO context", .cost = SZ_2K };

#define CONTEXTS_MAX	SZ_64K
/* As many as ioctx_alloc() allows. */
#define EVENTS_MAX	(0x10000000U / sizeof(struct io_event) + 128)

/* What is in front of the events, see struct aio_ring of fs/aio.c; programs know it, too. */
#define RING_HEADER	32

static const struct orthros_aio_env *aio_env(const struct orthros_src *src)
{
	static struct orthros_aio_env env;
	static const struct orthros_src *of;
	int err;

	if (of == src)
		return &env;
	err = orthros_read_rec(&src->mem, &orthros_table_aio_env, 0, &env);
	if (err)
		return ERR_PTR(err);
	of = src;
	return &env;
}

/* Those that are under way: all slots, without what is free or is an event. */
static int requests_of(const struct orthros_src *src, const struct orthros_aio_view *v, u32 *nr)
{
	s64 free;
	int err;

	err = orthros_src_percpu_sum(src, v->cpu + v->cpu_off, &free);
	if (err)
		return orthros_bad(err, "AIO context: slots of the CPUs");
	*nr = v->nr_events - 1 - (u32)v->available - v->completed - (u32)free;
	if (*nr >= v->nr_events)
		return orthros_bad(-EUCLEAN, "AIO context: %u of %u slots", *nr, v->nr_events);
	return 0;
}

static int read_req(const struct orthros_finder *who, struct orthros_writer *w, u64 addr)
{
	const struct orthros_aio_env *env = aio_env(who->img->src);
	struct orthros_aio_req_view v;
	struct orthros_aio_req_rec *rec;
	struct orthros_finder by;
	struct orthros_obj *file;
	int err;

	if (IS_ERR(env))
		return PTR_ERR(env);
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_aio_req, addr, &v);
	if (err)
		return err;
	if (v.cancel != env->poll_cancel)
		return orthros_refuse(who, "AIO: a driver's request is under way");
	by = orthros_through(who, "AIO request");
	file = orthros_read_file(&by, v.file);
	if (IS_ERR_OR_NULL(file))
		return PTR_ERR_OR_ZERO(file);
	/* It tells of the signals of whoever asks. */
	if (!strcmp(((const struct orthros_file_ops *)file->ops)->name, "signalfd"))
		return orthros_refuse(who, "AIO: a request polls a signalfd");
	rec = orthros_append(w, sizeof(*rec));
	if (!rec)
		return -ENOMEM;
	rec->file = v.file;
	rec->eventfd = v.eventfd;
	rec->obj = v.obj;
	rec->data = v.data;
	/* The others are the kernel's own. */
	rec->events = v.events & 0xffff;
	rec->pad = 0;
	((struct orthros_aio_rec *)w->obj->rec)->nr_reqs++;
	return 0;
}

static int read_reqs(const struct orthros_finder *who, struct orthros_obj *obj,
		     const struct orthros_aio_view *v)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_writer w = {
		.obj = obj, .used = sizeof(struct orthros_aio_rec),
		.max = struct_size_t(struct orthros_aio_rec, reqs, v->nr_events),
	};
	struct orthros_list_iter it;
	u32 nr, found = 0;
	int err;

	orthros_src_for_each(&it, src, v->active, v->nr_events) {
		err = read_req(who, &w, it.node - v->list_off);
		if (err)
			return err;
		found++;
	}
	if (it.err)
		return it.err;
	/* A running one moves on. */
	if (!who->img->frozen)
		return 0;
	err = requests_of(src, v, &nr);
	if (!err && nr != found)
		orthros_refuse(who, "AIO: %u requests are under way", nr - found);
	return err;
}

static int read_context(const struct orthros_finder *who, u64 mm, u64 addr)
{
	struct orthros_aio_rec *rec;
	struct orthros_aio_view v;
	struct orthros_obj *obj;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_aio, addr, &v);
	if (err)
		return err;
	/* It goes by itself; no request finds it any more. */
	if (v.dead)
		return who->img->frozen ? orthros_refuse(who, "AIO: a context ends") : -EAGAIN;
	if (!v.nr_pages || v.size != v.nr_pages * PAGE_SIZE || offset_in_page(v.addr) ||
	    v.nr_events > EVENTS_MAX || v.tail >= v.nr_events ||
	    v.nr_events != (v.size - RING_HEADER) / sizeof(struct io_event))
		return orthros_bad(-EUCLEAN, "AIO context of %u events in %llu pages", v.nr_events,
				   v.nr_pages);
	if (v.nr_events < orthros_aio_least())
		return orthros_refuse(who, "AIO: a ring of %u events, smaller than this kernel's",
				      v.nr_events);
	obj = orthros_obj_add(who->img, &orthros_aio_type, addr, who->pid, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->version = ORTHROS_AIO_VERSION;
	rec->nr_reqs = 0;
	rec->mm = mm;
	rec->addr = v.addr;
	rec->pages = v.pages;
	rec->nr_pages = v.nr_pages;
	rec->max_reqs = v.max_reqs;
	rec->nr_events = v.nr_events;
	rec->tail = v.tail;
	rec->ring = v.ring;
	return read_reqs(who, obj, &v);
}

/**
 * orthros_read_aio() - read the AIO contexts of an address space
 * @who:	process through which it was found
 * @mm:		its mm_struct
 * @table:	its struct kioctx_table or 0
 *
 * Return: 0 or negative errno.
 */
int orthros_read_aio(const struct orthros_finder *who, u64 mm, u64 table)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_aio_table_view v;
	u64 ctx;
	u32 i;
	int err;

	if (!table)
		return 0;
	err = orthros_read_rec(&src->mem, &orthros_table_aio_table, table, &v);
	if (err)
		return err;
	if (v.nr > CONTEXTS_MAX)
		return orthros_bad(-E2BIG, "%u AIO contexts", v.nr);
	for (i = 0; i < v.nr && !err; i++) {
		err = orthros_src_u64(src, v.table + i * sizeof(ctx), &ctx);
		if (!err && ctx && !IS_ENABLED(CONFIG_AIO))
			return orthros_refuse(who, "AIO, which the other kernel does not know");
		if (!err && ctx)
			err = read_context(who, mm, ctx);
	}
	return err;
}

/**
 * orthros_is_aio_ring() - is a mapping that of a ring?
 * @src:	source
 * @ops:	its operations
 *
 * Return: true if it is.
 */
bool orthros_is_aio_ring(const struct orthros_src *src, u64 ops)
{
	const struct orthros_aio_env *env = aio_env(src);

	return !IS_ERR(env) && ops && ops == env->ops_ring;
}
