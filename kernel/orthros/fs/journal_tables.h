/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a journal of the source has not got on the disk yet, see journal_tables.c and
 * journal.c.
 */
#ifndef _ORTHROS_TABLES_JOURNAL_H
#define _ORTHROS_TABLES_JOURNAL_H

#include "../core/table.h"

/**
 * struct orthros_journal_env - constants; address 0
 * @super_blocks: list of all super blocks
 * @sb_list:	struct super_block.s_list
 * @jbddirty:	bit of buffer_head.b_state: its transaction has changed the block
 * @ext4_inode:	struct inode in an inode of ext4
 * @xfs_inode:	and in one of xfs
 */
struct orthros_journal_env {
	u64 super_blocks;
	u64 jbddirty;
	u32 sb_list;
	u32 ext4_inode;
	u32 xfs_inode;
};

/**
 * struct orthros_journal_view - the journal of an ext4; address: its ext4_sb_info
 * @running:	transaction that takes changes, or 0
 * @committing:	transaction that is being written, or 0
 * @committed:	number of the last one that was written
 */
struct orthros_journal_view {
	u64 running;
	u64 committing;
	u32 committed;
};

/**
 * struct orthros_journal_inode - how far an inode is on its way to the disk
 * @changed:	ext4: number of the last transaction that has changed it
 * @pins:	xfs: changes that are not in the log
 */
struct orthros_journal_inode {
	u32 changed;
	s64 pins;
};

/**
 * struct orthros_transaction_view - a transaction
 * @list:	blocks that it has changed, in rings, by how far they are: one of each
 * @updates:	handles that are open: changes that are not complete
 */
struct orthros_transaction_view {
	u64 list[3];
	s64 updates;
};

/**
 * struct orthros_journal_block - a block that a transaction has changed; its journal_head
 * @transaction: the one
 * @next_transaction: another one that has changed it since, or 0
 * @next:	in the ring
 * @frozen:	address of what it was when its own transaction ended, or 0: as in @data
 * @state:	BH_*
 * @nr:		its number
 * @size:	bytes
 * @data:	address of the contents
 * @bdev:	of it
 */
struct orthros_journal_block {
	u64 transaction;
	u64 next_transaction;
	u64 next;
	u64 frozen;
	u64 state;
	u64 nr;
	u64 size;
	u64 data;
	u64 bdev;
};

extern struct orthros_table orthros_table_journal_env;
extern struct orthros_table orthros_table_journal;
extern struct orthros_table orthros_table_transaction;
extern struct orthros_table orthros_table_journal_block;
extern struct orthros_table orthros_table_ext4_inode;
extern struct orthros_table orthros_table_xfs_inode;

#endif /* _ORTHROS_TABLES_JOURNAL_H */
