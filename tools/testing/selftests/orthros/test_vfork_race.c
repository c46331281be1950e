// SPDX-License-Identifier: GPL-2.0
/*
 * Parents whose child lets them go while all are being frozen: whatever is
 * frozen first, vfork() has to return the child's PID, and once.
 */
#include "hop_test.h"

#define PARENTS	8

static int *stop;

static void parent(void *arg)
{
	int status;
	pid_t pid;

	while (!__atomic_load_n(stop, __ATOMIC_ACQUIRE)) {
		pid = vfork();
		if (!pid) {
			/* Most of its time it is inside execve(), which wakes the parent. */
			execl("/proc/self/exe", "child", NULL);
			_exit(4);
		}
		CHECK(pid > 0);
		CHECK_EQ(waitpid(pid, &status, 0), pid);
		CHECK_EQ(status, 3 << 8);
		CHECK_EQ(waitpid(-1, NULL, WNOHANG), -1);
		CHECK_EQ(errno, ECHILD);
	}
}

int main(int argc, char **argv)
{
	pid_t pid[PARENTS];
	int i;

	if (argc > 0 && !strcmp(argv[0], "child"))
		return 3;

	stop = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST((long)stop);
	for (i = 0; i < PARENTS; i++)
		pid[i] = hop_child(parent, NULL);

	hop();

	__atomic_store_n(stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < PARENTS; i++)
		hop_reap(pid[i]);
	return hop_status();
}
