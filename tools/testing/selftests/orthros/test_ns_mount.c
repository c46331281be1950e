// SPDX-License-Identifier: GPL-2.0
/*
 * Mount namespaces: private ones, peers and slaves of each other, with a root that was
 * pivoted; kept by a process, a thread, a descriptor, a mount; files that are open in
 * another one. What mountinfo says of each, and how mounts propagate afterwards.
 */
#include <limits.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "hop_test.h"

#define TOP "/tmp/ns_mount"
#define TREE TOP "/tree"	/* shared */
#define PRIV TOP "/priv"
#define MAX_GROUPS 256
#define MAX_MOUNTS 512

static void tmpfs(const char *at)
{
	MUST(mount("ns_mount", at, "tmpfs", 0, "mode=755"));
}

static void dir(const char *at)
{
	if (mkdir(at, 0755) && errno != EEXIST)
		hop_die(__FILE__, __LINE__, at, errno);
}

static void text(const char *at, const char *what)
{
	write_file(at, what, strlen(what));
}

static void check_text(const char *at, const char *want)
{
	char got[64] = "";
	int fd = open(at, O_RDONLY);

	if (!CHECK(fd >= 0)) {
		printf("# %s: %m\n", at);
		return;
	}
	MUST(read(fd, got, sizeof(got) - 1));
	close(fd);
	CHECK_STR(got, want);
}

static bool exists(const char *at)
{
	return !access(at, F_OK);
}

static ino_t number_of(pid_t pid, pid_t tid)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/ns/mnt", pid, tid);
	return stat(path, &st) ? 0 : st.st_ino;
}

/* ---- what mountinfo says, but for the numbers that the kernel gives ------- */

struct groups {
	int nr;
	long was[MAX_GROUPS];
};

static int renumber(struct groups *g, long group)
{
	int i;

	for (i = 0; i < g->nr; i++)
		if (g->was[i] == group)
			return i;
	if (g->nr < MAX_GROUPS)
		g->was[g->nr++] = group;
	return i;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char **)a, *(char **)b);
}

/*
 * The mounts, sorted: device, root, mount point, parent's mount point, flags,
 * propagation, type, source. Groups are numbered anew, the same over all namespaces.
 * @top: only what is below; in the first namespace others mount, too.
 */
static char *mounts_of(pid_t pid, pid_t tid, struct groups *g, const char *top)
{
	static char *lines[MAX_MOUNTS];
	char *all = slurpf("/proc/%d/task/%d/mountinfo", pid, tid), *save, *line, *out;
	size_t nr = 0, i, size = 1;

	for (line = strtok_r(all, "\n", &save); line && nr < MAX_MOUNTS;
	     line = strtok_r(NULL, "\n", &save)) {
		char dev[32], root[PATH_MAX], mp[PATH_MAX], flags[256], *rest, *field, *to;
		char tags[256] = "", *source;
		int id, parent, used = 0;

		if (sscanf(line, "%d %d %31s %4095s %4095s %255s %n", &id, &parent, dev, root, mp,
			   flags, &used) < 6)
			hop_die(__FILE__, __LINE__, line, EINVAL);
		if (strncmp(mp, top, strlen(top)))
			continue;
		to = tags;
		rest = line + used;
		for (field = strtok_r(rest, " ", &rest); field && strcmp(field, "-");
		     field = strtok_r(rest, " ", &rest)) {
			char *colon = strchr(field, ':');

			if (colon)
				to += sprintf(to, "%.*s:%d ", (int)(colon - field), field,
					      renumber(g, atol(colon + 1)));
			else
				to += sprintf(to, "%s ", field);
		}
		field = strtok_r(rest, " ", &rest);
		source = strtok_r(rest, " ", &rest);
		/* What every kernel has some of may have another number. */
		if (strcmp(field, "tmpfs") || !strcmp(source, "tmpfs"))
			strcpy(dev, "-");
		MUST(asprintf(&lines[nr++], "%s %s %s %s %s%s %s\n", dev, root, mp, flags, tags,
			      field, source));
	}
	qsort(lines, nr, sizeof(*lines), by_text);
	for (i = 0; i < nr; i++)
		size += strlen(lines[i]);
	out = calloc(1, size);
	for (i = 0; i < nr; i++) {
		strcat(out, lines[i]);
		free(lines[i]);
	}
	free(all);
	return out;
}

