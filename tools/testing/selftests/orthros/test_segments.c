// SPDX-License-Identifier: GPL-2.0
/*
 * What a 64-bit program can have of the processor beside its registers: a local descriptor
 * table with segments that are loaded from it, 32-bit code, and I/O ports.
 */
#include <asm/ldt.h>
#include <stddef.h>
#include <sys/io.h>
#include <sys/wait.h>

#include "hop_test.h"

#define LDT_SEL(n)	((n) << 3 | 7)

static struct gate made, go;

/* ---- the table, and segments ------------------------------------------------- */

#define ENTRIES	16

static uint32_t *words;			/* below 4 GiB, where segments begin */

static void set_entry(int nr, unsigned long base, int limit)
{
	/* Of 32 bits; the last bit is the program's. */
	struct user_desc desc = { nr, base, limit, 1, 0, 0, 0, 0, 1 };

	MUST(syscall(SYS_modify_ldt, 0x11, &desc, sizeof(desc)));
}

static int read_table(void *to)
{
	return syscall(SYS_modify_ldt, 0, to, ENTRIES * 8);
}

static uint32_t gs_word(void)
{
	uint32_t word;

	asm volatile("movl %%gs:0, %0" : "=r" (word));
	return word;
}

static void load_gs(unsigned int sel)
{
	asm volatile("mov %0, %%gs" : : "r" (sel));
}

static unsigned int get_gs(void)
{
	unsigned int sel;

	asm volatile("mov %%gs, %0" : "=r" (sel));
	return sel;
}

static void *segment_thread(void *arg)
{
	unsigned int es;

	load_gs(LDT_SEL(5));
	asm volatile("mov %0, %%es" : : "r" (LDT_SEL(3)));
	gate_post(&made, 1);
	gate_take(&go, 1);
	CHECK_EQ(get_gs(), LDT_SEL(5));
	CHECK_EQ(gs_word(), 0x5555);
	asm volatile("mov %%es, %0" : "=r" (es));
	CHECK_EQ(es, LDT_SEL(3));
	return NULL;
}

/* A process without a table of its own, and the flat segment of 32-bit programs. */
static void flat_child(void *arg)
{
	char table[ENTRIES * 8];

	load_gs(0x2b);
	asm volatile("mov %0, %%ds" : : "r" (0x2b));
	gate_post(&made, 1);
	gate_take(&go, 1);
	CHECK_EQ(get_gs(), 0x2b);
	CHECK_EQ(read_table(table), 0);
}

/* ---- 32-bit code -------------------------------------------------------------- */

/* In the lower 4 GiB; offsets are known to the code. */
struct low {
	volatile uint32_t count;	/* 0 */
	volatile uint32_t stop;		/* 4 */
	uint64_t sp;			/* 8 */
	uint64_t back;			/* 16 */
	uint32_t entry[2];		/* 24 */
	unsigned char code[32];		/* 32 */
};

static void *code_thread(void *arg)
{
	struct low *low = arg;
	uint32_t at = (uintptr_t)low->code;
	unsigned char code[] = {
		0xff, 0x07,			/* incl (%edi) */
		0x83, 0x7f, 0x04, 0x00,		/* cmpl $0, 4(%edi) */
		0x74, 0xf8,			/* je to the first */
		0xea, 0, 0, 0, 0, 0x33, 0x00,	/* ljmp $0x33, $1f */
		0x48, 0x8b, 0x67, 0x08,		/* 1: mov 8(%rdi), %rsp */
		0xff, 0x67, 0x10,		/* jmp *16(%rdi) */
	};
	uint32_t next = at + 15;

	memcpy(code + 9, &next, sizeof(next));
	memcpy(low->code, code, sizeof(code));
	low->entry[0] = at;
	low->entry[1] = 0x23;
	asm volatile("sub $128, %%rsp\n\t"
		     "push %%rbp\n\t"
		     "push %%rbx\n\t"
		     "mov %%rsp, 8(%%rdi)\n\t"
		     "lea 1f(%%rip), %%rax\n\t"
		     "mov %%rax, 16(%%rdi)\n\t"
		     "lea 4096(%%rdi), %%rsp\n\t"
		     "mov $0x2b, %%eax\n\t"
		     "mov %%eax, %%ds\n\t"
		     "ljmpl *24(%%rdi)\n"
		     "1:\n\t"
		     "pop %%rbx\n\t"
		     "pop %%rbp\n\t"
		     "add $128, %%rsp"
		     : : "D" (low)
		     : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
		       "r15", "memory", "cc");
	return NULL;
}

