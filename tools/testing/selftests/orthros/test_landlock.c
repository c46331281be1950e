// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that Landlock restricts: what was forbidden is forbidden after the hop,
 * what was allowed is allowed, layer by layer, also for their children and threads,
 * by files, directories, devices, unlinked directories; who may trace whom; and it can
 * be restricted further.
 */
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "hop_test.h"

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)
#define HANDLED (READ | WRITE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_EXECUTE)

static int ruleset(uint64_t fs)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = fs };

	return MUST(syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0));
}

static void allow_fd(int rules, int fd, uint64_t access)
{
	struct landlock_path_beneath_attr attr = { .allowed_access = access, .parent_fd = fd };

	MUST(syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &attr, 0));
}

static void allow(int rules, const char *path, uint64_t access)
{
	int fd = MUST(open(path, O_PATH | O_CLOEXEC));

	allow_fd(rules, fd, access);
	close(fd);
}

static void restrict_self(int rules)
{
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(syscall(SYS_landlock_restrict_self, rules, 0));
	close(rules);
}

static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static char dir[128];
static int loose = -1;			/* a directory that has no name any more */

static const char *in_dir(const char *name)
{
	static char path[4][256];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static void make(const char *name)
{
	close(MUST(open(in_dir(name), O_CREAT | O_WRONLY, 0644)));
}

/* The first layer: reading anywhere below open/, writing below open/rw and /dev/null. */
static void check_first(void)
{
	CHECK_EQ(try_open(in_dir("open/file"), O_RDONLY), 0);
	CHECK_EQ(try_open(in_dir("open/rw/file"), O_RDONLY), 0);
	CHECK_EQ(try_open(in_dir("open/file"), O_WRONLY), EACCES);
	CHECK_EQ(try_open(in_dir("shut/file"), O_RDONLY), EACCES);
	CHECK_EQ(try_open(in_dir("shut/file"), O_WRONLY), EACCES);
	CHECK_EQ(try_open(in_dir("single"), O_RDONLY), 0);
	CHECK_EQ(try_open(in_dir("single"), O_WRONLY), EACCES);
	CHECK_EQ(try_open("/dev/null", O_RDONLY), 0);
	CHECK_EQ(try_open("/dev/zero", O_RDONLY), EACCES);
	CHECK_EQ(try_open("/", O_RDONLY | O_DIRECTORY), EACCES);
	CHECK_EQ(try_open(in_dir("open/new"), O_WRONLY | O_CREAT), EACCES);
	CHECK_ERR(unlink(in_dir("open/rw/file")), EACCES);
	CHECK_ERR(rename(in_dir("open/rw/file"), in_dir("shut/other")), EACCES);
}

static void check_write(int err)
{
	CHECK_EQ(try_open(in_dir("open/rw/file"), O_WRONLY), err);
	CHECK_EQ(try_open("/dev/null", O_WRONLY), err);
}

struct party {
	struct gate ready, go, below_go;
	pid_t below;
};

/* Restricted further than its parent: it may not write any more. */
static void second(void *arg)
{
	struct party *p = arg;
	int rules = ruleset(WRITE);

	restrict_self(rules);
	check_first();
	check_write(EACCES);
	gate_post(&p->ready, 1);
	gate_take(&p->below_go, 1);
	check_first();
	check_write(EACCES);
	/* Its parent is above it. */
	CHECK_ERR(ptrace(PTRACE_ATTACH, getppid(), 0, 0), EPERM);
}

static void *thread_fn(void *arg)
{
	struct party *p = arg;

	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	check_first();
	check_write(0);
	return NULL;
}

static void first(void *arg)
{
	struct party *p = arg;
	int rules = ruleset(HANDLED), further, status;
	pthread_t thread;

	allow(rules, in_dir("open"), READ);
	allow(rules, in_dir("open/rw"), READ | WRITE);
	allow(rules, in_dir("single"), LANDLOCK_ACCESS_FS_READ_FILE);
	allow(rules, "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
	allow(rules, "/proc", READ);
	allow_fd(rules, loose, READ);
	/* What nobody gets to any more is in the rules all the same. */
	mkdir(in_dir("removed"), 0755);
	allow(rules, in_dir("removed"), READ);
	rmdir(in_dir("removed"));
	restrict_self(rules);
	check_first();
	check_write(0);
	MUST0(pthread_create(&thread, NULL, thread_fn, p));
	p->below = hop_child(second, p);
	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);

	check_first();
	check_write(0);
	CHECK(openat(loose, ".", O_RDONLY | O_DIRECTORY) >= 0);
	CHECK_EQ(try_open("/proc/self/status", O_RDONLY), 0);
	pthread_join(thread, NULL);
	/* The one below may be traced: its domain is a child of ours. */
	CHECK_EQ(ptrace(PTRACE_ATTACH, p->below, 0, 0), 0);
	CHECK_EQ(waitpid(p->below, &status, __WALL), p->below);
	CHECK_EQ(ptrace(PTRACE_DETACH, p->below, 0, 0), 0);
	gate_post(&p->below_go, 1);
	hop_reap(p->below);
	/* One more layer, which takes away what the first one allowed. */
	further = ruleset(LANDLOCK_ACCESS_FS_READ_FILE);
	allow(further, in_dir("open/rw"), LANDLOCK_ACCESS_FS_READ_FILE);
	restrict_self(further);
	CHECK_EQ(try_open(in_dir("open/file"), O_RDONLY), EACCES);
	CHECK_EQ(try_open(in_dir("open/rw/file"), O_RDONLY), 0);
}

/* Not restricted itself; what restricts others is no part of its own. */
static void free_one(void *arg)
{
	struct party *p = arg;

	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	CHECK_EQ(try_open(in_dir("shut/file"), O_RDWR), 0);
	CHECK_EQ(try_open("/dev/zero", O_RDWR), 0);
}

int main(void)
{
	struct party one, two;
	pid_t pid, other;

	snprintf(dir, sizeof(dir), "/tmp/landlock.%d", getpid());
	mkdir("/tmp", 01777);
	MUST(mkdir(dir, 0755));
	MUST(mkdir(in_dir("open"), 0755));
	MUST(mkdir(in_dir("open/rw"), 0755));
	MUST(mkdir(in_dir("shut"), 0755));
	MUST(mkdir(in_dir("loose"), 0755));
	make("open/file");
	make("open/rw/file");
	make("shut/file");
	make("single");
	loose = MUST(open(in_dir("loose"), O_PATH));
	MUST(rmdir(in_dir("loose")));
	gate_init(&one.ready);
	gate_init(&one.go);
	gate_init(&one.below_go);
	gate_init(&two.ready);
	gate_init(&two.go);
	pid = hop_child(first, &one);
	other = hop_child(free_one, &two);
	gate_take(&one.ready, 3);
	gate_take(&two.ready, 1);

	hop();

	gate_post(&one.go, 2);
	gate_post(&two.go, 1);
	hop_reap(pid);
	hop_reap(other);
	CHECK_EQ(try_open(in_dir("shut/file"), O_RDWR), 0);
	return hop_status();
}
