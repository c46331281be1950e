// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing is lost before the commit point: a failure is injected at each step
 * of a hop; every time the update returns an error, last_error names the
 * step, the processes go on unharmed on the kernel where they were, and at
 * the end an update works. The same if the second kernel dies at a step, by a
 * panic or an oops, for want of memory, because it stands still, with one or all
 * of its CPUs locked up, or when it is about to let this kernel go on. There a
 * disk cannot be made writable: last_error names it, and who writes to it is
 * told, until it is mounted anew.
 *
 *   hop_abort [--no-hop] [--all] [--expect RELEASE] [STEP...]
 *
 * Without a STEP ("read", "read-hang") a selection of the ways to die at each; with
 * --all each way at each, or at the STEPs.
 */
#include <getopt.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "hop_test.h"
#include "orthros_ctl.h"

/* The steps' numbers, from the kernels' own header. */
#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#include <linux/orthros/abi/handoff.h>

/* How long the second kernel may take to boot again. */
#define RESPAWN_SECONDS	120

static const struct point {
	int nr;
	const char *name;
	/* How the second kernel dies there in a selection. */
	const char *ways;
	/* The point before it that everybody waits for, if it is made beside others. */
	int after;
} points[] = {
	{ ORTHROS_TS_CHECKED, "checked" },
	{ ORTHROS_TS_FROZEN, "frozen" },
	{ ORTHROS_TS_QUIESCED, "quiesced" },
	{ ORTHROS_TS_PARKED, "parked", "panic" },
	{ ORTHROS_TS_FENCED, "fenced", "panic lockup" },
	{ ORTHROS_TS_READ, "read", "panic hang" },
	{ ORTHROS_TS_FS, "fs", "oops" },
	{ ORTHROS_TS_NET, "net", "stall", ORTHROS_TS_READ },
	{ ORTHROS_TS_BUILT, "built", "memory panic" },
	{ ORTHROS_TS_PROBED, "probed", "oops", ORTHROS_TS_BUILT },
	{ ORTHROS_TS_VERIFIED, "verified", "panic lockup back" },
};

static const struct way {
	const char *name;
	/* What last_error must tell, one of them. */
	const char *why[2];
} ways[] = {
	{ "", { "failure injected at step" } },
	{ "panic", { "failure injected at step" } },
	{ "oops", { "Fatal exception" } },
	{ "hang", { "the hop stands still" } },
	{ "memory", { "no memory is left" } },
	{ "lockup", { "stood still" } },
	/* The first if it was not the CPU that looks. */
	{ "stall", { "the hop stands still", "stood still" } },
	{ "back", { "failure injected at step" } },
};

static struct step {
	const struct point *point;
	const struct way *way;
	char name[32];
} steps[ARRAY_SIZE(points) * ARRAY_SIZE(ways)];
static size_t nr_steps;

