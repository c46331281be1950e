// SPDX-License-Identifier: GPL-2.0
/* What every test program of a hop shares, see hop_test.h. */
#include <stdarg.h>

#include "hop_test.h"

static unsigned int checks;
static unsigned int failed;

static void note(const char *file, int line, const char *text)
{
	/* One write per line: processes and threads share the output. */
	dprintf(STDOUT_FILENO, "# %s:%d: [%d] %s\n", file, line,
		hop_gettid(), text);
}

void hop_die(const char *file, int line, const char *what, int err)
{
	char text[256];

	snprintf(text, sizeof(text), "%s: %s", what, strerror(err));
	note(file, line, text);
	exit(HOP_FAIL);
}

void hop_skip(const char *why)
{
	dprintf(STDOUT_FILENO, "# SKIP %s\n", why);
	exit(HOP_SKIP);
}

bool hop_check(bool ok, const char *file, int line, const char *what)
{
	__atomic_add_fetch(&checks, 1, __ATOMIC_RELAXED);
	if (ok)
		return true;
	__atomic_add_fetch(&failed, 1, __ATOMIC_RELAXED);
	note(file, line, what);
	return false;
}

bool hop_check_eq(long long got, long long want, const char *file, int line,
		  const char *what)
{
	char text[256];

	snprintf(text, sizeof(text), "%s is %lld (%#llx), expected %lld (%#llx)",
		 what, got, got, want, want);
	return hop_check(got == want, file, line, text);
}

bool hop_check_str(const char *got, const char *want, const char *file,
		   int line, const char *what)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s is \"%.400s\", expected \"%.400s\"",
		 what, got, want);
	return hop_check(!strcmp(got, want), file, line, text);
}

/* The verdict, for return from main(); no check at all is a failure too. */
int hop_status(void)
{
	return !checks || failed ? HOP_FAIL : HOP_PASS;
}

static int env_fd(const char *name)
{
	const char *value = getenv(name);

	return value ? atoi(value) : -1;
}

void hop(void)
{
	int ready = env_fd("HOP_READY_FD");
	int go = env_fd("HOP_GO_FD");
	char byte = 0;
	ssize_t n;

	if (ready < 0 || go < 0)
		return;		/* run by hand, without a runner */
	MUST(write(ready, &byte, 1));
	do {
		n = read(go, &byte, 1);
		CHECK_EQ(n, 1);
	} while (n < 0 && errno == EINTR);
}

void gate_init(struct gate *gate)
{
	int fd[2];

	MUST(pipe(fd));
	gate->rd = fd[0];
	gate->wr = fd[1];
}

void gate_post(struct gate *gate, int n)
{
	while (n--)
		MUST(write(gate->wr, "", 1));
}

void gate_take(struct gate *gate, int n)
{
	char byte;

	while (n) {
		ssize_t ret = read(gate->rd, &byte, 1);

		if (ret == 1)
			n--;
		else if (!CHECK_EQ(ret, 1) && errno != EINTR)
			exit(hop_status());
	}
}

pid_t hop_child(void (*fn)(void *), void *arg)
{
	pid_t pid = MUST(fork());

	if (!pid) {
		checks = 0;
		failed = 0;
		fn(arg);
		_exit(hop_status());
	}
	return pid;
}

void hop_reap(pid_t pid)
{
	int status = 0;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
}

/*
 * There is no event for "it sleeps in that call now": look, and let the
 * others run.  The runner limits the time.
 */
void hop_wait_syscall(pid_t pid, pid_t tid, long nr)
{
	for (;;) {
		char *text = slurpf("/proc/%d/task/%d/syscall", pid, tid);
		bool running = !strncmp(text, "running", 7);
		long in = atol(text);

		free(text);
		if (!running && in == nr)
			return;
		sched_yield();
	}
}

static void *blocked_thread(void *arg)
{
	struct blocked *b = arg;

	__atomic_store_n(&b->tid, hop_gettid(), __ATOMIC_RELEASE);
	errno = 0;
	b->ret = b->call(b);
	b->err = errno;
	__atomic_store_n(&b->done, true, __ATOMIC_RELEASE);
	return NULL;
}

void blocked_start(struct blocked *b)
{
	MUST0(pthread_create(&b->thread, NULL, blocked_thread, b));
	while (!__atomic_load_n(&b->tid, __ATOMIC_ACQUIRE))
		sched_yield();
	hop_wait_syscall(getpid(), b->tid, b->nr);
}

/* After the hop, before what ends the call: it must not have ended yet. */
void blocked_still(struct blocked *b)
{
	bool done = __atomic_load_n(&b->done, __ATOMIC_ACQUIRE);
	char text[128];

	snprintf(text, sizeof(text), "%s ended in the hop: %ld (%s)", b->name,
		 b->ret, strerror(b->err));
	hop_check(!done, __FILE__, __LINE__, done ? text : b->name);
}

