/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every test program of a hop shares.
 *
 * A test prepares its kernel object, calls hop(), and verifies it:
 *
 *	int main(void)
 *	{
 *		int fd = MUST(eventfd(7, 0));
 *
 *		hop();
 *		CHECK_EQ(read_counter(fd), 7);
 *		return hop_status();
 *	}
 *
 * hop() tells the runner (hop_runner.c) that the test is ready and blocks
 * until the runner says that the update is over.  Between processes and
 * threads of one test a &struct gate does the same.
 */
#ifndef HOP_TEST_H
#define HOP_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOP_PASS	0
#define HOP_FAIL	1
#define HOP_SKIP	4	/* as in kselftest.h */

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NSEC		1000000000LL
#define MIB		(1024UL * 1024)
#define PAGE		4096UL

/* The longest time that a clock may pass over during one hop. */
#define HOP_MAX_JUMP	(60 * NSEC)

/* Preparation that must work: the test ends if it does not. */
#define MUST(expr) ({							\
	__typeof__(expr) __must = (expr);				\
	if ((long)__must == -1)						\
		hop_die(__FILE__, __LINE__, #expr, errno);		\
	__must; })

/* The same for what returns 0 or an error number, as pthread_*() do. */
#define MUST0(expr) do {						\
	int __must = (expr);						\
	if (__must)							\
		hop_die(__FILE__, __LINE__, #expr, __must);		\
} while (0)

#define CHECK(cond) hop_check(cond, __FILE__, __LINE__, #cond)
#define CHECK_EQ(got, want)						\
	hop_check_eq((long long)(got), (long long)(want),		\
		     __FILE__, __LINE__, #got)
#define CHECK_STR(got, want)						\
	hop_check_str(got, want, __FILE__, __LINE__, #got)
/* A call that must fail with an errno. */
#define CHECK_ERR(expr, err) do {					\
	long __ret = (long)(expr);					\
	int __err = errno;						\
									\
	hop_check_eq(__ret, -1, __FILE__, __LINE__, #expr);		\
	hop_check_eq(__err, err, __FILE__, __LINE__, "errno of " #expr);	\
} while (0)

void hop(void);
int hop_status(void);
void hop_skip(const char *why) __attribute__((noreturn));
void hop_die(const char *file, int line, const char *what, int err)
	__attribute__((noreturn));
bool hop_check(bool ok, const char *file, int line, const char *what);
bool hop_check_eq(long long got, long long want, const char *file, int line,
		  const char *what);
bool hop_check_str(const char *got, const char *want, const char *file,
		   int line, const char *what);

/* A counting gate (a pipe): take blocks until as many were posted. */
struct gate {
	int rd;
	int wr;
};

void gate_init(struct gate *gate);
void gate_post(struct gate *gate, int n);
void gate_take(struct gate *gate, int n);

/*
 * hop_child() forks a process that runs @fn and exits with the verdict of
 * its own checks; hop_reap() waits for it and takes that verdict over.
 */
pid_t hop_child(void (*fn)(void *), void *arg);
void hop_reap(pid_t pid);

/* A thread that is inside one system call while the hop goes on. */
struct blocked {
	const char *name;
	long nr;			/* the system call it must sit in */
	long (*call)(struct blocked *b);
	long ret;
	int err;
	int fd;				/* for use by @call */
	void *arg;
	pid_t tid;
	bool done;
	pthread_t thread;
};

void blocked_start(struct blocked *b);
void blocked_still(struct blocked *b);
void blocked_finish(struct blocked *b, long ret, int err);
void hop_wait_syscall(pid_t pid, pid_t tid, long nr);

/* A thread that runs a short call over and over during the hop. */
struct looper {
	const char *name;
	bool (*once)(struct looper *l);	/* false: stop, a check failed */
	int fd;
	void *arg;
	unsigned long rounds;
	bool stop;
	bool failed;
	pthread_t thread;
};

void looper_start(struct looper *l);
void looper_stop(struct looper *l);

char *slurp(const char *path);
char *slurpf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool field(const char *text, const char *key, char *value, size_t size);
void write_file(const char *path, const void *data, size_t size);
long long now_ns(clockid_t clock);
unsigned long long start_time(pid_t pid);

void fill(void *mem, size_t size, uint64_t seed);
bool filled(const void *mem, size_t size, uint64_t seed);

/* One access that the compiler leaves in. */
static inline char peek(const char *at)
{
	return __atomic_load_n(at, __ATOMIC_RELAXED);
}

static inline void poke(char *at)
{
	__atomic_store_n(at, 1, __ATOMIC_RELAXED);
}

static inline pid_t hop_gettid(void)
{
	return syscall(SYS_gettid);
}

#endif /* HOP_TEST_H */
