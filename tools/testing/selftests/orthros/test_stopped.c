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

static pid_t *vfork_tid;

/* In vfork(), where no signal reaches it, until there is a byte. */
static void *in_vfork(void *arg)
{
	struct gate *child_ends = arg;

	__atomic_store_n(vfork_tid, hop_gettid(), __ATOMIC_RELEASE);
	if (!vfork()) {
		char byte;

		_exit(read(child_ends->rd, &byte, 1) != 1);
	}
	return NULL;
}

/* Two threads, one of which cannot stop: so the process has not stopped. */
static pid_t spawn_half(unsigned long *counter, struct gate *child_ends)
{
	pid_t pid = MUST(fork());
	pthread_t thread;
	unsigned long seen;

	if (!pid) {
		MUST0(pthread_create(&thread, NULL, in_vfork, child_ends));
		count(counter);
	}
	while (!__atomic_load_n(counter, __ATOMIC_ACQUIRE))
		sched_yield();
	while (!__atomic_load_n(vfork_tid, __ATOMIC_ACQUIRE))
		sched_yield();
	hop_wait_syscall(pid, *vfork_tid, SYS_vfork);
	MUST(kill(pid, SIGSTOP));
	do {
		seen = __atomic_load_n(counter, __ATOMIC_ACQUIRE);
		usleep(10000);
	} while (seen != __atomic_load_n(counter, __ATOMIC_ACQUIRE));
	return pid;
}

int main(void)
{
	unsigned long *counter, seen;
	pid_t pid, unseen, goes_on, half;
	siginfo_t info = { };
	struct gate end, child_ends;
	unsigned long half_seen;
	int fd, status;

	gate_init(&end);
	gate_init(&child_ends);
	fd = MUST(open("counter", O_RDWR | O_CREAT, 0600));
	MUST(ftruncate(fd, PAGE));
	counter = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	vfork_tid = (pid_t *)&counter[3];
	pid = spawn(SIGSTOP, &counter[0], &end);

	/* One whose stop was not waited for. */
	unseen = MUST(fork());
	if (!unseen) {
		raise(SIGTSTP);
		_exit(18);
	}
	MUST(waitid(P_PID, unseen, &info, WSTOPPED | WNOWAIT));
	seen = counter[0];
	/* One that goes on, which was not waited for. */
	goes_on = spawn(SIGSTOP, &counter[1], &end);
	MUST(kill(goes_on, SIGCONT));
	MUST(waitid(P_PID, goes_on, &info, WCONTINUED | WNOWAIT));
	half = spawn_half(&counter[2], &child_ends);
	CHECK_EQ(waitpid(half, &status, WUNTRACED | WNOHANG), 0);
	half_seen = counter[2];

	hop();

	CHECK_EQ(state(pid), 'T');
	CHECK_EQ(state(unseen), 'T');
	CHECK_EQ(counter[0], seen);
	CHECK_EQ(waitpid(pid, &status, WUNTRACED | WNOHANG), 0);
	CHECK_EQ(waitpid(unseen, &status, WUNTRACED | WNOHANG), unseen);
	CHECK(WIFSTOPPED(status));
	CHECK_EQ(WSTOPSIG(status), SIGTSTP);

	CHECK_EQ(waitpid(goes_on, &status, WCONTINUED | WNOHANG), goes_on);
	CHECK(WIFCONTINUED(status));
	CHECK_EQ(waitpid(goes_on, &status, WCONTINUED | WNOHANG), 0);
	MUST(kill(goes_on, SIGKILL));
	CHECK_EQ(waitpid(goes_on, &status, 0), goes_on);

	/* It has stopped when its other thread has. */
	CHECK_EQ(counter[2], half_seen);
	CHECK_EQ(waitpid(half, &status, WUNTRACED | WNOHANG), 0);
	gate_post(&child_ends, 1);
	CHECK_EQ(waitpid(half, &status, WUNTRACED), half);
	CHECK(WIFSTOPPED(status));
	CHECK_EQ(WSTOPSIG(status), SIGSTOP);
	CHECK_EQ(counter[2], half_seen);
	MUST(kill(half, SIGCONT));
	while (__atomic_load_n(&counter[2], __ATOMIC_ACQUIRE) == half_seen)
		sched_yield();
	MUST(kill(half, SIGKILL));
	CHECK_EQ(waitpid(half, &status, 0), half);

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
