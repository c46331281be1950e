// SPDX-License-Identifier: GPL-2.0
/*
 * PID namespaces: what each process is called in each, also threads, zombies, groups and
 * sessions whose first process is gone; one below another, one that has no process yet,
 * processes that were put into one; what comes after, and the end of one.
 */
#include <dirent.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "hop_test.h"

/* All take it when the hop is over. */
static struct gate ready, go;
static int *init_status;

struct ids {
	pid_t pid, tid, ppid, pgrp, sid;
	char nspid[512];	/* in each namespace, from /proc */
	ino_t ns, for_children;
};

static ino_t number_of(const char *type)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", type);
	return stat(path, &st) ? 0 : st.st_ino;
}

static void get_ids(struct ids *ids)
{
	size_t used = 0;
	char line[256];
	FILE *f;

	memset(ids, 0, sizeof(*ids));
	ids->pid = syscall(SYS_getpid);
	ids->tid = syscall(SYS_gettid);
	ids->ppid = syscall(SYS_getppid);
	ids->pgrp = getpgrp();
	ids->sid = getsid(0);
	f = fopen("/proc/thread-self/status", "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "NS", 2))
			used += snprintf(ids->nspid + used, sizeof(ids->nspid) - used, "%s", line);
	}
	CHECK(f && !fclose(f));
	ids->ns = number_of("pid");
	ids->for_children = number_of("pid_for_children");
}

static void check_ids(const struct ids *was)
{
	struct ids is;

	get_ids(&is);
	CHECK_EQ(is.pid, was->pid);
	CHECK_EQ(is.tid, was->tid);
	CHECK_EQ(is.ppid, was->ppid);
	CHECK_EQ(is.pgrp, was->pgrp);
	CHECK_EQ(is.sid, was->sid);
	CHECK_STR(is.nspid, was->nspid);
	CHECK_EQ(is.ns, was->ns);
	CHECK_EQ(is.for_children, was->for_children);
}

/* Waits for the hop, and is then who it was. */
static void stay(void)
{
	struct ids ids;

	get_ids(&ids);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	check_ids(&ids);
}

static void *other_thread(void *arg)
{
	stay();
	return NULL;
}

static void member(void *arg)
{
	stay();
}

/* A process with a thread, in a session of its own. */
static void leader(void *arg)
{
	pthread_t thread;

	MUST(setsid());
	MUST0(pthread_create(&thread, NULL, other_thread, NULL));
	stay();
	MUST0(pthread_join(thread, NULL));
}

/* Ends at once; its child goes on, in its group and session. */
static void gone(void *arg)
{
	CHECK(MUST(setsid()) > 2);
	if (!MUST(fork())) {
		/* Until init is its parent. */
		while (getppid() != 1)
			usleep(1000);
		stay();
		_exit(hop_status());
	}
}

static void exits(void *arg)
{
	_exit(7);
}

/* Who is in this proc? */
static void check_proc(int nr)
{
	DIR *dir = MUST(opendir("/proc"));
	char link[16] = "";
	struct dirent *de;

	MUST(readlink("/proc/self", link, sizeof(link) - 1));
	CHECK_EQ(atoi(link), getpid());
	while ((de = readdir(dir)))
		nr -= atoi(de->d_name) > 0;
	CHECK_EQ(nr, 0);
	closedir(dir);
}

/* Another namespace below, with a proc of its own. */
static void nested_init(void *arg)
{
	char comm[32] = "", text[32] = "";
	pid_t pid;
	int fd;

	CHECK_EQ(getpid(), 1);
	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("proc", "/proc", "proc", 0, NULL));
	pid = hop_child(member, NULL);
	CHECK_EQ(pid, 2);
	fd = MUST(open("/proc/2/comm", O_RDONLY));
	MUST(pread(fd, comm, sizeof(comm) - 1, 0));
	check_proc(2);
	stay();
	check_proc(2);
	MUST(pread(fd, text, sizeof(text) - 1, 0));
	CHECK_STR(text, comm);
	close(fd);
	hop_reap(pid);
	check_proc(1);
	pid = hop_child(exits, NULL);
	CHECK_EQ(pid, 3);
	CHECK_EQ(waitpid(pid, NULL, 0), 3);
}

