// SPDX-License-Identifier: GPL-2.0
/*
 * Faults, as the host names them:
 *
 *   sysrq:c			a panic
 *   lkdtm:TYPE			of the kernel's own, in a system call
 *   point:POINT:TYPE		where a probe of its hits
 *   module:NAME:SEED		of tools/testing/orthros/faulty
 *   readers:N			N processes that read, and a driver that never wakes them
 *   request:vda		a request that a disk does not complete
 *   function:NAME:ERROR	a function fails (fail_function)
 */
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/utsname.h>

#include "hop_test.h"
#include "inject.h"
#include "orthros_ctl.h"

#define DEBUGFS		"/sys/kernel/debug"
#define SCSI_DISK	"/dev/sda"

static void mark(const struct fault *f)
{
	__atomic_store_n(f->at, now_ns(CLOCK_MONOTONIC), __ATOMIC_SEQ_CST);
}

static void put(const struct fault *f, int fd, const char *text)
{
	if (fd < 0)
		_exit(FAULT_ABSENT);
	mark(f);
	if (write(fd, text, strlen(text)) < 0 && (errno == EINVAL || errno == ENOENT))
		_exit(FAULT_ABSENT);
	close(fd);
}

/* Files of debugfs, in a mount that nobody else sees, who would be carried with it. */
static void open_debug(const char *const names[], int fds[], int nr)
{
	int i, lock = MUST(open("/tmp/debug.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	char path[256];

	MUST(flock(lock, LOCK_EX));
	MUST(mount("debugfs", DEBUGFS, "debugfs", 0, NULL));
	for (i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), DEBUGFS "/%s", names[i]);
		fds[i] = open(path, O_WRONLY | O_CLOEXEC);
	}
	umount2(DEBUGFS, MNT_DETACH);
	close(lock);
}

/* A disk of another kind has something to do. */
static void read_scsi(void)
{
	void *mem = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int i, fd = open(SCSI_DISK, O_RDONLY | O_DIRECT);

	for (i = 0; i < 100 && fd >= 0; i++)
		if (pread(fd, mem, PAGE, i * PAGE) < 0)
			break;
}

/**
 * load_faulty() - load the module with faults, before somebody looks: it taints
 *
 * Return: false if this kernel does not take it.
 */
bool load_faulty(void)
{
	char path[128];
	struct utsname u;
	bool ok;
	int fd;

	if (!access("/sys/module/faulty", F_OK))
		return true;
	uname(&u);
	snprintf(path, sizeof(path), "./faulty-%s.ko", u.release);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ok = fd >= 0 && !syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return ok;
}

static void module(const struct fault *f, const char *name, const char *seed)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %s", name, seed);
	put(f, open("/sys/module/faulty/parameters/fault", O_WRONLY | O_CLOEXEC), text);
}

static void lkdtm(const struct fault *f, const char *type)
{
	const char *const name = "provoke-crash/DIRECT";
	int i, fd;

	open_debug(&name, &fd, 1);
	/* One takes the lock, one waits for it. */
	for (i = 0; i < (strcmp(type, "SPINLOCKUP") ? 1 : 2); i++)
		put(f, dup(fd), type);
}

static void point(const struct fault *f, const char *where, const char *type)
{
	char path[128];
	const char *name = path;
	int fd;

	snprintf(path, sizeof(path), "provoke-crash/%s", where);
	open_debug(&name, &fd, 1);
	put(f, fd, type);
	if (!strcmp(where, "INT_TASKLET_ENTRY"))
		module(f, "tasklets", "0");
	if (!strcmp(where, "SCSI_QUEUE_RQ"))
		read_scsi();
}

static void readers(const struct fault *f, int nr)
{
	char byte;

	if (access("/dev/faulty", F_OK))
		_exit(FAULT_ABSENT);
	mark(f);
	while (nr--)
		if (!MUST(fork())) {
			if (read(open("/dev/faulty", O_RDONLY), &byte, 1) < 0)
				_exit(1);
			_exit(0);
		}
}

static void request(const struct fault *f, const char *disk)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/block/%s/io-timeout-fail", disk);
	put(f, open(path, O_WRONLY | O_CLOEXEC), "1");
}

static void function(const struct fault *f, const char *func, const char *value)
{
	static const char *const names[] = {
		"fail_function/inject", "fail_function/probability", "fail_function/interval",
		"fail_function/times",
	};
	int fds[ARRAY_SIZE(names)], fd;
	char path[128];
	const char *name = path;

	open_debug(names, fds, ARRAY_SIZE(names));
	if (fds[0] < 0 || write(fds[0], func, strlen(func)) < 0)
		_exit(FAULT_ABSENT);
	snprintf(path, sizeof(path), "fail_function/%s/retval", func);
	open_debug(&name, &fd, 1);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		_exit(FAULT_ABSENT);
	if (write(fds[2], "10", 2) != 2 || write(fds[3], "50", 2) != 2)
		_exit(FAULT_ABSENT);
	put(f, fds[1], "100");
}

/**
 * make_fault() - in a child
 * @f:		fault
 *
 * Return: the child, which may not end, or as FAULT_* say.
 */
pid_t make_fault(const struct fault *f)
{
	char text[128], *kind, *name, *more, *save;
	pid_t pid = MUST(fork());

	if (pid)
		return pid;
	setpgid(0, 0);
	snprintf(text, sizeof(text), "%s", f->text);
	kind = strtok_r(text, ":", &save);
	name = strtok_r(NULL, ":", &save) ?: "";
	more = strtok_r(NULL, ":", &save) ?: "";
	if (!strcmp(kind, "sysrq"))
		put(f, open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC), name);
	else if (!strcmp(kind, "lkdtm"))
		lkdtm(f, name);
	else if (!strcmp(kind, "point"))
		point(f, name, more);
	else if (!strcmp(kind, "module"))
		module(f, name, more);
	else if (!strcmp(kind, "readers"))
		readers(f, atoi(name));
	else if (!strcmp(kind, "request"))
		request(f, name);
	else if (!strcmp(kind, "function"))
		function(f, name, more);
	else
		_exit(FAULT_ABSENT);
	_exit(FAULT_SURVIVED);
}

/**
 * fault_seconds() - in which it should be found
 * @text:	fault
 *
 * Return: seconds.
 */
int fault_seconds(const char *text)
{
	static const char *const slow[] = { "module:forks", "module:memory", "request" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(slow); i++)
		if (!strncmp(text, slow[i], strlen(slow[i])))
			return 40;
	return 10;
}
