// SPDX-License-Identifier: GPL-2.0
/*
 * Shared memory without a name: memfd with its seals, and what MAP_SHARED |
 * MAP_ANONYMOUS gives to a parent and its child.
 */
#include "hop_test.h"

static struct gate ready, go;

/* This program in a memfd. */
static int load(unsigned int flags)
{
	int fd = MUST(memfd_create("prog", flags));
	int exe = MUST(open("/proc/self/exe", O_RDONLY));
	char buf[4096];
	ssize_t n;

	while ((n = MUST(read(exe, buf, sizeof(buf)))) > 0)
		MUST(write(fd, buf, n));
	close(exe);
	return fd;
}

/* A process that runs it: it ends by a byte, with status 42. */
static pid_t start(int fd, struct gate *end)
{
	char arg[16], *args[] = { "prog", "--child", arg, NULL };
	pid_t pid = MUST(fork());

	snprintf(arg, sizeof(arg), "%d", end->rd);
	if (!pid) {
		fexecve(fd, args, environ);
		_exit(100 + errno);
	}
	return pid;
}

static void check_end(pid_t pid, struct gate *end)
{
	int status;

	gate_post(end, 1);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 42 << 8);
}

static void child(void *arg)
{
	char *shared = arg;

	fill(shared + 10 * PAGE, PAGE, 10);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK(filled(shared + 20 * PAGE, PAGE, 20));
	fill(shared + 30 * PAGE, PAGE, 30);
}

int main(int argc, char **argv)
{
	const int rw = PROT_READ | PROT_WRITE;
	char *shared, *mapped, name[64], link[64] = "";
	struct stat st;
	int fd, other, plain, sealed, runs;
	struct gate end;
	pid_t pid, running;

	if (argc == 3 && !strcmp(argv[1], "--child"))
		return read(atoi(argv[2]), name, 1) == 1 ? 42 : 1;
	gate_init(&end);
	plain = load(0);
	runs = load(MFD_CLOEXEC);
	running = start(runs, &end);
	sealed = load(MFD_CLOEXEC | MFD_ALLOW_SEALING);
	MUST(fcntl(sealed, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
	gate_init(&ready);
	gate_init(&go);
	shared = MUST(mmap(NULL, MIB, rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	fill(shared, PAGE, 1);
	pid = hop_child(child, shared);
	gate_take(&ready, 1);
	fd = MUST(memfd_create("a name", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	MUST(ftruncate(fd, MIB));
	mapped = MUST(mmap(NULL, MIB, rw, MAP_SHARED, fd, 0));
	fill(mapped, MIB, 2);
	MUST(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
	other = MUST(dup(fd));
	MUST(lseek(fd, 100, SEEK_SET));

	hop();

	CHECK(filled(shared, PAGE, 1));
	CHECK(filled(shared + 10 * PAGE, PAGE, 10));
	fill(shared + 20 * PAGE, PAGE, 20);
	gate_post(&go, 1);
	hop_reap(pid);
	CHECK(filled(shared + 30 * PAGE, PAGE, 30));
	CHECK(filled(mapped, MIB, 2));
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW);
	CHECK_EQ(lseek(other, 0, SEEK_CUR), 100);
	CHECK_ERR(ftruncate(fd, 2 * MIB), EPERM);
	CHECK_EQ(pwrite(fd, "changed", 8, 5 * PAGE), 8);
	CHECK_STR(mapped + 5 * PAGE, "changed");
	CHECK_EQ(fstat(fd, &st), 0);
	CHECK_EQ(st.st_size, MIB);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	CHECK(readlink(name, link, sizeof(link) - 1) > 0);
	CHECK_STR(link, "/memfd:a name (deleted)");
	/* It goes on, and what it runs from cannot be opened for writing, but is open. */
	snprintf(name, sizeof(name), "/proc/self/fd/%d", runs);
	CHECK_ERR(open(name, O_RDWR), ETXTBSY);
	CHECK_EQ(pwrite(runs, "x", 1, 100 * MIB), 1);
	check_end(running, &end);
	check_end(start(runs, &end), &end);
	check_end(start(plain, &end), &end);
	check_end(start(sealed, &end), &end);
	CHECK_ERR(pwrite(sealed, "x", 1, 0), EPERM);
	CHECK_EQ(pread(plain, name, 4, 0), 4);
	CHECK(!memcmp(name, "\177ELF", 4));
	return hop_status();
}
