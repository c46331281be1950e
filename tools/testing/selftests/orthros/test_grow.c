// SPDX-License-Identifier: GPL-2.0
/* The stack grows, brk goes on, mappings move, after a hop as before. */
#include <setjmp.h>

#include "hop_test.h"

static sigjmp_buf fault;

static void on_fault(int sig)
{
	siglongjmp(fault, 1);
}

static __attribute__((noinline)) long deep(long n)
{
	char frame[16 * 1024];

	frame[0] = n;
	frame[sizeof(frame) - 1] = n;
	asm volatile("" : : "r"(frame) : "memory");
	if (n)
		return deep(n - 1) + frame[0] - frame[sizeof(frame) - 1] + 1;
	return 0;
}

static bool faults(char *at)
{
	if (sigsetjmp(fault, 1))
		return true;
	poke(at);
	return false;
}

int main(void)
{
	char *heap, *end, *grows, *moved, *fixed;
	stack_t ss = { .ss_size = 65536 };
	struct sigaction sa = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK };
	void *place;

	ss.ss_sp = malloc(ss.ss_size);
	MUST(sigaltstack(&ss, NULL));
	MUST(sigaction(SIGSEGV, &sa, NULL));
	CHECK_EQ(deep(8), 8);
	heap = sbrk(1 * MIB);
	fill(heap, MIB, 1);
	end = sbrk(0);

	/* A mapping of its own that grows down, with room below. */
	place = MUST(mmap(NULL, 4 * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0));
	MUST(munmap(place, 4 * MIB));
	grows = MUST(mmap((char *)place + 3 * MIB, 16 * PAGE,
			  PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
			  MAP_GROWSDOWN | MAP_FIXED, -1, 0));
	fill(grows, 16 * PAGE, 2);

	/* Moved before the hop: its pages' offsets are not its address. */
	moved = MUST(mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	fill(moved, 2 * MIB, 3);
	place = MUST(mmap(NULL, 8 * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0));
	moved = MUST(mremap(moved, 2 * MIB, 4 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED,
			    place));
	fill(moved + 2 * MIB, 2 * MIB, 4);
	fixed = MUST(mmap((char *)place + 5 * MIB, MIB, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	fill(fixed, MIB, 5);

	hop();

	CHECK_EQ((long)sbrk(0), (long)end);
	CHECK(filled(heap, MIB, 1));
	CHECK_EQ((long)sbrk(MIB), (long)end);
	fill(end, MIB, 6);
	CHECK(filled(heap, MIB, 1));
	CHECK_EQ(brk(heap + MIB / 2), 0);
	CHECK(faults(heap + MIB));

	CHECK_EQ(deep(200), 200);

	CHECK(filled(grows, 16 * PAGE, 2));
	CHECK(!faults(grows - 100 * PAGE));
	CHECK(!faults(grows - PAGE));
	CHECK(filled(grows, 16 * PAGE, 2));

	CHECK(filled(moved, 2 * MIB, 3));
	CHECK(filled(moved + 2 * MIB, 2 * MIB, 4));
	CHECK(filled(fixed, MIB, 5));
	moved = mremap(moved, 4 * MIB, 6 * MIB, MREMAP_MAYMOVE);
	CHECK(moved != MAP_FAILED);
	CHECK(filled(moved, 2 * MIB, 3));
	CHECK(filled(moved + 2 * MIB, 2 * MIB, 4));
	fixed = mremap(fixed, MIB, MIB / 2, 0);
	CHECK(filled(fixed, MIB / 2, 5));
	CHECK(faults(fixed + MIB / 2));
	return hop_status();
}
