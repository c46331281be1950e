// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is claimed on demand: right after the hop several processes do to
 * it, each in its own way, what must not miss a page that is still to be
 * claimed, nor bring one back that is gone. All have the same pages from one
 * fork, besides some that are each one's own.
 */
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include "hop_test.h"
#include "orthros_ctl.h"

#define SIZE	(256 * MIB)
#define PAGES	(SIZE / PAGE)
#define OWN	(32 * MIB)
/* Not the start of a page table, nor of a huge page. */
#define ODD	(37 * PAGE)

static struct gate ready;
static char *mem, *own;
static unsigned long total;

static unsigned long total_ram(void)
{
	struct sysinfo info;

	MUST(sysinfo(&info));
	return info.totalram;
}

/* The update returns when all is claimed; the new kernel has other memory at once. */
static void wait_for_kernel(void)
{
	while (total_ram() == total)
		usleep(500);
}

static unsigned long *word(char *at, size_t page)
{
	return (unsigned long *)(at + page * PAGE + 8 * (page % 500));
}

static void pattern(char *at, size_t size, unsigned long seed)
{
	size_t i;

	for (i = 0; i < size / PAGE; i++)
		*word(at, i) = seed + i;
}

/* Pages [from, to) of a range whose pattern began with @first. */
static bool intact(char *at, size_t from, size_t to, size_t first, unsigned long seed)
{
	size_t i;

	for (i = from; i < to; i++) {
		unsigned long got = *(unsigned long *)(at + i * PAGE + 8 * ((i + first) % 500));

		if (got != seed + i + first) {
			fprintf(stderr, "# page %zu: %#lx, not %#lx\n", i, got, seed + i + first);
			return false;
		}
	}
	return true;
}

static bool zero(char *at, size_t size)
{
	size_t i;

	for (i = 0; i < size / sizeof(long); i++)
		if (((long *)at)[i])
			return false;
	return true;
}

static void touch(void)
{
	size_t i, page = 1;

	for (i = 0; i < 4096; i++) {
		page = (page * 1103515245 + 12345) % PAGES;
		CHECK_EQ(*word(mem, page), page);
	}
}

static void scribble(void)
{
	size_t i;

	for (i = 0; i < PAGES; i += 61)
		*word(mem, i) = ~i;
	for (i = 0; i < PAGES; i++)
		if (!CHECK_EQ(*word(mem, i), i % 61 ? i : ~i))
			break;
}

static void fork_reads(void *arg)
{
	CHECK(intact(mem, 0, PAGES, 0, 0));
	*word(mem, 5) = 55;
}

static void forks(void)
{
	hop_reap(hop_child(fork_reads, NULL));
	CHECK_EQ(*word(mem, 5), 5);
}

static void unmaps(void)
{
	size_t from = 40 * MIB + ODD, size = 50 * MIB;
	char *at = mem + from;

	MUST(munmap(at, size));
	CHECK(intact(mem, from / PAGE - 64, from / PAGE, 0, 0));
	CHECK(MUST(mmap(at, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)) == at);
	CHECK(zero(at, size));
	/* In one go, too. */
	at = mem + 120 * MIB + ODD;
	CHECK(MUST(mmap(at, 3 * MIB, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)) == at);
	CHECK(zero(at, 3 * MIB));
	CHECK(intact(mem, (from + size) / PAGE, 120 * MIB / PAGE + 37, 0, 0));
	CHECK(intact(mem, 123 * MIB / PAGE + 37, PAGES, 0, 0));
}

