// SPDX-License-Identifier: GPL-2.0
/* Two thousand mappings in one address space. */
#include "hop_test.h"

#define NR	2000

static unsigned long maps_lines(void)
{
	char *text = slurp("/proc/self/maps"), *at;
	unsigned long n = 0;

	for (at = text; (at = strchr(at, '\n')); at++)
		n++;
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
	lines = maps_lines();
	CHECK(lines >= NR);

	hop();

	CHECK_EQ(maps_lines(), lines);
	for (i = 0; i < NR; i++)
		CHECK(filled(mem + i * PAGE, 64, i));
	/* One after another they become one mapping again. */
	MUST(mprotect(mem, NR * PAGE, PROT_READ | PROT_WRITE));
	CHECK(maps_lines() < 100);
	for (i = 0; i < NR; i++)
		fill(mem + i * PAGE, 64, i + 1);
	CHECK_EQ(munmap(mem, NR * PAGE), 0);
	return hop_status();
}
