// SPDX-License-Identifier: GPL-2.0
/*
 * Faults, one after the other, in a machine that is protected and has work to do: after
 * each another kernel goes on with the same processes, arms itself, and gets the next.
 *
 *   hop_inject SEED ROUNDS DIR
 *
 * DIR is on a disk. Each worker checks all that it does, and counts it; after a fault it
 * must count on. What was synced must be in the files. A line of JSON a fault goes to
 * /out/inject.json.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "hop_test.h"
#include "orthros_ctl.h"

#define SUM_SIZE	(16 * MIB)
#define FILE_SIZE	(8 * PAGE)
#define LIMIT		60	/* seconds for a takeover, and for a worker to go on */

/**
 * struct worker - a process that works
 * @name:	what it does
 * @work:	one piece, which it checks; a text if something is wrong
 * @count:	pieces done; for files: that are on the disk
 * @error:	what was wrong first
 * @pid:	0 when it has ended
 * @status:	how
 */
struct worker {
	const char *name;
	const char *(*work)(struct worker *w);
	unsigned long count;
	const char *error;
	pid_t pid;
	int status;
};

static const char *dir;
static const char gone[] = "the other end is gone";

/* ---- work ------------------------------------------------------------------- */

/* A file a piece, synced; read again as well. */
static const char *files(struct worker *w)
{
	static unsigned char block[FILE_SIZE];
	char name[256], tmp[256];
	int fd;

	snprintf(name, sizeof(name), "%s/file%lu", dir, w->count);
	snprintf(tmp, sizeof(tmp), "%s/part", dir);
	fill(block, FILE_SIZE, w->count);
	fd = open(tmp, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, block, FILE_SIZE) != FILE_SIZE)
		return "a file cannot be written";
	if (fsync(fd))
		return "a file cannot be synced";
	if (rename(tmp, name))
		return "a file cannot be renamed";
	close(fd);
	fd = open(dir, O_RDONLY);
	if (fsync(fd))
		return "a directory cannot be synced";
	close(fd);
	return NULL;
}

static const char *check_files(const struct worker *w)
{
	static unsigned char block[FILE_SIZE];
	unsigned long i;
	char name[256];
	int fd;

	for (i = 0; i < w->count; i++) {
		snprintf(name, sizeof(name), "%s/file%lu", dir, i);
		fd = open(name, O_RDONLY);
		if (fd < 0 || read(fd, block, FILE_SIZE) != FILE_SIZE ||
		    !filled(block, FILE_SIZE, i))
			return "a file that was synced is not what it was";
		close(fd);
	}
	return NULL;
}

/* A log, of which nothing may be there twice. */
static const char *append(struct worker *w)
{
	static int fd = -1;
	char name[256], line[16], back[16];

	snprintf(name, sizeof(name), "%s/log", dir);
	if (fd < 0)
		fd = open(name, O_RDWR | O_CREAT | O_APPEND, 0600);
	snprintf(line, sizeof(line), "%08lu", w->count);
	if (write(fd, line, 8) != 8 || (w->count % 16 == 0 && fdatasync(fd)))
		return "the log cannot be written";
	if (pread(fd, back, 8, 8 * w->count) != 8 || memcmp(line, back, 8) ||
	    lseek(fd, 0, SEEK_END) != (off_t)(8 * (w->count + 1)))
		return "the log is not what was written";
	return NULL;
}

static const char *forks(struct worker *w)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(w->count & 63);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return "no child";
	return WIFEXITED(status) && WEXITSTATUS(status) == (int)(w->count & 63) ? NULL :
	       "a child ended in another way";
}

