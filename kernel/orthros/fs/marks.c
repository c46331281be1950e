// SPDX-License-Identifier: GPL-2.0-only
/*
 * Marks of fsnotify: who watches an inode.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/sizes.h>
#include "fs_internal.h"

#define MARKS_MAX	SZ_1M

/**
 * orthros_check_marks() - may an inode be watched as it is?
 * @f:		where it was found
 * @connector:	its marks, by inode.i_fsnotify_marks
 *
 * Marks of inotify belong to instances, which carry them.
 *
 * Return: 0, also if it was refused, or negative errno.
 */
int orthros_check_marks(const struct orthros_fs_finder *f, u64 connector)
{
	const struct orthros_mem *mem = &f->who.img->src->mem;
	struct orthros_mark_layout l;
	struct orthros_connector_view c;
	struct orthros_list_iter it;
	struct orthros_mark_view m;
	int err;

	err = orthros_read_rec(mem, &orthros_table_fs_mark_layout, 0, &l);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_fs_connector, connector, &c);
	if (err)
		return err;
	orthros_src_hlist_for_each(&it, f->who.img->src, c.list, MARKS_MAX) {
		err = orthros_read_rec(mem, &orthros_table_fs_mark, it.node - l.list_off, &m);
		if (err)
			return err;
		if (!orthros_src_is(f->who.img->src, m.ops, "inotify_fsnotify_ops"))
			return orthros_refuse_file(f, "watched by fanotify or dnotify");
	}
	return it.err;
}
