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

/* One block, whatever was there. */
static int orthros_ext4_write_block(handle_t *handle, struct super_block *sb, u64 nr,
				    const void *data)
{
	struct buffer_head *bh;
	int err;

	if (nr >= ext4_blocks_count(EXT4_SB(sb)->s_es))
		return -EFSCORRUPTED;
	bh = sb_getblk(sb, nr);
	if (!bh)
		return -ENOMEM;
	lock_buffer(bh);
	err = jbd2_journal_get_create_access(handle, bh);
	if (!err) {
		memcpy(bh->b_data, data, bh->b_size);
		set_buffer_uptodate(bh);
	}
	unlock_buffer(bh);
	if (!err)
		err = jbd2_journal_dirty_metadata(handle, bh);
	brelse(bh);
	return err;
}

/* It must be unmounted then: what is in memory beside the blocks is older. */
static int orthros_ext4_commit_blocks(struct super_block *sb, unsigned int nr,
				      int (*next)(void *ctx, u64 *nr, void *data, size_t size),
				      void *ctx)
{
	journal_t *journal = EXT4_SB(sb)->s_journal;
	void *data = kmalloc(sb->s_blocksize, GFP_KERNEL);
	handle_t *handle;
	int err = 0;
	u64 block;

	if (!data)
		return -ENOMEM;
	handle = jbd2_journal_start(journal, nr);
	if (IS_ERR(handle)) {
		kfree(data);
		return PTR_ERR(handle);
	}
	while (nr-- && !err) {
		err = next(ctx, &block, data, sb->s_blocksize);
		if (!err)
			err = orthros_ext4_write_block(handle, sb, block, data);
	}
	/* A part of it must not get to the disk. */
	if (err)
		jbd2_journal_abort(journal, err);
	err = jbd2_journal_stop(handle) ?: err;
	kfree(data);
	return err ?: jbd2_journal_force_commit(journal);
}

const struct orthros_disk_type orthros_ext4_type = {
	.name		= "ext4",
	.prepare	= orthros_ext4_prepare,
	.drop_orphan	= orthros_ext4_drop_orphan,
	.iget		= orthros_ext4_iget,
	.commit_blocks	= orthros_ext4_commit_blocks,
};
