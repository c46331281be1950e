// SPDX-License-Identifier: GPL-2.0
/*
 * Handlers with their flags and masks, ignored signals, alternate stacks; a
 * thread inside a handler during the hop returns from it correctly.
 */
#include "hop_test.h"

static struct gate ready, go;
static __thread char *altstack;
static int hits[NSIG];
static bool on_altstack, was_masked;
static siginfo_t last;

static void handler(int sig, siginfo_t *info, void *context)
{
	char here;
	sigset_t now;

	hits[sig]++;
	last = *info;
	on_altstack = altstack && &here >= altstack && &here < altstack + 4 * SIGSTKSZ;
	pthread_sigmask(SIG_SETMASK, NULL, &now);
	was_masked = sigismember(&now, SIGHUP);
}

static void inside(int sig)
{
	gate_post(&ready, 1);
	gate_take(&go, 1);
	hits[sig]++;
}

static void *in_handler(void *arg)
{
	stack_t ss = { .ss_size = 4 * SIGSTKSZ }, got;
	unsigned long pattern = 0x5a5a1234deadbeefUL;
	double value = 1.0 / 3;

	altstack = malloc(ss.ss_size);
	ss.ss_sp = altstack;
	MUST(sigaltstack(&ss, NULL));
	asm volatile("" : "+r"(pattern), "+x"(value));
	MUST0(pthread_kill(pthread_self(), SIGUSR2));
	asm volatile("" : "+r"(pattern), "+x"(value));
	CHECK_EQ(pattern, 0x5a5a1234deadbeefUL);
	CHECK(value == 1.0 / 3);
	MUST(sigaltstack(NULL, &got));
	CHECK_EQ(got.ss_flags, 0);
	CHECK_EQ((long)got.ss_sp, (long)altstack);
	CHECK_EQ(hits[SIGUSR2], 1);
	return NULL;
}

static void install(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = fn, .sa_flags = flags };

	sigaddset(&sa.sa_mask, SIGHUP);
	sigaddset(&sa.sa_mask, SIGRTMAX - 1);
	MUST(sigaction(sig, &sa, NULL));
}

/* The kernel's own struct, so that the restorer is seen too. */
struct kernel_sigaction {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

static void read_actions(struct kernel_sigaction *act)
{
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		MUST(syscall(SYS_rt_sigaction, sig, NULL, &act[sig], 8));
}

int main(void)
{
	static struct kernel_sigaction before[NSIG], after[NSIG];
	struct sigaction once = { .sa_flags = SA_SIGINFO | SA_RESETHAND };
	stack_t ss = { .ss_size = 4 * SIGSTKSZ }, got;
	union sigval value = { .sival_int = 4711 };
	sigset_t mask, now;
	pthread_t thread;
	int sig;

	gate_init(&ready);
	gate_init(&go);
	altstack = malloc(ss.ss_size);
	ss.ss_sp = altstack;
	MUST(sigaltstack(&ss, NULL));
	install(SIGUSR1, handler, SA_SIGINFO | SA_ONSTACK);
	install(SIGRTMIN + 3, handler, SA_SIGINFO | SA_RESTART | SA_NODEFER);
	install(SIGUSR2, (void *)inside, SA_ONSTACK);
	once.sa_sigaction = handler;
	MUST(sigaction(SIGALRM, &once, NULL));
	signal(SIGTERM, SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGRTMIN + 7);
	sigaddset(&mask, SIGRTMAX);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	MUST0(pthread_create(&thread, NULL, in_handler, NULL));
	gate_take(&ready, 1);
	read_actions(before);

	hop();

	read_actions(after);
	for (sig = 1; sig < NSIG; sig++)
		CHECK(!memcmp(&before[sig], &after[sig], sizeof(before[0])));
	sigemptyset(&now);
	sigprocmask(SIG_SETMASK, NULL, &now);
	CHECK(!memcmp(&now, &mask, 8));
	MUST(sigaltstack(NULL, &got));
	CHECK_EQ((long)got.ss_sp, (long)altstack);
	CHECK_EQ(got.ss_size, ss.ss_size);

	MUST(sigqueue(getpid(), SIGUSR1, value));
	CHECK_EQ(hits[SIGUSR1], 1);
	CHECK(on_altstack);
	CHECK(was_masked);
	CHECK_EQ(last.si_value.sival_int, 4711);
	CHECK_EQ(last.si_pid, getpid());
	raise(SIGRTMIN + 3);
	CHECK_EQ(hits[SIGRTMIN + 3], 1);
	CHECK(!on_altstack);
	raise(SIGTERM);
	raise(SIGALRM);
	CHECK_EQ(hits[SIGALRM], 1);
	read_actions(after);
	CHECK_EQ((long)after[SIGALRM].handler, (long)SIG_DFL);

	gate_post(&go, 1);
	MUST0(pthread_join(thread, NULL));
	return hop_status();
}