/* ---- I/O ports ------------------------------------------------------------------- */

static bool may_out(int port)
{
	pid_t pid = MUST(fork());
	int status;

	if (!pid) {
		outb(0, port);
		_exit(0);
	}
	MUST(waitpid(pid, &status, 0));
	return status == 0;
}

static void *port_thread(void *arg)
{
	gate_post(&made, 1);
	gate_take(&go, 1);
	CHECK(!may_out(0x80));
	return NULL;
}

static void ports_child(void *arg)
{
	pthread_t thread;

	/* A thread that was made before has none. */
	MUST0(pthread_create(&thread, NULL, port_thread, NULL));
	MUST(ioperm(0x80, 1, 1));
	MUST(ioperm(0xed, 2, 1));
	gate_post(&made, 1);
	gate_take(&go, 1);
	CHECK(may_out(0x80));
	CHECK(may_out(0xed));
	CHECK(!may_out(0x81));
	CHECK(!may_out(0xef));
	MUST(ioperm(0x80, 1, 0));
	CHECK(!may_out(0x80));
	CHECK(may_out(0xed));
	MUST0(pthread_join(thread, NULL));
}

static void iopl_child(void *arg)
{
	MUST(iopl(3));
	gate_post(&made, 1);
	gate_take(&go, 1);
	CHECK(may_out(0x80));
	CHECK(may_out(0x81));
	MUST(iopl(0));
	CHECK(!may_out(0x80));
}

int main(void)
{
	char before[ENTRIES * 8], after[ENTRIES * 8];
	pthread_t thread, coder;
	pid_t ports, all, flat;
	struct low *low;
	uint32_t count;
	int size;

	gate_init(&made);
	gate_init(&go);
	flat = hop_child(flat_child, NULL);
	ports = hop_child(ports_child, NULL);
	all = hop_child(iopl_child, NULL);
	low = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	MUST(low == MAP_FAILED ? -1 : 0);
	words = (void *)low + PAGE;
	words[0] = 0x3333;
	words[1] = 0x5555;
	set_entry(3, (uintptr_t)&words[0], 3);
	set_entry(5, (uintptr_t)&words[1], 3);
	set_entry(9, (uintptr_t)&words[0], 0);
	size = MUST(read_table(before));
	load_gs(LDT_SEL(3));
	MUST0(pthread_create(&thread, NULL, segment_thread, NULL));
	MUST0(pthread_create(&coder, NULL, code_thread, low));
	gate_take(&made, 5);
	while (!low->count)
		sched_yield();

	hop();

	gate_post(&go, 5);
	CHECK_EQ(get_gs(), LDT_SEL(3));
	CHECK_EQ(gs_word(), 0x3333);
	words[0] = 0x4444;
	CHECK_EQ(gs_word(), 0x4444);
	CHECK_EQ(read_table(after), size);
	CHECK(!memcmp(before, after, size));
	set_entry(12, (uintptr_t)&words[1], 3);
	load_gs(LDT_SEL(12));
	CHECK_EQ(gs_word(), 0x5555);

	count = low->count;
	while (low->count == count)
		sched_yield();
	low->stop = 1;
	MUST0(pthread_join(coder, NULL));
	MUST0(pthread_join(thread, NULL));
	hop_reap(flat);
	hop_reap(ports);
	hop_reap(all);
	return hop_status();
}
