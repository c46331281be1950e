// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the table interpreter.
 *
 * Compiled on the host, too (tools/testing/orthros/host-kunit).
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <uapi/linux/btf.h>
#include <linux/orthros/abi/handoff.h>
#include "btf.h"
#include "btf_blob.h"

/**
 * struct fake - memory of a source, at &BASE
 * @mem:	reader
 * @bytes:	contents
 * @reads:	calls so far
 * @error:	"table:field errno" as reported
 */
struct fake {
	struct orthros_mem mem;
	u8 bytes[512];
	unsigned int reads;
	char error[64];
};

#define BASE	0xffff888000000000ULL

static int fake_read(void *ctx, u64 addr, void *buf, size_t len)
{
	struct fake *f = ctx;

	f->reads++;
	if (addr < BASE || addr - BASE > sizeof(f->bytes) ||
	    len > sizeof(f->bytes) - (addr - BASE))
		return -EFAULT;
	memcpy(buf, f->bytes + (addr - BASE), len);
	return 0;
}

static void fake_report(void *ctx, const char *table, const char *field, int err)
{
	struct fake *f = ctx;

	snprintf(f->error, sizeof(f->error), "%s:%s %d", table, field, err);
}

static void fake_put(struct fake *f, size_t off, u64 value, size_t size)
{
	memcpy(f->bytes + off, &value, size);
}

static struct fake *new_fake(struct kunit *test)
{
	struct fake *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->mem.read = fake_read;
	f->mem.report = fake_report;
	f->mem.ctx = f;
	return f;
}

static int fake_lookup(void *ctx, u32 kind, const char *name, u64 *value)
{
	if (kind == ORTHROS_EXPORT_SYM && !strcmp(name, "a_symbol"))
		*value = 0xffffffff81000000ULL;
	else if (kind == ORTHROS_EXPORT_CONST && !strcmp(name, "A_CONST"))
		*value = 42;
	else if (kind == ORTHROS_EXPORT_CONST && !strcmp(name, "MINUS_ONE"))
		*value = ~0ULL;
	else
		return -ENOENT;
	return 0;
}

/* What the tests read into; each uses some of the fields. */
struct rec {
	u64 u64;
	u64 addr;
	s64 s64;
	u32 u32;
	s32 s32;
	u16 u16;
	u8 u8;
	u8 u8b;
	char text[16];
	u8 bytes[24];
};

/* A table on the stack of a test. */
static struct orthros_table table_of(const char *name, struct orthros_row *rows, u32 nr_rows)
{
	return (struct orthros_table) {
		.name = name,
		.rec_size = sizeof(struct rec),
		.nr_rows = nr_rows,
		.rows = rows,
	};
}

static int resolve(struct orthros_table *t, struct blob *b, char *err)
{
	return orthros_table_resolve(t, &b->btf, fake_lookup, NULL, err, 128);
}

static void table_values(struct kunit *test)
{
	struct blob *b = blob_parsed_sample(test);
	struct fake *f = new_fake(test);
	struct orthros_row rows[] = {
		ORTHROS_ROW(struct rec, u32, VALUE, 0, "node.id"),
		ORTHROS_ROW(struct rec, s64, VALUE, 0, "node.sid"),
		ORTHROS_ROW(struct rec, u64, VALUE, 0, "node.next"),
		ORTHROS_ROW(struct rec, s32, VALUE, 0, "node.f3"),
		ORTHROS_ROW(struct rec, u16, VALUE, 0, "node.f2"),
		ORTHROS_ROW(struct rec, u8, VALUE, 0, "node.f1"),
		ORTHROS_ROW(struct rec, addr, ADDR, 0, "node.arr[1]"),
		ORTHROS_ROW(struct rec, text, STRING, 0, "node.comm"),
		ORTHROS_ROW(struct rec, bytes, BYTES, 0, "node.arr"),
	};
	struct orthros_table t = table_of("values", rows, ARRAY_SIZE(rows));
	char err[128] = "";
	struct rec rec;
	size_t i;

	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, b, err), 0, "%s", err);
	fake_put(f, 0, 0xfffffffe, 4);
	fake_put(f, 4, (u32)-7, 4);
	fake_put(f, 16, 0xffff888012345678ULL, 8);
	memcpy(f->bytes + 24, "ab\0junk", 8);
	for (i = 0; i < 24; i++)
		f->bytes[32 + i] = i + 1;
	fake_put(f, 60, 0x5 | 0x55 << 3 | 0x1d << 10, 4);

	memset(&rec, 0xff, sizeof(rec));
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, rec.u32, 0xfffffffeU);
	KUNIT_EXPECT_EQ(test, rec.s64, -7LL);
	KUNIT_EXPECT_EQ(test, rec.u64, 0xffff888012345678ULL);
	KUNIT_EXPECT_EQ(test, rec.u8, 5);
	KUNIT_EXPECT_EQ(test, rec.u16, 0x55);
	KUNIT_EXPECT_EQ(test, rec.s32, -3);
	KUNIT_EXPECT_EQ(test, rec.addr, BASE + 40);
	KUNIT_EXPECT_EQ(test, memcmp(rec.text, "ab\0\0\0\0\0\0\0\0\0\0\0\0\0", 16), 0);
	KUNIT_EXPECT_EQ(test, memcmp(rec.bytes, f->bytes + 32, 24), 0);
	/* No row, no leftover. */
	KUNIT_EXPECT_EQ(test, rec.u8b, 0);
	/* All within one span. */
	KUNIT_EXPECT_EQ(test, f->reads, 1U);
	orthros_btf_free(&b->btf);
}

