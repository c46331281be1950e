// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the readers and builders of all kinds of files need: constants of the
 * source, its ticks and ours, owners of inodes.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include "files_internal.h"

const struct orthros_type orthros_file_type = { .name = "file", .cost = SZ_1K };
const struct orthros_type orthros_files_type = { .name = "descriptor table", .cost = SZ_1K };
const struct orthros_type orthros_tty_type = { .name = "terminal", .cost = SZ_32K };

/**
 * orthros_file_consts() - constants of the source that readers of files need
 * @img:	image
 * @c:		filled
 *
 * Return: 0 or -errno.
 */
int orthros_file_consts(struct orthros_image *img, struct orthros_file_consts *c)
{
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_file_consts, 0, c);
	if (err)
		return err;
	if (!c->hz || c->hz > 10000)
		return orthros_bad(-EINVAL, "HZ of %u", c->hz);
	return 0;
}

/**
 * orthros_src_ms() - a time of the source in milliseconds
 * @c:		its constants
 * @ticks:	in its ticks; its MAX_SCHEDULE_TIMEOUT is "for ever"
 *
 * Return: milliseconds, -1 for ever.
 */
s64 orthros_src_ms(const struct orthros_file_consts *c, s64 ticks)
{
	if (ticks < 0 || ticks > S64_MAX / 1000)
		return -1;
	return div_s64(ticks * 1000, c->hz);
}

/**
 * orthros_dst_jiffies() - the way back, in this kernel's ticks
 * @ms:		milliseconds, negative for ever
 *
 * Return: jiffies or %MAX_SCHEDULE_TIMEOUT.
 */
long orthros_dst_jiffies(s64 ms)
{
	if (ms < 0 || ms > S64_MAX / HZ)
		return MAX_SCHEDULE_TIMEOUT;
	return div_s64(ms * HZ, 1000);
}

/**
 * orthros_set_inode_owner() - owner and permissions of an inode that was just made
 * @inode:	of a pipe or socket
 * @mode:	its permissions; the type stays
 * @uid:	owner
 * @gid:	and group
 */
void orthros_set_inode_owner(struct inode *inode, u32 mode, u32 uid, u32 gid)
{
	inode->i_mode = (inode->i_mode & S_IFMT) | (mode & ~S_IFMT);
	inode->i_uid = make_kuid(&init_user_ns, uid);
	inode->i_gid = make_kgid(&init_user_ns, gid);
}