void blocked_finish(struct blocked *b, long ret, int err)
{
	MUST0(pthread_join(b->thread, NULL));
	hop_check_eq(b->ret, ret, __FILE__, __LINE__, b->name);
	if (ret == -1)
		hop_check_eq(b->err, err, __FILE__, __LINE__, b->name);
}

static void *looper_thread(void *arg)
{
	struct looper *l = arg;

	while (!__atomic_load_n(&l->stop, __ATOMIC_ACQUIRE)) {
		if (!l->once(l)) {
			__atomic_store_n(&l->failed, true, __ATOMIC_RELEASE);
			break;
		}
		__atomic_add_fetch(&l->rounds, 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* Waits for @rounds more rounds; a minute is for ever here. */
static bool looper_rounds(struct looper *l, unsigned long rounds)
{
	unsigned long want = __atomic_load_n(&l->rounds, __ATOMIC_ACQUIRE) + rounds;
	long long end = now_ns(CLOCK_MONOTONIC) + 60 * NSEC;

	while (__atomic_load_n(&l->rounds, __ATOMIC_ACQUIRE) < want) {
		if (now_ns(CLOCK_MONOTONIC) > end ||
		    __atomic_load_n(&l->failed, __ATOMIC_ACQUIRE))
			return false;
		sched_yield();
	}
	return true;
}

void looper_start(struct looper *l)
{
	MUST0(pthread_create(&l->thread, NULL, looper_thread, l));
	hop_check(looper_rounds(l, 1), __FILE__, __LINE__, l->name);
}

/* Ends the thread after a whole round in the new kernel. */
void looper_stop(struct looper *l)
{
	bool ok = looper_rounds(l, 2);
	char text[128];

	snprintf(text, sizeof(text), "%s %s", l->name, l->failed ? "has failed before" : "hangs");
	hop_check(ok, __FILE__, __LINE__, text);
	__atomic_store_n(&l->stop, true, __ATOMIC_RELEASE);
	MUST0(pthread_join(l->thread, NULL));
}

char *slurp(const char *path)
{
	int fd = MUST(open(path, O_RDONLY | O_CLOEXEC));
	size_t size = 0, room = 4096;
	char *text = malloc(room);
	ssize_t n;

	while ((n = MUST(read(fd, text + size, room - size - 1))) > 0) {
		size += n;
		if (size + 1 == room) {
			room *= 2;
			text = realloc(text, room);
		}
	}
	close(fd);
	text[size] = '\0';
	return text;
}

char *slurpf(const char *fmt, ...)
{
	char path[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	return slurp(path);
}

/* The value of the first line "key:<blanks>value" of @text. */
bool field(const char *text, const char *key, char *value, size_t size)
{
	size_t len = strlen(key);
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		if (*line == '\n')
			line++;
		if (!strncmp(line, key, len) && line[len] == ':') {
			line += len + 1;
			line += strspn(line, " \t");
			snprintf(value, size, "%.*s", (int)strcspn(line, "\n"),
				 line);
			return true;
		}
	}
	value[0] = '\0';
	return false;
}

void write_file(const char *path, const void *data, size_t size)
{
	int fd = MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));

	while (size) {
		ssize_t n = MUST(write(fd, data, size));

		data = (const char *)data + n;
		size -= n;
	}
	close(fd);
}

long long now_ns(clockid_t clock)
{
	struct timespec ts;

	MUST(clock_gettime(clock, &ts));
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

/* Field 22 of /proc/PID/stat: clock ticks after boot. */
unsigned long long start_time(pid_t pid)
{
	char *text = slurpf("/proc/%d/stat", pid);
	char *at = strrchr(text, ')');
	unsigned long long ticks;
	int i;

	for (i = 2; at && i < 22; i++)
		at = strchr(at + 1, ' ');
	ticks = at ? strtoull(at, NULL, 10) : 0;
	free(text);
	return ticks;
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	return x ^ (x >> 33);
}

/* A pattern in which each 8 bytes depend on their place and on @seed. */
void fill(void *mem, size_t size, uint64_t seed)
{
	unsigned char *at = mem;
	size_t i;

	for (i = 0; i + 8 <= size; i += 8) {
		uint64_t word = mix(seed + i);

		memcpy(at + i, &word, 8);
	}
	for (; i < size; i++)
		at[i] = seed + i;
}

bool filled(const void *mem, size_t size, uint64_t seed)
{
	const unsigned char *at = mem;
	size_t i;

	for (i = 0; i + 8 <= size; i += 8) {
		uint64_t word = mix(seed + i);

		if (memcmp(at + i, &word, 8))
			return false;
	}
	for (; i < size; i++)
		if (at[i] != (unsigned char)(seed + i))
			return false;
	return true;
}
