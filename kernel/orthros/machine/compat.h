/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for machine/: code is written for the newest
 * kernel; what an older one lacks or calls otherwise is mapped here.
 */
#ifndef _ORTHROS_MACHINE_COMPAT_H
#define _ORTHROS_MACHINE_COMPAT_H

#include <linux/version.h>
#include <linux/pid_namespace.h>
#include <linux/threads.h>

/* As kernel/pid.c has it. */
#define ORTHROS_RESERVED_PIDS	300

static inline void orthros_set_pid_max(u32 max)
{
	if (max > ORTHROS_RESERVED_PIDS && max <= PID_MAX_LIMIT)
		pid_max = max;
}

#endif /* _ORTHROS_MACHINE_COMPAT_H */
