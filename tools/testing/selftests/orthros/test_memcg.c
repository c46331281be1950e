// SPDX-License-Identifier: GPL-2.0
/*
 * Charges of adopted pages add up: what the root cgroup is charged with does
 * not go wrong when they are freed, by their process in a cgroup of its own.
 */
#include <sys/mount.h>
#include "hop_test.h"

#define SIZE	(64 * MIB)
/* What the other tests of the guest may do at the same time. */
#define SLACK	(48 * MIB)

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

int main(void)
{
	long long before, after, current;
	char *mem, *mine, *text;
	char self[16];

	mem = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	fill(mem, SIZE, 3);

	hop();

	MUST(mkdir("cg", 0755));
	MUST(mount("none", "cg", "cgroup2", 0, NULL));
	write_file("cg/cgroup.subtree_control", "+memory", 7);
	MUST(mkdir("cg/own", 0755));
	snprintf(self, sizeof(self), "%d", getpid());
	write_file("cg/own/cgroup.procs", self, strlen(self));

	before = stat_of("cg", "anon");
	CHECK(before >= (long long)SIZE);
	CHECK(before < 8LL << 30);
	/* New memory is the new cgroup's, adopted memory the root's. */
	mine = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	fill(mine, SIZE, 4);
	text = slurp("cg/own/memory.current");
	current = atoll(text);
	free(text);
	CHECK(current >= (long long)SIZE && current < (long long)(SIZE + SLACK));
	CHECK(filled(mem, SIZE, 3));

	MUST(munmap(mem, SIZE));
	MUST(munmap(mine, SIZE));
	/* The statistics are brought up to date now and then. */
	usleep(2500 * 1000);
	after = stat_of("cg", "anon");
	CHECK(after >= 0);
	CHECK(after <= before - (long long)(SIZE - SLACK));
	CHECK(stat_of("cg", "anon_thp") >= 0);
	CHECK(stat_of("cg", "inactive_anon") < 8LL << 30);
	CHECK(stat_of("cg", "active_anon") < 8LL << 30);
	text = slurp("cg/own/memory.current");
	CHECK(atoll(text) < (long long)SLACK);
	free(text);

	write_file("cg/cgroup.procs", self, strlen(self));
	MUST(rmdir("cg/own"));
	write_file("cg/cgroup.subtree_control", "-memory", 7);
	MUST(umount("cg"));
	return hop_status();
}
