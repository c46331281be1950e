// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that must not notice that the kernel is exchanged, again and again.
 *
 *   soak-load client SOCKET	sets and gets keys of redis, checks each reply;
 *				SOCKET is a path, or a port of 127.0.0.1
 *   soak-load sum MIB		keeps checksumming so much of its memory
 *   soak-load fault MIB	keeps mapping, filling, checking new memory
 *
 * Each runs until SIGTERM, then prints what it did and exits 0. A wrong reply
 * or byte is status 1 at once.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
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
	else
		return 2;
	printf("%s: %lu rounds\n", argv[1], n);
	return 0;
}
