// SPDX-License-Identifier: GPL-2.0
/* Transparent huge pages: contents, also shared with a child, also split. */
#include "hop_test.h"

#define HUGE	(2 * MIB)
#define NR	8

static struct gate ready, go;
static char *mem;

static void child(void *arg)
{
	int i;

	mem[3 * HUGE + PAGE] = 'c';
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(mem[3 * HUGE + PAGE], 'c');
	for (i = 0; i < 3; i++)
		CHECK(filled(mem + i * HUGE, HUGE, i));
	fill(mem, HUGE, 20);
	CHECK(filled(mem, HUGE, 20));
}

int main(void)
{
	char *area;
	pid_t pid;
	int i;

	gate_init(&ready);
	gate_init(&go);
	area = MUST(mmap(NULL, (NR + 1) * HUGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	mem = (char *)(((unsigned long)area + HUGE - 1) & ~(HUGE - 1));
	MUST(madvise(mem, NR * HUGE, MADV_HUGEPAGE));
	for (i = 0; i < NR; i++)
		fill(mem + i * HUGE, HUGE, i);
	/* One is mapped by small pages, one has lost a part. */
	MUST(mprotect(mem + 5 * HUGE, 16 * PAGE, PROT_READ));
	MUST(madvise(mem + 6 * HUGE + 4 * PAGE, PAGE, MADV_DONTNEED));
	pid = hop_child(child, NULL);
	gate_take(&ready, 1);

	hop();

	for (i = 0; i < NR; i++)
		if (i != 6)
			CHECK(filled(mem + i * HUGE, HUGE, i));
	CHECK(filled(mem + 6 * HUGE, 4 * PAGE, 6));
	CHECK_EQ(mem[6 * HUGE + 4 * PAGE], 0);
	gate_post(&go, 1);
	hop_reap(pid);
	for (i = 0; i < 4; i++)
		CHECK(filled(mem + i * HUGE, HUGE, i));
	for (i = 0; i < NR; i++) {
		if (i == 5)
			continue;
		fill(mem + i * HUGE, HUGE, 30 + i);
		CHECK(filled(mem + i * HUGE, HUGE, 30 + i));
	}
	MUST(munmap(mem + HUGE + 7 * PAGE, HUGE));
	CHECK(filled(mem + HUGE, 7 * PAGE, 31));
	CHECK_EQ(munmap(mem, NR * HUGE), 0);
	return hop_status();
}
