// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of the BTF reader.
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
	struct blob *b = blob_parsed_sample(test);
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
	struct blob *b = blob_parsed_sample(test);

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
	struct blob *b = blob_sample(test);
	u64 v;

	blob_put_type(b, "wide", BTF_KIND_ENUM64, 1, false, 8);
	blob_put(b, blob_put_str(b, "WIDE"));
	blob_put(b, 0x89abcdef);
	blob_put(b, 0x01234567);
	blob_put_type(b, "", BTF_KIND_ENUM, 2, false, 4);
	blob_put_enumerator(b, "STATE_DEAD", 5);
	blob_put_enumerator(b, "UNSIGNED", -1);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);

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
	struct blob *b = blob_sample(test);

	blob_put_ref(b, "fwd", BTF_KIND_FWD, 0);
	blob_put_ref(b, "", BTF_KIND_VOLATILE, T_U32);
	blob_put_ref(b, "", BTF_KIND_RESTRICT, T_NODE_PTR);
	blob_put_type(b, "", BTF_KIND_FUNC_PROTO, 1, false, T_U32);
	blob_put(b, blob_put_str(b, "arg"));
	blob_put(b, T_INT);
	blob_put_ref(b, "func", BTF_KIND_FUNC, b->nr_types);
	blob_put_type(b, "var", BTF_KIND_VAR, 0, false, T_U32);
	blob_put(b, 1);
	blob_put_type(b, ".data", BTF_KIND_DATASEC, 1, false, 4);
	blob_put(b, b->nr_types - 1);
	blob_put(b, 0);
	blob_put(b, 4);
	blob_put_type(b, "double", BTF_KIND_FLOAT, 0, false, 8);
	blob_put_type(b, "tag", BTF_KIND_DECL_TAG, 0, false, T_NODE);
	blob_put(b, 0xffffffff);
	blob_put_ref(b, "rcu", BTF_KIND_TYPE_TAG, T_NODE);
	blob_put_ref(b, "", BTF_KIND_PTR, b->nr_types);
	blob_put_type(b, "last", BTF_KIND_STRUCT, 1, false, 8);
	blob_put_member(b, "p", b->nr_types - 1, 0);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);

	expect_at(test, b, "last.p->sid", 32, 32);
	expect_error(test, b, "func", -ENOENT);
	orthros_btf_free(&b->btf);

	blob_put_type(b, "future", 20, 0, false, 0);
	KUNIT_EXPECT_EQ(test, blob_parse(b), -EOPNOTSUPP);
}

/* A pointee known only by name, and a name that two structs have. */
static void btf_same_name(struct kunit *test)
{
	struct blob *b = blob_sample(test);
	u32 ptr;

	blob_put_ref(b, "late", BTF_KIND_FWD, 0);
	ptr = blob_put_ref(b, "", BTF_KIND_PTR, b->nr_types);
	blob_put_type(b, "early", BTF_KIND_STRUCT, 1, false, 8);
	blob_put_member(b, "late", ptr, 0);
	blob_put_type(b, "late", BTF_KIND_STRUCT, 1, false, 4);
	blob_put_member(b, "x", T_U32, 0);
	/* Agrees about a, disagrees about b; has c alone. */
	blob_put_type(b, "inner", BTF_KIND_STRUCT, 3, false, 16);
	blob_put_member(b, "a", T_INT, 0);
	blob_put_member(b, "b", T_U32, 64);
	blob_put_member(b, "c", T_U32, 96);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);

	expect_at(test, b, "early.late->x", 0, 32);
	expect_at(test, b, "inner.a", 0, 32);
	expect_error(test, b, "inner.b", -ENOTUNIQ);
	expect_at(test, b, "inner.c", 96, 32);
	expect_error(test, b, "inner.d", -ENOENT);
	orthros_btf_free(&b->btf);

	blob_put_type(b, "late", BTF_KIND_STRUCT, 0, false, 4);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);
	expect_error(test, b, "early.late->x", -ENOTUNIQ);
	orthros_btf_free(&b->btf);
}

/* Without the kind flag, a bit field is a matter of its integer type. */
static void btf_old_bitfield(struct kunit *test)
{
	struct blob *b = blob_sample(test);
	u32 id = blob_put_type(b, "", BTF_KIND_INT, 0, false, 4);

	blob_put(b, 5 << 16 | 3);
	blob_put_type(b, "old", BTF_KIND_STRUCT, 1, false, 8);
	blob_put_member(b, "f", id, 32);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);
	expect_at(test, b, "old.f", 37, 3);
	orthros_btf_free(&b->btf);
}

