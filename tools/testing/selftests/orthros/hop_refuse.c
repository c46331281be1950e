// SPDX-License-Identifier: GPL-2.0
/*
 * What cannot be carried is refused: while a process holds such an object,
 * check names it (pid, command, kind) and update fails with nothing frozen
 * and nothing lost.  When the last holder has gone the update works.
 *
 *   hop_refuse [--no-hop] [--expect RELEASE]
 *
 * With --no-hop only the holders are tried: that each can take its object.
 */
#include <arpa/inet.h>
#include <asm/ldt.h>
#include <getopt.h>
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/if_bridge.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <mqueue.h>
#include <net/if.h>
#include <net/ethernet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <termios.h>

#include "hop_test.h"
#include "orthros_ctl.h"

#define OP_SKIP	-2	/* this machine has no such thing */
#define OP_NONE	-3	/* nor has any kernel of this version */
#define HOP_NONE 5

static bool no_hop;

/* Of a process that a holder has made. */
static struct gate session;

/* ---- files ------------------------------------------------------------ */

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

/* Only the descriptor keeps it. */
static int hold_ns_fd(void)
{
	char path[32];
	pid_t pid = fork();
	int fd, status;

	if (!pid) {
		if (!unshare(CLONE_NEWUTS))
			raise(SIGSTOP);
		_exit(errno);
	}
	waitpid(pid, &status, WUNTRACED);
	if (!WIFSTOPPED(status)) {
		errno = WEXITSTATUS(status);
		return -1;
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	fd = open(path, O_RDONLY);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return fd;
}

static int hold_mqueue(void)
{
	int fd = mq_open("/orthros", O_RDWR | O_CREAT, 0600, NULL);

	mq_unlink("/orthros");
	return fd;
}

/* Nobody has it open. */
static int hold_mqueue_name(void)
{
	int fd = mq_open("/orthros", O_RDWR | O_CREAT, 0600, NULL);

	return fd < 0 ? fd : mq_close(fd);
}

static void undo_mqueue_name(void)
{
	MUST(mq_unlink("/orthros"));
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

static int write_trigger(const char *path)
{
	static const char trigger[] = "some 150000 1000000";
	int fd = open(path, O_RDWR | O_NONBLOCK);

	return fd < 0 || write(fd, trigger, sizeof(trigger)) < 0 ? -1 : fd;
}

static int hold_psi(void)
{
	return write_trigger("/proc/pressure/io");
}

static int hold_lease(void)
{
	int fd = open("leased", O_RDONLY | O_CREAT, 0600);

	return fd < 0 ? fd : fcntl(fd, F_SETLEASE, F_RDLCK);
}

static int hold_other_fs(void)
{
	mkdir("other", 0755);
	if (mount("none", "other", "ramfs", 0, NULL))
		return OP_SKIP;
	if (open("other/file", O_RDWR | O_CREAT, 0600) < 0)
		return -1;
	return umount2("other", MNT_DETACH);
}

/* On MNT, which is unmounted in the end. The mount itself is what is refused. */
#define MNT	"mnt"

static int hold_mount(const char *type, const char *options)
{
	mkdir(MNT, 0755);
	return mount("none", MNT, type, 0, options) ? OP_SKIP : 0;
}

static int hold_ramfs(void)
{
	return hold_mount("ramfs", NULL);
}

static int hold_cgroup1(void)
{
	return hold_mount("cgroup", "none,name=hop_refuse");
}

static int hold_psi_cgroup(void)
{
	return hold_mount("cgroup2", NULL) ?: write_trigger(MNT "/memory.pressure");
}

static int hold_bpf_fs(void)
{
	return hold_mount("bpf", NULL) ?: mkdir(MNT "/pinned", 0755);
}

static int hold_hugetlb_fs(void)
{
	return hold_mount("hugetlbfs", NULL) ?: mkdir(MNT "/dir", 0755);
}

static int hold_binfmt(void)
{
	static const char what[] = ":hop_refuse:M::hop_refuse::/bin/true:";
	int fd, ret;

	ret = hold_mount("binfmt_misc", NULL);
	fd = ret ? -1 : open(MNT "/register", O_WRONLY);
	if (!ret && write(fd, what, strlen(what)) < 0)
		ret = -1;
	if (fd >= 0)
		close(fd);
	return ret;
}

static void undo_binfmt(void)
{
	int fd = open(MNT "/hop_refuse", O_WRONLY);

	if (fd >= 0 && write(fd, "-1", 2) == 2)
		close(fd);
}

/* Layers in a tmpfs. */
static int hold_overlay(const char *more)
{
	char *cwd = getcwd(NULL, 0), options[512];

	if (hold_mount("tmpfs", NULL) || mkdir(MNT "/low", 0755) || mkdir(MNT "/up", 0755) ||
	    mkdir(MNT "/work", 0755) || mkdir(MNT "/all", 0755))
		return -1;
	snprintf(options, sizeof(options),
		 "lowerdir=%s/" MNT "/low,upperdir=%s/" MNT "/up,workdir=%s/" MNT "/work,%s",
		 cwd, cwd, cwd, more);
	return mount("overlay", MNT "/all", "overlay", 0, options);
}

static int hold_volatile(void)
{
	return hold_overlay("volatile");
}

static int hold_index(void)
{
	return hold_overlay("index=on");
}

static int hold_block_device(void)
{
	int fd = open("/dev/loop0", O_RDONLY);

	return fd < 0 ? OP_SKIP : fd;
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

/* ---- sockets ---------------------------------------------------------- */

static int hold_fastopen_key(void)
{
	static const char key[16] = "orthros";
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (setsockopt(fd, IPPROTO_TCP, 33 /* TCP_FASTOPEN_KEY */, key, sizeof(key)))
		return -1;
	return fd;
}

static int hold_timestamping(void)
{
	unsigned int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_ID;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)))
		return -1;
	return fd;
}

