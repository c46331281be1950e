// SPDX-License-Identifier: GPL-2.0
/* Zombies: dead children that nobody has waited for yet. */
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
	pid_t quits, killed, parent, usr1, rt, none, thread;
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
	gate_post(&gates[1], 1);
	hop_reap(parent);
	CHECK_ERR(waitpid(-1, &status, WNOHANG), ECHILD);
	return hop_status();
}
