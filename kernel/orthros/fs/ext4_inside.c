// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of fs/ext4/orphan.c: a mount by which an ext4 goes on under another
 * kernel, with the deleted files that are in use.
 */
#include "disk_type.h"

/* The list in memory is made from that on the disk, in the same order. */
static int orthros_ext4_prepare(struct super_block *sb, int (*keep)(struct inode *inode))
{
	struct ext4_sb_info *sbi = EXT4_SB(sb);
	u32 ino = le32_to_cpu(sbi->s_es->s_last_orphan);
	struct inode *inode;
	int err = 0;

	/* Else the first one to open a file would write down where it is mounted. */
	ext4_set_mount_flag(sb, EXT4_MF_MNTDIR_SAMPLED);
	/* What becomes writable counts as mounted once more; here it only goes on. */
	if (sbi->s_es->s_mnt_count)
		le16_add_cpu(&sbi->s_es->s_mnt_count, -1);
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

/* Deleted if nobody uses it; a truncation that was interrupted is ended. */
static void orthros_ext4_drop_orphan(struct inode *inode)
{
	int nr_truncates, nr_orphans;

	ext4_process_orphan(inode, &nr_truncates, &nr_orphans);
}

static struct inode *orthros_ext4_iget(struct super_block *sb, u64 ino, u32 generation)
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

const struct orthros_disk_type orthros_ext4_type = {
	.name		= "ext4",
	.prepare	= orthros_ext4_prepare,
	.drop_orphan	= orthros_ext4_drop_orphan,
	.iget		= orthros_ext4_iget,
};
