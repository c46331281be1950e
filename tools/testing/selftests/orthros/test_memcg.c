// SPDX-License-Identifier: GPL-2.0
/*
 * Charges of adopted pages add up: they stay the root cgroup's when their
 * process moves to one of its own, and freeing them takes nothing from that.
 */
#include <sys/mount.h>
#include "hop_test.h"

#define SIZE	(64 * MIB)
/* What the process itself needs, and what is charged in batches. */
#define SLACK	(16 * MIB)

static long long stat_of(const char *dir, const char *key)
{
	char *text = slurpf("%s/memory.stat", dir), *at;
	char line[32];
	long long bytes = -1;

	snprintf(line, sizeof(line), "%s ", key);
	at = strstr(text, line);
	if (CHECK(at))
		bytes = atoll(at + strlen(line));
	free(text);
	return bytes;
}

static long long current_of(const char *dir)
{
	char *text = slurpf("%s/memory.current", dir);
	long long bytes = atoll(text);

	free(text);
	return bytes;
}

static bool about(long long bytes, long long want)
{
	return CHECK(bytes >= want - (long long)SLACK) && CHECK(bytes < want + (long long)SLACK);
}

int main(void)
{
	char *mem, *mine;
	char self[16];

	mem = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	fill(mem, SIZE, 3);

	hop();

	/* Other tests count mounts. */
	MUST(unshare(CLONE_NEWNS));
	MUST(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mkdir("cg", 0755));
	/* As others have, and see. */
	MUST(mount("none", "cg", "cgroup2", 0, "memory_recursiveprot"));
	write_file("cg/cgroup.subtree_control", "+memory", 7);
	MUST(mkdir("cg/own", 0755));
	snprintf(self, sizeof(self), "%d", getpid());
	write_file("cg/own/cgroup.procs", self, strlen(self));

	CHECK(stat_of("cg", "anon") >= (long long)SIZE);
	about(current_of("cg/own"), 0);
	mine = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	fill(mine, SIZE, 4);
	CHECK(filled(mem, SIZE, 3));
	about(current_of("cg/own"), SIZE);
	MUST(munmap(mem, SIZE));
	about(current_of("cg/own"), SIZE);
	MUST(munmap(mine, SIZE));
	about(current_of("cg/own"), 0);

	/* All of the machine's, so only what went below zero would show. */
	CHECK(stat_of("cg", "anon") < 8LL << 30);
	CHECK(stat_of("cg", "inactive_anon") < 8LL << 30);
	CHECK(stat_of("cg", "active_anon") < 8LL << 30);
	CHECK(stat_of("cg", "anon_thp") < 8LL << 30);

	write_file("cg/cgroup.procs", self, strlen(self));
	MUST(rmdir("cg/own"));
	MUST(umount("cg"));
	return hop_status();
}
