// SPDX-License-Identifier: GPL-2.0
/*
 * Runs many tests over one hop.
 *
 *   hop_runner [OPTIONS] TEST...
 *
 * Every TEST is a program that prepares something, writes a byte to the
 * descriptor $HOP_READY_FD, reads a byte from $HOP_GO_FD and verifies.  When
 * all are ready the runner does the update (or nothing, with --no-hop), sees
 * that it runs on another kernel now, and lets them go.  Each test is one
 * KTAP result; result 1 is the hop itself. With --crash it is no update that makes it,
 * but a failure of the kernel.
 *
 * A TEST after --late, which has to be one of them, is started when all others
 * are ready: what it prepares does not last for long.
 */
#include <dirent.h>
#include <getopt.h>
#include <linux/loop.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/utsname.h>

#include "hop_lost.h"
#include "hop_test.h"
#include "orthros_ctl.h"

struct test {
	const char *path;
	const char *name;
	char *dir;		/* its working directory */
	char *log;		/* its output */
	pid_t pid;
	int ready;		/* read end */
	int go;			/* write end */
	bool is_ready;
	bool ended;
	bool timed_out;
	int status;
};

static struct test *tests;
static int nr_tests;
static const char *allow_skip[32];
static int nr_allow_skip;
/* What takes longer to prepare is told: it should not. */
#define SLOW	(15 * NSEC)

static const char *late[32];
static int nr_late;

static void start(struct test *t, const char *top)
{
	int ready[2], go[2], fd;
	char num[16];

	t->name = strrchr(t->path, '/') ? strrchr(t->path, '/') + 1 : t->path;
	MUST(asprintf(&t->dir, "%s/%s", top, t->name));
	MUST(asprintf(&t->log, "%s/%s.log", top, t->name));
	MUST(mkdir(t->dir, 0755));
	MUST(pipe2(ready, O_CLOEXEC));
	MUST(pipe2(go, O_CLOEXEC));
	t->pid = MUST(fork());
	if (!t->pid) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		setpgid(0, 0);
		fd = MUST(open(t->log, O_WRONLY | O_CREAT | O_APPEND, 0644));
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		close(fd);
		fd = MUST(open("/dev/null", O_RDONLY));
		dup2(fd, STDIN_FILENO);
		close(fd);
		MUST(chdir(t->dir));
		/* Shells know the descriptors 3 to 9 only. */
		ready[1] = MUST(fcntl(ready[1], F_DUPFD, 100));
		go[0] = MUST(fcntl(go[0], F_DUPFD, 100));
		MUST(dup2(ready[1], 8));
		MUST(dup2(go[0], 9));
		close(ready[1]);
		close(go[0]);
		snprintf(num, sizeof(num), "%d", 8);
		setenv("HOP_READY_FD", num, 1);
		snprintf(num, sizeof(num), "%d", 9);
		setenv("HOP_GO_FD", num, 1);
		execl(t->path, t->name, (char *)NULL);
		hop_die(__FILE__, __LINE__, t->path, errno);
	}
	close(ready[1]);
	close(go[0]);
	t->ready = ready[0];
	t->go = go[1];
}

/* Takes in every child that has ended so far. */
static void reap(void)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < nr_tests; i++) {
			if (tests[i].pid == pid) {
				tests[i].ended = true;
				tests[i].status = status;
			}
		}
	}
}

static bool all_ready(void)
{
	int i;

	for (i = 0; i < nr_tests; i++)
		if (tests[i].pid && !tests[i].is_ready && !tests[i].ended)
			return false;
	return true;
}

static bool all_ended(void)
{
	int i;

	for (i = 0; i < nr_tests; i++)
		if (!tests[i].ended)
			return false;
	return true;
}

static int ms_left(long long end)
{
	long long left = end - now_ns(CLOCK_MONOTONIC);

	return left > 0 ? left / 1000000 + 1 : 0;
}

