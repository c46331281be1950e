// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: what is of no process, or of groups of them. */
#include <dirent.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "refuse.h"

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

static int hold_psi_cgroup(void)
{
	return refuse_mount("cgroup2", NULL) ?: write_trigger(MNT "/memory.pressure");
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

/* Of version 1, a group in a hierarchy that is not mounted any more. */
static int hold_cgroup1_dir(void)
{
	mkdir("cgroup", 0755);
	if (mount("none", "cgroup", "cgroup", 0, "none,name=hop_refuse_dir"))
		return OP_SKIP;
	if (mkdir("cgroup/orthros", 0755))
		return -1;
	return umount2("cgroup", MNT_DETACH);
}

static void undo_cgroup1_dir(void)
{
	MUST(mount("none", "cgroup", "cgroup", 0, "none,name=hop_refuse_dir"));
	MUST(rmdir("cgroup/orthros"));
	MUST(umount("cgroup"));
}

/* A file that groups of the other kernel have not. */
static int hold_group_file(void)
{
	mkdir("cgroup", 0755);
	if (mount("none", "cgroup", "cgroup2", 0, NULL))
		return OP_SKIP;
	if (mkdir("cgroup/refused", 0755))
		return -1;
	return open("cgroup/refused/cpu.stat.local", O_RDONLY);
}

static void undo_group_file(void)
{
	MUST(rmdir("cgroup/refused"));
	MUST(umount("cgroup"));
}

/* Of those that may be moved. */
static int hold_group_kthread(void)
{
	struct dirent *d;
	int fd, ret = OP_SKIP;
	DIR *dir;

	mkdir("cgroup", 0755);
	if (mount("none", "cgroup", "cgroup2", 0, NULL))
		return OP_SKIP;
	if (mkdir("cgroup/refused", 0755))
		return -1;
	fd = open("cgroup/refused/cgroup.procs", O_WRONLY);
	dir = opendir("/proc");
	while (fd >= 0 && dir && ret && (d = readdir(dir))) {
		char *stat, *at;

		if (d->d_name[0] < '1' || d->d_name[0] > '9')
			continue;
		stat = slurpf("/proc/%s/stat", d->d_name);
		at = strrchr(stat, ')');
		/* A child of kthreadd. */
		if (at && !strncmp(at + 4, "2 ", 2) &&
		    write(fd, d->d_name, strlen(d->d_name)) > 0)
			ret = 0;
		free(stat);
	}
	closedir(dir);
	close(fd);
	return ret;
}

static void undo_group_kthread(void)
{
	char *pid = slurp("cgroup/refused/cgroup.procs");

	write_file("cgroup/cgroup.procs", pid, strlen(pid));
	free(pid);
	undo_group_file();
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

/* Attached to the root control group by a link, which ends with its descriptor. */
static int hold_bpf_cgroup(void)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SKB, .insns = (uintptr_t)insns,
		.insn_cnt = ARRAY_SIZE(insns), .license = (uintptr_t)"GPL",
		.expected_attach_type = BPF_CGROUP_INET_EGRESS,
	};
	union bpf_attr to = { .link_create.attach_type = BPF_CGROUP_INET_EGRESS };
	int link;

	mkdir("cgroup", 0755);
	if (mount("none", "cgroup", "cgroup2", 0, NULL))
		return OP_SKIP;
	to.link_create.target_fd = open("cgroup", O_RDONLY | O_DIRECTORY);
	to.link_create.prog_fd = syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));
	link = syscall(SYS_bpf, BPF_LINK_CREATE, &to, sizeof(to));
	close(to.link_create.target_fd);
	close(to.link_create.prog_fd);
	umount2("cgroup", MNT_DETACH);
	return link;
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

const struct refuse_kind refuse_machine[] = {
	{ "psi", "PSI trigger", hold_psi },
	{ "psi_cgroup", "PSI trigger", hold_psi_cgroup },
	{ "cgroup1_dir", "control group orthros", hold_cgroup1_dir, true, undo_cgroup1_dir },
	{ "cgroup_file", "control group refused: cpu.stat.local", hold_group_file, true,
	  undo_group_file, .only = "6.12" },
	{ "cgroup_kthread", "control groups: the kernel thread", hold_group_kthread, true,
	  undo_group_kthread },
	{ "audit", "audit rules", hold_audit, true, undo_audit },
	{ "acct", "acct()", hold_acct, true, undo_acct },
	{ "bpf_cgroup", "BPF link", hold_bpf_cgroup, true },
	{ "uprobe", "uprobes", hold_uprobe, true, undo_uprobe },
	{ "sysctl", "sysctl ", hold_sysctl, true, undo_sysctl },
	{ }
};
