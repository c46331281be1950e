// SPDX-License-Identifier: GPL-2.0
/*
 * Control groups, version 2: their tree, members, settings, owners and attributes are
 * as they were, and still do what they are for: limits bite, who is frozen stands
 * still until he is not, events are told.
 */
#include <dirent.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/xattr.h>

#include "hop_test.h"

#define TOP	"cg/orthros"
#define FULL	(24 * MIB)
#define ROOM	(8 * MIB)

/* Of these, no text is to change. */
static const struct {
	const char *file;
	const char *value;	/* written before, or NULL */
} settings[] = {
	{ TOP "/cgroup.type" },
	{ TOP "/cgroup.controllers" },
	{ TOP "/cgroup.subtree_control" },
	{ TOP "/set/cgroup.subtree_control", "+memory" },
	{ TOP "/set/cgroup.max.depth", "3" },
	{ TOP "/set/cgroup.max.descendants", "7" },
	{ TOP "/set/cpu.weight", "250" },
	{ TOP "/set/cpu.max", "30000 200000" },
	{ TOP "/set/cpu.max.burst", "10000" },
	{ TOP "/set/memory.min", "1048576" },
	{ TOP "/set/memory.low", "2097152" },
	{ TOP "/set/memory.high", "1073741824" },
	{ TOP "/set/memory.max", "2147483648" },
	{ TOP "/set/memory.swap.max", "4096" },
	{ TOP "/set/memory.swap.high", "8192" },
	{ TOP "/set/memory.oom.group", "1" },
	{ TOP "/set/pids.max", "77" },
	{ TOP "/set/cpuset.cpus", "0-1" },
	{ TOP "/set/cpuset.mems", "0" },
	{ TOP "/set/cgroup.pressure", "0" },
	{ TOP "/set/hugetlb.2MB.max", "4194304" },
	{ TOP "/set/below/cgroup.controllers" },
	{ TOP "/set/below/memory.max" },
	{ TOP "/nice/cpu.weight.nice", "-7" },
	{ TOP "/idle/cpu.idle", "1" },
	{ TOP "/idle/cgroup.freeze", "1" },
	{ TOP "/threads/cgroup.type" },
	{ TOP "/threads/one/cgroup.type", "threaded" },
	{ TOP "/threads/two/cgroup.type", "threaded" },
	{ TOP "/threads/cgroup.subtree_control", "+cpu" },
	{ TOP "/threads/one/cpu.weight", "20" },
	{ TOP "/frozen/cgroup.freeze" },
	{ TOP "/frozen/cgroup.events" },
	{ TOP "/full/memory.max" },
	{ TOP "/full/memory.events" },
	{ TOP "/few/pids.events" },
	{ TOP "/few/pids.peak" },
	{ TOP "/few/cgroup.procs" },
	{ TOP "/full/cgroup.procs" },
	{ TOP "/threads/cgroup.procs" },
	{ TOP "/threads/cgroup.threads" },
	{ TOP "/threads/one/cgroup.threads" },
	{ TOP "/empty/cgroup.procs" },
	{ TOP "/empty/cgroup.events" },
};

static const char *const groups[] = {
	TOP, TOP "/set", TOP "/set/below", TOP "/nice", TOP "/idle", TOP "/threads",
	TOP "/threads/one", TOP "/threads/two", TOP "/frozen", TOP "/full", TOP "/few",
	TOP "/empty", TOP "/room",
};

static const char *const files[] = {
	"cg", "cg/cgroup.procs", TOP "/few/cgroup.events", TOP "/empty/cgroup.procs",
	TOP "/few/pids.max",
};

static char *said[ARRAY_SIZE(settings)];
static struct stat seen[ARRAY_SIZE(groups)], seen_files[ARRAY_SIZE(files)];
static struct gate ready, go, done;
static unsigned long *count;

static void put(const char *file, const char *value)
{
	write_file(file, value, strlen(value));
}