static void table_constants(struct kunit *test)
{
	struct blob *b = blob_parsed_sample(test);
	struct fake *f = new_fake(test);
	struct orthros_row rows[] = {
		ORTHROS_ROW(struct rec, u64, SYM, 0, "new_name", "a_symbol"),
		ORTHROS_ROW(struct rec, u8, CONST, 0, "A_CONST"),
		ORTHROS_ROW(struct rec, s32, CONST, 0, "MINUS_ONE"),
		ORTHROS_ROW(struct rec, s64, ENUM, 0, "state.STATE_DEAD"),
		ORTHROS_ROW(struct rec, u16, OFFSET, 0, "node.in.b"),
		ORTHROS_ROW(struct rec, u32, SIZEOF, 0, "node"),
		ORTHROS_ROW(struct rec, u8b, SIZEOF, 0, "node.next->arr"),
	};
	struct orthros_table t = table_of("constants", rows, ARRAY_SIZE(rows));
	char err[128] = "";
	struct rec rec;

	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, b, err), 0, "%s", err);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, 0, &rec), 0);
	KUNIT_EXPECT_EQ(test, rec.u64, 0xffffffff81000000ULL);
	KUNIT_EXPECT_EQ(test, rec.u8, 42);
	KUNIT_EXPECT_EQ(test, rec.s32, -1);
	KUNIT_EXPECT_EQ(test, rec.s64, -1LL);
	KUNIT_EXPECT_EQ(test, rec.u16, 12);
	KUNIT_EXPECT_EQ(test, rec.u32, 80U);
	KUNIT_EXPECT_EQ(test, rec.u8b, 24);
	KUNIT_EXPECT_EQ(test, f->reads, 0U);
	orthros_btf_free(&b->btf);
}

/* The newest path that exists is taken; a table can be resolved again. */
static void table_alternatives(struct kunit *test)
{
	struct blob *b = blob_parsed_sample(test), *other = blob_new(test);
	struct fake *f = new_fake(test);
	struct orthros_row rows[] = {
		ORTHROS_ROW(struct rec, u32, VALUE, 0, "node.sid.counter", "node.__id", "node.id"),
		ORTHROS_ROW(struct rec, u64, VALUE, ORTHROS_ROW_OPTIONAL, "node.gone",
			    "gone.node"),
		ORTHROS_ROW(struct rec, addr, SYM, ORTHROS_ROW_OPTIONAL, "no_symbol"),
		ORTHROS_ROW(struct rec, s64, ENUM, ORTHROS_ROW_OPTIONAL, "NO_ENUM"),
		ORTHROS_ROW(struct rec, u8, CONST, ORTHROS_ROW_OPTIONAL, "NO_CONST"),
	};
	struct orthros_table t = table_of("alternatives", rows, ARRAY_SIZE(rows));
	char err[128] = "";
	struct rec rec;

	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, b, err), 0, "%s", err);
	KUNIT_EXPECT_EQ(test, rows[0].which, 2);
	KUNIT_EXPECT_FALSE(test, rows[1].present);
	fake_put(f, 0, 77, 4);
	memset(&rec, 0xff, sizeof(rec));
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, rec.u32, 77U);
	KUNIT_EXPECT_EQ(test, rec.u64, 0ULL);
	KUNIT_EXPECT_EQ(test, rec.addr, 0ULL);
	KUNIT_EXPECT_EQ(test, rec.s64, 0LL);
	KUNIT_EXPECT_EQ(test, rec.u8, 0);

	/* Another kernel has the newest form. */
	blob_put_int(other, "u32", 4, 0);
	blob_put_type(other, "", BTF_KIND_STRUCT, 1, false, 4);
	blob_put_member(other, "counter", 1, 0);
	blob_put_type(other, "node", BTF_KIND_STRUCT, 1, false, 16);
	blob_put_member(other, "sid", 2, 64);
	KUNIT_ASSERT_EQ(test, blob_parse(other), 0);
	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, other, err), 0, "%s", err);
	KUNIT_EXPECT_EQ(test, rows[0].which, 0);
	fake_put(f, 8, 78, 4);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, rec.u32, 78U);
	orthros_btf_free(&other->btf);
	orthros_btf_free(&b->btf);
}

