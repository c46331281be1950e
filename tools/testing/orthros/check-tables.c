// SPDX-License-Identifier: GPL-2.0-only
/*
 * check-tables - resolve every table of kernel/orthros/ on the host
 *
 * Compiles the very code that the kernel uses (btf.c, table.c, the tables) and
 * resolves all rows against the BTF and the symbol table of each vmlinux
 * given. Every path is resolved a second time by libbpf's reader, and the two
 * must agree. Prints a matrix of table:member by kernel.
 *
 * Exit status: 0, 1 if a required row is missing in some kernel or the readers
 * disagree, 2 if it could not run.
 */
#include <argp.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <linux/kernel.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/btf.h>
#include <linux/orthros/abi/handoff.h>
#include "btf.h"

/* All there are, see host-files.sh. */
extern struct orthros_table *const orthros_tables[];

/* ---- exports.def ------------------------------------------------------ */

static const struct name {
	u32 kind;
	bool may_lack;
	const char *name;
} exports[] = {
#define ORTHROS_SYM(n)		{ ORTHROS_EXPORT_SYM, true, #n },
#define ORTHROS_CONST(n)	{ ORTHROS_EXPORT_CONST, false, #n },
#define ORTHROS_CONST_IF(n)	{ ORTHROS_EXPORT_CONST, true, #n },
#include "exports.def"
};

/* ---- a kernel --------------------------------------------------------- */

struct symbol {
	const char *name;
	u64 value;
};

struct kernel {
	char label[64];
	Elf *elf;
	struct symbol *syms;
	size_t nr_syms;
	const struct orthros_export *consts;	/* export.c's array in the image, or NULL */
	size_t nr_consts;
	struct btf *libbpf;
	struct orthros_btf btf;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

/* What the compiler made of the constants of exports.def. */
static void read_consts(struct kernel *k, const GElf_Sym *sym)
{
	Elf_Scn *scn = elf_getscn(k->elf, sym->st_shndx);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
	GElf_Shdr sh;

	if (!data || !gelf_getshdr(scn, &sh) || sym->st_value < sh.sh_addr ||
	    sym->st_value - sh.sh_addr > data->d_size ||
	    sym->st_size > data->d_size - (sym->st_value - sh.sh_addr))
		return;
	k->consts = data->d_buf + (sym->st_value - sh.sh_addr);
	k->nr_consts = sym->st_size / sizeof(*k->consts);
}

/* The symbols that kallsyms knows: no sections, no files. */
static void read_symbols(struct kernel *k, const char *path)
{
	Elf_Scn *scn = NULL;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(2, "%s", path);
	k->elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!k->elf || elf_kind(k->elf) != ELF_K_ELF)
		return;		/* raw BTF */

	while ((scn = elf_nextscn(k->elf, scn))) {
		Elf_Data *data;
		GElf_Shdr sh;
		GElf_Sym sym;
		size_t i, nr;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB || !sh.sh_entsize)
			continue;
		nr = sh.sh_size / sh.sh_entsize;
		data = elf_getdata(scn, NULL);
		k->syms = calloc(nr + 1, sizeof(*k->syms));
		if (!data || !k->syms)
			errx(2, "%s: symbol table", path);
		for (i = 0; i < nr && gelf_getsym(data, i, &sym); i++) {
			int type = GELF_ST_TYPE(sym.st_info);

			if (type == STT_SECTION || type == STT_FILE || sym.st_shndx == SHN_UNDEF)
				continue;
			if (!strcmp(elf_strptr(k->elf, sh.sh_link, sym.st_name), "orthros_exports"))
				read_consts(k, &sym);
			k->syms[k->nr_syms].name = elf_strptr(k->elf, sh.sh_link, sym.st_name);
			k->syms[k->nr_syms++].value = sym.st_value;
		}
	}
	if (!k->nr_syms)
		errx(2, "%s: no symbols", path);
	qsort(k->syms, k->nr_syms, sizeof(*k->syms), by_name);
}