static void moves(void)
{
	size_t from = 16 * MIB + ODD, size = 70 * MIB;
	char *to = MUST(mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	CHECK(MUST(mremap(mem + from, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to)) == to);
	CHECK(intact(to, 0, size / PAGE, from / PAGE, 0));
	CHECK(MUST(mmap(mem + from, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)) == mem + from);
	CHECK(zero(mem + from, size));
	CHECK(intact(mem, 0, from / PAGE, 0, 0));
	CHECK(intact(mem, (from + size) / PAGE, PAGES, 0, 0));
	/* Shrunk and grown. */
	MUST(mremap(own, OWN, OWN - 5 * PAGE, 0));
	own = MUST(mremap(own, OWN - 5 * PAGE, 2 * OWN, MREMAP_MAYMOVE));
	CHECK(intact(own, 0, OWN / PAGE - 5, 0, 1000));
	CHECK(zero(own + OWN - 5 * PAGE, OWN + 5 * PAGE));
}

static void protects(void)
{
	char *at = mem + 8 * MIB + ODD;

	MUST(mprotect(at, 20 * MIB, PROT_NONE));
	MUST(mprotect(mem + 60 * MIB, 20 * MIB, PROT_READ));
	CHECK(intact(mem, 60 * MIB / PAGE, 80 * MIB / PAGE, 0, 0));
	MUST(mprotect(own, OWN, PROT_READ));
	MUST(mprotect(own, OWN, PROT_READ | PROT_WRITE));
	MUST(mprotect(at, 20 * MIB, PROT_READ | PROT_WRITE));
	MUST(mprotect(mem + 60 * MIB, 20 * MIB, PROT_READ | PROT_WRITE));
	scribble();
	CHECK(intact(own, 0, OWN / PAGE, 0, 1000));
}

static void discards(void)
{
	size_t from = 30 * MIB + ODD, size = 33 * MIB;

	MUST(madvise(mem + from, size, MADV_DONTNEED));
	CHECK(zero(mem + from, size));
	MUST(madvise(own + ODD, 9 * MIB, MADV_DONTNEED));
	CHECK(zero(own + ODD, 9 * MIB));
	CHECK(intact(own, 0, 37, 0, 1000));
	CHECK(intact(own, 9 * MIB / PAGE + 37, OWN / PAGE, 0, 1000));
	madvise(mem + 200 * MIB + ODD, 4 * MIB, MADV_FREE);
	madvise(mem + 210 * MIB, 4 * MIB, MADV_COLD);
	madvise(mem + 220 * MIB, 4 * MIB, MADV_PAGEOUT);
	madvise(mem + 230 * MIB, 8 * MIB, MADV_HUGEPAGE);
	madvise(mem + 230 * MIB, 8 * MIB, 25 /* MADV_COLLAPSE */);
	CHECK(intact(mem, 0, from / PAGE, 0, 0));
	CHECK(intact(mem, (from + size) / PAGE, 200 * MIB / PAGE, 0, 0));
	CHECK(intact(mem, 210 * MIB / PAGE, PAGES, 0, 0));
}

static void reads_remotely(void)
{
	int fd = MUST(open("/proc/self/mem", O_RDONLY));
	pid_t parent = getppid();
	size_t i;

	for (i = 0; i < PAGES; i += 97) {
		unsigned long got = 0;
		struct iovec to = { &got, sizeof(got) };
		struct iovec from = { word(mem, i), sizeof(got) };

		CHECK_EQ(pread(fd, &got, sizeof(got), (off_t)(long)word(mem, i)), sizeof(got));
		CHECK_EQ(got, i);
		CHECK_EQ(process_vm_readv(parent, &to, 1, &from, 1, 0), sizeof(got));
		CHECK_EQ(got, i);
	}
	close(fd);
}

static void locks(void)
{
	unsigned char *in = MUST(mmap(NULL, PAGES, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	size_t i, there = 0;

	MUST(mincore(mem + 100 * MIB, 20 * MIB, in));
	for (i = 0; i < 20 * MIB / PAGE; i++)
		there += in[i] & 1;
	CHECK_EQ(there, 20 * MIB / PAGE);
	MUST(mlock(mem + ODD, 30 * MIB));
	CHECK(intact(mem, 0, PAGES, 0, 0));
	MUST(munlock(mem + ODD, 30 * MIB));
}

static void looks(void)
{
	char *text = slurp("/proc/self/smaps"), at[32], value[32];
	uint64_t entry[512];
	char *mapping;
	size_t i;
	int fd;

	snprintf(at, sizeof(at), "%lx-", (unsigned long)mem);
	mapping = strstr(text, at);
	if (CHECK(mapping) && CHECK(field(mapping, "Rss", value, sizeof(value))))
		CHECK_EQ(atol(value), SIZE / 1024);
	free(text);
	fd = MUST(open("/proc/self/pagemap", O_RDONLY));
	CHECK_EQ(pread(fd, entry, sizeof(entry), ((long)own + MIB) / PAGE * 8), sizeof(entry));
	for (i = 0; i < 512; i++)
		if (!CHECK(entry[i] >> 63))
			break;
	close(fd);
}

static void leaves(void)
{
	_exit(0);
}

static void *churn(void *arg)
{
	size_t i, from = (size_t)arg;

	for (i = from; i < from + 32 * MIB / PAGE; i += 3) {
		char *at = own + (i * PAGE) % OWN;

		if (i % 2)
			MUST(madvise(at, PAGE, MADV_DONTNEED));
		else
			*(volatile char *)at;
	}
	return NULL;
}

/* Faults and MADV_DONTNEED side by side: what is gone must stay gone. */
static void races(void)
{
	pthread_t t[3];
	size_t i;

	for (i = 0; i < 3; i++)
		MUST0(pthread_create(&t[i], NULL, churn, (void *)(i * 7)));
	for (i = 0; i < 3; i++)
		MUST0(pthread_join(t[i], NULL));
	for (i = 0; i < OWN / PAGE; i++) {
		unsigned long got = *word(own, i);

		if (!CHECK(!got || got == 1000 + i))
			break;
	}
	CHECK(intact(mem, 0, PAGES, 0, 0));
}

/* What was thrown away comes back as a huge page while others claim what was there. */
static void renews(void)
{
	char *end = mem + SIZE, *at = (char *)(((long)mem + 2 * MIB - 1) & -(2 * MIB));

	madvise(mem, SIZE, MADV_HUGEPAGE);
	for (; at + 2 * MIB <= end; at += 2 * MIB) {
		MUST(madvise(at, 2 * MIB, MADV_DONTNEED));
		at[PAGE] = 1;
		CHECK(!at[0] && at[PAGE] == 1 && zero(at + 2 * PAGE, 2 * MIB - 2 * PAGE));
	}
}

/* None of the pages that wait to be claimed is absent. */
static void asks(void)
{
	static void *at[PAGES / 8];
	static int status[PAGES / 8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(at); i++)
		at[i] = mem + (i * 8 + 3) * PAGE;
	CHECK_EQ(syscall(SYS_move_pages, 0, ARRAY_SIZE(at), at, NULL, status, 0), 0);
	for (i = 0; i < ARRAY_SIZE(at); i++)
		if (!CHECK(status[i] >= 0))
			break;
}

/* More than the new kernel has before the old one's memory is free. */
static void presses(void)
{
	size_t i, size = 640 * MIB;
	char *more = MUST(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0));

	for (i = 0; i < size; i += PAGE)
		*(size_t *)(more + i) = i;
	for (i = 0; i < size; i += PAGE)
		if (!CHECK_EQ(*(size_t *)(more + i), i))
			break;
	MUST(munmap(more, size));
}

/* There is no kernel to update to, but before that is found the hop must be over. */
static void updates(void)
{
	char text[32];
	int err;

	err = ctl_write("update", "nowait");
	CHECK_EQ(ctl_read("stats/freed_ns", text, sizeof(text)), 0);
	if (!*text)
		CHECK_EQ(err, -EBUSY);
	else
		CHECK(err == -EBUSY || err == -ENODEV);
	CHECK_EQ(ctl_write("update", "1"), -ENODEV);
	CHECK_EQ(ctl_read("stats/freed_ns", text, sizeof(text)), 0);
	CHECK(*text);
	CHECK_EQ(ctl_write("update", "nowait"), -ENODEV);
}

static const struct {
	const char *name;
	void (*fn)(void);
} deeds[] = {
	{ "touch", touch }, { "scribble", scribble }, { "fork", forks },
	{ "munmap", unmaps }, { "mremap", moves }, { "mprotect", protects },
	{ "madvise", discards }, { "mem", reads_remotely }, { "mlock", locks },
	{ "smaps", looks }, { "exit", leaves }, { "race", races }, { "renew", renews },
	{ "move_pages", asks }, { "pressure", presses }, { "update", updates },
};

static void child(void *arg)
{
	long n = (long)arg;

	own = MUST(mmap(NULL, OWN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	/* Little for most, so that all fit. */
	if (n == 4 || n == 5 || n == 6 || n == 9 || n == 11)
		pattern(own, OWN, 1000);
	gate_post(&ready, 1);
	wait_for_kernel();
	deeds[n].fn();
	if (hop_status())
		fprintf(stderr, "# in: %s\n", deeds[n].name);
}

int main(void)
{
	pid_t pid[ARRAY_SIZE(deeds)];
	size_t i;

	gate_init(&ready);
	total = total_ram();
	mem = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	MUST(madvise(mem, SIZE, MADV_NOHUGEPAGE));
	pattern(mem, SIZE, 0);
	for (i = 0; i < ARRAY_SIZE(deeds); i++)
		pid[i] = hop_child(child, (void *)i);
	gate_take(&ready, ARRAY_SIZE(deeds));

	hop();
	CHECK(intact(mem, 0, PAGES, 0, 0));
	for (i = 0; i < ARRAY_SIZE(deeds); i++)
		hop_reap(pid[i]);
	CHECK(intact(mem, 0, PAGES, 0, 0));
	return hop_status();
}
