// SPDX-License-Identifier: GPL-2.0
/*
 * A ramfs: names, attributes and contents, files that are open, mapped or deleted; it
 * still is one, and goes on to be used.
 */
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "hop_test.h"

#define BIG	(3 * MIB + 77)

static char dir[64];

static const char *in(const char *name)
{
	static char path[4][128];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

/* The line of the mount, but for its number and that of its parent. */
static void mount_line(char *line, size_t size)
{
	char *text = slurp("/proc/self/mountinfo"), *at = strstr(text, dir), *end;

	if (!CHECK(at))
		hop_die(__FILE__, __LINE__, "mountinfo", 0);
	while (at > text && at[-1] != '\n')
		at--;
	at = strchr(strchr(at, ' ') + 1, ' ');
	end = strchr(at, '\n');
	snprintf(line, size, "%.*s", (int)(end - at), at);
	free(text);
}

static void make(const char *name, const void *data, size_t size)
{
	write_file(in(name), data, size);
}

struct seen {
	struct stat st[8];
	char line[512];
};

static const char *const names[] = { "", "small", "big", "sub", "sub/link", "symlink", "fifo",
				     "node" };

static void look(struct seen *s)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		MUST(lstat(in(names[i]), &s->st[i]));
	mount_line(s->line, sizeof(s->line));
}

static void check_same(const struct seen *a, const struct seen *b)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const struct stat *s = &a->st[i], *t = &b->st[i];

		CHECK_EQ(t->st_dev, s->st_dev);
		CHECK_EQ(t->st_ino, s->st_ino);
		CHECK_EQ(t->st_mode, s->st_mode);
		CHECK_EQ(t->st_nlink, s->st_nlink);
		CHECK_EQ(t->st_uid, s->st_uid);
		CHECK_EQ(t->st_gid, s->st_gid);
		CHECK_EQ(t->st_rdev, s->st_rdev);
		CHECK_EQ(t->st_size, s->st_size);
		CHECK(!memcmp(&t->st_mtim, &s->st_mtim, sizeof(s->st_mtim)));
		CHECK(!memcmp(&t->st_ctim, &s->st_ctim, sizeof(s->st_ctim)));
	}
	CHECK_STR(b->line, a->line);
}

static void check_big(const char *path)
{
	size_t size = BIG;
	char *text = malloc(size + 1);
	int fd = MUST(open(path, O_RDONLY));

	CHECK_EQ(read(fd, text, size + 1), size);
	CHECK(filled(text, MIB, 5));
	CHECK(filled(text + 2 * MIB, size - 2 * MIB, 6));
	CHECK(text[MIB] == 0 && !memcmp(text + MIB, text + MIB + 1, MIB - 1));
	close(fd);
	free(text);
}

int main(void)
{
	char *big = malloc(BIG), *shared, *private, text[32] = "", more[128];
	struct seen before, after;
	int fd, deleted, appended, ro;
	struct statfs fs;

	snprintf(dir, sizeof(dir), "/tmp/ramfs.%d", getpid());
	mkdir("/tmp", 01777);
	MUST(mkdir(dir, 0755));
	MUST(mount("none", dir, "ramfs", MS_NOSUID | MS_NODEV, "mode=0751"));
	snprintf(more, sizeof(more), "%s.ro", dir);
	MUST(mkdir(more, 0755));
	MUST(mount("none", more, "ramfs", MS_NOSUID | MS_NOEXEC, "mode=0700"));
	ro = MUST(open(more, O_PATH | O_DIRECTORY));
	fd = MUST(openat(ro, "credential", O_WRONLY | O_CREAT, 0400));
	MUST(write(fd, "secret", 6));
	close(fd);
	MUST(mount("none", more, NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL));

	make("small", "hello", 5);
	fill(big, MIB, 5);
	fill(big + 2 * MIB, BIG - 2 * MIB, 6);
	fd = MUST(open(in("big"), O_RDWR | O_CREAT, 0640));
	/* With a hole between. */
	MUST(pwrite(fd, big, MIB, 0));
	MUST(pwrite(fd, big + 2 * MIB, BIG - 2 * MIB, 2 * MIB));
	MUST(fchown(fd, 12, 34));
	MUST(mkdir(in("sub"), 01777));
	MUST(link(in("small"), in("sub/link")));
	MUST(symlink("sub/link", in("symlink")));
	MUST(mkfifo(in("fifo"), 0600));
	MUST(mknod(in("node"), S_IFCHR | 0644, makedev(1, 3)));
	make("deleted", "gone, but open", 14);
	deleted = MUST(open(in("deleted"), O_RDWR));
	MUST(unlink(in("deleted")));
	appended = MUST(open(in("small"), O_WRONLY | O_APPEND));
	shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	private = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	CHECK(shared != MAP_FAILED && private != MAP_FAILED);
	CHECK(filled(shared, 2 * PAGE, 5));
	private[PAGE] = 'p';
	CHECK(peek(shared + PAGE) != 'p');
	look(&before);

	hop();

	look(&after);
	check_same(&before, &after);
	MUST(statfs(dir, &fs));
	CHECK_EQ(fs.f_type, RAMFS_MAGIC);
	check_big(in("big"));
	CHECK_STR(slurp(in("sub/link")), "hello");
	CHECK_EQ(readlink(in("symlink"), text, sizeof(text)), 8);
	CHECK_EQ(pread(deleted, text, sizeof(text), 0), 14);
	CHECK(!memcmp(text, "gone, but open", 14));
	MUST(pwrite(deleted, "G", 1, 5000));

	/* The mappings are of the file, and of nobody else. */
	CHECK(filled(shared, 2 * PAGE, 5));
	CHECK_EQ(private[PAGE], 'p');
	shared[1] = 's';
	MUST(pread(fd, text, 2, 0));
	CHECK_EQ(text[1], 's');
	MUST(pwrite(fd, "w", 1, 2));
	CHECK_EQ(shared[2], 'w');

	MUST(write(appended, " again", 6));
	CHECK_STR(slurp(in("small")), "hello again");
	make("new", "new", 3);
	CHECK_STR(slurp(in("new")), "new");
	MUST(ftruncate(fd, 10));
	MUST(unlink(in("big")));

	snprintf(more, sizeof(more), "%s.ro/credential", dir);
	CHECK_STR(slurp(more), "secret");
	CHECK_ERR(openat(ro, "other", O_CREAT | O_WRONLY, 0600), EROFS);
	CHECK_ERR(unlinkat(ro, "credential", 0), EROFS);
	CHECK_EQ(faccessat(ro, "credential", X_OK, 0), -1);
	return hop_status();
}
