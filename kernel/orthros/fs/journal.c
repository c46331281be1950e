// SPDX-License-Identifier: GPL-2.0-only
/*
 * The journal of a kernel that has failed. On the disk it ends with the last transaction
 * that was written, some seconds ago: a file that was made since is not there, though a
 * process may have it open. The blocks of the two transactions that had not got there
 * are still in memory. If nobody was in the middle of a change they are what the next
 * commit would have written, and are committed here, as one transaction of this kernel.
 *
 * If somebody was, the one that was being written is whole all the same, as far as its
 * blocks were not changed again; what came after it is lost.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <fs/internal.h>
#include "../core/steps.h"
#include "disk_type.h"
#include "fs_internal.h"
#include "journal_tables.h"

/* Journals are not larger. */
#define MAX_BLOCKS	1000000UL
#define MAX_SUPER_BLOCKS	4096

/**
 * struct unsaved - blocks that are not on the disk
 * @img:	image
 * @bdev:	source address of the block device
 * @dirty:	a block that was changed has it in its state
 * @head:	their journal_heads
 * @nr:		of them
 * @room:	in @head
 * @at:		the next to be written
 * @old:	transaction whose end is meant, 0: all that is there
 */
struct unsaved {
	struct orthros_image *img;
	u64 bdev;
	u64 dirty;
	u64 *head;
	unsigned int nr, room, at;
	u64 old;
};

static int add_head(struct unsaved *u, u64 head)
{
	unsigned int room;
	u64 *more;

	if (u->nr == u->room) {
		room = 2 * u->room + 256;
		more = kvmalloc_array(room, sizeof(*more), GFP_KERNEL);
		if (!more)
			return -ENOMEM;
		if (u->nr)
			memcpy(more, u->head, u->nr * sizeof(*more));
		kvfree(u->head);
		u->head = more;
		u->room = room;
	}
	u->head[u->nr++] = head;
	return 0;
}

static int read_ring(struct unsaved *u, u64 transaction, u64 first)
{
	struct orthros_journal_block b;
	struct orthros_loop loop = {};
	unsigned long n = 0;
	u64 at = first;
	int err;

	if (!first)
		return 0;
	do {
		err = orthros_read_rec(&u->img->src->mem, &orthros_table_journal_block, at, &b);
		if (err)
			return err;
		if (b.transaction != transaction || ++n > MAX_BLOCKS)
			return orthros_bad(-EUCLEAN, "block of another transaction");
		/* Without it: freed again, or only meant to be changed. */
		if (b.state & BIT_ULL(u->dirty) && b.bdev == u->bdev) {
			if (u->old && b.next_transaction && !b.frozen)
				return orthros_bad(-EAGAIN, "block %llu has been changed since",
						   b.nr);
			err = add_head(u, at);
			if (err)
				return err;
		}
		at = b.next;
		if (at != first && orthros_loop_closed(&loop, at))
			return orthros_bad(-ELOOP, "blocks of a transaction");
	} while (at != first);
	return 0;
}

static int read_transaction(struct unsaved *u, u64 addr)
{
	struct orthros_transaction_view t;
	int i, err;

	if (!addr)
		return 0;
	err = orthros_read_rec(&u->img->src->mem, &orthros_table_transaction, addr, &t);
	for (i = 0; i < ARRAY_SIZE(t.list) && !err; i++)
		err = read_ring(u, addr, t.list[i]);
	return err;
}

/* Is somebody in the middle of a change? */
static int is_torn(const struct orthros_src *src, u64 addr)
{
	struct orthros_transaction_view t;
	int err;

	if (!addr)
		return 0;
	err = orthros_read_rec(&src->mem, &orthros_table_transaction, addr, &t);
	return err ?: t.updates != 0;
}

/**
 * orthros_journals_rest() - is nobody in the middle of a change of a file system?
 * @src:	source that still runs
 *
 * What cannot be told now will not be told by waiting.
 */
bool orthros_journals_rest(const struct orthros_src *src)
{
	struct orthros_journal_env env;
	struct orthros_journal_view j;
	struct orthros_list_iter it;
	struct orthros_sb_view v;
	bool rest = true;

	if (orthros_read_rec(&src->mem, &orthros_table_journal_env, 0, &env))
		return true;
	orthros_src_for_each(&it, src, env.super_blocks, MAX_SUPER_BLOCKS) {
		if (orthros_read_rec(&src->mem, &orthros_table_fs_sb, it.node - env.sb_list, &v))
			return true;
		if (strcmp(v.type, "ext4"))
			continue;
		if (!orthros_read_rec(&src->mem, &orthros_table_journal, v.fs_info, &j) &&
		    is_torn(src, j.running) > 0)
			rest = false;
	}
	return rest;
}

/* Returns whether that is all, or negative errno. */
static int find_unsaved(struct unsaved *u, u64 fs_info)
{
	struct orthros_journal_env env;
	struct orthros_journal_view j;
	int torn, err;

	err = orthros_read_rec(&u->img->src->mem, &orthros_table_journal_env, 0, &env) ?:
	      orthros_read_rec(&u->img->src->mem, &orthros_table_journal, fs_info, &j);
	if (err)
		return err;
	u->dirty = env.jbddirty;
	torn = is_torn(u->img->src, j.running);
	if (torn < 0)
		return torn;
	if (torn)
		u->old = j.committing;
	err = read_transaction(u, j.committing);
	if (!err && !torn)
		err = read_transaction(u, j.running);
	return err ?: !torn;
}

