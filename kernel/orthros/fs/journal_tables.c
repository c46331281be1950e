// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of ext4's journal in memory.
 */
#include "journal_tables.h"

#define OPT ORTHROS_ROW_OPTIONAL

static struct orthros_row journal_env_rows[] = {
	ORTHROS_ROW(struct orthros_journal_env, super_blocks, SYM, 0, "super_blocks"),
	ORTHROS_ROW(struct orthros_journal_env, sb_list, OFFSET, 0, "super_block.s_list"),
	ORTHROS_ROW(struct orthros_journal_env, jbddirty, CONST, 0, "BH_JBDDirty"),
	ORTHROS_ROW(struct orthros_journal_env, ext4_inode, OFFSET, OPT,
		    "ext4_inode_info.vfs_inode"),
	ORTHROS_ROW(struct orthros_journal_env, xfs_inode, OFFSET, OPT, "xfs_inode.i_vnode"),
};

ORTHROS_TABLE(journal_env, struct orthros_journal_env);

#define JOURNAL(f, path) \
	ORTHROS_ROW(struct orthros_journal_view, f, VALUE, OPT, "ext4_sb_info.s_journal->" path)

static struct orthros_row journal_rows[] = {
	JOURNAL(running, "j_running_transaction"),
	JOURNAL(committing, "j_committing_transaction"),
	JOURNAL(committed, "j_commit_sequence"),
};

ORTHROS_TABLE(journal, struct orthros_journal_view);

#define TRANSACTION(f, path) \
	ORTHROS_ROW(struct orthros_transaction_view, f, VALUE, OPT, "transaction_s." path)

static struct orthros_row transaction_rows[] = {
	TRANSACTION(list[0], "t_buffers"),
	TRANSACTION(list[1], "t_shadow_list"),
	TRANSACTION(list[2], "t_forget"),
	TRANSACTION(updates, "t_updates.counter"),
};

ORTHROS_TABLE(transaction, struct orthros_transaction_view);

#define BLOCK(f, path) \
	ORTHROS_ROW(struct orthros_journal_block, f, VALUE, OPT, "journal_head." path)

static struct orthros_row journal_block_rows[] = {
	BLOCK(transaction, "b_transaction"),
	BLOCK(next_transaction, "b_next_transaction"),
	BLOCK(next, "b_tnext"),
	BLOCK(frozen, "b_frozen_data"),
	BLOCK(state, "b_bh->b_state"),
	BLOCK(nr, "b_bh->b_blocknr"),
	BLOCK(size, "b_bh->b_size"),
	BLOCK(data, "b_bh->b_data"),
	BLOCK(bdev, "b_bh->b_bdev"),
};

ORTHROS_TABLE(journal_block, struct orthros_journal_block);

static struct orthros_row ext4_inode_rows[] = {
	ORTHROS_ROW(struct orthros_journal_inode, changed, VALUE, OPT,
		    "ext4_inode_info.i_sync_tid"),
};

ORTHROS_TABLE(ext4_inode, struct orthros_journal_inode);

static struct orthros_row xfs_inode_rows[] = {
	ORTHROS_ROW(struct orthros_journal_inode, pins, VALUE, OPT,
		    "xfs_inode.i_pincount.counter"),
};

ORTHROS_TABLE(xfs_inode, struct orthros_journal_inode);
