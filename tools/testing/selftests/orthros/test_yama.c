// SPDX-License-Identifier: GPL-2.0
/* Yama: who has said whom he lets trace him is traced by that one, and by no other. */
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "hop_test.h"

#define SCOPE	"/proc/sys/kernel/yama/ptrace_scope"

static struct gate made, go[2];

static void become_user(void)
{
	MUST(setresgid(1000, 1000, 1000));
	MUST(setresuid(1000, 1000, 1000));
	MUST(prctl(PR_SET_DUMPABLE, 1));
}

static pid_t traced_by(long who)
{
	pid_t pid = MUST(fork());

	if (pid)
		return pid;
	become_user();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (who)
		MUST(prctl(PR_SET_PTRACER, who, 0, 0, 0));
	gate_post(&made, 1);
	for (;;)
		pause();
}

/* Three processes: one that lets the first of us, one that lets anybody, one nobody. */
static void tracer(void *arg)
{
	bool first = !arg;
	pid_t pids[3];

	become_user();
	MUST(read(go[!first].rd, pids, sizeof(pids)) == sizeof(pids) ? 0 : -1);
	if (first)
		CHECK_EQ(ptrace(PTRACE_SEIZE, pids[0], NULL, NULL), 0);
	else
		CHECK_ERR(ptrace(PTRACE_SEIZE, pids[0], NULL, NULL), EPERM);
	CHECK_EQ(ptrace(PTRACE_SEIZE, pids[1], NULL, NULL), 0);
	CHECK_ERR(ptrace(PTRACE_SEIZE, pids[2], NULL, NULL), EPERM);
}

int main(void)
{
	int scope = open(SCOPE, O_RDWR), i;
	pid_t pids[3], tracers[2];
	char was[4] = "";

	if (scope < 0)
		hop_skip("no Yama");
	MUST(read(scope, was, 1));
	MUST(pwrite(scope, "1", 1, 0));
	gate_init(&made);
	for (i = 0; i < 2; i++) {
		gate_init(&go[i]);
		tracers[i] = hop_child(tracer, i ? go : NULL);
	}
	pids[0] = traced_by(tracers[0]);
	pids[1] = traced_by((long)PR_SET_PTRACER_ANY);
	pids[2] = traced_by(0);
	gate_take(&made, 3);

	hop();

	/* One after the other: each lets go when it ends. */
	for (i = 0; i < 2; i++) {
		MUST(write(go[i].wr, pids, sizeof(pids)));
		hop_reap(tracers[i]);
	}
	MUST(pwrite(scope, was, 1, 0));
	for (i = 0; i < 3; i++)
		kill(pids[i], SIGKILL);
	return hop_status();
}
