// SPDX-License-Identifier: GPL-2.0
/* Locks on files: flock, POSIX and OFD locks, ranges, owners, inheritance. */
#include <sys/file.h>

#include "hop_test.h"

static struct gate ready, go;

static int open_file(const char *name)
{
	return MUST(open(name, O_RDWR | O_CREAT, 0600));
}

static int lock(int fd, int cmd, int type, off_t start, off_t len)
{
	struct flock fl = { .l_type = type, .l_start = start, .l_len = len };

	return fcntl(fd, cmd, &fl);
}

static void holder(void *arg)
{
	int fd = open_file("posix");

	MUST(lock(fd, F_SETLK, F_WRLCK, 1000, 50));
	MUST(lock(fd, F_SETLK, F_RDLCK, 2000, 0));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	/* Those of others, as they were. */
	CHECK_ERR(lock(fd, F_SETLK, F_WRLCK, 10, 1), EAGAIN);
	CHECK_EQ(lock(fd, F_SETLK, F_UNLCK, 1000, 50), 0);
	gate_post(&ready, 1);
	gate_take(&go, 1);
}

static struct flock test(int fd, off_t start, off_t len)
{
	struct flock fl = { .l_type = F_WRLCK, .l_start = start, .l_len = len };

	MUST(fcntl(fd, F_GETLK, &fl));
	return fl;
}

static long wait_flock(struct blocked *b)
{
	return flock(b->fd, LOCK_EX);
}

static struct blocked waiter = {
	.name = "flock", .nr = SYS_flock, .call = wait_flock,
};

int main(void)
{
	int ex, dup_ex, other_ex, sh, other_sh, posix, ofd, other_ofd, mapped;
	char top[] = "/tmp/lock.XXXXXX";
	struct flock fl;
	void *mapping;
	pid_t pid;

	if (!mkdtemp(top) || chdir(top))
		hop_die(__FILE__, __LINE__, top, errno);
	gate_init(&ready);
	gate_init(&go);
	ex = open_file("ex");
	dup_ex = MUST(dup(ex));
	other_ex = open_file("ex");
	MUST(flock(ex, LOCK_EX));
	sh = open_file("sh");
	other_sh = open_file("sh");
	MUST(flock(sh, LOCK_SH));
	MUST(flock(other_sh, LOCK_SH));
	posix = open_file("posix");
	MUST(lock(posix, F_SETLK, F_WRLCK, 0, 100));
	ofd = open_file("ofd");
	other_ofd = open_file("ofd");
	MUST(lock(ofd, F_OFD_SETLK, F_RDLCK, 5, 7));
	pid = hop_child(holder, NULL);
	gate_take(&ready, 1);
	/* As the JVM keeps the file of its counters. */
	mapped = open_file("mapped");
	MUST(ftruncate(mapped, 4096));
	MUST(flock(mapped, LOCK_EX));
	mapping = mmap(NULL, 4096, PROT_READ, MAP_SHARED, mapped, 0);
	MUST(close(mapped));
	mapped = open_file("mapped");
	waiter.fd = other_ex;
	blocked_start(&waiter);

	hop();

	blocked_still(&waiter);
	CHECK_EQ(flock(dup_ex, LOCK_UN), 0);
	blocked_finish(&waiter, 0, 0);
	CHECK_ERR(flock(ex, LOCK_SH | LOCK_NB), EAGAIN);
	CHECK_ERR(flock(sh, LOCK_EX | LOCK_NB), EAGAIN);
	CHECK_EQ(flock(other_sh, LOCK_UN), 0);
	CHECK_EQ(flock(sh, LOCK_EX | LOCK_NB), 0);

	fl = test(posix, 1049, 1);
	CHECK_EQ(fl.l_type, F_WRLCK);
	CHECK_EQ(fl.l_start, 1000);
	CHECK_EQ(fl.l_len, 50);
	CHECK_EQ(fl.l_pid, pid);
	fl = test(posix, 1 << 30, 1);
	CHECK_EQ(fl.l_type, F_RDLCK);
	CHECK_EQ(fl.l_start, 2000);
	CHECK_EQ(fl.l_len, 0);
	CHECK_EQ(test(posix, 1050, 900).l_type, F_UNLCK);
	CHECK_ERR(lock(other_ofd, F_OFD_SETLK, F_WRLCK, 11, 1), EAGAIN);
	CHECK_EQ(lock(other_ofd, F_OFD_SETLK, F_WRLCK, 12, 1), 0);
	CHECK_EQ(lock(other_ofd, F_OFD_SETLK, F_RDLCK, 5, 7), 0);
	CHECK_ERR(flock(mapped, LOCK_SH | LOCK_NB), EAGAIN);
	MUST(munmap(mapping, 4096));
	CHECK_EQ(flock(mapped, LOCK_EX | LOCK_NB), 0);
	gate_post(&go, 1);
	gate_take(&ready, 1);
	CHECK_EQ(lock(posix, F_SETLK, F_WRLCK, 1000, 50), 0);
	gate_post(&go, 1);
	hop_reap(pid);
	/* They end with their owner. */
	CHECK_EQ(lock(posix, F_SETLK, F_WRLCK, 2000, 0), 0);
	return hop_status();
}
