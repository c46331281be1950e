// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: what is behind a descriptor. */
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/if_tun.h>
#include <linux/loop.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <net/if.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <termios.h>

#include "refuse.h"
#include "uring.h"

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

static int setup_io_uring(unsigned int flags)
{
	struct io_uring_params params = { .flags = flags };

	return syscall(SYS_io_uring_setup, 8, &params);
}

/* A thread of the kernel's, in the process. */
static int hold_uring_sqpoll(void)
{
	return setup_io_uring(IORING_SETUP_SQPOLL);
}

/* The program wants to be told when it is not in use any more. */
static int hold_uring_tag(void)
{
	unsigned long long tag = 7;
	int fd = setup_io_uring(0), file = 0;
	struct io_uring_rsrc_register files = {
		.nr = 1, .data = (uintptr_t)&file, .tags = (uintptr_t)&tag,
	};

	return syscall(SYS_io_uring_register, fd, IORING_REGISTER_FILES2, &files, sizeof(files));
}

static int hold_uring_buffers(void)
{
	static char data[PAGE];
	struct uring u;

	uring_init(&u, 8, 0, 0);
	uring_sqe(&u, IORING_OP_PROVIDE_BUFFERS, 1, data, PAGE, 1);
	return uring_enter(&u, 1, 1) == 1 && uring_take(&u).res >= 0 ? 0 : -1;
}

static int hold_uring_personality(void)
{
	return syscall(SYS_io_uring_register, setup_io_uring(0), IORING_REGISTER_PERSONALITY, NULL,
		       0) < 0 ? -1 : 0;
}

/* Its vector may be gone. */
static int hold_uring_readv(void)
{
	static char data[PAGE];
	static struct iovec vec = { data, sizeof(data) };
	struct uring u;
	int p[2];

	uring_init(&u, 8, 0, 0);
	MUST(pipe(p));
	uring_sqe(&u, IORING_OP_READV, p[0], &vec, 1, 1)->off = -1;
	return uring_enter(&u, 1, 0) == 1 ? 0 : -1;
}

/* With what it is for. */
static int hold_uring_timeout(void)
{
	struct __kernel_timespec ts = { .tv_sec = 3600 };
	struct uring u;
	int p[2];

	uring_init(&u, 8, 0, 0);
	MUST(pipe(p));
	uring_sqe(&u, IORING_OP_POLL_ADD, p[0], NULL, 0, 1)->flags = IOSQE_IO_LINK;
	u.sqes[0].poll32_events = 1 /* POLLIN */;
	uring_sqe(&u, IORING_OP_LINK_TIMEOUT, -1, &ts, 1, 2);
	return uring_enter(&u, 2, 0) == 2 ? 0 : -1;
}

/* Who has inherited a ring keeps it when its context is gone. */
static int hold_aio_ring(void)
{
	aio_context_t context = 0;
	int err = syscall(SYS_io_setup, 16, &context);
	pid_t pid;

	if (err)
		return err;
	pid = fork();
	if (pid) {
		gate_take(&refuse_child, 1);
		return syscall(SYS_io_destroy, context);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	gate_post(&refuse_child, 1);
	for (;;)
		pause();
}

static int hold_perf(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK, .disabled = 1,
	};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static int hold_bpf_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_RINGBUF, .max_entries = 4096,
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

/* A copy of a mount, which is in no namespace. */
static int hold_open_tree(void)
{
	return syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */);
}

static int load_bpf(int type, struct bpf_insn *insns, int nr)
{
	union bpf_attr attr = {
		.prog_type = type, .insns = (uintptr_t)insns, .insn_cnt = nr,
		.license = (uintptr_t)"GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

/* Of a type that looks into the kernel. */
static int hold_bpf_prog(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load_bpf(BPF_PROG_TYPE_TRACEPOINT, insns, ARRAY_SIZE(insns));
}

/* Of one that is carried, but with a map that is not. */
static int hold_bpf_prog_map(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1,
		  .src_reg = BPF_PSEUDO_MAP_FD, .imm = hold_bpf_map() },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load_bpf(BPF_PROG_TYPE_SOCKET_FILTER, insns, ARRAY_SIZE(insns));
}

/* Its values are memory of the process. */
static int hold_bpf_mmap(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = PAGE,
		.max_entries = 1, .map_flags = BPF_F_MMAPABLE,
	};
	int fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));

	return mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : fd;
}

/* A map that belongs to another one is nobody's whom we know. */
static int hold_bpf_inner(void)
{
	union bpf_attr inner = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4,
		.max_entries = 1,
	};
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY_OF_MAPS, .key_size = 4, .value_size = 4,
		.max_entries = 1,
	};
	unsigned int key = 0, fd;

	fd = syscall(SYS_bpf, BPF_MAP_CREATE, &inner, sizeof(inner));
	attr.inner_map_fd = fd;
	attr.map_fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	attr = (union bpf_attr) {
		.map_fd = attr.map_fd, .key = (uintptr_t)&key, .value = (uintptr_t)&fd,
	};
	return syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr));
}

/* Only the descriptor keeps it. */
static int hold_ns_fd(void)
{
	char path[48];
	pid_t pid = fork();
	int fd, status;

	if (!pid) {
		if (!unshare(0x80 /* CLONE_NEWTIME */))
			raise(SIGSTOP);
		_exit(errno);
	}
	waitpid(pid, &status, WUNTRACED);
	if (!WIFSTOPPED(status))
		return OP_SKIP;
	snprintf(path, sizeof(path), "/proc/%d/ns/time_for_children", pid);
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

/* Somebody waits until it is given up. */
static int hold_lease(void)
{
	int fd = open("leased", O_RDONLY | O_CREAT, 0600);

	signal(SIGIO, SIG_IGN);
	if (fd < 0 || fcntl(fd, F_SETLEASE, F_RDLCK))
		return -1;
	return open("leased", O_WRONLY | O_NONBLOCK) == -1 && errno == EWOULDBLOCK ? 0 : -1;
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
	{ "uring_sqpoll", "polls for submissions", hold_uring_sqpoll },
	{ "uring_tag", "io_uring: resources with tags", hold_uring_tag },
	{ "uring_buffers", "io_uring: provided buffers", hold_uring_buffers },
	{ "uring_creds", "registered personalities", hold_uring_personality },
	{ "uring_readv", "a request of operation 1 waits", hold_uring_readv },
	{ "uring_timeout", "io_uring: a request with links, a timeout", hold_uring_timeout },
	{ "aio_ring", "a ring of AIO", hold_aio_ring, .global = true },
	{ "perf_event", "perf event", hold_perf },
	{ "bpf_map", "BPF map", hold_bpf_map },
	{ "bpf_prog", "BPF program", hold_bpf_prog },
	{ "bpf_prog_map", "uses a map that is not carried", hold_bpf_prog_map, true },
	{ "bpf_mmap", "device memory|device or driver", hold_bpf_mmap },
	{ "bpf_inner", "in use by something that is not carried", hold_bpf_inner, true },
	{ "ns_fd", "time namespace", hold_ns_fd },
	{ "open_tree", "mounted nowhere", hold_open_tree },
	{ "mqueue", "deleted POSIX message queue", hold_mqueue },
	{ "tun", "TUN|device", hold_tun },
	{ "proc_file", "proc", hold_proc_file },
	{ "lease", "file lease that is to be given up", hold_lease },
	{ "tty_output", "ttyS0: output that was not sent", hold_tty_output, false,
	  undo_tty_output },
	{ "block_device", "block device", hold_block_device },
	{ "loop_device", "loop device loop5: has a file", hold_loop, true, undo_loop },
	{ }
};
