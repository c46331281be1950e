/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Open files, for other areas: some have kinds of files of their own.
 */
#ifndef _ORTHROS_FILES_H
#define _ORTHROS_FILES_H

#include <linux/cred.h>
#include <linux/file.h>
#include <linux/orthros/abi/file.h>
#include "../core/call.h"
#include "../core/cred.h"
#include "../core/image.h"
#include "../core/pid.h"
#include "../core/report.h"
#include "tables.h"

extern const struct orthros_type orthros_file_type;
extern const struct orthros_type orthros_files_type;
extern const struct orthros_type orthros_tty_type;

/**
 * struct orthros_file_ops - one kind of file
 * @name:	for messages
 * @fops:	the source's file_operations that mark it, by name; NULL-terminated
 * @read:	fills the FILE object's record and the objects behind it. Its
 *		common part is filled already. 0, %ORTHROS_REFUSED or -errno.
 * @build:	makes the file, in the context of a process that has it, with
 *		the opener's ids and all capabilities
 */
struct orthros_file_ops {
	const char *name;
	const char *const *fops;
	int (*read)(const struct orthros_finder *who, struct orthros_obj *file,
		    const struct orthros_file_view *view,
		    const struct orthros_finode_view *inode);
	struct file *(*build)(struct orthros_image *img, struct orthros_obj *file);
};

extern const struct orthros_file_ops orthros_file_path_ops;
extern const struct orthros_file_ops orthros_file_pipe_ops;
extern const struct orthros_file_ops orthros_file_eventfd_ops;
extern const struct orthros_file_ops orthros_file_epoll_ops;
extern const struct orthros_file_ops orthros_file_sock_ops;
extern const struct orthros_file_ops orthros_file_tty_ops;
extern const struct orthros_file_ops orthros_file_timerfd_ops;
extern const struct orthros_file_ops orthros_file_signalfd_ops;
extern const struct orthros_file_ops orthros_file_shm_ops;
extern const struct orthros_file_ops orthros_file_inotify_ops;
extern const struct orthros_file_ops orthros_file_proc_ops;
extern const struct orthros_file_ops orthros_file_pidfd_ops;
/* By &enum orthros_file_type. */
extern const struct orthros_file_ops *const orthros_file_kinds[ORTHROS_FILE_TYPES];

int orthros_file_consts(struct orthros_image *img, struct orthros_file_consts *c);
s64 orthros_src_ms(const struct orthros_file_consts *c, s64 ticks);
long orthros_dst_jiffies(s64 ms);

struct orthros_obj *orthros_read_file(const struct orthros_finder *who, u64 file);
struct orthros_obj *orthros_read_files(const struct orthros_finder *who, u64 files);
struct orthros_obj *orthros_read_tty(const struct orthros_finder *who, u64 tty);

struct file *orthros_build_file(struct orthros_image *img, struct orthros_obj *file);
int orthros_build_files(struct orthros_image *img, struct orthros_obj *files);
bool orthros_has_late_files(struct orthros_image *img, const struct orthros_obj *files);
int orthros_build_late_files(struct orthros_image *img, struct orthros_obj *files);
int orthros_build_ttys(struct orthros_image *img);
int orthros_set_ctty(struct orthros_image *img, struct orthros_obj *tty);
int orthros_finish_files(struct orthros_image *img);
int orthros_finish_owners(struct orthros_image *img);
void orthros_finish_ptys(struct orthros_image *img);
void orthros_start_timerfds(struct orthros_image *img);
void orthros_start_inotify(struct orthros_image *img);
void orthros_release_files(struct orthros_image *img);

void orthros_set_inode_owner(struct inode *inode, u32 mode, u32 uid, u32 gid);

#endif /* _ORTHROS_FILES_H */
