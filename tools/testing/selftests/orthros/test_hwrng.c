// SPDX-License-Identifier: GPL-2.0
/* The virtio entropy device: read before and after, by a descriptor that stays open. */
#include "hop_test.h"

static void hwrng_read(int fd, unsigned char *buf, size_t len)
{
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = read(fd, buf + got, len - got);
		if (!CHECK(n > 0))
			return;
		got += n;
	}
}

int main(void)
{
	unsigned char before[64], after[64], other[64];
	int fd = open("/dev/hwrng", O_RDONLY);

	if (fd < 0)
		hop_skip("no /dev/hwrng");
	hwrng_read(fd, before, sizeof(before));

	hop();

	hwrng_read(fd, after, sizeof(after));
	CHECK(memcmp(before, after, sizeof(after)));
	close(fd);
	fd = MUST(open("/dev/hwrng", O_RDONLY));
	hwrng_read(fd, other, sizeof(other));
	CHECK(memcmp(after, other, sizeof(other)));
	return hop_status();
}
