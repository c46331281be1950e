// SPDX-License-Identifier: GPL-2.0
/*
 * Settings that somebody has written to sysfs. Those that are known to be settings
 * are told in the order of the last writes, and written again when all is there;
 * there is no telling what a write to another file did, so those are named.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/orthros.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/sections.h"
#include "../core/warnings.h"
#include "../fs/fs.h"
#include "machine.h"
#include "written.h"

static struct orthros_written settings = ORTHROS_WRITTEN(settings, "sysfs");
/* Of which nobody knows what a write does. */
static struct orthros_written others = ORTHROS_WRITTEN(others, "sysfs");

/**
 * struct place - where settings are
 * @under:	start of the path
 * @dir:	what must come after that, or NULL
 */
struct place {
	const char *under;
	const char *dir;
};

static bool is_in(const char *path, const struct place *places, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (str_has_prefix(path, places[i].under) &&
		    (!places[i].dir || strstr(path + strlen(places[i].under), places[i].dir)))
			return true;
	return false;
}

/* Written again, they do what they did, and nothing else. */
static bool is_setting(const char *path)
{
	static const struct place places[] = {
		{ "/kernel/mm/" }, { "/fs/ext4/" }, { "/fs/xfs/" },
		{ "/module/", "/parameters/" },
		{ "/devices/virtual/bdi/" }, { "/devices/virtual/workqueue/" },
		{ "/devices/", "/queue/" },	/* of a disk */
		{ "/devices/", "/queues/" },	/* of a network card */
		{ "/devices/", "/power/control" },
	};

	return is_in(path, places, ARRAY_SIZE(places));
}

/* They ask for something to be done, once, and leave nothing. */
static bool is_action(const char *path)
{
	static const struct place places[] = {
		{ "/kernel/orthros/" }, { "/power/" }, { "/bus/", "/rescan" },
		{ "/bus/", "/drivers_probe" }, { "/bus/", "bind" },
	};
	const char *name = strrchr(path, '/');

	return (name && !strcmp(name, "/uevent")) || is_in(path, places, ARRAY_SIZE(places));
}

/**
 * orthros_sysfs_written() - a file of sysfs was written
 * @file:	file
 * @ret:	what came of it
 *
 * Hook in fs/sysfs/file.c.
 *
 * Return: @ret.
 */
ssize_t orthros_sysfs_written(struct file *file, ssize_t ret)
{
	struct orthros_path p;

	if (ret <= 0)
		return ret;
	p = orthros_get_path(file);
	if (p.path && is_setting(p.path)) {
		orthros_note_written(&settings, p.path);
		orthros_changed();
	} else if (p.path && !is_action(p.path)) {
		orthros_note_written(&others, p.path);
	}
	orthros_put_path(&p);
	return ret;
}

/**
 * orthros_sysfs_bin_written() - a binary file of sysfs was written
 * @file:	file
 * @ret:	what came of it
 *
 * Hook in fs/sysfs/file.c. What such a file takes is not what it gives.
 *
 * Return: @ret.
 */
ssize_t orthros_sysfs_bin_written(struct file *file, ssize_t ret)
{
	struct orthros_path p;

	if (ret <= 0)
		return ret;
	p = orthros_get_path(file);
	if (p.path && !is_action(p.path))
		orthros_note_written(&others, p.path);
	orthros_put_path(&p);
	return ret;
}

/* ---- reading and writing ------------------------------------------------ */

/* In @value, a page; its length, or negative errno. */
static ssize_t read_value(struct vfsmount *mnt, const char *path, char *value)
{
	struct file *file = file_open_root_mnt(mnt, path + 1, O_RDONLY, 0);
	loff_t pos = 0;
	ssize_t len;

	if (IS_ERR(file))
		return PTR_ERR(file);
	len = kernel_read(file, value, PAGE_SIZE - 1, &pos);
	fput(file);
	if (len >= 0)
		value[len] = '\0';
	return len;
}

/* Of several words the one in brackets is what holds. */
static void choose(char *value)
{
	char *from = strchr(value, '['), *to = from ? strchr(from, ']') : NULL;

	if (!to)
		return;
	*to = '\0';
	memmove(value, from + 1, to - from);
}