static int hold_flow_label(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	struct in6_flowlabel_req req = {
		.flr_label = htonl(0x12345), .flr_dst = IN6ADDR_LOOPBACK_INIT,
		.flr_action = IPV6_FL_A_GET, .flr_share = IPV6_FL_S_EXCL,
		.flr_flags = IPV6_FL_F_CREATE,
	};

	if (fd < 0)
		return fd;
	return setsockopt(fd, SOL_IPV6, IPV6_FLOWLABEL_MGR, &req, sizeof(req));
}

static int hold_ping(void)
{
	int fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY);

	if (fd < 0 || write(fd, "0 0", 3) != 3)
		return OP_SKIP;
	close(fd);
	return socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
}

static int hold_tcp_repair(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		return errno == EPERM ? -1 : OP_SKIP;
	return fd;
}

static int hold_tun_device(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN, .ifr_name = "otun0" };
	int fd = open("/dev/net/tun", O_RDWR);

	if (fd < 0)
		return OP_SKIP;
	return ioctl(fd, TUNSETIFF, &ifr);
}

static int make_bridge(void)
{
	return system("brctl addbr orefbr && ip link add orefport type dummy && "
		      "brctl addif orefbr orefport && ip link set orefport up && "
		      "ip link set orefbr up");
}

static void undo_bridge(void)
{
	if (system("ip link set orefbr down; brctl delbr orefbr; ip link del orefport"))
		printf("# the bridge stays\n");
}

static int hold_bridge_group(void)
{
	struct {
		struct nlmsghdr nlh;
		struct br_port_msg port;
		struct nlattr attr;
		struct br_mdb_entry entry;
	} req = {
		.nlh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = RTM_NEWMDB,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE,
		},
		.port.family = AF_BRIDGE,
		.attr = { sizeof(req.attr) + sizeof(req.entry), MDBA_SET_ENTRY },
		.entry = {
			.state = MDB_PERMANENT,
			.addr.proto = htons(ETH_P_IP),
			.addr.u.ip4 = inet_addr("239.1.2.3"),
		},
	};
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char rest[512];
	} answer;
	int fd, ret = make_bridge();

	if (ret)
		return ret;
	req.port.ifindex = if_nametoindex("orefbr");
	req.entry.ifindex = if_nametoindex("orefport");
	fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (send(fd, &req, sizeof(req), 0) < 0 || recv(fd, &answer, sizeof(answer), 0) < 0)
		return -1;
	close(fd);
	errno = -answer.err.error;
	return answer.nlh.nlmsg_type != NLMSG_ERROR || errno ? -1 : 0;
}

/* Of each two kernels one has it. */
static const char *const only_here[] = {
	"/proc/sys/kernel/sched_child_runs_first",
	"/proc/sys/net/ipv4/tcp_pingpong_thresh",
};

static int write_only_here(const char *from, const char *to)
{
	char value[16] = "";
	int ret = OP_SKIP;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(only_here); i++) {
		int fd = open(only_here[i], O_RDWR);

		if (fd < 0)
			continue;
		/* The file keeps no position between these. */
		if (pread(fd, value, sizeof(value) - 1, 0) > 0 && atoi(value) == atoi(from))
			ret = pwrite(fd, to, strlen(to), 0) > 0 ? 0 : -1;
		close(fd);
	}
	return ret;
}

