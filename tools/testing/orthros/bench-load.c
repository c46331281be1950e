// SPDX-License-Identifier: GPL-2.0-only
/*
 * The load of one benchmark guest: so many processes, so much resident
 * memory, one update, and beside it what the same guest needs for fork, exec
 * and exit of this program and for a memcpy() of the same amount.
 *
 *   bench-load PROCESSES MIB [CONNECTIONS]
 *
 * Prints a JSON object with the two reference times; the update's own times
 * are the kernel's, in sysfs.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UPDATE	"/sys/kernel/orthros/update"
#define FREED	"/sys/kernel/orthros/stats/freed_ns"
#define MIB	(1UL << 20)
#define WINDOW	(16 * MIB)
#define ROUNDS	32
#define READY	3	/* where a process that waits says so */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static void die(const char *what)
{
	fprintf(stderr, "bench-load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static char *resident(size_t size)
{
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	if (mem == MAP_FAILED)
		die("mmap");
	/* Small pages, each with contents of its own. */
	madvise(mem, size, MADV_NOHUGEPAGE);
	for (i = 0; i < size; i += 4096)
		*(size_t *)(mem + i) = i + 1;
	return mem;
}

static pid_t spawn(const char *self)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		execl(self, self, "exit", NULL);
		_exit(127);
	}
	return pid;
}

static void spawn_ready(const char *self, int fd)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		dup2(fd, READY);
		/* dup2() of a descriptor to itself leaves it close-on-exec. */
		fcntl(READY, F_SETFD, 0);
		execl(self, self, "wait", NULL);
		_exit(127);
	}
}

/* Milliseconds of one fork, exec, exit and wait. */
static double time_spawn(const char *self)
{
	double start = now();
	int i;

	for (i = 0; i < ROUNDS; i++)
		waitpid(spawn(self), NULL, 0);
	return (now() - start) / ROUNDS;
}

/* Milliseconds to copy @mem once, into memory that is there already. */
static double time_copy(const char *mem, size_t size)
{
	char *to = resident(WINDOW);
	double start = now();
	size_t i;

	for (i = 0; i + WINDOW <= size; i += WINDOW) {
		memcpy(to, mem + i, WINDOW);
		asm volatile("" : : "r"(to) : "memory");
	}
	start = now() - start;
	munmap(to, WINDOW);
	return start;
}

/* The background work after the hop has stamps too: this is its last. */
static void wait_freed(void)
{
	struct timespec nap = { .tv_nsec = 50 * 1000 * 1000 };
	double end = now() + 60e3;
	char text[32];
	ssize_t n = 0;
	int fd;

	while (n <= 1 && now() < end) {
		fd = open(FREED, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die(FREED);
		n = read(fd, text, sizeof(text));
		close(fd);
		if (n <= 1)
			nanosleep(&nap, NULL);
	}
}

/* Both ends of so many TCP connections, over loopback, on which nothing happens. */
static void connect_idle(int nr)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct rlimit lim = { 2 * nr + 64, 2 * nr + 64 };
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(addr);
	int i, fd;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (setrlimit(RLIMIT_NOFILE, &lim) || listener < 0 ||
	    bind(listener, (void *)&addr, sizeof(addr)) || listen(listener, 128) ||
	    getsockname(listener, (void *)&addr, &len))
		die("listen");
	for (i = 0; i < nr; i++) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (fd < 0 || connect(fd, (void *)&addr, len) ||
		    accept(listener, NULL, NULL) < 0)
			die("connect");
	}
	/* Their last packets are not new any more when the hop comes. */
	if (nr)
		sleep(2);
}

/* A process that is never idle. */
static void spin(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			asm volatile("pause");
	}
}

int main(int argc, char **argv)
{
	static const char self[] = "/proc/self/exe";
	double spawn_ms, copy_ms;
	size_t size, i;
	int procs, fd, ready[2];
	char *mem, byte;

	if (argc == 2 && !strcmp(argv[1], "exit"))
		return 0;
	if (argc == 2 && !strcmp(argv[1], "wait")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (write(READY, "", 1) != 1)
			return 1;
		close(READY);
		for (;;)
			pause();
	}
	if (argc < 3 || argc > 5) {
		fputs("usage: bench-load PROCESSES MIB [CONNECTIONS [BUSY]]\n", stderr);
		return 2;
	}
	procs = atoi(argv[1]);
	size = strtoul(argv[2], NULL, 0) * MIB;

	spawn_ms = time_spawn(self);
	mem = resident(size);
	copy_ms = time_copy(mem, size);
	if (pipe2(ready, O_CLOEXEC))
		die("pipe");
	for (i = 1; i < (size_t)procs; i++)
		spawn_ready(self, ready[1]);
	for (i = 1; i < (size_t)procs; i++)
		if (read(ready[0], &byte, 1) != 1)
			die("read");
	close(ready[0]);
	close(ready[1]);

	connect_idle(argc >= 4 ? atoi(argv[3]) : 0);
	for (i = 0; argc >= 5 && i < (size_t)atoi(argv[4]); i++)
		spin();
	fd = open(UPDATE, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		die(UPDATE);
	close(fd);

	for (i = 0; i < size; i += 4096)
		if (*(size_t *)(mem + i) != i + 1) {
			fprintf(stderr, "bench-load: page %zu is wrong\n", i / 4096);
			return 1;
		}
	wait_freed();
	printf("{\"spawn_ms\": %.3f, \"copy_ms\": %.3f}\n", spawn_ms, copy_ms);
	return 0;
}
