/* SPDX-License-Identifier: GPL-2.0-only */
/* A writer of BTF for tests: puts types together that no compiler makes. */
#ifndef _ORTHROS_BTF_BLOB_H
#define _ORTHROS_BTF_BLOB_H

#include <kunit/test.h>
#include <uapi/linux/btf.h>
#include "btf.h"

#define BLOB_WORDS	1024
#define BLOB_STRS	1024

/**
 * struct blob - BTF that is being written
 * @words:	type section
 * @nr:		words in it
 * @strs:	string section
 * @strs_len:	bytes in it
 * @nr_types:	last type id
 * @raw:	header, types and strings, by blob_seal()
 * @size:	bytes in @raw
 * @btf:	parsed
 */
struct blob {
	u32 words[BLOB_WORDS];
	u32 nr;
	char strs[BLOB_STRS];
	u32 strs_len;
	u32 nr_types;
	u8 raw[sizeof(struct btf_header) + BLOB_WORDS * 4 + BLOB_STRS] __aligned(8);
	size_t size;
	struct orthros_btf btf;
};

/* Ids of the types in the blob that most tests share. */
enum {
	T_U32 = 1, T_INT, T_CHAR, T_U64, T_TEXT, T_TEXTPTR, T_ANON_UNION, T_INNER, T_NODE_PTR,
	T_CONST_PTR, T_ARRAY3, T_FLEX, T_NODE, T_STATE, T_ANON_TD, T_TD, T_U8,
};

u32 blob_put_str(struct blob *b, const char *s);
void blob_put(struct blob *b, u32 word);
u32 blob_put_type(struct blob *b, const char *name, u32 kind, u32 vlen, bool kflag, u32 size);
u32 blob_put_int(struct blob *b, const char *name, u32 size, u32 encoding);
u32 blob_put_ref(struct blob *b, const char *name, u32 kind, u32 type);
u32 blob_put_array(struct blob *b, u32 type, u32 nelems);
void blob_put_member(struct blob *b, const char *name, u32 type, u32 offset);
void blob_put_enumerator(struct blob *b, const char *name, s32 value);
struct btf_header *blob_header(struct blob *b);
void blob_seal(struct blob *b);
struct blob *blob_new(struct kunit *test);
int blob_parse(struct blob *b);
struct blob *blob_sample(struct kunit *test);
struct blob *blob_parsed_sample(struct kunit *test);

#endif /* _ORTHROS_BTF_BLOB_H */