/* They are 0 and 1 by default. */
static int hold_sysctl(void)
{
	int ret = write_only_here("0", "5");

	return ret == OP_SKIP ? write_only_here("1", "5") : ret;
}

static void undo_sysctl(void)
{
	write_only_here("5", access(only_here[0], F_OK) ? "1" : "0");
}

static struct nlmsghdr *nft_msg(void *at, int type, int flags, int subsys)
{
	struct nlmsghdr *nlh = at;
	struct nfgenmsg *head = NLMSG_DATA(nlh);

	nlh->nlmsg_len = NLMSG_LENGTH(sizeof(*head));
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	head->nfgen_family = NFPROTO_IPV4;
	head->version = NFNETLINK_V0;
	head->res_id = htons(subsys);
	return nlh;
}

static void nft_attr(struct nlmsghdr *nlh, int type, const void *data, size_t len)
{
	struct nlattr *a = (void *)nlh + nlh->nlmsg_len;

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy((void *)a + NLA_HDRLEN, data, len);
	nlh->nlmsg_len += NLA_ALIGN(a->nla_len);
}

/* A table that goes with the process. */
static int hold_nftables(void)
{
	char buf[512] __attribute__((aligned(4))) = "";
	unsigned int flags = htonl(NFT_TABLE_F_OWNER);
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	struct nlmsghdr *nlh;
	size_t len;

	if (fd < 0)
		return OP_SKIP;
	nlh = nft_msg(buf, NFNL_MSG_BATCH_BEGIN, 0, NFNL_SUBSYS_NFTABLES);
	len = nlh->nlmsg_len;
	nlh = nft_msg(buf + len, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE,
		      NLM_F_CREATE | NLM_F_ACK, 0);
	nft_attr(nlh, NFTA_TABLE_NAME, "hop_refuse", sizeof("hop_refuse"));
	nft_attr(nlh, NFTA_TABLE_FLAGS, &flags, sizeof(flags));
	len += nlh->nlmsg_len;
	nlh = nft_msg(buf + len, NFNL_MSG_BATCH_END, 0, NFNL_SUBSYS_NFTABLES);
	len += nlh->nlmsg_len;
	if (send(fd, buf, len, 0) != (ssize_t)len || recv(fd, buf, sizeof(buf), 0) < 0)
		return -1;
	nlh = (void *)buf;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		errno = -((struct nlmsgerr *)NLMSG_DATA(nlh))->error;
		return errno ? -1 : 0;
	}
	return 0;
}

static int hold_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
}

static int hold_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
}