static void wait_ready(long long end)
{
	const long long begin = now_ns(CLOCK_MONOTONIC);
	struct pollfd *fds = calloc(nr_tests, sizeof(*fds));
	char byte;
	int i;

	while (!all_ready() && ms_left(end)) {
		for (i = 0; i < nr_tests; i++) {
			fds[i].fd = !tests[i].pid || tests[i].is_ready || tests[i].ended ?
				-1 : tests[i].ready;
			fds[i].events = POLLIN;
		}
		poll(fds, nr_tests, ms_left(end));
		for (i = 0; i < nr_tests; i++) {
			if (fds[i].fd < 0 || !fds[i].revents)
				continue;
			if (read(tests[i].ready, &byte, 1) == 1) {
				tests[i].is_ready = true;
				if (now_ns(CLOCK_MONOTONIC) - begin > SLOW)
					printf("# %s was ready after %lld ms\n", tests[i].name,
					       (now_ns(CLOCK_MONOTONIC) - begin) / 1000000);
			} else {
				/* It ended, early or to be skipped. */
				waitpid(tests[i].pid, &tests[i].status, 0);
				tests[i].ended = true;
			}
		}
	}
	free(fds);
}

/* SIGCHLD is blocked, so that none is lost between the look and the wait. */
static void wait_ended(const sigset_t *chld, long long end)
{
	reap();
	while (!all_ended() && ms_left(end)) {
		int ms = ms_left(end);
		struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

		sigtimedwait(chld, NULL, &ts);
		reap();
	}
}

/* Where the threads of a test that hangs are: for the log. */
static void show_hung(pid_t group)
{
	DIR *proc = opendir("/proc");
	struct dirent *de;

	while (proc && (de = readdir(proc))) {
		pid_t pid = atoi(de->d_name);
		char path[64], text[256], comm[64];
		FILE *file;

		if (pid <= 0 || getpgid(pid) != group)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (!fgets(comm, sizeof(comm), file))
			comm[0] = '\0';
		fclose(file);
		comm[strcspn(comm, "\n")] = '\0';
		snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (!fgets(text, sizeof(text), file))
			text[0] = '\0';
		fclose(file);
		printf("# hung: pid %d (%s): %s\n", pid, comm,
		       strtok(text, "\n") ?: "?");
	}
	if (proc)
		closedir(proc);
}

static void kill_rest(void)
{
	int i;

	for (i = 0; i < nr_tests; i++) {
		struct test *t = &tests[i];

		if (t->ended)
			continue;
		show_hung(t->pid);
		t->timed_out = true;
		kill(-t->pid, SIGKILL);
		kill(t->pid, SIGKILL);
		waitpid(t->pid, &t->status, 0);
		t->ended = true;
	}
}

static bool release_ok(const char *before, const char *expect)
{
	struct utsname now;

	uname(&now);
	printf("# was %s, is %s\n", before, now.release);
	if (expect)
		return !strncmp(now.release, expect, strlen(expect));
	return strcmp(now.release, before);
}

static bool do_hop(const char *expect)
{
	struct utsname before;
	long long began;
	int err;

	uname(&before);
	ctl_diag("check");
	began = now_ns(CLOCK_MONOTONIC);
	err = ctl_write("update", "1");
	if (err) {
		printf("# update: %s\n", strerror(-err));
		ctl_diag("last_error");
		return false;
	}
	printf("# update took %lld ms\n",
	       (now_ns(CLOCK_MONOTONIC) - began) / 1000000);
	return release_ok(before.release, expect);
}

/**
 * struct failure - how a kernel fails
 * @name:	of it
 * @fault:	of LKDTM, or NULL: a panic by sysrq
 * @times:	so often it is asked for
 * @setting:	of the monitor, or NULL
 * @value:	of that
 * @why:	what the other kernel says of it
 * @goes_on:	it ends before the kernel does
 */
static const struct failure {
	const char *name;
	const char *fault;
	int times;
	const char *setting;
	const char *value;
	const char *why;
	bool goes_on;
} failures[] = {
	{ "panic", NULL, 1, NULL, NULL, "sysrq triggered crash" },
	{ "bug", "BUG", 1, NULL, NULL, "Fatal exception" },
	{ "lockup", "HARDLOCKUP", 1, NULL, NULL, "CPU " },
	{ "softlockup", "SOFTLOCKUP", 1, "monitor/softlockup/threshold", "2000", "CPU " },
	{ "spinlock", "SPINLOCKUP", 2, "monitor/spinlock/threshold", "1000", "CPU " },
	/* The kernel has survived it. */
	{ "oops", "EXCEPTION", 1, "monitor/oops/action", "takeover", "1 oopses since", true },
};

static const struct failure *failure_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(failures); i++)
		if (!strcmp(failures[i].name, name))
			return &failures[i];
	return NULL;
}

static unsigned long times_told(void)
{
	char text[64] = "";

	ctl_read("stats/told", text, sizeof(text));
	return strtoul(text, NULL, 10);
}

