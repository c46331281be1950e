// SPDX-License-Identifier: GPL-2.0-only
/*
 * A reader of BTF.
 *
 * DOC: The layouts of a source kernel come from its own BTF, a compact form of
 * debug information that lies in every image (Documentation/bpf/btf.rst). The
 * blob is checked whole once: after orthros_btf_parse() every offset, count,
 * name and type id in it is within bounds. What remains possible is nonsense
 * that is well-formed, like a struct that contains itself; so every walk over
 * types has a limit. Only what a path needs is looked at, and a path that
 * could mean two things is an error rather than a guess.
 */
#include <linux/errno.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/linux/btf.h>
#include "btf.h"

#define HASH_BITS	14
#define HASH_SIZE	SZ_16K

/* A kernel's BTF has 2-10 MB; offsets stay far from 32 bits. */
#define BLOB_MAX	SZ_64M
/* Bytes of a type: bit offsets then fit into 31 bits. */
#define TYPE_MAX	SZ_256M
/* typedef, const, volatile... or dimensions in a row. */
#define CHAIN_MAX	32
/* Anonymous structs and unions within each other. */
#define NEST_MAX	32
/* Members looked at for one path; the longest struct has some hundreds. */
#define MEMBER_BUDGET	SZ_1M
/* Types of one name; static structs of drivers share a few. */
#define SAME_NAME_MAX	64

static const struct btf_type *type_of(const struct orthros_btf *btf, u32 id)
{
	return btf->types + btf->off[id];
}

/* Kind of a type id; void has id 0 and kind 0 (BTF_KIND_UNKN). */
static u32 kind_of(const struct orthros_btf *btf, u32 id)
{
	return id ? BTF_INFO_KIND(type_of(btf, id)->info) : BTF_KIND_UNKN;
}

static bool is_composite(u32 kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

static bool name_is(const struct orthros_btf *btf, u32 name_off, const char *name, size_t len)
{
	const char *s = btf->strs + name_off;

	return !strncmp(s, name, len) && !s[len];
}

/* FNV-1a */
static u32 hash_name(const char *name, size_t len)
{
	u32 h = 2166136261U;

	while (len--)
		h = (h ^ (u8)*name++) * 16777619U;
	return (h ^ (h >> HASH_BITS)) & (HASH_SIZE - 1);
}

/* ---- parsing ---------------------------------------------------------- */

/* Bytes that follow a struct btf_type, or -EOPNOTSUPP for an unknown kind. */
static s64 tail_size(u32 info)
{
	u32 vlen = BTF_INFO_VLEN(info);

	switch (BTF_INFO_KIND(info)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	case BTF_KIND_INT:
		return sizeof(u32);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return vlen * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return vlen * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return vlen * sizeof(struct btf_param);
	case BTF_KIND_VAR:
		return sizeof(struct btf_var);
	case BTF_KIND_DATASEC:
		return vlen * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG:
		return sizeof(struct btf_decl_tag);
	}
	return -EOPNOTSUPP;
}

/* Types in the section, or an error if one does not end within it. */
static s64 count_types(const void *types, u32 len)
{
	u32 pos = 0;
	s64 nr = 0;

	while (pos < len) {
		const struct btf_type *t = types + pos;
		s64 tail;

		if (len - pos < sizeof(*t))
			return -EINVAL;
		tail = tail_size(t->info);
		if (tail < 0)
			return tail;
		if (tail > len - pos - sizeof(*t))
			return -EINVAL;
		pos += sizeof(*t) + tail;
		nr++;
	}
	return nr;
}

static bool name_ok(const struct orthros_btf *btf, u32 name_off)
{
	return name_off < btf->strs_len;
}

static bool id_ok(const struct orthros_btf *btf, u32 id)
{
	return id <= btf->nr_types;
}

/* Names and type ids of one type, of which all bytes are there. */
static bool refs_ok(const struct orthros_btf *btf, const struct btf_type *t)
{
	u32 i, vlen = BTF_INFO_VLEN(t->info);
	const void *tail = t + 1;

	if (!name_ok(btf, t->name_off))
		return false;

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
	case BTF_KIND_TYPE_TAG:
		return id_ok(btf, t->type);
	case BTF_KIND_ARRAY: {
		const struct btf_array *a = tail;

		return id_ok(btf, a->type) && id_ok(btf, a->index_type);
	}
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: {
		const struct btf_member *m = tail;

		for (i = 0; i < vlen; i++)
			if (!name_ok(btf, m[i].name_off) || !id_ok(btf, m[i].type))
				return false;
		return true;
	}
	case BTF_KIND_ENUM: {
		const struct btf_enum *e = tail;

		for (i = 0; i < vlen; i++)
			if (!name_ok(btf, e[i].name_off))
				return false;
		return true;
	}
	case BTF_KIND_ENUM64: {
		const struct btf_enum64 *e = tail;

		for (i = 0; i < vlen; i++)
			if (!name_ok(btf, e[i].name_off))
				return false;
		return true;
	}
	case BTF_KIND_FUNC_PROTO: {
		const struct btf_param *p = tail;

		if (!id_ok(btf, t->type))
			return false;
		for (i = 0; i < vlen; i++)
			if (!name_ok(btf, p[i].name_off) || !id_ok(btf, p[i].type))
				return false;
		return true;
	}
	case BTF_KIND_DATASEC: {
		const struct btf_var_secinfo *v = tail;

		for (i = 0; i < vlen; i++)
			if (!id_ok(btf, v[i].type))
				return false;
		return true;
	}
	}
	return true;
}