static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	const char *at = words;

	while (at && (at = strstr(at, word))) {
		if ((at == words || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
		at += len;
	}
	return false;
}

static bool named(const char *name, char **names)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

/* A selection, all, or those that are named, a point or one of its ways. */
static void choose(bool all, char **names)
{
	struct step *s = steps;
	size_t p, w;
	bool asked;

	for (p = 0; p < ARRAY_SIZE(points); p++) {
		for (w = 0; w < ARRAY_SIZE(ways); w++) {
			/* The second kernel is at work. */
			if (w && !points[p].ways)
				continue;
			s->point = &points[p];
			s->way = &ways[w];
			snprintf(s->name, sizeof(s->name), "%s%s%s", points[p].name,
				 w ? "-" : "", ways[w].name);
			if (*names)
				asked = named(s->name, names) ||
					(all && named(points[p].name, names));
			else
				asked = all || !w || has_word(points[p].ways, ways[w].name);
			if (asked)
				s++;
		}
	}
	nr_steps = s - steps;
}

/* ---- the bystander: a process that must not notice anything ----------- */

static struct gate ask, answer;

static bool checksum(struct looper *l)
{
	static unsigned char mem[4 * MIB];
	static uint64_t seed;

	setpriority(PRIO_PROCESS, hop_gettid(), 5);
	if (seed && !CHECK(filled(mem, sizeof(mem), seed)))
		return false;
	fill(mem, sizeof(mem), ++seed);
	return CHECK(filled(mem, sizeof(mem), seed));
}

/* When all went on last, and when that was looked at last. */
static long long thawed, looked;

static bool clocks(struct looper *l)
{
	static const clockid_t ids[] = {
		CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME,
	};
	static long long last[ARRAY_SIZE(ids)];
	struct timespec nap = { .tv_nsec = 1000000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		long long now = now_ns(ids[i]);

		/* All have stood still until now. */
		if (!i && last[i] && now - last[i] > NSEC / 10)
			__atomic_store_n(&thawed, now, __ATOMIC_RELAXED);
		if (!i)
			__atomic_store_n(&looked, now, __ATOMIC_RELEASE);
		if (!CHECK(now >= last[i]) ||
		    (last[i] && !CHECK(now - last[i] < HOP_MAX_JUMP)))
			return false;
		last[i] = now;
	}
	return CHECK_EQ(syscall(SYS_nanosleep, &nap, NULL), 0);
}

static bool ping_pong(struct looper *l)
{
	static unsigned long round;
	static int fd[2] = { -1, -1 };
	unsigned long got = 0;

	if (fd[0] < 0)
		MUST(pipe(fd));
	round++;
	return CHECK_EQ(write(fd[1], &round, sizeof(round)), sizeof(round)) &&
		CHECK_EQ(read(fd[0], &got, sizeof(got)), sizeof(got)) &&
		CHECK_EQ(got, round);
}

static bool forks(struct looper *l)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(5);
	return CHECK(pid > 0) && CHECK_EQ(waitpid(pid, &status, 0), pid) &&
		CHECK_EQ(status, 5 << 8);
}

static void *drain(void *arg)
{
	int fd = (long)arg;
	char buf[PAGE];

	while (read(fd, buf, sizeof(buf)) > 0)
		usleep(1000);
	return NULL;
}

/* In the middle of it most of the time, and it has moved a part then. */
static bool whole(struct looper *l)
{
	static char mem[60 * PAGE];
	static int fd[2] = { -1, -1 };
	pthread_t t;

	if (fd[0] < 0) {
		MUST(pipe(fd));
		MUST0(pthread_create(&t, NULL, drain, (void *)(long)fd[0]));
	}
	return CHECK_EQ(write(fd[1], mem, sizeof(mem)), sizeof(mem));
}

/* What has passed of a timeout when the hop comes does not come back. */
static bool on_time(long (*wait)(void), int err)
{
	long long began = now_ns(CLOCK_MONOTONIC), ended, due = began + 4 * NSEC, thaw;

	if (!CHECK_EQ(wait(), -1) || !CHECK_EQ(errno, err))
		return false;
	ended = now_ns(CLOCK_MONOTONIC);
	/* The clock's thread may come later, or have failed. */
	while (__atomic_load_n(&looked, __ATOMIC_ACQUIRE) < ended &&
	       now_ns(CLOCK_MONOTONIC) < ended + 10 * NSEC)
		usleep(1000);
	thaw = __atomic_load_n(&thawed, __ATOMIC_RELAXED);
	if (CHECK(ended <= (thaw > due ? thaw : due) + 3 * NSEC))
		return true;
	printf("# %lld ms of 4000, thawed after %lld\n", (ended - began) / 1000000,
	       (thaw - began) / 1000000);
	return false;
}

