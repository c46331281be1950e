// SPDX-License-Identifier: GPL-2.0
/* Many control groups, most of them empty: each is what it was. */
#include <sys/mount.h>

#include "hop_test.h"

#define GROUPS	300
#define MEMBERS	20

static struct stat seen[GROUPS];
static pid_t members[MEMBERS];

/* Ten in each of thirty. */
static const char *path(int i, const char *file)
{
	static char buf[128];

	if (i % 10)
		snprintf(buf, sizeof(buf), "cgs/many/%d/%d%s", i / 10, i % 10, file);
	else
		snprintf(buf, sizeof(buf), "cgs/many/%d%s", i / 10, file);
	return buf;
}

static void member(void *arg)
{
	pause();
}

static void put(const char *file, const char *value)
{
	write_file(file, value, strlen(value));
}

int main(void)
{
	struct stat st;
	char text[32];
	int i;

	MUST(mkdir("cgs", 0755));
	MUST(mount("none", "cgs", "cgroup2", 0, "memory_recursiveprot"));
	put("cgs/cgroup.subtree_control", "+cpu +memory +pids");
	MUST(mkdir("cgs/many", 0755));
	put("cgs/many/cgroup.subtree_control", "+cpu +memory +pids");
	for (i = 0; i < GROUPS; i++) {
		MUST(mkdir(path(i, ""), 0755));
		snprintf(text, sizeof(text), "%d", i + 100);
		put(path(i, "/pids.max"), text);
		if (!(i % 10))
			put(path(i, "/cgroup.subtree_control"), "+memory +pids");
	}
	for (i = 0; i < MEMBERS; i++) {
		members[i] = hop_child(member, NULL);
		snprintf(text, sizeof(text), "%d", members[i]);
		put(path(i * 10 + 5, "/cgroup.procs"), text);
	}
	for (i = 0; i < GROUPS; i++)
		MUST(stat(path(i, ""), &seen[i]));

	hop();

	for (i = 0; i < GROUPS; i++) {
		char *max = slurp(path(i, "/pids.max")), *procs;

		MUST(stat(path(i, ""), &st));
		CHECK_EQ(st.st_ino, seen[i].st_ino);
		CHECK_EQ(atoi(max), i + 100);
		free(max);
		if (i % 10 != 5)
			continue;
		procs = slurp(path(i, "/cgroup.procs"));
		CHECK_EQ(atoi(procs), i / 10 < MEMBERS ? members[i / 10] : 0);
		free(procs);
	}
	for (i = 0; i < MEMBERS; i++) {
		MUST(kill(members[i], SIGKILL));
		MUST(waitpid(members[i], NULL, 0));
	}
	for (i = GROUPS; i--; )
		if (i % 10)
			MUST(rmdir(path(i, "")));
	for (i = GROUPS; i--; )
		if (!(i % 10))
			MUST(rmdir(path(i, "")));
	MUST(rmdir("cgs/many"));
	/* It stays mounted: other tests look at mounts. */
	return hop_status();
}