/* Kinds that a path can begin with. */
static bool is_hashed(u32 kind)
{
	switch (kind) {
	case BTF_KIND_INT:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_TYPEDEF:
		return true;
	}
	return false;
}

static int index_types(struct orthros_btf *btf)
{
	u32 id, pos = 0;

	for (id = 1; id <= btf->nr_types; id++) {
		const struct btf_type *t = btf->types + pos;

		if (!refs_ok(btf, t))
			return -EINVAL;
		btf->off[id] = pos;
		pos += sizeof(*t) + tail_size(t->info);
	}

	/* From the end, so that each bucket is in ascending order. */
	for (id = btf->nr_types; id; id--) {
		const struct btf_type *t = type_of(btf, id);
		const char *name = btf->strs + t->name_off;
		u32 *bucket;

		if (!*name || !is_hashed(BTF_INFO_KIND(t->info)))
			continue;
		bucket = &btf->bucket[hash_name(name, strlen(name))];
		btf->next[id] = *bucket;
		*bucket = id;
	}
	return 0;
}

/**
 * orthros_btf_parse() - check a BTF blob and index it
 * @btf:	filled; orthros_btf_free() it after success
 * @data:	the blob, 4-byte aligned
 * @size:	its size in bytes
 *
 * The blob is not copied: it must stay in place, and must not change, until
 * orthros_btf_free(). May sleep.
 *
 * Return: 0, -EINVAL for a malformed blob, -EOPNOTSUPP for one of an unknown
 * version or with an unknown kind of type, or -ENOMEM.
 */
