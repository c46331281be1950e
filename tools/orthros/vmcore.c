// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core of a kernel that has failed, saved while the processes run on. The dated
 * directories are those of Debian's kdump-tools.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core.h"
#include "vmcore.h"

#define RELEASE	"/sys/kernel/orthros/evidence"
#define CHUNK	(1 << 20)
#define BLOCK	4096
#define STAMP	16

static int open_core(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		if (errno == ENOENT && !strcmp(file, VMCORE))
			warnx("no kernel has failed, or it was released");
		else
			warn("%s", file);
	}
	return fd;
}

bool vmcore_held(void)
{
	return !access(VMCORE, F_OK);
}

static bool release(void)
{
	int fd = open(RELEASE, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, "0", 1) == 1;

	if (!ok)
		warn(RELEASE);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool is_zero(const char *p, size_t len)
{
	return !*p && !memcmp(p, p + 1, len - 1);
}

/* What is not zero; the rest is a hole. */
static bool write_sparse(int out, const char *buf, size_t len, off_t at)
{
	while (len) {
		size_t n = len < BLOCK ? len : BLOCK;
		ssize_t done = n;

		if (!is_zero(buf, n)) {
			done = pwrite(out, buf, n, at);
			if (done <= 0)
				return false;
		}
		buf += done;
		at += done;
		len -= done;
	}
	return true;
}

static bool copy_range(int in, int out, char *buf, off_t from, off_t to)
{
	while (from < to) {
		size_t len = to - from < CHUNK ? to - from : CHUNK;
		ssize_t n = pread(in, buf, len, from);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || !write_sparse(out, buf, n, from))
			return false;
		from += n;
	}
	return true;
}

static bool copy_all(int in, int out)
{
	off_t size = lseek(in, 0, SEEK_END), data, hole = 0;
	char *buf = malloc(CHUNK);
	bool ok = buf && size > 0 && !ftruncate(out, size);

	while (ok && hole < size) {
		data = lseek(in, hole, SEEK_DATA);
		if (data < 0 && errno == ENXIO)
			break;
		hole = data < 0 ? -1 : lseek(in, data, SEEK_HOLE);
		ok = hole > data && copy_range(in, out, buf, data, hole);
	}
	free(buf);
	return ok;
}

static int create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		warn("%s", path);
	return fd;
}

/* On the disk before the kernel forgets it. */
static bool finish(int fd, const char *path, bool ok)
{
	ok = ok && !fsync(fd);
	if (!ok)
		warn("%s", path);
	return !close(fd) && ok;
}

static bool save_core(int in, const char *path)
{
	int out = create(path);

	return out >= 0 && finish(out, path, copy_all(in, out));
}

static bool save_dmesg(int in, const char *path)
{
	int fd = create(path);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	bool ok;

	if (!out)
		return false;
	ok = core_dmesg(in, out);
	if (!ok)
		warnx("the core has no messages that can be read");
	if (fflush(out) || fsync(fd)) {
		warn("%s", path);
		ok = false;
	}
	fclose(out);
	return ok;
}

enum filtered { FILTERED, NOT_KNOWN, NO_FILTER };