static int hold_raw(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

/* Sends @fd over a new pair of sockets and closes it; an end of the pair. */
static int pass(int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int pair[2];

	if (fd < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -1;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	if (sendmsg(pair[0], &msg, 0) != 1 || close(fd) || close(pair[0]))
		return -1;
	return pair[1];
}

static int hold_raw_passed(void)
{
	return pass(hold_raw());
}

/* A socket within a socket within a socket ... */
static int hold_raw_deep(void)
{
	int fd = hold_raw(), i;

	for (i = 0; i < 30; i++)
		fd = pass(fd);
	return fd;
}

static int hold_raw_watched(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int ep = epoll_create1(0), fd = hold_raw();

	return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

/* ---- memory ----------------------------------------------------------- */

static int hold_ldt(void)
{
	struct user_desc desc = { .limit = 0xfffff, .seg_32bit = 1,
				  .limit_in_pages = 1 };

	return syscall(SYS_modify_ldt, 1, &desc, sizeof(desc));
}

static int hold_hugetlb(void)
{
	void *at;
	int fd;

	fd = open("/proc/sys/vm/nr_hugepages", O_WRONLY);
	if (fd < 0)
		return OP_SKIP;
	if (write(fd, "2", 1) != 1)
		return -1;
	at = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE |
		  MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE, -1, 0);
	/* What is mapped goes when its holder goes, the rest goes now. */
	if (pwrite(fd, "0", 1, 0) != 1)
		return -1;
	close(fd);
	return at == MAP_FAILED ? OP_SKIP : 0;
}

static int hold_device_mapping(void)
{
	int fd = open("/dev/mem", O_RDONLY);
	void *at;

	if (fd < 0)
		return OP_SKIP;
	at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0xf0000);
	close(fd);
	return at == MAP_FAILED ? OP_SKIP : 0;
}

/* ---- tasks ------------------------------------------------------------ */

static int hold_ptrace(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
		return -1;
	return waitpid(pid, &status, __WALL) == pid ? 0 : -1;
}

static int hold_seccomp(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

/* struct landlock_ruleset_attr of a new kernel, which the C library may not know yet. */
struct landlock_attr {
	uint64_t fs, net, scoped;
};

static int landlock_ruleset(struct landlock_attr attr)
{
	int fd = syscall(444 /* landlock_create_ruleset */, &attr, sizeof(attr), 0);

	return fd < 0 && (errno == E2BIG || errno == EINVAL) ? OP_NONE : fd;
}

static int landlock_restrict(int rules)
{
	if (rules < 0)
		return rules;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(446 /* landlock_restrict_self */, rules, 0))
		return -1;
	return close(rules);
}

/* A set of rules that nobody is restricted by yet. */
static int hold_landlock_fd(void)
{
	return landlock_ruleset((struct landlock_attr){ .fs = 1 });
}

/* These came after 6.1. */
static int hold_landlock_truncate(void)
{
	return landlock_restrict(landlock_ruleset((struct landlock_attr){ .fs = 1 << 14 }));
}

/* By one who was not allowed to cut it off, and is gone: so is who has it now not. */
static int hold_landlock_file(void)
{
	int fd = open("limited", O_CREAT | O_RDWR, 0600), rules, status;
	pid_t pid;

	rules = fd < 0 ? -1 : landlock_ruleset((struct landlock_attr){ .fs = 1 << 14 });
	if (rules < 0)
		return rules;
	close(fd);
	/* The descriptor is all that is left of it. */
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	if (!pid)
		_exit(landlock_restrict(rules) || open("limited", O_RDWR) < 0);
	waitpid(pid, &status, 0);
	errno = EPERM;
	return status ? -1 : 0;
}

static int hold_landlock_net(void)
{
	return landlock_restrict(landlock_ruleset((struct landlock_attr){ .net = 1 }));
}

static int hold_landlock_scope(void)
{
	return landlock_restrict(landlock_ruleset((struct landlock_attr){ .scoped = 2 }));
}

static int hold_namespace(void)
{
	return unshare(CLONE_NEWUTS);
}

static int hold_user_ns(void)
{
	return unshare(CLONE_NEWUSER);
}

/* A directory that nobody is in. */
static int hold_cgroup_dir(void)
{
	mkdir("cgroup", 0755);
	if (mount("none", "cgroup", "cgroup2", 0, NULL))
		return OP_SKIP;
	if (mkdir("cgroup/orthros", 0755))
		return -1;
	return umount2("cgroup", MNT_DETACH);
}

static void undo_cgroup(void)
{
	MUST(mount("none", "cgroup", "cgroup2", 0, NULL));
	MUST(rmdir("cgroup/orthros"));
	MUST(umount("cgroup"));
}

static int hold_cgroup(void)
{
	char pid[16];
	int fd;

	mkdir("cgroup", 0755);
	if (mount("none", "cgroup", "cgroup2", 0, NULL))
		return OP_SKIP;
	mkdir("cgroup/orthros", 0755);
	fd = open("cgroup/orthros/cgroup.procs", O_WRONLY);
	if (fd < 0)
		return OP_SKIP;
	snprintf(pid, sizeof(pid), "%d", getpid());
	if (write(fd, pid, strlen(pid)) < 0)
		return -1;
	close(fd);
	return umount2("cgroup", MNT_DETACH);
}

static int hold_ioperm(void)
{
	if (ioperm(0x80, 1, 1))
		return errno == EPERM ? -1 : OP_SKIP;
	return 0;
}

static int hold_keyring(void)
{
	long ring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "closed");

	return ring < 0 ? ring : syscall(SYS_keyctl, KEYCTL_RESTRICT_KEYRING, ring, NULL, NULL);
}

/* From here on it must not ask for the time, which a vDSO answers by RDTSC. */
static int hold_tsc(void)
{
	return prctl(PR_SET_TSC, PR_TSC_SIGSEGV);
}

/* Of the thread that it is for every system call traps: it makes none any more. */
static void *dispatch_thread(void *arg)
{
	struct gate *set = arg;
	long on = prctl(59 /* PR_SET_SYSCALL_USER_DISPATCH */, 1, 0, 0, 0), off = on ? errno : 0;

	__atomic_store_n(&set->rd, off ? -off : 1, __ATOMIC_RELEASE);
	for (;;)
		__asm__ __volatile__("pause");
	return NULL;
}

static int hold_dispatch(void)
{
	struct gate set = { };
	pthread_t thread;

	if (pthread_create(&thread, NULL, dispatch_thread, &set))
		return -1;
	while (!__atomic_load_n(&set.rd, __ATOMIC_ACQUIRE))
		sched_yield();
	errno = -set.rd;
	/* The address on its own stack is not used any more. */
	return set.rd < 0 ? -1 : 0;
}

