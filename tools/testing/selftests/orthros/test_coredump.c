// SPDX-License-Identifier: GPL-2.0
/*
 * A core dump that is under way when the update begins is complete in the end, and the
 * program that reads it, which the kernel has started, goes on.
 *
 *   test_coredump --reader DIR PID: that program
 */
#include <limits.h>

#include "hop_test.h"

#define PATTERN	"/proc/sys/kernel/core_pattern"
#define SIZE	(8 * MIB)

static bool there(const char *name)
{
	return !access(name, F_OK);
}

static void wait_file(const char *name)
{
	while (!there(name))
		usleep(1000);
}

/* In a step, so that who waits for it finds all. */
static void tell(const char *name, long value)
{
	char text[32], tmp[64];

	snprintf(text, sizeof(text), "%ld", value);
	snprintf(tmp, sizeof(tmp), "%s.tmp", name);
	write_file(tmp, text, strlen(text));
	MUST(rename(tmp, name));
}

static long told(const char *name)
{
	char *text = slurp(name);
	long value = atol(text);

	free(text);
	return value;
}

/* Is the runner inside the update? */
static bool updating(pid_t runner)
{
	char *text = slurpf("/proc/%d/syscall", runner);
	bool ret = text[0] != 'r' && atol(text) == SYS_write;

	free(text);
	return ret;
}

static int reader(const char *dir, pid_t pid)
{
	static char buf[65536];
	long size = 0;
	ssize_t n;

	MUST(chdir(dir));
	/* Of another test. */
	if (!there("pid") || told("pid") != pid) {
		while (read(STDIN_FILENO, buf, sizeof(buf)) > 0)
			;
		return 0;
	}
	tell("began", getppid());
	wait_file("ready");
	while (!there("over") && !updating(told("ready")))
		usleep(1000);
	/* The freeze begins after a check. */
	usleep(1000000);
	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0)
		size += n;
	tell("size", size);
	wait_file("end");
	tell("parent", getppid());
	return 0;
}

static void *waits(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

static void dies(void *arg)
{
	pthread_t thread;
	void *mem = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0));
	int i;

	fill(mem, SIZE, 1);
	for (i = 0; i < 3; i++)
		MUST0(pthread_create(&thread, NULL, waits, NULL));
	tell("pid", getpid());
	abort();
}

int main(int argc, char **argv)
{
	char exe[PATH_MAX] = "", pattern[128], *old;
	char *dir = getcwd(NULL, 0);
	int fd, status, len;
	pid_t pid;

	if (argc == 4 && !strcmp(argv[1], "--reader"))
		return reader(argv[2], atoi(argv[3]));
	old = slurp(PATTERN);
	MUST(readlink("/proc/self/exe", exe, sizeof(exe) - 1));
	len = snprintf(pattern, sizeof(pattern), "|%s --reader %s %%P", exe, dir);
	fd = open(PATTERN, O_WRONLY);
	if (fd < 0 || len >= (int)sizeof(pattern))
		hop_skip("core_pattern cannot be set");
	MUST(write(fd, pattern, len));
	pid = hop_child(dies, NULL);
	wait_file("began");
	CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
	tell("ready", getppid());

	hop();

	tell("over", 1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGABRT);
	CHECK(WCOREDUMP(status));
	wait_file("size");
	CHECK(told("size") > (long)SIZE);
	tell("end", 1);
	wait_file("parent");
	CHECK_EQ(told("parent"), told("began"));
	MUST(pwrite(fd, old, strcspn(old, "\n"), 0));
	return hop_status();
}
