// SPDX-License-Identifier: GPL-2.0
/* Zombies: dead children that nobody has waited for yet, and what they have used. */
#include <sys/resource.h>

#include "hop_test.h"

static void wait_dead(pid_t pid)
{
	siginfo_t info;

	MUST(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
}

static pid_t die(int code, int sig)
{
	pid_t pid = MUST(fork());

	if (!pid) {
		setpgid(0, 0);
		if (sig)
			kill(getpid(), sig);
		_exit(code);
	}
	wait_dead(pid);
	return pid;
}

static int told;

static void tell(int sig)
{
	__atomic_add_fetch(&told, 1, __ATOMIC_RELAXED);
}

/* Tells of its end by another signal, or by none. */
static pid_t die_by(int sig)
{
	siginfo_t info;
	pid_t pid = MUST(syscall(SYS_clone, sig, NULL, NULL, NULL, NULL));

	if (!pid)
		_exit(7);
	MUST(waitid(P_PID, pid, &info, WEXITED | WNOWAIT | __WALL));
	return pid;
}

static void *exits_last(void *arg)
{
	pid_t leader = getpid();
	char *text;

	do {
		text = slurpf("/proc/%d/task/%d/stat", leader, leader);
	} while (strrchr(text, ')')[2] != 'Z');
	syscall(SYS_exit, 0);
	return NULL;
}

/* Dead, with a first thread that has exited by another status. */
static pid_t die_by_thread(void)
{
	pid_t pid = MUST(fork());
	pthread_t thread;

	if (!pid) {
		MUST0(pthread_create(&thread, NULL, exits_last, NULL));
		syscall(SYS_exit, 5);
	}
	wait_dead(pid);
	return pid;
}

#define BURN	(NSEC / 5)

static void burn(void)
{
	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < BURN)
		;
}

/* One that has worked, and waited for one that has. */
static pid_t work(void)
{
	pid_t pid = MUST(fork());

	if (!pid) {
		pid = MUST(fork());
		burn();
		if (pid)
			MUST(waitpid(pid, NULL, 0));
		_exit(0);
	}
	wait_dead(pid);
	return pid;
}

static long long cpu_ns(const struct rusage *usage)
{
	return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * NSEC +
		(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1000LL;
}

static void parent_with_zombie(void *arg)
{
	struct gate *gates = arg;
	pid_t pid = die(9, 0);

	gate_post(&gates[0], 1);
	gate_take(&gates[1], 1);
	/* Not waited for: init gets it, and it must go away. */
	CHECK_EQ(kill(pid, 0), 0);
}

int main(void)
{
	struct gate gates[2];
	pid_t quits, killed, worked, parent, usr1, rt, none, thread;
	struct rusage usage;
	siginfo_t info;
	int status;

	gate_init(&gates[0]);
	gate_init(&gates[1]);
	quits = die(42, 0);
	killed = die(0, SIGKILL);
	signal(SIGUSR1, tell);
	signal(SIGRTMIN, tell);
	usr1 = die_by(SIGUSR1);
	rt = die_by(SIGRTMIN);
	CHECK_EQ(told, 2);
	none = die_by(0);
	thread = die_by_thread();
	worked = work();
	parent = hop_child(parent_with_zombie, gates);
	gate_take(&gates[0], 1);

	hop();

	CHECK_EQ(kill(quits, 0), 0);
	CHECK_EQ(getpgid(quits), quits);
	memset(&info, 0, sizeof(info));
	CHECK_EQ(waitid(P_PID, killed, &info, WEXITED | WNOWAIT), 0);
	CHECK_EQ(info.si_pid, killed);
	CHECK_EQ(info.si_code, CLD_KILLED);
	CHECK_EQ(info.si_status, SIGKILL);
	CHECK_EQ(wait4(quits, &status, WNOHANG, &usage), quits);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 42);
	CHECK_EQ(waitpid(killed, &status, WNOHANG), killed);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGKILL);
	CHECK_ERR(kill(killed, 0), ESRCH);
	/* Told once: before the hop. */
	CHECK_EQ(told, 2);
	CHECK_ERR(waitpid(usr1, &status, WNOHANG), ECHILD);
	CHECK_EQ(waitpid(usr1, &status, WNOHANG | __WCLONE), usr1);
	CHECK_EQ(status, 7 << 8);
	CHECK_EQ(waitpid(rt, &status, WNOHANG | __WALL), rt);
	CHECK_EQ(waitpid(none, &status, WNOHANG | __WCLONE), none);
	CHECK_EQ(waitpid(thread, &status, WNOHANG), thread);
	CHECK_EQ(status, 0);
	CHECK_EQ(wait4(worked, &status, WNOHANG, &usage), worked);
	CHECK_EQ(status, 0);
	if (!CHECK(cpu_ns(&usage) > BURN * 9 / 10) || !CHECK(cpu_ns(&usage) < 20 * BURN))
		printf("# CPU time %lld us\n", cpu_ns(&usage) / 1000);
	CHECK(usage.ru_minflt > 0);
	/* With what it had waited for. */
	MUST(getrusage(RUSAGE_CHILDREN, &usage));
	if (!CHECK(cpu_ns(&usage) > 2 * BURN * 9 / 10))
		printf("# CPU time of all %lld us\n", cpu_ns(&usage) / 1000);
	gate_post(&gates[1], 1);
	hop_reap(parent);
	CHECK_ERR(waitpid(-1, &status, WNOHANG), ECHILD);
	return hop_status();
}
