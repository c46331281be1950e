// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: what is behind a descriptor. */
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <linux/loop.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <net/if.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <termios.h>

#include "refuse.h"

static int hold_dnotify(void)
{
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY);

	return fd < 0 ? fd : fcntl(fd, F_NOTIFY, DN_CREATE | DN_MULTISHOT);
}

static int hold_fanotify(void)
{
	return fanotify_init(FAN_CLASS_NOTIF, O_RDONLY);
}

static int hold_userfaultfd(void)
{
	return syscall(SYS_userfaultfd, O_NONBLOCK);
}

static int hold_io_uring(void)
{
	struct io_uring_params params = { };

	return syscall(SYS_io_uring_setup, 8, &params);
}

static int hold_aio(void)
{
	aio_context_t context = 0;

	return syscall(SYS_io_setup, 16, &context);
}

static int hold_pidfd(void)
{
	pid_t pid = fork();
	int fd;

	if (!pid)
		_exit(0);
	fd = syscall(SYS_pidfd_open, pid, 0);
	waitpid(pid, NULL, 0);
	return fd;
}

static int hold_perf(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK, .disabled = 1,
	};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static int hold_bpf(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
		.value_size = 4, .max_entries = 1,
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

/* A copy of a mount, which is in no namespace. */
static int hold_open_tree(void)
{
	return syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */);
}

/* Only the descriptor keeps it. */
static int hold_ns_fd(void)
{
	char path[32];
	pid_t pid = fork();
	int fd, status;

	if (!pid) {
		if (!unshare(CLONE_NEWNET))
			raise(SIGSTOP);
		_exit(errno);
	}
	waitpid(pid, &status, WUNTRACED);
	if (!WIFSTOPPED(status)) {
		errno = WEXITSTATUS(status);
		return -1;
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	fd = open(path, O_RDONLY);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return fd;
}

/* Opened by a path that leads nowhere any more. */
static int hold_mqueue(void)
{
	mqd_t q = mq_open("/orthros", O_RDWR | O_CREAT, 0600, NULL);
	int fd;

	mkdir("mq", 0755);
	if (q < 0 || mount("none", "mq", "mqueue", 0, NULL))
		return OP_SKIP;
	fd = open("mq/orthros", O_RDWR);
	mq_close(q);
	mq_unlink("/orthros");
	return umount2("mq", MNT_DETACH) ?: fd;
}

static int hold_tun(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN };
	int fd = open("/dev/net/tun", O_RDWR);

	if (fd < 0)
		return OP_SKIP;
	return ioctl(fd, TUNSETIFF, &ifr);
}

static int hold_proc_file(void)
{
	char path[32];
	pid_t pid = fork();
	int fd;

	if (!pid) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	fd = open(path, O_RDONLY);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return fd;
}

static int hold_lease(void)
{
	int fd = open("leased", O_RDONLY | O_CREAT, 0600);

	return fd < 0 ? fd : fcntl(fd, F_SETLEASE, F_RDLCK);
}

static int hold_block_device(void)
{
	int fd = open("/dev/loop0", O_RDONLY);

	return fd < 0 ? OP_SKIP : fd;
}

/* Nobody has it open, nor its file. */
#define LOOP_NR		5

static int hold_loop(void)
{
	char path[32];
	int loop, fd;

	snprintf(path, sizeof(path), "/dev/loop%d", LOOP_NR);
	loop = open(path, O_RDWR);
	fd = open("loop_file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (loop < 0)
		return OP_SKIP;
	if (fd < 0 || ftruncate(fd, 65536) || ioctl(loop, LOOP_SET_FD, fd))
		return -1;
	close(fd);
	return close(loop);
}

static void undo_loop(void)
{
	char path[32];
	int loop;

	snprintf(path, sizeof(path), "/dev/loop%d", LOOP_NR);
	loop = MUST(open(path, O_RDWR));
	MUST(ioctl(loop, LOOP_CLR_FD, 0));
	close(loop);
	unlink("loop_file");
}

/* Of a line that is stopped. */
static int hold_tty_output(void)
{
	int fd = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_NONBLOCK);

	/* It may be the terminal of this session. */
	signal(SIGTTOU, SIG_IGN);
	if (fd < 0 || tcflow(fd, TCOOFF))
		return OP_SKIP;
	return write(fd, "# output that was not sent\n", 27) == 27 ? 0 : -1;
}

static void undo_tty_output(void)
{
	int fd = MUST(open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_NONBLOCK));

	signal(SIGTTOU, SIG_IGN);
	MUST(tcflush(fd, TCOFLUSH));
	MUST(tcflow(fd, TCOON));
	MUST(close(fd));
}

const struct refuse_kind refuse_files[] = {
	{ "dnotify", "dnotify", hold_dnotify, true },
	{ "fanotify", "fanotify", hold_fanotify },
	{ "userfaultfd", "userfaultfd", hold_userfaultfd },
	{ "io_uring", "io_uring", hold_io_uring },
	{ "aio", "aio", hold_aio },
	{ "pidfd", "pidfd", hold_pidfd },
	{ "perf_event", "perf event", hold_perf },
	{ "bpf_map", "BPF map", hold_bpf },
	{ "ns_fd", "net namespace", hold_ns_fd },
	{ "open_tree", "mounted nowhere", hold_open_tree },
	{ "mqueue", "deleted POSIX message queue", hold_mqueue },
	{ "tun", "TUN|device", hold_tun },
	{ "proc_file", "proc", hold_proc_file },
	{ "lease", "lease", hold_lease },
	{ "tty_output", "ttyS0: output that was not sent", hold_tty_output, false,
	  undo_tty_output },
	{ "block_device", "block device", hold_block_device },
	{ "loop_device", "loop device loop5: has a file", hold_loop, true, undo_loop },
	{ }
};
