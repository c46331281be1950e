/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each file system on a disk does for build_disk.c, in a part of itself:
 * ext4_inside.c, xfs_inside.c; and overlayfs: overlay_inside.c.
 */
#ifndef _ORTHROS_DISK_TYPE_H
#define _ORTHROS_DISK_TYPE_H

#include <linux/types.h>

struct dentry;
struct inode;
struct super_block;

/**
 * struct orthros_disk_type - a kind of file system on a disk
 * @name:	as for mount(2)
 * @sticky:	an option that is lost if a remount does not repeat it, or NULL
 * @prepare:	make one that was mounted read-only ready for its files: its list
 *		of deleted files that were in use. Nothing may be written.
 *		@keep takes over the reference to such an inode.
 * @drop_orphan: drop such a reference, when it is writable
 * @give_up:	end all writing by files that are open, if it stays read-only; NULL
 *		if the file system looks at that itself
 * @iget:	find an inode by number; -ESTALE if that was used for another one
 * @commit_blocks: write @nr blocks of metadata as one transaction; @next gives the
 *		number and the contents of each. NULL if changes are not kept as blocks
 */
struct orthros_disk_type {
	const char *name;
	const char *sticky;
	int (*prepare)(struct super_block *sb, int (*keep)(struct inode *inode));
	void (*drop_orphan)(struct inode *inode);
	void (*give_up)(struct super_block *sb);
	struct inode *(*iget)(struct super_block *sb, u64 ino, u32 generation);
	int (*commit_blocks)(struct super_block *sb, unsigned int nr,
			     int (*next)(void *ctx, u64 *nr, void *data, size_t size), void *ctx);
};

extern const struct orthros_disk_type orthros_ext4_type;
extern const struct orthros_disk_type orthros_xfs_type;

int orthros_overlay_commit(struct super_block *sb);
struct dentry *orthros_overlay_nameless(struct dentry *parent, const char *name,
					struct dentry *upper);

#endif /* _ORTHROS_DISK_TYPE_H */
