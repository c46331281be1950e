/* SPDX-License-Identifier: GPL-2.0 */
/* What is to be done after a takeover, for the kernel after this one. */
#ifndef _LINUX_ORTHROS_ABI_REARM_H
#define _LINUX_ORTHROS_ABI_REARM_H

#include <linux/types.h>

#define ORTHROS_REARM_LEN	4096
#define ORTHROS_REARM_TIMES	32

/**
 * struct orthros_rearm - in the reserved head of a slot
 * @len:	bytes of @argv in use; 0: nothing is to be done
 * @max:	so many takeovers
 * @seconds:	in so many seconds are too many
 * @nr:		entries in use in @times
 * @times:	of the last takeovers, CLOCK_BOOTTIME in seconds, the oldest first
 * @argv:	program and arguments, each ended by a NUL, and one more behind
 */
struct orthros_rearm {
	__u32	len;
	__u32	max;
	__u32	seconds;
	__u32	nr;
	__s64	times[ORTHROS_REARM_TIMES];
	char	argv[ORTHROS_REARM_LEN + 8];
};

#endif /* _LINUX_ORTHROS_ABI_REARM_H */