static int hold_ptracer(void)
{
	if (prctl(0x59616d61 /* PR_SET_PTRACER */, getppid(), 0, 0, 0))
		return errno == EINVAL ? OP_SKIP : -1;
	return 0;
}

/* struct audit_rule_data without fields: never for one system call. */
static int audit_rule(int type)
{
	struct {
		struct nlmsghdr head;
		uint32_t flags, action, field_count, mask[64], fields[3 * 64 + 64], buflen;
	} req = {
		.head = { .nlmsg_len = sizeof(req), .nlmsg_type = type,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.flags = 4 /* AUDIT_FILTER_EXIT */, .mask = { 1 << 5 },
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char rest[2048];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);

	if (fd < 0)
		return OP_SKIP;
	if (send(fd, &req, sizeof(req), 0) != sizeof(req) ||
	    recv(fd, &answer, sizeof(answer), 0) < (ssize_t)sizeof(answer.head))
		return -1;
	close(fd);
	errno = -answer.err.error;
	return answer.err.error ? -1 : 0;
}

static int hold_audit(void)
{
	return audit_rule(1011 /* AUDIT_ADD_RULE */);
}

static void undo_audit(void)
{
	MUST(audit_rule(1012 /* AUDIT_DEL_RULE */));
}

static int hold_acct(void)
{
	int fd = open("acct", O_CREAT | O_WRONLY, 0600);

	if (fd < 0)
		return fd;
	close(fd);
	return acct("acct");
}

static void undo_acct(void)
{
	MUST(acct(NULL));
}

/* Attached to the root control group: neither a descriptor nor a pin has it. */
static int bpf_cgroup(bool attach)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SKB, .insns = (uintptr_t)insns,
		.insn_cnt = ARRAY_SIZE(insns), .license = (uintptr_t)"GPL",
	};
	union bpf_attr to = { .attach_type = BPF_CGROUP_INET_EGRESS };
	int err, prog = 0;

	mkdir("cgroup", 0755);
	if (mount("none", "cgroup", "cgroup2", 0, NULL))
		return OP_SKIP;
	to.target_fd = open("cgroup", O_RDONLY | O_DIRECTORY);
	if (attach) {
		prog = syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));
		to.attach_bpf_fd = prog;
	}
	err = prog < 0 ? -1 : syscall(SYS_bpf, attach ? BPF_PROG_ATTACH : BPF_PROG_DETACH, &to,
				      sizeof(to));
	close(to.target_fd);
	if (attach)
		close(prog);
	umount2("cgroup", MNT_DETACH);
	return err;
}

static int hold_bpf_cgroup(void)
{
	return bpf_cgroup(true);
}

static void undo_bpf_cgroup(void)
{
	MUST(bpf_cgroup(false));
}

/* A breakpoint in every process that has mapped the file. */
static int write_trace(const char *path, const char *text)
{
	int fd, err;

	mkdir("trace", 0755);
	if (mount("none", "trace", "tracefs", 0, NULL))
		return OP_SKIP;
	fd = open(path, O_WRONLY | O_APPEND);
	err = fd < 0 || write(fd, text, strlen(text)) < 0 ? -1 : 0;
	close(fd);
	umount2("trace", MNT_DETACH);
	return err;
}

static int hold_uprobe(void)
{
	char self[128], line[256];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len < 0)
		return -1;
	self[len] = '\0';
	snprintf(line, sizeof(line), "p:refuse/probe %s:0x1000\n", self);
	return write_trace("trace/uprobe_events", line) ?:
	       write_trace("trace/events/refuse/probe/enable", "1");
}

static void undo_uprobe(void)
{
	MUST(write_trace("trace/events/refuse/probe/enable", "0"));
	MUST(write_trace("trace/uprobe_events", "-:refuse/probe\n"));
}

static int hold_mempolicy(void)
{
	unsigned long nodes = 1;

	if (syscall(SYS_set_mempolicy, 2 /* MPOL_BIND */, &nodes, 64))
		return errno == EPERM ? -1 : OP_SKIP;
	return 0;
}

static int hold_deadline(void)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attr = {
		.size = sizeof(attr), .policy = 6 /* SCHED_DEADLINE */,
		.runtime = 1000000, .deadline = 100000000, .period = 100000000,
	};

	return syscall(SYS_sched_setattr, 0, &attr, 0);
}

/* A segment that is none of 64-bit programs; the library uses the other one. */
static int hold_segment(void)
{
	asm volatile("mov %0, %%gs" : : "r" (0x2b));
	return 0;
}