static void check_mounts(const char *what, const char *got, const char *want)
{
	if (!CHECK(!strcmp(got, want)))
		printf("# %s: mounts were\n%s# and are\n%s", what, want, got);
}

/* ---- who is in which ------------------------------------------------------ */

enum who { PEER, SLAVE, PRIVATE, PIVOTED, SLAVE_PEER, VISITOR, NR_CHILDREN };

static struct gate ready, begin[NR_CHILDREN], end;
static pid_t pids[NR_CHILDREN];
static int passed[2];		/* a descriptor that PRIVATE passes */

static void own_namespace(int propagation)
{
	MUST(unshare(CLONE_NEWNS));
	if (propagation)
		MUST(mount(NULL, TREE, NULL, propagation, NULL));
}

static void await(enum who me)
{
	gate_post(&ready, 1);
	gate_take(&begin[me], 1);
}

/* What is mounted in one is mounted in the other. */
static void peer(void *arg)
{
	own_namespace(0);
	await(PEER);
	check_text(TREE "/from-main/file", "main");
	MUST(mount("peer", TREE "/from-peer", "tmpfs", 0, NULL));
	text(TREE "/from-peer/file", "peer");
	gate_post(&ready, 1);
	gate_take(&end, 1);
}

/* It gets what others mount, and gives nothing back. */
static void slave(void *arg)
{
	own_namespace(MS_SLAVE);
	await(SLAVE);
	check_text(TREE "/from-main/file", "main");
	check_text(TREE "/from-peer/file", "peer");
	MUST(mount("slave", TREE "/from-slave", "tmpfs", 0, NULL));
	text(TREE "/from-slave/file", "slave");
	gate_post(&ready, 1);
	gate_take(&end, 1);
}

/* A slave that shares with others: with a second mount of the same in its namespace. */
static void slave_peer(void *arg)
{
	own_namespace(MS_SLAVE);
	MUST(mount(NULL, TREE, NULL, MS_SHARED, NULL));
	dir(PRIV);
	tmpfs(PRIV);
	dir(PRIV "/again");
	MUST(mount(TREE, PRIV "/again", NULL, MS_BIND, NULL));
	await(SLAVE_PEER);
	check_text(TREE "/from-main/file", "main");
	check_text(PRIV "/again/from-main/file", "main");
	CHECK(!exists(TREE "/from-slave/file"));
	MUST(mount("both", PRIV "/again/from-both", "tmpfs", 0, NULL));
	text(TREE "/from-both/file", "both");
	check_text(PRIV "/again/from-both/file", "both");
	gate_post(&ready, 1);
	gate_take(&end, 1);
}

static void send_fd(int sock, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	MUST(sendmsg(sock, &msg, 0));
}

