// SPDX-License-Identifier: GPL-2.0
/* Syscall user dispatch: calls from where a thread has not said trap, before and after. */
#include <sys/prctl.h>

#include "hop_test.h"

#define DISPATCH	59	/* PR_SET_SYSCALL_USER_DISPATCH */

static __thread volatile char selector;
static __thread volatile int trapped;
static struct gate made, go;

static void on_sys(int sig, siginfo_t *info, void *uc)
{
	trapped = info->si_syscall;
	selector = 0;
}

/* Its number if it has trapped, else what it has returned. */
static long call(long nr)
{
	trapped = 0;
	selector = 1;
	nr = syscall(nr);
	selector = 0;
	return trapped ? -trapped : nr;
}

/* One that has not asked is not bothered. */
static void *free_thread(void *arg)
{
	gate_post(&made, 1);
	gate_take(&go, 1);
	selector = 1;
	CHECK_EQ(syscall(SYS_getpid), getpid());
	selector = 0;
	CHECK_EQ(trapped, 0);
	return NULL;
}

int main(void)
{
	struct sigaction sa = { .sa_sigaction = on_sys, .sa_flags = SA_SIGINFO };
	pthread_t thread;

	gate_init(&made);
	gate_init(&go);
	MUST(sigaction(SIGSYS, &sa, NULL));
	MUST0(pthread_create(&thread, NULL, free_thread, NULL));
	gate_take(&made, 1);
	MUST(prctl(DISPATCH, 1, 0, 0, &selector));
	CHECK_EQ(call(SYS_getppid), -SYS_getppid);

	hop();

	CHECK_EQ(call(SYS_getppid), -SYS_getppid);
	CHECK_EQ(syscall(SYS_getpid), getpid());
	gate_post(&go, 1);
	MUST0(pthread_join(thread, NULL));
	MUST(prctl(DISPATCH, 0, 0, 0, 0));
	CHECK_EQ(call(SYS_getpid), getpid());
	return hop_status();
}
