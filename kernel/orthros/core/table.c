// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interpreter of tables.
 *
 * DOC: A table says where the fields of a record are in a source kernel
 * (table.h). It is resolved once against that kernel's BTF and exported names,
 * before anything is frozen: each row then knows its dereferences, offset and
 * width, and a row that cannot be found is an error that names table and
 * member. Reading is then a matter of offsets alone. Rows that lie close
 * together are fetched at once, and a pointer that several rows follow is
 * read once, since this runs for each VMA, page and dentry.
 *
 * Little-endian sources and destinations only.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <uapi/linux/btf.h>
#include <linux/orthros/abi/handoff.h>
#include "btf.h"

/* Bytes fetched at once for rows that lie close together. */
#define SPAN_MAX	256
/* Bytes between two rows that are rather fetched than skipped. */
#define SPAN_GAP	64
/* Text behind a pointer is read in pieces that do not cross this boundary. */
#define TEXT_CHUNK	64

/* ---- resolving -------------------------------------------------------- */

static bool reads_memory(const struct orthros_row *row)
{
	return row->kind == ORTHROS_ROW_VALUE || row->kind == ORTHROS_ROW_BYTES ||
	       row->kind == ORTHROS_ROW_STRING;
}

static bool has_place(const struct orthros_row *row)
{
	return reads_memory(row) || row->kind == ORTHROS_ROW_ADDR;
}

static bool is_field_int(const struct orthros_row *row)
{
	return row->field_size == 1 || row->field_size == 2 || row->field_size == 4 ||
	       row->field_size == 8;
}

/*
 * A value fits if its bits do, whether the field is signed or not: tables do
 * not know the field's sign, and a reader may well keep -1 in an u32.
 */
static bool fits(u64 value, u16 field_size, bool is_signed)
{
	unsigned int bits = field_size * 8;

	if (bits == 64 || !(value >> bits))
		return true;
	return is_signed && (s64)value < 0 && (s64)value >> (bits - 1) == -1;
}

/* Does the member that was found go together with the row? */
static int check_place(const struct orthros_row *row, const struct orthros_btf *btf,
		       const struct orthros_btf_member *m)
{
	if (row->kind != ORTHROS_ROW_VALUE && m->is_bitfield)
		return -EINVAL;

	switch (row->kind) {
	case ORTHROS_ROW_VALUE:
		if (m->kind != BTF_KIND_INT && m->kind != BTF_KIND_PTR &&
		    m->kind != BTF_KIND_ENUM && m->kind != BTF_KIND_ENUM64)
			return -EINVAL;
		if (!m->bit_size || m->bit_off % 8 + m->bit_size > 64)
			return -EINVAL;
		return 0;
	case ORTHROS_ROW_STRING:
		if (!orthros_btf_is_text(btf, m->type))
			return -EINVAL;
		if (m->kind == BTF_KIND_PTR)
			return m->nr_deref < ORTHROS_MAX_DEREF ? 0 : -E2BIG;
		fallthrough;
	case ORTHROS_ROW_BYTES:
		if (!m->bit_size)
			return -EINVAL;
		return m->bit_size / 8 <= row->field_size ? 0 : -EOVERFLOW;
	case ORTHROS_ROW_OFFSET:
		return m->nr_deref ? -EINVAL : 0;
	}
	return 0;
}

static int resolve_place(struct orthros_row *row, const struct orthros_btf *btf, const char *path)
{
	struct orthros_btf_member m;
	int err;

	err = orthros_btf_path(btf, path, &m);
	if (err)
		return err;
	err = check_place(row, btf, &m);
	if (err)
		return err;

	if (row->kind == ORTHROS_ROW_OFFSET || row->kind == ORTHROS_ROW_SIZEOF) {
		row->value = row->kind == ORTHROS_ROW_OFFSET ? m.bit_off / 8 : m.bit_size / 8;
		return 0;
	}
	row->nr_deref = m.nr_deref;
	memcpy(row->deref, m.deref, sizeof(row->deref));
	row->bit_off = m.bit_off;
	row->bit_size = m.bit_size;
	row->is_signed = m.is_signed;
	if (row->kind == ORTHROS_ROW_STRING && m.kind == BTF_KIND_PTR) {
		row->text_ptr = true;
		row->deref[row->nr_deref++].off = m.bit_off / 8;
		row->bit_off = 0;
		row->bit_size = 0;
	}
	return 0;
}

