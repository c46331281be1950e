// SPDX-License-Identifier: GPL-2.0
/* pause, sigsuspend and sigtimedwait over a hop. */
#include "hop_test.h"

static __thread int hits;

static void handler(int sig)
{
	hits++;
}

static long call_pause(struct blocked *b)
{
	long ret = syscall(SYS_pause);
	int err = errno;

	CHECK_EQ(hits, 1);
	errno = err;
	return ret;
}

/* Blocked before and after, open while it waits. */
static long call_sigsuspend(struct blocked *b)
{
	sigset_t usr2, none, now;
	long ret;
	int err;

	sigemptyset(&none);
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	pthread_sigmask(SIG_SETMASK, &usr2, NULL);
	ret = syscall(SYS_rt_sigsuspend, &none, 8);
	err = errno;
	CHECK_EQ(hits, 1);
	pthread_sigmask(SIG_SETMASK, NULL, &now);
	CHECK_EQ(sigismember(&now, SIGUSR2), 1);
	errno = err;
	return ret;
}

static long call_sigtimedwait(struct blocked *b)
{
	struct timespec ts = { .tv_sec = 1000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMIN + 4);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return syscall(SYS_rt_sigtimedwait, &set, NULL, b->arg ? &ts : NULL, 8);
}

static bool short_wait(struct looper *l)
{
	struct timespec ts = { .tv_nsec = 50 * 1000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 5);
	CHECK_ERR(syscall(SYS_rt_sigtimedwait, &set, NULL, &ts, 8), EAGAIN);
	return true;
}

int main(void)
{
	struct {
		struct blocked b;
		long ret;
		int err;
	} calls[] = {
		{ { "pause", SYS_pause, call_pause }, -1, EINTR },
		{ { "sigsuspend", SYS_rt_sigsuspend, call_sigsuspend }, -1, EINTR },
		{ { "sigwait", SYS_rt_sigtimedwait, call_sigtimedwait },
		  SIGUSR2, 0 },
		{ { "sigtimedwait", SYS_rt_sigtimedwait, call_sigtimedwait,
		    .arg = "" }, SIGUSR2, 0 },
	};
	struct looper loop = { .name = "sigtimedwait again", .once = short_wait };
	struct sigaction sa = { .sa_handler = handler };
	size_t i;

	MUST(sigaction(SIGUSR2, &sa, NULL));
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		blocked_start(&calls[i].b);
	looper_start(&loop);

	hop();

	looper_stop(&loop);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		struct blocked *b = &calls[i].b;

		blocked_still(b);
		/* A restarted pause is in its call again before it is hit. */
		hop_wait_syscall(getpid(), b->tid, b->nr);
		MUST0(pthread_kill(b->thread, SIGUSR2));
		blocked_finish(b, calls[i].ret, calls[i].err);
	}
	return hop_status();
}