/* Each length of a blob, cut off: refused, and never read beyond. */
static void btf_truncated(struct kunit *test)
{
	struct blob *b = blob_sample(test);
	struct orthros_btf btf;
	size_t len;

	blob_seal(b);
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
	struct blob *b = blob_sample(test);
	u32 len, whole = 0;

	blob_seal(b);
	for (len = 0; len < b->nr * 4; len += 4) {
		blob_header(b)->type_len = len;
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
	struct blob *b = blob_sample(test);
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
		blob_seal(b);
		memcpy(b->raw + bad[i].off, &bad[i].value, bad[i].size);
		KUNIT_EXPECT_EQ_MSG(test, orthros_btf_parse(&b->btf, b->raw, b->size), bad[i].err,
				    "case %zu", i);
	}
	blob_seal(b);
	KUNIT_EXPECT_EQ(test, orthros_btf_parse(&b->btf, b->raw + 1, b->size - 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, orthros_btf_parse(&b->btf, b->raw, (size_t)1 << 40), -EINVAL);
}

/* Ids, names and counts beyond what is there. */
static void btf_bad_references(struct kunit *test)
{
	struct blob *b = blob_sample(test);
	u32 nr = b->nr, id;

	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);
	orthros_btf_free(&b->btf);

	id = blob_put_ref(b, "", BTF_KIND_PTR, 0);
	KUNIT_EXPECT_EQ(test, blob_parse(b), 0);
	orthros_btf_free(&b->btf);
	b->words[nr + 2] = id;		/* itself is allowed */
	KUNIT_EXPECT_EQ(test, blob_parse(b), 0);
	orthros_btf_free(&b->btf);
	b->words[nr + 2] = id + 1;
	KUNIT_EXPECT_EQ(test, blob_parse(b), -EINVAL);
	b->words[nr + 2] = 0xffffffff;
	KUNIT_EXPECT_EQ(test, blob_parse(b), -EINVAL);
	b->words[nr + 2] = 0;
	b->words[nr] = b->strs_len;
	KUNIT_EXPECT_EQ(test, blob_parse(b), -EINVAL);

	b->nr = nr;
	blob_put_type(b, "s", BTF_KIND_STRUCT, 1, false, 4);
	blob_put_member(b, "m", 0x80000001, 0);
	KUNIT_EXPECT_EQ(test, blob_parse(b), -EINVAL);
	b->words[nr + 4] = T_U32;
	b->words[nr + 3] = 0xffffffff;
	KUNIT_EXPECT_EQ(test, blob_parse(b), -EINVAL);
	b->words[nr + 3] = 0;
	KUNIT_EXPECT_EQ(test, blob_parse(b), 0);
	orthros_btf_free(&b->btf);
	b->words[nr + 1] |= 0xffff;	/* 65535 members */
	KUNIT_EXPECT_EQ(test, blob_parse(b), -EINVAL);

	b->nr = nr;
	blob_put_array(b, 0xffffffff, 1);
	KUNIT_EXPECT_EQ(test, blob_parse(b), -EINVAL);
}

static void btf_cycles(struct kunit *test)
{
	struct blob *b = blob_new(test);
	u32 i;

	/* typedef a b; typedef b a; and one that is its own */
	blob_put_ref(b, "a", BTF_KIND_TYPEDEF, 2);
	blob_put_ref(b, "b", BTF_KIND_TYPEDEF, 1);
	blob_put_ref(b, "self", BTF_KIND_TYPEDEF, 3);
	/* an array of itself */
	blob_put_array(b, 4, 2);
	blob_put_ref(b, "arr", BTF_KIND_TYPEDEF, 4);
	/* struct s { struct s; } with an anonymous member of its own type */
	blob_put_type(b, "s", BTF_KIND_STRUCT, 1, false, 4);
	blob_put_member(b, "", 6, 0);
	/* struct t { typedef cycle m; } */
	blob_put_type(b, "t", BTF_KIND_STRUCT, 1, false, 4);
	blob_put_member(b, "m", 1, 0);
	/* many anonymous members of its own type: exponential without a budget */
	blob_put_type(b, "wide", BTF_KIND_UNION, 16, false, 4);
	for (i = 0; i < 16; i++)
		blob_put_member(b, "", 8, 0);
	/* a struct that contains itself by name is endless, but so is the path */
	blob_put_type(b, "u", BTF_KIND_STRUCT, 1, false, 4);
	blob_put_member(b, "u", 9, 0);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);

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
	struct blob *b = blob_sample(test);
	u32 big, bigger;

	blob_put_type(b, "small", BTF_KIND_STRUCT, 3, false, 8);
	blob_put_member(b, "ok", T_U64, 0);
	blob_put_member(b, "far", T_U32, 64);
	blob_put_member(b, "over", T_U64, 32);
	blob_put_type(b, "huge", BTF_KIND_STRUCT, 1, false, 0xffffffff);
	blob_put_member(b, "m", T_U32, 0xffffffe0);
	big = blob_put_array(b, T_U64, 0xffffffff);
	bigger = blob_put_array(b, big, 0xffffffff);
	blob_put_ref(b, "bigger", BTF_KIND_TYPEDEF, bigger);
	blob_put_type(b, "incomplete", BTF_KIND_STRUCT, 1, false, 8);
	blob_put_member(b, "v", 0, 0);
	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);

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

kunit_test_suite(orthros_btf_suite);
