// SPDX-License-Identifier: GPL-2.0
/*
 * Terminals that have hung up: what a daemon that was started in one has as its
 * descriptors 0 to 2, and whom the leader of its session tells when it exits.
 */
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "hop_test.h"

static struct gate ready, go;
static char path[32];
static int master;

static int hups, conts;

static void count(int sig)
{
	__atomic_add_fetch(sig == SIGHUP ? &hups : &conts, 1, __ATOMIC_RELAXED);
}

static void check_file(int fd, int write_err)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };
	struct termios t;
	char c;

	CHECK_EQ(read(fd, &c, 1), 0);
	CHECK_ERR(write(fd, "x", 1), write_err);
	CHECK_EQ(poll(&p, 1, 0), 1);
	CHECK_EQ(p.revents, POLLIN | POLLOUT | POLLERR | POLLHUP);
	CHECK_ERR(tcgetattr(fd, &t), EIO);
	CHECK_ERR(ioctl(fd, TIOCSCTTY, 0), EIO);
	CHECK_EQ(isatty(fd), 0);
}

/* Twice the same description, and one of its own. */
static void check_files(int tty, int other)
{
	check_file(tty, EIO);
	check_file(tty + 1, EIO);
	check_file(other, EBADF);
	CHECK_EQ(fcntl(tty, F_GETFL) & O_ACCMODE, O_RDWR);
	CHECK_EQ(fcntl(other, F_GETFL) & O_ACCMODE, O_RDONLY);
	CHECK_EQ(fcntl(tty, F_GETFL) & O_NONBLOCK, 0);
	CHECK_EQ(fcntl(tty + 1, F_SETFL, O_NONBLOCK), 0);
	CHECK_EQ(fcntl(tty, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	CHECK_EQ(fcntl(other, F_GETFL) & O_NONBLOCK, 0);
	CHECK_EQ(fcntl(tty, F_SETFL, 0), 0);
}

/* In the foreground when the terminal hung up. */
static void job(void *arg)
{
	signal(SIGHUP, count);
	signal(SIGCONT, count);
	signal(SIGTTOU, SIG_IGN);
	MUST(setpgid(0, 0));
	MUST(tcsetpgrp(30, getpid()));
	gate_post(&ready, 1);
	while (!__atomic_load_n(&hups, __ATOMIC_RELAXED) ||
	       !__atomic_load_n(&conts, __ATOMIC_RELAXED))
		usleep(1000);
	CHECK_EQ(hups, 1);
	gate_post(&ready, 1);
}

static void leader(void *arg)
{
	int tty, other;

	MUST(setsid());
	signal(SIGHUP, SIG_IGN);
	tty = MUST(open(path, O_RDWR));
	MUST(dup2(tty, 30));
	MUST(dup2(tty, 31));
	close(tty);
	other = MUST(open(path, O_RDONLY | O_NOCTTY));
	close(master);
	hop_child(job, NULL);
	gate_take(&go, 1);
	check_files(30, other);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	check_files(30, other);
	CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
}

int main(void)
{
	int unlock = 0, nr, fd, still;
	pid_t pid;

	gate_init(&ready);
	gate_init(&go);
	/* One that stays has the next number. */
	master = MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
	still = MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
	MUST(ioctl(master, TIOCSPTLCK, &unlock));
	MUST(ioctl(master, TIOCGPTN, &nr));
	snprintf(path, sizeof(path), "/dev/pts/%d", nr);
	pid = hop_child(leader, NULL);
	gate_take(&ready, 1);
	close(master);
	/* The hang-up is over when its node is gone. */
	while (!access(path, F_OK))
		usleep(1000);
	gate_post(&go, 1);
	gate_take(&ready, 1);

	hop();

	nr = -1;
	CHECK_EQ(ioctl(still, TIOCGPTN, &nr), 0);
	snprintf(path, sizeof(path), "/dev/pts/%d", nr);
	CHECK_EQ(access(path, F_OK), 0);
	/* Nothing of what was made is left. */
	fd = MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY));
	CHECK_EQ(close(fd), 0);
	gate_post(&go, 1);
	hop_reap(pid);
	/* Its end tells the job. */
	gate_take(&ready, 1);
	return hop_status();
}
