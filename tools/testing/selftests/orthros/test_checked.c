// SPDX-License-Identifier: GPL-2.0
/*
 * A check of a machine that works: what is read of processes that map, open, fork and
 * end meanwhile does not always fit together. It must still end with an answer.
 */
#include "hop_test.h"
#include "orthros_ctl.h"

#define CHECKS	3
#define MAPS	1000

static struct gate stop;

/* Holes in a tree of mappings that is some levels deep, here and there. */
static void *map_on(void *arg)
{
	const size_t size = 2 * MAPS * PAGE;
	unsigned int seed = hop_gettid();
	char *mem = MUST(mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	size_t i;

	for (i = 0; i < MAPS; i++)
		MUST(mprotect(mem + 2 * i * PAGE, PAGE, PROT_READ | PROT_WRITE));
	for (;;) {
		char *at = mem + rand_r(&seed) % MAPS * 2 * PAGE;
		size_t len = (rand_r(&seed) % 64 + 1) * 2 * PAGE;

		if (at + len > mem + size)
			continue;
		MUST(munmap(at, len));
		for (i = 0; i < len; i += 2 * PAGE) {
			MUST(mmap(at + i, 2 * PAGE, PROT_READ,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
			MUST(mprotect(at + i, PAGE, PROT_READ | PROT_WRITE));
			at[i] = 1;
		}
	}
	return NULL;
}

static void *open_on(void *arg)
{
	for (;;) {
		int fd[2], other;

		MUST(pipe(fd));
		other = MUST(dup(fd[0]));
		close(fd[0]);
		close(fd[1]);
		close(other);
	}
	return NULL;
}

static void *fork_on(void *arg)
{
	for (;;) {
		pid_t pid = MUST(fork());

		if (!pid)
			_exit(0);
		MUST(waitpid(pid, NULL, 0));
	}
	return NULL;
}

static void worker(void *arg)
{
	void *(*fn)(void *) = arg;
	pthread_t thread;

	MUST0(pthread_create(&thread, NULL, fn, NULL));
	gate_take(&stop, 1);
	CHECK_EQ(pthread_kill(thread, 0), 0);
}

int main(void)
{
	static void *(*const work[])(void *) = { map_on, map_on, map_on, open_on, fork_on };
	pid_t pid[ARRAY_SIZE(work)];
	char report[65536];
	size_t i;

	if (access(ORTHROS_SYSFS "check", R_OK))
		hop_skip("no Orthros here");
	gate_init(&stop);
	for (i = 0; i < ARRAY_SIZE(work); i++)
		pid[i] = hop_child(worker, work[i]);
	for (i = 0; i < CHECKS; i++)
		if (!CHECK_EQ(ctl_read("check", report, sizeof(report)), 0))
			ctl_diag("last_error");

	/* Others are tested here, too. */
	gate_post(&stop, ARRAY_SIZE(work));
	for (i = 0; i < ARRAY_SIZE(work); i++)
		hop_reap(pid[i]);

	hop();

	return hop_status();
}
