// SPDX-License-Identifier: GPL-2.0
/* Waiters on futexes: private, shared, with and without a time. */
#include <linux/futex.h>

#include "hop_test.h"

struct waiter {
	struct blocked b;
	uint32_t *word;
	int op;
	bool timed;		/* relative for FUTEX_WAIT, else absolute */
	uint32_t bits;
};

static long futex(uint32_t *word, int op, uint32_t val,
		  const struct timespec *ts, uint32_t bits)
{
	return syscall(SYS_futex, word, op, val, ts, NULL, bits);
}

static long call_wait(struct blocked *b)
{
	struct waiter *w = b->arg;
	struct timespec ts = { .tv_sec = 1000 };

	if ((w->op & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET)
		ts.tv_sec += now_ns(CLOCK_MONOTONIC) / NSEC;
	return futex(w->word, w->op, 0, w->timed ? &ts : NULL, w->bits);
}

static bool short_wait(struct looper *l)
{
	struct timespec ts = { .tv_nsec = 50 * 1000000 };
	long long end = now_ns(CLOCK_MONOTONIC) + ts.tv_nsec;
	static uint32_t word;

	CHECK_ERR(futex(&word, FUTEX_WAIT_PRIVATE, 0, &ts, 0), ETIMEDOUT);
	return CHECK(now_ns(CLOCK_MONOTONIC) >= end);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int turn;

static void *cond_thread(void *arg)
{
	pthread_mutex_lock(&mutex);
	while (turn != 1)
		pthread_cond_wait(&cond, &mutex);
	turn = 2;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static struct gate ready;
static uint32_t *shared;

/* A waiter in another process, on a page of a file that both map. */
static void other_process(void *arg)
{
	gate_post(&ready, 1);
	CHECK_EQ(futex(&shared[1], FUTEX_WAIT, 0, NULL, 0), 0);
}

/* A sleeper may still be on its way back into the call. */
static void wake(struct waiter *w)
{
	int op = FUTEX_WAKE_BITSET | (w->op & FUTEX_PRIVATE_FLAG);

	while (futex(w->word, op, 1, NULL, w->bits ?: ~0U) != 1 &&
	       !__atomic_load_n(&w->b.done, __ATOMIC_ACQUIRE))
		sched_yield();
}

int main(void)
{
	static uint32_t words[6];
	struct waiter waiters[] = {
		{ .word = &words[0], .op = FUTEX_WAIT_PRIVATE },
		{ .word = &words[1], .op = FUTEX_WAIT_PRIVATE, .timed = true },
		{ .word = &words[2], .op = FUTEX_WAIT_BITSET_PRIVATE, .bits = 4 },
		{ .word = &words[3], .op = FUTEX_WAIT_BITSET_PRIVATE,
		  .timed = true, .bits = 8 },
		{ .word = &words[4], .op = FUTEX_WAIT },
		{ .word = NULL, .op = FUTEX_WAIT, .timed = true },
	};
	struct looper loop = { .name = "futex time-outs", .once = short_wait };
	pthread_t thread;
	pid_t pid;
	size_t i;
	int fd;

	gate_init(&ready);
	fd = MUST(open("words", O_RDWR | O_CREAT, 0600));
	MUST(ftruncate(fd, PAGE));
	shared = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	waiters[5].word = &shared[0];
	for (i = 0; i < ARRAY_SIZE(waiters); i++) {
		waiters[i].b.name = "futex";
		waiters[i].b.nr = SYS_futex;
		waiters[i].b.call = call_wait;
		waiters[i].b.arg = &waiters[i];
		blocked_start(&waiters[i].b);
	}
	pid = hop_child(other_process, NULL);
	gate_take(&ready, 1);
	hop_wait_syscall(pid, pid, SYS_futex);
	MUST0(pthread_create(&thread, NULL, cond_thread, NULL));
	looper_start(&loop);

	hop();

	looper_stop(&loop);
	for (i = 0; i < ARRAY_SIZE(waiters); i++) {
		blocked_still(&waiters[i].b);
		wake(&waiters[i]);
		blocked_finish(&waiters[i].b, 0, 0);
	}
	while (futex(&shared[1], FUTEX_WAKE, 1, NULL, 0) != 1 &&
	       !waitpid(pid, NULL, WNOHANG | WNOWAIT))
		sched_yield();
	hop_reap(pid);
	pthread_mutex_lock(&mutex);
	turn = 1;
	pthread_cond_broadcast(&cond);
	while (turn != 2)
		pthread_cond_wait(&cond, &mutex);
	pthread_mutex_unlock(&mutex);
	MUST0(pthread_join(thread, NULL));
	return hop_status();
}
