// SPDX-License-Identifier: GPL-2.0
/*
 * What a kernel that fails has not got to the disk: files made, written, extended, cut,
 * renamed and deleted a moment before, while others change the same file system all the
 * time. Who has them open goes on; what was synced is unharmed.
 */
#include <dirent.h>
#include <sys/statfs.h>

#include "hop_test.h"

/* The Makefile builds it for another file system, too. */
#ifndef DISK
#define DISK	"/disk"
#define MAGIC	0xef53
#endif

#define SIZE	(64 * PAGE)
#define STORMS	2

static unsigned char block[SIZE];

static int make(const char *name, uint64_t seed, size_t size)
{
	int fd = MUST(open(name, O_RDWR | O_CREAT | O_TRUNC, 0640));

	fill(block, size, seed);
	if (MUST(write(fd, block, size)) != (ssize_t)size)
		hop_die(__FILE__, __LINE__, name, ENOSPC);
	return fd;
}

static int make_synced(const char *name, uint64_t seed, size_t size)
{
	int fd = make(name, seed, size);

	MUST(fsync(fd));
	return fd;
}

static bool has(int fd, uint64_t seed, size_t size)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_size == (off_t)size &&
	       pread(fd, block, size, 0) == (ssize_t)size && filled(block, size, seed);
}

static bool named(const char *name, uint64_t seed, size_t size)
{
	int fd = open(name, O_RDONLY);
	bool ok = fd >= 0 && has(fd, seed, size);

	close(fd);
	return ok;
}

/* Owners and modes that the disk does not know yet; nobody has them open. */
static const struct changed {
	const char *name;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	bool dir;
} changed[] = {
	{ "program", 0755, 0, 0 }, { "setuid", 06711, 3, 4 }, { "secret", 0400, 9, 9 },
	{ "dir", 0711, 5, 6, true }, { "sticky", 01777, 0, 0, true },
};

static void change(const struct changed *c)
{
	struct timespec times[2] = { { 1000, 1 }, { 2000, 2 } };

	/* The owner first, which clears bits of the mode. */
	MUST(chown(c->name, c->uid, c->gid));
	MUST(chmod(c->name, c->mode));
	MUST(utimensat(AT_FDCWD, c->name, times, 0));
}

static void check_changed(const struct changed *c)
{
	struct stat st;

	if (!CHECK_EQ(stat(c->name, &st), 0))
		return;
	if (!CHECK_EQ(st.st_mode & 07777, c->mode) || !CHECK_EQ(st.st_uid, c->uid) ||
	    !CHECK_EQ(st.st_gid, c->gid) || !CHECK_EQ(st.st_mtime, 2000) ||
	    !CHECK_EQ(st.st_mtim.tv_nsec, 2))
		printf("# %s\n", c->name);
}

/* It may be in the middle of anything, and then is given up. */
static pid_t storm(int nr)
{
	char name[64], next[64];
	unsigned int i;
	pid_t pid;
	int fd;

	pid = MUST(fork());
	if (pid)
		return pid;
	for (i = 0;; i++) {
		snprintf(name, sizeof(name), "burst%d.%u", nr, i % 64);
		snprintf(next, sizeof(next), "burst%d.%u.done", nr, i % 64);
		fd = open(name, O_WRONLY | O_CREAT, 0600);
		if (write(fd, block, PAGE) < 0)
			break;
		close(fd);
		rename(name, next);
		if (i % 3 == 0)
			unlink(next);
	}
	_exit(1);
}

int main(void)
{
	char dir[] = DISK "/crash.XXXXXX";
	int made, grown, cut, renamed, deleted, append, synced, gone, i;
	struct statfs fs;
	pid_t pid[STORMS];
	struct stat st;

	if (statfs(DISK, &fs) || fs.f_type != MAGIC)
		hop_skip("nothing on " DISK);
	MUST(mkdtemp(dir) ? 0 : -1);
	MUST(chdir(dir));
	close(make_synced("synced", 1, SIZE));
	synced = make_synced("kept", 2, SIZE);
	grown = make_synced("grown", 3, SIZE / 2);
	cut = make_synced("cut", 4, SIZE);
	renamed = make_synced("old", 5, SIZE);
	gone = make_synced("gone", 6, SIZE);
	for (i = 0; i < (int)ARRAY_SIZE(changed); i++) {
		if (changed[i].dir) {
			MUST(mkdir(changed[i].name, 0700));
		} else {
			int fd = make_synced(changed[i].name, 9, PAGE);

			MUST(fchmod(fd, 0));
			close(fd);
		}
	}
	sync();
	append = MUST(open("append", O_WRONLY | O_APPEND | O_CREAT, 0600));
	MUST(write(append, "before", 6));
	for (i = 0; i < STORMS; i++)
		pid[i] = storm(i);

	for (i = 0; i < (int)ARRAY_SIZE(changed); i++)
		change(&changed[i]);
	made = make("made", 7, SIZE);
	MUST(fchown(made, 7, 8));
	fill(block, SIZE, 3);
	MUST(pwrite(grown, block, SIZE, 0));
	MUST(ftruncate(cut, PAGE + 64));
	MUST(rename("old", "new"));
	MUST(unlink("gone"));
	deleted = make("deleted", 8, SIZE);
	MUST(unlink("deleted"));
	MUST(write(append, " then", 5));

	hop();

	for (i = 0; i < STORMS; i++) {
		kill(pid[i], SIGKILL);
		MUST(waitpid(pid[i], NULL, 0));
	}
	CHECK(named("synced", 1, SIZE));
	CHECK(has(synced, 2, SIZE));
	CHECK(has(grown, 3, SIZE));
	CHECK(named("grown", 3, SIZE));
	CHECK(has(cut, 4, PAGE + 64));
	CHECK(named("new", 5, SIZE));
	CHECK(has(renamed, 5, SIZE));
	CHECK(has(gone, 6, SIZE));
	CHECK(has(made, 7, SIZE));
	CHECK(named("made", 7, SIZE));
	CHECK_EQ(fstat(made, &st), 0);
	CHECK_EQ(st.st_uid, 7);
	CHECK_EQ(st.st_gid, 8);
	CHECK_EQ(st.st_mode & 07777, 0640);
	CHECK(has(deleted, 8, SIZE));
	CHECK_EQ(fstat(deleted, &st), 0);
	CHECK_EQ(st.st_nlink, 0);
	for (i = 0; i < (int)ARRAY_SIZE(changed); i++)
		check_changed(&changed[i]);
	CHECK_ERR(open("deleted", O_RDONLY), ENOENT);
	CHECK_ERR(open("gone", O_RDONLY), ENOENT);
	CHECK_EQ(write(append, " after", 6), 6);
	CHECK_STR(slurp("append"), "before then after");
	CHECK_EQ(fsync(made) | fsync(grown) | fsync(cut) | fsync(renamed) | fsync(deleted) |
		 fsync(append), 0);
	CHECK_EQ(syncfs(made), 0);
	return hop_status();
}
