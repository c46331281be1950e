/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is included in kernel/seccomp.c, since it needs the statics there.
 */
#ifndef _ORTHROS_SECCOMP_INSIDE_H
#define _ORTHROS_SECCOMP_INSIDE_H

#include <linux/types.h>

struct file;
struct seccomp_filter;
struct sock_fprog_kern;
struct task_struct;

struct seccomp_filter *orthros_seccomp_create(const struct sock_fprog_kern *given,
					      struct seccomp_filter *prev, bool log,
					      bool wait_killable);
void orthros_seccomp_put(struct seccomp_filter *filter);
struct file *orthros_seccomp_listen(struct seccomp_filter *filter, u32 flags, u64 next_id);
void orthros_seccomp_attach(struct task_struct *task, struct seccomp_filter *filter, int depth);

#endif /* _ORTHROS_SECCOMP_INSIDE_H */
