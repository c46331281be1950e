// SPDX-License-Identifier: GPL-2.0
/*
 * The page cache of files on disks: what was read before a hop is not read from
 * the disk again after it, be the file in use or not; what was written meanwhile
 * is not undone.
 */
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include "hop_test.h"
#include "orthros_ctl.h"

/* The Makefile builds it for another file system, too. */
#ifndef DISK
#define DISK	"/disk"
#define MAGIC	0xef53
#endif

#define SMALL	64
#define SMALL_SIZE (64 * 1024)

static unsigned long size = 512 * MIB;

/* Sectors read from the disk. */
static long long sectors_read(void)
{
	char name[64], *text, *at;
	long long n = -1;
	struct stat st;
	int i;

	MUST(stat(DISK, &st));
	snprintf(name, sizeof(name), "/sys/dev/block/%u:%u/stat", major(st.st_dev),
		 minor(st.st_dev));
	text = slurp(name);
	at = text;
	/* The third number. */
	for (i = 0; i < 3; i++)
		n = strtoll(at, &at, 10);
	free(text);
	return n;
}

static void make(const char *name, unsigned long bytes, uint64_t seed)
{
	unsigned char *buf = malloc(MIB);
	int fd = MUST(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));
	unsigned long at, part;

	for (at = 0; at < bytes; at += part) {
		part = bytes - at < MIB ? bytes - at : MIB;
		fill(buf, part, seed + at / MIB);
		MUST(write(fd, buf, part));
	}
	MUST(fsync(fd));
	close(fd);
	free(buf);
}

static bool good(const char *name, unsigned long bytes, uint64_t seed)
{
	unsigned char *buf = malloc(MIB);
	int fd = MUST(open(name, O_RDONLY));
	unsigned long at, part;
	bool ok = true;

	for (at = 0; at < bytes && ok; at += part) {
		part = bytes - at < MIB ? bytes - at : MIB;
		ok = CHECK_EQ(read(fd, buf, part), (long long)part) &&
		     CHECK(filled(buf, part, seed + at / MIB));
	}
	close(fd);
	free(buf);
	return ok;
}

int main(void)
{
	char dir[] = DISK "/cache.XXXXXX", name[32], byte;
	long long before, sectors;
	struct statfs fs;
	int held, i;

	if (statfs(DISK, &fs) || fs.f_type != MAGIC)
		hop_skip("nothing on " DISK);
	if ((unsigned long)fs.f_bavail * fs.f_bsize < size + 64 * MIB)
		size = 32 * MIB;
	MUST(mkdtemp(dir) ? 0 : -1);
	MUST(chdir(dir));
	make("large", size, 1);
	held = MUST(open("large", O_RDONLY));
	for (i = 0; i < SMALL; i++) {
		snprintf(name, sizeof(name), "small%d", i);
		make(name, SMALL_SIZE, 1000 + i);
	}
	make("changed", SMALL_SIZE, 1);

	hop();

	/* At once, while the other kernel is still at it. */
	make("changed", SMALL_SIZE, 2);
	CHECK(ctl_wait_settled(100));
	before = sectors_read();
	CHECK(good("large", size, 1));
	CHECK_EQ(pread(held, &byte, 1, size - 1), 1);
	for (i = 0; i < SMALL; i++) {
		snprintf(name, sizeof(name), "small%d", i);
		CHECK(good(name, SMALL_SIZE, 1000 + i));
	}
	CHECK(good("changed", SMALL_SIZE, 2));
	sectors = sectors_read() - before;
	printf("# %lld sectors read for %lu MiB\n", sectors, size / MIB);
	/* Names and inodes are read anew, contents are not. */
	CHECK(sectors < 1024);
	return hop_status();
}
