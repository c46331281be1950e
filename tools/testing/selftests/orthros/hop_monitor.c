// SPDX-License-Identifier: GPL-2.0
/*
 * What the monitor of a machine that is protected finds, and how that is told: files in
 * sysfs that poll() wakes up for, uevents, trace events. The faults are the kernel's own
 * (LKDTM); none of them is a reason for a takeover here. In between, nothing is found.
 *
 *   hop_monitor [--seconds N]	each measurement, and the look for what is not there
 *   hop_monitor --stress N	N seconds of a kernel that has much to do, in which there is
 *				nothing to be found
 *   hop_monitor --bench	how long it takes to find something, by interval; for
 *				tools/testing/orthros/bench-monitor
 */
#include <getopt.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "hop_test.h"
#include "orthros_ctl.h"

/*
 * A finding takes as long as its threshold, and some looks; text and read-only data have
 * many pages.
 */
#define SOON_MS		5000
#define SUMS_MS		60000
#define TRACEFS		"/sys/kernel/tracing"

static const char *const detectors[] = {
	"cpu", "spinlock", "softlockup", "stack_end", "oops", "warn", "taint", "hung_task",
	"wait_channel", "rcu_stall", "fork", "memory", "descriptors", "rodata", "block", "oom",
	"text", "task_list", "transmit",
};

static int uevents;

static char *attr(const char *detector, const char *file)
{
	static char path[128];

	snprintf(path, sizeof(path), "monitor/%s/%s", detector, file);
	return path;
}

static long count(const char *detector)
{
	char text[32];

	CHECK_EQ(ctl_read(attr(detector, "count"), text, sizeof(text)), 0);
	return atol(text);
}

static void set(const char *detector, const char *file, const char *value)
{
	CHECK_EQ(ctl_write(attr(detector, file), value), 0);
}

static void write_text(const char *path, const char *text)
{
	write_file(path, text, strlen(text));
}

/* Is there a uevent of this detector? Those of others are passed over. */
static bool uevent_of(const char *detector)
{
	char want[64], text[4096];
	ssize_t n;

	snprintf(want, sizeof(want), "DETECTOR=%s", detector);
	while ((n = recv(uevents, text, sizeof(text) - 1, MSG_DONTWAIT)) > 0) {
		char *s = text;

		text[n] = '\0';
		if (strcmp(text, "change@/kernel/orthros/monitor"))
			continue;
		for (; s < text + n; s += strlen(s) + 1)
			if (!strcmp(s, want))
				return true;
	}
	return false;
}

static bool traced(const char *detector)
{
	char want[64], *trace = slurp(TRACEFS "/trace");
	bool ok;

	snprintf(want, sizeof(want), "finding: %s ", detector);
	ok = strstr(trace, want);
	free(trace);
	return ok;
}

/*
 * Provoke something, and wait for what is found of it: @part must be in the text.
 */
static bool finds(const char *detector, const char *part, void (*provoke)(void))
{
	char path[192], text[256] = "";
	struct pollfd p = { .events = POLLPRI };
	long before = count(detector);
	long long began = now_ns(CLOCK_MONOTONIC), took;
	bool sums = !strcmp(detector, "rodata") || !strcmp(detector, "text");
	int soon = sums ? SUMS_MS : SOON_MS, left = soon;
	bool ok;

	snprintf(path, sizeof(path), ORTHROS_SYSFS "%s", attr(detector, "last"));
	p.fd = MUST(open(path, O_RDONLY | O_CLOEXEC));
	MUST(read(p.fd, text, sizeof(text) - 1));
	provoke();
	do {
		poll(&p, 1, left);
		left = soon - (now_ns(CLOCK_MONOTONIC) - began) / 1000000;
	} while (count(detector) == before && left > 0);
	took = (now_ns(CLOCK_MONOTONIC) - began) / 1000000;
	memset(text, 0, sizeof(text));
	pread(p.fd, text, sizeof(text) - 1, 0);
	text[strcspn(text, "\n")] = '\0';
	close(p.fd);
	printf("# %s after %lld ms: %s\n", detector, took, text);
	ok = CHECK(count(detector) > before);
	/* By poll(), not by its end. */
	ok &= CHECK(left > 0);
	ok &= CHECK(strstr(text, part));
	ok &= CHECK(uevent_of(detector));
	/* An oops turns tracing off. */
	if (strcmp(detector, "oops"))
		ok &= CHECK(traced(detector));
	write_text(TRACEFS "/tracing_on", "1");
	return ok;
}

