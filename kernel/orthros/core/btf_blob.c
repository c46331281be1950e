// SPDX-License-Identifier: GPL-2.0-only
/*
 * BTF for the KUnit tests of its reader and of the table interpreter, put
 * together byte by byte, since no compiler makes the broken ones.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "btf_blob.h"

u32 blob_put_str(struct blob *b, const char *s)
{
	u32 off = b->strs_len;

	if (!*s)
		return 0;
	memcpy(b->strs + off, s, strlen(s) + 1);
	b->strs_len += strlen(s) + 1;
	return off;
}

void blob_put(struct blob *b, u32 word)
{
	b->words[b->nr++] = word;
}

/* Begins a type; its members follow. Returns its id. */
u32 blob_put_type(struct blob *b, const char *name, u32 kind, u32 vlen, bool kflag, u32 size)
{
	blob_put(b, blob_put_str(b, name));
	blob_put(b, (u32)kflag << 31 | kind << 24 | vlen);
	blob_put(b, size);
	return ++b->nr_types;
}

u32 blob_put_int(struct blob *b, const char *name, u32 size, u32 encoding)
{
	u32 id = blob_put_type(b, name, BTF_KIND_INT, 0, false, size);

	blob_put(b, encoding << 24 | size * 8);
	return id;
}

u32 blob_put_ref(struct blob *b, const char *name, u32 kind, u32 type)
{
	return blob_put_type(b, name, kind, 0, false, type);
}

u32 blob_put_array(struct blob *b, u32 type, u32 nelems)
{
	u32 id = blob_put_type(b, "", BTF_KIND_ARRAY, 0, false, 0);

	blob_put(b, type);
	blob_put(b, type);
	blob_put(b, nelems);
	return id;
}

/* Offset in bits; of a struct with the kind flag, (bit field size << 24) | offset. */
void blob_put_member(struct blob *b, const char *name, u32 type, u32 offset)
{
	blob_put(b, blob_put_str(b, name));
	blob_put(b, type);
	blob_put(b, offset);
}

void blob_put_enumerator(struct blob *b, const char *name, s32 value)
{
	blob_put(b, blob_put_str(b, name));
	blob_put(b, value);
}

struct btf_header *blob_header(struct blob *b)
{
	return (struct btf_header *)b->raw;
}

void blob_seal(struct blob *b)
{
	struct btf_header *h = blob_header(b);

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

struct blob *blob_new(struct kunit *test)
{
	struct blob *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->strs_len = 1;
	return b;
}

int blob_parse(struct blob *b)
{
	blob_seal(b);
	return orthros_btf_parse(&b->btf, b->raw, b->size);
}

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
struct blob *blob_sample(struct kunit *test)
{
	struct blob *b = blob_new(test);

	blob_put_int(b, "unsigned int", 4, 0);
	blob_put_int(b, "int", 4, BTF_INT_SIGNED);
	blob_put_int(b, "char", 1, BTF_INT_SIGNED);
	blob_put_int(b, "u64", 8, 0);
	blob_put_array(b, T_CHAR, 8);
	blob_put_ref(b, "", BTF_KIND_PTR, T_CHAR);
	blob_put_type(b, "", BTF_KIND_UNION, 2, false, 8);
	blob_put_member(b, "word", T_U64, 0);
	blob_put_member(b, "in", T_INNER, 0);
	blob_put_type(b, "inner", BTF_KIND_STRUCT, 2, false, 8);
	blob_put_member(b, "a", T_INT, 0);
	blob_put_member(b, "b", T_U32, 32);
	blob_put_ref(b, "", BTF_KIND_PTR, T_NODE);
	blob_put_ref(b, "", BTF_KIND_CONST, T_NODE_PTR);
	blob_put_array(b, T_INNER, 3);
	blob_put_array(b, T_U64, 0);
	blob_put_type(b, "node", BTF_KIND_STRUCT, 13, true, 80);
	blob_put_member(b, "id", T_U32, 0);
	blob_put_member(b, "sid", T_INT, 32);
	blob_put_member(b, "", T_ANON_UNION, 64);
	blob_put_member(b, "next", T_CONST_PTR, 128);
	blob_put_member(b, "comm", T_TEXT, 192);
	blob_put_member(b, "arr", T_ARRAY3, 256);
	blob_put_member(b, "state", T_STATE, 448);
	blob_put_member(b, "f1", T_U32, 3 << 24 | 480);
	blob_put_member(b, "f2", T_U32, 7 << 24 | 483);
	blob_put_member(b, "f3", T_INT, 5 << 24 | 490);
	blob_put_member(b, "text", T_TEXTPTR, 512);
	blob_put_member(b, "byte", T_U8, 576);
	blob_put_member(b, "flex", T_FLEX, 640);
	blob_put_type(b, "state", BTF_KIND_ENUM, 2, true, 4);
	blob_put_enumerator(b, "STATE_DEAD", -1);
	blob_put_enumerator(b, "STATE_TWO", 2);
	blob_put_type(b, "", BTF_KIND_STRUCT, 1, false, 4);
	blob_put_member(b, "val", T_U32, 0);
	blob_put_ref(b, "kuid_t", BTF_KIND_TYPEDEF, T_ANON_TD);
	blob_put_int(b, "u8", 1, 0);
	return b;
}

struct blob *blob_parsed_sample(struct kunit *test)
{
	struct blob *b = blob_sample(test);

	KUNIT_ASSERT_EQ(test, blob_parse(b), 0);
	return b;
}
