// SPDX-License-Identifier: GPL-2.0
/*
 * The registry of kinds, and the runner of their steps.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/orthros/platform.h>
#include "image.h"
#include "kind.h"
#include "report.h"
#include "source.h"
#include "steps.h"
#include "trace.h"

static const struct orthros_kind *const no_kinds[] = { NULL };
static const struct orthros_kind *const *kinds = no_kinds;

/**
 * orthros_kinds_use() - say which kinds there are, in which order
 * @list:	NULL-terminated; lives as long as the kernel
 */
void orthros_kinds_use(const struct orthros_kind *const *list)
{
	kinds = list;
}

/**
 * orthros_kinds() - all kinds
 *
 * Return: in order, NULL-terminated.
 */
const struct orthros_kind *const *orthros_kinds(void)
{
	return kinds;
}

/* ---- marks -------------------------------------------------------------- */

/*
 * Addresses of the marks in the source. A kernel has one source in its life, and
 * readers run one at a time.
 */
static struct {
	const struct orthros_src *src;
	unsigned int nr;
	struct {
		u64 addr;
		const struct orthros_mark *mark;
	} *at;
} marks;

#define for_each_kind(k) \
	for (const struct orthros_kind *const *(k) = kinds; *(k); (k)++)

static int find_marks(const struct orthros_src *src)
{
	const struct orthros_mark *m;
	unsigned int max = 0;
	u64 addr;

	for_each_kind(k)
		for (m = (*k)->marks; m && m->sym; m++)
			max++;
	marks.at = kvcalloc(max, sizeof(*marks.at), GFP_KERNEL);
	if (!marks.at)
		return -ENOMEM;
	for_each_kind(k) {
		for (m = (*k)->marks; m && m->sym; m++) {
			if (orthros_src_sym(src, m->sym, &addr) || !addr)
				continue;
			marks.at[marks.nr].addr = addr;
			marks.at[marks.nr++].mark = m;
		}
	}
	marks.src = src;
	return 0;
}

/**
 * orthros_mark_find() - of which kind is something?
 * @src:	source
 * @of:		what @addr was found in
 * @addr:	address of operations in the source
 *
 * Return: the mark, or NULL: no kind knows it.
 */
const struct orthros_mark *orthros_mark_find(const struct orthros_src *src,
					     enum orthros_mark_of of, u64 addr)
{
	unsigned int i;

	for (i = 0; marks.src == src && i < marks.nr; i++)
		if (marks.at[i].addr == addr && marks.at[i].mark->of == of)
			return marks.at[i].mark;
	return NULL;
}

/* ---- steps -------------------------------------------------------------- */

/*
 * All that goes with a step of a kind: it is traced; an error is told with the name
 * of the kind, if nobody has said more; a point of the time line is reached.
 */
static int ended(enum orthros_phase phase, const struct orthros_kind *kind, int err)
{
	orthros_alive();
	orthros_trace_step(phase, kind->name, ORTHROS_TRACE_END, err);
	if (!err && phase == ORTHROS_PHASE_BUILD && kind->built)
		err = orthros_reach(kind->built);
	return orthros_error_in(err, "%s", kind->name);
}

#define RUN(phase, kind, call)	({						\
	const struct orthros_kind *__k = (kind);				\
									\
	orthros_trace_step(phase, __k->name, ORTHROS_TRACE_BEGIN, 0);	\
	ended(phase, __k, (call)); })

/**
 * orthros_kinds_describe() - let all kinds tell what tables cannot
 * @s:		where to
 * @frozen:	no process runs any more
 *
 * Return: 0 or negative errno.
 */
int orthros_kinds_describe(struct orthros_sections *s, bool frozen)
{
	int err = 0;

	for_each_kind(k)
		if (!err && (*k)->describe)
			err = RUN(ORTHROS_PHASE_DESCRIBE, *k, __k->describe(s, frozen));
	return err;
}

static orthros_changed_fn watcher;

/**
 * orthros_changed() - what a kind has described is not so any more
 *
 * For those that know it without watching. Any context.
 */
void orthros_changed(void)
{
	orthros_changed_fn changed = READ_ONCE(watcher);

	if (changed)
		changed();
}

/**
 * orthros_kinds_watch() - be told when what was described changes
 * @changed:	called then, in any context, more often than needed; NULL: no more
 *
 * Return: 0 or negative errno; then nobody calls.
 */
int orthros_kinds_watch(orthros_changed_fn changed)
{
	int err = 0;

	WRITE_ONCE(watcher, changed);
	for_each_kind(k)
		if (!err && (*k)->watch)
			err = (*k)->watch(changed);
	if (err)
		orthros_kinds_watch(NULL);
	return err;
}

static void thaw_before(const struct orthros_kind *const *k)
{
	while (k-- > kinds)
		if ((*k)->thaw)
			RUN(ORTHROS_PHASE_THAW, *k, (__k->thaw(), 0));
}

/**
 * orthros_kinds_freeze() - stop what would change under a reader
 *
 * Return: 0, or negative errno with nothing frozen.
 */
int orthros_kinds_freeze(void)
{
	int err;

	for_each_kind(k) {
		err = (*k)->freeze ? RUN(ORTHROS_PHASE_FREEZE, *k, __k->freeze()) : 0;
		if (err) {
			thaw_before(k);
			return err;
		}
	}
	return 0;
}

/**
 * orthros_kinds_thaw() - undo orthros_kinds_freeze()
 */