/* Of a session, so of a process in a group of its own. */
static int hold_autogroup(void)
{
	pid_t pid = fork();
	int fd;

	if (pid) {
		gate_take(&session, 1);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	fd = open("/proc/self/autogroup", O_WRONLY);
	if (fd < 0 || write(fd, "5", 1) != 1)
		_exit(1);
	close(fd);
	gate_post(&session, 1);
	for (;;)
		pause();
}

#ifndef PR_SET_MDWE
#define PR_SET_MDWE	65
#endif

static int hold_mdwe(void)
{
	return prctl(PR_SET_MDWE, 1 /* PR_MDWE_REFUSE_EXEC_GAIN */, 0, 0, 0);
}

static int hold_slice(void)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} attr = { .size = sizeof(attr), .runtime = 5000000 };

	return syscall(SYS_sched_setattr, 0, &attr, 0);
}

/* ---- the cases -------------------------------------------------------- */

/* @says: what the report calls it, one of these */
static const struct kind {
	const char *name;
	const char *says;
	int (*hold)(void);
	bool global;	/* no process is named */
	void (*undo)(void);	/* what does not go with the process */
	bool session;	/* a process in a session of its own is named */
	const char *only;	/* by this kernel, since the other has no such thing */
} kinds[] = {
	{ "dnotify", "dnotify", hold_dnotify, true },
	{ "fanotify", "fanotify", hold_fanotify },
	{ "userfaultfd", "userfaultfd", hold_userfaultfd },
	{ "io_uring", "io_uring", hold_io_uring },
	{ "aio", "aio", hold_aio },
	{ "pidfd", "pidfd", hold_pidfd },
	{ "perf_event", "perf event", hold_perf },
	{ "bpf_map", "BPF map", hold_bpf },
	{ "ns_fd", "descriptor of a uts namespace", hold_ns_fd },
	{ "mqueue", "message queue", hold_mqueue },
	{ "mqueue_name", "message queue /orthros", hold_mqueue_name, true, undo_mqueue_name },
	{ "tun", "TUN|device", hold_tun },
	{ "proc_file", "proc", hold_proc_file },
	{ "psi", "PSI trigger", hold_psi },
	{ "psi_cgroup", "PSI trigger", hold_psi_cgroup },
	{ "lease", "lease", hold_lease },
	{ "fastopen_key", "TCP_FASTOPEN_KEY", hold_fastopen_key },
	{ "timestamping", "SO_TIMESTAMPING", hold_timestamping },
	{ "flow_label", "flow label", hold_flow_label },
	{ "ping", "ping|raw", hold_ping },
	{ "tcp_repair", "TCP_REPAIR", hold_tcp_repair },
	{ "other_fs", "file system ramfs", hold_other_fs },
	{ "tty_output", "ttyS0: output that was not sent", hold_tty_output, false,
	  undo_tty_output },
	{ "block_device", "block device", hold_block_device },
	{ "netlink", "netlink|socket", hold_netlink },
	{ "packet", "packet|socket", hold_packet },
	{ "raw", "raw|socket", hold_raw },
	{ "raw_passed", ": passed file: raw|: passed file: socket", hold_raw_passed },
	{ "raw_deep", ": passed file: raw|: passed file: socket", hold_raw_deep },
	{ "raw_watched", ": epoll item ", hold_raw_watched },
	{ "ldt", "descriptor table", hold_ldt },
	{ "hugetlb", "huge", hold_hugetlb },
	{ "device_mapping", "device", hold_device_mapping },
	{ "ptrace", "trace", hold_ptrace },
	{ "seccomp", "seccomp", hold_seccomp },
	{ "landlock_fd", "Landlock ruleset", hold_landlock_fd },
	{ "landlock_trunc", "Landlock rule: 0x4000 of file systems", hold_landlock_truncate },
	{ "landlock_file", ": opened by whom Landlock restricts", hold_landlock_file },
	{ "landlock_net", "Landlock rule: ports", hold_landlock_net },
	{ "landlock_scope", "Landlock rule: scopes", hold_landlock_scope },
	{ "namespace", "namespace", hold_namespace },
	{ "user_ns", "namespace", hold_user_ns },
	{ "cgroup", "cgroup", hold_cgroup, false, undo_cgroup },
	{ "cgroup_dir", "control group orthros", hold_cgroup_dir, true, undo_cgroup },
	{ "ioperm", "I/O port", hold_ioperm },
	{ "keyring", "keyring", hold_keyring },
	{ "tsc", "PR_SET_TSC", hold_tsc },
	{ "dispatch", "syscall user dispatch", hold_dispatch },
	{ "ptracer", "PR_SET_PTRACER", hold_ptracer },
	{ "audit", "audit rules", hold_audit, true, undo_audit },
	{ "acct", "acct()", hold_acct, true, undo_acct },
	{ "bpf_cgroup", "BPF program", hold_bpf_cgroup, true, undo_bpf_cgroup },
	{ "uprobe", "uprobes", hold_uprobe, true, undo_uprobe },
	{ "mempolicy", "policy", hold_mempolicy },
	{ "deadline", "policy|deadline", hold_deadline },
	{ "segment", "segment registers", hold_segment },
	{ "autogroup", "autogroup", hold_autogroup, .session = true },
	{ "mdwe", "PR_SET_MDWE", hold_mdwe, .only = "6.12" },
	{ "slice", "slice of time", hold_slice, .only = "6.12" },
	{ "tun_device", "netdev otun0: tun", hold_tun_device, true },
	{ "bridge_group", "permanent group of a bridge", hold_bridge_group, true, undo_bridge },
	{ "nftables", "nftables: table hop_refuse", hold_nftables, true },
	{ "sysctl", "sysctl ", hold_sysctl, true, undo_sysctl },
	{ "ramfs", MNT ": file system ramfs", hold_ramfs, true },
	{ "cgroup1", MNT ": file system cgroup", hold_cgroup1, true },
	{ "bpf_fs", MNT ": file system bpf not empty", hold_bpf_fs, true },
	{ "hugetlb_fs", MNT ": file system hugetlbfs not empty", hold_hugetlb_fs, true },
	{ "binfmt", MNT ": file system binfmt_misc with", hold_binfmt, true, undo_binfmt },
	{ "overlay_volatile", "file system overlay that is volatile", hold_volatile, true },
	{ "overlay_index", "file system overlay with an index", hold_index, true },
};

