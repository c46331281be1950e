/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kinds of files share: read.c and build.c hold what is common to all, the
 * others one kind each.
 */
#ifndef _ORTHROS_FILES_INTERNAL_H
#define _ORTHROS_FILES_INTERNAL_H

#include <linux/orthros/abi/tty.h>
#include "../core/member.h"
#include "../core/walk.h"
#include "../fs/fs.h"
#include "compat.h"
#include "files.h"

/* regular.c: a file by path, with the record's flags and position */
struct file *orthros_open_path(struct orthros_image *img, const struct orthros_file_rec *rec,
			       unsigned int add_flags);
extern const struct orthros_file_ops orthros_path_ops;

/* build.c: fill a file that no process has */
int orthros_fill_unowned(struct orthros_image *img, struct orthros_obj *file);

/* lost.c: what could not be saved from a kernel that has failed */
struct file *orthros_lose_file(struct orthros_image *img, struct orthros_obj *obj, int err);
int orthros_lose_refused(const struct orthros_finder *who, struct orthros_image_mark *mark,
			 u64 file, bool all);

/* note.c: what files lead to */
int orthros_read_notes(const struct orthros_finder *who);
void orthros_drop_notes(void);

/* proc.c: below /proc/PID */
int orthros_proc_of_process(struct orthros_image *img, u64 dentry);
int orthros_check_trigger(const struct orthros_finder *who, const struct orthros_file_view *view,
			  bool proc);
int orthros_read_proc_file(const struct orthros_finder *who, struct orthros_obj *obj,
			   const struct orthros_file_view *view);

/* lock.c: locks on files */
int orthros_read_locks(const struct orthros_finder *who, u64 flctx);
int orthros_build_locks(struct orthros_image *img, struct orthros_obj *files);

static inline bool orthros_file_is_late(const struct orthros_obj *file)
{
	const struct orthros_file_ops *ops = file->ops;

	return ops && ops->late;
}

#endif /* _ORTHROS_FILES_INTERNAL_H */
