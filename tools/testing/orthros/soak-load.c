// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that must not notice that the kernel is exchanged, again and again.
 *
 *   soak-load client SOCKET	sets and gets keys of redis, checks each reply;
 *				SOCKET is a path, or a port of 127.0.0.1
 *   soak-load sum MIB		keeps checksumming so much of its memory
 *   soak-load fault MIB	keeps mapping, filling, checking new memory
 *   soak-load disk DIR		keeps changing files in every way, checks each page
 *
 * Each runs until SIGTERM, then prints what it did and exits 0. A wrong reply
 * or byte is status 1 at once.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define KEYS	20000UL
#define PAGE	4096UL

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "soak-load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 31;
	x *= 0x9e3779b97f4a7c15ULL;
	return x ^ x >> 29;
}

/* One reply, line by line; every reply here is one or two lines. */
static void expect(FILE *f, const char *want)
{
	char got[128];

	if (!fgets(got, sizeof(got), f))
		die("connection");
	got[strcspn(got, "\r\n")] = '\0';
	if (strcmp(got, want)) {
		fprintf(stderr, "soak-load: reply \"%s\", not \"%s\"\n", got, want);
		exit(1);
	}
}

static void put(FILE *f, const char *fmt, unsigned long key, uint64_t value)
{
	char val[32];

	snprintf(val, sizeof(val), "%016llx", (unsigned long long)value);
	if (fprintf(f, fmt, key, val) < 0 || fflush(f))
		die("connection");
}

/* Whoever waits for the first reply looks for redis.client. */
static void started(void)
{
	const char *name = "/tmp/soak/redis.client";
	FILE *f;

	f = fopen(name, "w");
	if (!f || fclose(f))
		die(name);
}

static int open_redis(const char *where)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(atoi(where)),
	};
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	bool tcp = in.sin_port;
	int fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM, 0);

	strncpy(un.sun_path, where, sizeof(un.sun_path) - 1);
	if (fd < 0 || (tcp ? connect(fd, (struct sockaddr *)&in, sizeof(in)) :
			     connect(fd, (struct sockaddr *)&un, sizeof(un))))
		die(where);
	return fd;
}

static unsigned long client(const char *where)
{
	static uint64_t shadow[KEYS];
	unsigned long n = 0, key;
	FILE *in, *out;
	char want[32];
	int fd = open_redis(where);

	in = fdopen(fd, "r");
	out = fdopen(dup(fd), "w");
	if (!in || !out)
		die("fdopen");
	for (; !stop; n++) {
		key = mix(n) % KEYS;
		if (shadow[key]) {
			put(out, "GET soak:%lu\r\n", key, 0);
			expect(in, "$16");
			snprintf(want, sizeof(want), "%016llx",
				 (unsigned long long)shadow[key]);
			expect(in, want);
		}
		shadow[key] = mix(n + key) | 1;
		put(out, "SET soak:%lu %s\r\n", key, shadow[key]);
		expect(in, "+OK");
		if (!n)
			started();
	}
	/* Nothing that was acknowledged may be lost. */
	for (key = 0; key < KEYS; key++) {
		if (!shadow[key])
			continue;
		put(out, "GET soak:%lu\r\n", key, 0);
		expect(in, "$16");
		snprintf(want, sizeof(want), "%016llx", (unsigned long long)shadow[key]);
		expect(in, want);
	}
	return n;
}

static char *map(size_t size)
{
	char *mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mem == MAP_FAILED)
		die("mmap");
	return mem;
}

static void fill(char *mem, size_t size, uint64_t seed)
{
	size_t i, k;

	for (i = 0; i < size; i += PAGE) {
		uint64_t *word = (uint64_t *)(mem + i);

		for (k = 0; k < PAGE / sizeof(*word); k += 8)
			word[k] = mix(seed + i + k);
	}
}

static void check(const char *mem, size_t size, uint64_t seed)
{
	size_t i, k;

	for (i = 0; i < size && !stop; i += PAGE) {
		const uint64_t *word = (const uint64_t *)(mem + i);

		for (k = 0; k < PAGE / sizeof(*word); k += 8) {
			if (word[k] == mix(seed + i + k))
				continue;
			fprintf(stderr, "soak-load: wrong word at %zu of %zu\n", i + 8 * k,
				size);
			exit(1);
		}
	}
}

static unsigned long sum(size_t size)
{
	char *mem = map(size);
	unsigned long n = 0;

	fill(mem, size, 1);
	for (; !stop; n++)
		check(mem, size, 1);
	return n;
}

static unsigned long fault(size_t size)
{
	unsigned long n = 0;

	for (; !stop; n++) {
		char *mem = map(size);

		fill(mem, size, n);
		check(mem, size, n);
		munmap(mem, size);
	}
	return n;
}

/* ---- files ------------------------------------------------------------ */

#define FILES	48
#define PAGES	96

/* What a file must have: a seed for each page, 0 for a hole. */
static struct file {
	uint64_t seed[PAGES];
	size_t pages;
	int fd;			/* -1: there is no such file */
	int deleted;		/* still open */
} files[FILES];

static const char *name_of(unsigned long i, unsigned int version)
{
	static char name[2][64];

	/* Several directories, so that some of them are emptied, too. */
	snprintf(name[version & 1], sizeof(name[0]), "d%lu/f%lu%s", i % 5, i,
		 version ? ".new" : "");
	return name[version & 1];
}

