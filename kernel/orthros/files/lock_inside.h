/* SPDX-License-Identifier: GPL-2.0 */
/* What fs/locks.c does for Orthros, see lock_inside.c. */
#ifndef _ORTHROS_LOCK_INSIDE_H
#define _ORTHROS_LOCK_INSIDE_H

#include <linux/types.h>

struct file;

int orthros_lease_add(struct file *file, int type, pid_t pid, int fd);

#endif /* _ORTHROS_LOCK_INSIDE_H */
