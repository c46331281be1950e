// SPDX-License-Identifier: GPL-2.0
/*
 * A disk without a file system, by its device node, which has the same name
 * and number after the hop: what was written through the page cache and not
 * synced, what was written past it, positions, an exclusive opener. The last
 * 8 MiB of the last disk are used, if it is not mounted.
 */
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "hop_test.h"

#define LEN	(1 * MIB)
#define TAIL	(8 * MIB)

static const char *find_disk(void)
{
	static const char *const disks[] = { "/dev/vdc", "/dev/vdb", "/dev/vda", "/dev/sda" };
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(disks); i++) {
		/* Who has mounted it holds it. */
		fd = open(disks[i], O_RDWR | O_EXCL);
		if (fd >= 0) {
			close(fd);
			return disks[i];
		}
	}
	return NULL;
}

static void check_part(int fd, off_t at, unsigned char *mem, unsigned int seed)
{
	memset(mem, 0, LEN);
	CHECK_EQ(pread(fd, mem, LEN, at), LEN);
	CHECK(filled(mem, LEN, seed));
}

int main(void)
{
	const char *disk = find_disk();
	int buffered, direct, exclusive, other;
	unsigned long long size, size_after;
	struct stat before, after;
	unsigned char *mem;
	off_t at;

	if (!disk)
		hop_skip("no disk that is free");
	mem = MUST(mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	buffered = MUST(open(disk, O_RDWR));
	direct = MUST(open(disk, O_RDWR | O_DIRECT));
	exclusive = MUST(open(disk, O_RDONLY | O_EXCL));
	MUST(ioctl(buffered, BLKGETSIZE64, &size));
	if (size < TAIL)
		hop_skip("the disk is too small");
	at = size - TAIL;
	MUST(fstat(buffered, &before));

	fill(mem, LEN, 11);
	MUST(pwrite(buffered, mem, LEN, at));
	fill(mem, LEN, 12);
	CHECK_EQ(pwrite(direct, mem, LEN, at + LEN), LEN);
	MUST(lseek(buffered, at + 3 * LEN, SEEK_SET));

	hop();

	CHECK_EQ(stat(disk, &after), 0);
	CHECK_EQ(after.st_rdev, before.st_rdev);
	CHECK_EQ(fstat(buffered, &after), 0);
	CHECK_EQ(after.st_rdev, before.st_rdev);
	CHECK_EQ(ioctl(buffered, BLKGETSIZE64, &size_after), 0);
	CHECK_EQ(size_after, size);
	CHECK_EQ(lseek(buffered, 0, SEEK_CUR), at + 3 * LEN);
	CHECK(fcntl(direct, F_GETFL) & O_DIRECT);
	/* Past the cache: it was on the disk before the kernel changed. */
	check_part(direct, at, mem, 11);
	check_part(buffered, at + LEN, mem, 12);
	other = open(disk, O_RDONLY | O_EXCL);
	CHECK_EQ(other, -1);
	CHECK_EQ(errno, EBUSY);
	fill(mem, LEN, 13);
	CHECK_EQ(write(buffered, mem, LEN), LEN);
	CHECK_EQ(fsync(buffered), 0);
	check_part(direct, at + 3 * LEN, mem, 13);
	close(exclusive);
	other = open(disk, O_RDONLY | O_EXCL);
	CHECK(other >= 0);
	return hop_status();
}
