// SPDX-License-Identifier: GPL-2.0
/*
 * Files on a disk: found again by inode, with what was written last and not
 * yet on the disk; renamed, linked, deleted, without a name from the start;
 * mapped; extended attributes; positions, O_APPEND, O_DIRECT; directories.
 */
#include <dirent.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

#include "hop_test.h"

/* The Makefile builds it for another file system, too. */
#ifndef DISK
#define DISK	"/disk"
#define MAGIC	0xef53
#endif

#define NAMES	700
#define DELETED	50
#define BIG	(3 * MIB)

static char link_text[256];

static const char *fd_path(int fd)
{
	char name[64];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, link_text, sizeof(link_text) - 1);
	link_text[n < 0 ? 0 : n] = '\0';
	return link_text;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_mode == b->st_mode &&
	       a->st_nlink == b->st_nlink && a->st_size == b->st_size &&
	       a->st_uid == b->st_uid && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_blocks == b->st_blocks;
}

static int count_names(DIR *dir, int max, unsigned char *seen)
{
	struct dirent *de;
	int n = 0, i;

	while (max-- && (de = readdir(dir)))
		if (sscanf(de->d_name, "entry%d", &i) == 1 && i < NAMES) {
			seen[i]++;
			n++;
		}
	return n;
}

int main(void)
{
	static unsigned char seen[NAMES];
	char dir[] = DISK "/test.XXXXXX", name[64], buf[64], *cwd;
	int fd, renamed, linked, deleted[DELETED], tmpfile, append, direct, exec, gone_dir;
	unsigned char *shared, *private, *late, *block;
	struct stat before, after, linked_before, dir_before;
	struct statfs fs;
	DIR *names;
	int i, n;

	if (statfs(DISK, &fs) || fs.f_type != MAGIC)
		hop_skip("nothing on " DISK);
	MUST(mkdtemp(dir) ? 0 : -1);
	MUST(chdir(dir));
	cwd = getcwd(NULL, 0);

	fd = MUST(open("plain", O_RDWR | O_CREAT, 0640));
	block = aligned_alloc(PAGE, BIG);
	fill(block, BIG, 1);
	MUST(write(fd, block, BIG));
	MUST(lseek(fd, 12345, SEEK_SET));
	MUST(fsetxattr(fd, "user.orthros", "kept", 4, 0));
	MUST(fchown(fd, 7, 8));

	write_file("old", "renamed", 7);
	renamed = MUST(open("old", O_RDWR));
	MUST(rename("old", "new"));
	write_file("old", "other", 5);
	write_file("one", "linked", 6);
	MUST(link("one", "two"));
	linked = MUST(open("two", O_RDWR));
	MUST(unlink("two"));
	MUST(fstat(linked, &linked_before));

	/* Several: the order of the file system's own list of them matters. */
	for (i = 0; i < DELETED; i++) {
		snprintf(name, sizeof(name), "deleted%d", i);
		deleted[i] = MUST(open(name, O_RDWR | O_CREAT, 0600));
		n = snprintf(buf, sizeof(buf), "contents of %d", i);
		MUST(write(deleted[i], buf, n));
		MUST(unlink(name));
	}
	write_file("deleted0", "another one", 11);
	tmpfile = MUST(open(".", O_TMPFILE | O_RDWR, 0600));
	MUST(write(tmpfile, "nameless", 8));

	append = MUST(open("append", O_WRONLY | O_APPEND | O_CREAT, 0600));
	MUST(write(append, "before", 6));
	direct = MUST(open("direct", O_RDWR | O_DIRECT | O_CREAT, 0600));
	MUST(write(direct, block, 8 * PAGE));

	exec = MUST(open("mapped", O_RDWR | O_CREAT, 0600));
	MUST(ftruncate(exec, 16 * PAGE));
	shared = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, exec, 0);
	private = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, exec, 0);
	CHECK(shared != MAP_FAILED && private != MAP_FAILED);
	fill(shared, 8 * PAGE, 2);
	private[3 * PAGE] ^= 0xff;
	/* Never looked at before the hop. */
	late = mmap(NULL, BIG, PROT_READ, MAP_PRIVATE, fd, 0);

	MUST(mkdir("dir", 0755));
	for (i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "dir/entry%d", i);
		close(MUST(open(name, O_CREAT | O_WRONLY, 0600)));
	}
	names = opendir("dir");
	n = count_names(names, 300, seen);
	MUST(mkdir("gone", 0700));
	gone_dir = MUST(open("gone", O_RDONLY | O_DIRECTORY));
	MUST(rmdir("gone"));
	MUST(fstat(fd, &before));
	MUST(stat("dir", &dir_before));
	/* Dirty to the last moment. */
	shared[9 * PAGE] = 77;
	MUST(pwrite(renamed, "RENAMED", 7, 0));

	hop();

	CHECK_STR(getcwd(NULL, 0), cwd);
	CHECK_EQ(fstat(fd, &after), 0);
	CHECK(same_file(&before, &after));
	CHECK_EQ(stat("plain", &after), 0);
	CHECK(same_file(&before, &after));
	CHECK_EQ(stat("dir", &after), 0);
	CHECK(same_file(&dir_before, &after));
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 12345);
	CHECK_EQ(fgetxattr(fd, "user.orthros", buf, sizeof(buf)), 4);
	CHECK_EQ(pread(fd, block, BIG, 0), BIG);
	CHECK(filled(block, BIG, 1));
	CHECK(filled(late, BIG, 1));

	CHECK_EQ(pread(renamed, buf, 7, 0), 7);
	CHECK(!memcmp(buf, "RENAMED", 7));
	CHECK(strstr(fd_path(renamed), "/new"));
	CHECK_STR(slurp("new"), "RENAMED");
	CHECK_STR(slurp("old"), "other");
	CHECK_EQ(fstat(linked, &after), 0);
	CHECK(same_file(&linked_before, &after));
	CHECK(strstr(fd_path(linked), "/two (deleted)"));
	CHECK_EQ(pwrite(linked, "LINKED", 6, 0), 6);
	CHECK_STR(slurp("one"), "LINKED");

	for (i = 0; i < DELETED; i++) {
		char want[64];

		n = snprintf(want, sizeof(want), "contents of %d", i);
		CHECK_EQ(pread(deleted[i], buf, sizeof(buf), 0), n);
		CHECK(!memcmp(buf, want, n));
		CHECK_EQ(fstat(deleted[i], &after), 0);
		CHECK_EQ(after.st_nlink, 0);
		CHECK_EQ(pwrite(deleted[i], "more", 4, 100), 4);
	}
	CHECK(strstr(fd_path(deleted[3]), "/deleted3 (deleted)"));
	CHECK_STR(slurp("deleted0"), "another one");
	/* From the middle, the ends, and the rest at exit. */
	for (i = 10; i < 20; i++)
		close(deleted[i]);
	close(deleted[0]);
	close(deleted[DELETED - 1]);
	CHECK_EQ(linkat(AT_FDCWD, fd_path(tmpfile), AT_FDCWD, "named", AT_SYMLINK_FOLLOW), -1);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", tmpfile);
	CHECK_EQ(linkat(AT_FDCWD, name, AT_FDCWD, "named", AT_SYMLINK_FOLLOW), 0);
	CHECK_STR(slurp("named"), "nameless");

	CHECK_EQ(write(append, " after", 6), 6);
	CHECK_STR(slurp("append"), "before after");
	CHECK_EQ(fcntl(direct, F_GETFL) & O_DIRECT, O_DIRECT);
	CHECK_EQ(pread(direct, block, 8 * PAGE, 0), 8 * PAGE);
	CHECK(filled(block, 8 * PAGE, 1));
	CHECK_EQ(pwrite(direct, block, PAGE, 8 * PAGE), PAGE);

	CHECK(filled(shared, 8 * PAGE, 2));
	CHECK_EQ(shared[9 * PAGE], 77);
	CHECK_EQ(private[3 * PAGE], (unsigned char)(shared[3 * PAGE] ^ 0xff));
	CHECK_EQ(private[4 * PAGE], shared[4 * PAGE]);
	shared[4 * PAGE] ^= 0x55;
	CHECK_EQ(private[4 * PAGE], shared[4 * PAGE]);
	CHECK_EQ(pread(exec, buf, 1, 4 * PAGE), 1);
	CHECK_EQ((unsigned char)buf[0], shared[4 * PAGE]);
	CHECK_EQ(pwrite(exec, "Z", 1, 10 * PAGE), 1);
	CHECK_EQ(shared[10 * PAGE], 'Z');
	CHECK_EQ(msync(shared, 16 * PAGE, MS_SYNC), 0);

	n = 0;
	count_names(names, -1, seen);
	for (i = 0; i < NAMES; i++)
		n += seen[i] == 1;
	CHECK_EQ(n, NAMES);
	CHECK_EQ(fstat(gone_dir, &after), 0);
	CHECK_EQ(after.st_nlink, 0);
	CHECK_ERR(openat(gone_dir, "x", O_CREAT | O_WRONLY, 0600), ENOENT);

	write_file("written after", "yes", 3);
	CHECK_EQ(fsync(fd), 0);
	CHECK_EQ(syncfs(fd), 0);
	return hop_status();
}
