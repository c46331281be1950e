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
#include "../core/kind.h"
#include "../core/pid.h"
#include "../core/report.h"
#include "tables.h"

extern const struct orthros_type orthros_file_type;
extern const struct orthros_type orthros_files_type;
extern const struct orthros_type orthros_tty_type;

extern const struct orthros_kind orthros_files_kind;
extern const struct orthros_kind orthros_path_kind;
extern const struct orthros_kind orthros_pipe_kind;
extern const struct orthros_kind orthros_eventfd_kind;
extern const struct orthros_kind orthros_epoll_kind;
extern const struct orthros_kind orthros_timerfd_kind;
extern const struct orthros_kind orthros_signalfd_kind;
extern const struct orthros_kind orthros_inotify_kind;
extern const struct orthros_kind orthros_proc_kind;
extern const struct orthros_kind orthros_pidfd_kind;
extern const struct orthros_kind orthros_nsfd_kind;
extern const struct orthros_kind orthros_tty_kind;
extern const struct orthros_kind orthros_lock_kind;
extern const struct orthros_kind orthros_foreign_kind;
extern const struct orthros_kind orthros_autofs_kind;
extern const struct orthros_kind orthros_uring_kind;

/**
 * struct orthros_file_ops - one kind of file
 * @name:	before what a builder has to say
 * @late:	not built before every process is there
 * @after_commit:	nor before the commit
 * @maps:	what is mapped of it is memory of its own, which its mmap() gives
 * @read:	fills the FILE object's record and the objects behind it. Its
 *		common part is filled already. Other files it leads to are noted,
 *		see orthros_note(). 0, %ORTHROS_REFUSED or -errno.
 * @build:	makes the file, in the context of a process that has it, with
 *		the opener's ids and all capabilities. f_flags and f_pos are its
 *		business: only it knows what its constructor takes of them
 * @fill:	when the descriptors of the process are in place, and once more when
 *		late ones are: what the file knows of others; or NULL
 *
 * A kind of file has a mark of %ORTHROS_MARK_FILE for each file_operations that
 * tells it.
 */
struct orthros_file_ops {
	const char *name;
	bool late;
	bool after_commit;
	bool maps;
	int (*read)(const struct orthros_finder *who, struct orthros_obj *file,
		    const struct orthros_file_view *view,
		    const struct orthros_finode_view *inode);
	struct file *(*build)(struct orthros_image *img, struct orthros_obj *file);
	int (*fill)(struct orthros_image *img, struct orthros_obj *file);
};

int orthros_file_consts(struct orthros_image *img, struct orthros_file_consts *c);
s64 orthros_src_ms(const struct orthros_file_consts *c, s64 ticks);
long orthros_dst_jiffies(s64 ms);

typedef struct orthros_obj *(*orthros_note_fn)(const struct orthros_finder *who,
					       struct orthros_obj *of, u64 addr);
int orthros_note(const struct orthros_finder *who, const char *how, struct orthros_obj *of,
		 u64 addr, orthros_note_fn read);
int orthros_note_file(const struct orthros_finder *who, const char *how, struct orthros_obj *of,
		      u64 file);
struct orthros_obj *orthros_read_file(const struct orthros_finder *who, u64 file);
bool orthros_file_is_lost(const struct orthros_obj *file);
struct orthros_obj *orthros_read_files(const struct orthros_finder *who, u64 files);
struct orthros_obj *orthros_read_tty(const struct orthros_finder *who, u64 tty);

struct file *orthros_build_file(struct orthros_image *img, struct orthros_obj *file);
int orthros_build_files(struct orthros_image *img, struct orthros_obj *files);
bool orthros_has_late_files(struct orthros_image *img, const struct orthros_obj *files);
int orthros_build_late_files(struct orthros_image *img, struct orthros_obj *files);
int orthros_build_ttys(struct orthros_image *img);
int orthros_set_ctty(struct orthros_image *img, struct orthros_obj *tty);
void orthros_finish_ptys(struct orthros_image *img);

int orthros_tie_signal_waits(struct orthros_image *img, u64 src, struct wait_queue_head *dst);

bool orthros_uring_lacks(struct file *file, u32 min);
void orthros_uring_settle(void);

void orthros_set_inode_owner(struct inode *inode, u32 mode, u32 uid, u32 gid);

#endif /* _ORTHROS_FILES_H */