int orthros_btf_parse(struct orthros_btf *btf, const void *data, size_t size)
{
	const struct btf_header *h = data;
	size_t body;
	s64 nr;
	int err;

	memset(btf, 0, sizeof(*btf));
	if (size < sizeof(*h) || size > BLOB_MAX || (unsigned long)data % sizeof(u32))
		return -EINVAL;
	if (h->magic != BTF_MAGIC)
		return -EINVAL;
	if (h->version != BTF_VERSION || h->flags)
		return -EOPNOTSUPP;
	if (h->hdr_len < sizeof(*h) || h->hdr_len > size || h->hdr_len % sizeof(u32))
		return -EINVAL;

	body = size - h->hdr_len;
	if (h->type_off > body || h->type_len > body - h->type_off ||
	    h->type_off % sizeof(u32) || h->type_len % sizeof(u32))
		return -EINVAL;
	if (h->str_off > body || h->str_len > body - h->str_off || !h->str_len)
		return -EINVAL;

	btf->types = data + h->hdr_len + h->type_off;
	btf->strs = data + h->hdr_len + h->str_off;
	btf->strs_len = h->str_len;
	/* Offset 0 is the empty name; the last NUL ends whatever is before. */
	if (btf->strs[0] || btf->strs[h->str_len - 1])
		return -EINVAL;

	nr = count_types(btf->types, h->type_len);
	if (nr < 0)
		return nr;
	btf->nr_types = nr;

	btf->off = kvcalloc(nr + 1, sizeof(*btf->off), GFP_KERNEL);
	btf->next = kvcalloc(nr + 1, sizeof(*btf->next), GFP_KERNEL);
	btf->bucket = kvcalloc(HASH_SIZE, sizeof(*btf->bucket), GFP_KERNEL);
	err = -ENOMEM;
	if (!btf->off || !btf->next || !btf->bucket)
		goto err_free;
	err = index_types(btf);
	if (err)
		goto err_free;
	return 0;

err_free:
	orthros_btf_free(btf);
	return err;
}

/**
 * orthros_btf_free() - free what orthros_btf_parse() allocated
 * @btf:	parsed, failed to parse, or all zero
 */
void orthros_btf_free(struct orthros_btf *btf)
{
	kvfree(btf->off);
	kvfree(btf->next);
	kvfree(btf->bucket);
	memset(btf, 0, sizeof(*btf));
}

/* ---- types ------------------------------------------------------------ */

/* Skips what does not change the layout. */
static int skip_mods(const struct orthros_btf *btf, u32 *id)
{
	unsigned int i;

	for (i = 0; i < CHAIN_MAX; i++) {
		switch (kind_of(btf, *id)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			*id = type_of(btf, *id)->type;
			break;
		default:
			return 0;
		}
	}
	return -ELOOP;
}

static int size_of(const struct orthros_btf *btf, u32 id, u64 *size)
{
	unsigned int i;
	u64 nr = 1;

	for (i = 0; i < CHAIN_MAX; i++) {
		const struct btf_array *a;
		u64 bytes;
		int err;

		err = skip_mods(btf, &id);
		if (err)
			return err;

		switch (kind_of(btf, id)) {
		case BTF_KIND_ARRAY:
			a = (const void *)(type_of(btf, id) + 1);
			nr *= a->nelems;
			if (nr > TYPE_MAX)
				return -EOVERFLOW;
			id = a->type;
			continue;
		case BTF_KIND_PTR:
			bytes = sizeof(u64);
			break;
		case BTF_KIND_INT:
		case BTF_KIND_FLOAT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case BTF_KIND_ENUM64:
			bytes = type_of(btf, id)->size;
			break;
		default:
			return -EINVAL;
		}
		if (bytes > TYPE_MAX || nr * bytes > TYPE_MAX)
			return -EOVERFLOW;
		*size = nr * bytes;
		return 0;
	}
	return -ELOOP;
}

/* ---- paths ------------------------------------------------------------ */

/**
 * struct walk - a point on a path
 * @btf:	where types come from
 * @budget:	members that may still be looked at
 * @id:		type here
 * @bit_off:	offset from the start of the struct or the last dereference
 * @bits:	size of a bit field, else 0
 */
struct walk {
	const struct orthros_btf *btf;
	u32 budget;
	u32 id;
	u64 bit_off;
	u32 bits;
};