/* ---- faults ------------------------------------------------------------------------ */

/* The child may end by it, or never. */
static void provoke(const char *what)
{
	pid_t pid = MUST(fork());

	if (!pid) {
		ctl_provoke(what);
		_exit(0);
	}
}

static void warning(void)
{
	provoke("WARNING");
	wait(NULL);
}

static void exception(void)
{
	int status;

	provoke("EXCEPTION");
	MUST(wait(&status));
	CHECK(WIFSIGNALED(status));
}

static void hang(void)
{
	provoke("HUNG_TASK");
}

static void hang_three(void)
{
	hang();
	hang();
	hang();
}

#define CROWD	300

static pid_t crowd[CROWD];

/* In each look there are new ones: they come slowly. */
static void gather_crowd(void)
{
	struct timespec nap = { .tv_nsec = 5 * 1000 * 1000 };
	int i;

	for (i = 0; i < CROWD; i++) {
		crowd[i] = MUST(fork());
		if (!crowd[i]) {
			pause();
			_exit(0);
		}
		nanosleep(&nap, NULL);
	}
}

static void disperse_crowd(void)
{
	int i;

	for (i = 0; i < CROWD; i++) {
		kill(crowd[i], SIGKILL);
		waitpid(crowd[i], NULL, 0);
	}
}

/* The disk forgets one request, see the command line in "run". */
static void lose_request(void)
{
	int fd;

	write_text("/sys/block/vda/io-timeout-fail", "1");
	if (MUST(fork()))
		return;
	fd = MUST(open("/dev/vda", O_RDONLY | O_DIRECT));
	MUST(read(fd, MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)), PAGE));
	_exit(0);
}

/* ---- memory that changes, though nobody writes there: "poke" does, on the host --------- */

static void signal_host(const char *what)
{
	pid_t pid = MUST(fork());
	int status;

	if (!pid) {
		execl("/usr/bin/vm-signal", "vm-signal", what, (char *)NULL);
		_exit(127);
	}
	MUST(waitpid(pid, &status, 0));
	CHECK_EQ(status, 0);
}

static void change_descriptors(void)
{
	signal_host("descriptors");
}

static void change_stack(void)
{
	signal_host("stack_end");
}

static void change_text(void)
{
	signal_host("text");
}

static void change_rodata(void)
{
	signal_host("rodata");
}

/* ---- tests ------------------------------------------------------------------------- */

static bool settings(void)
{
	char text[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(detectors); i++) {
		CHECK_EQ(count(detectors[i]), 0);
		CHECK_EQ(ctl_read(attr(detectors[i], "last"), text, sizeof(text)), 0);
		CHECK_STR(text, "");
		CHECK_EQ(ctl_read(attr(detectors[i], "action"), text, sizeof(text)), 0);
		CHECK_STR(text, i < 4 ? "takeover" : "report");
	}
	CHECK_EQ(ctl_read("monitor/interval_ms", text, sizeof(text)), 0);
	CHECK_STR(text, "100");
	CHECK_EQ(ctl_write("monitor/interval_ms", "0"), -ERANGE);
	CHECK_EQ(ctl_write("monitor/interval_ms", "1001"), -ERANGE);
	CHECK_EQ(ctl_write("monitor/interval_ms", "often"), -EINVAL);
	/* A sign of life is given every 250 ms. */
	CHECK_EQ(ctl_write("monitor/cpu/threshold", "100"), -ERANGE);
	CHECK_EQ(ctl_write("monitor/cpu/action", "panic"), -EINVAL);
	CHECK_EQ(ctl_write("monitor/cpu/action", "ignore"), 0);
	CHECK_EQ(ctl_read("monitor/cpu/action", text, sizeof(text)), 0);
	CHECK_STR(text, "ignore");
	CHECK_EQ(ctl_write("monitor/cpu/action", "takeover"), 0);
	CHECK_EQ(ctl_write("monitor/softlockup/threshold", "2000"), 0);
	CHECK_EQ(ctl_read("monitor/softlockup/threshold", text, sizeof(text)), 0);
	CHECK_STR(text, "2000");
	CHECK_EQ(ctl_write("monitor/softlockup/threshold", "0"), 0);
	CHECK_EQ(ctl_read("monitor/softlockup/threshold", text, sizeof(text)), 0);
	CHECK_STR(text, "20000");
	return !hop_status();
}

