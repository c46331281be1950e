// SPDX-License-Identifier: GPL-2.0
/* /dev/null, zero, full, random and urandom, held open and mapped. */
#include "hop_test.h"

static bool all_zero(const char *mem, size_t size)
{
	return !mem[0] && !memcmp(mem, mem + 1, size - 1);
}

int main(void)
{
	int null, zero, full, random, urandom;
	char buf[64], again[64], *mapped;

	null = MUST(open("/dev/null", O_RDWR | O_APPEND));
	zero = MUST(open("/dev/zero", O_RDWR | O_CLOEXEC));
	full = MUST(open("/dev/full", O_RDWR));
	random = MUST(open("/dev/random", O_RDONLY | O_NONBLOCK));
	urandom = MUST(open("/dev/urandom", O_RDONLY));
	mapped = MUST(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			   zero, 0));
	strcpy(mapped + PAGE, "written");
	MUST(read(urandom, buf, sizeof(buf)));

	hop();

	CHECK_EQ(write(null, "x", 1), 1);
	CHECK_EQ(read(null, buf, 1), 0);
	CHECK(fcntl(null, F_GETFL) & O_APPEND);
	memset(again, 1, sizeof(again));
	CHECK_EQ(read(zero, again, sizeof(again)), sizeof(again));
	CHECK(all_zero(again, sizeof(again)));
	CHECK_EQ(fcntl(zero, F_GETFD), FD_CLOEXEC);
	CHECK_ERR(write(full, "x", 1), ENOSPC);
	CHECK_EQ(read(random, again, 16), 16);
	CHECK_EQ(read(urandom, again, sizeof(again)), sizeof(again));
	CHECK(memcmp(buf, again, sizeof(buf)));
	CHECK_STR(mapped + PAGE, "written");
	CHECK(all_zero(mapped, PAGE));
	strcpy(mapped, "now");
	CHECK_STR(mapped, "now");
	return hop_status();
}
