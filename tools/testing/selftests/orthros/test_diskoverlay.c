// SPDX-License-Identifier: GPL-2.0
/*
 * Overlays, as containers have them, of two layers on a disk, or of one there and
 * one in memory: names of both, what was changed, hidden and mapped; then all
 * that goes on. Nobody may write to the disk while they are mounted again.
 */
#include <dirent.h>
#include <sys/mount.h>

#include "hop_test.h"

static struct gate ready, go;

struct overlay {
	const char *name;
	bool in_memory;
	char *before;
	char *map;
	int low, up, both, dir, gone;
	struct stat st, gone_st;
	pid_t pid;
};

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
static char *options_of(const char *name)
{
	char dir[64], *line, *uuid;

	snprintf(dir, sizeof(dir), "/%s/merged ", name);
	line = strstr(slurp("/proc/mounts"), dir);
	if (!CHECK(line))
		return strdup("");
	line[strcspn(line, "\n")] = '\0';
	uuid = strstr(line, ",uuid=");
	if (uuid)
		memmove(uuid, uuid + 1 + strcspn(uuid + 1, ", "),
			strlen(uuid + 1 + strcspn(uuid + 1, ", ")) + 1);
	return line;
}

static void prepare(struct overlay *o)
{
	char options[1024], *cwd;
	int i;

	MUST(mkdir(o->name, 0755));
	MUST(chdir(o->name));
	cwd = getcwd(NULL, 0);
	MUST(mkdir("lower", 0755));
	MUST(mkdir("lower/dir", 0711));
	MUST(mkdir("top", 0755));
	if (o->in_memory)
		MUST(mount("tmpfs", "top", "tmpfs", 0, "mode=755"));
	MUST(mkdir("top/upper", 0755));
	MUST(mkdir("top/work", 0755));
	MUST(mkdir("merged", 0755));
	MUST(chown("lower/dir", 3, 4));
	write_file("lower/low", "low", 3);
	write_file("lower/hidden", "hidden", 6);
	write_file("lower/hidden2", "hidden", 6);
	write_file("lower/dir/both", "down", 4);
	write_file("lower/dir/changed", "before", 6);
	snprintf(options, sizeof(options),
		 "lowerdir=%s/lower,upperdir=%s/top/upper,workdir=%s/top/work", cwd, cwd, cwd);
	MUST(mount("overlay", "merged", "overlay", MS_NODEV, options));
	/* What hides them has another name in the work directory. */
	MUST(unlink("merged/hidden"));
	MUST(unlink("merged/hidden2"));
	write_file("merged/dir/both", "up", 2);
	write_file("merged/dir/new", "new", 3);
	for (i = 0; i < 20; i++) {
		snprintf(options, sizeof(options), "merged/dir/file%d", i);
		write_file(options, "x", 1);
	}
	o->low = MUST(open("merged/low", O_RDONLY));
	o->up = MUST(open("merged/dir/new", O_RDWR | O_APPEND));
	o->both = MUST(open("merged/dir/both", O_RDONLY));
	o->dir = MUST(open("merged/dir", O_RDONLY | O_DIRECTORY));
	o->map = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, o->low, 0);
	CHECK_STR(o->map, "low");
	o->gone = MUST(open("merged/dir/gone", O_RDWR | O_CREAT, 0600));
	MUST(write(o->gone, "deleted", 7));
	MUST(unlink("merged/dir/gone"));
	MUST(stat("merged/dir", &o->st));
	MUST(fstat(o->gone, &o->gone_st));
	o->pid = hop_child(jailed, NULL);
	gate_take(&ready, 1);
	o->before = options_of(o->name);
	MUST(chdir(".."));
}

static int names_in(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *de;
	int n = 0;

	while (dir && (de = readdir(dir)))
		n += de->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}

static void verify(struct overlay *o)
{
	struct stat st;
	char buf[16], path[64], link[512] = "";

	MUST(chdir(o->name));
	CHECK_STR(options_of(o->name), o->before);
	CHECK_STR(o->map, "low");
	CHECK_EQ(pread(o->low, buf, sizeof(buf), 0), 3);
	CHECK_EQ(pread(o->both, buf, sizeof(buf), 0), 2);
	CHECK_EQ(write(o->up, "er", 2), 2);
	CHECK_STR(slurp("merged/dir/new"), "newer");
	CHECK_STR(slurp("top/upper/dir/new"), "newer");
	CHECK_ERR(access("merged/hidden", F_OK), ENOENT);
	CHECK_ERR(access("merged/hidden2", F_OK), ENOENT);
	CHECK_EQ(access("lower/hidden", F_OK), 0);
	CHECK_EQ(stat("merged/dir", &st), 0);
	CHECK_EQ(st.st_mode, o->st.st_mode);
	CHECK_EQ(st.st_uid, 3);
	CHECK_EQ(st.st_ino, o->st.st_ino);
	CHECK_EQ(faccessat(o->dir, "both", R_OK, 0), 0);
	CHECK_EQ(pread(o->gone, buf, sizeof(buf), 0), 7);
	CHECK(!memcmp(buf, "deleted", 7));
	CHECK_EQ(pwrite(o->gone, "DELETED", 7, 3), 7);
	CHECK_EQ(fstat(o->gone, &st), 0);
	CHECK_EQ(st.st_nlink, 0);
	CHECK_EQ(st.st_ino, o->gone_st.st_ino);
	CHECK_EQ(st.st_size, 10);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", o->gone);
	link[readlink(path, link, sizeof(link) - 1)] = '\0';
	CHECK(strstr(link, "/merged/dir/gone (deleted)"));
	CHECK_ERR(access("merged/dir/gone", F_OK), ENOENT);
	CHECK_EQ(names_in("top/work/work"), 0);
	/* Copied up only now. */
	write_file("merged/dir/changed", "after", 5);
	CHECK_STR(slurp("lower/dir/changed"), "before");
	CHECK_STR(slurp("merged/dir/changed"), "after");
	CHECK_EQ(unlink("merged/low"), 0);
	CHECK_ERR(access("merged/low", F_OK), ENOENT);
	write_file("merged/low", "low", 3);
	CHECK_EQ(rename("merged/dir/new", "merged/renamed"), 0);
	CHECK_STR(slurp("merged/renamed"), "newer");
	MUST(chdir(".."));
}

static void end(struct overlay *o)
{
	MUST(chdir(o->name));
	munmap(o->map, PAGE);
	close(o->low);
	close(o->up);
	close(o->both);
	close(o->dir);
	close(o->gone);
	CHECK_EQ(umount("merged"), 0);
	if (o->in_memory)
		CHECK_EQ(umount("top"), 0);
	MUST(chdir(".."));
}

int main(void)
{
	struct overlay overlays[] = {
		{ .name = "overlay_in_memory", .in_memory = true },
		{ .name = "overlay_on_disk" },
	};
	size_t i;

	gate_init(&ready);
	gate_init(&go);
	for (i = 0; i < ARRAY_SIZE(overlays); i++)
		prepare(&overlays[i]);

	hop();

	for (i = 0; i < ARRAY_SIZE(overlays); i++)
		verify(&overlays[i]);
	gate_post(&go, ARRAY_SIZE(overlays));
	/* The later child has inherited what is open of the other overlay. */
	for (i = 0; i < ARRAY_SIZE(overlays); i++)
		hop_reap(overlays[i].pid);
	for (i = 0; i < ARRAY_SIZE(overlays); i++)
		end(&overlays[i]);
	return hop_status();
}
