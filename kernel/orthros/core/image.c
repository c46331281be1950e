// SPDX-License-Identifier: GPL-2.0
/*
 * The image: every object that was read of a source, once each, and what was
 * built of it. Identity is the object's address in the source, so what was
 * shared there stays shared here.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "image.h"
#include "report.h"
#include "steps.h"
#include "trace.h"

/* What this kernel goes on with until it gets more. */
#define SPARE_BYTES	SZ_4M

/* Some less than the other kernel has room for. */
#define REPORT_MAX	(SZ_512K - SZ_1K)

/* The set of a sort, or the free one that it would take. */
static struct orthros_set *set_of(struct orthros_image *img, const struct orthros_type *type)
{
	unsigned int i = hash_ptr(type, ORTHROS_SETS_BITS);
	unsigned int left = ARRAY_SIZE(img->sets);
	struct orthros_set *set;

	do {
		set = &img->sets[i];
		i = (i + 1) % ARRAY_SIZE(img->sets);
	} while (set->type && set->type != type && --left);
	WARN_ON_ONCE(!left);
	return set;
}

/**
 * orthros_image_alloc() - start an empty image
 * @src:	where it will be read from
 * @frozen:	the source does not run any more
 *
 * Return: the image or NULL.
 */
struct orthros_image *orthros_image_alloc(struct orthros_src *src, bool frozen)
{
	struct orthros_image *img = kvzalloc(sizeof(*img), GFP_KERNEL);
	int i;

	if (!img)
		return NULL;
	img->src = src;
	img->frozen = frozen;
	for (i = 0; i < ARRAY_SIZE(img->sets); i++) {
		xa_init(&img->sets[i].map);
		INIT_LIST_HEAD(&img->sets[i].objs);
	}
	img->report_size = REPORT_MAX;
	img->report = kvzalloc(REPORT_MAX, GFP_KERNEL);
	if (!img->report) {
		kvfree(img);
		return NULL;
	}
	return img;
}

static void obj_free(struct orthros_obj *obj)
{
	kvfree(obj->rec);
	kfree(obj);
}

/**
 * orthros_image_free() - drop an image and its records
 * @img:	image or NULL; references that builders keep in @dst are theirs
 */
void orthros_image_free(struct orthros_image *img)
{
	struct orthros_obj *obj, *next;
	int i;

	if (!img)
		return;
	for (i = 0; i < ARRAY_SIZE(img->sets); i++) {
		list_for_each_entry_safe(obj, next, &img->sets[i].objs, list)
			obj_free(obj);
		xa_destroy(&img->sets[i].map);
	}
	kvfree(img->report);
	kvfree(img);
}

/**
 * orthros_image_mark() - remember how much there is
 * @img:	image
 *
 * Return: for orthros_image_undo().
 */
struct orthros_image_mark orthros_image_mark(const struct orthros_image *img)
{
	return (struct orthros_image_mark) {
		.nr_objs = img->nr_objs, .cost = img->cost, .report_len = img->report_len,
		.refused = img->refused, .report_full = img->report_full,
	};
}

/**
 * orthros_image_undo() - forget what was read since
 * @img:	image of a source that runs
 * @mark:	of it, since when
 *
 * Objects found since are gone, and what was refused is not any more. What was
 * added to the records of others stays: an image of a source that runs is only for
 * what is refused.
 */
void orthros_image_undo(struct orthros_image *img, const struct orthros_image_mark *mark)
{
	struct orthros_obj *obj, *prev;
	struct orthros_set *set;
	int i;

	for (i = 0; i < ARRAY_SIZE(img->sets); i++) {
		set = &img->sets[i];
		list_for_each_entry_safe_reverse(obj, prev, &set->objs, list) {
			if (obj->nr < mark->nr_objs)
				break;
			xa_erase(&set->map, obj->src >> 3);
			list_del(&obj->list);
			obj_free(obj);
		}
	}
	img->cost = mark->cost;
	img->report_len = mark->report_len;
	img->report[img->report_len] = '\0';
	img->refused = mark->refused;
	img->report_full = mark->report_full;
}

static u64 record_bytes(const struct orthros_image *img)
{
	const struct orthros_obj *obj;
	u64 bytes = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(img->sets); i++)
		list_for_each_entry(obj, &img->sets[i].objs, list)
			bytes += obj->rec_size;
	return bytes;
}

/**
 * orthros_image_fits() - is there memory for what is to be built?
 * @img:	image that was read
 *
 * Before the freeze it is no harm if there is not. An estimate, by the sorts' costs
 * and what is in the records once more, that is rather too low: to die of it later
 * leads back as well, and to refuse what would have gone is worse.
 *
 * Return: 0, also if it was refused.
 */
int orthros_image_fits(struct orthros_image *img)
{
	u64 need = img->cost + record_bytes(img);
	u64 there = (u64)si_mem_available() << PAGE_SHIFT;
	const struct orthros_finder who = orthros_of_machine(img);

	need += SPARE_BYTES;
	pr_debug("%llu objects to be built of %llu KiB, %llu KiB are there\n", img->nr_objs,
		 need >> 10, there >> 10);
	if (need <= there)
		return 0;
	return orthros_refuse(&who, "slot too small: %llu MiB to be built, %llu MiB free",
			      need >> 20, there >> 20);
}

