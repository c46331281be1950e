// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this program is to do when the kernel that it loads has taken over: the same as
 * now. With several images the next one's turn comes.
 */
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/orthros/abi/rearm.h>
#include "rearm.h"

static char args[ORTHROS_REARM_LEN];
static size_t used;

static void add(const char *arg)
{
	size_t len = strlen(arg) + 1;

	if (len > sizeof(args) - used)
		errx(1, "--keep-armed: the arguments are too long");
	memcpy(args + used, arg, len);
	used += len;
}

static void add_path(const char *path)
{
	char *real = realpath(path, NULL);

	if (!real)
		err(1, "%s", path);
	add(real);
	free(real);
}

static void add_option(const char *name, const char *value)
{
	add(name);
	add(value);
}

const char *rearm_args(const struct rearm *r, size_t *len)
{
	char text[32];
	unsigned int i;

	used = 0;
	add_path("/proc/self/exe");
	add("load");
	add("--keep-armed");
	add("--protect");
	snprintf(text, sizeof(text), "%u/%u", r->max, r->minutes);
	add_option("--limit", text);
	if (r->save) {
		add_option("--save-vmcore", r->save);
		snprintf(text, sizeof(text), "%u", r->last);
		add_option("--keep-last", text);
	}
	if (r->initrd) {
		add("--initrd");
		add_path(r->initrd);
	}
	if (r->cmdline)
		add_option("--cmdline", r->cmdline);
	for (i = 1; i <= r->nr_images; i++)
		add_path(r->images[i % r->nr_images]);
	*len = used;
	return args;
}

void rearm_stdio(void)
{
	int fd = fcntl(STDERR_FILENO, F_GETFD);

	if (fd >= 0)
		return;
	/* The lowest that is free each time: 0, 1, 2. */
	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd < STDERR_FILENO)
		;
	if (fd > STDERR_FILENO)
		close(fd);
	fd = open("/dev/kmsg", O_WRONLY);
	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		close(fd);
	}
	setvbuf(stderr, NULL, _IOLBF, 512);
}
