/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The image: records of everything that was read of a source, and the map from
 * its objects to what was built of them.
 */
#ifndef _ORTHROS_IMAGE_H
#define _ORTHROS_IMAGE_H

#include <linux/err.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/xarray.h>
#include "source.h"

/**
 * struct orthros_type - what objects of one sort have in common
 * @name:	for messages
 * @cost:	bytes that what is built of one takes, about, beside what is in its
 *		record
 *
 * Its address is its identity. Who owns the sort defines it.
 */
struct orthros_type {
	const char *name;
	size_t cost;
};

/**
 * struct orthros_obj - one object of the source
 * @list:	in its &struct orthros_set, in order of discovery
 * @src:	its address in the source, its identity
 * @type:	its sort
 * @ops:	how it is read and built, where its sort has several kinds
 * @pid:	process it was first found through, for messages
 * @rec:	its record, freed with the image; layout per type
 * @rec_size:	bytes
 * @dst:	what was built of it, set by orthros_obj_built(); what that is and who
 *		holds it, per type
 * @late:	the part that had to wait until after the commit is done
 * @refused:	it cannot be carried
 * @round:	last one in which it was read, see &struct orthros_image
 * @nr:		its number in order of discovery, over all sorts
 */
struct orthros_obj {
	struct list_head list;
	u64 src;
	const struct orthros_type *type;
	const void *ops;
	pid_t pid;
	void *rec;
	size_t rec_size;
	void *dst;
	bool late;
	bool refused;
	u32 round;
	u64 nr;
};

/**
 * struct orthros_set - all objects of one sort
 * @type:	the sort, NULL while the set is free
 * @map:	source address (>> 3) -> object
 * @objs:	list of objects
 */
struct orthros_set {
	const struct orthros_type *type;
	struct xarray map;
	struct list_head objs;
};

/* Twice the sorts there are, so that a free one is found at once. */
#define ORTHROS_SETS_BITS	7

/**
 * struct orthros_image - everything that was read of a source
 * @src:	where it is from
 * @sets:	the objects by sort, a hash table
 * @report:	lines "PID COMM: what: why"
 * @refused:	number of lines, also of those that @report has no room for
 * @confirmed:	of @refused, those that were read twice
 * @round:	counts the descriptors, mappings, ... that files are found through
 * @nr_objs:	that were ever found
 * @cost:	bytes that what is built of it takes, about
 * @frozen:	false: a live walk (check), inconsistencies are retried
 * @crashed:	the source has failed: what does not hold is given up
 * @lenient:	a process that changes too fast to be read is no reason to refuse
 * @report_full:	@report is cut: there is no room for all lines
 * @report_len:		bytes used of @report
 * @report_size:		bytes that @report has room for
 */
struct orthros_image {
	struct orthros_src *src;
	struct orthros_set sets[1 << ORTHROS_SETS_BITS];
	char *report;
	size_t report_len;
	size_t report_size;
	unsigned int refused;
	unsigned int confirmed;
	u32 round;
	u64 nr_objs;
	u64 cost;
	bool frozen;
	bool crashed;
	bool lenient;
	bool report_full;
};

/**
 * struct orthros_image_mark - how much there is in an image
 * @nr_objs:	as in &struct orthros_image
 * @cost:	as there
 * @report_len:	as there
 * @refused:	as there
 * @report_full:	as there
 */
struct orthros_image_mark {
	u64 nr_objs;
	u64 cost;
	size_t report_len;
	unsigned int refused;
	bool report_full;
};

struct orthros_image *orthros_image_alloc(struct orthros_src *src, bool frozen);
void orthros_image_free(struct orthros_image *img);
struct orthros_image_mark orthros_image_mark(const struct orthros_image *img);
int orthros_image_fits(struct orthros_image *img);
void orthros_image_undo(struct orthros_image *img, const struct orthros_image_mark *mark);
struct orthros_obj *orthros_obj_find(struct orthros_image *img, const struct orthros_type *type,
				     u64 src);
struct orthros_obj *orthros_obj_add(struct orthros_image *img, const struct orthros_type *type,
				    u64 src, pid_t pid, size_t rec_size);
struct orthros_obj *orthros_obj_get(struct orthros_image *img, const struct orthros_type *type,
				    u64 src, pid_t pid, size_t rec_size, bool *isnew);
void orthros_obj_built(struct orthros_obj *obj, void *dst);
void *orthros_obj_grow(struct orthros_obj *obj, size_t rec_size);
struct list_head *orthros_objs(struct orthros_image *img, const struct orthros_type *type);

/*
 * A refused object is read again for the sake of each process that has it, so that
 * all are named. Not twice in one round, and not when nobody would see it.
 */
static inline bool orthros_obj_done(const struct orthros_image *img,
				    const struct orthros_obj *obj)
{
	return !obj->refused || obj->round == img->round || img->report_full;
}

#define orthros_for_each_obj(obj, img, type) \
	list_for_each_entry(obj, orthros_objs(img, type), list)

/**
 * struct orthros_writer - appends to the record of an object
 * @obj:	the object
 * @used:	bytes of its record in use
 * @max:	that may be in use
 */
struct orthros_writer {
	struct orthros_obj *obj;
	size_t used;
	size_t max;
};

void *orthros_append(struct orthros_writer *w, size_t len);

#endif /* _ORTHROS_IMAGE_H */