/* One row that does not resolve; the table must then not be readable. */
static void expect_unresolved(struct kunit *test, struct blob *b, struct orthros_row row,
			      int err, const char *text)
{
	struct orthros_row rows[] = { row };
	struct orthros_table t = table_of("broken", rows, ARRAY_SIZE(rows));
	struct fake *f = new_fake(test);
	char buf[128] = "";
	struct rec rec;

	KUNIT_EXPECT_EQ_MSG(test, resolve(&t, b, buf), err, "%s", text);
	KUNIT_EXPECT_STREQ(test, buf, text);
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), -EINVAL);
}

#define UNRESOLVED(field, kind, path, err, text)			\
	expect_unresolved(test, b, (struct orthros_row)			\
			  ORTHROS_ROW(struct rec, field, kind, 0, path), err, text)

static void table_unresolved(struct kunit *test)
{
	struct blob *b = blob_parsed_sample(test);

	UNRESOLVED(u32, VALUE, "node.gone", -ENOENT, "broken:node.gone: not found");
	UNRESOLVED(u64, SYM, "no_symbol", -ENOENT, "broken:no_symbol: not found");
	UNRESOLVED(u64, CONST, "NO_CONST", -ENOENT, "broken:NO_CONST: not found");
	UNRESOLVED(u64, ENUM, "NO_ENUM", -ENOENT, "broken:NO_ENUM: not found");
	UNRESOLVED(u64, VALUE, "node.arr", -EINVAL,
		   "broken:node.arr: not of the expected type");
	UNRESOLVED(u64, VALUE, "node.in", -EINVAL, "broken:node.in: not of the expected type");
	UNRESOLVED(u64, ADDR, "node.f1", -EINVAL, "broken:node.f1: not of the expected type");
	UNRESOLVED(u64, OFFSET, "node.f1", -EINVAL, "broken:node.f1: not of the expected type");
	UNRESOLVED(u64, OFFSET, "node.next->id", -EINVAL,
		   "broken:node.next->id: not of the expected type");
	UNRESOLVED(text, STRING, "node.arr", -EINVAL,
		   "broken:node.arr: not of the expected type");
	UNRESOLVED(bytes, BYTES, "node.flex", -EINVAL,
		   "broken:node.flex: not of the expected type");
	UNRESOLVED(text, BYTES, "node.arr", -EOVERFLOW,
		   "broken:node.arr: too large for its field");
	UNRESOLVED(bytes, VALUE, "node.id", -EINVAL,
		   "broken:node.id: not of the expected type");
	UNRESOLVED(u32, ADDR, "node.id", -EOVERFLOW, "broken:node.id: too large for its field");
	UNRESOLVED(u32, SYM, "a_symbol", -EOVERFLOW,
		   "broken:a_symbol: too large for its field");
	UNRESOLVED(text, STRING, "node.next->next->next->text", -E2BIG,
		   "broken:node.next->next->next->text: too many dereferences");
	orthros_btf_free(&b->btf);
}

