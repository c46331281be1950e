/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registry of kinds.
 *
 * A kind is something that goes from kernel to kernel: timerfds, System V IPC,
 * the mount tree. It says itself what it does in each step of a hop, which tables
 * it reads by, and which symbols of a source tell that something is of it. The
 * core calls them in order and knows none by name; the order is that of the one
 * list in hop/kinds.c.
 */
#ifndef _ORTHROS_KIND_H
#define _ORTHROS_KIND_H

#include <linux/types.h>
#include <linux/orthros/abi/handoff.h>
#include "table.h"

struct orthros_image;
struct orthros_sections;
struct orthros_src;
struct orthros_warnings;

/* What was told has changed. Any context. */
typedef void (*orthros_changed_fn)(void);

/**
 * enum orthros_mark_of - what a mark is found by
 * @ORTHROS_MARK_FILE:	file.f_op
 * @ORTHROS_MARK_SOCK:	socket.ops
 * @ORTHROS_MARK_NS:	ns_common.ops
 */
enum orthros_mark_of {
	ORTHROS_MARK_FILE = 1,
	ORTHROS_MARK_SOCK,
	ORTHROS_MARK_NS,
};

/**
 * struct orthros_mark - a symbol of the source that tells a kind
 * @of:		&enum orthros_mark_of
 * @sym:	symbol, listed in an exports.def; NULL ends an array
 * @what:	what it is: in refusals without @ops, and in coverage.rst
 * @ops:	how it is read and built, by @of: &struct orthros_file_ops,
 *		&struct orthros_sock_ops, &struct orthros_ns_ops; NULL: refused, by the name
 *		of @what
 */
struct orthros_mark {
	enum orthros_mark_of of;
	const char *sym;
	const char *what;
	const void *ops;
};

/**
 * struct orthros_kind - what a kind does in a hop
 * @name:	before the error of a step, in traces
 * @tables:	by which it reads, NULL-terminated
 * @marks:	by which it is told, ended by one without a symbol
 * @warn:	name what an update would lose though it is not refused
 * @describe:	tell what tables cannot: for a check, and again when all is
 *		@frozen
 * @watch:	of a machine that is protected: call @changed, in any context, when what
 *		@describe has told is not so any more; NULL: no more
 * @freeze:	stop what would change; every process is frozen
 * @thaw:	undo @freeze; backwards
 * @resolve:	once, when the tables are resolved and before the BackupOS is
 *		ready: constants of the source, what need not be done in a hop
 * @read:	source to records. Of a running source, too: what does not fit
 *		together then is an error, and it is read again
 * @gather:	when everything is read: what others have pointed to
 * @build:	records to objects of this kernel
 * @built:	step of the time line that is reached then, or 0
 * @vital:	without what it reads and builds nothing of a kernel that has failed can be
 *		taken over
 * @tie:	when all is built: what concerns several, or would have been in
 *		the way; backwards, so that what others stand on comes last
 * @verify:	compare what was built with what was read
 * @commit:	after the point of no return: take what there is one of
 * @start:	let run what ran: timers, events
 * @release:	drop the references of the object map; backwards
 * @online:	in a thread of its own, when network cards are open
 * @settle:	in the background, when the processes run; last, the image is freed
 *
 * The first five are the ActiveOS's, the others the BackupOS's, in the context
 * of what becomes PID 1, @online and @settle in those of threads. All may sleep. Errors are 0
 * or a negative errno, and end the hop; after the commit there are none, what
 * fails is logged.
 */
struct orthros_kind {
	const char *name;
	struct orthros_table *const *tables;
	const struct orthros_mark *marks;
	void (*warn)(struct orthros_warnings *w);
	int (*describe)(struct orthros_sections *s, bool frozen);
	int (*watch)(orthros_changed_fn changed);
	int (*freeze)(void);
	void (*thaw)(void);
	int (*resolve)(struct orthros_src *src);
	int (*read)(struct orthros_image *img);
	int (*gather)(struct orthros_image *img);
	int (*build)(struct orthros_image *img);
	enum orthros_stamp built;
	bool vital;
	int (*tie)(struct orthros_image *img);
	int (*verify)(struct orthros_image *img);
	void (*commit)(struct orthros_image *img);
	void (*start)(struct orthros_image *img);
	void (*release)(struct orthros_image *img);
	void (*online)(struct orthros_image *img);
	void (*settle)(struct orthros_image *img);
};

#define ORTHROS_TABLES(...)	((struct orthros_table *const []) { __VA_ARGS__, NULL })

void orthros_kinds_use(const struct orthros_kind *const *kinds);
const struct orthros_kind *const *orthros_kinds(void);
const struct orthros_mark *orthros_mark_find(const struct orthros_src *src,
					     enum orthros_mark_of of, u64 addr);

int orthros_kinds_describe(struct orthros_sections *s, bool frozen);
int orthros_kinds_watch(orthros_changed_fn changed);
void orthros_changed(void);
int orthros_kinds_freeze(void);
void orthros_kinds_thaw(void);
int orthros_kinds_tables(const struct orthros_btf *btf, orthros_lookup_fn lookup, void *ctx,
			 char *err, size_t err_size);
int orthros_kinds_resolve(struct orthros_src *src);
int orthros_kinds_read(struct orthros_image *img);
int orthros_kinds_build(struct orthros_image *img);
int orthros_kinds_tie(struct orthros_image *img);
int orthros_kinds_verify(struct orthros_image *img);
void orthros_kinds_commit(struct orthros_image *img);
void orthros_kinds_start(struct orthros_image *img);
void orthros_kinds_release(struct orthros_image *img);
void orthros_kinds_online(struct orthros_image *img);
void orthros_kinds_settle(struct orthros_image *img);

#endif /* _ORTHROS_KIND_H */
