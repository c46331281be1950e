// SPDX-License-Identifier: GPL-2.0
/* Parents that wait for their children over a hop. */
#include "hop_test.h"

static struct gate go;

static pid_t child(int status)
{
	pid_t pid = MUST(fork());

	if (!pid) {
		gate_take(&go, 1);
		_exit(status);
	}
	return pid;
}

static void in_wait4(void *arg)
{
	pid_t pid = child(11);
	int status = 0;

	CHECK_EQ(syscall(SYS_wait4, pid, &status, 0, NULL), pid);
	CHECK_EQ(status, 11 << 8);
}

static void in_wait4_any(void *arg)
{
	pid_t pid = child(12);
	int status = 0;

	CHECK_EQ(syscall(SYS_wait4, -1, &status, 0, NULL), pid);
	CHECK_EQ(status, 12 << 8);
}

static void in_waitid(void *arg)
{
	pid_t pid = child(13);
	siginfo_t info = { };

	CHECK_EQ(syscall(SYS_waitid, P_ALL, 0, &info, WEXITED, NULL), 0);
	CHECK_EQ(info.si_pid, pid);
	CHECK_EQ(info.si_status, 13);
	CHECK_EQ(info.si_code, CLD_EXITED);
}

static long call_join(struct blocked *b)
{
	return pthread_join(*(pthread_t *)b->arg, NULL);
}

static void *thread(void *arg)
{
	gate_take(&go, 1);
	return NULL;
}

int main(void)
{
	struct blocked join = {
		.name = "pthread_join", .nr = SYS_futex, .call = call_join,
	};
	pthread_t joined;
	pid_t pid[3];
	size_t i;

	gate_init(&go);
	pid[0] = hop_child(in_wait4, NULL);
	pid[1] = hop_child(in_wait4_any, NULL);
	pid[2] = hop_child(in_waitid, NULL);
	hop_wait_syscall(pid[0], pid[0], SYS_wait4);
	hop_wait_syscall(pid[1], pid[1], SYS_wait4);
	hop_wait_syscall(pid[2], pid[2], SYS_waitid);
	MUST0(pthread_create(&joined, NULL, thread, NULL));
	join.arg = &joined;
	blocked_start(&join);

	hop();

	blocked_still(&join);
	for (i = 0; i < ARRAY_SIZE(pid); i++)
		CHECK_EQ(waitpid(pid[i], NULL, WNOHANG), 0);
	gate_post(&go, 4);
	blocked_finish(&join, 0, 0);
	for (i = 0; i < ARRAY_SIZE(pid); i++)
		hop_reap(pid[i]);
	return hop_status();
}
