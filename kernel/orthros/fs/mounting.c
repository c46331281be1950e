// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts that are made by a hop, and must not change anything on the disk.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/blkdev.h>
#include <linux/orthros.h>
#include "fs_internal.h"

static bool keeping;

/**
 * orthros_mounting() - is this a mount that must not change anything?
 *
 * Called by ext4, which else would clear its list of orphans while it mounts,
 * and refuse to become writable with some in it; and by overlayfs, which would
 * empty its work directory and try out there what its upper layer can do.
 *
 * Return: true if it is one of a hop.
 */
bool orthros_mounting(void)
{
	return READ_ONCE(keeping);
}

/**
 * orthros_mounting_disk() - begin or end of a mount for which that is true
 * @bdev:	cannot be written to meanwhile, whatever the mount tries; or NULL
 * @on:		begin
 */
void orthros_mounting_disk(struct block_device *bdev, bool on)
{
	if (bdev)
		orthros_bdev_set_read_only(bdev, on);
	WRITE_ONCE(keeping, on);
}