static void join(const char *group)
{
	char path[128], pid[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	snprintf(pid, sizeof(pid), "%d", getpid());
	put(path, pid);
}

static long long number(const char *file, const char *key)
{
	char *text = slurp(file), *at;
	char line[32];
	long long n = -1;

	snprintf(line, sizeof(line), "%s ", key);
	at = strstr(text, line);
	if (CHECK(at))
		n = atoll(at + strlen(line));
	free(text);
	return n;
}

/* Of pressure stall information, in microseconds. */
static long long stalled(const char *file)
{
	char *text = slurp(file), *at = strstr(text, "total=");
	long long us = at ? atoll(at + strlen("total=")) : -1;

	free(text);
	return us;
}

/* ---- members --------------------------------------------------------------- */

/* It stands still in the hop, and goes on when it is told. */
static void counter(void *arg)
{
	join(TOP "/frozen");
	gate_post(&ready, 1);
	for (;;)
		__atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
}

/* Has all that its group may have; a limit is for who wants more. */
static void full_member(void *arg)
{
	char *mem = MUST(mmap(NULL, FULL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0));

	join(TOP "/full");
	fill(mem, FULL, 5);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK(filled(mem, FULL, 5));
	gate_post(&done, 1);
	gate_take(&go, 1);
	/* No more than that: it is killed. */
	MUST(munmap(mem, FULL));
	mem = MUST(mmap(NULL, 3 * FULL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0));
	fill(mem, 3 * FULL, 6);
	_exit(0);
}

/* Itself and one more. */
static void few_members(void *arg)
{
	pid_t pid;

	join(TOP "/few");
	pid = MUST(fork());
	if (!pid) {
		pause();
		_exit(0);
	}
	CHECK_ERR(fork(), EAGAIN);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_ERR(fork(), EAGAIN);
	MUST(kill(pid, SIGKILL));
	MUST(waitpid(pid, NULL, 0));
	pid = MUST(fork());
	if (!pid)
		_exit(0);
	MUST(waitpid(pid, NULL, 0));
}

static void *thread(void *arg)
{
	char tid[16];

	snprintf(tid, sizeof(tid), "%d", hop_gettid());
	put(arg, tid);
	gate_post(&ready, 1);
	pause();
	return NULL;
}

static void with_threads(void *arg)
{
	static char one[] = TOP "/threads/one/cgroup.threads";
	static char two[] = TOP "/threads/two/cgroup.threads";
	pthread_t t;

	join(TOP "/threads");
	MUST0(pthread_create(&t, NULL, thread, one));
	MUST0(pthread_create(&t, NULL, thread, two));
	gate_post(&ready, 1);
	pause();
}

/* ---- the groups -------------------------------------------------------------- */

static void make(void)
{
	size_t i;

	MUST(mkdir("cg", 0755));
	MUST(mount("none", "cg", "cgroup2", 0, "memory_recursiveprot"));
	put("cg/cgroup.subtree_control", "+cpu +cpuset +memory +pids +hugetlb");
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		MUST(mkdir(groups[i], 0755));
		if (!i)
			put(TOP "/cgroup.subtree_control", "+cpu +cpuset +memory +pids +hugetlb");
	}
	put(TOP "/few/pids.max", "2");
	put(TOP "/full/memory.max", "33554432");
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (settings[i].value)
			put(settings[i].file, settings[i].value);
	MUST(chown(TOP "/empty", 1001, 1002));
	MUST(chmod(TOP "/empty", 0710));
	MUST(chown(TOP "/empty/cgroup.procs", 1001, 1002));
	MUST(setxattr(TOP "/empty", "trusted.orthros", "one", 3, 0));
	MUST(setxattr(TOP "/empty", "user.orthros", "two", 3, 0));
	MUST(setxattr(TOP "/empty/cgroup.procs", "user.file", "three", 5, 0));
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Members are in no order. */
static char *text_of(const char *file)
{
	char *text = slurp(file), *at = text;
	int pids[64], nr = 0, i;

	if (!strstr(file, "cgroup.procs") && !strstr(file, "cgroup.threads"))
		return text;
	for (; *at && nr < 64; at += strcspn(at, "\n"), at += !!*at)
		pids[nr++] = atoi(at);
	qsort(pids, nr, sizeof(*pids), by_number);
	for (at = text, i = 0; i < nr; i++)
		at += sprintf(at, "%d\n", pids[i]);
	return text;
}

static void check_xattr(const char *path, const char *name, const char *want)
{
	char value[16] = "";

	MUST(getxattr(path, name, value, sizeof(value) - 1));
	CHECK_STR(value, want);
}

static void check_tree(void)
{
	unsigned int nr = 0;
	struct dirent *d;
	struct stat st;
	size_t i;
	DIR *dir;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		MUST(stat(groups[i], &st));
		if (!CHECK_EQ(st.st_ino, seen[i].st_ino))
			printf("# %s\n", groups[i]);
		CHECK_EQ(st.st_mode, seen[i].st_mode);
		CHECK_EQ(st.st_uid, seen[i].st_uid);
		CHECK_EQ(st.st_gid, seen[i].st_gid);
		CHECK_EQ(st.st_nlink, seen[i].st_nlink);
	}
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		MUST(stat(files[i], &st));
		CHECK_EQ(st.st_mode, seen_files[i].st_mode);
		CHECK_EQ(st.st_uid, seen_files[i].st_uid);
		CHECK_EQ(st.st_gid, seen_files[i].st_gid);
		CHECK_EQ(st.st_dev, seen_files[i].st_dev);
	}
	dir = opendir(TOP);
	while ((d = readdir(dir)))
		nr += d->d_type == DT_DIR && d->d_name[0] != '.';
	closedir(dir);
	CHECK_EQ(nr, 9);
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		char *now = text_of(settings[i].file);

		if (!CHECK_STR(now, said[i]))
			printf("# %s\n", settings[i].file);
		free(now);
	}
	check_xattr(TOP "/empty", "trusted.orthros", "one");
	check_xattr(TOP "/empty", "user.orthros", "two");
	check_xattr(TOP "/empty/cgroup.procs", "user.file", "three");
	MUST(stat(TOP "/empty", &st));
	CHECK_EQ(st.st_mtim.tv_sec, seen[ARRAY_SIZE(groups) - 2].st_mtim.tv_sec);
	CHECK_EQ(st.st_ctim.tv_sec, seen[ARRAY_SIZE(groups) - 2].st_ctim.tv_sec);
}

