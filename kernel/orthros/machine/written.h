/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that somebody has written, by their paths.
 */
#ifndef _ORTHROS_WRITTEN_H
#define _ORTHROS_WRITTEN_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct file;

/**
 * struct orthros_written - files of a file system
 * @name:	of the file system
 * @paths:	in the order of the last writes
 * @lock:	of @paths
 */
struct orthros_written {
	const char *name;
	struct list_head paths;
	struct mutex lock;	/* of paths */
};

#define ORTHROS_WRITTEN(var, of) {			\
		.name = (of),				\
		.paths = LIST_HEAD_INIT((var).paths),	\
		.lock = __MUTEX_INITIALIZER((var).lock),	\
	}

/**
 * struct orthros_path - where a file is
 * @page:	to be freed
 * @path:	below the root of its file system, with a slash at its start, or NULL
 */
struct orthros_path {
	char *page;
	const char *path;
};

struct orthros_path orthros_get_path(const struct file *file);
void orthros_put_path(struct orthros_path *p);
void orthros_note_written(struct orthros_written *w, const char *path);
char *orthros_all_written(struct orthros_written *w, size_t *len);

#endif /* _ORTHROS_WRITTEN_H */
