// SPDX-License-Identifier: GPL-2.0
/*
 * Files of sysfs and procfs that somebody has written.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "written.h"

/**
 * struct written - a file that somebody has written
 * @list:	in &orthros_written.paths
 * @path:	below the root of its file system, with a slash at its start
 */
struct written {
	struct list_head list;
	char path[];
};

/**
 * orthros_get_path() - where is a file in its file system?
 * @file:	file
 *
 * Return: for orthros_put_path().
 */
struct orthros_path orthros_get_path(const struct file *file)
{
	struct orthros_path p = { .page = (char *)__get_free_page(GFP_KERNEL) };

	p.path = p.page ? dentry_path_raw(file->f_path.dentry, p.page, PAGE_SIZE) : NULL;
	if (IS_ERR(p.path))
		p.path = NULL;
	if (!p.path)
		pr_err("what was written to %pD will be lost\n", file);
	return p;
}

/**
 * orthros_put_path() - the end of orthros_get_path()
 * @p:	what it has returned
 */
void orthros_put_path(struct orthros_path *p)
{
	free_page((unsigned long)p->page);
}

/**
 * orthros_note_written() - a file was written
 * @w:		list
 * @path:	the file's
 */
void orthros_note_written(struct orthros_written *w, const char *path)
{
	struct written *s, *found = NULL;

	mutex_lock(&w->lock);
	list_for_each_entry(s, &w->paths, list)
		if (!strcmp(s->path, path))
			found = s;
	if (!found) {
		found = kmalloc(struct_size(found, path, strlen(path) + 1), GFP_KERNEL);
		if (found) {
			memcpy(found->path, path, strlen(path) + 1);
			list_add_tail(&found->list, &w->paths);
		} else {
			pr_err("%s %s: what was written will be lost\n", w->name, path);
		}
	}
	if (found)
		list_move_tail(&found->list, &w->paths);
	mutex_unlock(&w->lock);
}

/**
 * orthros_all_written() - which files were written?
 * @w:		list
 * @len:	set to the bytes of all paths
 *
 * A copy, since who reads a file takes locks.
 *
 * Return: the paths for kvfree(), each with its NUL, or NULL.
 */
char *orthros_all_written(struct orthros_written *w, size_t *len)
{
	struct written *s;
	char *paths, *to;
	size_t size = 0;

	mutex_lock(&w->lock);
	list_for_each_entry(s, &w->paths, list)
		size += strlen(s->path) + 1;
	*len = size;
	paths = kvmalloc(size + 1, GFP_KERNEL);
	to = paths;
	list_for_each_entry(s, &w->paths, list) {
		if (!paths)
			break;
		memcpy(to, s->path, strlen(s->path) + 1);
		to += strlen(s->path) + 1;
	}
	mutex_unlock(&w->lock);
	return paths;
}