static void open_kernel(struct kernel *k, const char *path)
{
	const void *data;
	char *copy = strdup(path), *p;
	u32 size;
	int ret;

	/* build/linux-6.12/out-test/vmlinux is called 6.12/test */
	strncpy(k->label, path, sizeof(k->label) - 1);
	p = copy ? strrchr(copy, '/') : NULL;
	if (p && !strcmp(p, "/vmlinux")) {
		char *ver = strstr(copy, "linux-"), *out = strstr(copy, "/out-");

		*p = '\0';
		if (ver && out && ver < out) {
			*out = '\0';
			snprintf(k->label, sizeof(k->label), "%s/%s", ver + 6, out + 5);
		}
	}
	free(copy);

	read_symbols(k, path);
	k->libbpf = btf__parse(path, NULL);
	if (!k->libbpf)
		err(2, "%s: libbpf finds no BTF", path);
	data = btf__raw_data(k->libbpf, &size);
	ret = orthros_btf_parse(&k->btf, data, size);
	if (ret)
		errx(2, "%s: BTF: %s", path, strerror(-ret));
}

static const struct name *find_export(u32 kind, const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(exports); i++)
		if (exports[i].kind == kind && !strcmp(exports[i].name, name))
			return &exports[i];
	return NULL;
}

/* As kallsyms, but two symbols of one name are an error. */
static int find_symbol(const struct kernel *k, const char *name, u64 *value)
{
	struct symbol key = { .name = name }, *s;
	size_t i;

	*value = 0;
	if (!k->nr_syms)
		return 0;
	s = bsearch(&key, k->syms, k->nr_syms, sizeof(key), by_name);
	if (!s)
		return -ENOENT;
	while (s > k->syms && !strcmp(s[-1].name, name))
		s--;
	*value = s->value;
	for (i = 0; s + i < k->syms + k->nr_syms && !strcmp(s[i].name, name); i++)
		if (s[i].value != *value)
			return -ENOTUNIQ;
	return 0;
}

/* A kernel that was built before the name was listed has no say. */
static int find_const(const struct kernel *k, const struct name *export, u64 *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < k->nr_consts; i++) {
		const struct orthros_export *e = &k->consts[i];

		if (e->kind == ORTHROS_EXPORT_CONST &&
		    !strncmp(e->name, export->name, sizeof(e->name))) {
			*value = e->value;
			return 0;
		}
	}
	return k->nr_consts && export->may_lack ? -ENOENT : 0;
}

static int lookup(void *ctx, u32 kind, const char *name, u64 *value)
{
	const struct name *export = find_export(kind, name);

	if (!export) {
		warnx("%s is not in exports.def", name);
		return -EINVAL;
	}
	return kind == ORTHROS_EXPORT_SYM ? find_symbol(ctx, name, value) :
					    find_const(ctx, export, value);
}

/* ---- the same paths by libbpf ----------------------------------------- */

struct place {
	u32 id;
	u32 type;		/* as the last member names it */
	u64 bits;		/* from the last dereference */
	u64 size;		/* in bits */
	unsigned int nr_deref;
	u32 deref[ORTHROS_MAX_DEREF];
};

static u32 plain(const struct btf *btf, u32 id)
{
	for (;;) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (!btf_is_mod(t) && !btf_is_typedef(t) && !btf_is_type_tag(t))
			return id;
		id = t->type;
	}
}

static bool member(const struct btf *btf, struct place *p, const char *name, size_t len)
{
	const struct btf_type *t = btf__type_by_id(btf, p->id);
	int i;

	if (!btf_is_composite(t))
		return false;
	for (i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = btf_members(t) + i;
		const char *mname = btf__name_by_offset(btf, m->name_off);
		struct place sub = *p;

		sub.type = m->type;
		sub.id = plain(btf, m->type);
		sub.bits += btf_member_bit_offset(t, i);
		sub.size = btf_member_bitfield_size(t, i) ?: btf__resolve_size(btf, m->type) * 8;
		if (!*mname ? member(btf, &sub, name, len) :
			      !strncmp(mname, name, len) && !mname[len]) {
			*p = sub;
			return true;
		}
	}
	return false;
}