static bool wait_told(unsigned long before)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	long long end = now_ns(CLOCK_MONOTONIC) + 20 * NSEC;

	char text[64] = "";

	while (times_told() == before && now_ns(CLOCK_MONOTONIC) < end)
		nanosleep(&nap, NULL);
	if (times_told() > before)
		return true;
	ctl_read("stats/told_ns", text, sizeof(text));
	printf("# the last time it was told for %s ns\n", text);
	return false;
}

static void fail(const struct failure *f)
{
	int i;

	if (!f->fault)
		write_file("/proc/sysrq-trigger", "c", 1);
	for (i = 0; f->fault && i < f->times; i++)
		ctl_provoke(f->fault);
}

/* The processes have seen the end of their kernel's failure, but not yet that of it. */
static void wait_takeover(const char *before)
{
	struct timespec nap = { .tv_nsec = 10 * 1000 * 1000 };
	long long end = now_ns(CLOCK_MONOTONIC) + 30 * NSEC;
	struct utsname now;

	do {
		nanosleep(&nap, NULL);
		uname(&now);
	} while (!strcmp(now.release, before) && now_ns(CLOCK_MONOTONIC) < end);
}

/* Something that would be refused, had anybody asked. */
static void make_refused(void)
{
	int loop = MUST(open("/dev/loop6", O_RDWR));
	int fd = MUST(open("loop_file", O_RDWR | O_CREAT | O_TRUNC, 0600));

	MUST(ftruncate(fd, 65536));
	MUST(ioctl(loop, LOOP_SET_FD, fd));
	close(fd);
	close(loop);
	unlink("loop_file");
}

static bool log_names(const char *what)
{
	static char log[1 << 20];
	int len = klogctl(3 /* SYSLOG_ACTION_READ_ALL */, log, sizeof(log) - 1);

	return len > 0 && strstr(log, what);
}

