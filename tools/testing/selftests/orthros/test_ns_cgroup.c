// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroup namespaces: what /proc/PID/cgroup says in and outside of them, of a root in which
 * there may be no process, of one that only a descriptor keeps; a mount of cgroup2 in one.
 */
#include <sys/mount.h>

#include "hop_test.h"

#define CG	"/tmp/ns_cgroup"
#define TOP	CG "/orthros_ns"

static struct gate ready, go, end;
static pid_t outer;
static pid_t *inner;		/* in shared memory */

static void put(const char *file, const char *text)
{
	write_file(file, text, strlen(text));
}

static void check_group(pid_t pid, const char *want)
{
	char *text = slurpf("/proc/%d/cgroup", pid), *line = strstr(text, "0::"), *nl;

	if (CHECK(line)) {
		nl = strchr(line, '\n');
		if (nl)
			*nl = 0;
		CHECK_STR(line + 3, want);
	}
	free(text);
}

static ino_t own_number(void)
{
	struct stat st;

	return stat("/proc/self/ns/cgroup", &st) ? 0 : st.st_ino;
}

/* Its namespace begins at the group above the one that it is in. */
static void check_inside(void)
{
	check_group(getpid(), "/b");
	check_group(outer, "/../o");
	CHECK(!access(CG "/b/cgroup.procs", F_OK));
	CHECK(access(CG "/orthros_ns", F_OK));
}

static void child(void *arg)
{
	ino_t number;

	put(TOP "/a/cgroup.procs", "0");
	MUST(unshare(CLONE_NEWCGROUP | CLONE_NEWNS));
	check_group(getpid(), "/");
	put(TOP "/a/b/cgroup.procs", "0");
	/* From now on there is no room for processes in the root of the namespace. */
	put(TOP "/a/cgroup.subtree_control", "+pids");
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(umount(CG));
	MUST(mount("cgroup2", CG, "cgroup2", 0, "memory_recursiveprot"));
	check_inside();
	number = own_number();
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(own_number(), number);
	check_inside();
	/* A group that is made in it is below its root. */
	MUST(mkdir(CG "/c", 0755));
	put(CG "/c/cgroup.procs", "0");
	check_group(getpid(), "/c");
	put(CG "/b/cgroup.procs", "0");
	MUST(rmdir(CG "/c"));
	gate_post(&ready, 1);
	gate_take(&end, 1);
}

/* In a group of its own, outside of any namespace but the first. */
static void bystander(void *arg)
{
	put(TOP "/o/cgroup.procs", "0");
	gate_post(&ready, 1);
	gate_take(&go, 1);
	check_group(*inner, "/orthros_ns/a/b");
	gate_post(&ready, 1);
	gate_take(&end, 1);
}

/* Its root is a group, too. */
static int lonely(void)
{
	int fd, home = MUST(open("/proc/self/ns/cgroup", O_RDONLY));

	put(TOP "/d/cgroup.procs", "0");
	MUST(unshare(CLONE_NEWCGROUP));
	fd = MUST(open("/proc/self/ns/cgroup", O_RDONLY));
	MUST(setns(home, CLONE_NEWCGROUP));
	put(CG "/cgroup.procs", "0");
	close(home);
	return fd;
}

static void enter(void *arg)
{
	int fd = *(int *)arg;
	struct stat st;

	MUST(fstat(fd, &st));
	MUST(setns(fd, CLONE_NEWCGROUP));
	CHECK_EQ(own_number(), st.st_ino);
	check_group(getpid(), "/../..");
	check_group(outer, "/../o");
	check_group(*inner, "/../a/b");
}

int main(void)
{
	struct stat before, st;
	int fd;

	if (access("/proc/self/ns/cgroup", F_OK))
		hop_skip("no cgroup namespaces");
	gate_init(&ready);
	gate_init(&go);
	gate_init(&end);
	inner = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (inner == MAP_FAILED)
		hop_die(__FILE__, __LINE__, "mmap", errno);
	if (mkdir(CG, 0755) && errno != EEXIST)
		hop_die(__FILE__, __LINE__, CG, errno);
	if (mount("cgroup2", CG, "cgroup2", 0, "memory_recursiveprot"))
		hop_skip("no control groups of version 2");
	put(CG "/cgroup.subtree_control", "+pids");
	MUST(mkdir(TOP, 0755));
	MUST(mkdir(TOP "/a", 0755));
	MUST(mkdir(TOP "/a/b", 0755));
	MUST(mkdir(TOP "/d", 0755));
	MUST(mkdir(TOP "/o", 0755));
	put(TOP "/cgroup.subtree_control", "+pids");
	outer = hop_child(bystander, NULL);
	gate_take(&ready, 1);
	fd = lonely();
	MUST(fstat(fd, &before));
	*inner = hop_child(child, NULL);
	gate_take(&ready, 1);

	hop();

	check_group(*inner, "/orthros_ns/a/b");
	MUST(fstat(fd, &st));
	CHECK_EQ(st.st_ino, before.st_ino);
	hop_reap(hop_child(enter, &fd));
	gate_post(&go, 2);
	gate_take(&ready, 2);
	gate_post(&end, 2);
	hop_reap(*inner);
	hop_reap(outer);
	return hop_status();
}