/* What it prints goes to @said. */
static int run_makedumpfile(const char *level, const char *path, int said)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		dup2(said, STDOUT_FILENO);
		dup2(said, STDERR_FILENO);
		execlp("makedumpfile", "makedumpfile", "-c", "-d", level, VMCORE, path,
		       (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static enum filtered makedumpfile(const char *level, const char *path)
{
	int said = memfd_create("said", MFD_CLOEXEC), status;
	char text[4096] = "";

	status = said < 0 ? -1 : run_makedumpfile(level, path, said);
	if (said >= 0 && pread(said, text, sizeof(text) - 1, 0) < 0)
		text[0] = 0;
	close(said);
	if (status) {
		if (status != 127)
			warnx("makedumpfile has failed: %.80s", text);
		unlink(path);
		return NO_FILTER;
	}
	return strstr(text, "not supported") ? NOT_KNOWN : FILTERED;
}

/*
 * Small, and what is not of interest left out. A makedumpfile that does not know that
 * kernel may leave out more: then it is to compress only. False if there is none.
 */
static bool filter_core(const char *path)
{
	enum filtered ret = makedumpfile("31", path);
	int fd;

	if (ret == NOT_KNOWN) {
		unlink(path);
		ret = makedumpfile("1", path);
	}
	if (ret == NO_FILTER)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && finish(fd, path, true);
}

static bool is_stamp(const char *name)
{
	return strlen(name) >= 12 && strspn(name, "0123456789") == strlen(name);
}

static int only_stamps(const struct dirent *de)
{
	return is_stamp(de->d_name);
}

/* A directory of an older one, with the files that are ours. */
static void remove_old(const char *dir, const char *stamp)
{
	char path[4096], file[4096 + 300];
	struct dirent *de;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", dir, stamp);
	d = opendir(path);
	while (d && (de = readdir(d))) {
		if (strncmp(de->d_name, "dump", 4) && strncmp(de->d_name, "dmesg.", 6))
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, de->d_name);
		if (unlink(file))
			warn("%s", file);
	}
	if (d)
		closedir(d);
	if (rmdir(path))
		warn("%s", path);
}

static void keep_last(const char *dir, unsigned int last)
{
	struct dirent **names;
	int i, nr = scandir(dir, &names, only_stamps, alphasort);

	if (nr < 0)
		return;
	for (i = 0; i < nr; i++) {
		if (i + (int)last < nr)
			remove_old(dir, names[i]->d_name);
		free(names[i]);
	}
	free(names);
}

static bool make_dated(const char *dir, char *stamp, size_t size, char *path, size_t path_size)
{
	static const char *const forms[] = { "%Y%m%d%H%M", "%Y%m%d%H%M%S" };
	time_t now = time(NULL);
	size_t i;

	if (mkdir(dir, 0700) && errno != EEXIST)
		return false;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		strftime(stamp, size, forms[i], localtime(&now));
		snprintf(path, path_size, "%s/%s", dir, stamp);
		if (!mkdir(path, 0700))
			return true;
		if (errno != EEXIST)
			break;
	}
	return false;
}

static bool save_dated(int in, const struct save *s)
{
	char stamp[STAMP], dir[4096], path[4200], done[4200];
	bool ok;

	if (!make_dated(s->dir, stamp, sizeof(stamp), dir, sizeof(dir))) {
		warn("%s", s->dir);
		return false;
	}
	snprintf(path, sizeof(path), "%s/dmesg.%s", dir, stamp);
	ok = save_dmesg(in, path);
	snprintf(path, sizeof(path), "%s/dump-incomplete", dir);
	snprintf(done, sizeof(done), "%s/dump.%s", dir, stamp);
	if (!filter_core(path) && !save_core(in, path))
		return false;
	if (rename(path, done)) {
		warn("%s", done);
		return false;
	}
	if (s->last)
		keep_last(s->dir, s->last);
	return ok;
}

static bool save_file(int in, const char *file)
{
	char path[4096];
	bool ok;

	snprintf(path, sizeof(path), "%s.dmesg", file);
	ok = save_dmesg(in, path);
	return save_core(in, file) && ok;
}

int vmcore_save(const struct save *s)
{
	int in = open_core(VMCORE);
	bool ok;

	if (in < 0)
		return 2;
	ok = s->dir ? save_dated(in, s) : save_file(in, s->file);
	close(in);
	if (ok && !s->keep)
		ok = release();
	if (!ok && s->command && system(s->command))
		warnx("%s has failed", s->command);
	return !ok;
}

int vmcore_dmesg(const char *file)
{
	int in = open_core(file);
	bool ok;

	if (in < 0)
		return 2;
	ok = core_dmesg(in, stdout);
	if (!ok)
		warnx("%s: there are no messages that can be read", file);
	close(in);
	return !ok;
}