static u64 enumerator(const struct btf *btf, const char *name, size_t len)
{
	u32 id;
	int i;

	for (id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (!btf_is_enum(t))
			continue;
		for (i = 0; i < btf_vlen(t); i++) {
			const char *s = btf__name_by_offset(btf, btf_enum(t)[i].name_off);

			if (!strncmp(s, name, len) && !s[len])
				return (s64)btf_enum(t)[i].val;
		}
	}
	return ~0ULL;
}

static bool libbpf_path(const struct btf *btf, const char *path, struct place *p)
{
	static const int kinds[] = { BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_TYPEDEF,
				     BTF_KIND_INT, BTF_KIND_ENUM };
	size_t i, len = strcspn(path, ".-[");
	char *name = strndup(path, len);
	s32 id = -1;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < ARRAY_SIZE(kinds) && id < 0; i++)
		id = btf__find_by_name_kind(btf, name, kinds[i]);
	free(name);
	if (id < 0)
		return false;
	p->id = plain(btf, id);
	p->size = btf__resolve_size(btf, id) * 8;

	for (path += len; *path; path += len) {
		const struct btf_type *t = btf__type_by_id(btf, p->id);

		if (*path == '[') {
			u64 n;

			len = strcspn(path, "]") + 1;
			if (!btf_is_array(t))
				return false;
			n = path[1] >= '0' && path[1] <= '9' ? strtoull(path + 1, NULL, 10) :
			    enumerator(btf, path + 1, len - 2);
			p->size = btf__resolve_size(btf, btf_array(t)->type) * 8;
			p->bits += n * p->size;
			p->id = plain(btf, btf_array(t)->type);
			continue;
		}
		if (*path == '-') {
			if (!btf_is_ptr(t) || p->nr_deref == ORTHROS_MAX_DEREF)
				return false;
			p->deref[p->nr_deref++] = p->bits / 8;
			p->bits = 0;
			p->id = plain(btf, t->type);
			path++;
		}
		path++;
		len = strcspn(path, ".-[");
		if (!member(btf, p, path, len))
			return false;
	}
	return true;
}

/* Our reader refuses what is ambiguous, and it follows forward declarations. */
static bool agree(const struct kernel *k, const char *path, int err,
		  const struct orthros_btf_member *m)
{
	struct place p;

	if (err == -ENOTUNIQ)
		return true;
	if (!libbpf_path(k->libbpf, path, &p))
		return err == -ENOENT;
	return !err && p.bits == m->bit_off && p.size == m->bit_size &&
	       p.nr_deref == m->nr_deref && !memcmp(p.deref, m->deref, sizeof(p.deref));
}

/* ---- matrix ----------------------------------------------------------- */

static int failures;

