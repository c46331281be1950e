// SPDX-License-Identifier: GPL-2.0
/*
 * Files of procfs that somebody has written, beside sysctls and the CPUs of
 * interrupts: there is no telling what that did, so they are named.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/orthros.h>
#include <linux/string.h>
#include "../core/warnings.h"
#include "irq.h"
#include "machine.h"
#include "written.h"

static struct orthros_written others = ORTHROS_WRITTEN(others, "procfs");

/* They ask for something to be done, once; or what they set ends with the open file. */
static bool is_action(const char *path)
{
	static const char *const starts[] = { "/sysrq-trigger", "/pressure/", "/profile" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(starts); i++)
		if (str_has_prefix(path, starts[i]))
			return true;
	return false;
}

/* What /proc/net leads to is the same through each process. */
static const char *without_process(const char *path)
{
	const char *net = strstr(path, "/net/");

	return isdigit(path[1]) && net ? net : path;
}

/**
 * orthros_proc_written() - a file of procfs was written
 * @file:	file
 * @ret:	what came of it
 *
 * Hook in fs/proc/inode.c: not of files of processes, nor of sysctls.
 *
 * Return: @ret.
 */
ssize_t orthros_proc_written(struct file *file, ssize_t ret)
{
	struct orthros_path p;

	if (ret <= 0)
		return ret;
	p = orthros_get_path(file);
	if (p.path && !orthros_irq_written(p.path) && !is_action(p.path))
		orthros_note_written(&others, without_process(p.path));
	orthros_put_path(&p);
	return ret;
}

static void warn(struct orthros_warnings *w)
{
	char *paths, *path;
	size_t len;

	paths = orthros_all_written(&others, &len);
	for (path = paths; paths && path < paths + len; path += strlen(path) + 1)
		orthros_warn(w, "/proc%s: written, not carried", path);
	if (!paths)
		w->err = -ENOMEM;
	kvfree(paths);
}

const struct orthros_kind orthros_procfs_kind = {
	.name	= "files of procfs",
	.warn	= warn,
};
