/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables: data that says how the fields of a record are found in a source
 * kernel. Compiled into the kernel and, for scripts/check-tables, on the host.
 */
#ifndef _ORTHROS_TABLE_H
#define _ORTHROS_TABLE_H

#include <linux/stddef.h>
#include <linux/types.h>

/**
 * enum orthros_row_kind - how a row's value is found
 * @ORTHROS_ROW_VALUE:	integer, pointer, enum or bit field, zero- or
 *			sign-extended as its BTF type says
 * @ORTHROS_ROW_BYTES:	as many bytes as the member has; the field must be at
 *			least as large
 * @ORTHROS_ROW_STRING:	char array: as BYTES, but always NUL-terminated in the
 *			field, zeroes behind; char pointer: the text it points
 *			to, which must fit
 * @ORTHROS_ROW_ADDR:	the member's address, also behind "->"
 * @ORTHROS_ROW_OFFSET:	the member's byte offset in its outermost struct (no
 *			"->")
 * @ORTHROS_ROW_SIZEOF:	size of the struct or member named by the path
 * @ORTHROS_ROW_SYM:	address of an exported symbol (path = its name)
 * @ORTHROS_ROW_CONST:	value of an exported constant
 * @ORTHROS_ROW_ENUM:	value of a BTF enumerator, "NAME" or "enum.NAME"
 */
enum orthros_row_kind {
	ORTHROS_ROW_VALUE = 1,
	ORTHROS_ROW_BYTES,
	ORTHROS_ROW_STRING,
	ORTHROS_ROW_ADDR,
	ORTHROS_ROW_OFFSET,
	ORTHROS_ROW_SIZEOF,
	ORTHROS_ROW_SYM,
	ORTHROS_ROW_CONST,
	ORTHROS_ROW_ENUM,
};

/* Absent in the source: the field reads as 0. */
#define ORTHROS_ROW_OPTIONAL	0x01
/* A pointer on the way ("->") may be NULL: the field reads as 0; else an error. */
#define ORTHROS_ROW_NULLABLE	0x02

#define ORTHROS_ROW_PATHS	3	/* alternatives, newest first */
#define ORTHROS_MAX_DEREF	3	/* "->" in a path; none passes a void * */

/**
 * struct orthros_deref - one dereference of a resolved path
 * @off:	byte offset that is added before the dereference
 */
struct orthros_deref {
	u32 off;
};

/**
 * struct orthros_row - one field of a record
 * @path:	member paths in the source, newest first: "struct.member.sub",
 *		"->" dereferences, "[n]" or "[ENUMERATOR]" indexes
 * @name:	name of the field, for errors
 * @kind:	&enum orthros_row_kind
 * @flags:	%ORTHROS_ROW_OPTIONAL, %ORTHROS_ROW_NULLABLE
 * @field_off:	where in the record
 * @field_size:	size there; 1, 2, 4 or 8 for everything but BYTES and STRING
 * @present:	resolved: the source has it
 * @is_signed:	resolved: sign-extend
 * @text_ptr:	resolved: a STRING behind a pointer, of unknown length
 * @which:	resolved: index of the path that did
 * @nr_deref:	resolved: dereferences before the last offset
 * @deref:	resolved: their offsets
 * @bit_off:	resolved: bit offset after the last dereference
 * @bit_size:	resolved: size in bits
 * @value:	resolved: OFFSET, SIZEOF, SYM, CONST, ENUM
 * @exec:	resolved: index of the row that is read in this one's turn
 * @common:	resolved: dereferences shared with the row read before
 * @span:	resolved: bytes read at once for this row and those that follow
 *		it, 0 for the followers
 */
struct orthros_row {
	const char *path[ORTHROS_ROW_PATHS];
	const char *name;
	u8 kind;
	u8 flags;
	u16 field_off;
	u16 field_size;

	bool present;
	bool is_signed;
	bool text_ptr;
	u8 which;
	u8 nr_deref;
	struct orthros_deref deref[ORTHROS_MAX_DEREF];
	u32 bit_off;
	u32 bit_size;
	u64 value;

	u16 exec;
	u8 common;
	u16 span;
};

/**
 * struct orthros_table - how one kind of object is read
 * @name:	named in errors
 * @rec_size:	bytes of the record or view it fills
 * @nr_rows:	entries in @rows
 * @rows:	the rows
 * @resolved:	every required row was found; until then reading fails
 *
 * A table is resolved in place once, for the one source a kernel can have.
 */
struct orthros_table {
	const char *name;
	u32 rec_size;
	u32 nr_rows;
	struct orthros_row *rows;
	bool resolved;
};

/**
 * struct orthros_mem - memory that the interpreter reads
 * @read:	copies @len bytes at @addr to @buf; 0 or -EFAULT
 * @report:	told which field could not be read and why; may be NULL. Runs
 *		in the caller's context.
 * @ctx:	first argument of both
 */
struct orthros_mem {
	int (*read)(void *ctx, u64 addr, void *buf, size_t len);
	void (*report)(void *ctx, const char *table, const char *field, int err);
	void *ctx;
};

/**
 * typedef orthros_lookup_fn - find an exported name of the source
 * @ctx:	the caller's
 * @kind:	&enum orthros_export_kind
 * @name:	symbol or constant
 * @value:	set on success
 *
 * Return: 0, or -ENOENT if the source has none of that name.
 */
typedef int (*orthros_lookup_fn)(void *ctx, u32 kind, const char *name, u64 *value);

struct orthros_btf;

int orthros_row_resolve(struct orthros_row *row, const struct orthros_btf *btf,
			orthros_lookup_fn lookup, void *ctx);
int orthros_table_resolve(struct orthros_table *t, const struct orthros_btf *btf,
			  orthros_lookup_fn lookup, void *ctx, char *err, size_t err_size);
int orthros_tables_resolve(struct orthros_table *const *tables, const struct orthros_btf *btf,
			   orthros_lookup_fn lookup, void *ctx, char *err, size_t err_size);
int orthros_read_rec(const struct orthros_mem *mem, const struct orthros_table *t, u64 addr,
		     void *rec);
const char *orthros_resolve_strerror(int err);

/*
 * A table is written as
 *
 *	static struct orthros_row foo_rows[] = {
 *		ORTHROS_ROW(struct orthros_foo_rec, pid, VALUE, 0, "task_struct.pid"),
 *	};
 * ORTHROS_TABLE(foo, struct orthros_foo_rec);
 *
 * in <area>/tables.c or <area>/<kind>_tables.c, declared in the header beside it,
 * and named by the kind that reads by it, in its list of tables. The host compiles
 * these files, too: they include nothing but this and abi/.
 */
#define ORTHROS_ROW(rec, field, knd, flg, ...)				\
	{ .path = { __VA_ARGS__ }, .name = #field,			\
	  .kind = ORTHROS_ROW_##knd, .flags = (flg),			\
	  .field_off = offsetof(rec, field),				\
	  .field_size = sizeof(((rec *)0)->field) }

#define ORTHROS_TABLE(tname, rec)					\
	struct orthros_table orthros_table_##tname = {			\
		.name = #tname,						\
		.rec_size = sizeof(rec),				\
		.nr_rows = sizeof(tname##_rows) / sizeof(tname##_rows[0]), \
		.rows = tname##_rows,					\
	}

#endif /* _ORTHROS_TABLE_H */