static const char *sums(struct worker *w)
{
	static unsigned char *mem;

	if (!mem) {
		mem = mmap(NULL, SUM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
		if (mem == MAP_FAILED)
			return "no memory";
		fill(mem, SUM_SIZE, 77);
	}
	return filled(mem, SUM_SIZE, 77) ? NULL : "memory is not what it was";
}

/* Registers that no system call saves. */
static const char *floats(struct worker *w)
{
	double a[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	int i, k;

	for (i = 0; i < 1000000; i++)
		for (k = 0; k < 8; k++)
			a[k] = a[k] * 0.5 + (k + 1) * 0.5;
	for (k = 0; k < 8; k++)
		if (a[k] != k + 1)
			return "a floating-point register is not what it was";
	return NULL;
}

static const char *naps(struct worker *w)
{
	static long long last;
	struct timespec nap = { .tv_nsec = 5000000 };
	long long now;

	if (nanosleep(&nap, NULL))
		return "a sleep was interrupted";
	now = now_ns(CLOCK_MONOTONIC);
	if (now < last + 5000000 && last)
		return "time went back, or a sleep was too short";
	last = now;
	return NULL;
}

/* Numbers through one stream and back through another; the child sends them back. */
static const char *echo(struct worker *w, int in, int out)
{
	unsigned long number = w->count, back = 0;
	ssize_t n, got = 0;

	if (write(out, &number, sizeof(number)) != sizeof(number))
		return gone;
	while (got < (ssize_t)sizeof(back)) {
		n = read(in, (char *)&back + got, sizeof(back) - got);
		if (n <= 0)
			return gone;
		got += n;
	}
	return back == number ? NULL : "another number came back";
}

static void send_back(int in, int out)
{
	char buf[64];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n)
			break;
	_exit(1);
}

static const char *pipes(struct worker *w)
{
	static int to[2], from[2];

	if (!to[1]) {
		if (pipe(to) || pipe(from))
			return "no pipe";
		if (!fork()) {
			close(to[1]);
			send_back(to[0], from[1]);
		}
		close(from[1]);
	}
	return echo(w, from[0], to[1]);
}

static const char *tcp(struct worker *w)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	static int fd = -1;
	int listener;

	if (fd < 0) {
		at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		listener = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(listener, (void *)&at, len) || listen(listener, 1) ||
		    getsockname(listener, (void *)&at, &len))
			return "no listener";
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (void *)&at, len))
			return "no connection";
		if (!fork()) {
			close(fd);
			fd = accept(listener, NULL, NULL);
			send_back(fd, fd);
		}
		close(listener);
	}
	return echo(w, fd, fd);
}

static const struct worker jobs[] = {
	{ "files", files }, { "append", append }, { "forks", forks }, { "sums", sums },
	{ "floats", floats }, { "naps", naps }, { "pipes", pipes }, { "tcp", tcp },
};

#define NR ARRAY_SIZE(jobs)

static void start(struct worker *w)
{
	pid_t pid = MUST(fork());

	if (pid) {
		w->pid = pid;
		return;
	}
	while (!w->error) {
		w->error = w->work(w);
		if (!w->error)
			__atomic_add_fetch(&w->count, 1, __ATOMIC_SEQ_CST);
	}
	_exit(1);
}

/* ---- faults ------------------------------------------------------------------ */

static const struct fault {
	const char *name;	/* of LKDTM; NULL: a panic by sysrq */
	int times;
} faults[] = {
	{ NULL, 1 }, { "PANIC", 1 }, { "BUG", 1 }, { "EXCEPTION", 1 }, { "EXHAUST_STACK", 1 },
	{ "WRITE_RO", 1 }, { "EXEC_NULL", 1 }, { "ACCESS_NULL", 1 }, { "HARDLOCKUP", 1 },
	{ "SOFTLOCKUP", 1 }, { "LOOP", 1 }, { "SPINLOCKUP", 2 },
};

static pid_t inject(const struct fault *f)
{
	pid_t pid = MUST(fork());
	int i;

	if (pid)
		return pid;
	if (!f->name)
		write_file("/proc/sysrq-trigger", "c", 1);
	for (i = 0; f->name && i < f->times; i++)
		ctl_provoke(f->name);
	_exit(1);
}

static void nap(void)
{
	const struct timespec t = { .tv_nsec = 20000000 };

	nanosleep(&t, NULL);
}

/* The image of the other version. */
static const char other_image[] =
	"for i in /boot/vmlinuz-*; do\n"
	"	case $(uname -r) in ${i##*-}.*) ;; *) orthros load $i --cmdline \"$CMDLINE\" ;; esac\n"
	"done\n";

static bool arm(void)
{
	setenv("CMDLINE", "mitigations=off panic_on_warn=1 oops=panic", 1);
	return !system(other_image);
}

static bool protect(void)
{
	ctl_write("monitor/softlockup/threshold", "2000");
	ctl_write("monitor/spinlock/threshold", "1000");
	return !ctl_write("protect", "1");
}

static bool kernel_changes(const char *release, pid_t culprit)
{
	long long end = now_ns(CLOCK_MONOTONIC) + LIMIT * NSEC;
	struct utsname now;

	do {
		nap();
		uname(&now);
	} while (!strcmp(now.release, release) && now_ns(CLOCK_MONOTONIC) < end);
	kill(culprit, SIGKILL);
	waitpid(culprit, NULL, 0);
	return strcmp(now.release, release);
}

