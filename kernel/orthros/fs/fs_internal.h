/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files that read and build file systems share.
 */
#ifndef _ORTHROS_FS_INTERNAL_H
#define _ORTHROS_FS_INTERNAL_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/orthros/abi/fs.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/walk.h"
#include "compat.h"
#include "fs.h"

struct block_device;
struct orthros_ns_ops;

extern const struct orthros_type orthros_mount_type;
extern const struct orthros_type orthros_pages_type;
extern const struct orthros_type orthros_xattr_type;

#define ORTHROS_FS_MAX_DENTRIES	(4U << 20)
#define ORTHROS_FS_MAX_MOUNTS	100000U
#define ORTHROS_FS_MAX_DEPTH	256
#define ORTHROS_FS_MAX_XATTRS	4096

/* ---- read_type.c, read_inode.c ------------------------------------- */

const char *orthros_classify_sb(struct orthros_image *img, u64 addr,
				const struct orthros_sb_view *v, struct orthros_sb_rec *rec);
int orthros_read_inode(const struct orthros_fs_finder *f, u64 addr);

/* ---- marks.c --------------------------------------------------------- */

int orthros_check_marks(const struct orthros_fs_finder *f, u64 connector);

/* ---- read_disk.c ----------------------------------------------------- */

const char *orthros_disk_options(struct orthros_image *img, u64 addr,
				 const struct orthros_sb_view *v, struct orthros_sb_rec *rec);
const char *orthros_noted_options(struct orthros_image *img, u64 addr,
				  struct orthros_sb_rec *rec);
bool orthros_has_option(const char *options, const char *name);
int orthros_read_dinode(const struct orthros_fs_finder *f, u64 addr);
int orthros_check_swap(struct orthros_image *img);

/* ---- read_overlay.c -------------------------------------------------- */

const char *orthros_overlay_options(struct orthros_image *img, u64 addr,
				    const struct orthros_sb_view *v, struct orthros_sb_rec *rec);
const char *orthros_check_overlay(struct orthros_image *img, const struct orthros_sb_rec *rec);
int orthros_read_overlay_gone(const struct orthros_finder *who,
			      const struct orthros_dentry_view *v, u64 *upper);

/* ---- read_tree.c ----------------------------------------------------- */

const struct orthros_fs_layout_view *orthros_fs_layout(struct orthros_image *img);

/**
 * struct orthros_folio_look - a folio of the source's page cache
 * @entry:	address of its first struct page
 * @folio:	what that says
 * @nr:		pages
 * @pfn:	of the first
 */
struct orthros_folio_look {
	u64 entry;
	struct orthros_folio_view folio;
	u64 nr;
	unsigned long pfn;
};

int orthros_look_at_folio(struct orthros_image *img, struct orthros_folio_look *look,
			  u64 mapping, u64 index, u64 entry);
int orthros_read_dentry_view(struct orthros_image *img, u64 addr, struct orthros_dentry_view *v);
ssize_t orthros_read_dentry_path(struct orthros_image *img, u64 dentry, u64 top, char *buf,
				 size_t size);
int orthros_read_tree(struct orthros_image *img, struct orthros_obj *sb);
int orthros_read_loose(const struct orthros_finder *who, struct orthros_obj *sb, u64 dentry);

/* ---- build_tree.c, shmem.c, memcg.c ------------------------------------- */

int orthros_wipe_tree(struct dentry *root);
int orthros_build_tree(struct orthros_image *img, struct orthros_obj *sb);
int orthros_build_internal(struct orthros_image *img, struct orthros_obj *sb);
int orthros_build_late_nodes(struct orthros_image *img);
int orthros_build_attributes(struct orthros_image *img);
int orthros_tie_inodes(struct orthros_image *img);
struct mem_cgroup *orthros_charge_to(struct orthros_image *img, u64 memcg);
int orthros_shmem_adopt(struct orthros_image *img, struct inode *inode,
			const struct orthros_pages_rec *rec);
void orthros_shmem_lru(const struct orthros_pages_rec *rec);

/* ---- build_disk.c, cache.c --------------------------------------- */

struct block_device *orthros_find_disk(const char *name);
void orthros_mounting_disk(struct block_device *bdev, bool on);
int orthros_build_disk(struct orthros_image *img, struct orthros_obj *sb);
int orthros_verify_disks(struct orthros_image *img);
struct inode *orthros_disk_iget(struct super_block *sb, u64 ino, u32 generation);
int orthros_cache_adopt_used(struct orthros_image *img);
unsigned long orthros_cache_adopt_rest(struct orthros_image *img, struct orthros_obj *sb);

/* ---- journal.c, remake.c, dirty.c: of a kernel that has failed ------------------- */

int orthros_save_journal(struct orthros_image *img, struct orthros_obj *sb, const char *path);
bool orthros_is_uncommitted(struct orthros_image *img, struct orthros_obj *sb, u64 addr);
void orthros_remove_again(struct dentry *parent, const struct orthros_dentry_rec *rec,
			  struct inode *inode);
int orthros_set_owner(struct orthros_image *img, struct dentry *dentry, u64 addr, umode_t mode);
struct dentry *orthros_remake(struct orthros_image *img, struct dentry *parent,
			      const struct orthros_dentry_rec *rec,
			      const struct orthros_dinode_rec *irec);
void orthros_save_dirty(struct orthros_image *img);

/* ---- view.c, path.c, build_inode.c, disk_inode.c ----------------------- */

struct orthros_disk_type;

struct dentry *orthros_walk_path(struct dentry *root, const char *path);
bool orthros_dentry_is_stale(const struct orthros_obj *obj);
int orthros_build_late_attributes(struct orthros_image *img);
int orthros_verify_inode(struct orthros_image *img, const struct orthros_obj *obj);
const struct orthros_disk_type *orthros_disk_type_named(const char *name);
const struct orthros_disk_type *orthros_disk_type_of(const struct super_block *sb);
bool orthros_same_dinode(const struct inode *inode, const struct orthros_dinode_rec *rec);
void orthros_forget_contents(void);
void orthros_commit_disks(struct orthros_image *img);
void orthros_settle_disks(struct orthros_image *img);

/* ---- freeze.c, read_mounts.c ------------------------------------------- */

/* Where the notes begin, for the other kernel. */
extern u64 orthros_sb_options_list;
int orthros_describe_fs(struct orthros_sections *s, bool frozen);
int orthros_freeze_disks(void);
void orthros_thaw_disks(void);
extern const struct orthros_ns_ops orthros_mnt_ns_ops;
int orthros_read_mounts(struct orthros_image *img);
int orthros_gather_mounts(struct orthros_image *img);

/* ---- watch.c --------------------------------------------------------- */

int orthros_watch_mounts(orthros_changed_fn changed);

/* ---- build_mounts.c --------------------------------------------------- */

int orthros_take_minors(struct orthros_image *img);
int orthros_build_mounts(struct orthros_image *img);
int orthros_tie_mounts(struct orthros_image *img);

/* A file of ramfs here: its inode is nothing but that. */
static inline bool orthros_is_ramfs(const struct inode *inode)
{
	return inode->i_sb->s_magic == RAMFS_MAGIC;
}

static inline bool orthros_fs_is_tree(const struct orthros_sb_rec *sb)
{
	return sb->how == ORTHROS_FS_ROOT || sb->how == ORTHROS_FS_TREE ||
	       sb->how == ORTHROS_FS_DEV;
}

#endif /* _ORTHROS_FS_INTERNAL_H */