static int resolve_path(struct orthros_row *row, const struct orthros_btf *btf,
			orthros_lookup_fn lookup, void *ctx, const char *path)
{
	int err;

	switch (row->kind) {
	case ORTHROS_ROW_SYM:
		err = lookup(ctx, ORTHROS_EXPORT_SYM, path, &row->value);
		break;
	case ORTHROS_ROW_CONST:
		err = lookup(ctx, ORTHROS_EXPORT_CONST, path, &row->value);
		/* Sign unknown: -1 may go to a short field. */
		row->is_signed = true;
		break;
	case ORTHROS_ROW_ENUM:
		err = orthros_btf_enum(btf, path, &row->value);
		row->is_signed = true;
		break;
	default:
		return resolve_place(row, btf, path);
	}
	return err;
}

/**
 * orthros_row_resolve() - find one row in a source
 * @row:	its resolved fields are filled
 * @btf:	types of the source
 * @lookup:	exported names of the source
 * @ctx:	for @lookup
 *
 * An optional row that is absent is no error; nor is, by any row, a path for
 * which an older one stands in. The order of reading is set by
 * orthros_table_resolve().
 *
 * Return: 0 or why the row was not found, see orthros_btf_path(); -EOVERFLOW
 * if its value or size does not fit its field.
 */
int orthros_row_resolve(struct orthros_row *row, const struct orthros_btf *btf,
			orthros_lookup_fn lookup, void *ctx)
{
	unsigned int i;
	int ret = -ENOENT;

	row->present = false;
	row->span = 0;
	row->common = 0;
	if (!row->kind || row->kind > ORTHROS_ROW_ENUM)
		return -EINVAL;
	if (row->kind != ORTHROS_ROW_BYTES && row->kind != ORTHROS_ROW_STRING &&
	    !is_field_int(row))
		return -EINVAL;
	if (row->kind == ORTHROS_ROW_ADDR && row->field_size != sizeof(u64))
		return -EOVERFLOW;

	for (i = 0; i < ORTHROS_ROW_PATHS && row->path[i]; i++) {
		int err;

		row->is_signed = false;
		row->text_ptr = false;
		row->nr_deref = 0;
		row->value = 0;
		memset(row->deref, 0, sizeof(row->deref));
		err = resolve_path(row, btf, lookup, ctx, row->path[i]);
		if (!err && !has_place(row) && !fits(row->value, row->field_size, row->is_signed))
			err = -EOVERFLOW;
		if (!err) {
			row->which = i;
			row->present = true;
			return 0;
		}
		/* The most telling error is one of a path that exists. */
		if (ret == -ENOENT)
			ret = err;
	}
	return ret == -ENOENT && (row->flags & ORTHROS_ROW_OPTIONAL) ? 0 : ret;
}

/* Leading dereferences that two rows share. */
static unsigned int common_derefs(const struct orthros_row *a, const struct orthros_row *b)
{
	unsigned int i;

	for (i = 0; i < a->nr_deref && i < b->nr_deref; i++)
		if (a->deref[i].off != b->deref[i].off)
			break;
	return i;
}

/* Order of reading: constants, then by dereferences, then by offset. */
static bool reads_before(const struct orthros_row *a, const struct orthros_row *b)
{
	unsigned int i;

	if (has_place(a) != has_place(b))
		return has_place(b);
	i = common_derefs(a, b);
	if (i < a->nr_deref && i < b->nr_deref)
		return a->deref[i].off < b->deref[i].off;
	if (a->nr_deref != b->nr_deref)
		return a->nr_deref < b->nr_deref;
	return a->bit_off < b->bit_off;
}

static u32 first_byte(const struct orthros_row *row)
{
	return row->bit_off / 8;
}

static u32 end_byte(const struct orthros_row *row)
{
	return DIV_ROUND_UP(row->bit_off + row->bit_size, 8);
}

