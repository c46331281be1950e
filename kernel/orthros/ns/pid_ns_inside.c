// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of kernel/pid_namespace.c: a namespace below one that the caller is not in.
 */
#ifdef CONFIG_ORTHROS
#include "pid_ns_inside.h"

/**
 * orthros_create_pid_ns() - make a PID namespace
 * @user_ns:	its owner
 * @parent:	its parent
 *
 * Return: the namespace, or ERR_PTR().
 */
struct pid_namespace *orthros_create_pid_ns(struct user_namespace *user_ns,
					    struct pid_namespace *parent)
{
	return create_pid_namespace(user_ns, parent);
}
#endif /* CONFIG_ORTHROS */
