/* SPDX-License-Identifier: GPL-2.0 */
/* What ext4_orphan.c, a part of fs/ext4/orphan.c, does for build_disk.c. */
#ifndef _ORTHROS_EXT4_ORPHAN_H
#define _ORTHROS_EXT4_ORPHAN_H

#include <linux/types.h>

struct inode;
struct super_block;

int orthros_ext4_prepare(struct super_block *sb, int (*keep)(struct inode *inode));
void orthros_ext4_drop_orphan(struct inode *inode);
struct inode *orthros_ext4_iget(struct super_block *sb, u64 ino, u32 generation);

#endif /* _ORTHROS_EXT4_ORPHAN_H */
