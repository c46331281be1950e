// SPDX-License-Identifier: GPL-2.0
/*
 * Mounts of a disk: options, parts of it bound elsewhere, read-only and not,
 * propagation, other mounts on it, a process that lives in it by chroot, and a
 * mount that is gone from every path.
 */
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "hop_test.h"

#define DISK	"/disk"

static struct gate ready, go;

static void drop_number(char *text, const char *after)
{
	char *at = strstr(text, after);

	for (at = at ? at + strlen(after) : text + strlen(text); *at >= '0' && *at <= '9'; at++)
		*at = 'N';
}

/* The lines of mountinfo about mounts below a directory, without the ids. */
static char *lines_below(const char *dir)
{
	char *text = slurp("/proc/self/mountinfo"), *line, *save, *all = strdup("");
	char at[512], rest[1024], *more;
	int id, parent;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%d %d %*u:%*u %*s %511s", &id, &parent, at) != 3 ||
		    strncmp(at, dir, strlen(dir)))
			continue;
		snprintf(rest, sizeof(rest), "%s", strchr(strchr(line, ' ') + 1, ' '));
		/* Peer groups are numbered as they come. */
		drop_number(rest, "shared:");
		drop_number(rest, "master:");
		/* What exists since the boot has that kernel's numbers. */
		drop_number(rest, " 0:");
		MUST(asprintf(&more, "%s%s\n", all, rest));
		free(all);
		all = more;
	}
	free(text);
	return all;
}

static void same_lines(char *got, char *want)
{
	char *g, *w;

	while ((g = strsep(&got, "\n")) && (w = strsep(&want, "\n")))
		CHECK_STR(g, w);
	CHECK(!got && !want);
}

static void jailed(void *arg)
{
	char *cwd;

	MUST(chroot("inside"));
	MUST(chdir("/deep"));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	cwd = getcwd(NULL, 0);
	CHECK_STR(cwd, "/deep");
	CHECK_STR(slurp("/file"), "in jail");
	CHECK_ERR(access("/proc/self", F_OK), ENOENT);
	write_file("/deep/late", "late", 4);
}

/* What every kernel makes for itself, here on a disk. */
static const struct {
	const char *type;
	const char *options;
} pseudo[] = {
	{ "cgroup2" }, { "debugfs" }, { "tracefs" }, { "securityfs" }, { "mqueue" },
	{ "configfs" }, { "fusectl" }, { "binfmt_misc" }, { "bpf", "mode=750" },
	{ "hugetlbfs", "pagesize=2M,size=4M,mode=711,uid=3" },
};

