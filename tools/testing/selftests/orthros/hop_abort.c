// SPDX-License-Identifier: GPL-2.0
/*
 * Nothing is lost before the commit point: a failure is injected at each step
 * of a hop; every time the update returns an error, last_error names the
 * step, the processes go on unharmed on the kernel where they were, and at
 * the end an update works. The same if the second kernel dies at a step, by a
 * panic or an oops, for want of memory, because it stands still, or with all its
 * CPUs locked up. There a
 * disk cannot be made writable: last_error names it, and who writes to it is
 * told, until it is mounted anew.
 *
 *   hop_abort [--no-hop] [--expect RELEASE] [STEP...]
 */
#include <getopt.h>
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

static const struct step {
	int nr;
	const char *name;
	/* How the second kernel dies of it, see fail_step. */
	const char *way;
	/* What last_error must tell if not the step. */
	const char *why;
} steps[] = {
	{ ORTHROS_TS_CHECKED, "checked" },
	{ ORTHROS_TS_FROZEN, "frozen" },
	{ ORTHROS_TS_QUIESCED, "quiesced" },
	{ ORTHROS_TS_PARKED, "parked" },
	{ ORTHROS_TS_FENCED, "fenced" },
	{ ORTHROS_TS_READ, "read" },
	{ ORTHROS_TS_FS, "fs" },
	{ ORTHROS_TS_BUILT, "built" },
	{ ORTHROS_TS_VERIFIED, "verified" },
	{ ORTHROS_TS_FENCED, "fenced-panic", "panic" },
	{ ORTHROS_TS_READ, "read-panic", "panic" },
	{ ORTHROS_TS_READ, "read-hang", "hang", "stands still" },
	{ ORTHROS_TS_FENCED, "fenced-lockup", "lockup", "stood still after step" },
	{ ORTHROS_TS_FS, "fs-oops", "oops", "Fatal exception" },
	{ ORTHROS_TS_BUILT, "built-memory", "memory", "no memory" },
	{ ORTHROS_TS_BUILT, "built-panic", "panic" },
	{ ORTHROS_TS_VERIFIED, "verified-panic", "panic" },
	{ ORTHROS_TS_VERIFIED, "verified-lockup", "lockup", "stood still after step" },
};

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

static long long thawed;

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
	/* The clock's thread may come later. */
	usleep(50000);
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

static bool fails_at(const struct step *step)
{
	struct utsname before, after;
	const char *why = step->why;
	char text[512], nr[16];
	bool ok = true;
	int err;

	if (no_hop)
		return true;
	uname(&before);
	snprintf(nr, sizeof(nr), "%d %s", step->nr, step->way ?: "");
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
	snprintf(nr, sizeof(nr), "step %d", step->nr);
	if (why ? !strstr(text, why) :
		  !strstr(text, nr) && !strcasestr(text, step->name)) {
		printf("# last_error does not tell why\n");
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

static bool wanted(const struct step *step, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, step->name))
			return true;
	return false;
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
	CHECK_EQ(mount(NULL, "/disk", NULL, MS_REMOUNT, NULL), 0);
	fd = open("/disk/other", O_CREAT | O_WRONLY, 0600);
	CHECK(fd >= 0);
	close(fd);
	return hop_status() == HOP_PASS;
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
	int opt, err, status, nr = 0;
	size_t i;
	char nr_text[16];
	pid_t pid;
	bool ok, on;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'n')
			no_hop = true;
		else if (opt == 'e')
			expect = optarg;
		else
			return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < ARRAY_SIZE(steps); i++)
		nr += wanted(&steps[i], argv + optind);
	ktap_plan(nr + 4);
	gate_init(&ask);
	gate_init(&answer);
	pid = hop_child(bystander, (void *)(long)(nr + 1));
	ktap_result(checks(), "checks", "");

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!wanted(&steps[i], argv + optind))
			continue;
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
