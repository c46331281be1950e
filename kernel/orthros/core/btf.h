/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A reader of BTF, the type information that a kernel carries in its image.
 *
 * Unlike the BPF subsystem's, it trusts nothing: the blob may come from
 * another kernel, and one that has crashed. Compiled on the host, too.
 */
#ifndef _ORTHROS_BTF_H
#define _ORTHROS_BTF_H

#include "table.h"

/**
 * struct orthros_btf - a parsed blob
 * @types:	type section
 * @strs:	string section; NUL-terminated
 * @strs_len:	bytes in @strs
 * @nr_types:	highest type id; ids begin with 1
 * @off:	offset into @types, by type id
 * @next:	next type id in the same hash bucket, by type id, 0 at the end
 * @bucket:	first type id of each hash bucket, ascending within it
 */
struct orthros_btf {
	const void *types;
	const char *strs;
	u32 strs_len;
	u32 nr_types;
	u32 *off;
	u32 *next;
	u32 *bucket;
};

/**
 * struct orthros_btf_member - where a path leads
 * @type:	id of the final type, modifiers skipped; 0 is void
 * @kind:	its BTF kind; 0 is void
 * @nr_deref:	dereferences on the way
 * @is_signed:	signed integer or enum
 * @is_bitfield:	a bit field, even one that fills whole bytes
 * @deref:	offsets of the dereferenced pointers
 * @bit_off:	offset after the last dereference
 * @bit_size:	size of the member, 0 for a flexible array
 */
struct orthros_btf_member {
	u32 type;
	u8 kind;
	u8 nr_deref;
	bool is_signed;
	bool is_bitfield;
	struct orthros_deref deref[ORTHROS_MAX_DEREF];
	u32 bit_off;
	u32 bit_size;
};

int orthros_btf_parse(struct orthros_btf *btf, const void *data, size_t size);
void orthros_btf_free(struct orthros_btf *btf);
int orthros_btf_path(const struct orthros_btf *btf, const char *path,
		     struct orthros_btf_member *m);
int orthros_btf_enum(const struct orthros_btf *btf, const char *path, u64 *value);
bool orthros_btf_is_text(const struct orthros_btf *btf, u32 type);

/* This kernel's own, from the linker script. */
extern char __start_BTF[];
extern char __stop_BTF[];

#endif /* _ORTHROS_BTF_H */