__attribute__((__format__(__printf__, 1, 2)))
static void fail(const char *fmt, ...)
{
	va_list ap;

	failures++;
	fputs("check-tables: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* Offset, dereferences and size of a row, in few characters. */
static void describe(const struct orthros_row *row, char *cell, size_t size)
{
	unsigned int i;
	size_t n = 0;

	switch (row->kind) {
	case ORTHROS_ROW_OFFSET:
		n = snprintf(cell, size, "offset %llu", (unsigned long long)row->value);
		break;
	case ORTHROS_ROW_SIZEOF:
		n = snprintf(cell, size, "size %llu", (unsigned long long)row->value);
		break;
	case ORTHROS_ROW_ENUM:
		n = snprintf(cell, size, "=%lld", (long long)row->value);
		break;
	case ORTHROS_ROW_SYM:
		n = snprintf(cell, size, "%llx", (unsigned long long)row->value);
		break;
	case ORTHROS_ROW_CONST:
		n = snprintf(cell, size, "=%#llx", (unsigned long long)row->value);
		break;
	default:
		for (i = 0; i < row->nr_deref; i++)
			n += snprintf(cell + n, size - n, "%u>", row->deref[i].off);
		n += snprintf(cell + n, size - n, "%u", row->bit_off / 8);
		if (row->text_ptr)
			break;
		if (row->kind == ORTHROS_ROW_ADDR)
			n += snprintf(cell + n, size - n, "&");
		else if (row->bit_off % 8 || row->bit_size % 8)
			n += snprintf(cell + n, size - n, ".%u:%ub", row->bit_off % 8,
				      row->bit_size);
		else
			n += snprintf(cell + n, size - n, ":%u", row->bit_size / 8);
	}
	if (row->which)
		snprintf(cell + n, size - n, " #%u", row->which + 1);
}

/* ---- dump for the ledger ---------------------------------------------- */

/*
 * What ledger.py reads, fields separated by tabs:
 *
 *	M kernel struct member offset size type simple
 *	E kernel enum enumerator value
 *	R kernel table path kind optional present field
 *	S kernel table path struct member part
 *
 * M for each member of the structs of the ledger, in bits. Members of anonymous
 * structs and unions are the outer one's; those of a member with a type that has
 * no name are called "member.sub". "type" is the struct that is embedded, "simple"
 * tells that it has but one member. R is a row of a table, S a member that it names
 * on its way; "part" if the row goes on to a part of the member.
 */
static FILE *dump;

/* The name of a struct, or of the first typedef of one that has none. */
static const char *struct_name(const struct btf *btf, u32 id)
{
	const char *name = "";

	for (;;) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_is_typedef(t) && !*name)
			name = btf__name_by_offset(btf, t->name_off);
		if (!btf_is_mod(t) && !btf_is_typedef(t) && !btf_is_type_tag(t)) {
			const char *own = btf__name_by_offset(btf, t->name_off);

			if (!btf_is_composite(t))
				return NULL;
			return *own ? own : name;
		}
		id = t->type;
	}
}

static bool simple(const struct btf *btf, u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, plain(btf, id));

	while (btf_is_composite(t) && btf_vlen(t) == 1)
		t = btf__type_by_id(btf, plain(btf, btf_members(t)->type));
	return !btf_is_composite(t);
}

static void dump_members(const struct kernel *k, const char *name, const char *prefix, u32 id,
			 u64 bits)
{
	const struct btf *btf = k->libbpf;
	const struct btf_type *t = btf__type_by_id(btf, plain(btf, id));
	int i;

	for (i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = btf_members(t) + i;
		const char *mname = btf__name_by_offset(btf, m->name_off);
		u64 off = bits + btf_member_bit_offset(t, i);
		const char *type = struct_name(btf, m->type);
		char path[256];

		if (type && !*type) {
			snprintf(path, sizeof(path), "%s%s%s", prefix, mname, *mname ? "." : "");
			dump_members(k, name, path, m->type, off);
		} else if (*mname) {
			u64 size = btf_member_bitfield_size(t, i) ?:
				   btf__resolve_size(btf, m->type) * 8;

			fprintf(dump, "M\t%s\t%s\t%s%s\t%llu\t%llu\t%s\t%d\n", k->label, name,
				prefix, mname, (unsigned long long)off, (unsigned long long)size,
				type ?: "", simple(btf, m->type));
		}
	}
}

static void dump_enum(const struct kernel *k, const char *name, u32 id)
{
	const struct btf_type *t = btf__type_by_id(k->libbpf, id);
	int i;

	for (i = 0; i < btf_vlen(t); i++)
		fprintf(dump, "E\t%s\t%s\t%s\t%d\n", k->label, name,
			btf__name_by_offset(k->libbpf, btf_enum(t)[i].name_off),
			btf_enum(t)[i].val);
}

