// SPDX-License-Identifier: GPL-2.0
/*
 * Adopted pages go out to swap and come back, also those that a child shares.
 * The swap device is a loop over a file of tmpfs; it is gone before the test
 * ends, since a hop refuses swap.
 */
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/swap.h>
#include "hop_test.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif

#define SIZE		(16 * MIB)
#define SWAP_SIZE	(48 * MIB)
#define HEADER_SIGNATURE	(PAGE - 10)

static struct gate ready, go, done;
static char *mem;

/* What mkswap writes. */
static void make_swap(int fd)
{
	static char header[PAGE];
	uint32_t *info = (uint32_t *)(header + 1024);

	info[0] = 1;
	info[1] = SWAP_SIZE / PAGE - 1;
	memcpy(header + HEADER_SIGNATURE, "SWAPSPACE2", 10);
	CHECK_EQ(pwrite(fd, header, PAGE, 0), PAGE);
}

static int make_loop(char *path, size_t size)
{
	int ctl = MUST(open("/dev/loop-control", O_RDWR | O_CLOEXEC));
	int file = MUST(open("swap", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	int loop;

	MUST(posix_fallocate(file, 0, SWAP_SIZE) ? -1 : 0);
	make_swap(file);
	snprintf(path, size, "/dev/loop%d", MUST(ioctl(ctl, LOOP_CTL_GET_FREE)));
	loop = MUST(open(path, O_RDWR | O_CLOEXEC));
	MUST(ioctl(loop, LOOP_SET_FD, file));
	close(file);
	close(ctl);
	return loop;
}

/* kB of the mapping at @mem that are in swap. */
static long swapped(void)
{
	char *text = slurp("/proc/self/smaps"), at[32], value[32];
	char *mapping;
	long kb = -1;

	snprintf(at, sizeof(at), "%lx-", (unsigned long)mem);
	mapping = strstr(text, at);
	if (CHECK(mapping) && CHECK(field(mapping, "Swap", value, sizeof(value))))
		kb = atol(value);
	free(text);
	return kb;
}

static void child(void *arg)
{
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK(filled(mem, SIZE, 7));
	fill(mem, SIZE / 4, 8);
	CHECK(filled(mem, SIZE / 4, 8));
	gate_post(&done, 1);
}

/* While a control group of another test is at its limit, nothing of it can be read in. */
static int end_swap(const char *path)
{
	const struct timespec nap = { .tv_nsec = 100000000 };
	int tries = 300, err;

	while ((err = swapoff(path)) && errno == ENOMEM && tries--)
		nanosleep(&nap, NULL);
	return err;
}

int main(void)
{
	char path[32];
	pid_t pid;
	int loop;

	gate_init(&ready);
	gate_init(&go);
	gate_init(&done);
	mem = MUST(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	fill(mem, SIZE, 7);
	pid = hop_child(child, NULL);
	gate_take(&ready, 1);

	hop();

	loop = make_loop(path, sizeof(path));
	if (CHECK_EQ(swapon(path, 0), 0)) {
		/* Shared pages are left alone by MADV_PAGEOUT: end the sharing of some. */
		fill(mem, SIZE / 2, 9);
		MUST(madvise(mem, SIZE, MADV_PAGEOUT));
		CHECK(swapped() > 0);
		CHECK(filled(mem, SIZE / 2, 9));
		gate_post(&go, 1);
		gate_take(&done, 1);
		hop_reap(pid);
		/* Alone now, and adopted. */
		MUST(madvise(mem + SIZE / 2, SIZE / 2, MADV_PAGEOUT));
		CHECK(swapped() >= (long)(SIZE / 4 / 1024));
		CHECK_EQ(end_swap(path), 0);
		CHECK_EQ(swapped(), 0);
	}
	ioctl(loop, LOOP_CLR_FD, 0);
	close(loop);
	CHECK(filled(mem, SIZE / 2, 9));
	MUST(munmap(mem, SIZE / 2));
	return hop_status();
}
