// SPDX-License-Identifier: GPL-2.0
/*
 * Open files: offset, flags, O_APPEND, O_PATH, deleted, sparse, directories,
 * sharing by dup and fork, descriptor numbers and close-on-exec.
 */
#include <dirent.h>

#include "hop_test.h"

#define NAMES	500

#ifndef F_SET_RW_HINT
#define F_GET_RW_HINT	1035
#define F_SET_RW_HINT	1036
#endif

static struct gate ready, go;

static int make(const char *path, int flags, const char *text)
{
	write_file(path, text, strlen(text));
	return MUST(open(path, flags));
}

static void child(void *arg)
{
	int fd = (long)arg;
	char c;

	gate_post(&ready, 1);
	gate_take(&go, 1);
	/* The parent has read one byte more: one offset for both. */
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 6);
	CHECK_EQ(read(fd, &c, 1), 1);
	CHECK_EQ(c, 'g');
}

struct names {
	unsigned char seen[NAMES];
	int total;
};

/* Reads up to @max entries of a directory. */
static void read_names(DIR *dir, struct names *n, int max)
{
	struct dirent *de;

	while (max-- && (de = readdir(dir))) {
		int i;

		if (sscanf(de->d_name, "entry%d", &i) == 1 && i < NAMES) {
			n->seen[i]++;
			n->total++;
		}
	}
}