/* Of all enums: most of them have no name. */
static void dump_enumerators(const struct kernel *k, const char *pattern)
{
	const struct btf *btf = k->libbpf;
	u32 id;
	int i;

	for (id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		for (i = 0; btf_is_enum(t) && i < btf_vlen(t); i++) {
			const char *name = btf__name_by_offset(btf, btf_enum(t)[i].name_off);

			if (!strncmp(name, pattern, strlen(pattern) - 1))
				fprintf(dump, "E\t%s\t%s\t%s\t%d\n", k->label, pattern, name,
					btf_enum(t)[i].val);
		}
	}
}

/*
 * The names in FILE, one a line: of structs, of typedefs of such, of enums, or
 * how enumerators begin, with a star at the end.
 */
static void dump_types(const struct kernel *k, int nr, const char *file)
{
	static const int kinds[] = { BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_TYPEDEF };
	FILE *f = fopen(file, "r");
	char *line = NULL;
	size_t size = 0, j;
	int i;

	if (!f)
		err(2, "%s", file);
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		for (i = 0; i < nr; i++) {
			s32 id = btf__find_by_name_kind(k[i].libbpf, line, BTF_KIND_ENUM);

			if (strchr(line, '*')) {
				dump_enumerators(&k[i], line);
				continue;
			}
			if (id > 0) {
				dump_enum(&k[i], line, id);
				continue;
			}
			for (j = 0; j < ARRAY_SIZE(kinds) && id < 0; j++)
				id = btf__find_by_name_kind(k[i].libbpf, line, kinds[j]);
			if (id > 0 && struct_name(k[i].libbpf, id))
				dump_members(&k[i], line, "", id, 0);
		}
	}
	free(line);
	fclose(f);
}

static void dump_steps(const struct kernel *k, const char *table, const char *row,
		       const char *path)
{
	static const int kinds[] = { BTF_KIND_STRUCT, BTF_KIND_UNION, BTF_KIND_TYPEDEF };
	const struct btf *btf = k->libbpf;
	size_t i, len = strcspn(path, ".-[");
	char *name = strndup(path, len), full[512];
	size_t keep = 0;	/* of "full": "member." of a type without a name */
	const char *in = name;
	struct place p = { 0 };
	s32 id = -1;

	for (i = 0; i < ARRAY_SIZE(kinds) && id < 0; i++)
		id = btf__find_by_name_kind(btf, name, kinds[i]);
	for (path += len; id > 0 && *path; path += len) {
		const struct btf_type *t = btf__type_by_id(btf, plain(btf, id));
		const char *type, *end, *next;

		if (*path == '[') {
			len = strcspn(path, "]") + 1;
			id = btf_array(t)->type;
			in = struct_name(btf, id) ?: "";
			keep = 0;
			continue;
		}
		if (*path == '-') {
			id = t->type;
			in = struct_name(btf, id) ?: "";
			keep = 0;
			path++;
		}
		path++;
		len = strcspn(path, ".-[");
		p.id = plain(btf, id);
		if (!member(btf, &p, path, len))
			break;
		id = p.type;
		type = struct_name(btf, id);
		snprintf(full + keep, sizeof(full) - keep, "%.*s", (int)len, path);
		end = path + len;
		next = *end == '[' ? end + strcspn(end, "]") + 1 : end;
		if (!type || *type || !*end)
			fprintf(dump, "S\t%s\t%s\t%s\t%s\t%s\t%d\n", k->label, table, row, in, full,
				*next == '.');
		keep = 0;
		if (type && *type)
			in = type;
		else if (type)
			keep = strlen(strcat(full, "."));
	}
	free(name);
}