static void table_overflow(struct kunit *test)
{
	struct blob *b = blob_parsed_sample(test);
	struct fake *f = new_fake(test);
	struct orthros_row rows[] = {
		ORTHROS_ROW(struct rec, u16, VALUE, 0, "node.id"),
		ORTHROS_ROW(struct rec, u8, VALUE, 0, "node.sid"),
	};
	struct orthros_table t = table_of("overflow", rows, ARRAY_SIZE(rows));
	char err[128] = "";
	struct rec rec;

	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, b, err), 0, "%s", err);
	fake_put(f, 0, 0xffff, 4);
	fake_put(f, 4, (u32)-128, 4);
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, rec.u16, 0xffff);
	KUNIT_EXPECT_EQ(test, rec.u8, 0x80);

	fake_put(f, 0, 0x10000, 4);
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), -EOVERFLOW);
	KUNIT_EXPECT_STREQ(test, f->error, "overflow:u16 -75");

	/* Sign-extended: not the all-ones of an unsigned. */
	fake_put(f, 0, 0xffffffff, 4);
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), -EOVERFLOW);
	fake_put(f, 0, 0, 4);
	fake_put(f, 4, (u32)-129, 4);
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), -EOVERFLOW);
	KUNIT_EXPECT_STREQ(test, f->error, "overflow:u8 -75");
	orthros_btf_free(&b->btf);
}

static void table_derefs(struct kunit *test)
{
	struct blob *b = blob_parsed_sample(test);
	struct fake *f = new_fake(test);
	struct orthros_row rows[] = {
		ORTHROS_ROW(struct rec, u8, VALUE, 0, "node.next->next->byte"),
		ORTHROS_ROW(struct rec, u32, VALUE, 0, "node.next->id"),
		ORTHROS_ROW(struct rec, addr, ADDR, 0, "node.next->next->arr[2].b"),
		ORTHROS_ROW(struct rec, s32, VALUE, 0, "node.sid"),
		ORTHROS_ROW(struct rec, s64, VALUE, ORTHROS_ROW_NULLABLE,
			    "node.next->next->next->sid"),
	};
	struct orthros_table t = table_of("derefs", rows, ARRAY_SIZE(rows));
	char err[128] = "";
	struct rec rec;

	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, b, err), 0, "%s", err);
	fake_put(f, 4, 1, 4);
	fake_put(f, 16, BASE + 100, 8);
	fake_put(f, 100, 2, 4);
	fake_put(f, 116, BASE + 200, 8);
	fake_put(f, 272, 3, 1);
	KUNIT_ASSERT_EQ_MSG(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0, "%s", f->error);
	KUNIT_EXPECT_EQ(test, rec.s32, 1);
	KUNIT_EXPECT_EQ(test, rec.u32, 2U);
	KUNIT_EXPECT_EQ(test, rec.u8, 3);
	KUNIT_EXPECT_EQ(test, rec.addr, BASE + 252);
	KUNIT_EXPECT_EQ(test, rec.s64, 0LL);
	/* sid; next, id; next, byte; next: each pointer once. */
	KUNIT_EXPECT_EQ(test, f->reads, 6U);

	fake_put(f, 216, BASE + 300, 8);
	fake_put(f, 304, (u32)-9, 4);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, rec.s64, -9LL);

	/* Beyond a NULL that may not be, and beyond what is there. */
	fake_put(f, 116, 0, 8);
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), -EFAULT);
	KUNIT_EXPECT_STREQ(test, f->error, "derefs:addr -14");
	fake_put(f, 16, 0xdead000000000100ULL, 8);
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), -EFAULT);
	KUNIT_EXPECT_STREQ(test, f->error, "derefs:u32 -14");
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, 0, &rec), -EFAULT);
	KUNIT_EXPECT_STREQ(test, f->error, "derefs:s32 -14");
	orthros_btf_free(&b->btf);
}