static bool has_kind(const struct kind *kind, const char *release)
{
	return !kind->only || !strncmp(release, kind->only, strlen(kind->only));
}

static bool says(const char *line, size_t len, const char *words)
{
	char part[1024], all[128], *word, *save;

	snprintf(part, sizeof(part), "%.*s", (int)len, line);
	snprintf(all, sizeof(all), "%s", words);
	for (word = strtok_r(all, "|", &save); word; word = strtok_r(NULL, "|", &save))
		if (strcasestr(part, word))
			return true;
	return false;
}

/* A line "PID COMM: ...KIND..." for a process of the group of @pid, or of nobody. */
static bool named(const char *report, pid_t pid, const char *comm,
		  const struct kind *kind)
{
	const char *words = kind->says;
	const char *line;

	for (line = report; *line; line += strcspn(line, "\n"), line += !!*line) {
		size_t len = strcspn(line, "\n");
		char start[64];
		pid_t who = atoi(line);

		if (kind->global && !strncmp(line, "0 ", 2) && says(line, len, words))
			return true;
		if (who <= 0 || (getpgid(who) != pid && !kind->session))
			continue;
		snprintf(start, sizeof(start), "%d %s", who, comm);
		if (!strncmp(line, start, strlen(start)) && says(line, len, words))
			return true;
	}
	return false;
}

static struct gate ready, go;

static void holder(const struct kind *kind)
{
	char comm[16];
	int ret;

	snprintf(comm, sizeof(comm), "%s", kind->name);
	setpgid(0, 0);
	prctl(PR_SET_NAME, comm);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ret = kind->hold();
	if (ret == OP_SKIP)
		_exit(HOP_SKIP);
	if (ret == OP_NONE)
		_exit(HOP_NONE);
	if (ret < 0)
		hop_die(__FILE__, __LINE__, kind->name, errno);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	_exit(HOP_PASS);
}

/* The refusal itself, while @pid holds its object. */
static bool refused(const struct kind *kind, pid_t pid)
{
	static char text[65536], error[512], state[64];
	struct utsname before, after;
	int err;

	uname(&before);
	ctl_read("check", text, sizeof(text));
	if (!named(text, pid, kind->name, kind)) {
		printf("# %s is not named: %s\n", kind->name,
		       text[0] ? text : "(empty)");
		return false;
	}
	err = ctl_write("update", "1");
	uname(&after);
	ctl_read("last_error", error, sizeof(error));
	ctl_read("state", state, sizeof(state));
	printf("# %s: %s, %.*s\n", kind->name, strerror(-err),
	       (int)strcspn(error, "\n"), error);
	/* "ready" at once: a hop that began would have to be prepared again. */
	return err && error[0] && !strcmp(before.release, after.release) &&
		!strcmp(state, "ready");
}