static void dump_row(const struct kernel *k, const struct orthros_table *t,
		     const struct orthros_row *row)
{
	static const char *const kinds[] = {
		[ORTHROS_ROW_VALUE] = "VALUE", [ORTHROS_ROW_BYTES] = "BYTES",
		[ORTHROS_ROW_STRING] = "STRING", [ORTHROS_ROW_ADDR] = "ADDR",
		[ORTHROS_ROW_OFFSET] = "OFFSET", [ORTHROS_ROW_SIZEOF] = "SIZEOF",
		[ORTHROS_ROW_SYM] = "SYM", [ORTHROS_ROW_CONST] = "CONST",
		[ORTHROS_ROW_ENUM] = "ENUM",
	};

	if (!dump)
		return;
	fprintf(dump, "R\t%s\t%s\t%s\t%s\t%d\t%d\t%s\n", k->label, t->name, row->path[0],
		kinds[row->kind], row->flags & ORTHROS_ROW_OPTIONAL, row->present, row->name);
	if (row->present && row->kind <= ORTHROS_ROW_OFFSET)
		dump_steps(k, t->name, row->path[0], row->path[row->which]);
}

static void check_row(const struct kernel *k, const struct orthros_table *t,
		      struct orthros_row *row, char *cell, size_t size)
{
	char path[256];
	unsigned int i;
	int ret;

	ret = orthros_row_resolve(row, &k->btf, lookup, (void *)k);
	if (ret) {
		snprintf(cell, size, "MISSING");
		fail("%s: %s:%s: %s", k->label, t->name, row->path[0],
		     orthros_resolve_strerror(ret));
	} else if (!row->present) {
		snprintf(cell, size, "-");
	} else if (row->kind == ORTHROS_ROW_CONST && !k->nr_consts) {
		snprintf(cell, size, "const");
	} else {
		describe(row, cell, size);
	}
	dump_row(k, t, row);
	if (row->kind == ORTHROS_ROW_SYM || row->kind == ORTHROS_ROW_CONST ||
	    row->kind == ORTHROS_ROW_ENUM)
		return;
	for (i = 0; i < ORTHROS_ROW_PATHS && row->path[i]; i++) {
		struct orthros_btf_member m;

		snprintf(path, sizeof(path), "%s", row->path[i]);
		ret = orthros_btf_path(&k->btf, path, &m);
		if (!agree(k, path, ret, &m))
			fail("%s: %s:%s: libbpf disagrees", k->label, t->name, path);
	}
}

static int width(const struct kernel *k, int nr)
{
	int i, w = 0;

	for (i = 0; i < nr; i++)
		w = max_t(int, w, strlen(k[i].label));
	return max_t(int, w, 20);
}

static void print_head(const struct kernel *k, int nr)
{
	int i;

	printf("%-56s", "table:member");
	for (i = 0; i < nr; i++)
		printf(" %-*s", width(k, nr), k[i].label);
	putchar('\n');
}

static void check_tables(const struct kernel *k, int nr, bool quiet)
{
	struct orthros_table *const *t;
	unsigned int nr_tables = 0, nr_rows = 0, r;
	char cell[64], label[256];
	int i;

	if (!quiet)
		print_head(k, nr);
	for (t = orthros_tables; *t; t++) {
		nr_tables++;
		for (r = 0; r < (*t)->nr_rows; r++) {
			struct orthros_row *row = &(*t)->rows[r];

			nr_rows++;
			snprintf(label, sizeof(label), "%s:%s", (*t)->name, row->path[0]);
			if (!quiet)
				printf("%-56s", label);
			for (i = 0; i < nr; i++) {
				check_row(&k[i], *t, row, cell, sizeof(cell));
				if (!quiet)
					printf(" %-*s", width(k, nr), cell);
			}
			if (!quiet)
				putchar('\n');
		}
		/* What has no row: the plan of reading, and sizes of records. */
		for (i = 0; i < nr; i++) {
			char text[256];

			if (orthros_table_resolve(*t, &k[i].btf, lookup, (void *)&k[i], text,
						  sizeof(text)) && quiet)
				fail("%s: %s", k[i].label, text);
		}
	}
	printf("%u tables, %u rows, %d kernels\n", nr_tables, nr_rows, nr);
}