static size_t word_len(const char *s)
{
	size_t n = 0;

	while ((s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') ||
	       (s[n] >= '0' && s[n] <= '9') || s[n] == '_')
		n++;
	return n;
}

/*
 * Moves from a struct or union to its member @name. Before DWARF gave them
 * (no kind flag), a bit field's size and place were those of its integer type.
 */
static int to_member(struct walk *w, const char *name, size_t len, unsigned int depth)
{
	const struct orthros_btf *btf = w->btf;
	const struct btf_type *t = type_of(btf, w->id);
	const struct btf_member *m = (const void *)(t + 1);
	bool kflag = BTF_INFO_KFLAG(t->info);
	u32 i, vlen = BTF_INFO_VLEN(t->info);

	if (depth > NEST_MAX)
		return -ELOOP;
	if (t->size > TYPE_MAX)
		return -EOVERFLOW;

	for (i = 0; i < vlen; i++, m++) {
		bool anon = !btf->strs[m->name_off];
		struct walk sub = *w;
		u64 off, bits, size;
		int err;

		if (!w->budget)
			return -ELOOP;
		w->budget--;
		sub.budget = w->budget;
		sub.id = m->type;
		if (!anon && !name_is(btf, m->name_off, name, len))
			continue;

		off = kflag ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset;
		sub.bits = kflag ? BTF_MEMBER_BITFIELD_SIZE(m->offset) : 0;
		err = skip_mods(btf, &sub.id);
		if (err)
			return err;
		if (anon && !is_composite(kind_of(btf, sub.id)))
			continue;	/* padding bits */

		err = size_of(btf, sub.id, &size);
		if (err)
			return err;
		if (!kflag && kind_of(btf, sub.id) == BTF_KIND_INT) {
			u32 enc = *(const u32 *)(type_of(btf, sub.id) + 1);

			if (BTF_INT_OFFSET(enc) || BTF_INT_BITS(enc) != size * 8) {
				off += BTF_INT_OFFSET(enc);
				sub.bits = BTF_INT_BITS(enc);
			}
		}
		bits = sub.bits ?: size * 8;
		if (off + bits > (u64)t->size * 8)
			return -EINVAL;
		sub.bit_off += off;

		if (anon) {
			err = to_member(&sub, name, len, depth + 1);
			w->budget = sub.budget;
			if (err == -ENOENT)
				continue;
			if (err)
				return err;
		}
		*w = sub;
		return 0;
	}
	return -ENOENT;
}

/* "[7]" or "[PIDTYPE_SID]"; returns its length. */
static int parse_index(const struct orthros_btf *btf, const char *p, u64 *index)
{
	char name[64];
	size_t i, len = word_len(p + 1);
	int err;

	if (!len || len >= sizeof(name) || p[1 + len] != ']')
		return -EINVAL;
	if (p[1] >= '0' && p[1] <= '9') {
		*index = 0;
		for (i = 1; i <= len; i++) {
			if (p[i] < '0' || p[i] > '9')
				return -EINVAL;
			if (*index > TYPE_MAX)
				return -ERANGE;
			*index = *index * 10 + (p[i] - '0');
		}
	} else {
		memcpy(name, p + 1, len);
		name[len] = '\0';
		err = orthros_btf_enum(btf, name, index);
		if (err)
			return err;
	}
	return len + 2;
}

static int to_element(struct walk *w, u64 index)
{
	const struct btf_array *a;
	u64 size;
	int err;

	if (kind_of(w->btf, w->id) != BTF_KIND_ARRAY)
		return -ENOENT;
	a = (const void *)(type_of(w->btf, w->id) + 1);
	/* A flexible array has no bound to check against. */
	if (a->nelems ? index >= a->nelems : index > TYPE_MAX)
		return -ERANGE;
	w->id = a->type;
	err = size_of(w->btf, w->id, &size);
	if (err)
		return err;
	w->bit_off += index * size * 8;
	if (w->bit_off > (u64)TYPE_MAX * 8)
		return -EOVERFLOW;
	return 0;
}

/* A pointee may be known only by name where the pointer was declared. */
static int complete_type(const struct orthros_btf *btf, u32 *id)
{
	const char *name;
	u32 found = 0, i;
	size_t len;

	if (kind_of(btf, *id) != BTF_KIND_FWD)
		return 0;
	name = btf->strs + type_of(btf, *id)->name_off;
	len = strlen(name);
	for (i = btf->bucket[hash_name(name, len)]; i; i = btf->next[i]) {
		const struct btf_type *t = type_of(btf, i);

		if (!is_composite(BTF_INFO_KIND(t->info)) || !name_is(btf, t->name_off, name, len))
			continue;
		if (found)
			return -ENOTUNIQ;
		found = i;
	}
	if (!found)
		return -ENOENT;
	*id = found;
	return 0;
}

static int to_pointee(struct walk *w, struct orthros_btf_member *m)
{
	int err;

	if (kind_of(w->btf, w->id) != BTF_KIND_PTR || w->bits || w->bit_off % 8)
		return -ENOENT;
	if (m->nr_deref == ORTHROS_MAX_DEREF)
		return -E2BIG;
	m->deref[m->nr_deref++].off = w->bit_off / 8;
	w->bit_off = 0;
	w->id = type_of(w->btf, w->id)->type;
	err = skip_mods(w->btf, &w->id);
	return err ?: complete_type(w->btf, &w->id);
}

/* Follows a path from the type in @w; @p begins with its first operator. */
static int follow(struct walk *w, const char *p, struct orthros_btf_member *m)
{
	const struct orthros_btf *btf = w->btf;
	const struct btf_type *t;
	u64 size;
	int err;

	memset(m, 0, sizeof(*m));
	for (;;) {
		size_t len;

		err = skip_mods(btf, &w->id);
		if (err)
			return err;
		if (!*p)
			break;

		if (*p == '[') {
			u64 index;
			int used = parse_index(btf, p, &index);

			if (used < 0)
				return used;
			p += used;
			err = to_element(w, index);
			if (err)
				return err;
			continue;
		}
		if (p[0] == '-' && p[1] == '>') {
			p += 2;
			err = to_pointee(w, m);
			if (err)
				return err;
		} else if (*p == '.') {
			p++;
		} else {
			return -EINVAL;
		}
		len = word_len(p);
		if (!len)
			return -EINVAL;
		if (!is_composite(kind_of(btf, w->id)))
			return -ENOENT;
		err = to_member(w, p, len, 0);
		if (err)
			return err;
		p += len;
	}

	err = size_of(btf, w->id, &size);
	if (err)
		return err;
	m->type = w->id;
	m->kind = kind_of(btf, w->id);
	m->is_bitfield = w->bits;
	m->bit_off = w->bit_off;
	m->bit_size = w->bits ?: size * 8;
	t = type_of(btf, w->id);
	switch (m->kind) {
	case BTF_KIND_INT:
		m->is_signed = BTF_INT_ENCODING(*(const u32 *)(t + 1)) & BTF_INT_SIGNED;
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		m->is_signed = BTF_INFO_KFLAG(t->info);
		break;
	}
	return 0;
}

static bool same_place(const struct orthros_btf_member *a, const struct orthros_btf_member *b)
{
	return a->kind == b->kind && a->is_signed == b->is_signed &&
	       a->is_bitfield == b->is_bitfield && a->bit_off == b->bit_off &&
	       a->bit_size == b->bit_size && a->nr_deref == b->nr_deref &&
	       !memcmp(a->deref, b->deref, sizeof(a->deref));
}

/**
 * orthros_btf_path() - find a member by its path
 * @btf:	parsed
 * @path:	"type.member.sub[2]->member"; type alone is allowed
 * @m:		where it is
 *
 * The type may be the name of a struct, a union or a typedef. Members of
 * anonymous structs and unions are found as in C. Several types can have
 * one name; then those that have the member must agree about it.
 *
 * Return: 0; -ENOENT if there is no such type or member, also where a member
 * is not the struct, array or pointer that the path takes it for; -ENOTUNIQ
 * if the name is ambiguous, -EINVAL for a malformed path or type, -ERANGE for
 * an index out of bounds, -E2BIG for more than %ORTHROS_MAX_DEREF
 * dereferences, -ELOOP or -EOVERFLOW for types that no compiler makes.
 */
int orthros_btf_path(const struct orthros_btf *btf, const char *path,
		     struct orthros_btf_member *m)
{
	u32 id, nr = 0, budget = MEMBER_BUDGET;
	size_t len = word_len(path);
	bool found = false;
	int ret = -ENOENT;

	if (!len)
		return -EINVAL;
	for (id = btf->bucket[hash_name(path, len)]; id; id = btf->next[id]) {
		struct walk w = { .btf = btf, .budget = budget, .id = id };
		struct orthros_btf_member cand;
		int err;

		if (!name_is(btf, type_of(btf, id)->name_off, path, len))
			continue;
		if (nr++ == SAME_NAME_MAX)
			return -ENOTUNIQ;
		err = follow(&w, path + len, &cand);
		budget = w.budget;
		if (err) {
			if (ret == -ENOENT)
				ret = err;
			continue;
		}
		if (found && !same_place(m, &cand))
			return -ENOTUNIQ;
		if (!found)
			*m = cand;
		found = true;
	}
	return found ? 0 : ret;
}

/**
 * orthros_btf_enum() - value of an enumerator
 * @btf:	parsed
 * @path:	"ENUMERATOR" or "enum_name.ENUMERATOR"
 * @value:	sign-extended if the enum is signed
 *
 * Return: 0, -ENOENT if there is none, -ENOTUNIQ if two enums disagree, or
 * -EINVAL for a malformed path.
 */
int orthros_btf_enum(const struct orthros_btf *btf, const char *path, u64 *value)
{
	size_t len = word_len(path), enum_len = 0;
	const char *name = path;
	bool found = false;
	u32 id, i;

	if (path[len] == '.') {
		enum_len = len;
		name = path + len + 1;
		len = word_len(name);
	}
	if (!len || name[len])
		return -EINVAL;

	for (id = 1; id <= btf->nr_types; id++) {
		const struct btf_type *t = type_of(btf, id);
		u32 kind = BTF_INFO_KIND(t->info);
		bool kflag = BTF_INFO_KFLAG(t->info);
		const struct btf_enum64 *e64 = (const void *)(t + 1);
		const struct btf_enum *e = (const void *)(t + 1);

		if (kind != BTF_KIND_ENUM && kind != BTF_KIND_ENUM64)
			continue;
		if (enum_len && !name_is(btf, t->name_off, path, enum_len))
			continue;

		for (i = 0; i < BTF_INFO_VLEN(t->info); i++) {
			u64 v;

			if (kind == BTF_KIND_ENUM) {
				if (!name_is(btf, e[i].name_off, name, len))
					continue;
				v = kflag ? (u64)(s64)e[i].val : (u32)e[i].val;
			} else {
				if (!name_is(btf, e64[i].name_off, name, len))
					continue;
				v = (u64)e64[i].val_hi32 << 32 | e64[i].val_lo32;
			}
			if (found && v != *value)
				return -ENOTUNIQ;
			*value = v;
			found = true;
		}
	}
	return found ? 0 : -ENOENT;
}

/**
 * orthros_btf_is_text() - is this an array of, or a pointer to, characters?
 * @btf:	parsed
 * @type:	id of an array or a pointer
 *
 * Return: true if the element is an integer of one byte.
 */
bool orthros_btf_is_text(const struct orthros_btf *btf, u32 type)
{
	const struct btf_array *a;

	switch (kind_of(btf, type)) {
	case BTF_KIND_ARRAY:
		a = (const void *)(type_of(btf, type) + 1);
		type = a->type;
		break;
	case BTF_KIND_PTR:
		type = type_of(btf, type)->type;
		break;
	default:
		return false;
	}
	return !skip_mods(btf, &type) && kind_of(btf, type) == BTF_KIND_INT &&
	       type_of(btf, type)->size == 1;
}
