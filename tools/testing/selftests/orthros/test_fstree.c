// SPDX-License-Identifier: GPL-2.0
/*
 * A tree on tmpfs, entry by entry: type, mode, owner, links, times, device
 * numbers, extended attributes and contents.  Then it is used and removed.
 */
#include <dirent.h>
#include <ftw.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/xattr.h>

#include "hop_test.h"

#define FILES	300
#define MAX	2000

static char *lines[MAX];
static int nr_lines;

static uint64_t hash_file(const char *path)
{
	uint64_t hash = 14695981039346656037ULL;
	unsigned char buf[65536];
	int fd = open(path, O_RDONLY | O_NOATIME);
	ssize_t n, i;

	if (fd < 0)
		return 0;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (i = 0; i < n; i++)
			hash = (hash ^ buf[i]) * 1099511628211ULL;
	close(fd);
	return hash;
}

static void xattrs(const char *path, char *out, size_t size)
{
	char list[1024], value[256];
	ssize_t n = llistxattr(path, list, sizeof(list));
	size_t len = 0;
	char *name;

	out[0] = '\0';
	for (name = list; n > 0 && name < list + n; name += strlen(name) + 1) {
		ssize_t v = lgetxattr(path, name, value, sizeof(value));

		len += snprintf(out + len, size - len, " %s=%.*s", name,
				v < 0 ? 0 : (int)v, value);
	}
}

static int describe(const char *path, const struct stat *st, int type,
		    struct FTW *ftw)
{
	char what[512] = "", attrs[512];

	if (S_ISREG(st->st_mode))
		snprintf(what, sizeof(what), "size %ld blocks %ld hash %lx",
			 (long)st->st_size, (long)st->st_blocks,
			 (unsigned long)hash_file(path));
	else if (S_ISLNK(st->st_mode))
		what[MUST(readlink(path, what, sizeof(what) - 1))] = '\0';
	else if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		snprintf(what, sizeof(what), "dev %u:%u", major(st->st_rdev),
			 minor(st->st_rdev));
	xattrs(path, attrs, sizeof(attrs));
	MUST(asprintf(&lines[nr_lines++],
		      "%s ino %lu mode %o owner %u:%u links %lu mtime %ld.%09ld ctime %ld.%09ld %s%s",
		      path, (long)st->st_ino, st->st_mode, st->st_uid, st->st_gid,
		      (long)st->st_nlink, st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
		      st->st_ctim.tv_sec, st->st_ctim.tv_nsec, what, attrs));
	return nr_lines == MAX;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char **)a, *(char **)b);
}

static char **scan(int *nr)
{
	char **copy;

	nr_lines = 0;
	MUST(nftw("tree", describe, 20, FTW_PHYS));
	qsort(lines, nr_lines, sizeof(lines[0]), by_text);
	copy = malloc(sizeof(lines));
	memcpy(copy, lines, sizeof(lines));
	*nr = nr_lines;
	return copy;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	return remove(path);
}

static void set_times(const char *path, time_t at)
{
	struct timespec ts[2] = { { at, 123456789 }, { at + 1, 987654321 } };

	MUST(utimensat(AT_FDCWD, path, ts, AT_SYMLINK_NOFOLLOW));
}

static void prepare(void)
{
	static const mode_t modes[] = { 0600, 0644, 0755, 04711, 02755, 01600, 0 };
	char path[128], *data = malloc(3 * MIB), longname[256];
	int i;

	MUST(mkdir("tree", 0755));
	MUST(mkdir("tree/sticky", 01777));
	MUST(chmod("tree/sticky", 01777));
	MUST(mkdir("tree/setgid", 02775));
	MUST(mkdir("tree/a", 0700));
	MUST(mkdir("tree/a/b", 0711));
	MUST(mkdir("tree/a/b/c", 0755));
	MUST(mkdir("tree/empty", 0500));
	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "tree/a/b/c/file-%d", i);
		fill(data, i * 37, i);
		write_file(path, data, i * 37);
		MUST(chown(path, i, i + 1000));
		MUST(chmod(path, modes[i % ARRAY_SIZE(modes)]));
		set_times(path, 1000000000 + i);
	}
	fill(data, 3 * MIB, 77);
	write_file("tree/big", data, 3 * MIB);
	memset(longname, 'n', sizeof(longname));
	memcpy(longname, "tree/", 5);
	longname[255] = '\0';
	write_file(longname, "long", 4);
	write_file("tree/name with\n\377 bytes", "odd", 3);
	MUST(link("tree/big", "tree/a/hard"));
	MUST(link("tree/big", "tree/a/b/hard"));
	MUST(symlink("big", "tree/short-link"));
	memset(path, 'x', 120);
	path[120] = '\0';
	MUST(symlink(path, "tree/long-link"));
	MUST(symlink("/nowhere", "tree/dangling"));
	MUST(lchown("tree/dangling", 12, 13));
	set_times("tree/dangling", 1234567);
	MUST(mkfifo("tree/fifo", 0640));
	MUST(mknod("tree/null", S_IFCHR | 0666, makedev(1, 3)));
	MUST(mknod("tree/odd-device", S_IFBLK | 0600, makedev(254, 77)));
	MUST(mknod("tree/socket", S_IFSOCK | 0600, 0));
	MUST(link("tree/null", "tree/a/null"));
	MUST(setxattr("tree/big", "trusted.one", "value 1", 7, 0));
	MUST(setxattr("tree/big", "trusted.two", "", 0, 0));
	MUST(setxattr("tree/a", "trusted.dir", "d", 1, 0));
	set_times("tree/a/b", 2000000000);
	set_times("tree", 500);
	free(data);
}

int main(void)
{
	char **before, **after;
	int nr_before, nr_after, i;
	char fresh[64];
	struct stat st;

	prepare();
	before = scan(&nr_before);
	CHECK(nr_before > FILES);

	hop();

	after = scan(&nr_after);
	CHECK_EQ(nr_after, nr_before);
	for (i = 0; i < nr_before && i < nr_after; i++)
		CHECK_STR(after[i], before[i]);
	/* It is a file system in use, not a picture of one. */
	CHECK_EQ(rename("tree/a/b/c/file-3", "tree/sticky/moved"), 0);
	CHECK_EQ(unlink("tree/big"), 0);
	CHECK_EQ(stat("tree/a/hard", &st), 0);
	CHECK_EQ(st.st_nlink, 2);
	CHECK_EQ(truncate("tree/a/hard", 100000), 0);
	CHECK_EQ(stat("tree/a/b/hard", &st), 0);
	CHECK_EQ(st.st_size, 100000);
	CHECK_EQ(mkdir("tree/empty/now-not", 0755), 0);
	CHECK_EQ(removexattr("tree/a", "trusted.dir"), 0);
	write_file("tree/a/b/c/file-4", "new contents", 12);
	CHECK_STR(slurp("tree/a/b/c/file-4"), "new contents");
	/* New inodes must not take the number of an old one. */
	write_file("tree/fresh", "", 0);
	MUST(stat("tree/fresh", &st));
	snprintf(fresh, sizeof(fresh), " ino %lu ", (long)st.st_ino);
	for (i = 0; i < nr_before; i++)
		CHECK(!strstr(before[i], fresh));
	CHECK_EQ(nftw("tree", remove_one, 20, FTW_PHYS | FTW_DEPTH), 0);
	CHECK_ERR(access("tree", F_OK), ENOENT);
	return hop_status();
}
