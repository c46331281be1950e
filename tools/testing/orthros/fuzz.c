// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz - what a hostile source could say, to the walkers, the BTF reader and the
 * table interpreter
 *
 * An input is a &struct head, BTF, and the source's memory, which lies at an address
 * that is the same in each run. libFuzzer calls LLVMFuzzerTestOneInput(); with
 * -DREPLAY the program runs the inputs that are named.
 */
#include <err.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "fake_source.h"
#include "btf.h"
#include "btf_blob.h"
#include "walk.h"
#include "walk_tables.h"

/* Not where the sanitizer's allocator is; nothing is mapped around it. */
#define RAM_AT		0x650000000000UL
#define ENTRIES_MAX	4096
#define NODES_MAX	10000
#define ROWS_MAX	8

enum {
	WALK,		/* the memory */
	LAYOUT,		/* likewise, the layouts being those of the BTF */
	TABLE,		/* records by rows that the memory describes */
	MODES,
};

struct head {
	u8 mode;
	u8 levels;
	u16 btf_len;
	u32 at;
};

static struct fake_source *source;
static unsigned int entries;

static int take_entry(void *ctx, u64 index, u64 entry)
{
	return ++entries > ENTRIES_MAX ? -EINTR : 0;
}

static int take_range(void *ctx, u64 first, u64 last, u64 entry)
{
	if (first > last)
		abort();
	return ++entries > ENTRIES_MAX ? -EINTR : 0;
}

static int take_node(void *ctx, u64 node)
{
	return ++entries > ENTRIES_MAX ? -EINTR : 0;
}

static void walk_all(u64 addr)
{
	struct orthros_src *src = &source->src;
	struct orthros_list_iter it;
	char text[100];
	u64 val;

	entries = 0;
	orthros_src_xa_walk(src, addr, take_entry, NULL);
	entries = 0;
	orthros_src_mt_walk(src, addr, take_range, NULL);
	entries = 0;
	orthros_src_rb_walk(src, addr, NODES_MAX, take_node, NULL);
	orthros_src_for_each(&it, src, addr, NODES_MAX)
		;
	orthros_src_hlist_for_each(&it, src, addr, NODES_MAX)
		;
	orthros_src_str(src, addr, text, sizeof(text));
	/* By the page tables. */
	orthros_src_u64(src, 0xffffc90000000000ULL + addr, &val);
	orthros_src_page_pfn(src, addr);
}

static int no_names(void *ctx, u32 kind, const char *name, u64 *value)
{
	*value = kind;
	return strlen(name) % 2 ? 0 : -ENOENT;
}

static bool use_layouts(const struct orthros_btf *btf)
{
	static struct orthros_table *const tables[] = {
		&orthros_table_xa_layout, &orthros_table_xa_node, &orthros_table_maple_layout,
		&orthros_table_rb_node, NULL
	};
	char text[128];

	return !orthros_tables_resolve(tables, btf, no_names, NULL, text, sizeof(text)) &&
	       !orthros_core_kind.resolve(&source->src);
}

static void read_table(const struct orthros_btf *btf, const u8 *ram, u64 addr)
{
	static const char *const paths[] = {
		"node.id", "node.sid", "node.next", "node.next->next->comm", "node.in.b",
		"node.arr[2].a", "node.state", "node.f2", "node.f3", "node.text", "node.flex[7]",
		"node.next->arr", "STATE_TWO", "node", "xa_node.slots", "xa_node.parent->shift",
		"xa_node.parent->parent->parent->shift", "maple_range_64.slot[3]", "list_head.next",
		"list_head.next->prev->next", "task_struct.comm", "file.f_path.dentry->d_inode",
		"inode.i_sb->s_type->name", "a[", "b->", "c.[]", "", "node.arr[STATE_TWO]",
	};
	static const u16 sizes[] = { 1, 2, 4, 8, 16, 3, 200, 0 };
	struct orthros_row rows[ROWS_MAX] = {};
	struct orthros_table t = { .name = "fuzz", .rows = rows };
	u8 rec[ROWS_MAX * 256];
	char text[128];
	unsigned int i;

	t.nr_rows = ram[0] % ROWS_MAX + 1;
	for (i = 0; i < t.nr_rows; i++) {
		const u8 *r = ram + 1 + i * 4;

		rows[i].name = "row";
		rows[i].path[0] = paths[r[0] % ARRAY_SIZE(paths)];
		rows[i].path[1] = r[1] & 0x80 ? paths[r[1] % ARRAY_SIZE(paths)] : NULL;
		rows[i].kind = r[2] % (ORTHROS_ROW_ENUM + 1);
		rows[i].flags = r[2] >> 6;
		rows[i].field_off = t.rec_size;
		rows[i].field_size = sizes[r[3] % ARRAY_SIZE(sizes)];
		t.rec_size += rows[i].field_size;
	}
	if (!orthros_table_resolve(&t, btf, no_names, NULL, text, sizeof(text)))
		orthros_read_rec(&source->src.mem, &t, addr, rec);
}

