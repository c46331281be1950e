// SPDX-License-Identifier: GPL-2.0
/* What prctl(2) and /proc set for a process. */
#include <sys/prctl.h>

#include "hop_test.h"

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER	57
#define PR_GET_IO_FLUSHER	58
#endif

/* A line of /proc/self/io. */
static long long io_count(const char *key)
{
	char *text = slurp("/proc/self/io"), value[32];

	CHECK(field(text, key, value, sizeof(value)));
	free(text);
	return atoll(value);
}

static void *writes(void *arg)
{
	char buf[1000] = "";
	int fd = MUST(open("/dev/null", O_WRONLY)), i;

	for (i = 0; i < 1000; i++)
		MUST(write(fd, buf, sizeof(buf)));
	close(fd);
	return NULL;
}

static void *named_thread(void *arg)
{
	struct gate *gates = arg;
	char name[16] = "";

	prctl(PR_SET_NAME, "second thread");
	MUST(prctl(PR_SET_TIMERSLACK, 70001));
	gate_post(&gates[0], 1);
	gate_take(&gates[1], 1);
	prctl(PR_GET_NAME, name);
	CHECK_STR(name, "second thread");
	CHECK_EQ(prctl(PR_GET_TIMERSLACK), 70001);
	return NULL;
}

int main(void)
{
	struct gate gates[2];
	pthread_t thread, ended;
	long long wchar, syscw;
	bool flusher;
	int value;
	char *text;

	gate_init(&gates[0]);
	gate_init(&gates[1]);
	MUST(prctl(PR_SET_CHILD_SUBREAPER, 1));
	MUST(prctl(PR_SET_PDEATHSIG, SIGUSR1));
	MUST(prctl(PR_SET_TIMERSLACK, 60007));
	MUST(prctl(PR_SET_DUMPABLE, 0));
	MUST(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	write_file("/proc/self/oom_score_adj", "123", 3);
	write_file("/proc/self/coredump_filter", "0x5", 3);
	/* Needs a capability that a container may lack. */
	flusher = !prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0);
	MUST(prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0));
	/* By this thread, and by one that has ended. */
	writes(NULL);
	MUST0(pthread_create(&ended, NULL, writes, NULL));
	MUST0(pthread_join(ended, NULL));
	MUST0(pthread_create(&thread, NULL, named_thread, gates));
	gate_take(&gates[0], 1);
	wchar = io_count("wchar");
	syscw = io_count("syscw");
	CHECK(wchar >= 2000000);

	hop();

	/* The runner is told that this is ready. */
	CHECK(io_count("wchar") - wchar >= 0 && io_count("wchar") - wchar < 1000);
	CHECK(io_count("syscw") - syscw >= 0 && io_count("syscw") - syscw < 10);
	CHECK(!flusher || prctl(PR_GET_IO_FLUSHER, 0, 0, 0, 0) == 1);
	CHECK_EQ(prctl(PR_MCE_KILL_GET, 0, 0, 0, 0), PR_MCE_KILL_EARLY);
	MUST(prctl(PR_GET_CHILD_SUBREAPER, &value));
	CHECK_EQ(value, 1);
	MUST(prctl(PR_GET_PDEATHSIG, &value));
	CHECK_EQ(value, SIGUSR1);
	CHECK_EQ(prctl(PR_GET_TIMERSLACK), 60007);
	CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
	CHECK_EQ(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 1);
	text = slurp("/proc/self/oom_score_adj");
	CHECK_EQ(atoi(text), 123);
	text = slurp("/proc/self/coredump_filter");
	CHECK_EQ(strtol(text, NULL, 16), 5);
	gate_post(&gates[1], 1);
	MUST0(pthread_join(thread, NULL));
	return hop_status();
}
