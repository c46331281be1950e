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
#include <linux/list.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/orthros.h>
#include <linux/orthros/platform.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/sections.h"
#include "../fs/fs.h"
#include "machine.h"

/**
 * struct setting - a file of sysfs that somebody has written
 * @list:	in @settings, in the order of the last writes
 * @path:	below the root of sysfs, with a slash at its start
 */
struct setting {
	struct list_head list;
	char path[];
};

static LIST_HEAD(settings);
static DEFINE_MUTEX(settings_lock);

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

static void note(const char *path)
{
	struct setting *s, *found = NULL;

	mutex_lock(&settings_lock);
	list_for_each_entry(s, &settings, list)
		if (!strcmp(s->path, path))
			found = s;
	if (!found) {
		found = kmalloc(struct_size(found, path, strlen(path) + 1), GFP_KERNEL);
		if (found) {
			memcpy(found->path, path, strlen(path) + 1);
			list_add_tail(&found->list, &settings);
		} else {
			pr_err("sysfs %s: what was written will be lost\n", path);
		}
	}
	if (found)
		list_move_tail(&found->list, &settings);
	mutex_unlock(&settings_lock);
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
	char *page, *path;

	if (ret <= 0)
		return ret;
	page = (char *)__get_free_page(GFP_KERNEL);
	path = page ? dentry_path_raw(file->f_path.dentry, page, PAGE_SIZE) : NULL;
	if (IS_ERR_OR_NULL(path))
		pr_err("sysfs: a setting will be lost\n");
	else if (!is_action(path))
		note(path);
	free_page((unsigned long)page);
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

/* Paths of all settings, each with its NUL, or NULL: show() takes locks of its own. */
static char *all_paths(size_t *len)
{
	struct setting *s;
	char *paths, *to;
	size_t size = 0;

	mutex_lock(&settings_lock);
	list_for_each_entry(s, &settings, list)
		size += strlen(s->path) + 1;
	*len = size;
	paths = kvmalloc(size + 1, GFP_KERNEL);
	to = paths;
	list_for_each_entry(s, &settings, list) {
		if (!paths)
			break;
		memcpy(to, s->path, strlen(s->path) + 1);
		to += strlen(s->path) + 1;
	}
	mutex_unlock(&settings_lock);
	return paths;
}

static int tell(struct orthros_sections *s, const char *path, const char *value)
{
	char *to = orthros_sections_room(s, strlen(path) + 1 + strlen(value) + 1);

	if (!to)
		return -ENOMEM;
	memcpy(to, path, strlen(path) + 1);
	memcpy(to + strlen(path) + 1, value, strlen(value) + 1);
	return 0;
}

static int describe(struct orthros_sections *s, bool frozen)
{
	char *paths, *path, *value = (char *)__get_free_page(GFP_KERNEL);
	struct vfsmount *mnt = ERR_PTR(-ENOMEM);
	size_t len;
	int err;

	paths = all_paths(&len);
	err = paths && value ? orthros_sections_begin(s, ORTHROS_NETCONF_SYSFS) : -ENOMEM;
	if (!err && len) {
		mnt = orthros_pseudo_mount("sysfs");
		err = PTR_ERR_OR_ZERO(mnt);
	}
	for (path = paths; !err && path < paths + len; path += strlen(path) + 1) {
		/* Its device is gone, or it can only be written. */
		if (!is_setting(path) || read_value(mnt, path, value) < 0)
			continue;
		choose(value);
		err = tell(s, path, value);
	}
	if (!err)
		orthros_sections_end(s);
	if (!IS_ERR(mnt))
		orthros_pseudo_unmount(mnt);
	kvfree(paths);
	free_page((unsigned long)value);
	return err;
}

/**
 * orthros_warnings_read() - what will be lost without being refused
 * @buf:	where to
 * @pos:	bytes from its start
 * @len:	bytes at most
 *
 * A line each: files of sysfs that were written, and are no settings that are known.
 *
 * Return: bytes read, 0 at the end, or -ENOMEM.
 */
ssize_t orthros_warnings_read(char *buf, loff_t pos, size_t len)
{
	static const char how[] = ": written, not carried\n", where[] = "/sys";
	size_t size, used = 0, room;
	char *paths, *path, *text;
	ssize_t n = -ENOMEM;

	paths = all_paths(&size);
	room = size + 1;
	for (path = paths; paths && path < paths + size; path += strlen(path) + 1)
		room += sizeof(how) + sizeof(where);
	text = paths ? kvzalloc(room, GFP_KERNEL) : NULL;
	if (text) {
		for (path = paths; path < paths + size; path += strlen(path) + 1)
			if (!is_setting(path))
				used += scnprintf(text + used, room - used, "%s%s%s", where, path,
						  how);
		n = memory_read_from_buffer(buf, len, &pos, text, used);
	}
	kvfree(text);
	kvfree(paths);
	return n;
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
	const char *path, *value, *end;
	struct vfsmount *mnt;
	const void *told;
	size_t len;
	char *now;

	told = orthros_told(img, &len);
	path = orthros_sections_find(told, len, ORTHROS_NETCONF_SYSFS, &len);
	if (!len)
		return;
	now = (char *)__get_free_page(GFP_KERNEL);
	mnt = now ? orthros_pseudo_mount("sysfs") : ERR_PTR(-ENOMEM);
	if (IS_ERR(mnt)) {
		pr_err("settings of sysfs: %pe\n", mnt);
		goto out;
	}
	/* Strings in pairs; between pairs there may be NULs. */
	for (end = path + len; path < end; path = value + strlen(value) + 1) {
		value = path;
		if (!*path)
			continue;
		value = memchr(path, '\0', end - path);
		if (*path != '/' || !value || ++value >= end || !memchr(value, '\0', end - value))
			break;
		/* For the hop after this one, though it may be written by nobody here. */
		note(path);
		set_again(mnt, path, value, now);
	}
	orthros_pseudo_unmount(mnt);
out:
	free_page((unsigned long)now);
}

const struct orthros_kind orthros_sysfs_kind = {
	.name	= "settings of sysfs",
	.describe = describe,
	.settle	= settle,
};