/* How many go on; those that do not have been given up, or hang. */
static unsigned int count_alive(struct worker *w)
{
	long long end = now_ns(CLOCK_MONOTONIC) + LIMIT * NSEC;
	unsigned long before[NR];
	unsigned int k, alive, hang;

	for (k = 0; k < NR; k++)
		before[k] = w[k].count;
	do {
		nap();
		for (alive = hang = k = 0; k < NR; k++) {
			if (w[k].pid && waitpid(w[k].pid, &w[k].status, WNOHANG) == w[k].pid)
				w[k].pid = 0;
			if (!w[k].pid)
				continue;
			if (w[k].count > before[k] + 1)
				alive++;
			else
				hang++;
		}
	} while (hang && now_ns(CLOCK_MONOTONIC) < end);
	for (k = 0; k < NR; k++) {
		if (w[k].pid && w[k].count <= before[k] + 1)
			printf("# %s: does not go on\n", w[k].name);
		else if (!w[k].pid && !w[k].error)
			printf("# %s: was given up, status %#x\n", w[k].name, w[k].status);
	}
	return alive;
}

static unsigned int count_wrong(struct worker *w)
{
	unsigned int k, wrong = 0;

	if (!w[0].error)
		w[0].error = check_files(&w[0]);
	for (k = 0; k < NR; k++) {
		if (!w[k].error)
			continue;
		printf("# %s: %s\n", w[k].name, w[k].error);
		/* Its other end was given up: that is told of, and no wrong data. */
		wrong += w[k].error != gone;
	}
	return wrong;
}

/* Those that were given up begin anew. */
static void start_again(struct worker *w)
{
	char log[256];
	unsigned int k;

	for (k = 0; k < NR; k++) {
		if (w[k].pid)
			continue;
		w[k].error = NULL;
		if (w[k].work == append) {
			snprintf(log, sizeof(log), "%s/log", dir);
			unlink(log);
			w[k].count = 0;
		}
		start(&w[k]);
	}
}

static void read_line(const char *attr, char *text, size_t size)
{
	if (ctl_read(attr, text, size) < 0)
		text[0] = '\0';
	text[strcspn(text, "\n\"\\")] = '\0';
}

/* True if all is well. */
static bool round_of(struct worker *w, FILE *json, const struct fault *f, unsigned int seed,
		     unsigned int nr)
{
	const char *name = f->name ?: "sysrq";
	unsigned int alive, wrong;
	char why[256], ns[64];
	struct utsname u;
	bool changed;

	uname(&u);
	changed = kernel_changes(u.release, inject(f));
	alive = count_alive(w);
	ctl_wait_settled(LIMIT);
	wrong = count_wrong(w);
	read_line("failure", why, sizeof(why));
	read_line("stats/downtime_ns", ns, sizeof(ns));
	fprintf(json, "{\"seed\": %u, \"round\": %u, \"from\": \"%s\", ", seed, nr, u.release);
	fprintf(json, "\"fault\": \"%s\", \"why\": \"%s\", \"ns\": %s, ", name, why,
		*ns ? ns : "null");
	fprintf(json, "\"alive\": %u, \"of\": %zu, \"wrong\": %u}\n", alive, NR, wrong);
	fflush(json);
	printf("# %s: %s, %s ns, %u of %zu go on\n", name, why, ns, alive, NR);
	ktap_result(changed && !wrong, name, "");
	return changed && !wrong;
}

int main(int argc, char **argv)
{
	unsigned int seed, rounds, i, k;
	struct worker *w;
	bool ok = true;
	FILE *json;

	if (argc != 4)
		return 2;
	seed = atoi(argv[1]);
	rounds = atoi(argv[2]);
	dir = argv[3];
	setvbuf(stdout, NULL, _IOLBF, 0);
	w = mmap(NULL, sizeof(jobs), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(w, jobs, sizeof(jobs));
	ktap_plan(rounds);
	json = fopen("/out/inject.json", "w");
	for (k = 0; k < NR; k++)
		start(&w[k]);
	srand(seed);
	for (i = 0; i < rounds && ok; i++) {
		const struct fault *f = &faults[rand() % ARRAY_SIZE(faults)];
		unsigned int naps = 10 + rand() % 40;

		if ((i && !arm()) || !protect()) {
			printf("# not armed\n");
			ctl_diag("last_error");
			break;
		}
		/* Somewhere in their work. */
		while (naps--)
			nap();
		ok = round_of(w, json, f, seed, i);
		start_again(w);
	}
	for (k = 0; k < NR; k++)
		if (w[k].pid)
			kill(w[k].pid, SIGKILL);
	fclose(json);
	return ktap_end();
}
