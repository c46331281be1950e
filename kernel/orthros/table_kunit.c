// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the BTF reader and of the table interpreter.
 *
 * The blobs are put together here, byte by byte, since no compiler makes the
 * broken ones. Compiled on the host, too (tools/testing/orthros/host-kunit).
 */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <uapi/linux/btf.h>
#include <linux/orthros/abi/handoff.h>
#include "btf.h"

/* ---- a BTF writer ----------------------------------------------------- */

#define MAX_WORDS	1024
#define MAX_STRS	1024

/**
 * struct blob - BTF that is being written
 * @words:	type section
 * @nr:		words in it
 * @strs:	string section
 * @strs_len:	bytes in it
 * @nr_types:	last type id
 * @raw:	header, types and strings, by seal()
 * @size:	bytes in @raw
 * @btf:	parsed
 */
struct blob {
	u32 words[MAX_WORDS];
	u32 nr;
	char strs[MAX_STRS];
	u32 strs_len;
	u32 nr_types;
	u8 raw[sizeof(struct btf_header) + MAX_WORDS * 4 + MAX_STRS] __aligned(8);
	size_t size;
	struct orthros_btf btf;
};

static u32 put_str(struct blob *b, const char *s)
{
	u32 off = b->strs_len;

	if (!*s)
		return 0;
	memcpy(b->strs + off, s, strlen(s) + 1);
	b->strs_len += strlen(s) + 1;
	return off;
}

static void put(struct blob *b, u32 word)
{
	b->words[b->nr++] = word;
}

/* Begins a type; its members follow. Returns its id. */
static u32 put_type(struct blob *b, const char *name, u32 kind, u32 vlen, bool kflag, u32 size)
{
	put(b, put_str(b, name));
	put(b, (u32)kflag << 31 | kind << 24 | vlen);
	put(b, size);
	return ++b->nr_types;
}

static u32 put_int(struct blob *b, const char *name, u32 size, u32 encoding)
{
	u32 id = put_type(b, name, BTF_KIND_INT, 0, false, size);

	put(b, encoding << 24 | size * 8);
	return id;
}

static u32 put_ref(struct blob *b, const char *name, u32 kind, u32 type)
{
	return put_type(b, name, kind, 0, false, type);
}

static u32 put_array(struct blob *b, u32 type, u32 nelems)
{
	u32 id = put_type(b, "", BTF_KIND_ARRAY, 0, false, 0);

	put(b, type);
	put(b, type);
	put(b, nelems);
	return id;
}

/* Offset in bits; of a struct with the kind flag, (bit field size << 24) | offset. */
static void put_member(struct blob *b, const char *name, u32 type, u32 offset)
{
	put(b, put_str(b, name));
	put(b, type);
	put(b, offset);
}

static void put_enumerator(struct blob *b, const char *name, s32 value)
{
	put(b, put_str(b, name));
	put(b, value);
}

static struct btf_header *header(struct blob *b)
{
	return (struct btf_header *)b->raw;
}

static void seal(struct blob *b)
{
	struct btf_header *h = header(b);

	*h = (struct btf_header) {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(*h),
		.type_len = b->nr * 4,
		.str_off = b->nr * 4,
		.str_len = b->strs_len,
	};
	memcpy(b->raw + sizeof(*h), b->words, b->nr * 4);
	memcpy(b->raw + sizeof(*h) + b->nr * 4, b->strs, b->strs_len);
	b->size = sizeof(*h) + b->nr * 4 + b->strs_len;
}

static struct blob *new_blob(struct kunit *test)
{
	struct blob *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->strs_len = 1;
	return b;
}

static int parse(struct blob *b)
{
	seal(b);
	return orthros_btf_parse(&b->btf, b->raw, b->size);
}

/* Ids of the types in the blob that most tests share. */
enum {
	T_U32 = 1, T_INT, T_CHAR, T_U64, T_TEXT, T_TEXTPTR, T_ANON_UNION, T_INNER, T_NODE_PTR,
	T_CONST_PTR, T_ARRAY3, T_FLEX, T_NODE, T_STATE, T_ANON_TD, T_TD, T_U8,
};

