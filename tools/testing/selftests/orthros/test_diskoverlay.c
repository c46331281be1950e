// SPDX-License-Identifier: GPL-2.0
/*
 * An overlay, as a container has one, of a layer on a disk and one in memory:
 * names of both, what was changed, hidden and mapped; then all that goes on.
 */
#include <sys/mount.h>

#include "hop_test.h"

static struct gate ready, go;

static void jailed(void *arg)
{
	MUST(chroot("merged"));
	MUST(chdir("/dir"));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_STR(slurp("/low"), "low");
	CHECK_STR(slurp("both"), "up");
}

/* Its line in /proc/mounts, without an option that only newer kernels show. */
static char *options_of(const char *dir)
{
	char *line = strstr(slurp("/proc/mounts"), dir), *uuid;

	if (!line)
		return strdup("");
	line[strcspn(line, "\n")] = '\0';
	uuid = strstr(line, ",uuid=");
	if (uuid)
		memmove(uuid, uuid + 1 + strcspn(uuid + 1, ", "),
			strlen(uuid + 1 + strcspn(uuid + 1, ", ")) + 1);
	return line;
}

int main(void)
{
	char options[1024], *cwd = getcwd(NULL, 0), buf[16], *map, *before;
	int low, up, both, dir;
	struct stat st, st2;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	MUST(mkdir("lower", 0755));
	MUST(mkdir("lower/dir", 0711));
	MUST(mkdir("memory", 0755));
	MUST(mount("tmpfs", "memory", "tmpfs", 0, "mode=755"));
	MUST(mkdir("memory/upper", 0755));
	MUST(mkdir("memory/work", 0755));
	MUST(mkdir("merged", 0755));
	MUST(chown("lower/dir", 3, 4));
	write_file("lower/low", "low", 3);
	write_file("lower/hidden", "hidden", 6);
	write_file("lower/dir/both", "down", 4);
	write_file("lower/dir/changed", "before", 6);
	snprintf(options, sizeof(options),
		 "lowerdir=%s/lower,upperdir=%s/memory/upper,workdir=%s/memory/work",
		 cwd, cwd, cwd);
	MUST(mount("overlay", "merged", "overlay", MS_NODEV, options));
	MUST(unlink("merged/hidden"));
	write_file("merged/dir/both", "up", 2);
	write_file("merged/dir/new", "new", 3);
	low = MUST(open("merged/low", O_RDONLY));
	up = MUST(open("merged/dir/new", O_RDWR | O_APPEND));
	both = MUST(open("merged/dir/both", O_RDONLY));
	dir = MUST(open("merged/dir", O_RDONLY | O_DIRECTORY));
	map = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, low, 0);
	CHECK_STR(map, "low");
	MUST(stat("merged/dir", &st));
	pid = hop_child(jailed, NULL);
	gate_take(&ready, 1);
	before = options_of("/test_diskoverlay/merged ");

	hop();

	CHECK_STR(options_of("/test_diskoverlay/merged "), before);
	CHECK_STR(map, "low");
	CHECK_EQ(pread(low, buf, sizeof(buf), 0), 3);
	CHECK_EQ(pread(both, buf, sizeof(buf), 0), 2);
	CHECK_EQ(write(up, "er", 2), 2);
	CHECK_STR(slurp("merged/dir/new"), "newer");
	CHECK_STR(slurp("memory/upper/dir/new"), "newer");
	CHECK_ERR(access("merged/hidden", F_OK), ENOENT);
	CHECK_EQ(access("lower/hidden", F_OK), 0);
	CHECK_EQ(stat("merged/dir", &st2), 0);
	CHECK_EQ(st2.st_mode, st.st_mode);
	CHECK_EQ(st2.st_uid, 3);
	CHECK_EQ(st2.st_ino, st.st_ino);
	CHECK_EQ(faccessat(dir, "both", R_OK, 0), 0);
	/* Copied up only now. */
	write_file("merged/dir/changed", "after", 5);
	CHECK_STR(slurp("lower/dir/changed"), "before");
	CHECK_STR(slurp("merged/dir/changed"), "after");
	CHECK_EQ(unlink("merged/low"), 0);
	CHECK_ERR(access("merged/low", F_OK), ENOENT);
	write_file("merged/low", "low", 3);
	gate_post(&go, 1);
	hop_reap(pid);
	munmap(map, PAGE);
	close(low);
	close(up);
	close(both);
	close(dir);
	CHECK_EQ(umount("merged"), 0);
	CHECK_EQ(umount("memory"), 0);
	return hop_status();
}