static long wait_signal(void)
{
	struct timespec ts = { .tv_sec = 4 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return syscall(SYS_rt_sigtimedwait, &set, NULL, &ts, 8);
}

static long wait_message(void)
{
	struct timeval tv = { .tv_sec = 4 };
	static int fd[2] = { -1, -1 };
	char c;

	if (fd[0] < 0) {
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
		MUST(setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	}
	return recv(fd[0], &c, 1, 0);
}

static bool signal_on_time(struct looper *l)
{
	return on_time(wait_signal, EAGAIN);
}

static bool message_on_time(struct looper *l)
{
	return on_time(wait_message, EAGAIN);
}

/* A file on a disk, if there is one: written, renamed, read back. */
static bool on_disk(struct looper *l)
{
	static unsigned char mem[256 * 1024];
	static unsigned long round;
	bool xfs = round & 1;
	ssize_t n;
	int fd;

	fd = open(xfs ? "/xfs/new" : "/disk/new", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return CHECK(errno == ENOENT || errno == EROFS) && !usleep(10000);
	fill(mem, sizeof(mem), ++round);
	n = write(fd, mem, sizeof(mem));
	if (n == sizeof(mem) && round % 4 == 0)
		n = fsync(fd) ?: n;
	if (n == sizeof(mem))
		n = (xfs ? rename("/xfs/new", "/xfs/file") :
			   rename("/disk/new", "/disk/file")) ?: n;
	if (n < 0 && errno == EROFS) {
		close(fd);
		return true;
	}
	CHECK_EQ(n, sizeof(mem));
	memset(mem, 0, sizeof(mem));
	CHECK_EQ(pread(fd, mem, sizeof(mem), 0), sizeof(mem));
	close(fd);
	return CHECK(filled(mem, sizeof(mem), round));
}

static void bystander(void *arg)
{
	struct looper loops[] = {
		{ .name = "checksum", .once = checksum },
		{ .name = "clocks", .once = clocks },
		{ .name = "ping_pong", .once = ping_pong },
		{ .name = "forks", .once = forks },
		{ .name = "on_disk", .once = on_disk },
		{ .name = "whole", .once = whole },
		{ .name = "signal_on_time", .once = signal_on_time },
		{ .name = "message_on_time", .once = message_on_time },
	};
	long questions = (long)arg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(loops); i++)
		looper_start(&loops[i]);
	/* Sits in this read while each hop begins and fails. */
	while (questions--) {
		gate_take(&ask, 1);
		gate_post(&answer, 1);
	}
	for (i = 0; i < ARRAY_SIZE(loops); i++)
		looper_stop(&loops[i]);
}

/* ---- the hops --------------------------------------------------------- */

static bool no_hop;

/* Does last_error tell of a death after a point that is not before this one? */
static bool reached(const char *text, int nr)
{
	const char *at = strstr(text, "after step ");

	return at && atoi(at + strlen("after step ")) >= nr;
}

static bool fails_at(const struct step *step)
{
	const struct point *point = step->point;
	const struct way *way = step->way;
	char text[512], nr[32], where[64];
	struct utsname before, after;
	bool ok = true;
	int err;

	if (no_hop)
		return true;
	uname(&before);
	snprintf(nr, sizeof(nr), "%d %s", point->nr, way->name);
	err = ctl_write("fail_step", nr);
	if (err) {
		printf("# fail_step: %s\n", strerror(-err));
		return false;
	}
	err = ctl_write("update", "1");
	uname(&after);
	ctl_read("last_error", text, sizeof(text));
	printf("# %s: %s: %s\n", step->name, strerror(-err), text);
	if (!err || strcmp(before.release, after.release)) {
		printf("# the update worked\n");
		ok = false;
	}
	if (!strstr(text, way->why[0]) && !(way->why[1] && strstr(text, way->why[1]))) {
		printf("# last_error does not tell why\n");
		ok = false;
	}
	/* What dies beside others names itself, or how far they were. */
	snprintf(nr, sizeof(nr), "step %d", point->nr);
	snprintf(where, sizeof(where), "%s, %s", nr, point->name);
	if (!strstr(text, where) &&
	    !(point->after && (strstr(text, nr) || reached(text, point->after)))) {
		printf("# last_error does not tell where\n");
		ok = false;
	}
	if (!ctl_wait_ready(RESPAWN_SECONDS)) {
		printf("# the second kernel does not get ready again\n");
		ctl_diag("state");
		ok = false;
	}
	return ok;
}

/*
 * Processes begin and end while the second kernel looks at them: what is seen in
 * the middle of that is nothing that cannot be carried.
 */
static bool checks(void)
{
	char text[512];
	int i;

	for (i = 0; !no_hop && i < 100; i++) {
		ctl_read("check", text, sizeof(text));
		if (*text) {
			printf("# check %d: %s\n", i, text);
			return false;
		}
	}
	return true;
}

/* Somebody was just deleting a file: ext4 wants to be mounted anew then. */
static bool has_orphans(void)
{
	static char log[1 << 20];
	int len = klogctl(3 /* SYSLOG_ACTION_READ_ALL */, log, sizeof(log) - 1);

	return len > 0 && strstr(log, "unprocessed orphan inode list");
}

/* The hop came to pass, and one disk is not what it was. */
static bool disk_failed(void)
{
	char text[512];
	int fd;

	ctl_read("last_error", text, sizeof(text));
	if (!CHECK(strstr(text, "ext4 on vda stays read-only")))
		printf("# last_error: %s\n", text);
	CHECK_ERR(open("/disk/other", O_CREAT | O_WRONLY, 0600), EROFS);
	CHECK_STR(slurp("/disk/kept"), "kept\n");
	if (mount(NULL, "/disk", NULL, MS_REMOUNT, NULL))
		return CHECK_EQ(errno, EINVAL) && CHECK(has_orphans()) &&
		       hop_status() == HOP_PASS;
	fd = open("/disk/other", O_CREAT | O_WRONLY, 0600);
	CHECK(fd >= 0);
	close(fd);
	return hop_status() == HOP_PASS;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "no-hop", no_argument, NULL, 'n' },
		{ "all", no_argument, NULL, 'a' },
		{ "expect", required_argument, NULL, 'e' },
		{ }
	};
	struct utsname before, after;
	const char *expect = "";
	bool ok, on, all = false;
	int opt, err, status;
	char nr_text[16];
	pid_t pid;
	size_t i;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'n')
			no_hop = true;
		else if (opt == 'a')
			all = true;
		else if (opt == 'e')
			expect = optarg;
		else
			return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	choose(all, argv + optind);
	if (!nr_steps && optind < argc)
		return 2;
	ktap_plan(nr_steps + 4);
	gate_init(&ask);
	gate_init(&answer);
	pid = hop_child(bystander, (void *)(long)(nr_steps + 1));
	ktap_result(checks(), "checks", "");

	for (i = 0; i < nr_steps; i++) {
		ok = fails_at(&steps[i]);
		gate_post(&ask, 1);
		gate_take(&answer, 1);
		ktap_result(ok, steps[i].name, "");
	}

	on = !no_hop && !access("/disk/kept", F_OK);
	if (on) {
		snprintf(nr_text, sizeof(nr_text), "%d", ORTHROS_TS_COMMIT);
		MUST(ctl_write("fail_step", nr_text));
	}
	uname(&before);
	err = no_hop ? 0 : ctl_write("update", "1");
	uname(&after);
	if (err) {
		printf("# update: %s\n", strerror(-err));
		ctl_diag("last_error");
	}
	ktap_result(no_hop || (!err && strcmp(before.release, after.release) &&
			       !strncmp(after.release, expect, strlen(expect))),
		    "hop", "");
	ok = !on || disk_failed();
	ktap_result(ok, "disk", on ? "" : " # SKIP");
	gate_post(&ask, 1);
	gate_take(&answer, 1);
	ok = waitpid(pid, &status, 0) == pid && !status;
	ktap_result(ok, "bystander", "");
	return ktap_end();
}
