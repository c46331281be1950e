/* SPDX-License-Identifier: GPL-2.0 */
/* What is included in fs/timerfd.c, since it needs the statics there. */
#ifndef _ORTHROS_TIMERFD_INSIDE_H
#define _ORTHROS_TIMERFD_INSIDE_H

#include <linux/orthros/abi/file.h>

struct file;

void orthros_timerfd_setup(struct file *file, const struct orthros_timerfd_rec *rec);
void orthros_timerfd_start(struct file *file, const struct orthros_timerfd_rec *rec);

#endif /* _ORTHROS_TIMERFD_INSIDE_H */
