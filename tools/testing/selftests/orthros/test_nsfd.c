// SPDX-License-Identifier: GPL-2.0
/* Descriptors of namespaces: type, setns(), flags, sharing, in a child. */
#include <linux/nsfs.h>
#include <sys/ioctl.h>

#include "hop_test.h"

static struct ns {
	const char *name;
	int type;
	int fd;
	int enter;	/* what setns() said before the hop */
} all[] = {
	{ "cgroup", CLONE_NEWCGROUP },
	{ "ipc", CLONE_NEWIPC },
	{ "mnt", CLONE_NEWNS },
	{ "net", CLONE_NEWNET },
	{ "pid", CLONE_NEWPID },
	{ "time", 0x80 /* CLONE_NEWTIME */ },
	{ "user", CLONE_NEWUSER },
	{ "uts", CLONE_NEWUTS },
};

static struct gate ready, go;

static char *path_of(const char *name)
{
	static char path[32];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return path;
}

/* In a process of its own, since it may take other directories along. */
static int enter(int fd, int type)
{
	pid_t pid = MUST(fork());
	int status;

	if (!pid)
		_exit(setns(fd, type) ? errno : 0);
	MUST(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Is it what the link in /proc leads to? */
static void check_same(int fd, const char *name)
{
	struct stat open, link;

	MUST(fstat(fd, &open));
	MUST(stat(path_of(name), &link));
	CHECK_EQ(open.st_dev, link.st_dev);
	CHECK_EQ(open.st_ino, link.st_ino);
}

static void child(void *arg)
{
	const struct ns *ns = arg;

	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(ioctl(ns->fd, NS_GET_NSTYPE), ns->type);
	CHECK_EQ(fcntl(ns->fd, F_GETFD), FD_CLOEXEC);
	check_same(ns->fd, ns->name);
	CHECK_EQ(enter(ns->fd, ns->type), ns->enter);
}

int main(void)
{
	int first = -1, copy, twice, owner;
	pid_t pids[ARRAY_SIZE(all)];
	char byte;
	size_t i;

	gate_init(&ready);
	gate_init(&go);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		/* A kernel may be built without some. */
		all[i].fd = open(path_of(all[i].name), O_RDONLY | O_CLOEXEC);
		if (all[i].fd < 0)
			continue;
		first = all[i].fd;
		CHECK_EQ(ioctl(all[i].fd, NS_GET_NSTYPE), all[i].type);
		all[i].enter = enter(all[i].fd, all[i].type);
		/* Nobody enters the user namespace that he is in. */
		if (all[i].type == CLONE_NEWUSER)
			CHECK_EQ(all[i].enter, EINVAL);
	}
	if (first < 0)
		hop_skip("no namespaces");
	owner = MUST(ioctl(first, NS_GET_USERNS));
	copy = MUST(dup(first));
	twice = MUST(open(path_of("mnt"), O_RDONLY | O_NONBLOCK));
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].fd >= 0)
			pids[i] = hop_child(child, &all[i]);
	for (i = 0; i < ARRAY_SIZE(all); i++)
		gate_take(&ready, all[i].fd >= 0);

	hop();

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		const struct ns *ns = &all[i];

		if (ns->fd < 0)
			continue;
		CHECK_EQ(ioctl(ns->fd, NS_GET_NSTYPE), ns->type);
		CHECK_EQ(fcntl(ns->fd, F_GETFD), FD_CLOEXEC);
		CHECK_EQ(fcntl(ns->fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDONLY);
		check_same(ns->fd, ns->name);
		CHECK_EQ(enter(ns->fd, ns->type), ns->enter);
		/* Of another type it is refused. */
		CHECK_ERR(setns(ns->fd, ns->type == CLONE_NEWUTS ? CLONE_NEWIPC : CLONE_NEWUTS),
			  EINVAL);
		CHECK_ERR(read(ns->fd, &byte, 1), EINVAL);
		CHECK_ERR(lseek(ns->fd, 0, SEEK_SET), ESPIPE);
	}
	CHECK_EQ(ioctl(owner, NS_GET_NSTYPE), CLONE_NEWUSER);
	CHECK_EQ(fcntl(owner, F_GETFD), FD_CLOEXEC);
	check_same(owner, "user");
	check_same(twice, "mnt");
	CHECK(fcntl(twice, F_GETFL) & O_NONBLOCK);

	/* A dup is the same description, one opened again is not. */
	CHECK_EQ(fcntl(copy, F_GETFD), 0);
	CHECK_EQ(syscall(SYS_kcmp, getpid(), getpid(), 0, first, copy), 0);
	CHECK(syscall(SYS_kcmp, getpid(), getpid(), 0, all[2].fd, twice) != 0);
	MUST(fcntl(copy, F_SETFL, O_NONBLOCK));
	CHECK(fcntl(first, F_GETFL) & O_NONBLOCK);

	for (i = 0; i < ARRAY_SIZE(all); i++)
		gate_post(&go, all[i].fd >= 0);
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i].fd >= 0)
			hop_reap(pids[i]);
	return hop_status();
}
