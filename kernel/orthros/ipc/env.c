// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kinds of System V objects have in common.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/pid.h>
#include <linux/string.h>
#include "../core/pid.h"
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
