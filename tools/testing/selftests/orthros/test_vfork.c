// SPDX-License-Identifier: GPL-2.0
/* A parent that waits in vfork() until its child, in its memory, exits. */
#include "hop_test.h"

static struct gate go;
static int written;

static void parent(void *arg)
{
	int status;
	pid_t pid;

	pid = vfork();
	if (!pid) {
		char byte;

		/* In the parent's memory: as little as possible. */
		read(go.rd, &byte, 1);
		__atomic_store_n(&written, 77, __ATOMIC_SEQ_CST);
		_exit(5);
	}
	CHECK(pid > 0);
	CHECK_EQ(__atomic_load_n(&written, __ATOMIC_SEQ_CST), 77);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 5 << 8);
}

/* The only child of @pid. */
static pid_t child_of(pid_t pid)
{
	pid_t child = 0;

	while (!child) {
		char *text = slurpf("/proc/%d/task/%d/children", pid, pid);

		child = atoi(text);
		free(text);
		sched_yield();
	}
	return child;
}

int main(void)
{
	pid_t pid, child;
	int status;
	char *text;

	gate_init(&go);
	pid = hop_child(parent, NULL);
	child = child_of(pid);
	hop_wait_syscall(child, child, SYS_read);

	hop();

	/* It waits on, uninterruptibly but killable. */
	CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
	text = slurpf("/proc/%d/stat", pid);
	CHECK_EQ(strrchr(text, ')')[2], 'D');
	gate_post(&go, 1);
	hop_reap(pid);
	return hop_status();
}
