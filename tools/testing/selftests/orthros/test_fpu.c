// SPDX-License-Identifier: GPL-2.0
/*
 * The FPU: x87 stack and control word, MXCSR, XMM, YMM, and ZMM with mask
 * registers where the processor has them; of threads in user mode and of
 * threads in a system call.
 */
#include <cpuid.h>
#include <stddef.h>
#include <sys/resource.h>

#include "hop_test.h"
#include "regs_64.h"

#define THREADS	4

struct worker {
	struct fpu in, out;
	int stop;
	int fd;
	bool sleeps;
	char byte;
	pid_t tid;
	pthread_t thread;
};

static struct gate ready;
static fpu_hold_fn fpu_hold = fpu_hold_16;
static size_t width = 16;

static void detect(void)
{
	unsigned int a, b, c, d, lo, hi;

	__cpuid(1, a, b, c, d);
	if (!(c & bit_OSXSAVE))
		return;
	asm volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	if ((c & bit_AVX) && (lo & 6) == 6) {
		fpu_hold = fpu_hold_32;
		width = 32;
	}
	if (__get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX512F) &&
	    (b & bit_AVX512BW) && (lo & 0xe6) == 0xe6) {
		fpu_hold = fpu_hold_64;
		width = 64;
	}
}

static void store_long(unsigned char *at, long double value)
{
	memcpy(at, &value, 10);
}

static void pattern(struct fpu *f, int n)
{
	int i;

	memset(f, 0, sizeof(*f));
	fill(f->zmm, sizeof(f->zmm), n);
	fill(f->k, sizeof(f->k), n + 50);
	for (i = 0; i < 8; i++)
		store_long(f->st[i], (n + 1) * 1.0e100L / (i + 3));
	f->cw = 0x037f | (n & 3) << 10;		/* rounding modes */
	f->mxcsr = 0x1f80 | (n & 3) << 13 | 0x8000 * (n & 1);
}

static void *run(void *arg)
{
	struct worker *w = arg;

	if (w->sleeps) {
		__atomic_store_n(&w->tid, hop_gettid(), __ATOMIC_RELEASE);
	} else {
		setpriority(PRIO_PROCESS, hop_gettid(), 15);
		gate_post(&ready, 1);
	}
	CHECK_EQ(fpu_hold(&w->in, &w->out, w->sleeps ? NULL : &w->stop, w->fd,
			  &w->byte), 1);
	return NULL;
}

static struct worker workers[2 * THREADS];

int main(void)
{
	struct gate go;
	int i;

	CHECK_EQ(offsetof(struct fpu, cw), 2244);	/* fpu_64.S counts on it */
	detect();
	gate_init(&ready);
	gate_init(&go);
	for (i = 0; i < 2 * THREADS; i++) {
		struct worker *w = &workers[i];

		pattern(&w->in, i);
		memset(&w->out, 0, sizeof(w->out));
		w->sleeps = i & 1;
		w->fd = go.rd;
		MUST0(pthread_create(&w->thread, NULL, run, w));
		if (w->sleeps) {
			while (!__atomic_load_n(&w->tid, __ATOMIC_ACQUIRE))
				sched_yield();
			hop_wait_syscall(getpid(), w->tid, SYS_read);
		}
	}
	gate_take(&ready, THREADS);

	hop();

	gate_post(&go, THREADS);
	for (i = 0; i < 2 * THREADS; i++) {
		struct worker *w = &workers[i];
		int regs = width == 64 ? 32 : 16, j;

		__atomic_store_n(&w->stop, 1, __ATOMIC_RELEASE);
		MUST0(pthread_join(w->thread, NULL));
		for (j = 0; j < regs; j++)
			CHECK(!memcmp(w->out.zmm[j], w->in.zmm[j], width));
		for (j = 0; width == 64 && j < 8; j++)
			CHECK_EQ(w->out.k[j], w->in.k[j]);
		for (j = 0; j < 8; j++)
			CHECK(!memcmp(w->out.st[j], w->in.st[j], 10));
		CHECK_EQ(w->out.cw, w->in.cw);
		CHECK_EQ(w->out.mxcsr, w->in.mxcsr);
	}
	return hop_status();
}
