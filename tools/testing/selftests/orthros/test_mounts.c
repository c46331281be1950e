// SPDX-License-Identifier: GPL-2.0
/*
 * The mount tree: /proc/self/mountinfo without what only numbers things;
 * tmpfs of limited size, bind mounts, flags per mount, one over another.
 */
#include <sys/mount.h>
#include <sys/statvfs.h>

#include "hop_test.h"

#define MAX	256

struct mounts {
	int nr;
	int id[MAX], parent[MAX];
	char *line[MAX];
};

/* mountinfo with ids as positions, devices left out. */
static void read_mounts(struct mounts *m)
{
	char *text = slurp("/proc/self/mountinfo"), *line, *save;
	int i, j;

	m->nr = 0;
	for (line = strtok_r(text, "\n", &save); line && m->nr < MAX;
	     line = strtok_r(NULL, "\n", &save)) {
		int skip = 0, n;

		n = sscanf(line, "%d %d %*u:%*u %n", &m->id[m->nr],
			   &m->parent[m->nr], &skip);
		if (!CHECK_EQ(n, 2))
			continue;
		m->line[m->nr++] = line + skip;
	}
	for (i = 0; i < m->nr; i++) {
		char *fields = m->line[i], *peer;
		int parent = -1;

		for (j = 0; j < m->nr; j++)
			if (m->id[j] == m->parent[i])
				parent = j;
		/* Peer groups have numbers too. */
		while ((peer = strstr(fields, "shared:")) ||
		       (peer = strstr(fields, "master:"))) {
			char *at = peer + 7;

			peer[6] = '=';
			while (*at >= '0' && *at <= '9')
				*at++ = 'N';
		}
		/* The pipe of somebody's autofs, which has another number. */
		peer = strstr(fields, ",pipe_ino=");
		if (peer)
			*peer = 0;
		MUST(asprintf(&m->line[i], "%d under %d: %s", i, parent, fields));
	}
	free(text);
}

static void mount_at(const char *type, const char *dir, unsigned long flags,
		     const char *options)
{
	mkdir(dir, 0755);
	MUST(mount(type, dir, type, flags, options));
}

static void bind_at(const char *from, const char *dir, unsigned long flags)
{
	mkdir(dir, 0755);
	MUST(mount(from, dir, NULL, MS_BIND, NULL));
	if (flags)
		MUST(mount(NULL, dir, NULL, MS_BIND | MS_REMOUNT | flags, NULL));
}

/* A limit is shown where it is no longer the default. */
static void drop_default(char *after, const char *before, const char *option)
{
	char *at = strstr(after, option), *rest;

	if (!at || strstr(before, option))
		return;
	rest = at + 1 + strcspn(at + 1, ", ");
	memmove(at, rest, strlen(rest) + 1);
}