static void test_kind(const struct kind *kind)
{
	pid_t pid = MUST(fork());
	int status;
	char byte;
	bool ok;

	if (!pid)
		holder(kind);
	/* It is ready, or it has ended. */
	fcntl(ready.rd, F_SETFL, O_NONBLOCK);
	while (read(ready.rd, &byte, 1) != 1) {
		if (waitpid(pid, &status, WNOHANG) != pid) {
			sched_yield();
			continue;
		}
		ok = no_hop && WIFEXITED(status) && WEXITSTATUS(status) == HOP_SKIP;
		if (WIFEXITED(status) && WEXITSTATUS(status) == HOP_NONE) {
			printf("# %s: came with a later kernel\n", kind->name);
			ktap_result(true, kind->name, "");
			return;
		}
		ktap_result(ok, kind->name, ok ? " # SKIP" : "");
		return;
	}
	ok = no_hop || refused(kind, pid);
	/* It goes on as if nothing had been. */
	gate_post(&go, 1);
	ok = waitpid(pid, &status, 0) == pid && status == 0 && ok;
	kill(-pid, SIGKILL);
	if (kind->undo)
		kind->undo();
	umount2(MNT, MNT_DETACH);
	ktap_result(ok, kind->name, "");
}

/* Who may not, and what is no update. */
static int write_update_as(bool (*become)(void), const char *text)
{
	pid_t pid = MUST(fork());
	int status;

	if (!pid) {
		if (become && !become())
			_exit(255);
		_exit(-ctl_write("update", text));
	}
	MUST(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static bool become_user(void)
{
	return !setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000);
}

static bool become_uncapable(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return false;
	data[0].effective &= ~(1U << CAP_SYS_BOOT);
	return !syscall(SYS_capset, &head, data);
}

static bool become_ns_root(void)
{
	return !unshare(CLONE_NEWUSER);
}

static void test_permission(void)
{
	static const struct {
		const char *who;
		bool (*become)(void);
		const char *text;
		int err, or_err;
	} cases[] = {
		{ "a user", become_user, "1", EACCES, EPERM },
		{ "root without CAP_SYS_BOOT", become_uncapable, "1", EPERM, EACCES },
		{ "root of a user namespace", become_ns_root, "1", EPERM, EACCES },
		{ "nonsense", NULL, "maybe", EINVAL, EINVAL },
		{ "nothing", NULL, "0", EINVAL, EINVAL },
	};
	bool ok = true;
	size_t i;

	for (i = 0; !no_hop && i < ARRAY_SIZE(cases); i++) {
		int err = write_update_as(cases[i].become, cases[i].text);

		printf("# update by %s: %s\n", cases[i].who, strerror(err));
		ok = ok && (err == cases[i].err || err == cases[i].or_err);
	}
	ktap_result(ok, "permission", "");
}

/* Holds what is refused until it has been refused once. */
static void until_refused(void *arg)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	int fd = MUST(socket(AF_PACKET, SOCK_RAW, 0));
	char text[512] = "";

	gate_post(&ready, 1);
	while (!ctl_read("last_error", text, sizeof(text)) && !strstr(text, "packet"))
		nanosleep(&nap, NULL);
	CHECK(strstr(text, "packet"));
	close(fd);
	gate_take(&go, 1);
}

/* "orthros update --wait" goes on when nothing is refused any more. */
static int update_waits(void)
{
	pid_t pid;
	int err;

	gate_init(&ready);
	gate_init(&go);
	pid = hop_child(until_refused, NULL);
	gate_take(&ready, 1);
	err = system("orthros update --wait=60");
	gate_post(&go, 1);
	hop_reap(pid);
	return err || hop_status() != HOP_PASS ? -EIO : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "no-hop", no_argument, NULL, 'n' },
		{ "expect", required_argument, NULL, 'e' },
		{ }
	};
	struct utsname before, after;
	const char *expect = "";
	char top[] = "/tmp/refuse.XXXXXX";
	int opt, err, nr = 0;
	size_t i;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'n')
			no_hop = true;
		else if (opt == 'e')
			expect = optarg;
		else
			return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!mkdtemp(top) || chdir(top))
		hop_die(__FILE__, __LINE__, top, errno);
	gate_init(&ready);
	gate_init(&go);
	gate_init(&session);
	MUST(uname(&before));
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		nr += has_kind(&kinds[i], before.release);
	ktap_plan(nr + 2);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (has_kind(&kinds[i], before.release))
			test_kind(&kinds[i]);
	test_permission();

	uname(&before);
	err = no_hop ? 0 : update_waits();
	uname(&after);
	if (err) {
		printf("# update: %s\n", strerror(-err));
		ctl_diag("check");
		ctl_diag("last_error");
	}
	ktap_result(no_hop || (!err && strcmp(before.release, after.release) &&
			       !strncmp(after.release, expect, strlen(expect))),
		    "hop", "");
	return ktap_end();
}
