/* SPDX-License-Identifier: GPL-2.0 */
/* struct pids of the source and of this kernel. */
#ifndef _ORTHROS_PID_H
#define _ORTHROS_PID_H

#include <linux/types.h>

struct orthros_src;
struct pid;

int orthros_read_pidnr(const struct orthros_src *src, u64 pid, s32 *nr);
struct pid *orthros_pid_get(pid_t nr, bool *made);

#endif /* _ORTHROS_PID_H */
