// SPDX-License-Identifier: GPL-2.0-only
/*
 * A source kernel for tests. Its memory is read through the very functions that
 * read a real one: it is RAM of ours that the description gives to the source.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "btf_blob.h"
#include "fake_source.h"
#include "walk.h"
#include "walk_tables.h"

static int fake_mem_read(void *ctx, u64 addr, void *buf, size_t len)
{
	return orthros_src_read(ctx, addr, buf, len);
}

static int no_names(void *ctx, u32 kind, const char *name, u64 *value)
{
	return -ENOENT;
}

static void put_struct(struct blob *b, const char *name, u32 nr_members, u32 size)
{
	blob_put_type(b, name, BTF_KIND_STRUCT, nr_members, false, size);
}

static struct blob *layouts(struct kunit *test)
{
	struct blob *b = blob_new(test);
	u32 u64_type, u8_type, slots64, slots16, pivots15, slots10, pivots9;

	u64_type = blob_put_int(b, "u64", 8, 0);
	u8_type = blob_put_int(b, "u8", 1, 0);
	slots64 = blob_put_array(b, u64_type, 64);
	slots16 = blob_put_array(b, u64_type, 16);
	pivots15 = blob_put_array(b, u64_type, 15);
	slots10 = blob_put_array(b, u64_type, 10);
	pivots9 = blob_put_array(b, u64_type, 9);
	put_struct(b, "page", 0, FAKE_PAGE_SIZE);
	put_struct(b, "xarray", 1, 16);
	blob_put_member(b, "xa_head", u64_type, FAKE_XA_HEAD * 8);
	put_struct(b, "xa_node", 4, FAKE_XA_SLOTS + 64 * 8);
	blob_put_member(b, "shift", u8_type, 0);
	blob_put_member(b, "offset", u8_type, 8);
	blob_put_member(b, "parent", u64_type, 64);
	blob_put_member(b, "slots", slots64, FAKE_XA_SLOTS * 8);
	put_struct(b, "maple_tree", 1, 16);
	blob_put_member(b, "ma_root", u64_type, FAKE_MT_ROOT * 8);
	put_struct(b, "maple_range_64", 2, 256);
	blob_put_member(b, "pivot", pivots15, FAKE_MT_PIVOTS * 8);
	blob_put_member(b, "slot", slots16, FAKE_MT_SLOTS * 8);
	put_struct(b, "maple_arange_64", 2, 256);
	blob_put_member(b, "pivot", pivots9, FAKE_MT_PIVOTS * 8);
	blob_put_member(b, "slot", slots10, FAKE_MT_ASLOTS * 8);
	blob_put_type(b, "maple_type", BTF_KIND_ENUM, 4, false, 4);
	blob_put_enumerator(b, "maple_dense", FAKE_MT_DENSE);
	blob_put_enumerator(b, "maple_leaf_64", FAKE_MT_LEAF);
	blob_put_enumerator(b, "maple_range_64", FAKE_MT_RANGE);
	blob_put_enumerator(b, "maple_arange_64", FAKE_MT_ARANGE);
	put_struct(b, "rb_node", 3, 24);
	blob_put_member(b, "__rb_parent_color", u64_type, FAKE_RB_PARENT * 8);
	blob_put_member(b, "rb_right", u64_type, FAKE_RB_RIGHT * 8);
	blob_put_member(b, "rb_left", u64_type, FAKE_RB_LEFT * 8);
	return b;
}

/* Resolves the tables of the walkers: a kernel that tests itself has no other source. */
void fake_source_layouts(struct kunit *test, struct fake_source *f)
{
	struct orthros_table *const tables[] = {
		&orthros_table_xa_layout, &orthros_table_xa_node, &orthros_table_maple_layout,
		&orthros_table_rb_node, NULL
	};
	struct blob *b = layouts(test);
	char err[128] = "";

	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);
	KUNIT_ASSERT_EQ_MSG(test, orthros_tables_resolve(tables, &b->btf, no_names, NULL, err,
							 sizeof(err)), 0, "%s", err);
	orthros_btf_free(&b->btf);
	kunit_kfree(test, b);
	KUNIT_ASSERT_EQ(test, orthros_core_kind.resolve(&f->src), 0);
}

struct fake_source *fake_source_new(struct kunit *test)
{
	struct fake_source *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	u8 *ram = kunit_kzalloc(test, FAKE_RAM_SIZE + PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	KUNIT_ASSERT_NOT_NULL(test, ram);
	f->ram = ram + (-(unsigned long)ram & (PAGE_SIZE - 1));
	f->src.mem.read = fake_mem_read;
	f->src.mem.ctx = &f->src;
	f->src.desc.page_offset = PAGE_OFFSET;
	f->src.desc.pgd_phys = __pa(f->ram);
	f->src.desc.levels = 4;
	f->src.desc.nr_ranges = 1;
	f->src.desc.ranges[0].start = __pa(f->ram);
	f->src.desc.ranges[0].size = FAKE_RAM_SIZE;
	fake_source_layouts(test, f);
	return f;
}

/* Where the source has what is at @off of its memory. */
u64 fake_addr(const struct fake_source *f, size_t off)
{
	return PAGE_OFFSET + __pa(f->ram) + off;
}

void fake_put64(struct fake_source *f, size_t off, u64 value)
{
	memcpy(f->ram + off, &value, sizeof(value));
}