static int write_value(struct vfsmount *mnt, const char *path, const char *value)
{
	struct file *file = file_open_root_mnt(mnt, path + 1, O_WRONLY, 0);
	loff_t pos = 0;
	ssize_t len;

	if (IS_ERR(file))
		return PTR_ERR(file);
	len = kernel_write(file, value, strlen(value), &pos);
	fput(file);
	return len < 0 ? len : 0;
}

/* ---- the source --------------------------------------------------------- */

static int describe(struct orthros_sections *s, bool frozen)
{
	char *paths, *path, *value = (char *)__get_free_page(GFP_KERNEL);
	struct vfsmount *mnt = ERR_PTR(-ENOMEM);
	size_t len;
	int err;

	paths = orthros_all_written(&settings, &len);
	err = paths && value ? orthros_sections_begin(s, ORTHROS_NETCONF_SYSFS) : -ENOMEM;
	if (!err && len) {
		mnt = orthros_pseudo_mount("sysfs");
		err = PTR_ERR_OR_ZERO(mnt);
	}
	for (path = paths; !err && path < paths + len; path += strlen(path) + 1) {
		/* Its device is gone; or it can only be written, see warn(). */
		if (read_value(mnt, path, value) < 0)
			continue;
		choose(value);
		err = orthros_sections_put_pair(s, path, value);
	}
	if (!err)
		orthros_sections_end(s);
	if (!IS_ERR(mnt))
		orthros_pseudo_unmount(mnt);
	kvfree(paths);
	free_page((unsigned long)value);
	return err;
}

static void warn_settings(struct orthros_warnings *w, const char *paths, size_t len)
{
	struct vfsmount *mnt = orthros_pseudo_mount("sysfs");
	char *value = (char *)__get_free_page(GFP_KERNEL);
	const char *path;
	ssize_t n;

	for (path = paths; path < paths + len; path += strlen(path) + 1) {
		n = value && !IS_ERR(mnt) ? read_value(mnt, path, value) : -ENOMEM;
		if (n < 0 && n != -ENOENT && n != -ENODEV)
			orthros_warn(w, "/sys%s: written, cannot be read, not carried", path);
	}
	if (!IS_ERR(mnt))
		orthros_pseudo_unmount(mnt);
	free_page((unsigned long)value);
}

static void warn(struct orthros_warnings *w)
{
	char *paths, *path;
	size_t len;

	paths = orthros_all_written(&others, &len);
	for (path = paths; paths && path < paths + len; path += strlen(path) + 1)
		orthros_warn(w, "/sys%s: written, not carried", path);
	if (!paths)
		w->err = -ENOMEM;
	kvfree(paths);

	paths = orthros_all_written(&settings, &len);
	if (!paths)
		w->err = -ENOMEM;
	else if (len)
		warn_settings(w, paths, len);
	kvfree(paths);
}

/* ---- the destination ---------------------------------------------------- */

static void set_again(struct vfsmount *mnt, const char *path, const char *value, char *now)
{
	ssize_t len = read_value(mnt, path, now);
	int err = len < 0 ? len : 0;

	if (!err) {
		choose(now);
		if (strcmp(now, value))
			err = write_value(mnt, path, value);
	}
	if (err)
		pr_warn("sysfs %s: %pe\n", path, ERR_PTR(err));
}

/* When devices, disks and memory are there. */
static void settle(struct orthros_image *img)
{
	const char *at, *end, *path, *value;
	struct vfsmount *mnt;
	const void *told;
	size_t len;
	char *now;

	told = orthros_told(img, &len);
	at = orthros_sections_find(told, len, ORTHROS_NETCONF_SYSFS, &len);
	if (!len)
		return;
	end = at + len;
	now = (char *)__get_free_page(GFP_KERNEL);
	mnt = now ? orthros_pseudo_mount("sysfs") : ERR_PTR(-ENOMEM);
	if (IS_ERR(mnt)) {
		pr_err("settings of sysfs: %pe\n", mnt);
		goto out;
	}
	while (orthros_sections_next_pair(&at, end, &path, &value) && *path == '/') {
		/* For the hop after this one, though it may be written by nobody here. */
		orthros_note_written(&settings, path);
		set_again(mnt, path, value, now);
	}
	orthros_pseudo_unmount(mnt);
out:
	free_page((unsigned long)now);
}

const struct orthros_kind orthros_sysfs_kind = {
	.name	= "settings of sysfs",
	.warn	= warn,
	.describe = describe,
	.settle	= settle,
};
