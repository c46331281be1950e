/* SPDX-License-Identifier: GPL-2.0 */
/* A machine that gets its next backup by itself, see kernel/orthros/hop/rearm.c. */
#ifndef _LINUX_ORTHROS_REARM_H
#define _LINUX_ORTHROS_REARM_H

#include <linux/types.h>

struct orthros_rearm;

/* NULL without a partition. */
struct orthros_rearm *orthros_rearm_block(void);

int orthros_rearm_check(const char *argv, u32 len, u32 max, u32 seconds);
void orthros_rearm_set(const char *argv, u32 len, u32 max, u32 seconds);
ssize_t orthros_rearm_show(char *buf, size_t size);

#endif /* _LINUX_ORTHROS_REARM_H */
