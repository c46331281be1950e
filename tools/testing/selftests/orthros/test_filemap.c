// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of files: private and shared, clean and written, of a deleted
 * file, beyond its end, executable.
 */
#include <setjmp.h>

#include "hop_test.h"

#define SIZE	(64 * PAGE)

static struct gate ready, go;
static sigjmp_buf fault;
static int fault_sig;

static void on_fault(int sig)
{
	fault_sig = sig;
	siglongjmp(fault, 1);
}

static int touch(const char *at)
{
	fault_sig = 0;
	if (!sigsetjmp(fault, 1))
		peek(at);
	return fault_sig;
}

static char *map_file(const char *path, uint64_t seed, int prot, int flags)
{
	char *data = malloc(SIZE), *mem;
	int fd;

	fill(data, SIZE, seed);
	write_file(path, data, SIZE);
	free(data);
	fd = MUST(open(path, O_RDWR));
	mem = MUST(mmap(NULL, SIZE, prot, flags, fd, 0));
	close(fd);
	return mem;
}

static void child(void *arg)
{
	char *shared = arg;

	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK(filled(shared + PAGE, PAGE, 99));
	fill(shared + 2 * PAGE, PAGE, 98);
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_fault };
	const int rw = PROT_READ | PROT_WRITE;
	char *clean, *cowed, *shared, *deleted, *short_file, *code, *middle, *data;
	unsigned char ret42[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
	struct stat before, after;
	char *text, key[32], *line;
	pid_t pid;
	int fd, i;

	gate_init(&ready);
	gate_init(&go);
	MUST(sigaction(SIGBUS, &sa, NULL));
	MUST(sigaction(SIGSEGV, &sa, NULL));
	data = malloc(SIZE);

	clean = map_file("clean", 1, rw, MAP_PRIVATE);
	CHECK_EQ(clean[0] + clean[PAGE], clean[0] + clean[PAGE]);
	cowed = map_file("cowed", 2, rw, MAP_PRIVATE);
	for (i = 0; i < 64; i += 2)
		fill(cowed + i * PAGE, PAGE, 1000 + i);
	shared = map_file("shared", 3, rw, MAP_SHARED);
	fill(shared, PAGE, 97);
	deleted = map_file("deleted", 4, rw, MAP_SHARED);
	fill(deleted + PAGE, PAGE, 96);
	MUST(unlink("deleted"));
	short_file = map_file("short", 5, rw, MAP_SHARED);
	MUST(truncate("short", PAGE + 100));
	fd = MUST(open("code", O_RDWR | O_CREAT, 0700));
	MUST(write(fd, ret42, sizeof(ret42)));
	code = MUST(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
	close(fd);
	fd = MUST(open("clean", O_RDONLY));
	middle = MUST(mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 10 * PAGE));
	close(fd);
	MUST(stat("shared", &before));
	pid = hop_child(child, shared);
	gate_take(&ready, 1);

	hop();

	CHECK(filled(clean, SIZE, 1));
	for (i = 0; i < 64; i++) {
		bool own = i % 2 == 0;

		fill(data, SIZE, 2);
		if (own)
			CHECK(filled(cowed + i * PAGE, PAGE, 1000 + i));
		else
			CHECK(!memcmp(cowed + i * PAGE, data + i * PAGE, PAGE));
	}
	/* Writing to the file shows where no private page hides it. */
	fd = MUST(open("cowed", O_RDWR));
	CHECK_EQ(pread(fd, data, SIZE, 0), SIZE);
	CHECK(filled(data, SIZE, 2));
	CHECK_EQ(pwrite(fd, "1234", 4, PAGE), 4);
	CHECK(!memcmp(cowed + PAGE, "1234", 4));
	CHECK_EQ(pwrite(fd, "1234", 4, 2 * PAGE), 4);
	CHECK(filled(cowed + 2 * PAGE, PAGE, 1002));

	CHECK(filled(shared, PAGE, 97));
	CHECK_EQ(stat("shared", &after), 0);
	CHECK_EQ(after.st_ino, before.st_ino);
	CHECK_EQ(after.st_blocks, before.st_blocks);
	fill(shared + PAGE, PAGE, 99);
	gate_post(&go, 1);
	hop_reap(pid);
	CHECK(filled(shared + 2 * PAGE, PAGE, 98));
	fd = MUST(open("shared", O_RDONLY));
	CHECK_EQ(pread(fd, data, PAGE, 2 * PAGE), PAGE);
	CHECK(filled(data, PAGE, 98));

	CHECK(filled(deleted + PAGE, PAGE, 96));
	text = slurp("/proc/self/maps");
	snprintf(key, sizeof(key), "%lx-", (unsigned long)deleted);
	line = strstr(text, key);
	CHECK(line && strstr(strtok(line, "\n"), "/deleted (deleted)"));

	CHECK_EQ(touch(short_file), 0);
	CHECK_EQ(touch(short_file + PAGE + 50), 0);
	CHECK_EQ(short_file[PAGE + 100], 0);
	CHECK_EQ(touch(short_file + 2 * PAGE), SIGBUS);
	MUST(truncate("short", 3 * PAGE));
	CHECK_EQ(touch(short_file + 2 * PAGE), 0);

	CHECK_EQ(((int (*)(void))code)(), 42);
	fill(data, SIZE, 1);
	CHECK(!memcmp(middle, data + 10 * PAGE, 4 * PAGE));
	/* An executable file that runs cannot be written. */
	fd = open("/proc/self/exe", O_WRONLY);
	CHECK_EQ(fd, -1);
	CHECK_EQ(errno, ETXTBSY);
	return hop_status();
}
