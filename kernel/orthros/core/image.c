// SPDX-License-Identifier: GPL-2.0
/*
 * The image: every object that was read of a source, once each, and what was
 * built of it. Identity is the object's address in the source, so what was
 * shared there stays shared here.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include "../hop/hop.h"
#include "internal.h"

#define REPORT_MAX	SZ_64K

static char orthros_error[ORTHROS_TEXT_LEN];
static DEFINE_SPINLOCK(orthros_error_lock);

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
	for (i = 0; i < ORTHROS_KIND_NR; i++) {
		xa_init(&img->maps[i]);
		INIT_LIST_HEAD(&img->objs[i]);
	}
	img->report_size = REPORT_MAX;
	img->report = kvzalloc(REPORT_MAX, GFP_KERNEL);
	if (!img->report) {
		kvfree(img);
		return NULL;
	}
	return img;
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
	for (i = 0; i < ORTHROS_KIND_NR; i++) {
		list_for_each_entry_safe(obj, next, &img->objs[i], list) {
			kvfree(obj->rec);
			kfree(obj);
		}
		xa_destroy(&img->maps[i]);
	}
	kvfree(img->report);
	kvfree(img);
}

/**
 * orthros_obj_find() - look an object up
 * @img:	image
 * @kind:	its kind
 * @src:	its address in the source
 *
 * Return: the object or NULL.
 */
struct orthros_obj *orthros_obj_find(struct orthros_image *img, enum orthros_kind kind, u64 src)
{
	return xa_load(&img->maps[kind], src >> 3);
}

/**
 * orthros_obj_add() - enter a new object
 * @img:	image
 * @kind:	its kind
 * @src:	its address in the source, 8-byte aligned
 * @pid:	process through which it was found
 * @rec_size:	bytes of its record, which is zeroed
 *
 * Return: the object, or ERR_PTR(): -EEXIST, -EFAULT (bad address), -ENOMEM.
 */
struct orthros_obj *orthros_obj_add(struct orthros_image *img, enum orthros_kind kind, u64 src,
				    pid_t pid, size_t rec_size)
{
	struct orthros_obj *obj;
	int err;

	if (!src || src & 7)
		return ERR_PTR(orthros_bad(-EFAULT, "object kind %d at %#llx", kind, src));
	obj = kzalloc(sizeof(*obj), GFP_KERNEL);
	if (!obj)
		return ERR_PTR(-ENOMEM);
	obj->src = src;
	obj->kind = kind;
	obj->pid = pid;
	obj->rec_size = rec_size;
	if (rec_size) {
		obj->rec = kvzalloc(rec_size, GFP_KERNEL);
		if (!obj->rec) {
			kfree(obj);
			return ERR_PTR(-ENOMEM);
		}
	}
	err = xa_insert(&img->maps[kind], src >> 3, obj, GFP_KERNEL);
	if (err) {
		kvfree(obj->rec);
		kfree(obj);
		return ERR_PTR(err == -EBUSY ? -EEXIST : err);
	}
	list_add_tail(&obj->list, &img->objs[kind]);
	return obj;
}

/**
 * orthros_obj_get() - look an object up, or enter it
 * @img:	image
 * @kind:	its kind
 * @src:	its address in the source
 * @pid:	process through which it was found
 * @rec_size:	bytes of a new one's record
 * @isnew:	set if it was not known before
 *
 * Return: the object or ERR_PTR().
 */
struct orthros_obj *orthros_obj_get(struct orthros_image *img, enum orthros_kind kind, u64 src,
				    pid_t pid, size_t rec_size, bool *isnew)
{
	struct orthros_obj *obj = orthros_obj_find(img, kind, src);

	*isnew = !obj;
	return obj ?: orthros_obj_add(img, kind, src, pid, rec_size);
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

/**
 * orthros_refuse() - note something that cannot be carried
 * @img:	image
 * @pid:	process that holds it, 0 for the machine
 * @comm:	its command
 * @fmt:	"fd 5: timerfd"
 *
 * Return: 0, so that the walk goes on and the report is complete.
 */
int orthros_refuse(struct orthros_image *img, pid_t pid, const char *comm, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	img->refused++;
	img->report_len += scnprintf(img->report + img->report_len,
				     img->report_size - img->report_len,
				     "%d %s: %pV\n", pid, comm, &vaf);
	va_end(args);
	return 0;
}

static void set_error(struct va_format *vaf)
{
	unsigned long flags;

	spin_lock_irqsave(&orthros_error_lock, flags);
	if (!orthros_error[0])
		scnprintf(orthros_error, sizeof(orthros_error), "%pV", vaf);
	spin_unlock_irqrestore(&orthros_error_lock, flags);
}

/**
 * orthros_bad() - report a bad datum of the source
 * @err:	negative errno
 * @fmt:	what is wrong with what
 *
 * Return: @err.
 */
int orthros_bad(int err, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	pr_debug("source: %pV (%pe)\n", &vaf, ERR_PTR(err));
	set_error(&vaf);
	va_end(args);
	return err;
}

/**
 * orthros_fail() - report that something could not be built
 * @err:	negative errno
 * @fmt:	what
 *
 * Return: @err.
 */
int orthros_fail(int err, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	pr_err("%pV: %pe\n", &vaf, ERR_PTR(err));
	set_error(&vaf);
	va_end(args);
	return err;
}

/**
 * orthros_error_take() - the first error since the last call
 * @buf:	destination
 * @size:	its size
 */
void orthros_error_take(char *buf, size_t size)
{
	unsigned long flags;

	spin_lock_irqsave(&orthros_error_lock, flags);
	strscpy(buf, orthros_error, size);
	orthros_error[0] = '\0';
	spin_unlock_irqrestore(&orthros_error_lock, flags);
}
