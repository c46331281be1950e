// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of fs/xfs/xfs_log_recover.c: a mount by which an xfs goes on under
 * another kernel, with the deleted files that are in use. Recovery would delete
 * them; but the log is clean, as the source has frozen the file system.
 */
#include "disk_type.h"

/*
 * The links back, which are only in memory, are made from those forward. Every
 * inode of the list stays in memory, so that each has its neighbours.
 */
static int orthros_xfs_load_bucket(struct xfs_mount *mp, xfs_agnumber_t agno, xfs_agino_t agino,
				   int (*keep)(struct inode *inode))
{
	xfs_agino_t prev = NULLAGINO;
	struct xfs_inode *ip;
	int err;

	for (; agino != NULLAGINO; prev = agino, agino = ip->i_next_unlinked) {
		err = xfs_iget(mp, NULL, XFS_AGINO_TO_INO(mp, agno, agino), XFS_IGET_UNTRUSTED, 0,
			       &ip);
		if (err)
			return err;
		/* A second visit would find its link back: the list is a ring. */
		if (VFS_I(ip)->i_nlink || ip->i_prev_unlinked) {
			xfs_irele(ip);
			return -EFSCORRUPTED;
		}
		ip->i_prev_unlinked = prev;
		err = keep(VFS_I(ip));
		if (err)
			return err;
	}
	return 0;
}

static int orthros_xfs_load_group(struct xfs_mount *mp, xfs_agnumber_t agno,
				  int (*keep)(struct inode *inode))
{
	const struct xfs_agi *agi;
	struct xfs_buf *bp;
	int bucket, err;

	err = xfs_trans_read_buf(mp, NULL, mp->m_ddev_targp,
				 XFS_AG_DADDR(mp, agno, XFS_AGI_DADDR(mp)),
				 XFS_FSS_TO_BB(mp, 1), 0, &bp, &xfs_agi_buf_ops);
	if (err)
		return err;
	/* Read-only: it does not change. Inodes are read from behind it. */
	xfs_buf_unlock(bp);
	agi = bp->b_addr;
	for (bucket = 0; bucket < XFS_AGI_UNLINKED_BUCKETS && !err; bucket++)
		err = orthros_xfs_load_bucket(mp, agno, be32_to_cpu(agi->agi_unlinked[bucket]),
					      keep);
	xfs_buf_rele(bp);
	return err;
}

static int orthros_xfs_prepare(struct super_block *sb, int (*keep)(struct inode *inode))
{
	struct xfs_mount *mp = XFS_M(sb);
	xfs_agnumber_t agno;
	int err = 0;

	for (agno = 0; agno < mp->m_sb.sb_agcount && !err; agno++)
		err = orthros_xfs_load_group(mp, agno, keep);
	return err;
}

static struct inode *orthros_xfs_iget(struct super_block *sb, u64 ino, u32 generation)
{
	struct xfs_inode *ip;
	int err;

	err = xfs_iget(XFS_M(sb), NULL, ino, XFS_IGET_UNTRUSTED, 0, &ip);
	if (err == -EINVAL || err == -ENOENT)
		return ERR_PTR(-ESTALE);
	if (err)
		return ERR_PTR(err);
	if (VFS_I(ip)->i_generation != generation) {
		xfs_irele(ip);
		return ERR_PTR(-ESTALE);
	}
	return VFS_I(ip);
}

/* It trusts that nobody has files open to write in what is read-only. */
static void orthros_xfs_give_up(struct super_block *sb)
{
	xfs_force_shutdown(XFS_M(sb), SHUTDOWN_META_IO_ERROR);
}

const struct orthros_disk_type orthros_xfs_type = {
	.name		= "xfs",
	.sticky		= "inode32",
	.prepare	= orthros_xfs_prepare,
	.drop_orphan	= iput,
	.give_up	= orthros_xfs_give_up,
	.iget		= orthros_xfs_iget,
};
