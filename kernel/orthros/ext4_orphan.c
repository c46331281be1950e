// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of fs/ext4/orphan.c: a mount by which an ext4 goes on under another
 * kernel, with the deleted files that are in use.
 */
#include "ext4_orphan.h"

/**
 * orthros_ext4_prepare() - make an ext4 that was mounted read-only ready for its files
 * @sb:		super block
 * @keep:	takes over the reference to an inode that is on the list of orphans
 *
 * The list in memory is made from that on the disk, in the same order. Nothing
 * is written.
 *
 * Return: 0 or negative errno.
 */
int orthros_ext4_prepare(struct super_block *sb, int (*keep)(struct inode *inode))
{
	struct ext4_sb_info *sbi = EXT4_SB(sb);
	u32 ino = le32_to_cpu(sbi->s_es->s_last_orphan);
	struct inode *inode;
	int err = 0;

	/* Else the first one to open a file would write down where it is mounted. */
	ext4_set_mount_flag(sb, EXT4_MF_MNTDIR_SAMPLED);
	sbi->s_mount_state |= EXT4_ORPHAN_FS;
	while (ino && !err) {
		inode = ext4_orphan_get(sb, ino);
		if (IS_ERR(inode)) {
			err = PTR_ERR(inode);
			break;
		}
		if (!list_empty(&EXT4_I(inode)->i_orphan)) {
			iput(inode);
			err = -EUCLEAN;
			break;
		}
		list_add_tail(&EXT4_I(inode)->i_orphan, &sbi->s_orphan);
		ino = NEXT_ORPHAN(inode);
		err = keep(inode);
	}
	sbi->s_mount_state &= ~EXT4_ORPHAN_FS;
	return err;
}

/**
 * orthros_ext4_drop_orphan() - what a mount does with an orphan
 * @inode:	one that keep() of orthros_ext4_prepare() got
 *
 * It is deleted if nobody uses it; a truncation that was interrupted is ended.
 */
void orthros_ext4_drop_orphan(struct inode *inode)
{
	int nr_truncates, nr_orphans;

	ext4_process_orphan(inode, &nr_truncates, &nr_orphans);
}

/**
 * orthros_ext4_iget() - find an inode by number
 * @sb:		super block
 * @ino:	number
 * @generation:	of the inode
 *
 * Return: the inode with a reference, or ERR_PTR(): -ESTALE if the number has
 * been used for another one since.
 */
struct inode *orthros_ext4_iget(struct super_block *sb, u64 ino, u32 generation)
{
	struct inode *inode;

	if (ino != (u32)ino)
		return ERR_PTR(-ESTALE);
	inode = ext4_iget(sb, ino, EXT4_IGET_HANDLE);
	if (!IS_ERR(inode) && inode->i_generation != generation) {
		iput(inode);
		inode = ERR_PTR(-ESTALE);
	}
	return inode;
}
