// SPDX-License-Identifier: GPL-2.0
/*
 * Every general register and the flags of threads that are in user mode, and
 * of threads inside a system call, while the hop goes on.
 */
#include <sys/resource.h>

#include "hop_test.h"
#include "regs_64.h"

#define SPINNERS	4
#define SLEEPERS	4

static struct gate ready;

static void pattern(struct regs *r, int n)
{
	int i;

	for (i = 0; i < NR_REGS - 1; i++)
		r->in[i] = 0x0123456789abcdefUL * (n + 1) ^ ((unsigned long)i << 56);
	/* CF, PF, AF, ZF, SF, OF as the number says; IF and bit 1 are set. */
	r->in[15] = 0x202 | (n & 1) | (n & 2) << 1 | (n & 4) << 2 |
		(n & 1) << 6 | (n & 2) << 6 | (n & 4) << 9;
}

static void *spinner(void *arg)
{
	struct regs *r = arg;

	/* Spinners stand behind everybody else. */
	setpriority(PRIO_PROCESS, hop_gettid(), 15);
	gate_post(&ready, 1);
	regs_spin(r, &r->stop);
	return NULL;
}

static void *sleeper(void *arg)
{
	struct regs *r = arg;

	__atomic_store_n(&r->tid, hop_gettid(), __ATOMIC_RELEASE);
	regs_read(r, r->fd, &r->byte);
	return NULL;
}

static struct regs spinners[SPINNERS], sleepers[SLEEPERS];

int main(void)
{
	static const int kept[] = { 1, 6, 7, 8, 9, 11, 12, 13, 14 };
	struct gate go;
	size_t k;
	int i, j;

	gate_init(&ready);
	gate_init(&go);
	for (i = 0; i < SPINNERS; i++) {
		pattern(&spinners[i], 2 * i + 1);
		MUST0(pthread_create(&spinners[i].thread, NULL, spinner,
				     &spinners[i]));
	}
	for (i = 0; i < SLEEPERS; i++) {
		struct regs *r = &sleepers[i];

		pattern(r, 100 + i);
		r->fd = go.rd;
		MUST0(pthread_create(&r->thread, NULL, sleeper, r));
		while (!__atomic_load_n(&r->tid, __ATOMIC_ACQUIRE))
			sched_yield();
		hop_wait_syscall(getpid(), r->tid, SYS_read);
	}
	gate_take(&ready, SPINNERS);

	hop();

	for (i = 0; i < SPINNERS; i++) {
		__atomic_store_n(&spinners[i].stop, 1, __ATOMIC_RELEASE);
		MUST0(pthread_join(spinners[i].thread, NULL));
		for (j = 0; j < NR_REGS; j++)
			CHECK_EQ(spinners[i].out[j], spinners[i].in[j]);
	}
	gate_post(&go, SLEEPERS);
	for (i = 0; i < SLEEPERS; i++) {
		struct regs *r = &sleepers[i];

		MUST0(pthread_join(r->thread, NULL));
		CHECK_EQ(r->out[0], 1);
		CHECK_EQ(r->out[3], 1);
		CHECK_EQ(r->out[4], (long)&r->byte);
		for (k = 0; k < ARRAY_SIZE(kept); k++)
			CHECK_EQ(r->out[kept[k]], r->in[kept[k]]);
	}
	return hop_status();
}
