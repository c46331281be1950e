// SPDX-License-Identifier: GPL-2.0
/* Blocked signals that wait: for a thread or the process, in order, with values. */
#include <sys/resource.h>

#include "hop_test.h"

#define QUEUED	20

static struct gate ready, go;

static void block_all(void)
{
	sigset_t all;

	sigfillset(&all);
	MUST0(pthread_sigmask(SIG_SETMASK, &all, NULL));
}

static void queue(pid_t pid, pid_t tid, int sig, int value)
{
	siginfo_t info = { .si_signo = sig, .si_code = SI_QUEUE };

	info.si_pid = getpid();
	info.si_uid = 42;
	info.si_value.sival_ptr = (void *)(0x1234567800000000UL + value);
	if (tid)
		MUST(syscall(SYS_rt_tgsigqueueinfo, pid, tid, sig, &info));
	else
		MUST(syscall(SYS_rt_sigqueueinfo, pid, sig, &info));
}

/* Takes the next pending @sig without waiting. */
static bool take(int sig, siginfo_t *info)
{
	struct timespec none = { };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	memset(info, 0, sizeof(*info));
	/* The C library would hide SI_TKILL. */
	return syscall(SYS_rt_sigtimedwait, &set, info, &none, 8) == sig;
}

static void check_queue(int sig, int count)
{
	siginfo_t info;
	int i;

	for (i = 0; i < count; i++) {
		if (!CHECK(take(sig, &info)))
			return;
		CHECK_EQ(info.si_code, SI_QUEUE);
		CHECK_EQ(info.si_pid, getpid());
		CHECK_EQ(info.si_uid, 42);
		CHECK_EQ((long)info.si_value.sival_ptr, 0x1234567800000000L + i);
	}
	CHECK(!take(sig, &info));
}

static bool pending(const char *key, int sig)
{
	char *text = slurpf("/proc/self/task/%d/status", hop_gettid());
	char value[64];

	field(text, key, value, sizeof(value));
	free(text);
	return strtoull(value, NULL, 16) >> (sig - 1) & 1;
}

static void *thread(void *arg)
{
	siginfo_t info;
	int i;

	for (i = 0; i < QUEUED; i++)
		queue(getpid(), hop_gettid(), SIGRTMIN + 2, i);
	MUST(syscall(SYS_tgkill, getpid(), hop_gettid(), SIGUSR2));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK(pending("SigPnd", SIGUSR2));
	CHECK(!pending("ShdPnd", SIGUSR2));
	check_queue(SIGRTMIN + 2, QUEUED);
	CHECK(take(SIGUSR2, &info));
	CHECK_EQ(info.si_code, SI_TKILL);
	return NULL;
}

static void quits(void *arg)
{
	_exit(3);
}

int main(void)
{
	struct rlimit limit;
	pthread_t other;
	siginfo_t info;
	pid_t child;
	int i;

	gate_init(&ready);
	gate_init(&go);
	block_all();
	MUST0(pthread_create(&other, NULL, thread, NULL));
	gate_take(&ready, 1);
	for (i = 0; i < QUEUED; i++)
		queue(getpid(), 0, SIGRTMIN + 1, i);
	MUST(kill(getpid(), SIGUSR1));
	MUST(kill(getpid(), SIGTERM));
	child = hop_child(quits, NULL);
	MUST(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
	/* For those that come: there are more already. */
	MUST(getrlimit(RLIMIT_SIGPENDING, &limit));
	limit.rlim_cur = QUEUED / 2;
	MUST(setrlimit(RLIMIT_SIGPENDING, &limit));

	hop();

	memset(&limit, 0, sizeof(limit));
	MUST(getrlimit(RLIMIT_SIGPENDING, &limit));
	CHECK_EQ(limit.rlim_cur, QUEUED / 2);

	CHECK(pending("ShdPnd", SIGUSR1));
	CHECK(!pending("SigPnd", SIGUSR1));
	CHECK(!pending("SigPnd", SIGUSR2));
	check_queue(SIGRTMIN + 1, QUEUED);
	CHECK(take(SIGUSR1, &info));
	CHECK_EQ(info.si_code, SI_USER);
	CHECK_EQ(info.si_pid, getpid());
	CHECK(take(SIGTERM, &info));
	CHECK(take(SIGCHLD, &info));
	CHECK_EQ(info.si_pid, child);
	CHECK_EQ(info.si_code, CLD_EXITED);
	CHECK_EQ(info.si_status, 3);
	CHECK_EQ(waitpid(child, NULL, 0), child);
	CHECK(!take(SIGUSR1, &info));
	gate_post(&go, 1);
	MUST0(pthread_join(other, NULL));
	return hop_status();
}