/*
 * struct inner { int a; u32 b; };					8 bytes
 * struct node {
 *	u32 id;				0
 *	int sid;			4
 *	union { u64 word; struct inner in; };	8
 *	struct node *const next;	16
 *	char comm[8];			24
 *	struct inner arr[3];		32
 *	enum state state;		56
 *	u32 f1:3, f2:7;			60
 *	int f3:5;			60.10
 *	const char *text;		64
 *	u8 byte;			72
 *	u64 flex[];			80
 * };
 */
static struct blob *sample(struct kunit *test)
{
	struct blob *b = new_blob(test);

	put_int(b, "unsigned int", 4, 0);
	put_int(b, "int", 4, BTF_INT_SIGNED);
	put_int(b, "char", 1, BTF_INT_SIGNED);
	put_int(b, "u64", 8, 0);
	put_array(b, T_CHAR, 8);
	put_ref(b, "", BTF_KIND_PTR, T_CHAR);
	put_type(b, "", BTF_KIND_UNION, 2, false, 8);
	put_member(b, "word", T_U64, 0);
	put_member(b, "in", T_INNER, 0);
	put_type(b, "inner", BTF_KIND_STRUCT, 2, false, 8);
	put_member(b, "a", T_INT, 0);
	put_member(b, "b", T_U32, 32);
	put_ref(b, "", BTF_KIND_PTR, T_NODE);
	put_ref(b, "", BTF_KIND_CONST, T_NODE_PTR);
	put_array(b, T_INNER, 3);
	put_array(b, T_U64, 0);
	put_type(b, "node", BTF_KIND_STRUCT, 13, true, 80);
	put_member(b, "id", T_U32, 0);
	put_member(b, "sid", T_INT, 32);
	put_member(b, "", T_ANON_UNION, 64);
	put_member(b, "next", T_CONST_PTR, 128);
	put_member(b, "comm", T_TEXT, 192);
	put_member(b, "arr", T_ARRAY3, 256);
	put_member(b, "state", T_STATE, 448);
	put_member(b, "f1", T_U32, 3 << 24 | 480);
	put_member(b, "f2", T_U32, 7 << 24 | 483);
	put_member(b, "f3", T_INT, 5 << 24 | 490);
	put_member(b, "text", T_TEXTPTR, 512);
	put_member(b, "byte", T_U8, 576);
	put_member(b, "flex", T_FLEX, 640);
	put_type(b, "state", BTF_KIND_ENUM, 2, true, 4);
	put_enumerator(b, "STATE_DEAD", -1);
	put_enumerator(b, "STATE_TWO", 2);
	put_type(b, "", BTF_KIND_STRUCT, 1, false, 4);
	put_member(b, "val", T_U32, 0);
	put_ref(b, "kuid_t", BTF_KIND_TYPEDEF, T_ANON_TD);
	put_int(b, "u8", 1, 0);
	return b;
}

static struct blob *parsed_sample(struct kunit *test)
{
	struct blob *b = sample(test);

	KUNIT_ASSERT_EQ(test, parse(b), 0);
	return b;
}

/* ---- the reader ------------------------------------------------------- */

static void expect_at(struct kunit *test, struct blob *b, const char *path, u32 bit_off,
		      u32 bit_size)
{
	struct orthros_btf_member m = { 0 };

	KUNIT_EXPECT_EQ_MSG(test, orthros_btf_path(&b->btf, path, &m), 0, "%s", path);
	KUNIT_EXPECT_EQ_MSG(test, m.bit_off, bit_off, "%s", path);
	KUNIT_EXPECT_EQ_MSG(test, m.bit_size, bit_size, "%s", path);
}

static void expect_error(struct kunit *test, struct blob *b, const char *path, int err)
{
	struct orthros_btf_member m;

	KUNIT_EXPECT_EQ_MSG(test, orthros_btf_path(&b->btf, path, &m), err, "%s", path);
}

