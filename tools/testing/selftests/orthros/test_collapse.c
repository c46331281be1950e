// SPDX-License-Identifier: GPL-2.0
/* Adopted pages become huge pages, and these are split again. */
#include "hop_test.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

#define HUGE	(2 * MIB)
#define NR	4

static char *mem;

static long huge_kb(void)
{
	char *text = slurp("/proc/self/smaps"), *at = text, value[32];
	long kb = 0;

	/* The mapping may have been split. */
	for (; (at = strstr(at, "AnonHugePages:")); at++)
		if (CHECK(field(at, "AnonHugePages", value, sizeof(value))))
			kb += atol(value);
	free(text);
	return kb;
}

static void child(void *arg)
{
	int i;

	for (i = 0; i < NR; i++)
		CHECK(filled(mem + i * HUGE, HUGE, i));
	fill(mem, HUGE, 50);
	CHECK(filled(mem, HUGE, 50));
}

int main(void)
{
	char *area;
	long kb;
	int i;

	area = MUST(mmap(NULL, (NR + 1) * HUGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	mem = (char *)(((unsigned long)area + HUGE - 1) & ~(HUGE - 1));
	MUST(madvise(mem, NR * HUGE, MADV_NOHUGEPAGE));
	for (i = 0; i < NR; i++)
		fill(mem + i * HUGE, HUGE, i);

	hop();

	kb = huge_kb();
	MUST(madvise(mem, NR * HUGE, MADV_HUGEPAGE));
	/* Pages that just wait for an LRU list cannot be isolated: a try more. */
	for (i = 0; i < 3 && madvise(mem, NR * HUGE, MADV_COLLAPSE); i++)
		;
	CHECK_EQ(huge_kb() - kb, NR * HUGE / 1024);
	for (i = 0; i < NR; i++)
		CHECK(filled(mem + i * HUGE, HUGE, i));
	hop_reap(hop_child(child, NULL));

	MUST(madvise(mem + HUGE + 4 * PAGE, PAGE, MADV_DONTNEED));
	MUST(mprotect(mem + 2 * HUGE, PAGE, PROT_READ));
	CHECK_EQ(huge_kb() - kb, (NR - 2) * HUGE / 1024);
	CHECK(filled(mem, HUGE, 0));
	CHECK(filled(mem + HUGE, 4 * PAGE, 1));
	CHECK_EQ(mem[HUGE + 4 * PAGE], 0);
	CHECK(filled(mem + 2 * HUGE, HUGE, 2));
	MUST(munmap(mem, NR * HUGE));
	return hop_status();
}
