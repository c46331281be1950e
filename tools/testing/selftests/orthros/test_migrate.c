// SPDX-License-Identifier: GPL-2.0
/*
 * Adopted pages are moved in physical memory by compaction, are found by
 * move_pages(), and are locked, forked and looked at like any others.
 */
#include "hop_test.h"
#include "orthros_ctl.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE	23
#endif

#define SIZE	(512 * MIB)
#define CHUNK	(2 * MIB)
#define CHUNKS	(SIZE / CHUNK)
/* So many chunks keep every fourth of their pages, the others none. */
#define KEPT	12
#define EACH	(CHUNK / PAGE / 4)
#define PAGES	(KEPT * EACH)

/* Linux's, in <numaif.h> of a library. */
#define MPOL_MF_MOVE	2

static char *mem;
static struct chunk {
	char *at;
	uint64_t pfn;
} chunks[CHUNKS];

static char *page(size_t i)
{
	return chunks[i / EACH].at + (4 * (i % EACH) + 1) * PAGE;
}

static void pagemap(const char *at, uint64_t *entry, size_t nr)
{
	int fd = MUST(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));

	CHECK_EQ(pread(fd, entry, nr * 8, (unsigned long)at / PAGE * 8), nr * 8);
	close(fd);
}

static uint64_t frame(uint64_t entry)
{
	return entry & ((1ULL << 55) - 1);
}

static int by_frame(const void *a, const void *b)
{
	const struct chunk *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

/*
 * Pages with holes between them, as low in physical memory as can be had:
 * compaction moves what is low.
 */
static void prepare(void)
{
	uint64_t entry;
	size_t i;

	mem = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	MUST(madvise(mem, SIZE, MADV_NOHUGEPAGE));
	/* Much faster than a fault for each page. */
	MUST(madvise(mem, SIZE, MADV_POPULATE_WRITE));
	for (i = 0; i < CHUNKS; i++) {
		chunks[i].at = mem + i * CHUNK;
		pagemap(chunks[i].at, &entry, 1);
		chunks[i].pfn = frame(entry);
	}
	qsort(chunks, CHUNKS, sizeof(chunks[0]), by_frame);
	for (i = KEPT; i < CHUNKS; i++)
		MUST(madvise(chunks[i].at, CHUNK, MADV_DONTNEED));
	for (i = 0; i < KEPT * CHUNK / PAGE; i++)
		if (i % 4 != 1)
			MUST(madvise(chunks[i / (CHUNK / PAGE)].at + i * PAGE % CHUNK, PAGE,
				     MADV_DONTNEED));
	for (i = 0; i < PAGES; i++)
		fill(page(i), PAGE, i);
}

static bool intact(void)
{
	size_t i;

	for (i = 0; i < PAGES; i++)
		if (!CHECK(filled(page(i), PAGE, i)))
			return false;
	return true;
}

static void frames(uint64_t *pfn)
{
	uint64_t entry[CHUNK / PAGE];
	size_t c, i;

	for (c = 0; c < KEPT; c++) {
		pagemap(chunks[c].at, entry, CHUNK / PAGE);
		for (i = 0; i < CHUNK / PAGE; i++) {
			if (!CHECK_EQ(entry[i] >> 63, i % 4 == 1))
				return;
			if (i % 4 == 1)
				pfn[c * EACH + i / 4] = frame(entry[i]);
		}
	}
}

static void compacts(void)
{
	static uint64_t before[PAGES], after[PAGES];
	size_t i, moved = 0;

	frames(before);
	write_file("/proc/sys/vm/compact_memory", "1", 1);
	frames(after);
	for (i = 0; i < PAGES; i++)
		moved += before[i] != after[i];
	fprintf(stderr, "# compaction moved %zu of %d pages\n", moved, (int)PAGES);
	CHECK(moved);
	CHECK(intact());
}

static void is_found(void)
{
	static void *at[PAGES];
	static int status[PAGES], node[PAGES];
	size_t i;

	for (i = 0; i < PAGES; i++)
		at[i] = page(i);
	CHECK_EQ(syscall(SYS_move_pages, 0, PAGES, at, NULL, status, 0), 0);
	for (i = 0; i < PAGES; i++)
		if (!CHECK_EQ(status[i], 0))
			break;
	/* Each lies on the only node already. */
	CHECK_EQ(syscall(SYS_move_pages, 0, PAGES, at, node, status, MPOL_MF_MOVE), 0);
	for (i = 0; i < PAGES; i++)
		if (!CHECK_EQ(status[i], 0))
			break;
}

static void child(void *arg)
{
	size_t i;

	CHECK(intact());
	for (i = 0; i < PAGES; i += 2)
		fill(page(i), PAGE, i + 1);
}

/* Sum of a field of all parts of the mapping. */
static long kb_of(const char *key)
{
	char *text = slurp("/proc/self/smaps"), *line, *save, value[64];
	unsigned long start, end;
	bool inside = false;
	long kb = 0;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = start >= (unsigned long)mem && end <= (unsigned long)mem + SIZE;
		else if (inside && field(line, key, value, sizeof(value)))
			kb += atol(value);
	}
	free(text);
	return kb;
}

int main(void)
{
	char text[64], word[8];
	size_t i;
	int fd;

	prepare();

	hop();

	CHECK_EQ(ctl_read("stats/unaccounted", text, sizeof(text)), 0);
	CHECK_STR(text, "0");
	is_found();
	CHECK_EQ(kb_of("Rss"), PAGES * 4);
	fd = MUST(open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
	CHECK_EQ(pread(fd, word, 8, (long)page(7)), 8);
	CHECK(!memcmp(word, page(7), 8));
	close(fd);
	compacts();
	hop_reap(hop_child(child, NULL));
	CHECK(intact());

	/* What is locked gets its holes filled. */
	CHECK_EQ(mlock(chunks[0].at, 64 * PAGE), 0);
	CHECK_EQ(kb_of("Locked"), 64 * 4);
	CHECK_EQ(kb_of("Rss"), (PAGES + 48) * 4);
	CHECK_EQ(munlock(chunks[0].at, 64 * PAGE), 0);
	CHECK_EQ(kb_of("Locked"), 0);
	for (i = 0; i < 16; i++)
		CHECK(filled(page(i), PAGE, i));
	return hop_status();
}