/* New ones do not get what was given. */
static void check_new(void)
{
	struct stat st;
	size_t i;

	MUST(mkdir(TOP "/new", 0755));
	MUST(stat(TOP "/new", &st));
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		CHECK(st.st_ino > seen[i].st_ino);
	MUST(rmdir(TOP "/new"));
}

static bool has_news(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLPRI };

	return poll(&p, 1, 0) == 1 && p.revents & POLLPRI;
}

/* Reading takes note of it. */
static void take_news(int fd)
{
	char buf[128];

	MUST(lseek(fd, 0, SEEK_SET));
	CHECK(MUST(read(fd, buf, sizeof(buf))) > 0);
}

static void wait_news(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLPRI };

	CHECK_EQ(poll(&p, 1, 20000), 1);
}

static bool has_watch_event(int fd, int wait)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, wait) == 1;
}

static void check_counting(bool want)
{
	unsigned long before = __atomic_load_n(count, __ATOMIC_RELAXED);
	int i;

	for (i = 0; i < (want ? 200 : 20); i++) {
		if (__atomic_load_n(count, __ATOMIC_RELAXED) != before)
			break;
		usleep(10000);
	}
	CHECK_EQ(__atomic_load_n(count, __ATOMIC_RELAXED) != before, want);
}

int main(void)
{
	int memfd, events, unread, dir, procs, watch, status;
	pid_t pids[4];
	char *self, *now, *mem, name[32];
	struct stat st;
	long long usage, kills, psi, all_psi, peak;
	size_t i;

	gate_init(&ready);
	gate_init(&go);
	gate_init(&done);
	count = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	make();
	pids[0] = hop_child(few_members, NULL);
	pids[1] = hop_child(full_member, NULL);
	pids[2] = hop_child(counter, NULL);
	pids[3] = hop_child(with_threads, NULL);
	gate_take(&ready, 6);
	join(TOP "/room");
	memfd = MUST(memfd_create("room", 0));
	MUST(ftruncate(memfd, ROOM));
	mem = MUST(mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0));
	fill(mem, ROOM, 7);
	MUST(munmap(mem, ROOM));
	check_counting(true);
	events = MUST(open(TOP "/frozen/cgroup.events", O_RDONLY));
	put(TOP "/frozen/cgroup.freeze", "1");
	while (number(TOP "/frozen/cgroup.events", "frozen") != 1)
		usleep(1000);
	close(events);

	events = MUST(open(TOP "/few/cgroup.events", O_RDONLY));
	unread = MUST(open(TOP "/few/cgroup.events", O_RDONLY));
	dir = MUST(open(TOP "/set", O_RDONLY | O_DIRECTORY));
	procs = MUST(open(TOP "/empty/cgroup.procs", O_RDWR));
	/* The last of what is told at most once in 10 ms. */
	usleep(100000);
	take_news(events);
	CHECK(!has_news(events));
	CHECK(has_news(unread));
	watch = MUST(inotify_init1(IN_NONBLOCK));
	MUST(inotify_add_watch(watch, TOP "/few/cgroup.events", IN_MODIFY));
	MUST(inotify_add_watch(watch, TOP, IN_CREATE | IN_DELETE));

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		said[i] = text_of(settings[i].file);
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		MUST(stat(groups[i], &seen[i]));
	for (i = 0; i < ARRAY_SIZE(files); i++)
		MUST(stat(files[i], &seen_files[i]));
	MUST(fstat(events, &seen_files[2]));
	self = slurp("/proc/self/cgroup");
	usage = number(TOP "/frozen/cpu.stat", "usage_usec");
	CHECK(usage > 0);
	psi = stalled(TOP "/cpu.pressure");
	all_psi = stalled("/proc/pressure/cpu");
	now = slurp(TOP "/full/memory.peak");
	peak = atoll(now);
	kills = number(TOP "/full/memory.events", "oom_kill");

	hop();

	check_counting(false);
	check_tree();
	now = slurp("/proc/self/cgroup");
	CHECK_STR(now, self);
	MUST(fstat(events, &st));
	CHECK_EQ(st.st_ino, seen_files[2].st_ino);
	MUST(fstat(dir, &st));
	CHECK_EQ(st.st_ino, seen[1].st_ino);
	CHECK(number(TOP "/frozen/cpu.stat", "usage_usec") >= usage);
	CHECK(number(TOP "/frozen/cpu.stat", "usage_usec") < usage + 1000000);
	CHECK(number(TOP "/cpu.stat", "usage_usec") >= usage);
	CHECK(psi >= 0 && stalled(TOP "/cpu.pressure") >= psi);
	CHECK(all_psi >= 0 && stalled("/proc/pressure/cpu") >= all_psi);
	now = slurp(TOP "/full/memory.peak");
	CHECK(atoll(now) >= peak);
	now = slurp(TOP "/full/memory.current");
	CHECK(atoll(now) >= (long long)FULL);
	/* Of a file, to who wrote it. */
	CHECK(number(TOP "/room/memory.stat", "shmem") >= (long long)ROOM);
	mem = MUST(mmap(NULL, ROOM, PROT_READ, MAP_SHARED, memfd, 0));
	CHECK(filled(mem, ROOM, 7));
	MUST(munmap(mem, ROOM));
	check_new();

	/* Descriptors. */
	CHECK(!has_news(events));
	CHECK(has_news(unread));
	CHECK_EQ(openat(dir, "nowhere", O_RDONLY), -1);
	close(MUST(openat(dir, "pids.max", O_RDONLY)));
	snprintf(name, sizeof(name), "%d", getpid());
	CHECK_EQ(write(procs, name, strlen(name)), strlen(name));
	now = slurp("/proc/self/cgroup");
	CHECK_STR(now, "0::/orthros/empty\n");
	join(TOP "/room");
	CHECK(has_watch_event(watch, 0));
	while (has_watch_event(watch, 0)) {
		char buf[1024];

		MUST(read(watch, buf, sizeof(buf)));
	}

	/* What they are for. */
	gate_post(&go, 2);
	gate_take(&done, 1);
	hop_reap(pids[0]);
	wait_news(events);
	CHECK(has_watch_event(watch, 20000));
	CHECK_EQ(number(TOP "/few/cgroup.events", "populated"), 0);
	gate_post(&go, 1);
	MUST(waitpid(pids[1], &status, 0));
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(number(TOP "/full/memory.events", "oom_kill") > kills);
	put(TOP "/frozen/cgroup.freeze", "0");
	check_counting(true);
	MUST(kill(pids[2], SIGKILL));
	MUST(waitpid(pids[2], NULL, 0));
	MUST(kill(pids[3], SIGKILL));
	MUST(waitpid(pids[3], NULL, 0));

	join("cg");
	close(events);
	close(unread);
	close(dir);
	close(procs);
	for (i = ARRAY_SIZE(groups); i--; )
		if (rmdir(groups[i]))
			CHECK_ERR(0, errno);
	/* It stays mounted: other tests look at mounts. */
	return hop_status();
}
