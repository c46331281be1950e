// SPDX-License-Identifier: GPL-2.0
/*
 * Sixteen threads of one process: ids, names, masks, thread-local storage,
 * gs base, and that each can be joined (clear_child_tid).
 */
#include <asm/prctl.h>
#include <sys/prctl.h>

#include "hop_test.h"

#define THREADS	16

static struct gate ready, go;
static __thread long tls = -1;
static __thread char tls_array[5000] = "initial";
static pid_t tids[THREADS];

static unsigned long arch_get(int code)
{
	unsigned long value = 0;

	MUST(syscall(SYS_arch_prctl, code, &value));
	return value;
}

static void *thread(void *arg)
{
	long n = (long)arg;
	unsigned long long start;
	unsigned long fs, gs = 0x100000 * n + n;
	pid_t tid = hop_gettid();
	char name[16], now[16];
	sigset_t mask, got;
	char *text;

	tids[n] = tid;
	tls = n * 1000003;
	fill(tls_array, sizeof(tls_array), n);
	snprintf(name, sizeof(name), "worker/%ld", n);
	MUST(prctl(PR_SET_NAME, name));
	fs = arch_get(ARCH_GET_FS);
	MUST(syscall(SYS_arch_prctl, ARCH_SET_GS, gs));
	sigemptyset(&mask);
	sigaddset(&mask, SIGRTMIN + n);
	sigaddset(&mask, SIGUSR1);
	MUST0(pthread_sigmask(SIG_SETMASK, &mask, NULL));
	text = slurpf("/proc/self/task/%d/stat", tid);
	start = strlen(text);
	free(text);

	gate_post(&ready, 1);
	gate_take(&go, 1);

	CHECK(start);
	CHECK_EQ(hop_gettid(), tid);
	CHECK_EQ(tls, n * 1000003);
	CHECK(filled(tls_array, sizeof(tls_array), n));
	prctl(PR_GET_NAME, now);
	CHECK_STR(now, name);
	CHECK_EQ(arch_get(ARCH_GET_FS), fs);
	CHECK_EQ(arch_get(ARCH_GET_GS), gs);
	sigemptyset(&got);
	MUST0(pthread_sigmask(SIG_SETMASK, NULL, &got));
	CHECK(!memcmp(&got, &mask, 8));
	return (void *)(n + 100);
}

static void *fresh(void *arg)
{
	return arg;
}

int main(void)
{
	pthread_t threads[THREADS], other;
	pid_t *clear_tid = NULL;
	void *ret;
	long i;

	gate_init(&ready);
	gate_init(&go);
	for (i = 0; i < THREADS; i++)
		MUST0(pthread_create(&threads[i], NULL, thread, (void *)i));
	gate_take(&ready, THREADS);

	hop();

	for (i = 0; i < THREADS; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/task/%d", tids[i]);
		CHECK_EQ(access(path, F_OK), 0);
		CHECK_EQ(syscall(SYS_tgkill, getpid(), tids[i], 0), 0);
	}
	MUST(prctl(PR_GET_TID_ADDRESS, &clear_tid));
	CHECK_EQ(*clear_tid, getpid());
	/* A new thread beside them, and one that is joined at once. */
	MUST0(pthread_create(&other, NULL, fresh, (void *)7));
	MUST0(pthread_join(other, &ret));
	CHECK_EQ((long)ret, 7);
	gate_post(&go, THREADS);
	for (i = 0; i < THREADS; i++) {
		MUST0(pthread_join(threads[i], &ret));
		CHECK_EQ((long)ret, i + 100);
	}
	return hop_status();
}
