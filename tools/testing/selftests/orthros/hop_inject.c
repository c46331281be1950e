// SPDX-License-Identifier: GPL-2.0
/*
 * Faults, one after the other, in a machine that is protected and has work to do: after
 * each another kernel goes on with the same processes, arms itself, and gets the next.
 *
 *   hop_inject DIR SEED FAULT...
 *
 * DIR is on a disk. Each worker (inject_work.c) checks all that it does, and counts it;
 * after a fault (inject_fault.c) it must count on. A fault that nobody finds is followed by
 * a panic, so that the next one meets a kernel that is well. A line of JSON a fault is
 * printed.
 */
#include <dirent.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/utsname.h>

#include "hop_test.h"
#include "inject.h"
#include "orthros_ctl.h"

#define LIMIT		60	/* seconds for a takeover, and for workers to go on after it */
#define GO_ON		15	/* likewise, when nothing was found */
#define MAX_LINES	24

static struct worker *workers;
static long long *injected_at;

static void nap(void)
{
	const struct timespec t = { .tv_nsec = 20000000 };

	nanosleep(&t, NULL);
}

static void tell_host(const char *word, const char *text)
{
	pid_t pid = fork();

	if (!pid) {
		execl("/usr/bin/vm-signal", "vm-signal", word, text, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

/* It types a line when its clients have seen that all is well, or not. */
static void wait_host(void)
{
	struct pollfd p = { .events = POLLIN };
	char line[80];

	if (poll(&p, 1, LIMIT * 1000) == 1 && read(0, line, sizeof(line)) > 0)
		return;
	printf("# the host has said nothing\n");
}

/* ---- the machine ------------------------------------------------------------- */

/* The image of the other version. */
static const char other_image[] =
	"for i in /boot/vmlinuz-*; do\n"
	"	case $(uname -r) in ${i##*-}.*) ;; *) orthros load $i --cmdline \"$CMDLINE\" ;; esac\n"
	"done\n";

static bool arm(void)
{
	return !system(other_image);
}

static void set(const char *detector, const char *threshold)
{
	char path[128];

	snprintf(path, sizeof(path), "monitor/%s/action", detector);
	ctl_write(path, "takeover");
	snprintf(path, sizeof(path), "monitor/%s/threshold", detector);
	if (threshold)
		ctl_write(path, threshold);
}

/* Whatever is found is a reason, and soon. */
static bool protect(void)
{
	if (!load_faulty())
		printf("# the module with faults is not loaded\n");
	set("softlockup", "2000");
	set("spinlock", "1000");
	set("oops", NULL);
	set("hung_task", "5000");
	set("wait_channel", NULL);
	set("rcu_stall", "8000");
	set("fork", NULL);
	set("memory", "3000");
	set("oom", "2");
	set("text", NULL);
	set("task_list", NULL);
	set("transmit", "4000");
	set("descriptors", NULL);
	set("rodata", NULL);
	set("block", "4000");
	return !ctl_write("protect", "1");
}

/* Nothing has happened the last time. */
static bool is_protected(void)
{
	char text[8];

	return !ctl_read("protect", text, sizeof(text)) && !strcmp(text, "1");
}

/* Within so many seconds; in ns what it took from the fault on, 0 if it did not happen. */
static long long wait_takeover(const char *release, int seconds, pid_t culprit, int *status)
{
	long long end = now_ns(CLOCK_MONOTONIC) + seconds * NSEC, at;
	struct utsname now;

	do {
		nap();
		if (waitpid(culprit, status, WNOHANG) == culprit &&
		    WIFEXITED(*status) && WEXITSTATUS(*status) == FAULT_ABSENT)
			return 0;
		uname(&now);
		at = __atomic_load_n(injected_at, __ATOMIC_SEQ_CST);
		if (strcmp(now.release, release))
			return now_ns(CLOCK_MONOTONIC) - at;
	} while (now_ns(CLOCK_MONOTONIC) < end);
	return 0;
}

/* ---- who goes on -------------------------------------------------------------- */

static void begin_count(void)
{
	size_t k;

	for (k = 0; k < nr_jobs; k++)
		workers[k].before = workers[k].count;
}

static bool goes_on(struct worker *w)
{
	if (w->pid && waitpid(w->pid, &w->status, WNOHANG) == w->pid)
		w->pid = 0;
	if (w->pid && w->program && w->check && !strcmp(w->name, "redis"))
		w->check(w);
	return w->pid && w->count > w->before + 1;
}

/* How many go on; those that do not have been given up, or hang. */
static unsigned int count_alive(int seconds)
{
	long long end = now_ns(CLOCK_MONOTONIC) + seconds * NSEC;
	unsigned int alive, hang;
	size_t k;

	do {
		nap();
		for (alive = hang = k = 0; k < nr_jobs; k++) {
			if (goes_on(&workers[k]))
				alive++;
			else if (workers[k].pid)
				hang++;
		}
	} while (hang && now_ns(CLOCK_MONOTONIC) < end);
	return alive;
}

/* In what they have done, and what is left of it. */
static unsigned int count_wrong(void)
{
	unsigned int wrong = 0;
	const char *error;
	size_t k;

	for (k = 0; k < nr_jobs; k++) {
		struct worker *w = &workers[k];

		error = w->check ? w->check(w) : NULL;
		if (error)
			snprintf(w->error, sizeof(w->error), "%s", error);
		wrong += worker_wrong(w);
	}
	return wrong;
}

/* Those that were given up begin anew; so do those that hang, and count as such. */
static void start_again(void)
{
	size_t k;

	for (k = 0; k < nr_jobs; k++) {
		struct worker *w = &workers[k];

		if (w->pid && w->count <= w->before + 1) {
			kill(w->pid, SIGKILL);
			if (w->peer)
				kill(w->peer, SIGKILL);
			waitpid(w->pid, NULL, WNOHANG);
			w->pid = 0;
		}
		if (w->pid)
			continue;
		if (w->again)
			w->again(w);
		start_worker(w);
	}
}

/* ---- what is told --------------------------------------------------------------- */

static void read_line(const char *attr, char *text, size_t size)
{
	if (ctl_read(attr, text, size) < 0)
		text[0] = '\0';
	text[strcspn(text, "\n\"\\")] = '\0';
}

/* At once: others print as well. */
static FILE *json;

static __attribute__((format(printf, 1, 2))) void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(json, fmt, ap);
	va_end(ap);
}

static void print_line(char **line)
{
	fclose(json);
	fputs(*line, stdout);
	free(*line);
}

static void print_text(const char *text)
{
	putc('"', json);
	for (; *text && *text != '\n'; text++)
		if (*text != '"' && *text != '\\' && *text >= ' ')
			putc(*text, json);
	putc('"', json);
}

/* Those that have found something, as a list. */
static void print_found(void)
{
	char attr[320], text[32];
	const char *comma = "";
	struct dirent *entry;
	DIR *dir = opendir(ORTHROS_SYSFS "monitor");

	say("\"found\": [");
	while (dir && (entry = readdir(dir))) {
		snprintf(attr, sizeof(attr), "monitor/%s/count", entry->d_name);
		if (entry->d_name[0] == '.' || ctl_read(attr, text, sizeof(text)) || !atol(text))
			continue;
		say("%s\"%s\"", comma, entry->d_name);
		comma = ", ";
	}
	say("], ");
	if (dir)
		closedir(dir);
}

/* What this kernel's log says of losses; all of it is since the takeover. */
static void print_log(void)
{
	static const char *const words[] = {
		"given up", "is lost", "are lost", "append twice", "cannot", "files written", "EIO",
	};
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	const char *comma = "";
	char line[2048], *text;
	int lines = 0;
	ssize_t n;
	size_t i;

	say("\"log\": [");
	while (fd >= 0 && lines < MAX_LINES) {
		n = read(fd, line, sizeof(line) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			break;
		line[n] = '\0';
		text = strchr(line, ';');
		if (!text || strncmp(text + 1, "orthros: ", 9))
			continue;
		for (i = 0; i < ARRAY_SIZE(words); i++)
			if (strstr(text, words[i]))
				break;
		if (i == ARRAY_SIZE(words) || strstr(text, " pages of files written, 0 files lost"))
			continue;
		say("%s", comma);
		print_text(text + 10);
		comma = ", ";
		lines++;
	}
	close(fd);
	say("], ");
}

static void print_workers(void)
{
	const char *comma = "";
	size_t k;

	say("\"workers\": [");
	for (k = 0; k < nr_jobs; k++) {
		struct worker *w = &workers[k];
		bool on = w->pid && w->count > w->before + 1;

		if (on && !w->error[0])
			continue;
		say("%s{\"name\": \"%s\", \"pid\": %d, ", comma, w->name, w->was);
		say("\"peer\": %d, \"alive\": %s, ", w->peer, on ? "true" : "false");
		say("\"hangs\": %s, ", w->pid && !on ? "true" : "false");
		say("\"status\": %d, \"error\": ", w->status);
		print_text(w->error);
		say("}");
		comma = ", ";
	}
	say("]");
}

/* True if there is a kernel for the next one. */
static bool round_of(const char *text, unsigned int seed, unsigned int nr)
{
	const struct fault panic = { .text = "sysrq:c", .at = injected_at };
	struct fault f = { .text = text, .at = injected_at, .wait = fault_seconds(text) };
	unsigned int alive, wrong, early = 0;
	char why[256], ns[64], fenced[64];
	struct utsname u, now;
	char *line = NULL;
	long long took;
	size_t size;
	bool absent;
	int status = -1, ignored;
	pid_t culprit;

	uname(&u);
	printf("# inject %u %u %s\n", seed, nr, text);
	tell_host("fault", text);
	*injected_at = now_ns(CLOCK_MONOTONIC);
	culprit = make_fault(&f);
	took = wait_takeover(u.release, f.wait, culprit, &status);
	absent = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == FAULT_ABSENT;
	json = open_memstream(&line, &size);
	say("# json {\"seed\": %u, \"round\": %u, ", seed, nr);
	say("\"from\": \"%s\", \"fault\": \"%s\", ", u.release, text);
	say("\"absent\": %s, ", absent ? "true" : "false");
	say("\"takeover\": %s, \"ns\": %lld, \"status\": %d, ", took ? "true" : "false", took,
	    status);
	if (!took) {
		/* Is it well? What comes now is another fault. */
		if (!absent) {
			begin_count();
			early = count_alive(GO_ON);
		}
		print_found();
		if (absent) {
			say("\"of\": 0, \"alive\": 0, \"early\": 0, \"wrong\": 0, ");
			say("\"why\": \"\", \"workers\": []}\n");
			print_line(&line);
			return true;
		}
		wait_takeover(u.release, LIMIT, make_fault(&panic), &ignored);
	}
	kill(-culprit, SIGKILL);
	kill(culprit, SIGKILL);
	begin_count();
	alive = count_alive(LIMIT);
	ctl_wait_settled(LIMIT);
	wrong = count_wrong();
	while (waitpid(-culprit, NULL, WNOHANG) > 0)
		;
	read_line("failure", why, sizeof(why));
	read_line("stats/downtime_ns", ns, sizeof(ns));
	read_line("stats/fenced_ns", fenced, sizeof(fenced));
	say("\"why\": \"%s\", \"downtime_ns\": %s, ", why, *ns ? ns : "null");
	say("\"fenced_ns\": %s, \"culprit\": %d, ", *fenced ? fenced : "null", culprit);
	say("\"early\": %u, \"alive\": %u, \"of\": %zu, \"wrong\": %u, ", early, alive, nr_jobs,
	    wrong);
	print_log();
	print_workers();
	say("}\n");
	print_line(&line);
	tell_host("over", text);
	wait_host();
	uname(&now);
	return strcmp(now.release, u.release);
}

int main(int argc, char **argv)
{
	unsigned int seed, naps;
	bool armed = true;
	size_t k;
	int i;

	if (argc < 4)
		return 2;
	work_dir = argv[1];
	seed = atoi(argv[2]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("CMDLINE", getenv("INJECT_CMDLINE") ?: "mitigations=off", 1);
	workers_fd = MUST(memfd_create("workers", 0));
	MUST(ftruncate(workers_fd, 2 * PAGE));
	workers = MUST(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, workers_fd, 0));
	injected_at = (void *)workers + PAGE;
	if (nr_jobs * sizeof(*workers) > PAGE)
		return 2;
	memcpy(workers, jobs, nr_jobs * sizeof(*workers));
	for (k = 0; k < nr_jobs; k++)
		start_worker(&workers[k]);
	begin_count();
	if (count_alive(LIMIT) < nr_jobs) {
		printf("# the workers do not work\n");
		json = stdout;
		print_workers();
		return 1;
	}
	tell_host("ready", NULL);
	srand(seed);
	for (i = 3; i < argc && armed; i++) {
		if (!is_protected() && ((i > 3 && !arm()) || !protect())) {
			printf("# not armed\n");
			ctl_diag("last_error");
			return 1;
		}
		/* Somewhere in their work. */
		for (naps = 10 + rand() % 40; naps; naps--)
			nap();
		armed = round_of(argv[i], seed, i - 3);
		start_again();
	}
	for (k = 0; k < nr_jobs; k++)
		if (workers[k].pid)
			kill(workers[k].pid, SIGKILL);
	printf("# injected\n");
	return 0;
}