/* The kernel fails on behalf of a child; the other one takes over, and the child was killed. */
static bool do_crash(const char *expect, const struct failure *f)
{
	struct utsname before;
	unsigned long told;
	char text[256];
	int status;
	pid_t pid;

	uname(&before);
	ctl_diag("check");
	if (f->setting)
		CHECK_EQ(ctl_write(f->setting, f->value), 0);
	if (f->goes_on)
		write_file("/proc/sys/kernel/panic_on_oops", "0", 1);
	/*
	 * The other kernel is told of it, and with it of all that tests have changed; of
	 * the first of these perhaps too late.
	 */
	MUST(mkdir("told", 0700));
	told = times_told();
	MUST(mount("told", "told", "tmpfs", 0, NULL));
	CHECK(wait_told(told));
	told = times_told();
	MUST(umount("told"));
	CHECK(wait_told(told));
	MUST(rmdir("told"));
	make_refused();
	lost_make();
	pid = MUST(fork());
	if (!pid) {
		fail(f);
		_exit(1);
	}
	MUST(waitpid(pid, &status, 0));
	if (!CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
		printf("# its status is %#x\n", status);
	if (f->goes_on)
		wait_takeover(before.release);
	CHECK(ctl_read("failure", text, sizeof(text)) >= 0);
	printf("# failure: %s\n", text);
	CHECK(!strncmp(text, f->why, strlen(f->why)));
	CHECK(log_names("lost: 0 : loop device loop6: has a file"));
	CHECK(log_names(": hung-up terminal ttyS3"));
	lost_check();
	/* What was set is set. */
	if (f->setting) {
		CHECK_EQ(ctl_read(f->setting, text, sizeof(text)), 0);
		CHECK_STR(text, f->value);
	}
	/* It waits for the end of what is done in the background. */
	ctl_write("update", "1");
	return release_ok(before.release, expect) && !hop_status();
}

static bool is_in(const char *const *names, int nr, const char *name)
{
	int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void report(struct test *t, bool began, bool hopped)
{
	FILE *log = fopen(t->log, "r");
	const char *detail = "";
	char line[1024];
	bool ok = false;

	while (log && fgets(line, sizeof(line), log))
		printf("%s%s", line[0] == '#' ? "" : "# ", line);
	if (log)
		fclose(log);
	if (t->timed_out) {
		printf("# %s: timed out %s\n", t->name,
		       !t->is_ready ? "in its preparation" :
		       began ? "after the hop" : "as another was not ready");
	} else if (WIFSIGNALED(t->status)) {
		printf("# %s: killed by %s\n", t->name,
		       strsignal(WTERMSIG(t->status)));
	} else if (WEXITSTATUS(t->status) == HOP_SKIP) {
		ok = is_in(allow_skip, nr_allow_skip, t->name);
		if (ok)
			detail = " # SKIP";
		else
			printf("# %s: may not be skipped\n", t->name);
	} else if (!t->is_ready) {
		printf("# %s: ended before the hop\n", t->name);
	} else {
		ok = hopped && !WEXITSTATUS(t->status);
	}
	ktap_result(ok, t->name, detail);
}

static void usage(void)
{
	fputs("Usage: hop_runner [--no-hop | --crash HOW] [--expect RELEASE] [--timeout S]\n"
	      "                  [--dir DIR] [--allow-skip TEST]... [--late TEST]... TEST...\n",
	      stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "no-hop", no_argument, NULL, 'n' },
		{ "crash", required_argument, NULL, 'c' },
		{ "expect", required_argument, NULL, 'e' },
		{ "timeout", required_argument, NULL, 't' },
		{ "dir", required_argument, NULL, 'd' },
		{ "allow-skip", required_argument, NULL, 's' },
		{ "late", required_argument, NULL, 'l' },
		{ }
	};
	const char *expect = NULL, *dir = "/tmp";
	const struct failure *crash = NULL;
	bool no_hop = false, began = true, hopped;
	int timeout = 300, opt, i;
	char top[256], *cwd;
	sigset_t chld;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (opt) {
		case 'n':
			no_hop = true;
			break;
		case 'c':
			crash = failure_of(optarg);
			if (!crash)
				usage();
			break;
		case 'e':
			expect = optarg;
			break;
		case 't':
			timeout = atoi(optarg);
			break;
		case 'd':
			dir = optarg;
			break;
		case 's':
			if (nr_allow_skip == ARRAY_SIZE(allow_skip))
				usage();
			allow_skip[nr_allow_skip++] = optarg;
			break;
		case 'l':
			if (nr_late == ARRAY_SIZE(late))
				usage();
			late[nr_late++] = optarg;
			break;
		default:
			usage();
		}
	}
	nr_tests = argc - optind;
	if (!nr_tests)
		usage();

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	signal(SIGPIPE, SIG_IGN);
	mkdir(dir, 01777);
	snprintf(top, sizeof(top), "%s/hop.XXXXXX", dir);
	if (!mkdtemp(top))
		hop_die(__FILE__, __LINE__, top, errno);

	ktap_plan(nr_tests + 1);
	if (crash && ctl_write("protect", "1")) {
		ctl_diag("last_error");
		hop_die(__FILE__, __LINE__, "protect", errno);
	}
	cwd = getcwd(NULL, 0);
	tests = calloc(nr_tests, sizeof(*tests));
	for (i = 0; i < nr_tests; i++) {
		const char *path = argv[optind + i];

		/* The test changes its directory before it is executed. */
		if (path[0] != '/')
			MUST(asprintf((char **)&tests[i].path, "%s/%s", cwd, path));
		else
			tests[i].path = path;
		if (!is_in(late, nr_late, path))
			start(&tests[i], top);
	}
	wait_ready(now_ns(CLOCK_MONOTONIC) + timeout * NSEC);
	for (i = 0; i < nr_tests; i++)
		if (!tests[i].pid)
			start(&tests[i], top);
	wait_ready(now_ns(CLOCK_MONOTONIC) + timeout * NSEC);

	/* What is not ready by now would only blur the others' result. */
	for (i = 0; i < nr_tests; i++) {
		if (!tests[i].is_ready && !tests[i].ended) {
			printf("# %s is not ready\n", tests[i].name);
			began = false;
			kill_rest();
			break;
		}
	}

	hopped = no_hop || (crash ? do_crash(expect, crash) : do_hop(expect));
	ktap_result(hopped, "hop", "");
	/* Who was killed does not read it. */
	for (i = 0; i < nr_tests; i++)
		if (!tests[i].ended && tests[i].is_ready && write(tests[i].go, "", 1) != 1)
			printf("# %s does not wait any more\n", tests[i].name);
	wait_ended(&chld, now_ns(CLOCK_MONOTONIC) + timeout * NSEC);
	kill_rest();
	for (i = 0; i < nr_tests; i++)
		report(&tests[i], began, hopped);
	return ktap_end();
}