/* Every symbol of exports.def is in some kernel, and means one thing. */
static void check_exports(const struct kernel *k, int nr)
{
	size_t e;
	int i;

	for (e = 0; e < ARRAY_SIZE(exports); e++) {
		bool found = false;
		size_t other;

		for (other = 0; other < e; other++)
			if (exports[other].kind == exports[e].kind &&
			    !strcmp(exports[other].name, exports[e].name))
				warnx("exports.def: %s is listed twice", exports[e].name);
		if (exports[e].kind != ORTHROS_EXPORT_SYM)
			continue;
		for (i = 0; i < nr; i++) {
			u64 value;
			int ret = find_symbol(&k[i], exports[e].name, &value);

			if (ret == -ENOTUNIQ)
				fail("%s: symbol %s is not unique", k[i].label, exports[e].name);
			found |= !ret;
		}
		if (!found)
			fail("exports.def: no kernel has symbol %s", exports[e].name);
	}
}

/* Members of the destination that builders set directly, one path a line. */
static void check_members(const struct kernel *k, int nr, const char *file, bool quiet)
{
	FILE *f = fopen(file, "r");
	struct orthros_btf_member m;
	char *line = NULL, label[256], cell[64];
	size_t size = 0;
	int i;

	if (!f)
		err(2, "%s", file);
	while (getline(&line, &size, f) > 0) {
		bool found = false;

		line[strcspn(line, "\n")] = '\0';
		snprintf(label, sizeof(label), "dst:%s", line);
		if (!quiet)
			printf("%-56s", label);
		for (i = 0; i < nr; i++) {
			int ret = orthros_btf_path(&k[i].btf, line, &m);

			/* A builder may ask for what only some kernels have. */
			if (ret)
				snprintf(cell, sizeof(cell), "%s", ret == -ENOENT ? "-" : "BAD");
			else
				snprintf(cell, sizeof(cell), "%u:%u", m.bit_off / 8,
					 m.bit_size / 8);
			if (ret && ret != -ENOENT)
				fail("%s: %s: %s", k[i].label, label,
				     orthros_resolve_strerror(ret));
			found |= !ret;
			if (!quiet)
				printf(" %-*s", width(k, nr), cell);
		}
		if (!quiet)
			putchar('\n');
		if (!found)
			fail("no kernel has %s", line);
	}
	free(line);
	fclose(f);
}

/* ---- self test -------------------------------------------------------- */

/* Every named member of every named struct, by both readers. */
static void compare_all(const struct kernel *k)
{
	unsigned long done = 0, ambiguous = 0;
	u32 id;
	int i;

	for (id = 1; id < btf__type_cnt(k->libbpf); id++) {
		const struct btf_type *t = btf__type_by_id(k->libbpf, id);
		const char *type = btf__name_by_offset(k->libbpf, t->name_off);

		if (!btf_is_composite(t) || !*type)
			continue;
		for (i = 0; i < btf_vlen(t); i++) {
			const struct btf_member *bm = btf_members(t) + i;
			const char *name = btf__name_by_offset(k->libbpf, bm->name_off);
			struct orthros_btf_member m;
			char path[512];
			u64 size;
			int ret;

			if (!*name)
				continue;
			snprintf(path, sizeof(path), "%s.%s", type, name);
			ret = orthros_btf_path(&k->btf, path, &m);
			done++;
			if (ret == -ENOTUNIQ) {
				ambiguous++;
				continue;
			}
			size = btf_member_bitfield_size(t, i) ?:
			       (u64)btf__resolve_size(k->libbpf, bm->type) * 8;
			if (ret || m.bit_off != btf_member_bit_offset(t, i) || m.bit_size != size)
				fail("%s: %s: libbpf disagrees", k->label, path);
		}
	}
	printf("%s: %lu members compared with libbpf, %lu of ambiguous structs\n", k->label, done,
	       ambiguous);
	if (ambiguous > done / 10)
		fail("%s: too many ambiguous structs", k->label);
}