/**
 * orthros_is_uncommitted() - may the disk lack where in a file its pages are?
 * @img:	image of a kernel that has failed
 * @sb:		SB object of the file system
 * @addr:	source address of the inode
 *
 * Return: true if it may.
 */
bool orthros_is_uncommitted(struct orthros_image *img, struct orthros_obj *sb, u64 addr)
{
	const struct orthros_mem *mem = &img->src->mem;
	const struct orthros_sb_rec *rec = sb->rec;
	struct orthros_journal_inode inode = {};
	struct orthros_journal_view j = {};
	struct orthros_journal_env env;
	struct orthros_sb_view v;

	if (rec->flags & ORTHROS_SB_SAVED)
		return false;
	if (orthros_read_rec(mem, &orthros_table_journal_env, 0, &env) ||
	    orthros_read_rec(mem, &orthros_table_fs_sb, sb->src, &v))
		return true;
	if (!strcmp(rec->type, "xfs"))
		return orthros_read_rec(mem, &orthros_table_xfs_inode, addr - env.xfs_inode,
					&inode) || inode.pins;
	return orthros_read_rec(mem, &orthros_table_journal, v.fs_info, &j) ||
	       orthros_read_rec(mem, &orthros_table_ext4_inode, addr - env.ext4_inode, &inode) ||
	       (s32)(inode.changed - j.committed) > 0;
}

/* The next block for the file system. */
static int next_block(void *ctx, u64 *nr, void *data, size_t size)
{
	struct unsaved *u = ctx;
	struct orthros_journal_block b;
	int err;

	err = orthros_read_rec(&u->img->src->mem, &orthros_table_journal_block, u->head[u->at++],
			       &b);
	if (err)
		return err;
	if (b.size != size)
		return orthros_bad(-EUCLEAN, "block of %llu bytes", b.size);
	*nr = b.nr;
	return orthros_src_read(u->img->src, u->old && b.frozen ? b.frozen : b.data, data, size);
}

/* Nothing is begun that cannot be ended. */
static int try_blocks(struct unsaved *u, size_t size)
{
	void *data = kmalloc(size, GFP_KERNEL);
	int err = data ? 0 : -ENOMEM;
	u64 nr;

	while (!err && u->at < u->nr)
		err = next_block(u, &nr, data, size);
	u->at = 0;
	kfree(data);
	return err;
}

/* The file system without a mount, by which its journal has been replayed. */
static struct fs_context *open_fs(const char *path, const struct orthros_sb_rec *rec)
{
	struct file_system_type *type = get_fs_type(rec->type);
	struct fs_context *fc;
	char *options;
	int err;

	if (!type)
		return ERR_PTR(-ENODEV);
	fc = fs_context_for_mount(type, 0);
	put_filesystem(type);
	if (IS_ERR(fc))
		return fc;
	options = kasprintf(GFP_KERNEL, "%s%snoinit_itable", rec->options,
			    *rec->options ? "," : "");
	err = options ? vfs_parse_fs_string(fc, "source", path, strlen(path)) : -ENOMEM;
	if (!err)
		err = parse_monolithic_mount_data(fc, options);
	kfree(options);
	if (!err)
		err = vfs_get_tree(fc);
	if (err) {
		put_fs_context(fc);
		return ERR_PTR(err);
	}
	return fc;
}

static void close_fs(struct fs_context *fc)
{
	struct super_block *sb = fc->root->d_sb;

	dput(fc->root);
	fc->root = NULL;
	deactivate_locked_super(sb);
	put_fs_context(fc);
}

/**
 * orthros_save_journal() - commit what a journal of the source had not
 * @img:	image of a kernel that has failed
 * @obj:	SB object of a file system on a disk, which is not mounted
 * @path:	of the disk
 *
 * What cannot be saved is lost, as in a power failure, and logged.
 *
 * Return: 0, or negative errno if the file system does not open.
 */
int orthros_save_journal(struct orthros_image *img, struct orthros_obj *obj, const char *path)
{
	struct orthros_sb_rec *rec = obj->rec;
	struct unsaved u = { .img = img };
	const struct orthros_disk_type *type = orthros_disk_type_named(rec->type);
	struct orthros_disk_view d;
	struct orthros_sb_view v;
	struct fs_context *fc;
	char text[ORTHROS_TEXT_LEN];
	int all;

	if (rec->flags & ORTHROS_SB_RDONLY || !type || !type->commit_blocks)
		return 0;
	fc = open_fs(path, rec);
	orthros_alive();
	if (IS_ERR(fc))
		return PTR_ERR(fc);
	all = orthros_read_rec(&img->src->mem, &orthros_table_fs_sb, obj->src, &v) ?:
	      orthros_read_rec(&img->src->mem, &orthros_table_fs_disk, obj->src, &d);
	if (!all) {
		u.bdev = d.bdev;
		all = find_unsaved(&u, v.fs_info);
	}
	if (all >= 0)
		all = try_blocks(&u, fc->root->d_sb->s_blocksize) ?: all;
	if (all >= 0 && u.nr)
		all = type->commit_blocks(fc->root->d_sb, u.nr, next_block, &u) ?: all;
	close_fs(fc);
	orthros_alive();
	orthros_error_take(text, sizeof(text));
	if (all > 0)
		rec->flags |= ORTHROS_SB_SAVED;
	if (all >= 0)
		pr_info("%s: %u blocks were not in the journal%s\n", rec->disk, u.nr,
			all ? "" : "; what was changed last is lost");
	else
		pr_err("%s: what was not in the journal is lost: %s: %pe\n", rec->disk, text,
		       ERR_PTR(all));
	kvfree(u.head);
	return 0;
}
