// SPDX-License-Identifier: GPL-2.0
/*
 * What needs memory for a moment to be made again, a socket with a filter, a
 * signalfd, a timer, leaves the mappings of its process alone: also where there is
 * no room for one more, and where one more would melt into its neighbour.
 */
#include <linux/filter.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include "hop_test.h"

/* The code of the old kernel's vDSO stays, without a name, and its data beside it. */
static bool is_old_vdso(const char *line)
{
	char perms[5];
	int end = 0;

	return sscanf(line, "%*x-%*x %4s 00000000 00:00 0%n", perms, &end) == 1 && end &&
	       strspn(line + end, " ") == strcspn(line + end, "\n") && perms[1] == '-';
}

/* Those of the process; the vDSO's are the kernel's own. */
static char *mappings(void)
{
	char *text = slurp("/proc/self/maps"), *from = text, *to = text, *end;

	CHECK(strstr(text, "[heap]"));
	for (; *from; from = end) {
		end = from + strcspn(from, "\n");
		end += !!*end;
		if (memmem(from, end - from, "[v", 2) || is_old_vdso(from))
			continue;
		memmove(to, from, end - from);
		to += end - from;
	}
	*to = '\0';
	return text;
}

static void make(int *sock, int *sigfd, timer_t *timer)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(insns), .filter = insns };
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	MUST(sigprocmask(SIG_BLOCK, &mask, NULL));
	*sock = MUST(socket(AF_NETLINK, SOCK_RAW, 15));
	MUST(setsockopt(*sock, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
	*sigfd = MUST(signalfd(-1, &mask, SFD_NONBLOCK));
	MUST(timer_create(CLOCK_MONOTONIC, &(struct sigevent){ .sigev_notify = SIGEV_NONE },
			  timer));
}

struct arg {
	struct gate *ready, *go;
	bool touched, forked, limited, locked;
};

static void holder(void *p)
{
	struct arg *arg = p;
	struct signalfd_siginfo info;
	struct itimerspec its;
	char *before, *after, *mem;
	struct rlimit limit;
	timer_t timer;
	int sock, sigfd, i;

	make(&sock, &sigfd, &timer);
	/* The lowest of all, where the next one would be put. */
	mem = MUST(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0));
	if (arg->touched)
		fill(mem, 4 * PAGE, 3);
	if (arg->forked && !MUST(fork())) {
		gate_post(arg->ready, 1);
		gate_take(arg->go, 1);
		_exit(HOP_PASS);
	}
	if (arg->locked)
		MUST(mlockall(MCL_FUTURE));
	slurp("/proc/self/maps");
	if (arg->limited) {
		unsigned long pages = strtoul(slurp("/proc/self/statm"), NULL, 10);

		limit.rlim_cur = pages * PAGE;
		limit.rlim_max = RLIM_INFINITY;
		MUST(setrlimit(RLIMIT_AS, &limit));
	}
	before = mappings();
	gate_post(arg->ready, 1);
	gate_take(arg->go, 1);
	after = mappings();
	CHECK_STR(after, before);
	if (arg->touched)
		CHECK(filled(mem, 4 * PAGE, 3));
	for (i = 0; i < 4; i++)
		mem[i * PAGE] = 1;
	raise(SIGUSR2);
	CHECK_EQ(read(sigfd, &info, sizeof(info)), sizeof(info));
	CHECK_EQ(timer_gettime(timer, &its), 0);
	if (arg->forked)
		CHECK(wait(NULL) > 0);
}

int main(void)
{
	struct gate ready, go;
	struct arg args[] = {
		{ &ready, &go },
		{ &ready, &go, .touched = true },
		{ &ready, &go, .forked = true },
		{ &ready, &go, .touched = true, .forked = true },
		{ &ready, &go, .limited = true },
		{ &ready, &go, .locked = true },
	};
	pid_t pids[ARRAY_SIZE(args)];
	unsigned int i;

	gate_init(&ready);
	gate_init(&go);
	for (i = 0; i < ARRAY_SIZE(args); i++)
		pids[i] = hop_child(holder, &args[i]);
	gate_take(&ready, ARRAY_SIZE(args) + 2);

	hop();

	gate_post(&go, ARRAY_SIZE(args) + 2);
	for (i = 0; i < ARRAY_SIZE(args); i++)
		hop_reap(pids[i]);
	return hop_status();
}
