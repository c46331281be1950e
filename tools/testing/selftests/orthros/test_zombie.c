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
	pid_t quits, killed, parent;
	struct rusage usage;
	siginfo_t info;
	int status;

	gate_init(&gates[0]);
	gate_init(&gates[1]);
	quits = die(42, 0);
	killed = die(0, SIGKILL);
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
	gate_post(&gates[1], 1);
	hop_reap(parent);
	CHECK_ERR(waitpid(-1, &status, WNOHANG), ECHILD);
	return hop_status();
}
