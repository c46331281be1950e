/* SPDX-License-Identifier: GPL-2.0-only */
/* A source kernel for tests: some pages of memory, and the layouts of containers. */
#ifndef _ORTHROS_FAKE_SOURCE_H
#define _ORTHROS_FAKE_SOURCE_H

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include "source.h"

#define FAKE_RAM_SIZE	SZ_64K

/* Layouts that the BTF of the fake has; not those of any kernel in all. */
#define FAKE_PAGE_SIZE	64
#define FAKE_XA_HEAD	8
#define FAKE_XA_SLOTS	40
#define FAKE_MT_ROOT	8
#define FAKE_MT_PIVOTS	8
#define FAKE_MT_SLOTS	128	/* maple_range_64 */
#define FAKE_MT_ASLOTS	80	/* maple_arange_64 */
#define FAKE_RB_PARENT	0
#define FAKE_RB_RIGHT	8
#define FAKE_RB_LEFT	16

enum {
	FAKE_MT_DENSE, FAKE_MT_LEAF, FAKE_MT_RANGE, FAKE_MT_ARANGE,
};

/**
 * struct fake_source - a source kernel that is being made up
 * @src:	how it is read
 * @ram:	its memory, %FAKE_RAM_SIZE bytes
 */
struct fake_source {
	struct orthros_src src;
	u8 *ram;
};

struct fake_source *fake_source_new(struct kunit *test);
void fake_source_layouts(struct kunit *test, struct fake_source *f);
u64 fake_addr(const struct fake_source *f, size_t off);
void fake_put64(struct fake_source *f, size_t off, u64 value);

#endif /* _ORTHROS_FAKE_SOURCE_H */
