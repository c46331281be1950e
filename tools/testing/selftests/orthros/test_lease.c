// SPDX-License-Identifier: GPL-2.0
/* Leases: of both types, who is told and when, who has to wait. */
#include "hop_test.h"

static struct gate ready, go;
static volatile int told, told_rt, told_fd;

static void on_io(int sig, siginfo_t *info, void *context)
{
	if (sig == SIGIO)
		told++;
	else
		told_rt++;
	told_fd = info->si_fd;
}

static int make(const char *name, int flags)
{
	int fd = MUST(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));

	MUST(write(fd, name, strlen(name)));
	MUST(close(fd));
	return MUST(open(name, flags));
}

static long open_it(struct blocked *b)
{
	int fd = open(b->arg, O_WRONLY);

	return fd < 0 ? -1 : close(fd);
}

/* Has its own, and dies with it. */
static void child(void *arg)
{
	int fd = make("lease_child", O_RDONLY);

	MUST(fcntl(fd, F_SETLEASE, F_WRLCK));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	/* To what it must be turned: somebody wants to read. */
	CHECK_EQ(fcntl(fd, F_GETLEASE), F_RDLCK);
}

int main(void)
{
	struct sigaction sa = { .sa_sigaction = on_io, .sa_flags = SA_SIGINFO | SA_RESTART };
	struct blocked wait = { .name = "open", .nr = SYS_openat, .call = open_it,
				.arg = (void *)"lease_read" };
	int rd, wr, gone, status, fd;
	char pid_text[32], *locks;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	MUST(sigaction(SIGIO, &sa, NULL));
	MUST(sigaction(SIGRTMIN + 1, &sa, NULL));
	rd = make("lease_read", O_RDONLY);
	MUST(fcntl(rd, F_SETLEASE, F_RDLCK));
	wr = make("lease_write", O_RDWR);
	MUST(fcntl(wr, F_SETSIG, SIGRTMIN + 1));
	MUST(fcntl(wr, F_SETLEASE, F_WRLCK));
	gone = make("lease_gone", O_RDONLY);
	MUST(fcntl(gone, F_SETLEASE, F_RDLCK));
	MUST(fcntl(gone, F_SETLEASE, F_UNLCK));
	pid = hop_child(child, NULL);
	gate_take(&ready, 1);

	hop();

	CHECK_EQ(told, 0);
	CHECK_EQ(told_rt, 0);
	CHECK_EQ(fcntl(rd, F_GETLEASE), F_RDLCK);
	CHECK_EQ(fcntl(wr, F_GETLEASE), F_WRLCK);
	CHECK_EQ(fcntl(gone, F_GETLEASE), F_UNLCK);
	locks = slurp("/proc/locks");
	snprintf(pid_text, sizeof(pid_text), " %d ", getpid());
	CHECK(strstr(locks, "LEASE"));
	CHECK(strstr(locks, pid_text));
	free(locks);

	/* Who only reads does not disturb who reads. */
	fd = open("lease_read", O_RDONLY);
	CHECK(fd >= 0);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(told, 0);
	CHECK_ERR(open("lease_write", O_RDONLY | O_NONBLOCK), EWOULDBLOCK);
	CHECK_EQ(told_rt, 1);
	CHECK_EQ(told_fd, wr);
	CHECK_EQ(fcntl(wr, F_SETLEASE, F_UNLCK), 0);
	fd = open("lease_write", O_RDONLY | O_NONBLOCK);
	CHECK(fd >= 0);

	blocked_start(&wait);
	while (!told)
		sched_yield();
	blocked_still(&wait);
	CHECK_EQ(fcntl(rd, F_SETLEASE, F_UNLCK), 0);
	blocked_finish(&wait, 0, 0);
	CHECK_EQ(told, 1);

	CHECK_ERR(open("lease_child", O_RDONLY | O_NONBLOCK), EWOULDBLOCK);
	gate_post(&go, 1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	fd = open("lease_child", O_RDONLY | O_NONBLOCK);
	CHECK(fd >= 0);
	unlink("lease_read");
	unlink("lease_write");
	unlink("lease_gone");
	unlink("lease_child");
	return hop_status();
}
