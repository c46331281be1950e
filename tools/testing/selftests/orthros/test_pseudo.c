// SPDX-License-Identifier: GPL-2.0
/* Open files and directories of proc, sysfs and the device file system. */
#include <dirent.h>

#include "hop_test.h"

int main(void)
{
	int version, hostname, attr, kmsg, dirs[3], cwd;
	static const char * const paths[] = { "/proc", "/sys/kernel", "/dev" };
	char before[512], after[512];
	ssize_t n;
	size_t i;
	DIR *dir;

	version = MUST(open("/proc/version", O_RDONLY));
	MUST(read(version, before, 6));
	hostname = MUST(open("/proc/sys/kernel/hostname", O_RDONLY));
	attr = MUST(open("/sys/kernel/mm/transparent_hugepage/enabled", O_RDONLY));
	n = MUST(read(attr, before, sizeof(before) - 1));
	before[n] = '\0';
	kmsg = MUST(open("/dev/kmsg", O_WRONLY));
	for (i = 0; i < ARRAY_SIZE(paths); i++)
		dirs[i] = MUST(open(paths[i], O_RDONLY | O_DIRECTORY));
	cwd = MUST(open(".", O_PATH));
	MUST(chdir("/proc/sys"));

	hop();

	/* The offset is where it was, in the text of this kernel. */
	CHECK_EQ(lseek(version, 0, SEEK_CUR), 6);
	CHECK_EQ(pread(version, after, 13, 0), 13);
	CHECK(!memcmp(after, "Linux version", 13));
	CHECK(pread(hostname, after, sizeof(after), 0) > 0);
	n = pread(attr, after, sizeof(after) - 1, 0);
	CHECK(n > 0);
	after[n < 0 ? 0 : n] = '\0';
	CHECK_STR(after, before);
	CHECK(write(kmsg, "orthros selftest\n", 17) == 17);
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		dir = fdopendir(dirs[i]);
		CHECK(dir && readdir(dir));
	}
	CHECK(getcwd(after, sizeof(after)));
	CHECK_STR(after, "/proc/sys");
	CHECK_EQ(access("kernel/hostname", R_OK), 0);
	CHECK_EQ(fchdir(cwd), 0);
	return hop_status();
}