static void set_up(void)
{
	static u8 *first;
	struct kunit test = {};

	if (setjmp(test.abort))
		errx(2, "no source");
	source = fake_source_new(&test);
	first = source->ram;	/* or it would be a leak */
	(void)first;
	source->ram = mmap((void *)RAM_AT, FAKE_RAM_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (source->ram != (u8 *)RAM_AT)
		err(2, "memory of the source");
	source->src.desc.pgd_phys = __pa(source->ram);
	source->src.desc.ranges[0].start = __pa(source->ram);
	source->src.desc.vmemmap_start = fake_addr(source, 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 blob[1 << 16] __aligned(8);
	struct orthros_btf btf;
	struct kunit test = {};
	struct head head;
	u64 addr;

	if (!source)
		set_up();
	if (size < sizeof(head))
		return 0;
	memcpy(&head, data, sizeof(head));
	data += sizeof(head);
	size -= sizeof(head);
	if (head.btf_len > size)
		return 0;
	memcpy(blob, data, head.btf_len);
	data += head.btf_len;
	size -= head.btf_len;
	if (size > FAKE_RAM_SIZE)
		size = FAKE_RAM_SIZE;
	memcpy(source->ram, data, size);
	memset(source->ram + size, 0, FAKE_RAM_SIZE - size);
	source->src.desc.levels = head.levels & 1 ? 5 : 4;
	addr = fake_addr(source, head.at % (FAKE_RAM_SIZE + 16));

	if (head.mode % MODES == WALK) {
		walk_all(addr);
		return 0;
	}
	if (orthros_btf_parse(&btf, blob, head.btf_len))
		return 0;
	if (head.mode % MODES == TABLE) {
		read_table(&btf, source->ram, addr);
	} else {
		if (use_layouts(&btf))
			walk_all(addr);
		if (setjmp(test.abort))
			abort();
		fake_source_layouts(&test, source);
	}
	orthros_btf_free(&btf);
	return 0;
}

#ifdef REPLAY
/* Inputs that have the types of the unit tests, and rows of all kinds. */
static int write_seeds(const char *dir)
{
	static const u8 pointers[] = { 16, 64, 0, 8, 72, 80 };
	const u64 self = RAM_AT - HOST_RAM + PAGE_OFFSET + 0x100;
	struct kunit test = {};
	struct head head = { .mode = TABLE, .at = 0x100 };
	struct blob *b;
	u8 ram[0x200];
	char name[256];
	unsigned int i, j;
	FILE *f;

	if (setjmp(test.abort))
		errx(2, "no BTF");
	b = blob_parsed_sample(&test);
	head.btf_len = b->size;
	for (i = 0; i < 64; i++) {
		memset(ram, 0, sizeof(ram));
		ram[0] = i % ROWS_MAX;
		for (j = 0; j < ROWS_MAX; j++) {
			ram[1 + j * 4] = i * 5 + j;
			ram[2 + j * 4] = j % 3 ? 0 : 0x80 + i;
			ram[3 + j * 4] = i % 9 + 1 + (i % 4 << 6);
			ram[4 + j * 4] = i + j;
		}
		/* node.next and node.text lead into it again. */
		for (j = 0; j < ARRAY_SIZE(pointers); j++)
			memcpy(ram + 0x100 + pointers[j], &self, sizeof(self));
		snprintf(name, sizeof(name), "%s/rows-%u", dir, i);
		f = fopen(name, "w");
		if (!f || !fwrite(&head, sizeof(head), 1, f) || !fwrite(b->raw, b->size, 1, f) ||
		    !fwrite(ram, sizeof(ram), 1, f) || fclose(f))
			err(2, "%s", name);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static u8 data[1 << 20];
	int i;

	if (argc == 3 && !strcmp(argv[1], "--seeds"))
		return write_seeds(argv[2]);

	for (i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");
		size_t size;

		if (!f)
			err(2, "%s", argv[i]);
		size = fread(data, 1, sizeof(data), f);
		fclose(f);
		LLVMFuzzerTestOneInput(data, size);
	}
	return 0;
}
#endif