void orthros_kinds_thaw(void)
{
	const struct orthros_kind *const *k = kinds;

	while (*k)
		k++;
	thaw_before(k);
}

/**
 * orthros_kinds_tables() - resolve the tables of all kinds
 * @btf:	of the source
 * @lookup:	its exported names
 * @ctx:	for @lookup
 * @err:	set to what is missing
 * @err_size:	bytes in @err
 *
 * Return: 0 or negative errno.
 */
int orthros_kinds_tables(const struct orthros_btf *btf, orthros_lookup_fn lookup, void *ctx,
			 char *err, size_t err_size)
{
	int ret;

	for_each_kind(k) {
		ret = (*k)->tables ?
		      RUN(ORTHROS_PHASE_TABLES, *k,
			  orthros_tables_resolve(__k->tables, btf, lookup, ctx, err, err_size)) :
		      0;
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * orthros_kinds_resolve() - let all kinds get ready for a source
 * @src:	source whose tables are resolved
 *
 * Return: 0 or negative errno.
 */
int orthros_kinds_resolve(struct orthros_src *src)
{
	int err = find_marks(src);

	for_each_kind(k)
		if (!err && (*k)->resolve)
			err = RUN(ORTHROS_PHASE_RESOLVE, *k, __k->resolve(src));
	return err;
}

/*
 * Of a kernel that has failed something may not hold: there is no way back, so it is lost
 * alone, and named.
 */
static int go_on(const struct orthros_image *img, int err)
{
	char text[ORTHROS_TEXT_LEN];

	if (!err || !img->crashed)
		return err;
	orthros_error_take(text, sizeof(text));
	pr_err("not as it was: %s: %pe\n", text, ERR_PTR(err));
	return 0;
}

/* The same for what nothing stands on. */
static int go_on_without(const struct orthros_image *img, const struct orthros_kind *k, int err)
{
	return k->vital ? err : go_on(img, err);
}

/**
 * orthros_kinds_read() - read everything
 * @img:	image to fill
 *
 * Return: 0, also when something was refused, or negative errno.
 */
int orthros_kinds_read(struct orthros_image *img)
{
	int err = 0;

	for_each_kind(k)
		if (!err && (*k)->read)
			err = go_on_without(img, *k, RUN(ORTHROS_PHASE_READ, *k, __k->read(img)));
	for_each_kind(k)
		if (!err && (*k)->gather)
			err = go_on_without(img, *k,
					    RUN(ORTHROS_PHASE_GATHER, *k, __k->gather(img)));
	return err;
}

/**
 * orthros_kinds_build() - build everything
 * @img:	image that was read
 *
 * Return: 0 or negative errno.
 */
int orthros_kinds_build(struct orthros_image *img)
{
	int err = 0;

	for_each_kind(k)
		if (!err && (*k)->build)
			err = go_on_without(img, *k, RUN(ORTHROS_PHASE_BUILD, *k, __k->build(img)));
	return err;
}

/**
 * orthros_kinds_tie() - complete what was built
 * @img:	image that was built
 *
 * Return: 0 or negative errno.
 */
int orthros_kinds_tie(struct orthros_image *img)
{
	const struct orthros_kind *const *k = kinds;
	int err = 0;

	while (*k)
		k++;
	while (!err && k-- > kinds)
		if ((*k)->tie)
			err = go_on(img, RUN(ORTHROS_PHASE_TIE, *k, __k->tie(img)));
	return err;
}

/**
 * orthros_kinds_verify() - is everything as it was?
 * @img:	image that was built
 *
 * Return: 0 or negative errno.
 */
int orthros_kinds_verify(struct orthros_image *img)
{
	int err = 0;

	for_each_kind(k)
		if (!err && (*k)->verify)
			err = go_on(img, RUN(ORTHROS_PHASE_VERIFY, *k, __k->verify(img)));
	return err;
}

/**
 * orthros_kinds_commit() - take what there is one of
 * @img:	image that was built
 */
void orthros_kinds_commit(struct orthros_image *img)
{
	for_each_kind(k)
		if ((*k)->commit)
			RUN(ORTHROS_PHASE_COMMIT, *k, (__k->commit(img), 0));
}

/**
 * orthros_kinds_start() - let run what ran in the source
 * @img:	image that was built
 */
void orthros_kinds_start(struct orthros_image *img)
{
	for_each_kind(k)
		if ((*k)->start)
			RUN(ORTHROS_PHASE_START, *k, (__k->start(img), 0));
}

/**
 * orthros_kinds_release() - drop the references of the object map
 * @img:	image, from which nothing more is built
 */
void orthros_kinds_release(struct orthros_image *img)
{
	const struct orthros_kind *const *k = kinds;

	while (*k)
		k++;
	while (k-- > kinds)
		if ((*k)->release)
			RUN(ORTHROS_PHASE_RELEASE, *k, (__k->release(img), 0));
}

/**
 * orthros_kinds_online() - let go on what waited for network cards
 * @img:	image that was built
 */
void orthros_kinds_online(struct orthros_image *img)
{
	for_each_kind(k)
		if ((*k)->online)
			RUN(ORTHROS_PHASE_ONLINE, *k, (__k->online(img), 0));
}

/**
 * orthros_kinds_settle() - what can wait until the processes run
 * @img:	image, which is freed after that
 */
void orthros_kinds_settle(struct orthros_image *img)
{
	for_each_kind(k)
		if ((*k)->settle)
			RUN(ORTHROS_PHASE_SETTLE, *k, (__k->settle(img), 0));
}
