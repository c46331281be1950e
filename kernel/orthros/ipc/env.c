// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kinds of System V objects have in common: constants, PIDs, namespaces.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/ipc_namespace.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/proc_ns.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "../core/pid.h"
#include "../ns/ns.h"
#include "ipc_internal.h"

const struct orthros_type orthros_sem_undo_type = { .name = "semaphore undo list" };

/**
 * orthros_ipc_env() - constants of the source
 * @img:	image
 *
 * Return: the constants, or NULL if they cannot be had.
 */
const struct orthros_ipc_env *orthros_ipc_env(struct orthros_image *img)
{
	static struct orthros_ipc_env env;

	if (!env.init_ipc_ns &&
	    (orthros_read_rec(&img->src->mem, &orthros_table_ipc_env, 0, &env) ||
	     env.msg_size >= PAGE_SIZE || env.seg_size >= PAGE_SIZE)) {
		memset(&env, 0, sizeof(env));
		return NULL;
	}
	return &env;
}

/**
 * orthros_ipc_pid() - who did something last, also if it has ended
 * @nr:		its PID, 0 for nobody
 *
 * Return: with a reference, or NULL.
 */
struct pid *orthros_ipc_pid(pid_t nr)
{
	struct pid *pid;
	bool made;

	if (nr <= 0)
		return NULL;
	pid = orthros_pid_get(nr, &made);
	if (IS_ERR(pid))
		return NULL;
	/* The number is free again, as that of one that has ended is. */
	if (made)
		free_pid(pid);
	return pid;
}

/**
 * orthros_ipc_ns() - IPC namespace of this kernel
 * @img:	image
 * @ns:		namespace of the source
 *
 * Return: the namespace, held until the release, or NULL.
 */
struct ipc_namespace *orthros_ipc_ns(struct orthros_image *img, u64 ns)
{
	struct ns_common *dst = orthros_dst_ns(img, ns);

	if (dst)
		return container_of(dst, struct ipc_namespace, ns);
	/* Without namespaces there is one. */
	return ns == orthros_initial_ns(img, ORTHROS_NS_IPC) ? &init_ipc_ns : NULL;
}

/**
 * orthros_ipc_enter() - be in an IPC namespace for a while
 * @img:	image
 * @ns:		namespace of the source
 * @old:	set: what orthros_ipc_leave() goes back to
 *
 * Return: the namespace, or ERR_PTR().
 */
struct ipc_namespace *orthros_ipc_enter(struct orthros_image *img, u64 ns, struct nsproxy **old)
{
	struct ipc_namespace *dst = orthros_ipc_ns(img, ns);
	int err;

	*old = NULL;
	if (!dst)
		return ERR_PTR(-ENOENT);
	if (dst == current->nsproxy->ipc_ns)
		return dst;
	err = orthros_enter_ns(ORTHROS_NS_IPC, &dst->ns, old);
	return err ? ERR_PTR(err) : dst;
}

/**
 * orthros_ipc_leave() - go back
 * @old:	from orthros_ipc_enter()
 */
void orthros_ipc_leave(struct nsproxy *old)
{
	if (old)
		orthros_leave_ns(old);
}
