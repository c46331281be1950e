// SPDX-License-Identifier: GPL-2.0
/*
 * Private anonymous memory: 64 MiB of contents, read-only and inaccessible
 * parts, untouched pages, the shared zero page, gaps.
 */
#include <setjmp.h>

#include "hop_test.h"

#define SIZE	(64 * MIB)

static sigjmp_buf fault;
static int fault_sig, fault_code;

static void on_fault(int sig, siginfo_t *info, void *context)
{
	fault_sig = sig;
	fault_code = info->si_code;
	siglongjmp(fault, 1);
}

/* Whether an access ends with @sig; the value read is in no one's way. */
static bool faults(char *at, bool write)
{
	if (sigsetjmp(fault, 1))
		return true;
	if (write)
		poke(at);
	else
		peek(at);
	return false;
}

static char *map(size_t size, int prot)
{
	return MUST(mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static bool all_zero(const char *mem, size_t size)
{
	return !mem[0] && !memcmp(mem, mem + 1, size - 1);
}

int main(void)
{
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	char *big, *ro, *none, *untouched, *zero, *holes, *wo;
	size_t i;

	MUST(sigaction(SIGSEGV, &sa, NULL));
	big = map(SIZE, PROT_READ | PROT_WRITE);
	fill(big, SIZE, 1);
	ro = map(MIB, PROT_READ | PROT_WRITE);
	fill(ro, MIB, 2);
	MUST(mprotect(ro, MIB, PROT_READ));
	none = map(MIB, PROT_READ | PROT_WRITE);
	fill(none, MIB, 3);
	MUST(mprotect(none, MIB, PROT_NONE));
	untouched = map(4 * MIB, PROT_READ | PROT_WRITE);
	zero = map(4 * MIB, PROT_READ | PROT_WRITE);
	CHECK(all_zero(zero, 4 * MIB));
	/* Every second page is there, one part of the others is unmapped. */
	holes = map(256 * PAGE, PROT_READ | PROT_WRITE);
	for (i = 0; i < 256; i += 2)
		fill(holes + i * PAGE, PAGE, i);
	MUST(munmap(holes + 100 * PAGE, 10 * PAGE));
	wo = map(MIB, PROT_READ | PROT_WRITE);
	fill(wo, MIB, 5);
	MUST(madvise(wo + 64 * PAGE, 64 * PAGE, MADV_DONTNEED));

	hop();

	CHECK(filled(big, SIZE, 1));
	CHECK(filled(ro, MIB, 2));
	CHECK(faults(ro + 5 * PAGE, true));
	CHECK_EQ(fault_code, SEGV_ACCERR);
	CHECK(faults(none + 3 * PAGE, false));
	CHECK_EQ(fault_code, SEGV_ACCERR);
	MUST(mprotect(none, MIB, PROT_READ));
	CHECK(filled(none, MIB, 3));
	MUST(mprotect(ro, MIB, PROT_READ | PROT_WRITE));
	fill(ro, MIB, 12);
	CHECK(filled(ro, MIB, 12));
	CHECK(all_zero(untouched, 4 * MIB));
	fill(untouched, 4 * MIB, 6);
	CHECK(all_zero(zero, 4 * MIB));
	fill(zero + MIB, MIB, 7);
	CHECK(all_zero(zero, MIB));
	CHECK(filled(zero + MIB, MIB, 7));
	CHECK(filled(untouched, 4 * MIB, 6));
	for (i = 0; i < 256; i++) {
		if (i >= 100 && i < 110)
			CHECK(faults(holes + i * PAGE, false) &&
			      fault_code == SEGV_MAPERR);
		else if (i % 2)
			CHECK(all_zero(holes + i * PAGE, PAGE));
		else
			CHECK(filled(holes + i * PAGE, PAGE, i));
	}
	CHECK(filled(wo, 64 * PAGE, 5));
	CHECK(all_zero(wo + 64 * PAGE, 64 * PAGE));
	/* Every page can be written, and freed, here. */
	fill(big, SIZE, 8);
	CHECK(filled(big, SIZE, 8));
	MUST(madvise(big, SIZE / 2, MADV_DONTNEED));
	CHECK(all_zero(big, SIZE / 2));
	CHECK_EQ(munmap(big, SIZE), 0);
	CHECK_EQ(fault_sig, SIGSEGV);
	return hop_status();
}