static void btf_paths(struct kunit *test)
{
	struct blob *b = parsed_sample(test);
	struct orthros_btf_member m;

	expect_at(test, b, "node", 0, 640);
	expect_at(test, b, "node.id", 0, 32);
	expect_at(test, b, "node.sid", 32, 32);
	expect_at(test, b, "node.word", 64, 64);
	expect_at(test, b, "node.in.b", 96, 32);
	expect_at(test, b, "node.next", 128, 64);
	expect_at(test, b, "node.comm", 192, 64);
	expect_at(test, b, "node.comm[3]", 216, 8);
	expect_at(test, b, "node.arr[1].b", 352, 32);
	expect_at(test, b, "node.arr[STATE_TWO].a", 384, 32);
	expect_at(test, b, "node.f2", 483, 7);
	expect_at(test, b, "node.flex", 640, 0);
	expect_at(test, b, "node.flex[2]", 768, 64);
	expect_at(test, b, "kuid_t.val", 0, 32);
	expect_at(test, b, "u64", 0, 64);

	KUNIT_EXPECT_EQ(test, orthros_btf_path(&b->btf, "node.next->next->arr[2].a", &m), 0);
	KUNIT_EXPECT_EQ(test, m.nr_deref, 2);
	KUNIT_EXPECT_EQ(test, m.deref[0].off, 16);
	KUNIT_EXPECT_EQ(test, m.deref[1].off, 16);
	KUNIT_EXPECT_EQ(test, m.bit_off, 384);
	KUNIT_EXPECT_TRUE(test, m.is_signed);
	orthros_btf_free(&b->btf);
}

static void btf_bad_paths(struct kunit *test)
{
	struct blob *b = parsed_sample(test);

	expect_error(test, b, "", -EINVAL);
	expect_error(test, b, ".id", -EINVAL);
	expect_error(test, b, "nod", -ENOENT);
	expect_error(test, b, "node.", -EINVAL);
	expect_error(test, b, "node.i", -ENOENT);
	expect_error(test, b, "node.idx", -ENOENT);
	expect_error(test, b, "node.id.x", -ENOENT);
	expect_error(test, b, "node->id", -ENOENT);
	expect_error(test, b, "node.id->x", -ENOENT);
	expect_error(test, b, "node.next.id", -ENOENT);
	expect_error(test, b, "node.next->", -EINVAL);
	expect_error(test, b, "node.id[0]", -ENOENT);
	expect_error(test, b, "node.arr[3].a", -ERANGE);
	expect_error(test, b, "node.arr[99999999999999999999].a", -ERANGE);
	expect_error(test, b, "node.flex[4294967295]", -ERANGE);
	expect_error(test, b, "node.arr[].a", -EINVAL);
	expect_error(test, b, "node.arr[1", -EINVAL);
	expect_error(test, b, "node.arr[1x]", -EINVAL);
	expect_error(test, b, "node.arr[NO_SUCH].a", -ENOENT);
	expect_error(test, b, "node id", -EINVAL);
	expect_error(test, b, "node.next->next->next->id", 0);
	expect_error(test, b, "node.next->next->next->next->id", -E2BIG);
	orthros_btf_free(&b->btf);
}