/* What the other kernel has done in this time, of the file stats. */
struct stats {
	unsigned long long samples, late, busy, idle, now, cpus;
};

static struct stats read_stats(void)
{
	struct stats s = {};
	char text[512];
	int n;

	CHECK_EQ(ctl_read("monitor/stats", text, sizeof(text)), 0);
	n = sscanf(text, "samples %llu late %llu busy_ns %llu idle_ns %llu now_ns %llu cpus %llu",
		   &s.samples, &s.late, &s.busy, &s.idle, &s.now, &s.cpus);
	CHECK_EQ(n, 6);
	return s;
}

static bool busy_at(const char *ms, int seconds)
{
	struct timespec wait = { .tv_sec = seconds };
	double all, idle, share, look;
	struct stats a, b;

	CHECK_EQ(ctl_write("monitor/interval_ms", ms), 0);
	/* It may be in the middle of a longer pause. */
	sleep(1);
	a = read_stats();
	nanosleep(&wait, NULL);
	b = read_stats();
	all = b.now - a.now;
	idle = b.idle - a.idle;
	/* Of one CPU: the others do nothing. */
	share = (all * b.cpus - idle) * 100 / all;
	look = (b.busy - a.busy) * 100 / all;
	printf("# json {\"busy\": %.4f, \"interval_ms\": %s, \"looks\": %llu, \"look_us\": %.2f}\n",
	       share / 100, ms, b.samples - a.samples,
	       (b.busy - a.busy) / 1000. / (b.samples - a.samples));
	printf("# %s ms: %llu looks, %llu late, busy %.2f %% of a CPU, %.2f %% in looks\n",
	       ms, b.samples - a.samples, b.late - a.late, share, look);
	CHECK((long long)(b.samples - a.samples) > seconds * 1000 / atoi(ms) / 3);
	return !hop_status();
}

/* Everything at the closest look for a while. */
static bool nothing(int seconds)
{
	size_t i;

	CHECK_EQ(ctl_write("monitor/interval_ms", "10"), 0);
	sleep(seconds);
	for (i = 0; i < ARRAY_SIZE(detectors); i++) {
		if (CHECK_EQ(count(detectors[i]), 0))
			continue;
		ctl_diag(attr(detectors[i], "last"));
	}
	CHECK_EQ(ctl_write("monitor/interval_ms", "100"), 0);
	return !hop_status();
}

static void listen_to_uevents(void)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK, .nl_groups = 1 };

	uevents = MUST(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
	MUST(bind(uevents, (struct sockaddr *)&sa, sizeof(sa)));
}

/* ---- a kernel that has much to do, and is well ---------------------------------------- */

static void spin(void)
{
	for (;;)
		__asm__ volatile("pause");
}

