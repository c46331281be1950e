// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that are killed while they are frozen, by timers that go on until the
 * kernel stops: each ends by the signal that has killed it.
 */
#include <sys/time.h>

#include "hop_test.h"

#define CHILDREN	300
#define STEP	(NSEC / 100)

static void *waits(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

/* A process of two threads that ends at a time. */
static pid_t start(long long end)
{
	struct itimerval timer = { };
	pid_t pid = MUST(fork());
	pthread_t thread;
	long long left;

	if (pid)
		return pid;
	MUST0(pthread_create(&thread, NULL, waits, NULL));
	left = end - now_ns(CLOCK_MONOTONIC);
	if (left < NSEC / 1000)
		left = NSEC / 1000;
	timer.it_value.tv_sec = left / NSEC;
	timer.it_value.tv_usec = left % NSEC / 1000;
	MUST(setitimer(ITIMER_REAL, &timer, NULL));
	waits(NULL);
	_exit(1);
}

int main(void)
{
	long long begin = now_ns(CLOCK_MONOTONIC) + NSEC / 2;
	int i, status, others = 0;
	pid_t pid[CHILDREN];

	/* So many that some end in the middle of the hop. */
	for (i = 0; i < CHILDREN; i++)
		pid[i] = start(begin + i * STEP);

	hop();

	for (i = 0; i < CHILDREN; i++) {
		CHECK_EQ(waitpid(pid[i], &status, 0), pid[i]);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM) {
			printf("# child %d: status %#x\n", i, status);
			others++;
		}
	}
	CHECK_EQ(others, 0);
	return hop_status();
}
