// SPDX-License-Identifier: GPL-2.0
/*
 * Work that never stops for the hop: fork and wait, pipes, memory, files,
 * threads.  Whatever the hop cuts in two must still add up.
 */
#include <sys/resource.h>

#include "hop_test.h"

struct work {
	const char *name;
	void (*once)(unsigned long round);
};

static struct gate ready;
static int stop_fd;

static void forks(unsigned long round)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(round & 127);
	CHECK(pid > 0);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, (round & 127) << 8);
}

static void pipes(unsigned long round)
{
	static int fd[2] = { -1, -1 };
	unsigned long got = 0;

	if (fd[0] < 0)
		MUST(pipe(fd));
	CHECK_EQ(write(fd[1], &round, sizeof(round)), sizeof(round));
	CHECK_EQ(read(fd[0], &got, sizeof(got)), sizeof(got));
	CHECK_EQ(got, round);
}

static void memory(unsigned long round)
{
	size_t size = (round % 64 + 1) * PAGE;
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!CHECK(mem != MAP_FAILED))
		return;
	fill(mem, size, round);
	CHECK(filled(mem, size, round));
	CHECK_EQ(mprotect(mem, PAGE, PROT_READ), 0);
	CHECK_EQ(munmap(mem, size), 0);
}

static void files(unsigned long round)
{
	char name[32], buf[300], got[300];
	struct stat st;
	int fd;

	snprintf(name, sizeof(name), "churn-%lu", round % 10);
	fill(buf, sizeof(buf), round);
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (!CHECK(fd >= 0))
		return;
	CHECK_EQ(write(fd, buf, sizeof(buf)), sizeof(buf));
	CHECK_EQ(pread(fd, got, sizeof(got), 0), sizeof(got));
	CHECK(!memcmp(buf, got, sizeof(buf)));
	close(fd);
	CHECK_EQ(rename(name, "churn-new"), 0);
	CHECK_EQ(stat("churn-new", &st), 0);
	CHECK_EQ(st.st_size, sizeof(buf));
	CHECK_EQ(unlink("churn-new"), 0);
}

static void *add(void *arg)
{
	__atomic_add_fetch((unsigned long *)arg, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void threads(unsigned long round)
{
	unsigned long sum = 0;
	pthread_t t[3];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(t); i++)
		if (pthread_create(&t[i], NULL, add, &sum))
			hop_die(__FILE__, __LINE__, "pthread_create", errno);
	for (i = 0; i < ARRAY_SIZE(t); i++)
		MUST0(pthread_join(t[i], NULL));
	CHECK_EQ(sum, ARRAY_SIZE(t));
}

static void compute(unsigned long round)
{
	static unsigned char mem[64 * 1024];
	static bool begun;
	double x = 1;
	int i;

	if (begun)
		CHECK(filled(mem, sizeof(mem), round - 1));
	begun = true;
	fill(mem, sizeof(mem), round);
	for (i = 1; i < 1000; i++)
		asm volatile("mulsd %1, %0" : "+x"(x) : "x"(1.00009));
	CHECK(x > 1.09 && x < 1.1);
}

static void signals_to_self(unsigned long round)
{
	union sigval value = { .sival_ptr = (void *)round };
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	CHECK_EQ(sigqueue(getpid(), SIGRTMIN, value), 0);
	CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN);
	CHECK_EQ((unsigned long)info.si_value.sival_ptr, round);
}

static void worker(void *arg)
{
	const struct work *w = arg;
	unsigned long round = 0;
	char byte;

	setpriority(PRIO_PROCESS, 0, 10);
	do {
		w->once(round++);
		if (round == 2)
			gate_post(&ready, 1);
	} while (read(stop_fd, &byte, 1) != 1);
	CHECK(round > 2);
}

int main(void)
{
	static const struct work works[] = {
		{ "fork", forks }, { "pipe", pipes }, { "memory", memory },
		{ "files", files }, { "threads", threads },
		{ "compute", compute }, { "signals", signals_to_self },
	};
	pid_t pid[ARRAY_SIZE(works)];
	struct gate stop;
	size_t i;

	gate_init(&ready);
	gate_init(&stop);
	MUST(fcntl(stop.rd, F_SETFL, O_NONBLOCK));
	stop_fd = stop.rd;
	for (i = 0; i < ARRAY_SIZE(works); i++)
		pid[i] = hop_child(worker, (void *)&works[i]);
	gate_take(&ready, ARRAY_SIZE(works));

	hop();

	gate_post(&stop, ARRAY_SIZE(works));
	for (i = 0; i < ARRAY_SIZE(works); i++)
		hop_reap(pid[i]);
	return hop_status();
}
