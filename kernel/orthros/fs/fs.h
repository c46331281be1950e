/* SPDX-License-Identifier: GPL-2.0 */
/*
 * File systems, mounts and paths, for other areas.
 */
#ifndef _ORTHROS_FS_H
#define _ORTHROS_FS_H

#include <linux/types.h>
#include <linux/orthros/abi/fs.h>
#include "../core/image.h"
#include "../core/kind.h"
#include "../core/report.h"
#include "tables.h"

struct file;
struct inode;
struct dentry;
struct mutex;
struct orthros_obj;
struct orthros_type;
struct path;
struct vfsmount;

extern const struct orthros_kind orthros_fs_kind;
extern const struct orthros_kind orthros_contents_kind;
extern const struct orthros_kind orthros_binfmt_kind;
extern const struct orthros_kind orthros_minors_kind;

extern const struct orthros_type orthros_sb_type;
extern const struct orthros_type orthros_dentry_type;
extern const struct orthros_type orthros_inode_type;
extern const struct orthros_type orthros_dinode_type;
extern const struct orthros_type orthros_memcg_type;

/**
 * struct orthros_fs_finder - through what something was found, for refusals
 * @who:	process, none if it is just in the tree
 * @sb:		SB object
 * @dentry:	one of the names of the file
 */
struct orthros_fs_finder {
	struct orthros_finder who;
	struct orthros_obj *sb;
	u64 dentry;
};

int orthros_refuse_file(const struct orthros_fs_finder *f, const char *why);
int orthros_read_children(struct orthros_image *img, u64 dentry,
			  int (*fn)(struct orthros_image *img, u64 child,
				    const struct orthros_dentry_view *v, void *ctx), void *ctx);

int orthros_read_path(const struct orthros_finder *who, u64 vfsmount, u64 dentry);
int orthros_read_watched(const struct orthros_finder *who, u64 sb, u64 inode, u64 dentry);
int orthros_dst_path(struct orthros_image *img, u64 vfsmount, u64 dentry, struct path *path);
void orthros_give_minor_of(struct orthros_image *img, u64 ns);
struct vfsmount *orthros_dst_mount(struct orthros_image *img, u64 vfsmount);
struct dentry *orthros_dst_dentry(struct orthros_image *img, struct orthros_obj *dentry);
struct inode *orthros_watched_inode(struct orthros_image *img, u64 inode, u64 dentry);
struct inode *orthros_dst_inode(struct orthros_image *img, u64 inode);
int orthros_give_contents(u64 inode, struct file *file);

static inline struct orthros_sb_rec *orthros_fs_sb(struct orthros_image *img, u64 sb)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_sb_type, sb);

	return obj ? obj->rec : NULL;
}

/* fs_struct.c */
extern const struct orthros_type orthros_fs_struct_type;
int orthros_read_fs_struct(const struct orthros_finder *who, u64 addr);
int orthros_build_fs_struct(struct orthros_image *img, u64 addr);

/* proc_mount.c */
extern struct mutex orthros_minors_lock;
struct vfsmount *orthros_pseudo_mount(const char *name);
void orthros_pseudo_unmount(struct vfsmount *mnt);

/* freeze.c: file systems on disks, in the source */
void orthros_sync_fs(void);

/* journal.c: of a source that has failed, but is not stopped yet */
bool orthros_journals_rest(const struct orthros_src *src);

#endif /* _ORTHROS_FS_H */