static void btf_enums(struct kunit *test)
{
	struct blob *b = sample(test);
	u64 v;

	put_type(b, "wide", BTF_KIND_ENUM64, 1, false, 8);
	put(b, put_str(b, "WIDE"));
	put(b, 0x89abcdef);
	put(b, 0x01234567);
	put_type(b, "", BTF_KIND_ENUM, 2, false, 4);
	put_enumerator(b, "STATE_DEAD", 5);
	put_enumerator(b, "UNSIGNED", -1);
	KUNIT_ASSERT_EQ(test, parse(b), 0);

	KUNIT_EXPECT_EQ(test, orthros_btf_enum(&b->btf, "STATE_TWO", &v), 0);
	KUNIT_EXPECT_EQ(test, v, 2ULL);
	KUNIT_EXPECT_EQ(test, orthros_btf_enum(&b->btf, "state.STATE_DEAD", &v), 0);
	KUNIT_EXPECT_EQ(test, v, ~0ULL);
	KUNIT_EXPECT_EQ(test, orthros_btf_enum(&b->btf, "STATE_DEAD", &v), -ENOTUNIQ);
	KUNIT_EXPECT_EQ(test, orthros_btf_enum(&b->btf, "UNSIGNED", &v), 0);
	KUNIT_EXPECT_EQ(test, v, 0xffffffffULL);
	KUNIT_EXPECT_EQ(test, orthros_btf_enum(&b->btf, "wide.WIDE", &v), 0);
	KUNIT_EXPECT_EQ(test, v, 0x0123456789abcdefULL);
	KUNIT_EXPECT_EQ(test, orthros_btf_enum(&b->btf, "state.WIDE", &v), -ENOENT);
	KUNIT_EXPECT_EQ(test, orthros_btf_enum(&b->btf, "STATE", &v), -ENOENT);
	KUNIT_EXPECT_EQ(test, orthros_btf_enum(&b->btf, "state.", &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, orthros_btf_enum(&b->btf, "a.b.c", &v), -EINVAL);
	orthros_btf_free(&b->btf);
}

/* Every kind that a 6.12 has, also those that no path goes through. */
static void btf_all_kinds(struct kunit *test)
{
	struct blob *b = sample(test);

	put_ref(b, "fwd", BTF_KIND_FWD, 0);
	put_ref(b, "", BTF_KIND_VOLATILE, T_U32);
	put_ref(b, "", BTF_KIND_RESTRICT, T_NODE_PTR);
	put_type(b, "", BTF_KIND_FUNC_PROTO, 1, false, T_U32);
	put(b, put_str(b, "arg"));
	put(b, T_INT);
	put_ref(b, "func", BTF_KIND_FUNC, b->nr_types);
	put_type(b, "var", BTF_KIND_VAR, 0, false, T_U32);
	put(b, 1);
	put_type(b, ".data", BTF_KIND_DATASEC, 1, false, 4);
	put(b, b->nr_types - 1);
	put(b, 0);
	put(b, 4);
	put_type(b, "double", BTF_KIND_FLOAT, 0, false, 8);
	put_type(b, "tag", BTF_KIND_DECL_TAG, 0, false, T_NODE);
	put(b, 0xffffffff);
	put_ref(b, "rcu", BTF_KIND_TYPE_TAG, T_NODE);
	put_ref(b, "", BTF_KIND_PTR, b->nr_types);
	put_type(b, "last", BTF_KIND_STRUCT, 1, false, 8);
	put_member(b, "p", b->nr_types - 1, 0);
	KUNIT_ASSERT_EQ(test, parse(b), 0);

	expect_at(test, b, "last.p->sid", 32, 32);
	expect_error(test, b, "func", -ENOENT);
	orthros_btf_free(&b->btf);

	put_type(b, "future", 20, 0, false, 0);
	KUNIT_EXPECT_EQ(test, parse(b), -EOPNOTSUPP);
}

/* A pointee known only by name, and a name that two structs have. */
static void btf_same_name(struct kunit *test)
{
	struct blob *b = sample(test);
	u32 ptr;

	put_ref(b, "late", BTF_KIND_FWD, 0);
	ptr = put_ref(b, "", BTF_KIND_PTR, b->nr_types);
	put_type(b, "early", BTF_KIND_STRUCT, 1, false, 8);
	put_member(b, "late", ptr, 0);
	put_type(b, "late", BTF_KIND_STRUCT, 1, false, 4);
	put_member(b, "x", T_U32, 0);
	/* Agrees about a, disagrees about b; has c alone. */
	put_type(b, "inner", BTF_KIND_STRUCT, 3, false, 16);
	put_member(b, "a", T_INT, 0);
	put_member(b, "b", T_U32, 64);
	put_member(b, "c", T_U32, 96);
	KUNIT_ASSERT_EQ(test, parse(b), 0);

	expect_at(test, b, "early.late->x", 0, 32);
	expect_at(test, b, "inner.a", 0, 32);
	expect_error(test, b, "inner.b", -ENOTUNIQ);
	expect_at(test, b, "inner.c", 96, 32);
	expect_error(test, b, "inner.d", -ENOENT);
	orthros_btf_free(&b->btf);

	put_type(b, "late", BTF_KIND_STRUCT, 0, false, 4);
	KUNIT_ASSERT_EQ(test, parse(b), 0);
	expect_error(test, b, "early.late->x", -ENOTUNIQ);
	orthros_btf_free(&b->btf);
}

/* Without the kind flag, a bit field is a matter of its integer type. */
static void btf_old_bitfield(struct kunit *test)
{
	struct blob *b = sample(test);
	u32 id = put_type(b, "", BTF_KIND_INT, 0, false, 4);

	put(b, 5 << 16 | 3);
	put_type(b, "old", BTF_KIND_STRUCT, 1, false, 8);
	put_member(b, "f", id, 32);
	KUNIT_ASSERT_EQ(test, parse(b), 0);
	expect_at(test, b, "old.f", 37, 3);
	orthros_btf_free(&b->btf);
}

/* Each length of a blob, cut off: refused, and never read beyond. */
static void btf_truncated(struct kunit *test)
{
	struct blob *b = sample(test);
	struct orthros_btf btf;
	size_t len;

	seal(b);
	for (len = 0; len < b->size; len++) {
		u8 *cut = kunit_kzalloc(test, len ?: 1, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, cut);
		memcpy(cut, b->raw, len);
		KUNIT_EXPECT_LT_MSG(test, orthros_btf_parse(&btf, cut, len), 0, "%zu bytes", len);
		KUNIT_EXPECT_NULL(test, btf.off);
		kunit_kfree(test, cut);
	}
}

/* The type section ends within a type. */
static void btf_truncated_types(struct kunit *test)
{
	struct blob *b = sample(test);
	u32 len, whole = 0;

	seal(b);
	for (len = 0; len < b->nr * 4; len += 4) {
		header(b)->type_len = len;
		if (!orthros_btf_parse(&b->btf, b->raw, b->size)) {
			orthros_btf_free(&b->btf);
			whole++;
		}
	}
	/* Only between two types, and only if nothing before refers to what is cut. */
	KUNIT_EXPECT_LE(test, whole, b->nr_types);
}

static void btf_bad_header(struct kunit *test)
{
	struct blob *b = sample(test);
	const struct {
		size_t off;
		u32 size;
		u32 value;
		int err;
	} bad[] = {
		{ offsetof(struct btf_header, magic), 2, 0x9feb, -EINVAL },
		{ offsetof(struct btf_header, version), 1, 2, -EOPNOTSUPP },
		{ offsetof(struct btf_header, flags), 1, 1, -EOPNOTSUPP },
		{ offsetof(struct btf_header, hdr_len), 4, 0, -EINVAL },
		{ offsetof(struct btf_header, hdr_len), 4, 25, -EINVAL },
		{ offsetof(struct btf_header, hdr_len), 4, 0xfffffffc, -EINVAL },
		{ offsetof(struct btf_header, type_off), 4, 0xfffffffc, -EINVAL },
		{ offsetof(struct btf_header, type_off), 4, 2, -EINVAL },
		{ offsetof(struct btf_header, type_len), 4, 0xfffffffc, -EINVAL },
		{ offsetof(struct btf_header, type_len), 4, 13, -EINVAL },
		{ offsetof(struct btf_header, str_off), 4, 0xffffffff, -EINVAL },
		{ offsetof(struct btf_header, str_len), 4, 0xffffffff, -EINVAL },
		{ offsetof(struct btf_header, str_len), 4, 0, -EINVAL },
		{ offsetof(struct btf_header, str_len), 4, 3, -EINVAL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		seal(b);
		memcpy(b->raw + bad[i].off, &bad[i].value, bad[i].size);
		KUNIT_EXPECT_EQ_MSG(test, orthros_btf_parse(&b->btf, b->raw, b->size), bad[i].err,
				    "case %zu", i);
	}
	seal(b);
	KUNIT_EXPECT_EQ(test, orthros_btf_parse(&b->btf, b->raw + 1, b->size - 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, orthros_btf_parse(&b->btf, b->raw, (size_t)1 << 40), -EINVAL);
}

/* Ids, names and counts beyond what is there. */
static void btf_bad_references(struct kunit *test)
{
	struct blob *b = sample(test);
	u32 nr = b->nr, id;

	KUNIT_ASSERT_EQ(test, parse(b), 0);
	orthros_btf_free(&b->btf);

	id = put_ref(b, "", BTF_KIND_PTR, 0);
	KUNIT_EXPECT_EQ(test, parse(b), 0);
	orthros_btf_free(&b->btf);
	b->words[nr + 2] = id;		/* itself is allowed */
	KUNIT_EXPECT_EQ(test, parse(b), 0);
	orthros_btf_free(&b->btf);
	b->words[nr + 2] = id + 1;
	KUNIT_EXPECT_EQ(test, parse(b), -EINVAL);
	b->words[nr + 2] = 0xffffffff;
	KUNIT_EXPECT_EQ(test, parse(b), -EINVAL);
	b->words[nr + 2] = 0;
	b->words[nr] = b->strs_len;
	KUNIT_EXPECT_EQ(test, parse(b), -EINVAL);

	b->nr = nr;
	put_type(b, "s", BTF_KIND_STRUCT, 1, false, 4);
	put_member(b, "m", 0x80000001, 0);
	KUNIT_EXPECT_EQ(test, parse(b), -EINVAL);
	b->words[nr + 4] = T_U32;
	b->words[nr + 3] = 0xffffffff;
	KUNIT_EXPECT_EQ(test, parse(b), -EINVAL);
	b->words[nr + 3] = 0;
	KUNIT_EXPECT_EQ(test, parse(b), 0);
	orthros_btf_free(&b->btf);
	b->words[nr + 1] |= 0xffff;	/* 65535 members */
	KUNIT_EXPECT_EQ(test, parse(b), -EINVAL);

	b->nr = nr;
	put_array(b, 0xffffffff, 1);
	KUNIT_EXPECT_EQ(test, parse(b), -EINVAL);
}

static void btf_cycles(struct kunit *test)
{
	struct blob *b = new_blob(test);
	u32 i;

	/* typedef a b; typedef b a; and one that is its own */
	put_ref(b, "a", BTF_KIND_TYPEDEF, 2);
	put_ref(b, "b", BTF_KIND_TYPEDEF, 1);
	put_ref(b, "self", BTF_KIND_TYPEDEF, 3);
	/* an array of itself */
	put_array(b, 4, 2);
	put_ref(b, "arr", BTF_KIND_TYPEDEF, 4);
	/* struct s { struct s; } with an anonymous member of its own type */
	put_type(b, "s", BTF_KIND_STRUCT, 1, false, 4);
	put_member(b, "", 6, 0);
	/* struct t { typedef cycle m; } */
	put_type(b, "t", BTF_KIND_STRUCT, 1, false, 4);
	put_member(b, "m", 1, 0);
	/* many anonymous members of its own type: exponential without a budget */
	put_type(b, "wide", BTF_KIND_UNION, 16, false, 4);
	for (i = 0; i < 16; i++)
		put_member(b, "", 8, 0);
	/* a struct that contains itself by name is endless, but so is the path */
	put_type(b, "u", BTF_KIND_STRUCT, 1, false, 4);
	put_member(b, "u", 9, 0);
	KUNIT_ASSERT_EQ(test, parse(b), 0);

	expect_error(test, b, "a", -ELOOP);
	expect_error(test, b, "a.x", -ELOOP);
	expect_error(test, b, "self.x", -ELOOP);
	expect_error(test, b, "arr", -EOVERFLOW);
	expect_error(test, b, "s.x", -ELOOP);
	expect_error(test, b, "t.m", -ELOOP);
	expect_error(test, b, "wide.x", -ELOOP);
	expect_at(test, b, "u.u.u.u", 0, 32);
	orthros_btf_free(&b->btf);
}

/* Sizes that do not hold. */
static void btf_bad_sizes(struct kunit *test)
{
	struct blob *b = sample(test);
	u32 big, bigger;

	put_type(b, "small", BTF_KIND_STRUCT, 3, false, 8);
	put_member(b, "ok", T_U64, 0);
	put_member(b, "far", T_U32, 64);
	put_member(b, "over", T_U64, 32);
	put_type(b, "huge", BTF_KIND_STRUCT, 1, false, 0xffffffff);
	put_member(b, "m", T_U32, 0xffffffe0);
	big = put_array(b, T_U64, 0xffffffff);
	bigger = put_array(b, big, 0xffffffff);
	put_ref(b, "bigger", BTF_KIND_TYPEDEF, bigger);
	put_type(b, "incomplete", BTF_KIND_STRUCT, 1, false, 8);
	put_member(b, "v", 0, 0);
	KUNIT_ASSERT_EQ(test, parse(b), 0);

	expect_at(test, b, "small.ok", 0, 64);
	expect_error(test, b, "small.far", -EINVAL);
	expect_error(test, b, "small.over", -EINVAL);
	expect_error(test, b, "huge", -EOVERFLOW);
	expect_error(test, b, "huge.m", -EOVERFLOW);
	expect_error(test, b, "bigger", -EOVERFLOW);
	expect_error(test, b, "bigger[1][1]", -EOVERFLOW);
	expect_error(test, b, "incomplete.v", -EINVAL);
	orthros_btf_free(&b->btf);
}

/* ---- the interpreter -------------------------------------------------- */

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
	struct blob *b = parsed_sample(test);
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
	struct blob *b = parsed_sample(test);
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
	struct blob *b = parsed_sample(test), *other = new_blob(test);
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
	put_int(other, "u32", 4, 0);
	put_type(other, "", BTF_KIND_STRUCT, 1, false, 4);
	put_member(other, "counter", 1, 0);
	put_type(other, "node", BTF_KIND_STRUCT, 1, false, 16);
	put_member(other, "sid", 2, 64);
	KUNIT_ASSERT_EQ(test, parse(other), 0);
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
	struct blob *b = parsed_sample(test);

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
	struct blob *b = parsed_sample(test);
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
	struct blob *b = parsed_sample(test);
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
	struct blob *b = parsed_sample(test);
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
	struct blob *b = sample(test);
	struct fake *f = new_fake(test);
	struct orthros_row rows[] = {
		ORTHROS_ROW(struct rec, text, STRING, 0, "big.name"),
	};
	struct orthros_table t = table_of("unterminated", rows, ARRAY_SIZE(rows));
	char err[128] = "";
	struct rec rec;
	u32 name = put_array(b, T_CHAR, 16);

	put_type(b, "big", BTF_KIND_STRUCT, 1, false, 16);
	put_member(b, "name", name, 0);
	KUNIT_ASSERT_EQ(test, parse(b), 0);
	KUNIT_ASSERT_EQ_MSG(test, resolve(&t, b, err), 0, "%s", err);
	memset(f->bytes, 'z', 32);
	KUNIT_ASSERT_EQ(test, orthros_read_rec(&f->mem, &t, BASE, &rec), 0);
	KUNIT_EXPECT_EQ(test, strlen(rec.text), (size_t)15);
	orthros_btf_free(&b->btf);
}

/* A large struct: near rows are read at once, far ones on their own. */
static void table_spans(struct kunit *test)
{
	struct blob *b = sample(test);
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

	put_type(b, "big", BTF_KIND_STRUCT, 4, false, 512);
	put_member(b, "a", T_U32, 0);
	put_member(b, "b", T_INT, 60 * 8);
	put_member(b, "y", T_U64, 400 * 8);
	put_member(b, "z", T_U8, 511 * 8);
	KUNIT_ASSERT_EQ(test, parse(b), 0);
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

static struct kunit_case orthros_btf_cases[] = {
	KUNIT_CASE(btf_paths),
	KUNIT_CASE(btf_bad_paths),
	KUNIT_CASE(btf_enums),
	KUNIT_CASE(btf_all_kinds),
	KUNIT_CASE(btf_same_name),
	KUNIT_CASE(btf_old_bitfield),
	KUNIT_CASE(btf_truncated),
	KUNIT_CASE(btf_truncated_types),
	KUNIT_CASE(btf_bad_header),
	KUNIT_CASE(btf_bad_references),
	KUNIT_CASE(btf_cycles),
	KUNIT_CASE(btf_bad_sizes),
	{}
};

static struct kunit_suite orthros_btf_suite = {
	.name = "orthros_btf",
	.test_cases = orthros_btf_cases,
};

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

kunit_test_suites(&orthros_btf_suite, &orthros_table_suite);
