// SPDX-License-Identifier: GPL-2.0-only
/*
 * What processes have written to files, and a kernel that has failed had not written to
 * the disk: it is in that one's page cache, and written here by the file system's own
 * means, inode by inode. A page says itself whose it is; what does not hold is not
 * written. Who has such a file open is told by the next fsync() that data was lost. Its
 * inodes have the owners, modes and times that the disk has not got to know.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include "../core/steps.h"
#include "fs_internal.h"

#define MAX_INODES	100000000UL
/* A page is divided into so many blocks at most. */
#define MAX_BLOCKS	(PAGE_SIZE / 512)

/**
 * struct dirty_walk - writing one file's pages
 * @img:	image
 * @v:		its inode in the source
 * @file:	it, open to be written
 * @look:	the page that was looked at last
 * @all:	also clean pages: the disk may not have where in the file they are
 * @nr:		pages written
 * @lost:	pages that could not be
 * @err:	why the last one could not be
 */
struct dirty_walk {
	struct orthros_image *img;
	const struct orthros_dinode_view *v;
	struct file *file;
	struct orthros_folio_look look;
	bool all;
	unsigned long nr;
	unsigned long lost;
	int err;
};

static int write_bytes(struct dirty_walk *w, const void *data, size_t len, loff_t pos)
{
	ssize_t n;

	if (pos >= w->v->rec.size)
		return 0;
	len = min_t(u64, len, w->v->rec.size - pos);
	n = kernel_write(w->file, data, len, &pos);
	return n < 0 ? n : n == len ? 0 : -EIO;
}

/* A page of which only some blocks were read or written. */
static int write_blocks(struct dirty_walk *w, const void *data, loff_t pos)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(w->img);
	const u64 dirty = BIT_ULL(l->bh_uptodate) | BIT_ULL(l->bh_dirty);
	u64 first = w->look.folio.private, at = first;
	struct orthros_buffer_view b;
	size_t off = 0;
	int i, err;

	if (!(w->look.folio.flags & BIT_ULL(l->pg_private)) || w->look.nr != 1)
		return -EIO;
	for (i = 0; i < MAX_BLOCKS; i++) {
		err = orthros_read_rec(&w->img->src->mem, &orthros_table_buffer, at, &b);
		if (err)
			return err;
		if (!b.size || b.size > PAGE_SIZE - off)
			return -EUCLEAN;
		if ((b.state & dirty) == dirty) {
			err = write_bytes(w, data + off, b.size, pos + off);
			if (err)
				return err;
		}
		off += b.size;
		at = b.next;
		if (at == first)
			return off == PAGE_SIZE ? 0 : -EUCLEAN;
	}
	return -EUCLEAN;
}

static int write_page(struct dirty_walk *w, u64 index)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(w->img);
	unsigned long pfn = w->look.pfn + (index - w->look.folio.index);
	const void *data = orthros_src_map(w->img->src, PFN_PHYS(pfn), PAGE_SIZE);

	if (!data)
		return -EFAULT;
	if (w->look.folio.flags & BIT_ULL(l->pg_uptodate))
		return write_bytes(w, data, PAGE_SIZE, (loff_t)index << PAGE_SHIFT);
	return write_blocks(w, data, (loff_t)index << PAGE_SHIFT);
}

static int dirty_page(void *ctx, u64 index, u64 entry)
{
	struct dirty_walk *w = ctx;
	const struct orthros_fs_layout_view *l = orthros_fs_layout(w->img);
	u64 wanted = BIT_ULL(l->pg_dirty) | BIT_ULL(l->pg_writeback);
	int err;

	if (w->all)
		wanted |= BIT_ULL(l->pg_uptodate);
	/* Only a trace of a page that was evicted. */
	if (entry & 1 || index >= DIV_ROUND_UP_ULL(w->v->rec.size, PAGE_SIZE))
		return 0;
	err = orthros_look_at_folio(w->img, &w->look, w->v->data, index, entry);
	if (!err && !(w->look.folio.flags & wanted))
		return 0;
	if (!err)
		err = write_page(w, index);
	if (err) {
		w->lost++;
		w->err = err;
	} else {
		w->nr++;
	}
	/* As long as it takes. */
	orthros_alive();
	cond_resched();
	return 0;
}

/* Its size and times are what they were, not those of our writing. */
static int restore_attributes(struct orthros_image *img, struct dentry *dentry, u64 addr,
			      const struct orthros_dinode_rec *rec)
{
	struct inode *inode = d_inode(dentry);
	struct iattr size = {
		.ia_valid = ATTR_SIZE | ATTR_FORCE, .ia_size = rec->size,
	};
	struct orthros_inode_view v = {};
	struct timespec64 t[3];
	int err = 0;

	inode_lock(inode);
	if (S_ISREG(rec->mode) && i_size_read(inode) != rec->size)
		err = notify_change(&nop_mnt_idmap, dentry, &size, NULL);
	if (!err)
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_inode, addr, &v);
	if (!err) {
		t[0] = (struct timespec64){ v.rec.atime, v.nsec[0] };
		t[1] = (struct timespec64){ v.rec.mtime, v.nsec[1] };
		t[2] = (struct timespec64){ v.rec.ctime, v.nsec[2] & ~BIT_ULL(31) };
		orthros_inode_set_times(inode, t[0], t[1], t[2]);
		mark_inode_dirty(inode);
	}
	inode_unlock(inode);
	return err;
}