/* All that realtime tasks may have, of the CPU that stays. */
static void spin_fifo(void)
{
	struct sched_param param = { .sched_priority = 10 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	MUST(sched_setaffinity(0, sizeof(set), &set));
	MUST(sched_setscheduler(0, SCHED_FIFO, &param));
	spin();
}

static void fork_on(void)
{
	pid_t pid;

	for (;;) {
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static void use_memory(void)
{
	const size_t size = 1024 * MIB;
	size_t i;

	for (;;) {
		char *mem = MUST(mmap(NULL, size, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

		for (i = 0; i < size; i += PAGE)
			poke(mem + i);
		munmap(mem, size);
	}
}

static void use_files(void)
{
	static char text[65536];
	char name[64];
	int fd, i;

	snprintf(name, sizeof(name), "/tmp/stress.%d", getpid());
	for (;;) {
		fd = MUST(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));
		for (i = 0; i < 256; i++)
			MUST(write(fd, text, sizeof(text)));
		fsync(fd);
		close(fd);
		sync();
		MUST(unlink(name));
	}
}

static void ping_pong(void)
{
	int a[2], b[2];
	char byte = 0;

	MUST(pipe(a));
	MUST(pipe(b));
	if (!MUST(fork())) {
		while (read(a[0], &byte, 1) == 1)
			MUST(write(b[1], &byte, 1));
		_exit(0);
	}
	for (;;) {
		MUST(write(a[1], &byte, 1));
		MUST(read(b[0], &byte, 1));
	}
}

static void plug_cpus(void)
{
	struct timespec nap = { .tv_nsec = 700 * 1000 * 1000 };
	bool on = false;

	for (;; on = !on) {
		write_text("/sys/devices/system/cpu/cpu1/online", on ? "1" : "0");
		nanosleep(&nap, NULL);
	}
}

/* In this time nothing may be found, at the defaults, each ms. */
static int stress(int seconds)
{
	static void (*const loads[])(void) = {
		spin, spin, spin_fifo, fork_on, fork_on, use_memory, use_files, ping_pong,
		plug_cpus,
	};
	pid_t pids[ARRAY_SIZE(loads)];
	bool ok = true;
	size_t i;

	ktap_plan(1);
	MUST(ctl_write("monitor/interval_ms", "1"));
	MUST(ctl_write("protect", "1"));
	for (i = 0; i < ARRAY_SIZE(loads); i++) {
		pids[i] = MUST(fork());
		if (!pids[i]) {
			setpgid(0, 0);
			loads[i]();
		}
	}
	sleep(seconds);
	for (i = 0; i < ARRAY_SIZE(loads); i++) {
		/* None has ended by itself. */
		ok &= CHECK_EQ(waitpid(pids[i], NULL, WNOHANG), 0);
		kill(-pids[i], SIGKILL);
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	write_text("/sys/devices/system/cpu/cpu1/online", "1");
	for (i = 0; i < ARRAY_SIZE(detectors); i++) {
		if (CHECK_EQ(count(detectors[i]), 0))
			continue;
		ctl_diag(attr(detectors[i], "last"));
		ok = false;
	}
	ctl_diag("monitor/stats");
	ktap_result(ok, "no false alarm", "");
	return ktap_end();
}

/* ---- how long it takes -------------------------------------------------------------- */

/* From right before the fault until poll() returns, in ns; -1: it is not found. */
static long long time_of(const char *detector, const char *fault)
{
	long long *at = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				  -1, 0));
	char path[192], text[256];
	struct pollfd p = { .events = POLLPRI };
	long before = count(detector);
	long long took = -1;
	pid_t pid;

	snprintf(path, sizeof(path), ORTHROS_SYSFS "%s", attr(detector, "last"));
	p.fd = MUST(open(path, O_RDONLY | O_CLOEXEC));
	MUST(read(p.fd, text, sizeof(text)));
	pid = MUST(fork());
	if (!pid) {
		ctl_provoke_at(fault, at);
		_exit(0);
	}
	if (poll(&p, 1, SOON_MS) == 1 && count(detector) > before)
		took = now_ns(CLOCK_MONOTONIC) - __atomic_load_n(at, __ATOMIC_RELAXED);
	close(p.fd);
	/* One that hangs is not waited for. */
	if (strcmp(detector, "hung_task"))
		waitpid(pid, NULL, 0);
	munmap(at, PAGE);
	return took;
}

static void bench_latency(const char *detector, const char *fault, int ms, int times, int less_ms)
{
	struct timespec nap = { };
	long long took;
	int i;

	for (i = 0; i < times; i++) {
		/* At any time between two looks. */
		nap.tv_nsec = (i * 7919L % 1000) * 1000 * (ms < 900 ? ms : 900);
		nanosleep(&nap, NULL);
		took = time_of(detector, fault);
		if (!CHECK(took >= 0))
			return;
		printf("# json {\"detector\": \"%s\", \"interval_ms\": %d, \"ns\": %lld}\n",
		       detector, ms, took - less_ms * 1000000LL);
	}
}

static int bench(void)
{
	static const int intervals[] = { 1, 10, 100, 1000 };
	char text[16];
	size_t i;

	/* What the console takes is not meant. */
	write_file("/proc/sys/kernel/printk", "1", 1);
	MUST(ctl_write("protect", "1"));
	set("hung_task", "threshold", "300");
	ktap_plan(ARRAY_SIZE(intervals));
	for (i = 0; i < ARRAY_SIZE(intervals); i++) {
		snprintf(text, sizeof(text), "%d", intervals[i]);
		busy_at(text, 5);
		bench_latency("oops", "EXCEPTION", intervals[i], 30, 0);
		bench_latency("warn", "WARNING", intervals[i], 30, 0);
		bench_latency("hung_task", "HUNG_TASK", intervals[i], 8, 300);
		snprintf(text, sizeof(text), "%d ms", intervals[i]);
		ktap_result(!hop_status(), text, "");
	}
	return ktap_end();
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "stress", required_argument, NULL, 'l' },
		{ "bench", no_argument, NULL, 'b' },
		{ }
	};
	struct utsname before, now;
	bool ok, measure = false;
	int opt, seconds = 2;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			seconds = atoi(optarg);
		else if (opt == 'l')
			return stress(atoi(optarg));
		else if (opt == 'b')
			measure = true;
		else
			return 2;
	}
	/* The faults are meant. */
	write_text("/proc/sys/kernel/panic_on_warn", "0");
	write_text("/proc/sys/kernel/panic_on_oops", "0");
	MUST(mount("tracefs", TRACEFS, "tracefs", 0, NULL));
	write_text(TRACEFS "/events/orthros/finding/enable", "1");
	listen_to_uevents();
	uname(&before);
	if (measure)
		return bench();

	ktap_plan(17);
	signal_host("ready");
	ktap_result(settings(), "settings", "");
	ok = CHECK_EQ(ctl_write("protect", "1"), 0);
	ktap_result(ok, "protect", "");
	ktap_result(busy_at("1", seconds), "busy at 1 ms", "");
	ktap_result(busy_at("10", seconds), "busy at 10 ms", "");
	ktap_result(busy_at("100", seconds), "busy at 100 ms", "");
	ktap_result(nothing(seconds), "nothing to be found", "");

	ktap_result(finds("warn", "1 warnings since", warning), "warn", "");
	/* That was the same fault. */
	ok = CHECK(count("taint") == 1);
	ktap_result(ok, "taint", "");
	ktap_result(finds("oops", "1 oopses since", exception), "oops", "");
	ok = finds("descriptors", "IDT: vector 208 has changed", change_descriptors);
	ktap_result(ok, "descriptors", "");
	set("stack_end", "action", "report");
	ok = finds("stack_end", "pid 0 (swapper/0) has written past", change_stack);
	ktap_result(ok, "stack_end", "");
	ok = finds("rodata", "read-only data has changed", change_rodata);
	ktap_result(ok, "rodata", "");
	ok = finds("text", "text has changed", change_text);
	ktap_result(ok, "text", "");
	set("fork", "threshold", "40");
	write_text("/proc/sys/kernel/threads-max", "800");
	ok = finds("fork", "800 are the limit", gather_crowd);
	write_text("/proc/sys/kernel/threads-max", "20000");
	disperse_crowd();
	ktap_result(ok, "fork", "");
	set("block", "threshold", "1000");
	ok = finds("block", "vda does not complete a request", lose_request);
	ktap_result(ok, "block", "");
	set("hung_task", "threshold", "500");
	ok = finds("hung_task", "(hop_monitor) waits uninterruptibly", hang);
	ktap_result(ok, "hung_task", "");
	set("hung_task", "action", "ignore");
	set("wait_channel", "threshold", "3");
	ok = finds("wait_channel", "tasks wait uninterruptibly", hang_three);
	/* Nobody has taken over, and nothing else was found. */
	uname(&now);
	ok &= CHECK_STR(now.release, before.release);
	ok &= CHECK_EQ(count("cpu") + count("softlockup") + count("spinlock") +
		       count("rcu_stall") + count("memory"), 0);
	ktap_result(ok, "wait_channel", "");
	return ktap_end();
}
