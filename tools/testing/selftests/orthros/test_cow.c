// SPDX-License-Identifier: GPL-2.0
/*
 * Copy-on-write between forked processes: the pages stay shared (Pss), the
 * contents stay independent, and the sharing ends where one writes.
 */
#include "hop_test.h"

#define SIZE	(8 * MIB)
#define KIDS	3

static struct gate ready, go, next, fork_go;
static char *mem;

/* A value in kB of the mapping at @mem, from smaps. */
static long smaps_kb(const char *key)
{
	char *text = slurp("/proc/self/smaps"), at[32], value[32];
	char *mapping;
	long kb = -1;

	snprintf(at, sizeof(at), "%lx-", (unsigned long)mem);
	mapping = strstr(text, at);
	if (CHECK(mapping) && CHECK(field(mapping, key, value, sizeof(value))))
		kb = atol(value);
	free(text);
	return kb;
}

/* Its own page is written before the hop, another one after it. */
static void child(void *arg)
{
	long n = (long)arg;
	char *own = mem + n * MIB, *later = mem + (n + 4) * MIB;

	fill(own, MIB, 100 + n);
	gate_post(&ready, 1);
	gate_take(&go, 1);

	CHECK_EQ(smaps_kb("Rss"), SIZE / 1024);
	CHECK(filled(own, MIB, 100 + n));
	CHECK(filled(later, MIB, 4 + n));
	/* What nobody has written yet has one page for all four. */
	CHECK(smaps_kb("Shared_Dirty") + smaps_kb("Shared_Clean") >= 5 * 1024);
	CHECK(smaps_kb("Private_Dirty") + smaps_kb("Private_Clean") <= 3 * 1024);
	gate_post(&ready, 1);
	gate_take(&next, 1);
	fill(later, MIB, 200 + n);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK(filled(own, MIB, 100 + n));
	CHECK(filled(later, MIB, 200 + n));
	CHECK(filled(mem + 7 * MIB, MIB, 7));
}

static void overwrite(void *arg)
{
	fill(mem, SIZE, 300);
	CHECK(filled(mem, SIZE, 300));
}

/* A child that goes on forking: its page tables are copied as they came. */
static void forks(void *arg)
{
	gate_post(&ready, 1);
	gate_take(&fork_go, 1);
	hop_reap(hop_child(overwrite, NULL));
	CHECK(filled(mem + 7 * MIB, MIB, 7));
}

int main(void)
{
	pid_t pid[KIDS], forker;
	long i, pss;

	gate_init(&ready);
	gate_init(&go);
	gate_init(&next);
	gate_init(&fork_go);
	mem = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	/* Sharing is counted in small pages here. */
	madvise(mem, SIZE, MADV_NOHUGEPAGE);
	for (i = 0; i < 8; i++)
		fill(mem + i * MIB, MIB, i);
	for (i = 0; i < KIDS; i++)
		pid[i] = hop_child(child, (void *)i);
	forker = hop_child(forks, NULL);
	gate_take(&ready, KIDS + 1);
	pss = smaps_kb("Pss");

	hop();

	CHECK_EQ(smaps_kb("Pss"), pss);
	gate_post(&fork_go, 1);
	hop_reap(forker);
	gate_post(&go, KIDS);
	gate_take(&ready, KIDS);
	gate_post(&next, KIDS);
	gate_take(&ready, KIDS);
	for (i = 0; i < 8; i++)
		CHECK(filled(mem + i * MIB, MIB, i));
	gate_post(&go, KIDS);
	for (i = 0; i < KIDS; i++)
		hop_reap(pid[i]);
	/* Alone again: nothing is copied, nothing is shared. */
	CHECK_EQ(smaps_kb("Pss"), SIZE / 1024);
	for (i = 0; i < 8; i++) {
		CHECK(filled(mem + i * MIB, MIB, i));
		fill(mem + i * MIB, MIB, 400 + i);
	}
	CHECK(filled(mem, MIB, 400));
	return hop_status();
}
