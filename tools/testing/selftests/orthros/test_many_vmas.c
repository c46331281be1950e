// SPDX-License-Identifier: GPL-2.0
/* Two thousand mappings in one address space. */
#include "hop_test.h"

#define NR	2000

/* Mappings that lie in [mem, mem + NR pages). */
static unsigned long maps_lines(const char *mem)
{
	char *text = slurp("/proc/self/maps"), *at;
	unsigned long n = 0, first = (unsigned long)mem;

	for (at = text; *at; at = strchr(at, '\n') + 1) {
		unsigned long start = strtoul(at, NULL, 16);

		n += start >= first && start < first + NR * PAGE;
	}
	free(text);
	return n;
}

int main(void)
{
	unsigned long i, lines;
	char *mem;

	mem = MUST(mmap(NULL, NR * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	for (i = 0; i < NR; i++) {
		fill(mem + i * PAGE, 64, i);
		if (i % 2)
			MUST(mprotect(mem + i * PAGE, PAGE, PROT_READ));
	}
	lines = maps_lines(mem);
	CHECK_EQ(lines, NR);

	hop();

	CHECK_EQ(maps_lines(mem), lines);
	for (i = 0; i < NR; i++)
		CHECK(filled(mem + i * PAGE, 64, i));
	/* One after another they become one mapping again. */
	MUST(mprotect(mem, NR * PAGE, PROT_READ | PROT_WRITE));
	CHECK_EQ(maps_lines(mem), 1);
	for (i = 0; i < NR; i++)
		fill(mem + i * PAGE, 64, i + 1);
	CHECK_EQ(munmap(mem, NR * PAGE), 0);
	return hop_status();
}
