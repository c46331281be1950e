// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: what is of a process, or of its memory. */
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "refuse.h"

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

/* A child that stops at once. */
static pid_t traced_child(long options)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, &status, __WALL) != pid ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(options | PTRACE_O_EXITKILL)))
		return -1;
	return pid;
}

/* One that is about to end has no registers any more. */
static int hold_ptrace_exit(void)
{
	pid_t pid = traced_child(PTRACE_O_TRACEEXIT);
	int status;

	if (pid < 0 || ptrace(PTRACE_CONT, pid, NULL, NULL))
		return -1;
	return waitpid(pid, &status, __WALL) == pid ? 0 : -1;
}

static int hold_ptrace_exec(void)
{
	/* By that name it is looked for. */
	static const char name[] = "./ptrace_exec";
	int status;
	pid_t pid;

	unlink(name);
	MUST(symlink("/proc/self/exe", name));
	pid = MUST(fork());
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execl(name, "hop_refuse", "--help", NULL);
		_exit(1);
	}
	if (waitpid(pid, &status, __WALL) != pid ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   (void *)(PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)) ||
	    ptrace(PTRACE_CONT, pid, NULL, NULL))
		return -1;
	pid = waitpid(pid, &status, __WALL);
	unlink(name);
	return pid > 0 ? 0 : -1;
}

static int hold_ptrace_watch(void)
{
	static int word;
	pid_t pid = traced_child(0);

	if (pid < 0 || ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg[0]), &word))
		return -1;
	return ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg[7]), 0xd0001);
}

/* Its threads would wait for an answer as nobody can interrupt. */
static int hold_seccomp_killable(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog prog = { 1, &allow };
	int fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			 SECCOMP_FILTER_FLAG_NEW_LISTENER | 1 << 5 /* WAIT_KILLABLE_RECV */, &prog);

	return fd < 0 ? -1 : 0;
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

/* Not the process itself, but its children would be in it. */
static int hold_time_ns(void)
{
	return unshare(0x80 /* CLONE_NEWTIME */) ? OP_SKIP : 0;
}

static int hold_keyring(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "empty") < 0)
		return -1;
	/* Nobody makes it, which is remembered for a while. */
	return syscall(SYS_request_key, "user", "of nobody", "who", KEY_SPEC_SESSION_KEYRING) < 0 ?
	       0 : -1;
}

/* Of shared memory it is the file's. */
static int hold_mempolicy(void)
{
	void *at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long nodes = 1;

	if (at == MAP_FAILED)
		return -1;
	return syscall(SYS_mbind, at, PAGE, 2 /* MPOL_BIND */, &nodes, 64, 0);
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

const struct refuse_kind refuse_task[] = {
	{ "hugetlb", "huge", hold_hugetlb },
	{ "device_mapping", "device", hold_device_mapping },
	{ "ptrace_exit", "has stopped for its end", hold_ptrace_exit },
	{ "ptrace_exec", "has stopped for a program", hold_ptrace_exec },
	{ "ptrace_watch", "hardware breakpoints", hold_ptrace_watch },
	{ "notif_killable", "WAIT_KILLABLE_RECV", hold_seccomp_killable },
	{ "landlock_fd", "Landlock ruleset", hold_landlock_fd },
	{ "landlock_trunc", "Landlock rule: 0x4000 of file systems", hold_landlock_truncate },
	{ "landlock_file", ": opened by whom Landlock restricts", hold_landlock_file },
	{ "landlock_net", "Landlock rule: ports", hold_landlock_net },
	{ "landlock_scope", "Landlock rule: scopes", hold_landlock_scope },
	{ "time_ns", "time namespace", hold_time_ns },
	{ "keyring", "not instantiated", hold_keyring },
	{ "mempolicy", "memory policy", hold_mempolicy },
	{ "mdwe", "PR_SET_MDWE", hold_mdwe, .only = "6.12" },
	{ "slice", "slice of time", hold_slice, .only = "6.12" },
	{ }
};
