// SPDX-License-Identifier: GPL-2.0
/*
 * The process tree: pid, ppid, sid and pgid of every process, also with a
 * dead session leader, and the ability to fork, signal groups and wait.
 */
#include "hop_test.h"

#define DEPTH	8
#define WIDE	20

static struct gate ready, go, leader_dead;

struct ids {
	pid_t pid, tid, ppid, sid, pgid;
};

static struct ids ids(void)
{
	struct ids i = {
		.pid = getpid(), .tid = hop_gettid(), .ppid = getppid(),
		.sid = getsid(0), .pgid = getpgrp(),
	};
	return i;
}

/* The kernel's text view of the same. */
static void check_proc(const struct ids *want)
{
	char *text = slurp("/proc/self/stat");
	int ppid, pgid, sid, n;

	CHECK_EQ(atoi(text), want->pid);
	n = sscanf(strrchr(text, ')') + 1, " %*c %d %d %d", &ppid, &pgid, &sid);
	CHECK_EQ(n, 3);
	CHECK_EQ(ppid, want->ppid);
	CHECK_EQ(pgid, want->pgid);
	CHECK_EQ(sid, want->sid);
	free(text);
}

static void over_hop(void *arg)
{
	unsigned long long start = start_time(getpid());
	struct ids before = ids(), after;

	gate_post(&ready, 1);
	gate_take(&go, 1);
	after = ids();
	CHECK_EQ(after.pid, before.pid);
	CHECK_EQ(after.tid, before.tid);
	CHECK_EQ(after.ppid, before.ppid);
	CHECK_EQ(after.sid, before.sid);
	CHECK_EQ(after.pgid, before.pgid);
	CHECK_EQ(start_time(getpid()), start);
	check_proc(&before);
}

static void chain(void *arg)
{
	long depth = (long)arg;
	pid_t pid = depth ? hop_child(chain, (void *)(depth - 1)) : 0;

	over_hop(NULL);
	if (pid)
		hop_reap(pid);
}

static void own_group(void *arg)
{
	setpgid(0, 0);
	over_hop(NULL);
}

/* Stays in the session and group of a leader that is dead. */
static void orphan(void *arg)
{
	pid_t leader = getsid(0);

	gate_take(&leader_dead, 1);
	CHECK(getppid() != leader);
	over_hop(arg);
	CHECK_EQ(kill(leader, 0), -1);
	/* Nobody waits for this one: its verdict goes through a file. */
	write_file("orphan", hop_status() ? "1" : "0", 1);
	gate_post(&ready, 1);
}

static void leader(void *arg)
{
	MUST(setsid());
	hop_child(orphan, NULL);
	CHECK(true);
}

static void quick(void *arg)
{
	CHECK(true);
}

int main(void)
{
	pid_t deep, wide[WIDE], group, fresh, again;
	struct ids self = ids();
	char *text;
	int i;

	gate_init(&ready);
	gate_init(&go);
	gate_init(&leader_dead);

	deep = hop_child(chain, (void *)DEPTH);
	for (i = 0; i < WIDE; i++)
		wide[i] = hop_child(over_hop, NULL);
	group = hop_child(own_group, NULL);
	hop_reap(hop_child(leader, NULL));
	gate_post(&leader_dead, 1);
	gate_take(&ready, DEPTH + 1 + WIDE + 1 + 1);
	fresh = hop_child(quick, NULL);
	hop_reap(fresh);

	hop();

	check_proc(&self);
	CHECK_EQ(getsid(wide[0]), self.sid);
	CHECK_EQ(getpgid(wide[0]), self.pgid);
	CHECK_EQ(getpgid(group), group);
	CHECK_EQ(kill(-group, 0), 0);
	CHECK_EQ(kill(wide[WIDE - 1], 0), 0);
	/* The numbering goes on, and no number is used twice. */
	again = hop_child(quick, NULL);
	CHECK(again > fresh);
	hop_reap(again);

	gate_post(&go, DEPTH + 1 + WIDE + 1 + 1);
	hop_reap(deep);
	for (i = 0; i < WIDE; i++)
		hop_reap(wide[i]);
	hop_reap(group);
	gate_take(&ready, 1);
	text = slurp("orphan");
	CHECK_STR(text, "0");
	return hop_status();
}
