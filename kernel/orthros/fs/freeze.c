// SPDX-License-Identifier: GPL-2.0
/*
 * The ActiveOS's side of file systems on disks: it says with what options each
 * is mounted, and freezes them for a hop, so that everything that was written
 * is on the disk and the journal is empty. What the other kernel mounts then
 * is a clean file system.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/orthros.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/orthros/abi/fs.h>
#include "fs_internal.h"

/* Read by the other kernel, which finds it by its name. */
u64 orthros_sb_options_list;

struct frozen_sb {
	struct list_head list;
	struct super_block *sb;
	bool frozen;
};

static bool freezing;

/* The youngest first: what lies on another one is frozen before that. */
static LIST_HEAD(frozen_sbs);

static void drop_notes(u64 first)
{
	struct orthros_sb_options *note = (void *)(unsigned long)first, *next;

	for (; note; note = next) {
		next = (void *)(unsigned long)note->next;
		kfree(note);
	}
}

/* Those whose options only they know. */
static bool is_described(const struct super_block *sb)
{
	static const char *const others[] = { "overlay", "bpf", "hugetlbfs", NULL };

	return sb->s_bdev || match_string(others, -1, sb->s_type->name) >= 0;
}

struct notes {
	u64 first;
	int err;
};

/* Under s_umount. */
static void describe(struct super_block *sb, void *arg)
{
	/* Some look at whose descriptor it is, for the user namespace. */
	struct file file = { .f_cred = current_cred() };
	struct orthros_sb_options *note;
	struct seq_file m = { .file = &file };
	struct notes *notes = arg;
	int *err = &notes->err;

	if (*err || !is_described(sb))
		return;
	note = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!note) {
		*err = -ENOMEM;
		return;
	}
	m.buf = note->options;
	m.size = PAGE_SIZE - sizeof(*note);
	if (sb->s_op->show_options)
		*err = sb->s_op->show_options(&m, sb->s_root);
	if (!*err && seq_has_overflowed(&m))
		*err = -E2BIG;
	note->len = m.count;
	if (m.count < m.size)
		note->options[m.count] = '\0';
	note->sb = (u64)(unsigned long)sb;
	note->next = notes->first;
	notes->first = (u64)(unsigned long)note;
}

/**
 * orthros_describe_fs() - tell how file systems on disks are mounted
 * @s:		not used: the notes are a list, by super block
 * @frozen:	then it has been told
 *
 * Return: 0 or negative errno.
 */
int orthros_describe_fs(struct orthros_sections *s, bool frozen)
{
	struct notes notes = {};
	u64 old;

	if (frozen)
		return 0;
	iterate_supers(describe, &notes);
	/* This kernel may fail at any time: the notes are those or the new ones. */
	old = notes.err ? notes.first : xchg(&orthros_sb_options_list, notes.first);
	drop_notes(old);
	return notes.err;
}

static void collect(struct super_block *sb, void *arg)
{
	struct frozen_sb *f;
	int *err = arg;

	if (*err || !sb->s_bdev)
		return;
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f) {
		*err = -ENOMEM;
		return;
	}
	/* Being unmounted? That writes everything, too. */
	if (!atomic_inc_not_zero(&sb->s_active)) {
		kfree(f);
		return;
	}
	f->sb = sb;
	list_add(&f->list, &frozen_sbs);
}

/**
 * orthros_sync_fs() - write what can be written while the processes run
 *
 * Then less is left for when they stand still.
 */
void orthros_sync_fs(void)
{
	if (orthros_sb_options_list)
		ksys_sync();
}

/**
 * orthros_thaw_disks() - undo orthros_freeze_disks()
 */
void orthros_thaw_disks(void)
{
	struct frozen_sb *f, *next;

	/* The way back: the eldest first. */
	list_for_each_entry_safe_reverse(f, next, &frozen_sbs, list) {
		int err = f->frozen ? orthros_thaw_super(f->sb) : 0;

		if (err)
			pr_err("%s on %s cannot be thawed: %pe\n", f->sb->s_type->name,
			       f->sb->s_id, ERR_PTR(err));
		deactivate_super(f->sb);
		list_del(&f->list);
		kfree(f);
	}
}

/**
 * orthros_freezing_disks() - is a file system being frozen for a hop?
 *
 * Called by xfs, which has all metadata in place when it is frozen, but leaves a
 * log that only unmounting marks as clean.
 *
 * Return: true if so.
 */
bool orthros_freezing_disks(void)
{
	return READ_ONCE(freezing);
}

/**
 * orthros_freeze_disks() - make what is on disks complete
 *
 * Context: no process runs but the caller; kernel threads do.
 *
 * Return: 0, or negative errno with nothing frozen.
 */
int orthros_freeze_disks(void)
{
	const char *which = "memory";
	struct frozen_sb *f;
	int err = 0;

	iterate_supers(collect, &err);
	WRITE_ONCE(freezing, true);
	list_for_each_entry(f, &frozen_sbs, list) {
		if (err)
			break;
		err = orthros_freeze_super(f->sb);
		f->frozen = !err;
		if (err)
			which = f->sb->s_id;
	}
	WRITE_ONCE(freezing, false);
	if (err) {
		orthros_fail(err, "the file system on %s could not be frozen", which);
		orthros_thaw_disks();
	}
	return err;
}
