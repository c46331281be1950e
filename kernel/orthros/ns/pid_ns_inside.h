/* SPDX-License-Identifier: GPL-2.0 */
/* What ns/pid.c asks of kernel/pid_namespace.c. */
#ifndef _ORTHROS_PID_NS_INSIDE_H
#define _ORTHROS_PID_NS_INSIDE_H

struct pid_namespace;
struct user_namespace;

struct pid_namespace *orthros_create_pid_ns(struct user_namespace *user_ns,
					    struct pid_namespace *parent);

#endif /* _ORTHROS_PID_NS_INSIDE_H */
