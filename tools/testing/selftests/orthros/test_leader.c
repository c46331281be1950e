// SPDX-License-Identifier: GPL-2.0
/*
 * Processes whose first thread has exited while others run, and children of threads
 * that are not the first.
 */
#include <sys/prctl.h>
#include <sys/time.h>

#include "hop_test.h"

struct shared {
	unsigned long count[2];
	bool stop, dies;
	int got;			/* the signal of a parent's death */
	siginfo_t info;
};

static struct shared *sh;
static struct gate ready, go;

static void *work(void *arg)
{
	long i = (long)arg;

	while (!__atomic_load_n(&sh->stop, __ATOMIC_ACQUIRE)) {
		__atomic_add_fetch(&sh->count[i], 1, __ATOMIC_RELAXED);
		usleep(1000);
	}
	if (i == 1)
		syscall(SYS_exit_group, 33);
	return NULL;
}

/* The other exits by itself, so that the status is that of the process. */
static void *ends_last(void *arg)
{
	struct itimerval timer = { };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	/* Files, timers and what was pending are still those of the process. */
	CHECK_EQ(sigtimedwait(&set, NULL, &(struct timespec){ 0 }), SIGUSR1);
	CHECK_EQ(getitimer(ITIMER_REAL, &timer), 0);
	CHECK(timer.it_value.tv_sec > 3000);
	while (!sh->dies)
		usleep(1000);
	syscall(SYS_exit, hop_status() ? 1 : 0);
	return NULL;
}

static void leave(void *(*fn)(void *), int threads)
{
	pthread_t thread;
	long i;

	for (i = 0; i < threads; i++)
		MUST0(pthread_create(&thread, NULL, fn, (void *)i));
	/* Not that of the process. */
	syscall(SYS_exit, 5);
}

static void leader_exits(void *arg)
{
	leave(work, 2);
}

static void leader_exits_blocked(void *arg)
{
	struct itimerval timer = { .it_value.tv_sec = 3600 };
	sigset_t set;

	MUST(setitimer(ITIMER_REAL, &timer, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	MUST(kill(getpid(), SIGUSR1));
	leave(ends_last, 1);
}

static void died(int sig, siginfo_t *info, void *ctx)
{
	__atomic_store_n(&sh->got, sig, __ATOMIC_RELEASE);
}

static void child_of_thread(void *arg)
{
	struct sigaction sa = { .sa_sigaction = died, .sa_flags = SA_SIGINFO };

	MUST(sigaction(SIGUSR2, &sa, NULL));
	MUST(prctl(PR_SET_PDEATHSIG, SIGUSR2));
	gate_post(&ready, 1);
	while (!__atomic_load_n(&sh->got, __ATOMIC_ACQUIRE))
		usleep(1000);
	_exit(21);
}

static pid_t theirs, dead;

/* Its children: one that lives and hears of its end, one that has died. */
static void *parent_thread(void *arg)
{
	struct gate *gates = arg;
	int status;

	theirs = hop_child(child_of_thread, NULL);
	dead = MUST(fork());
	if (!dead)
		_exit(22);
	MUST(waitid(P_PID, dead, &sh->info, WEXITED | WNOWAIT));
	gate_post(&gates[0], 1);
	gate_take(&gates[1], 1);
	CHECK_EQ(waitpid(dead, &status, WNOHANG | __WNOTHREAD), dead);
	CHECK_EQ(status, 22 << 8);
	CHECK_EQ(waitpid(theirs, &status, WNOHANG | __WNOTHREAD), 0);
	return NULL;
}

static char state(pid_t pid)
{
	char *text = slurpf("/proc/%d/stat", pid);
	char c = strrchr(text, ')')[2];

	free(text);
	return c;
}

static void wait_exited(pid_t pid)
{
	while (state(pid) != 'Z')
		usleep(1000);
}

int main(void)
{
	struct gate gates[2];
	pid_t runs, last;
	unsigned long was[2];
	pthread_t thread;
	int i, status;

	gate_init(&ready);
	gate_init(&go);
	gate_init(&gates[0]);
	gate_init(&gates[1]);
	sh = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	runs = hop_child(leader_exits, NULL);
	last = hop_child(leader_exits_blocked, NULL);
	MUST0(pthread_create(&thread, NULL, parent_thread, gates));
	gate_take(&ready, 2);
	gate_take(&gates[0], 1);
	wait_exited(runs);
	wait_exited(last);

	hop();

	CHECK_EQ(state(runs), 'Z');
	CHECK_EQ(waitpid(runs, &status, WNOHANG), 0);
	for (i = 0; i < 2; i++)
		was[i] = __atomic_load_n(&sh->count[i], __ATOMIC_ACQUIRE);
	for (i = 0; i < 2; i++)
		while (__atomic_load_n(&sh->count[i], __ATOMIC_ACQUIRE) == was[i])
			usleep(1000);
	/* Neither is a child of this thread. */
	CHECK_ERR(waitpid(theirs, &status, WNOHANG | __WNOTHREAD), ECHILD);
	CHECK_ERR(waitpid(dead, &status, WNOHANG | __WNOTHREAD), ECHILD);
	CHECK_EQ(sh->got, 0);
	gate_post(&gates[1], 1);
	MUST0(pthread_join(thread, NULL));
	CHECK_EQ(waitpid(theirs, &status, 0), theirs);
	CHECK_EQ(status, 21 << 8);

	__atomic_store_n(&sh->stop, true, __ATOMIC_RELEASE);
	CHECK_EQ(waitpid(runs, &status, 0), runs);
	CHECK_EQ(status, 33 << 8);
	gate_post(&go, 1);
	sh->dies = true;
	CHECK_EQ(waitpid(last, &status, 0), last);
	CHECK_EQ(status, 0);
	return hop_status();
}