static void plan(struct orthros_table *t)
{
	struct orthros_row *rows = t->rows, *prev = NULL, *lead = NULL;
	u32 i, j;

	/* Insertion sort: some dozens of rows, once. */
	for (i = 0; i < t->nr_rows; i++) {
		for (j = i; j && reads_before(&rows[i], &rows[rows[j - 1].exec]); j--)
			rows[j].exec = rows[j - 1].exec;
		rows[j].exec = i;
	}

	for (i = 0; i < t->nr_rows; i++) {
		struct orthros_row *row = &rows[rows[i].exec];
		bool same;

		if (!row->present || !has_place(row))
			continue;
		row->common = prev ? common_derefs(prev, row) : 0;
		same = prev && row->common == prev->nr_deref && row->common == row->nr_deref;
		prev = row;
		if (!same)
			lead = NULL;
		if (!reads_memory(row) || row->text_ptr || row->bit_size / 8 > SPAN_MAX / 2)
			continue;

		if (lead && first_byte(row) <= first_byte(lead) + lead->span + SPAN_GAP &&
		    end_byte(row) - first_byte(lead) <= SPAN_MAX) {
			lead->span = max_t(u32, lead->span, end_byte(row) - first_byte(lead));
			row->span = 0;
		} else {
			row->span = end_byte(row) - first_byte(row);
			lead = row;
		}
	}
}

/**
 * orthros_resolve_strerror() - what an error of resolving means
 * @err:	negative errno of orthros_row_resolve()
 *
 * Return: a few words.
 */
const char *orthros_resolve_strerror(int err)
{
	switch (err) {
	case -ENOENT:
		return "not found";
	case -ENOTUNIQ:
		return "ambiguous";
	case -EINVAL:
		return "not of the expected type";
	case -ERANGE:
		return "index out of bounds";
	case -E2BIG:
		return "too many dereferences";
	case -EOVERFLOW:
		return "too large for its field";
	case -ELOOP:
		return "cyclic type";
	}
	return "cannot be resolved";
}

/**
 * orthros_table_resolve() - find all rows of a table in a source
 * @t:		resolved in place; may be resolved again
 * @btf:	types of the source
 * @lookup:	exported names of the source
 * @ctx:	for @lookup
 * @err:	set to "table:member: reason" on failure
 * @err_size:	bytes in @err
 *
 * Return: 0 or the error of the first required row that was not found.
 */
int orthros_table_resolve(struct orthros_table *t, const struct orthros_btf *btf,
			  orthros_lookup_fn lookup, void *ctx, char *err, size_t err_size)
{
	u32 i;

	t->resolved = false;
	for (i = 0; i < t->nr_rows; i++) {
		struct orthros_row *row = &t->rows[i];
		int ret;

		if (row->field_off + row->field_size > t->rec_size)
			ret = -EOVERFLOW;
		else
			ret = orthros_row_resolve(row, btf, lookup, ctx);
		if (ret) {
			snprintf(err, err_size, "%s:%s: %s", t->name, row->path[0],
				 orthros_resolve_strerror(ret));
			return ret;
		}
	}
	plan(t);
	t->resolved = true;
	return 0;
}

/**
 * orthros_tables_resolve() - find all rows of some tables in a source
 * @tables:	NULL-terminated
 * @btf:	types of the source; no longer needed afterwards
 * @lookup:	exported names of the source
 * @ctx:	for @lookup
 * @err:	set to "table:member: reason" on failure
 * @err_size:	bytes in @err
 *
 * Return: 0 or the first error, see orthros_table_resolve().
 */
int orthros_tables_resolve(struct orthros_table *const *tables, const struct orthros_btf *btf,
			   orthros_lookup_fn lookup, void *ctx, char *err, size_t err_size)
{
	struct orthros_table *const *t;

	for (t = tables; *t; t++) {
		int ret = orthros_table_resolve(*t, btf, lookup, ctx, err, err_size);

		if (ret)
			return ret;
	}
	return 0;
}

/* ---- reading ---------------------------------------------------------- */

/**
 * struct reading - an object that is being read
 * @mem:	where from
 * @ptr:	@ptr[0] is its address, @ptr[n] what the nth dereference gave
 * @buf:	bytes of the current span
 * @buf_off:	their offset from the pointer of the current row
 */
struct reading {
	const struct orthros_mem *mem;
	u64 ptr[ORTHROS_MAX_DEREF + 1];
	u32 buf_off;
	u8 buf[SPAN_MAX];
};

/* Follows a row's pointers as far as the row before has not done it. */
static int dereference(struct reading *r, const struct orthros_row *row)
{
	unsigned int i;
	int err;

	for (i = row->common; i < row->nr_deref; i++) {
		r->ptr[i + 1] = 0;
		if (i && !r->ptr[i])
			continue;
		err = r->mem->read(r->mem->ctx, r->ptr[i] + row->deref[i].off,
				   &r->ptr[i + 1], sizeof(u64));
		if (err)
			return err;
	}
	return 0;
}