static void nests(void *arg)
{
	pid_t pid;

	MUST(unshare(CLONE_NEWPID));
	pid = hop_child(nested_init, NULL);
	stay();
	hop_reap(pid);
}

/* Its children are of a namespace that has none yet. */
static void unborn_init(void *arg)
{
	CHECK_EQ(getpid(), 1);
}

static void expects(void *arg)
{
	MUST(unshare(CLONE_NEWPID));
	/* The number of the one that has no process is not shown. */
	stay();
	hop_reap(hop_child(unborn_init, NULL));
}

static struct gate end;

/* Itself, leader and its thread, nests and two below, expects, member, the child of gone. */
#define MEMBERS		9

static void init(void *arg)
{
	pid_t pids[4], zombie, pid;
	int status, i;

	CHECK_EQ(getpid(), 1);
	CHECK_EQ(getppid(), 0);
	pids[0] = hop_child(leader, NULL);
	CHECK_EQ(pids[0], 2);
	zombie = hop_child(exits, NULL);
	pids[1] = hop_child(nests, NULL);
	pids[2] = hop_child(expects, NULL);
	pids[3] = hop_child(member, NULL);
	pid = hop_child(gone, NULL);
	hop_reap(pid);
	stay();

	CHECK_EQ(waitpid(zombie, &status, 0), zombie);
	CHECK_EQ(status, 7 << 8);
	for (i = 0; i < 4; i++)
		hop_reap(pids[i]);
	/* The orphan, whom nobody but init can wait for, see gone(). */
	CHECK(waitpid(-1, &status, 0) > 0);
	CHECK_EQ(status, 0);
	/* Signals from within do not end it, and the numbers go on. */
	MUST(kill(1, SIGTERM));
	pid = hop_child(exits, NULL);
	CHECK(pid > pids[3] + 1 && pid < 64);
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	*init_status = hop_status();
	gate_post(&ready, 1);
	gate_take(&end, 1);
}

static void visit(void *arg)
{
	CHECK(getpid() > 1);
	CHECK_EQ(getppid(), 0);
	CHECK_EQ(kill(1, 0), 0);
}

/* In the namespace, but no child of anybody there. */
static void visitor(void *arg)
{
	visit(arg);
	stay();
	gate_take(&end, 1);
}

int main(void)
{
	pid_t container, visiting, pid;
	struct stat before, st;
	char path[64];
	int fd, own, status;

	if (access("/proc/self/ns/pid", F_OK))
		hop_skip("no PID namespaces");
	gate_init(&ready);
	gate_init(&go);
	gate_init(&end);
	init_status = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
				0));
	*init_status = -1;
	own = MUST(open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));

	MUST(unshare(CLONE_NEWPID));
	container = hop_child(init, NULL);
	gate_take(&ready, MEMBERS);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", container);
	fd = MUST(open(path, O_RDONLY | O_CLOEXEC));
	MUST(fstat(fd, &before));
	CHECK_EQ(before.st_ino, number_of("pid_for_children"));
	visiting = hop_child(visitor, NULL);
	gate_take(&ready, 1);
	/* From now on as before. */
	MUST(setns(own, CLONE_NEWPID));

	hop();

	MUST(fstat(fd, &st));
	CHECK_EQ(st.st_ino, before.st_ino);
	gate_post(&go, MEMBERS + 1);
	gate_take(&ready, 1);
	CHECK_EQ(*init_status, 0);
	MUST(setns(fd, CLONE_NEWPID));
	hop_reap(hop_child(visit, NULL));
	MUST(setns(own, CLONE_NEWPID));
	pid = hop_child(exits, NULL);
	CHECK_EQ(waitpid(pid, &status, 0), pid);

	/* With its init all others end. */
	MUST(kill(container, SIGKILL));
	CHECK_EQ(waitpid(visiting, &status, 0), visiting);
	CHECK_EQ(status, SIGKILL);
	CHECK_EQ(waitpid(container, &status, 0), container);
	CHECK_EQ(status, SIGKILL);
	MUST(setns(fd, CLONE_NEWPID));
	CHECK_ERR(fork(), ENOMEM);
	return hop_status();
}