/* Damaged blobs must be refused or resolve to something; a sanitizer watches. */
static void damage(const struct kernel *k, unsigned int rounds)
{
	unsigned int round, i, accepted = 0, resolved = 0;
	struct orthros_table *const *t;
	const void *data;
	u32 size;

	data = btf__raw_data(k->libbpf, &size);
	srandom(1);
	for (round = 0; round < rounds; round++) {
		u32 len = round % 4 ? size : random() % size;
		struct orthros_btf btf;
		char text[256];
		u8 *copy = malloc(len ?: 1);

		if (!copy)
			err(2, "malloc");
		memcpy(copy, data, len);
		for (i = random() % 8; i && len; i--) {
			u32 at = round % 8 == 1 ? random() % sizeof(struct btf_header) :
						  random() % len;

			if (at < len)
				copy[at] = random();
		}
		if (!orthros_btf_parse(&btf, copy, len)) {
			accepted++;
			for (t = orthros_tables; *t; t++)
				resolved += !orthros_table_resolve(*t, &btf, lookup, (void *)k,
								   text, sizeof(text));
			orthros_btf_free(&btf);
		}
		free(copy);
	}
	printf("%s: %u damaged blobs: %u parsed, %u tables resolved\n", k->label, rounds, accepted,
	       resolved);
}

/* ---- main ------------------------------------------------------------- */

struct args {
	bool quiet;
	bool selftest;
	const char *members;
	const char *types;
	struct kernel *kernels;
	int nr;
};

static error_t parse_arg(int key, char *arg, struct argp_state *state)
{
	struct args *a = state->input;

	switch (key) {
	case 'q':
		a->quiet = true;
		return 0;
	case 's':
		a->selftest = true;
		return 0;
	case 'm':
		a->members = arg;
		return 0;
	case 't':
		a->types = arg;
		return 0;
	case 'd':
		dump = fopen(arg, "w");
		if (!dump)
			err(2, "%s", arg);
		return 0;
	case ARGP_KEY_ARG:
		a->kernels = realloc(a->kernels, (a->nr + 1) * sizeof(*a->kernels));
		if (!a->kernels)
			err(2, "realloc");
		memset(&a->kernels[a->nr], 0, sizeof(*a->kernels));
		open_kernel(&a->kernels[a->nr++], arg);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
	}
	return ARGP_ERR_UNKNOWN;
}

int main(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "quiet", 'q', NULL, 0, "No matrix, only errors and a summary", 0 },
		{ "selftest", 's', NULL, 0,
		  "Compare the BTF reader with libbpf's for all members; feed it damaged BTF", 0 },
		{ "members", 'm', "FILE", 0, "Also resolve the destination paths in FILE", 0 },
		{ "dump", 'd', "FILE", 0, "What ledger.py reads, to FILE", 0 },
		{ "types", 't', "FILE", 0, "Structs and enums to dump, one a line", 0 },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse_arg,
		.args_doc = "VMLINUX...",
		.doc = "Resolve Orthros's tables against the BTF and symbols of kernels",
	};
	struct args a = { 0 };
	int i;

	argp_err_exit_status = 2;
	elf_version(EV_CURRENT);
	if (argp_parse(&argp, argc, argv, 0, NULL, &a))
		return 2;

	check_exports(a.kernels, a.nr);
	check_tables(a.kernels, a.nr, a.quiet);
	if (a.members)
		check_members(a.kernels, a.nr, a.members, a.quiet);
	if (dump && a.types)
		dump_types(a.kernels, a.nr, a.types);
	if (dump && fclose(dump))
		err(2, "dump");
	for (i = 0; a.selftest && i < a.nr; i++) {
		compare_all(&a.kernels[i]);
		damage(&a.kernels[i], 200);
	}
	if (failures)
		printf("%d failures\n", failures);
	return failures ? 1 : 0;
}