static int read_value(const struct reading *r, const struct orthros_row *row, void *field)
{
	unsigned int spare = 64 - row->bit_size;
	u64 v = 0;

	memcpy(&v, r->buf + (first_byte(row) - r->buf_off), end_byte(row) - first_byte(row));
	v = v >> row->bit_off % 8 << spare;
	v = row->is_signed ? (u64)((s64)v >> spare) : v >> spare;
	if (!fits(v, row->field_size, row->is_signed))
		return -EOVERFLOW;
	memcpy(field, &v, row->field_size);
	return 0;
}

static int read_bytes(const struct reading *r, const struct orthros_row *row, u64 base, char *field)
{
	u32 size = row->bit_size / 8;
	size_t len;
	int err;

	if (size > SPAN_MAX / 2) {
		err = r->mem->read(r->mem->ctx, base + first_byte(row), field, size);
		if (err)
			return err;
	} else {
		memcpy(field, r->buf + (first_byte(row) - r->buf_off), size);
	}
	if (row->kind == ORTHROS_ROW_STRING) {
		field[row->field_size - 1] = '\0';
		len = strnlen(field, row->field_size);
		memset(field + len, 0, row->field_size - len);
	}
	return 0;
}

/* Text of unknown length may end right before memory that is not there. */
static int read_text(const struct reading *r, const struct orthros_row *row, u64 addr, char *field)
{
	size_t done = 0;

	while (done < row->field_size) {
		size_t n = min_t(size_t, row->field_size - done,
				 TEXT_CHUNK - (addr + done) % TEXT_CHUNK);
		size_t len;
		int err;

		err = r->mem->read(r->mem->ctx, addr + done, field + done, n);
		if (err)
			return err;
		len = strnlen(field + done, n);
		if (len < n) {
			memset(field + done + len, 0, row->field_size - done - len);
			return 0;
		}
		done += n;
	}
	return -EOVERFLOW;
}

static int read_row(struct reading *r, const struct orthros_row *row, void *field)
{
	u64 base;
	int err;

	if (!has_place(row)) {
		memcpy(field, &row->value, row->field_size);
		return 0;
	}

	err = dereference(r, row);
	if (err)
		return err;
	base = r->ptr[row->nr_deref];
	if (!base && row->nr_deref)
		return row->flags & ORTHROS_ROW_NULLABLE ? 0 : -EFAULT;

	if (row->kind == ORTHROS_ROW_ADDR) {
		base += first_byte(row);
		memcpy(field, &base, sizeof(base));
		return 0;
	}
	if (row->text_ptr)
		return read_text(r, row, base, field);

	if (row->span) {
		r->buf_off = first_byte(row);
		err = r->mem->read(r->mem->ctx, base + r->buf_off, r->buf, row->span);
		if (err)
			return err;
	}
	if (row->kind == ORTHROS_ROW_VALUE)
		return read_value(r, row, field);
	return read_bytes(r, row, base, field);
}

/**
 * orthros_read_rec() - read an object of the source into a record
 * @mem:	memory of the source
 * @t:		resolved table
 * @addr:	address of the object; does not matter for a table of constants
 * @rec:	@t->rec_size bytes, all of them written
 *
 * Any context in which @mem may be read; uses some 300 bytes of stack.
 *
 * Return: 0; -EFAULT if a field's memory is not there or a pointer on the way
 * is NULL, -EOVERFLOW if a value does not fit its field: both are reported to
 * @mem with table and field. -EINVAL if the table was not resolved.
 */
int orthros_read_rec(const struct orthros_mem *mem, const struct orthros_table *t, u64 addr,
		     void *rec)
{
	struct reading r;
	u32 i;

	memset(rec, 0, t->rec_size);
	if (!t->resolved) {
		if (mem->report)
			mem->report(mem->ctx, t->name, "(not resolved)", -EINVAL);
		return -EINVAL;
	}

	r.mem = mem;
	r.ptr[0] = addr;
	for (i = 0; i < t->nr_rows; i++) {
		const struct orthros_row *row = &t->rows[t->rows[i].exec];
		int err;

		if (!row->present)
			continue;
		err = read_row(&r, row, rec + row->field_off);
		if (err) {
			if (mem->report)
				mem->report(mem->ctx, t->name, row->name, err);
			return err;
		}
	}
	return 0;
}
