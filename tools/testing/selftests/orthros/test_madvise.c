// SPDX-License-Identifier: GPL-2.0
/* Flags of mappings: madvise, mlock, noreserve; and that they do their work. */
#include <sys/resource.h>

#include "hop_test.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

enum { DONTFORK, WIPE, HUGE, NOHUGE, DONTDUMP, RANDOM, SEQUENTIAL, LOCKED,
	LOCK_ONFAULT, NORESERVE, PLAIN, NR };

static char *mem[NR];

static void flags_of(char *at, char *flags, size_t size)
{
	char *text = slurp("/proc/self/smaps"), key[32], *mapping;

	snprintf(key, sizeof(key), "%lx-", (unsigned long)at);
	mapping = strstr(text, key);
	flags[0] = '\0';
	if (CHECK(mapping))
		field(mapping, "VmFlags", flags, size);
	/* Soft-dirty is about writes since it was last reset, not state. */
	/* Linux 6.1 has no name for VM_LOCKONFAULT. */
	mapping = strstr(flags, "??");
	if (mapping)
		memcpy(mapping, "lf", 2);
	mapping = strstr(flags, " sd");
	if (mapping)
		memmove(mapping, mapping + 3, strlen(mapping + 3) + 1);
	free(text);
}

static char *map(int extra)
{
	/* Holes keep neighbours apart: equal ones would be merged. */
	char *at = MUST(mmap(NULL, 4 * MIB, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	MUST(munmap(at, 4 * MIB));
	return MUST(mmap(at + MIB, 2 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			 MAP_ANONYMOUS | MAP_FIXED | extra, -1, 0));
}

static void child(void *arg)
{
	char byte;

	CHECK_ERR(mincore(mem[DONTFORK], PAGE, (void *)&byte), ENOMEM);
	CHECK_EQ(mem[WIPE][0], 0);
	CHECK_EQ(mem[PLAIN][0], 'p');
}

static long locked_kb(void)
{
	char *text = slurp("/proc/self/status"), value[32];

	field(text, "VmLck", value, sizeof(value));
	free(text);
	return atol(value);
}

/* Is every page of a range mapped? */
static bool all_mapped(char *at, size_t size)
{
	int fd = MUST(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
	uint64_t entry[32];
	size_t i, nr = size / PAGE;
	bool ok;

	ok = nr <= ARRAY_SIZE(entry) &&
	     CHECK_EQ(pread(fd, entry, nr * 8, (unsigned long)at / PAGE * 8), nr * 8);
	for (i = 0; i < nr && ok; i++)
		ok = CHECK(entry[i] >> 63);
	close(fd);
	return ok;
}

/* Files' pages that are locked are mapped again, also those that nobody touches. */
static char *lock_file(int flags)
{
	int fd = MUST(open("locked", O_RDWR | O_CREAT, 0600));
	char *at;

	MUST(ftruncate(fd, 16 * PAGE));
	at = MUST(mmap(NULL, 16 * PAGE, PROT_READ, flags, fd, 0));
	MUST(mlock(at, 16 * PAGE));
	close(fd);
	CHECK(all_mapped(at, 16 * PAGE));
	return at;
}

int main(void)
{
	static char before[NR][256];
	char after[256];
	char *private, *shared;
	long locked;
	int i;

	private = lock_file(MAP_PRIVATE);
	shared = lock_file(MAP_SHARED);
	for (i = 0; i < NR; i++)
		mem[i] = map(i == NORESERVE ? MAP_NORESERVE : 0);
	MUST(madvise(mem[DONTFORK], 2 * MIB, MADV_DONTFORK));
	MUST(madvise(mem[WIPE], 2 * MIB, MADV_WIPEONFORK));
	MUST(madvise(mem[HUGE], 2 * MIB, MADV_HUGEPAGE));
	MUST(madvise(mem[NOHUGE], 2 * MIB, MADV_NOHUGEPAGE));
	MUST(madvise(mem[DONTDUMP], 2 * MIB, MADV_DONTDUMP));
	MUST(madvise(mem[RANDOM], 2 * MIB, MADV_RANDOM));
	MUST(madvise(mem[SEQUENTIAL], 2 * MIB, MADV_SEQUENTIAL));
	MUST(mlock(mem[LOCKED], 2 * MIB));
	MUST(mlock2(mem[LOCK_ONFAULT], 2 * MIB, MLOCK_ONFAULT));
	for (i = 0; i < NR; i++)
		mem[i][0] = 'p';
	for (i = 0; i < NR; i++)
		flags_of(mem[i], before[i], sizeof(before[i]));
	locked = locked_kb();
	CHECK_EQ(locked, 4096 + 2 * 16 * 4);

	hop();

	for (i = 0; i < NR; i++) {
		flags_of(mem[i], after, sizeof(after));
		CHECK_STR(after, before[i]);
		CHECK_EQ(mem[i][0], 'p');
	}
	CHECK_EQ(locked_kb(), locked);
	all_mapped(private, 16 * PAGE);
	all_mapped(shared, 16 * PAGE);
	hop_reap(hop_child(child, NULL));
	CHECK_EQ(munlock(mem[LOCKED], 2 * MIB), 0);
	CHECK_EQ(locked_kb(), locked - 2048);
	return hop_status();
}