int main(void)
{
	static struct mounts before, after;
	char path[4096], *cwd = getcwd(NULL, 0), *page = calloc(1, PAGE);
	struct statvfs vfs;
	struct stat st;
	int i, fd, n;

	mount_at("tmpfs", "limited", MS_NOSUID | MS_NOEXEC,
		 "size=1m,mode=1750,nr_inodes=100,uid=5,gid=6");
	write_file("limited/file", "in it", 5);
	mount_at("tmpfs", "plain", 0, NULL);
	mkdir("plain/sub", 0755);
	write_file("plain/sub/file", "bound", 5);
	bind_at("plain/sub", "bound", MS_RDONLY | MS_NODEV);
	bind_at("/dev", "dev", 0);
	mount_at("tmpfs", "plain/sub/nested", MS_NOATIME, "mode=700");
	write_file("under", "hidden", 6);
	write_file("over", "seen", 4);
	MUST(mount("over", "under", NULL, MS_BIND, NULL));
	mount_at("tmpfs", "ro", 0, "size=50%");
	write_file("ro/file", "fixed", 5);
	MUST(mount(NULL, "ro", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	mount_at("proc", "proc", MS_NOSUID, NULL);
	mount_at("sysfs", "sys", MS_RDONLY, NULL);
	mount_at("tmpfs", "stack", 0, "size=64k");
	mount_at("tmpfs", "stack", 0, "size=128k");
	/* Held open, then gone from every path. */
	mount_at("tmpfs", "lazy", 0, NULL);
	fd = MUST(open("lazy/file", O_RDWR | O_CREAT, 0600));
	MUST(write(fd, "kept", 4));
	read_mounts(&before);

	hop();

	read_mounts(&after);
	CHECK_EQ(after.nr, before.nr);
	for (i = 0; i < before.nr && i < after.nr; i++) {
		drop_default(after.line[i], before.line[i], ",size=");
		drop_default(after.line[i], before.line[i], ",nr_inodes=");
		CHECK_STR(after.line[i], before.line[i]);
	}

	CHECK_STR(slurp("limited/file"), "in it");
	CHECK_EQ(stat("limited", &st), 0);
	CHECK_EQ(st.st_mode & 07777, 01750);
	CHECK_EQ(st.st_uid, 5);
	CHECK_EQ(statvfs("limited", &vfs), 0);
	CHECK_EQ(vfs.f_blocks * vfs.f_frsize, MIB);
	CHECK_EQ(vfs.f_files, 100);
	CHECK_EQ(vfs.f_bfree, vfs.f_blocks - 1);
	n = MUST(open("limited/full", O_WRONLY | O_CREAT, 0600));
	for (i = 0; i < 255; i++)
		CHECK_EQ(write(n, page, PAGE), PAGE);
	CHECK_ERR(write(n, page, PAGE), ENOSPC);
	close(n);
	CHECK_EQ(unlink("limited/full"), 0);
	CHECK_EQ(statvfs("limited", &vfs), 0);
	CHECK_EQ(vfs.f_bfree, vfs.f_blocks - 1);

	CHECK_STR(slurp("bound/file"), "bound");
	CHECK_ERR(open("bound/new", O_CREAT | O_WRONLY, 0600), EROFS);
	write_file("plain/sub/late", "both", 4);
	CHECK_STR(slurp("bound/late"), "both");
	CHECK_ERR(open("ro/file", O_WRONLY), EROFS);
	CHECK_STR(slurp("ro/file"), "fixed");
	CHECK_STR(slurp("under"), "seen");
	CHECK_EQ(access("dev/null", R_OK), 0);
	CHECK_EQ(access("proc/self/stat", R_OK), 0);
	CHECK_EQ(access("sys/kernel", R_OK), 0);
	CHECK_EQ(statvfs("stack", &vfs), 0);
	CHECK_EQ(vfs.f_blocks * vfs.f_frsize, 128 * 1024);
	CHECK_EQ(umount("stack"), 0);
	CHECK_EQ(statvfs("stack", &vfs), 0);
	CHECK_EQ(vfs.f_blocks * vfs.f_frsize, 64 * 1024);
	CHECK_EQ(umount("stack"), 0);
	CHECK_EQ(umount("under"), 0);
	CHECK_STR(slurp("under"), "hidden");
	CHECK_ERR(umount("lazy"), EBUSY);
	CHECK_EQ(umount2("lazy", MNT_DETACH), 0);
	CHECK_EQ(pread(fd, path, 10, 0), 4);
	close(fd);

	CHECK_EQ(umount("plain/sub/nested"), 0);
	CHECK_EQ(umount("bound"), 0);
	CHECK_EQ(umount("plain"), 0);
	CHECK_EQ(umount("dev"), 0);
	CHECK_EQ(umount("ro"), 0);
	CHECK_EQ(umount("proc"), 0);
	CHECK_EQ(umount("sys"), 0);
	CHECK_EQ(umount("limited"), 0);
	CHECK(getcwd(path, sizeof(path)));
	CHECK_STR(path, cwd);
	return hop_status();
}
