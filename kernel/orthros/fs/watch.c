// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether something was mounted, unmounted or mounted otherwise since it was told.
 */
#include <linux/fs.h>
#include <linux/nsproxy.h>
#include <linux/wait.h>
#include <fs/mount.h>
#include "fs_internal.h"

static orthros_changed_fn notify;

/* As poll() of /proc/mounts is woken. */
static int changed_mounts(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	orthros_changed_fn changed = READ_ONCE(notify);

	if (changed)
		changed();
	return 0;
}

static struct wait_queue_entry entry = {
	.func	= changed_mounts,
	.entry	= LIST_HEAD_INIT(entry.entry),
};

/**
 * orthros_watch_mounts() - be told when the mount tree changes
 * @changed:	called then, in any context; NULL: no more
 *
 * Return: 0.
 */
int orthros_watch_mounts(orthros_changed_fn changed)
{
	wait_queue_head_t *poll = &init_nsproxy.mnt_ns->poll;

	if (!READ_ONCE(notify) != !changed) {
		if (changed)
			add_wait_queue(poll, &entry);
		else
			remove_wait_queue(poll, &entry);
	}
	WRITE_ONCE(notify, changed);
	return 0;
}