static void table_text(struct kunit *test)
{
	struct blob *b = blob_parsed_sample(test);
	struct fake *f = new_fake(test);
	struct orthros_row rows[] = {
		ORTHROS_ROW(struct rec, text, STRING, ORTHROS_ROW_NULLABLE, "node.text"),
	};
	struct orthros_table t = table_of("text", rows, ARRAY_SIZE(rows));
	char err[128] = "";
	struct rec rec;

	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, b, err), 0, "%s", err);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_STREQ(test, rec.text, "");

	/* Across the pieces in which text is read. */
	memcpy(f->bytes + 125, "tmpfs\0junk", 10);
	fake_put(f, 64, BASE + 125, 8);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, memcmp(rec.text, "tmpfs\0\0\0\0\0\0\0\0\0\0", 16), 0);

	/* Its last byte is the last there is. */
	fake_put(f, 64, BASE + sizeof(f->bytes) - 4, 8);
	memcpy(f->bytes + sizeof(f->bytes) - 4, "end", 4);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_STREQ(test, rec.text, "end");
	f->bytes[sizeof(f->bytes) - 1] = 'x';
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), -EFAULT);

	/* 15 characters fit, 16 do not. */
	memset(f->bytes + 200, 'y', 15);
	fake_put(f, 64, BASE + 200, 8);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, strlen(rec.text), (size_t)15);
	f->bytes[215] = 'y';
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), -EOVERFLOW);
	KUNIT_EXPECT_STREQ(test, f->error, "text:text -75");
	orthros_btf_free(&b->btf);
}

/* Text that fills its array has no NUL of its own. */
static void table_unterminated(struct kunit *test)
{
	struct blob *b = blob_sample(test);
	struct fake *f = new_fake(test);
	struct orthros_row rows[] = {
		ORTHROS_ROW(struct rec, text, STRING, 0, "big.name"),
	};
	struct orthros_table t = table_of("unterminated", rows, ARRAY_SIZE(rows));
	char err[128] = "";
	struct rec rec;
	u32 name = blob_put_array(b, T_CHAR, 16);

	blob_put_type(b, "big", BTF_KIND_STRUCT, 1, false, 16);
	blob_put_member(b, "name", name, 0);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);
	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, b, err), 0, "%s", err);
	memset(f->bytes, 'z', 32);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, strlen(rec.text), (size_t)15);
	orthros_btf_free(&b->btf);
}

/* A large struct: near rows are read at once, far ones on their own. */
static void table_spans(struct kunit *test)
{
	struct blob *b = blob_sample(test);
	struct fake *f = new_fake(test);
	struct orthros_row rows[] = {
		ORTHROS_ROW(struct rec, u8, VALUE, 0, "big.z"),
		ORTHROS_ROW(struct rec, u32, VALUE, 0, "big.a"),
		ORTHROS_ROW(struct rec, u64, VALUE, 0, "big.y"),
		ORTHROS_ROW(struct rec, s32, VALUE, 0, "big.b"),
	};
	struct orthros_table t = table_of("spans", rows, ARRAY_SIZE(rows));
	char err[128] = "";
	struct rec rec;

	blob_put_type(b, "big", BTF_KIND_STRUCT, 4, false, 512);
	blob_put_member(b, "a", T_U32, 0);
	blob_put_member(b, "b", T_INT, 60 * 8);
	blob_put_member(b, "y", T_U64, 400 * 8);
	blob_put_member(b, "z", T_U8, 511 * 8);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);
	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, b, err), 0, "%s", err);
	fake_put(f, 0, 1, 4);
	fake_put(f, 60, 2, 4);
	fake_put(f, 400, 3, 8);
	fake_put(f, 511, 4, 1);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, rec.u32, 1U);
	KUNIT_EXPECT_EQ(test, rec.s32, 2);
	KUNIT_EXPECT_EQ(test, rec.u64, 3ULL);
	KUNIT_EXPECT_EQ(test, rec.u8, 4);
	KUNIT_EXPECT_EQ(test, f->reads, 3U);

	/* One byte too short. */
	KUNIT_EXPECT_EQ(test, orthros_read_rec(&f->mem, &t, BASE + 1, &rec), -EFAULT);
	KUNIT_EXPECT_STREQ(test, f->error, "spans:u8 -14");
	orthros_btf_free(&b->btf);
}

static struct kunit_case orthros_table_cases[] = {
	KUNIT_CASE(table_values),
	KUNIT_CASE(table_constants),
	KUNIT_CASE(table_alternatives),
	KUNIT_CASE(table_unresolved),
	KUNIT_CASE(table_overflow),
	KUNIT_CASE(table_derefs),
	KUNIT_CASE(table_text),
	KUNIT_CASE(table_unterminated),
	KUNIT_CASE(table_spans),
	{}
};

static struct kunit_suite orthros_table_suite = {
	.name = "orthros_table",
	.test_cases = orthros_table_cases,
};

kunit_test_suite(orthros_table_suite);
