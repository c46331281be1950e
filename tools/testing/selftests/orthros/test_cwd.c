// SPDX-License-Identifier: GPL-2.0
/* umask, working and root directory: also chrooted, also deleted. */
#include "hop_test.h"

static struct gate ready, go;

static void over_hop(void)
{
	gate_post(&ready, 1);
	gate_take(&go, 1);
}

static void simple(void *arg)
{
	char before[4096], after[4096];
	struct stat st;
	mode_t old;

	MUST(mkdir("plain", 0755));
	MUST(chdir("plain"));
	MUST(!!getcwd(before, sizeof(before)) - 1);
	umask(0137);
	over_hop();
	CHECK(getcwd(after, sizeof(after)));
	CHECK_STR(after, before);
	old = umask(0137);
	CHECK_EQ(old, 0137);
	close(MUST(open("made", O_CREAT | O_WRONLY, 0777)));
	MUST(stat("../plain/made", &st));
	CHECK_EQ(st.st_mode & 07777, 0640);
}

static void unlinked(void *arg)
{
	char path[4096], link[4096];
	struct stat before, after;
	ssize_t n;

	MUST(mkdir("gone", 0711));
	MUST(chdir("gone"));
	MUST(rmdir("../gone"));
	MUST(stat(".", &before));
	over_hop();
	CHECK_EQ(stat(".", &after), 0);
	CHECK_EQ(after.st_ino, before.st_ino);
	CHECK_EQ(after.st_mode, before.st_mode);
	CHECK_EQ(after.st_nlink, 0);
	CHECK_ERR(syscall(SYS_getcwd, path, sizeof(path)), ENOENT);
	CHECK_ERR(open("new", O_CREAT | O_WRONLY, 0600), ENOENT);
	n = readlink("/proc/self/cwd", link, sizeof(link) - 1);
	CHECK(n > 10 && !memcmp(link + n - 10, " (deleted)", 10));
}

static void jailed(void *arg)
{
	char path[4096];

	MUST(mkdir("jail", 0755));
	MUST(mkdir("jail/inside", 0755));
	write_file("jail/inside/file", "x", 1);
	MUST(chroot("jail"));
	MUST(chdir("/inside"));
	over_hop();
	CHECK(getcwd(path, sizeof(path)));
	CHECK_STR(path, "/inside");
	CHECK_EQ(access("/inside/file", F_OK), 0);
	CHECK_EQ(access("/../inside/file", F_OK), 0);
	CHECK_ERR(access("/proc/self", F_OK), ENOENT);
	CHECK_ERR(access("../../jail", F_OK), ENOENT);
}

/* CLONE_FS: one umask and directory for two threads, another for the third. */
static void *unshared(void *arg)
{
	char path[4096];

	MUST(unshare(CLONE_FS));
	MUST(chdir("/"));
	umask(0111);
	over_hop();
	CHECK(getcwd(path, sizeof(path)));
	CHECK_STR(path, "/");
	CHECK_EQ(umask(0111), 0111);
	return NULL;
}

static void *sharing(void *arg)
{
	over_hop();
	umask(0123);
	return NULL;
}

static void threads(void *arg)
{
	char before[4096], after[4096];
	pthread_t one, two;

	MUST(!!getcwd(before, sizeof(before)) - 1);
	umask(0122);
	MUST0(pthread_create(&one, NULL, unshared, NULL));
	MUST0(pthread_create(&two, NULL, sharing, NULL));
	MUST0(pthread_join(one, NULL));
	MUST0(pthread_join(two, NULL));
	CHECK(getcwd(after, sizeof(after)));
	CHECK_STR(after, before);
	CHECK_EQ(umask(0), 0123);
}

int main(void)
{
	pid_t pid[4];
	size_t i;

	gate_init(&ready);
	gate_init(&go);
	pid[0] = hop_child(simple, NULL);
	pid[1] = hop_child(unlinked, NULL);
	pid[2] = hop_child(jailed, NULL);
	pid[3] = hop_child(threads, NULL);
	gate_take(&ready, 5);
	hop();
	gate_post(&go, 5);
	for (i = 0; i < ARRAY_SIZE(pid); i++)
		hop_reap(pid[i]);
	return hop_status();
}