static void page_of(uint64_t *page, uint64_t seed)
{
	size_t k;

	for (k = 0; k < PAGE / sizeof(*page); k++)
		page[k] = seed ? mix(seed + k) : 0;
}

static void write_page(struct file *f, size_t i, uint64_t seed)
{
	uint64_t page[PAGE / 8];

	page_of(page, seed);
	if (pwrite(f->fd, page, PAGE, i * PAGE) != PAGE)
		die("pwrite");
	f->seed[i] = seed;
	if (i >= f->pages)
		f->pages = i + 1;
}

static void wrong(const struct file *f, const char *what, size_t i)
{
	fprintf(stderr, "soak-load: file %zd: %s %zu\n", f - files, what, i);
	exit(1);
}

static void check_file(const struct file *f, int fd)
{
	uint64_t page[PAGE / 8], want[PAGE / 8];
	struct stat st;
	size_t i;

	if (fstat(fd, &st))
		die("fstat");
	if ((size_t)st.st_size != f->pages * PAGE)
		wrong(f, "size", st.st_size);
	if (st.st_nlink != !f->deleted)
		wrong(f, "names", st.st_nlink);
	for (i = 0; i < f->pages; i++) {
		page_of(want, f->seed[i]);
		if (pread(fd, page, PAGE, i * PAGE) != PAGE)
			die("pread");
		if (memcmp(page, want, PAGE))
			wrong(f, "page", i);
	}
}

static void check_by_name(struct file *f, unsigned long i)
{
	int fd = open(name_of(i, 0), O_RDONLY);

	if (fd < 0)
		die(name_of(i, 0));
	check_file(f, fd);
	close(fd);
}

static void map_page(struct file *f, size_t i, uint64_t seed)
{
	uint64_t *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, i * PAGE);

	if (at == MAP_FAILED)
		die("mmap of a file");
	page_of(at, seed);
	munmap(at, PAGE);
	f->seed[i] = seed;
}

static void forget(struct file *f)
{
	close(f->fd);
	memset(f, 0, sizeof(*f));
	f->fd = -1;
}

static void create(struct file *f, unsigned long i, uint64_t r)
{
	size_t k, pages = r % 16 + 1;
	int replace = f->fd >= 0;

	if (replace)
		forget(f);
	f->fd = open(name_of(i, 1), O_RDWR | O_CREAT | O_EXCL, 0600);
	if (f->fd < 0)
		die(name_of(i, 1));
	for (k = 0; k < pages; k++)
		write_page(f, k, mix(r + k) | 1);
	if (r & 64 && fsync(f->fd))
		die("fsync");
	if (rename(name_of(i, 1), name_of(i, 0)))
		die("rename");
}

static void change(unsigned long i, uint64_t r)
{
	struct file *f = &files[i];
	size_t page = (r >> 8) % PAGES;

	if (f->deleted) {
		check_file(f, f->fd);
		if (r % 4)
			write_page(f, page, r | 1);
		else
			forget(f);
		return;
	}
	if (f->fd < 0) {
		create(f, i, r);
		return;
	}
	switch (r % 8) {
	case 0:
		create(f, i, r);
		break;
	case 1:
		if (unlink(name_of(i, 0)))
			die("unlink");
		f->deleted = 1;
		break;
	case 2:
		page = page * (r >> 16) % (f->pages + 1);
		if (ftruncate(f->fd, page * PAGE))
			die("ftruncate");
		memset(f->seed + page, 0, sizeof(f->seed) - page * sizeof(f->seed[0]));
		f->pages = page;
		break;
	case 3:
		if (fdatasync(f->fd))
			die("fdatasync");
		break;
	case 4:
		if (f->pages)
			map_page(f, page % f->pages, r | 1);
		break;
	case 5:
		check_by_name(f, i);
		break;
	default:
		write_page(f, page, r | 1);
	}
}

static unsigned long disk(const char *dir)
{
	unsigned long n = 0, i;
	char name[16];

	if (chdir(dir))
		die(dir);
	for (i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "d%lu", i);
		if (mkdir(name, 0700))
			die(name);
	}
	for (i = 0; i < FILES; i++)
		files[i].fd = -1;
	for (; !stop; n++)
		change(mix(n * 7 + 1) % FILES, mix(mix(n + 12345)));
	for (i = 0; i < FILES; i++) {
		if (files[i].fd < 0)
			continue;
		check_file(&files[i], files[i].fd);
		if (!files[i].deleted)
			check_by_name(&files[i], i);
	}
	return n;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_term, .sa_flags = SA_RESTART };
	size_t size;
	unsigned long n;

	if (argc != 3)
		return 2;
	sigaction(SIGTERM, &sa, NULL);
	size = strtoul(argv[2], NULL, 10) << 20;
	if (!strcmp(argv[1], "client"))
		n = client(argv[2]);
	else if (!strcmp(argv[1], "sum"))
		n = sum(size);
	else if (!strcmp(argv[1], "fault"))
		n = fault(size);
	else if (!strcmp(argv[1], "disk"))
		n = disk(argv[2]);
	else
		return 2;
	printf("%s: %lu rounds\n", argv[1], n);
	return 0;
}
