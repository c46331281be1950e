/* SPDX-License-Identifier: GPL-2.0 */
/* What io_uring/io_uring.c does for Orthros, see uring_inside.c. */
#ifndef _ORTHROS_URING_INSIDE_H
#define _ORTHROS_URING_INSIDE_H

#include <linux/types.h>
#include <linux/orthros/abi/uring.h>

struct file;
struct io_uring_sqe;
struct task_struct;

/**
 * struct orthros_uring_memory - what an instance shares with its program
 * @rings:	both rings
 * @rings_size:	bytes
 * @sqes:	submission entries
 * @sqes_size:	bytes
 */
struct orthros_uring_memory {
	void *rings;
	size_t rings_size;
	void *sqes;
	size_t sqes_size;
};

#ifdef CONFIG_IO_URING
u32 orthros_uring_flags(void);
bool orthros_uring_has(struct file *file, u32 min);
void orthros_uring_memory(struct file *file, struct orthros_uring_memory *m);
int orthros_uring_set(struct file *file, const struct orthros_uring_rec *rec);
int orthros_uring_submit(struct file *file, const struct io_uring_sqe *sqe);
void orthros_uring_settle_current(long timeout_off);
struct task_struct *orthros_uring_submitter(struct file *file, struct task_struct *task);
#else
static inline u32 orthros_uring_flags(void) { return 0; }
static inline bool orthros_uring_has(struct file *file, u32 min) { return true; }
static inline void orthros_uring_memory(struct file *file, struct orthros_uring_memory *m) { }
static inline int orthros_uring_set(struct file *file, const struct orthros_uring_rec *rec)
{
	return -EOPNOTSUPP;
}

static inline int orthros_uring_submit(struct file *file, const struct io_uring_sqe *sqe)
{
	return -EOPNOTSUPP;
}

static inline void orthros_uring_settle_current(long timeout_off) { }
static inline struct task_struct *orthros_uring_submitter(struct file *file,
							  struct task_struct *task)
{
	return NULL;
}

#endif

#endif /* _ORTHROS_URING_INSIDE_H */
