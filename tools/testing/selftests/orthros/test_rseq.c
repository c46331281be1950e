// SPDX-License-Identifier: GPL-2.0
/*
 * Restartable sequences: the registration of each thread is kept (the kernel
 * goes on to write the CPU number) and a critical section is still aborted.
 */
#include <linux/rseq.h>
#include <sys/rseq.h>

#include "hop_test.h"

static struct gate ready, go;

static struct rseq *area(void)
{
	return (struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);
}

/* The kernel writes it behind the compiler's back. */
static unsigned int read_area(const unsigned int *field)
{
	return __atomic_load_n(field, __ATOMIC_RELAXED);
}

static void move_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	MUST(sched_setaffinity(0, sizeof(set), &set));
}

/*
 * Sits in a critical section until it is aborted, which being moved to
 * another CPU, or a signal, does.
 */
static void until_aborted(void)
{
	asm volatile(".pushsection __rseq_cs, \"aw\"\n\t"
		     ".balign 32\n"
		     "1:\n\t"
		     ".long 0, 0\n\t"
		     ".quad 2f, 3f - 2f, 4f\n\t"
		     ".popsection\n\t"
		     "lea 1b(%%rip), %%rax\n\t"
		     "mov %%rax, %0\n"
		     "2:\n\t"
		     "pause\n\t"
		     "jmp 2b\n"
		     "3:\n\t"
		     /* The signature that stands before every abort handler. */
		     ".byte 0x0f, 0xb9, 0x3d\n\t"
		     ".long 0x53053053\n"
		     "4:\n\t"
		     : "=m"(area()->rseq_cs) : : "rax", "memory");
}

static void *thread(void *arg)
{
	long cpu = (long)arg;

	CHECK(__rseq_size > 0);
	CHECK((int)read_area(&area()->cpu_id) >= 0);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	move_to(cpu);
	CHECK_EQ(read_area(&area()->cpu_id), cpu);
	CHECK_EQ(read_area(&area()->cpu_id_start), cpu);
	move_to(!cpu);
	CHECK_EQ(read_area(&area()->cpu_id), !cpu);
	/* Still registered: registering again with these is EBUSY. */
	CHECK_ERR(syscall(SYS_rseq, area(), 32, 0, 0x53053053), EBUSY);
	return NULL;
}

static void *in_section(void *arg)
{
	gate_post(&ready, 1);
	until_aborted();
	CHECK(true);
	return NULL;
}

static void nothing(int sig)
{
}

int main(void)
{
	struct sigaction sa = { .sa_handler = nothing };
	pthread_t threads[3];

	if (!__rseq_size)
		hop_skip("the C library has not registered rseq");
	gate_init(&ready);
	gate_init(&go);
	MUST(sigaction(SIGUSR1, &sa, NULL));
	MUST0(pthread_create(&threads[0], NULL, thread, (void *)0));
	MUST0(pthread_create(&threads[1], NULL, thread, (void *)1));
	MUST0(pthread_create(&threads[2], NULL, in_section, NULL));
	gate_take(&ready, 3);

	hop();

	gate_post(&go, 2);
	/* The section has been aborted by now; if not, this does it. */
	MUST0(pthread_kill(threads[2], SIGUSR1));
	MUST0(pthread_join(threads[0], NULL));
	MUST0(pthread_join(threads[1], NULL));
	MUST0(pthread_join(threads[2], NULL));
	return hop_status();
}