static int save_pages(struct dirty_walk *w, struct vfsmount *mnt, struct dentry *dentry)
{
	struct path path = { .mnt = mnt, .dentry = dentry };
	int err;

	w->file = dentry_open(&path, O_WRONLY | O_LARGEFILE | O_NOATIME | __FMODE_NONOTIFY,
			      current_cred());
	if (IS_ERR(w->file))
		return PTR_ERR(w->file);
	err = orthros_src_xa_walk(w->img->src, w->v->pages, dirty_page, w);
	fput(w->file);
	return err ?: w->err;
}

/* Files that nobody has open, and the disk has not heard of; as in a power failure. */
#define MAX_NAMED	16

static void lose_inode(const struct super_block *sb, u64 ino, const void *err, unsigned long nr)
{
	if (nr < MAX_NAMED)
		pr_err("%s: inode %llu is lost: %pe\n", sb->s_id, ino, err);
}

struct saved {
	unsigned long pages;
	unsigned long lost;
};

static void save_inode(struct orthros_image *img, struct vfsmount *mnt, u64 addr,
		       struct orthros_obj *obj, struct saved *saved)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(img);
	const struct super_block *sb = mnt->mnt_sb;
	struct orthros_dinode_view v = {};
	struct dirty_walk w = { .img = img, .v = &v };
	struct dentry *dentry;
	struct inode *inode;
	int err, owner = 0;
	bool changed;

	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_dinode, addr, &v);
	if (err || (S_ISREG(v.rec.mode) && v.mapping != v.data) || v.rec.size < 0)
		return;
	changed = orthros_is_uncommitted(img, obj, addr);
	w.all = changed;
	if (!changed &&
	    (!S_ISREG(v.rec.mode) || !(v.pages_flags & (l->xa_dirty | l->xa_writeback))))
		return;
	inode = orthros_dst_inode(img, addr);
	/* Of one that was made anew the disk has nothing. */
	if (inode)
		w.all |= inode->i_ino != v.rec.ino;
	if (inode)
		ihold(inode);
	else
		inode = orthros_disk_iget(mnt->mnt_sb, v.rec.ino, v.rec.generation);
	if (!IS_ERR(inode) && (inode->i_mode ^ v.rec.mode) & S_IFMT) {
		iput(inode);
		inode = ERR_PTR(-ESTALE);
	}
	if (IS_ERR(inode)) {
		/* Deleted, and nobody had it open. */
		if (v.rec.nlink)
			lose_inode(sb, v.rec.ino, inode, saved->lost++);
		return;
	}
	dentry = d_obtain_alias(igrab(inode));
	err = PTR_ERR_OR_ZERO(dentry);
	if (!err) {
		if (S_ISREG(v.rec.mode))
			err = save_pages(&w, mnt, dentry);
		/* Writing takes what lets it run as another user. */
		if (changed)
			owner = orthros_set_owner(img, dentry, addr, v.rec.mode);
		err = restore_attributes(img, dentry, addr, &v.rec) ?: err ?: owner;
		dput(dentry);
	}
	saved->pages += w.nr;
	if (err) {
		pr_err("%s: inode %llu: %lu pages written, %lu lost: %pe\n", sb->s_id, v.rec.ino,
		       w.nr, w.lost, ERR_PTR(err));
		mapping_set_error(inode->i_mapping, err == -ENOSPC ? err : -EIO);
	}
	iput(inode);
}

/**
 * orthros_save_dirty() - write what was not written
 * @img:	image of a kernel that has failed, with all mounts
 *
 * Context: before any file is open, and before mounts become read-only.
 */
void orthros_save_dirty(struct orthros_image *img)
{
	const u32 off = orthros_fs_layout(img)->dinode_sb_off;
	struct orthros_list_iter it;
	struct orthros_disk_view d;
	struct orthros_obj *obj, *sb;

	orthros_for_each_obj(obj, img, &orthros_mount_type) {
		const struct orthros_mount_rec *mnt = obj->rec;
		struct orthros_sb_rec *rec;
		struct saved saved = {};

		sb = orthros_obj_find(img, &orthros_sb_type, mnt->sb);
		rec = sb ? sb->rec : NULL;
		if (!obj->dst || !rec || rec->how != ORTHROS_FS_DISK ||
		    rec->flags & (ORTHROS_SB_RDONLY | ORTHROS_SB_WRITTEN) ||
		    orthros_read_rec(&img->src->mem, &orthros_table_fs_disk, sb->src, &d))
			continue;
		rec->flags |= ORTHROS_SB_WRITTEN;
		orthros_src_for_each(&it, img->src, d.inodes, MAX_INODES) {
			save_inode(img, obj->dst, it.node - off, sb, &saved);
			orthros_alive();
		}
		if (it.err)
			pr_err("%s: not all inodes were looked at: %pe\n", rec->disk,
			       ERR_PTR(it.err));
		pr_info("%s: %lu pages of files written, %lu files lost\n", rec->disk,
			saved.pages, saved.lost);
	}
}