/**
 * orthros_obj_find() - look an object up
 * @img:	image
 * @type:	its sort
 * @src:	its address in the source
 *
 * Return: the object or NULL.
 */
struct orthros_obj *orthros_obj_find(struct orthros_image *img, const struct orthros_type *type,
				     u64 src)
{
	return xa_load(&set_of(img, type)->map, src >> 3);
}

/**
 * orthros_objs() - all objects of a sort
 * @img:	image
 * @type:	the sort
 *
 * Return: list of them, through @list, in order of discovery.
 */
struct list_head *orthros_objs(struct orthros_image *img, const struct orthros_type *type)
{
	return &set_of(img, type)->objs;
}

/**
 * orthros_obj_add() - enter a new object
 * @img:	image
 * @type:	its sort
 * @src:	its address in the source, 8-byte aligned
 * @pid:	process through which it was found
 * @rec_size:	bytes of its record, which is zeroed
 *
 * Readers run one at a time.
 *
 * Return: the object, or ERR_PTR(): -EEXIST, -EFAULT (bad address), -ENOMEM.
 */
struct orthros_obj *orthros_obj_add(struct orthros_image *img, const struct orthros_type *type,
				    u64 src, pid_t pid, size_t rec_size)
{
	struct orthros_set *set = set_of(img, type);
	struct orthros_obj *obj;
	int err;

	if (!src || src & 7)
		return ERR_PTR(orthros_bad(-EFAULT, "%s at %#llx", type->name, src));
	obj = kzalloc(sizeof(*obj), GFP_KERNEL);
	if (!obj)
		return ERR_PTR(-ENOMEM);
	obj->src = src;
	obj->type = type;
	obj->pid = pid;
	obj->rec_size = rec_size;
	if (rec_size) {
		obj->rec = kvzalloc(rec_size, GFP_KERNEL);
		if (!obj->rec) {
			kfree(obj);
			return ERR_PTR(-ENOMEM);
		}
	}
	set->type = type;
	err = xa_insert(&set->map, src >> 3, obj, GFP_KERNEL);
	if (err) {
		obj_free(obj);
		return ERR_PTR(err == -EBUSY ? -EEXIST : err);
	}
	obj->nr = img->nr_objs++;
	img->cost += type->cost;
	list_add_tail(&obj->list, &set->objs);
	orthros_alive();
	orthros_trace_object(ORTHROS_PHASE_READ, type->name, src, pid, rec_size);
	return obj;
}

/**
 * orthros_obj_built() - say what was built of an object
 * @obj:	object
 * @dst:	what, or NULL; who holds it is a matter of the object's sort
 */
void orthros_obj_built(struct orthros_obj *obj, void *dst)
{
	obj->dst = dst;
	if (!dst)
		return;
	orthros_alive();
	orthros_trace_object(ORTHROS_PHASE_BUILD, obj->type->name, obj->src, obj->pid,
			     obj->rec_size);
}

/**
 * orthros_obj_get() - look an object up, or enter it
 * @img:	image
 * @type:	its sort
 * @src:	its address in the source
 * @pid:	process through which it was found
 * @rec_size:	bytes of a new one's record
 * @isnew:	set if it was not known before
 *
 * Return: the object or ERR_PTR().
 */
struct orthros_obj *orthros_obj_get(struct orthros_image *img, const struct orthros_type *type,
				    u64 src, pid_t pid, size_t rec_size, bool *isnew)
{
	struct orthros_obj *obj = orthros_obj_find(img, type, src);

	*isnew = !obj;
	return obj ?: orthros_obj_add(img, type, src, pid, rec_size);
}

/**
 * orthros_obj_grow() - make an object's record larger
 * @obj:	object
 * @rec_size:	new size; what is added is zeroed
 *
 * Return: the record, which may have moved, or NULL.
 */
void *orthros_obj_grow(struct orthros_obj *obj, size_t rec_size)
{
	void *rec;

	if (rec_size <= obj->rec_size)
		return obj->rec;
	rec = kvzalloc(rec_size, GFP_KERNEL);
	if (!rec)
		return NULL;
	if (obj->rec_size)
		memcpy(rec, obj->rec, obj->rec_size);
	kvfree(obj->rec);
	obj->rec = rec;
	obj->rec_size = rec_size;
	return rec;
}

/**
 * orthros_append() - make room at the end of a record
 * @w:		writer
 * @len:	bytes
 *
 * Return: the room, zeroed, or NULL. The record may have moved.
 */
void *orthros_append(struct orthros_writer *w, size_t len)
{
	size_t need = w->used + len;
	void *rec = w->obj->rec;

	if (need < w->used || need > w->max)
		return NULL;
	if (need > w->obj->rec_size) {
		rec = orthros_obj_grow(w->obj, max(need, w->obj->rec_size * 2));
		if (!rec)
			return NULL;
	}
	rec += w->used;
	w->used = need;
	return rec;
}