static int receive_fd(int sock)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	int fd = -1;

	MUST(recvmsg(sock, &msg, 0));
	if (CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* As sandboxed services have it: own /tmp, parts read-only, some hidden. */
static void private(void *arg)
{
	struct stat before, st;
	int gone;

	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	tmpfs(PRIV);
	dir(PRIV "/sub");
	dir(PRIV "/ro");
	dir(PRIV "/over");
	text(PRIV "/sub/file", "sub");
	text(PRIV "/over/file", "below");
	text(PRIV "/null", "");
	/* A part of a file system, read-only; the whole of it with other flags; a file. */
	MUST(mount(PRIV "/sub", PRIV "/ro", NULL, MS_BIND, NULL));
	MUST(mount(NULL, PRIV "/ro", NULL,
		   MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL));
	MUST(mount("/dev/null", PRIV "/null", NULL, MS_BIND, NULL));
	/* On itself, with other flags. */
	MUST(mount(PRIV "/sub", PRIV "/sub", NULL, MS_BIND, NULL));
	MUST(mount(NULL, PRIV "/sub", NULL, MS_REMOUNT | MS_BIND | MS_NODEV | MS_NOATIME, NULL));
	/* One over the other. */
	MUST(mount("first", PRIV "/over", "tmpfs", 0, NULL));
	text(PRIV "/over/file", "middle");
	MUST(mount("second", PRIV "/over", "tmpfs", MS_RDONLY, NULL));
	MUST(mount(NULL, PRIV "/over", NULL, MS_UNBINDABLE, NULL));
	/* Another instance of proc; and part of the shared tree that hides in it. */
	dir(PRIV "/proc");
	MUST(mount("proc", PRIV "/proc", "proc", 0, "hidepid=2"));
	/* What a kernel that has booted in a slot does not have, and services are kept from. */
	if (exists("/proc/acpi/wakeup")) {
		MUST(mount("/proc/acpi/wakeup", "/proc/acpi/wakeup", NULL, MS_BIND, NULL));
		MUST(mount("/proc/acpi", "/proc/acpi", NULL, MS_BIND, NULL));
		MUST(mount(NULL, "/proc/acpi", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	}
	MUST(mount("tmpfs", TREE "/plain", "tmpfs", 0, NULL));
	text(TREE "/plain/only-here", "here");
	MUST(chdir(PRIV "/sub"));
	gone = MUST(open("gone", O_RDWR | O_CREAT, 0600));
	MUST(write(gone, "gone", 4));
	MUST(unlink("gone"));
	send_fd(passed[1], gone);
	MUST(stat(PRIV, &before));
	await(PRIVATE);
	MUST(stat(PRIV, &st));
	CHECK_EQ(st.st_dev, before.st_dev);
	check_text("file", "sub");
	check_text(PRIV "/ro/file", "sub");
	CHECK_ERR(open(PRIV "/ro/file", O_WRONLY), EROFS);
	text(PRIV "/sub/file", "new");
	check_text(PRIV "/ro/file", "new");
	MUST(stat(PRIV "/null", &st));
	CHECK(S_ISCHR(st.st_mode));
	CHECK(!exists(PRIV "/over/file"));
	CHECK_ERR(mount(PRIV "/over", PRIV "/sub", NULL, MS_BIND, NULL), EINVAL);
	MUST(umount(PRIV "/over"));
	check_text(PRIV "/over/file", "middle");
	MUST(umount(PRIV "/over"));
	check_text(PRIV "/over/file", "below");
	check_text(TREE "/plain/only-here", "here");
	CHECK(exists(PRIV "/proc/self/stat"));
	/* Private: what others mount is not here, and the reverse. */
	CHECK(!exists(TREE "/from-main/file"));
	MUST(mount("here", TREE "/from-slave", "tmpfs", 0, NULL));
	MUST(umount(TREE "/from-slave"));
	gate_post(&ready, 1);
	gate_take(&end, 1);
}

/* As a container has it. Its root is that of the tree of mounts at first. */
static void pivoted(void *arg)
{
	struct stat st;

	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	tmpfs(PRIV);
	dir(PRIV "/next");
	MUST(chdir(PRIV));
	MUST(mount(PRIV, "/", NULL, MS_MOVE, NULL));
	MUST(chroot("."));
	MUST(mount("next", "/next", "tmpfs", 0, NULL));
	dir("/next/old");
	dir("/next/proc");
	text("/next/file", "next");
	MUST(mount("proc", "/next/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
	MUST(mount("/next/proc/sys", "/next/proc/sys", NULL, MS_BIND, NULL));
	MUST(mount(NULL, "/next/proc/sys", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	MUST(syscall(SYS_pivot_root, "/next", "/next/old"));
	MUST(chdir("/"));
	MUST(umount2("/old", MNT_DETACH));
	await(PIVOTED);
	check_text("/file", "next");
	check_text("file", "next");
	CHECK(!exists("/next"));
	CHECK_ERR(open("/proc/sys/kernel/hostname", O_WRONLY), EROFS);
	MUST(stat("/..", &st));
	CHECK(exists("/../file"));
	/* So does its child. */
	if (!MUST(fork()))
		_exit(!exists("/file"));
	gate_post(&ready, 1);
	gate_take(&end, 1);
}

/* In the first namespace, but working in another. */
static void visitor(void *arg)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root" PRIV "/sub", pids[PRIVATE]);
	MUST(chdir(path));
	await(VISITOR);
	check_text("file", "new");
	check_text("../over/file", "below");
	CHECK_EQ(number_of(getpid(), getpid()), number_of(getppid(), getppid()));
	gate_post(&ready, 1);
	gate_take(&end, 1);
}

/* ---- a thread, a descriptor, a mount ---------------------------------------- */

struct thread {
	struct gate ready, go;
	pid_t tid;
};

static void *other_thread(void *arg)
{
	struct thread *t = arg;

	MUST(unshare(CLONE_NEWNS));
	MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("thread", PRIV, "tmpfs", 0, NULL));
	text(PRIV "/file", "thread");
	t->tid = hop_gettid();
	gate_post(&t->ready, 1);
	gate_take(&t->go, 1);
	check_text(PRIV "/file", "thread");
	return NULL;
}

/* A namespace without any process. */
static int lonely(int how, const char *type, const char *what, const char *bind)
{
	struct gate made, last;
	char path[64];
	pid_t pid;
	int fd;

	gate_init(&made);
	gate_init(&last);
	pid = MUST(fork());
	if (!pid) {
		MUST(unshare(how));
		if (how == CLONE_NEWNS) {
			MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
			MUST(mount("lonely", PRIV, "tmpfs", 0, NULL));
			text(PRIV "/file", what);
		} else {
			MUST(sethostname(what, strlen(what)));
		}
		gate_post(&made, 1);
		gate_take(&last, 1);
		_exit(0);
	}
	gate_take(&made, 1);
	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, type);
	fd = MUST(open(path, O_RDONLY | O_CLOEXEC));
	if (bind)
		MUST(mount(path, bind, NULL, MS_BIND, NULL));
	gate_post(&last, 1);
	MUST(waitpid(pid, NULL, 0));
	return fd;
}

static void enter(void *arg)
{
	int fd = *(int *)arg;
	struct stat st;

	MUST(fstat(fd, &st));
	MUST(setns(fd, CLONE_NEWNS));
	CHECK_EQ(number_of(getpid(), getpid()), st.st_ino);
	check_text(PRIV "/file", "lonely");
	MUST(umount(PRIV));
	CHECK(!exists(PRIV "/file"));
}

/* By the mounts that keep them. */
static void enter_kept(void *arg)
{
	char host[65];
	int fd;

	fd = MUST(open(TOP "/uts", O_RDONLY));
	CHECK_EQ(ioctl(fd, NS_GET_NSTYPE), CLONE_NEWUTS);
	MUST(setns(fd, CLONE_NEWUTS));
	MUST(gethostname(host, sizeof(host)));
	CHECK_STR(host, "kept");
	fd = MUST(open(TOP "/mnt", O_RDONLY));
	MUST(setns(fd, CLONE_NEWNS));
	check_text(PRIV "/file", "kept");
}

static const struct {
	void (*fn)(void *arg);
	const char *name;
} children[NR_CHILDREN] = {
	[PEER]		= { peer, "peer" },
	[SLAVE]		= { slave, "slave" },
	[PRIVATE]	= { private, "private" },
	[PIVOTED]	= { pivoted, "pivoted" },
	[SLAVE_PEER]	= { slave_peer, "slave and peer" },
	[VISITOR]	= { visitor, "visitor" },
};

static void prepare(void)
{
	static const char *const dirs[] = {
		TOP, TREE, TREE "/from-main", TREE "/from-peer", TREE "/from-slave",
		TREE "/from-both", TREE "/plain", PRIV,
	};
	size_t i;

	dir(TOP);
	/* A mount of its own, in which a namespace can be kept by a mount. */
	tmpfs(TOP);
	MUST(mount(NULL, TOP, NULL, MS_PRIVATE, NULL));
	for (i = 1; i < ARRAY_SIZE(dirs); i++) {
		dir(dirs[i]);
		if (i == 1) {
			tmpfs(TREE);
			MUST(mount(NULL, TREE, NULL, MS_SHARED, NULL));
		}
	}
	text(TOP "/uts", "");
	text(TOP "/mnt", "");
}

static void step(enum who who)
{
	gate_post(&begin[who], 1);
	gate_take(&ready, 1);
}

int main(void)
{
	char *before[NR_CHILDREN + 2], *after;
	struct stat uts_before, mnt_before, st;
	ino_t numbers[NR_CHILDREN + 1];
	struct groups old = {}, new = {};
	int fd, in_other, gone, kept, i;
	char buf[16], path[64], link[64] = "";
	struct thread t;
	pthread_t thread;

	if (access("/proc/self/ns/mnt", F_OK))
		hop_skip("no mount namespaces");
	gate_init(&ready);
	gate_init(&end);
	gate_init(&t.ready);
	gate_init(&t.go);
	prepare();
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, passed))
		hop_die(__FILE__, __LINE__, "socketpair", errno);
	for (i = 0; i < NR_CHILDREN; i++) {
		gate_init(&begin[i]);
		pids[i] = hop_child(children[i].fn, NULL);
		gate_take(&ready, 1);
		numbers[i] = number_of(pids[i], pids[i]);
	}
	MUST0(pthread_create(&thread, NULL, other_thread, &t));
	gate_take(&t.ready, 1);
	numbers[NR_CHILDREN] = number_of(getpid(), t.tid);
	close(lonely(CLONE_NEWUTS, "uts", "kept", TOP "/uts"));
	close(lonely(CLONE_NEWNS, "mnt", "kept", TOP "/mnt"));
	fd = lonely(CLONE_NEWNS, "mnt", "lonely", NULL);
	MUST(stat(TOP "/uts", &uts_before));
	MUST(stat(TOP "/mnt", &mnt_before));
	kept = MUST(open(TOP "/uts", O_RDONLY));
	snprintf(path, sizeof(path), "/proc/%d/root" PRIV "/sub/file", pids[PRIVATE]);
	in_other = MUST(open(path, O_RDWR));

	before[NR_CHILDREN + 1] = mounts_of(getpid(), getpid(), &old, TOP);
	for (i = 0; i < NR_CHILDREN; i++)
		before[i] = mounts_of(pids[i], pids[i], &old, i == VISITOR ? TOP : "/");
	before[NR_CHILDREN] = mounts_of(getpid(), t.tid, &old, "/");

	hop();

	after = mounts_of(getpid(), getpid(), &new, TOP);
	check_mounts("main", after, before[NR_CHILDREN + 1]);
	for (i = 0; i < NR_CHILDREN; i++) {
		after = mounts_of(pids[i], pids[i], &new, i == VISITOR ? TOP : "/");
		check_mounts(children[i].name, after, before[i]);
		CHECK_EQ(number_of(pids[i], pids[i]), numbers[i]);
	}
	after = mounts_of(getpid(), t.tid, &new, "/");
	check_mounts("thread", after, before[NR_CHILDREN]);
	CHECK_EQ(number_of(getpid(), t.tid), numbers[NR_CHILDREN]);
	gate_post(&t.go, 1);
	MUST0(pthread_join(thread, NULL));

	/* A file in another namespace, and one that is only on its way. */
	CHECK_EQ(pread(in_other, buf, sizeof(buf), 0), 3);
	CHECK(!memcmp(buf, "sub", 3));
	gone = receive_fd(passed[0]);
	CHECK_EQ(pread(gone, buf, sizeof(buf), 0), 4);
	CHECK(!memcmp(buf, "gone", 4));

	snprintf(path, sizeof(path), "/proc/self/fd/%d", kept);
	MUST(readlink(path, link, sizeof(link) - 1));
	CHECK_STR(link, TOP "/uts");
	MUST(close(kept));

	/* Propagation. */
	MUST(mount("main", TREE "/from-main", "tmpfs", 0, NULL));
	text(TREE "/from-main/file", "main");
	step(PEER);
	check_text(TREE "/from-peer/file", "peer");
	step(SLAVE);
	CHECK(!exists(TREE "/from-slave/file"));
	step(SLAVE_PEER);
	CHECK(!exists(TREE "/from-both/file"));
	step(PRIVATE);
	CHECK(!exists(TREE "/plain/only-here"));
	step(PIVOTED);
	step(VISITOR);
	MUST(umount(TREE "/from-main"));
	snprintf(path, sizeof(path), "/proc/%d/root" TREE "/from-main/file", pids[SLAVE]);
	CHECK(!exists(path));
	snprintf(path, sizeof(path), "/proc/%d/root" TREE "/from-main/file", pids[PEER]);
	CHECK(!exists(path));

	/* Without a process. */
	hop_reap(hop_child(enter, &fd));
	MUST(stat(TOP "/uts", &st));
	CHECK_EQ(st.st_ino, uts_before.st_ino);
	MUST(stat(TOP "/mnt", &st));
	CHECK_EQ(st.st_ino, mnt_before.st_ino);
	hop_reap(hop_child(enter_kept, NULL));
	MUST(umount(TOP "/uts"));
	MUST(umount(TOP "/mnt"));

	gate_post(&end, NR_CHILDREN);
	for (i = 0; i < NR_CHILDREN; i++)
		hop_reap(pids[i]);
	MUST(umount2(TOP, MNT_DETACH));
	return hop_status();
}
