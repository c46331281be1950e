// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of fs/locks.c (patches/<version>/0033-lease), whose functions are
 * static.
 */
#ifdef CONFIG_ORTHROS
#include "compat.h"
#include "lock_inside.h"

/**
 * orthros_lease_add() - give a file the lease that it had
 * @file:	the file
 * @type:	F_RDLCK or F_WRLCK
 * @pid:	of the process that took it, for /proc/locks
 * @fd:		that is told with the signal
 *
 * Nobody is asked whether others have it open: who did had to wait until it was given up,
 * and the builders have it, too. Whom the signal goes to is the file's owner.
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_lease_add(struct file *file, int type, pid_t pid, int fd)
{
	struct file_lock_context *ctx = locks_get_lock_context(file_inode(file), type);
	struct fasync_struct *new = fasync_alloc();
	struct orthros_lease *lease = lease_alloc(file, type);

	if (!ctx || !new || IS_ERR(lease)) {
		if (new)
			fasync_free(new);
		if (!IS_ERR(lease))
			orthros_lease_free(lease);
		return -ENOMEM;
	}
	orthros_lease_pid(lease) = pid;
	spin_lock(&ctx->flc_lock);
	locks_insert_lock_ctx(orthros_lease_core(lease), &ctx->flc_lease);
	if (!fasync_insert_entry(fd, file, &lease->fl_fasync, new))
		new = NULL;
	spin_unlock(&ctx->flc_lock);
	if (new)
		fasync_free(new);
	return 0;
}
#endif /* CONFIG_ORTHROS */
