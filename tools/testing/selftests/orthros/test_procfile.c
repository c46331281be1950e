// SPDX-License-Identifier: GPL-2.0
/*
 * Open files below /proc/PID: of the process itself, of one that is older and
 * of one that is younger, at an offset, directories, in an epoll, O_PATH.
 */
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/prctl.h>

#include "hop_test.h"

static struct gate ready, go;

static void child(void *arg)
{
	MUST(prctl(PR_SET_NAME, "hop-child"));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK(getppid() > 0);
}

static int open_of(pid_t pid, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return MUST(open(path, flags));
}

static void check_start(int fd, const char *want)
{
	char buf[8192];
	ssize_t n;

	memset(buf, 0, sizeof(buf));
	n = pread(fd, buf, sizeof(buf) - 1, 0);
	CHECK(n > 0);
	if (!CHECK(!strncmp(buf, want, strlen(want))))
		printf("# \"%.40s\" is not \"%.40s\"\n", buf, want);
}

int main(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLPRI, .data.u32 = 3 };
	char text[8192], rest[8192], want[64], tail[64], name[32];
	int stat, half, maps, mem, adj, dir, net, status, path, ep, mounts, comm, flags;
	long value = 0x1234567;
	DIR *tasks;
	ssize_t n;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	pid = hop_child(child, NULL);
	gate_take(&ready, 1);

	stat = open_of(getpid(), "stat", O_RDONLY);
	status = open_of(pid, "status", O_RDONLY | O_CLOEXEC);
	comm = open_of(getpid(), "comm", O_WRONLY);
	half = open_of(getppid(), "cmdline", O_RDONLY);
	n = MUST(pread(half, text, sizeof(text), 0));
	MUST(read(half, rest, 3));
	maps = open_of(pid, "maps", O_RDONLY);
	mem = open_of(getpid(), "mem", O_RDWR);
	adj = open_of(pid, "oom_score_adj", O_RDWR);
	dir = open_of(pid, "", O_RDONLY | O_DIRECTORY);
	path = open_of(pid, "exe", O_PATH | O_NOFOLLOW);
	net = open_of(getpid(), "net/dev", O_RDONLY);
	mounts = open_of(getpid(), "mounts", O_RDONLY);
	ep = MUST(epoll_create1(0));
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, mounts, &event));
	snprintf(name, sizeof(name), "/proc/%d/task", pid);
	tasks = opendir(name);

	hop();

	snprintf(want, sizeof(want), "%d (", getpid());
	check_start(stat, want);
	check_start(status, "Name:\thop-child\n");
	flags = MUST(fcntl(status, F_GETFD));
	CHECK_EQ(flags, FD_CLOEXEC);
	MUST(write(comm, "renamed", 7));
	MUST(prctl(PR_GET_NAME, name));
	CHECK_STR(name, "renamed");
	CHECK_EQ(MUST(read(half, rest, sizeof(rest))), n - 3);
	CHECK(!memcmp(rest, text + 3, n - 3));
	CHECK(MUST(read(maps, text, sizeof(text))) > 100);
	value = 0;
	MUST(pwrite(mem, &(long){ 77 }, sizeof(long), (off_t)&value));
	CHECK_EQ(*(volatile long *)&value, 77);
	MUST(pwrite(adj, "500", 3, 0));
	check_start(adj, "500\n");
	n = MUST(readlinkat(path, "", tail, sizeof(tail)));
	CHECK(n > 0);
	n = MUST(openat(dir, "cmdline", O_RDONLY));
	CHECK(MUST(read(n, text, sizeof(text))) > 0);
	check_start(net, "Inter-|");
	CHECK(MUST(read(mounts, text, sizeof(text))) > 10);
	CHECK_EQ(MUST(epoll_wait(ep, &event, 1, 0)), 1);
	/* Other tests may mount or unmount something, which is told by the rest. */
	CHECK_EQ(event.events & ~(EPOLLPRI | EPOLLERR), EPOLLIN);
	CHECK_EQ(event.data.u32, 3);
	snprintf(name, sizeof(name), "%d", pid);
	for (n = 0; tasks; ) {
		struct dirent *de = readdir(tasks);

		if (!de)
			break;
		n += !strcmp(de->d_name, name);
	}
	CHECK_EQ(n, 1);

	gate_post(&go, 1);
	hop_reap(pid);
	/* The process has ended; the file knows. */
	CHECK_ERR(pread(status, text, sizeof(text), 0), ESRCH);
	return hop_status();
}
