// SPDX-License-Identifier: GPL-2.0
/* The control interface in sysfs, and KTAP, for the test drivers. */
#include <sys/file.h>
#include <sys/mount.h>

#include "hop_test.h"
#include "orthros_ctl.h"

/*
 * Return: 0 or a negative errno; @text is the attribute without its last
 * newline.
 */
int ctl_read(const char *attr, char *text, size_t size)
{
	char path[128];
	size_t len = 0;
	ssize_t n = 0;
	int fd;

	text[0] = '\0';
	snprintf(path, sizeof(path), ORTHROS_SYSFS "%s", attr);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (len + 1 < size) {
		n = read(fd, text + len, size - len - 1);
		if (n <= 0)
			break;
		len += n;
	}
	if (n < 0)
		n = -errno;
	close(fd);
	if (len && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	return n < 0 ? n : 0;
}

/* Return: 0 if the whole text was taken, else a negative errno. */
int ctl_write(const char *attr, const char *text)
{
	size_t len = strlen(text);
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), ORTHROS_SYSFS "%s", attr);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n < 0)
		n = -errno;
	else
		n = (size_t)n == len ? 0 : -EIO;
	close(fd);
	return n;
}

/* After an update that failed the second kernel is started again. */
bool ctl_wait_ready(int seconds)
{
	struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	long long end = now_ns(CLOCK_MONOTONIC) + seconds * NSEC;
	char state[64];

	do {
		if (!ctl_read("state", state, sizeof(state)) &&
		    !strcmp(state, "ready"))
			return true;
		nanosleep(&nap, NULL);
	} while (now_ns(CLOCK_MONOTONIC) < end);
	return false;
}

/* After an update that worked the new kernel has work left to do. */
bool ctl_wait_settled(int seconds)
{
	struct timespec nap = { .tv_nsec = 20 * 1000 * 1000 };
	long long end = now_ns(CLOCK_MONOTONIC) + seconds * NSEC;
	char text[64];

	do {
		/* Where there is no hop there is nothing to wait for. */
		if (ctl_read("stats/freed_ns", text, sizeof(text)) || text[0])
			return true;
		nanosleep(&nap, NULL);
	} while (now_ns(CLOCK_MONOTONIC) < end);
	return false;
}

/* Prints an attribute as KTAP diagnostics. */
void ctl_diag(const char *attr)
{
	static char text[65536];
	char *line, *save;

	if (ctl_read(attr, text, sizeof(text)))
		return;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		printf("# %s: %s\n", attr, line);
	fflush(stdout);
}

#define DEBUGFS	"/sys/kernel/debug"

/*
 * Lets the kernel fail (LKDTM) and notes when, if @at is not NULL; may not return. The
 * mount is seen by nobody else, who would have to be carried with it.
 */
void ctl_provoke_at(const char *fault, long long *at)
{
	/* One at a time. */
	int fd, lock = MUST(open("/tmp/provoke.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600));

	MUST(flock(lock, LOCK_EX));
	MUST(mount("debugfs", DEBUGFS, "debugfs", 0, NULL));
	fd = MUST(open(DEBUGFS "/provoke-crash/DIRECT", O_WRONLY | O_CLOEXEC));
	umount2(DEBUGFS, MNT_DETACH);
	close(lock);
	if (at)
		__atomic_store_n(at, now_ns(CLOCK_MONOTONIC), __ATOMIC_RELAXED);
	MUST(write(fd, fault, strlen(fault)));
	close(fd);
}

void ctl_provoke(const char *fault)
{
	ctl_provoke_at(fault, NULL);
}

static int ktap_nr, ktap_planned, ktap_failed;

void ktap_plan(int n)
{
	ktap_planned = n;
	printf("KTAP version 1\n1..%d\n", n);
	fflush(stdout);
}

void ktap_result(bool ok, const char *name, const char *detail)
{
	if (!ok)
		ktap_failed++;
	printf("%sok %d %s%s\n", ok ? "" : "not ", ++ktap_nr, name, detail);
	fflush(stdout);
}

/* Return: the exit status of the driver. */
int ktap_end(void)
{
	if (ktap_nr != ktap_planned)
		printf("# %d results, %d planned\n", ktap_nr, ktap_planned);
	fflush(stdout);
	return ktap_failed || ktap_nr != ktap_planned;
}