int main(void)
{
	int fd, ro, append, dup_fd, forked, deleted, path_fd, sparse, dirfd, high;
	int nonblock, in_memory, twice, i;
	struct names names = { };
	struct stat before, after;
	uint64_t hint = 4 /* RWH_WRITE_LIFE_LONG */;
	char buf[64], name[32];
	DIR *dir;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	fd = make("plain", O_RDWR, "0123456789");
	MUST(lseek(fd, 3, SEEK_SET));
	ro = MUST(open("plain", O_RDONLY));
	append = make("append", O_WRONLY | O_APPEND, "abc");
	dup_fd = MUST(dup(fd));
	twice = MUST(open("plain", O_RDWR));
	forked = make("forked", O_RDONLY, "abcdefghij");
	MUST(lseek(forked, 5, SEEK_SET));
	pid = hop_child(child, (void *)(long)forked);
	gate_take(&ready, 1);
	deleted = make("deleted", O_RDWR, "still here");
	MUST(unlink("deleted"));
	write_file("deleted", "another", 7);
	path_fd = MUST(open("plain", O_PATH));
	sparse = MUST(open("sparse", O_RDWR | O_CREAT, 0600));
	MUST(pwrite(sparse, "far", 3, 1L << 32));
	MUST(fstat(sparse, &before));
	MUST(mkdir("dir", 0755));
	dirfd = MUST(open("dir", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	for (i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "entry%d", i);
		close(MUST(openat(dirfd, name, O_CREAT | O_WRONLY, 0600)));
	}
	dir = fdopendir(MUST(open("dir", O_RDONLY | O_DIRECTORY)));
	read_names(dir, &names, 200);
	high = MUST(fcntl(fd, F_DUPFD_CLOEXEC, 900));
	nonblock = MUST(open("plain", O_RDWR | O_NONBLOCK | O_NOATIME | O_DSYNC));
	in_memory = MUST(open(".", O_TMPFILE | O_RDWR, 0600));
	MUST(write(in_memory, "nameless", 8));
	MUST(fcntl(append, F_SET_RW_HINT, &hint));
	hint = 0;

	hop();

	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 3);
	CHECK_EQ(read(fd, buf, 2), 2);
	CHECK(!memcmp(buf, "34", 2));
	CHECK_EQ(lseek(dup_fd, 0, SEEK_CUR), 5);
	CHECK_EQ(lseek(high, 0, SEEK_CUR), 5);
	CHECK_EQ(lseek(ro, 0, SEEK_CUR), 0);
	CHECK_EQ(lseek(twice, 0, SEEK_CUR), 0);
	CHECK_EQ(syscall(SYS_kcmp, getpid(), getpid(), 0, fd, dup_fd), 0);
	CHECK(syscall(SYS_kcmp, getpid(), getpid(), 0, fd, twice) != 0);
	CHECK_EQ(high, 900);
	CHECK_EQ(fcntl(high, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(dirfd, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(fd, F_GETFD), 0);
	CHECK_ERR(fcntl(899, F_GETFD), EBADF);
	CHECK_ERR(write(ro, "x", 1), EBADF);
	CHECK_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_RDWR);
	CHECK_EQ(fcntl(nonblock, F_GETFL) & (O_NONBLOCK | O_NOATIME | O_DSYNC),
		 O_NONBLOCK | O_NOATIME | O_DSYNC);

	CHECK_EQ(write(append, "def", 3), 3);
	CHECK_STR(slurp("append"), "abcdef");
	CHECK_EQ(fcntl(append, F_GET_RW_HINT, &hint), 0);
	CHECK_EQ(hint, 4);
	CHECK_EQ(fcntl(fd, F_GET_RW_HINT, &hint), 0);
	CHECK_EQ(hint, 0);
	CHECK_EQ(fcntl(append, F_GETFL) & (O_ACCMODE | O_APPEND), O_WRONLY | O_APPEND);

	CHECK_EQ(read(forked, buf, 1), 1);
	CHECK_EQ(buf[0], 'f');
	gate_post(&go, 1);
	hop_reap(pid);
	CHECK_EQ(lseek(forked, 0, SEEK_CUR), 7);

	CHECK_EQ(pread(deleted, buf, sizeof(buf), 0), 10);
	CHECK(!memcmp(buf, "still here", 10));
	CHECK_EQ(fstat(deleted, &after), 0);
	CHECK_EQ(after.st_nlink, 0);
	CHECK_EQ(pwrite(deleted, "more", 4, 10), 4);
	CHECK_STR(slurp("deleted"), "another");
	CHECK_EQ(pread(in_memory, buf, sizeof(buf), 0), 8);
	CHECK_EQ(fstat(in_memory, &after), 0);
	CHECK_EQ(after.st_nlink, 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", in_memory);
	CHECK_EQ(linkat(AT_FDCWD, name, AT_FDCWD, "named", AT_SYMLINK_FOLLOW), 0);
	CHECK_STR(slurp("named"), "nameless");

	CHECK_ERR(read(path_fd, buf, 1), EBADF);
	CHECK(fcntl(path_fd, F_GETFL) & O_PATH);
	CHECK_EQ(fstat(path_fd, &after), 0);
	CHECK_EQ(after.st_size, 10);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", path_fd);
	CHECK(open(name, O_RDONLY) >= 0);

	CHECK_EQ(fstat(sparse, &after), 0);
	CHECK_EQ(after.st_size, before.st_size);
	CHECK_EQ(after.st_blocks, before.st_blocks);
	CHECK_EQ(lseek(sparse, 0, SEEK_DATA), 1L << 32);
	CHECK_EQ(pread(sparse, buf, 8, 1L << 32), 3);
	CHECK(!memcmp(buf, "far", 3));
	CHECK_EQ(pread(sparse, buf, 8, 1L << 20), 8);
	CHECK(!memcmp(buf, "\0\0\0\0\0\0\0\0", 8));

	/* Each name once, as if nothing had been between the two halves. */
	read_names(dir, &names, NAMES + 10);
	CHECK_EQ(names.total, NAMES);
	for (i = 0; i < NAMES; i++)
		CHECK_EQ(names.seen[i], 1);
	rewinddir(dir);
	read_names(dir, &names, NAMES + 10);
	CHECK_EQ(names.total, 2 * NAMES);
	CHECK_EQ(unlinkat(dirfd, "entry7", 0), 0);
	CHECK_ERR(access("dir/entry7", F_OK), ENOENT);
	return hop_status();
}
