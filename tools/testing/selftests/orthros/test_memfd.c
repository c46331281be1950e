// SPDX-License-Identifier: GPL-2.0
/*
 * Shared memory without a name: memfd with its seals, and what MAP_SHARED |
 * MAP_ANONYMOUS gives to a parent and its child.
 */
#include "hop_test.h"

static struct gate ready, go;

static void child(void *arg)
{
	char *shared = arg;

	fill(shared + 10 * PAGE, PAGE, 10);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK(filled(shared + 20 * PAGE, PAGE, 20));
	fill(shared + 30 * PAGE, PAGE, 30);
}

int main(void)
{
	const int rw = PROT_READ | PROT_WRITE;
	char *shared, *mapped, name[64], link[64] = "";
	struct stat st;
	int fd, other;
	pid_t pid;

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
	return hop_status();
}
