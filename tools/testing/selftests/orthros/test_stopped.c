// SPDX-License-Identifier: GPL-2.0
/* A process stopped by a signal stays so, and SIGCONT continues it. */
#include "hop_test.h"

static char state(pid_t pid)
{
	char *text = slurpf("/proc/%d/stat", pid);
	char c = strrchr(text, ')')[2];

	free(text);
	return c;
}

static void *count(void *arg)
{
	for (;;)
		__atomic_add_fetch((unsigned long *)arg, 1, __ATOMIC_RELAXED);
	return NULL;
}

/* Two threads, so that the group stop is one of more than one task. */
static pid_t spawn(int sig, unsigned long *counter, struct gate *end)
{
	pid_t pid = MUST(fork());
	pthread_t thread;
	int status;

	if (!pid) {
		MUST0(pthread_create(&thread, NULL, count, counter));
		kill(getpid(), sig);
		/* That it goes on can be waited for only until it ends. */
		gate_take(end, 1);
		_exit(17);
	}
	MUST(waitpid(pid, &status, WUNTRACED));
	CHECK(WIFSTOPPED(status));
	CHECK_EQ(WSTOPSIG(status), sig);
	return pid;
}

int main(void)
{
	unsigned long *counter, seen;
	pid_t pid, unseen;
	siginfo_t info = { };
	struct gate end;
	int fd, status;

	gate_init(&end);
	fd = MUST(open("counter", O_RDWR | O_CREAT, 0600));
	MUST(ftruncate(fd, PAGE));
	counter = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	pid = spawn(SIGSTOP, &counter[0], &end);

	/* One whose stop was not waited for. */
	unseen = MUST(fork());
	if (!unseen) {
		raise(SIGTSTP);
		_exit(18);
	}
	MUST(waitid(P_PID, unseen, &info, WSTOPPED | WNOWAIT));
	seen = counter[0];

	hop();

	CHECK_EQ(state(pid), 'T');
	CHECK_EQ(state(unseen), 'T');
	CHECK_EQ(counter[0], seen);
	CHECK_EQ(waitpid(pid, &status, WUNTRACED | WNOHANG), 0);
	CHECK_EQ(waitpid(unseen, &status, WUNTRACED | WNOHANG), unseen);
	CHECK(WIFSTOPPED(status));
	CHECK_EQ(WSTOPSIG(status), SIGTSTP);

	MUST(kill(pid, SIGCONT));
	CHECK_EQ(waitpid(pid, &status, WCONTINUED), pid);
	CHECK(WIFCONTINUED(status));
	gate_post(&end, 1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 17 << 8);
	MUST(kill(unseen, SIGCONT));
	CHECK_EQ(waitpid(unseen, &status, 0), unseen);
	CHECK_EQ(status, 18 << 8);
	return hop_status();
}