int main(void)
{
	char dir[] = DISK "/mount.XXXXXX", path[256], buf[16], *before;
	struct statvfs vfs;
	struct statfs fs;
	struct stat st, st2;
	int lazy, ro;
	pid_t pid;
	size_t i;

	if (statfs(DISK, &fs) || fs.f_type != 0xef53)
		hop_skip("no ext4 on " DISK);
	gate_init(&ready);
	gate_init(&go);
	MUST(mkdtemp(dir) ? 0 : -1);
	MUST(chdir(dir));
	MUST(mkdir("sub", 0755));
	MUST(mkdir("bound", 0755));
	MUST(mkdir("shared", 0755));
	MUST(mkdir("slave", 0755));
	MUST(mkdir("tmp", 0755));
	MUST(mkdir("lazy", 0755));
	MUST(mkdir("inside", 0755));
	MUST(mkdir("inside/deep", 0755));
	MUST(mkdir("whole", 0755));
	write_file("inside/file", "in jail", 7);
	write_file("sub/file", "text", 4);
	MUST(mount("sub", "bound", NULL, MS_BIND, NULL));
	MUST(mount(NULL, "bound", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID, NULL));
	MUST(mount("/dev/vda", "whole", "ext4", MS_NOEXEC | MS_NOATIME, NULL));
	MUST(mount("sub", "shared", NULL, MS_BIND, NULL));
	MUST(mount(NULL, "shared", NULL, MS_SHARED, NULL));
	MUST(mount("shared", "slave", NULL, MS_BIND, NULL));
	MUST(mount(NULL, "slave", NULL, MS_SLAVE, NULL));
	MUST(mount("tmpfs", "tmp", "tmpfs", 0, "size=1m,nr_inodes=50"));
	write_file("tmp/file", "in memory", 9);
	MUST(mkdir("tmp/disk", 0755));
	MUST(mount("sub", "tmp/disk", NULL, MS_BIND, NULL));
	/* The file system's own options. */
	MUST(mount("/dev/vda", "whole", NULL, MS_REMOUNT | MS_NOEXEC | MS_NOATIME | MS_LAZYTIME,
		   "commit=17,errors=remount-ro"));
	MUST(mount("sub", "lazy", NULL, MS_BIND, NULL));
	lazy = MUST(open("lazy/file", O_RDWR));
	ro = MUST(open("bound/file", O_RDONLY));
	for (i = 0; i < ARRAY_SIZE(pseudo); i++) {
		MUST(mkdir(pseudo[i].type, 0755));
		MUST(mount(pseudo[i].type, pseudo[i].type, pseudo[i].type,
			   MS_NOSUID | MS_NOEXEC, pseudo[i].options));
	}
	pid = hop_child(jailed, NULL);
	gate_take(&ready, 1);
	before = lines_below(dir);

	hop();

	same_lines(lines_below(dir), before);
	CHECK_STR(slurp("bound/file"), "text");
	CHECK_ERR(open("bound/file", O_WRONLY), EROFS);
	CHECK_EQ(pread(ro, buf, 4, 0), 4);
	CHECK_EQ(statvfs("bound", &vfs), 0);
	CHECK_EQ(vfs.f_flag & (ST_RDONLY | ST_NOSUID), ST_RDONLY | ST_NOSUID);
	CHECK_EQ(statvfs("whole", &vfs), 0);
	CHECK_EQ(vfs.f_flag & (ST_RDONLY | ST_NOEXEC | ST_NOATIME), ST_NOEXEC | ST_NOATIME);
	snprintf(path, sizeof(path), "whole/%s/sub/file", strrchr(dir, '/'));
	CHECK_EQ(stat(path, &st), 0);
	CHECK_EQ(stat("slave/file", &st2), 0);
	CHECK_EQ(st.st_ino, st2.st_ino);
	CHECK_EQ(st.st_dev, st2.st_dev);
	CHECK_STR(slurp("tmp/file"), "in memory");
	CHECK_STR(slurp("tmp/disk/file"), "text");
	CHECK_EQ(pwrite(lazy, "TEXT", 4, 0), 4);
	CHECK_STR(slurp("sub/file"), "TEXT");
	/* What is mounted on the shared one shows up on its slave, not the other way. */
	MUST(mkdir("sub/on", 0755));
	CHECK_EQ(mount("tmpfs", "shared/on", "tmpfs", 0, NULL), 0);
	write_file("shared/on/x", "x", 1);
	CHECK_EQ(access("slave/on/x", F_OK), 0);
	CHECK_ERR(access("bound/on/x", F_OK), ENOENT);
	CHECK_EQ(umount("shared/on"), 0);
	CHECK_ERR(access("slave/on/x", F_OK), ENOENT);
	gate_post(&go, 1);
	hop_reap(pid);
	CHECK_STR(slurp("inside/deep/late"), "late");
	CHECK_EQ(access("cgroup2/cgroup.procs", R_OK), 0);
	CHECK_EQ(access("debugfs/kunit", F_OK), 0);
	for (i = 0; i < ARRAY_SIZE(pseudo); i++)
		CHECK_EQ(umount(pseudo[i].type), 0);
	CHECK_EQ(umount("tmp/disk"), 0);
	CHECK_EQ(umount("tmp"), 0);
	CHECK_ERR(umount("lazy"), EBUSY);
	close(lazy);
	CHECK_EQ(umount("lazy"), 0);
	CHECK_EQ(umount("slave"), 0);
	CHECK_EQ(umount("shared"), 0);
	CHECK_EQ(umount("whole"), 0);
	close(ro);
	CHECK_EQ(umount("bound"), 0);
	return hop_status();
}
