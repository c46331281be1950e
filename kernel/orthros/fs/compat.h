/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for fs/: code is written for the newest
 * kernel; what an older one lacks or calls otherwise is mapped here.
 */
#ifndef _ORTHROS_FS_COMPAT_H
#define _ORTHROS_FS_COMPAT_H

#include <linux/version.h>

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/xattr.h>

/* Linux kernel commit abf08576afe3 ("fs: port vfs_*() helpers to struct mnt_idmap") (in v6.3) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define nop_mnt_idmap	init_user_ns
#endif

/* Options of control groups that came with v6.7 and v6.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define ORTHROS_HUGETLB_ACCOUNTING	false
#else
#define ORTHROS_HUGETLB_ACCOUNTING	true
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define ORTHROS_PIDS_LOCAL_EVENTS	false
#else
#define ORTHROS_PIDS_LOCAL_EVENTS	true
#endif

/* Linux kernel commit 12cd44023651 ("fs: rename inode i_atime and i_mtime fields") (in v6.7) */
static inline void orthros_inode_set_times(struct inode *inode, struct timespec64 atime,
					   struct timespec64 mtime, struct timespec64 ctime)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	inode->i_atime = atime;
	inode->i_mtime = mtime;
	inode->i_ctime = ctime;
#else
	inode_set_atime_to_ts(inode, atime);
	inode_set_mtime_to_ts(inode, mtime);
	inode_set_ctime_to_ts(inode, ctime);
#endif
}

/* Linux kernel commit 9b6304c1d537 ("fs: add ctime accessors infrastructure") (in v6.6) */
static inline struct timespec64 orthros_inode_ctime(const struct inode *inode)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return inode->i_ctime;
#else
	return inode_get_ctime(inode);
#endif
}

/* Linux kernel commit 138060ba92b3 ("fs: pass dentry to set acl method") (in v6.2) */
static inline int orthros_set_acl(struct dentry *dentry, int type, struct posix_acl *acl)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return set_posix_acl(&init_user_ns, d_inode(dentry), type, acl);
#else
	return set_posix_acl(&nop_mnt_idmap, dentry, type, acl);
#endif
}

/*
 * Linux kernel commit da549bdd15c2 ("dentry: switch the lists of children to
 * hlist") (in v6.8). Under @parent's d_lock.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define orthros_for_each_child(child, parent) \
	list_for_each_entry(child, &(parent)->d_subdirs, d_child)
#else
#define orthros_for_each_child(child, parent) \
	hlist_for_each_entry(child, &(parent)->d_children, d_sib)
#endif

/* Linux kernel commit 880b9577855e ("fs: distinguish between user initiated ...") (in v6.6) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define orthros_freeze_super(sb)	freeze_super(sb)
#define orthros_thaw_super(sb)		thaw_super(sb)
#else
#define orthros_freeze_super(sb)	freeze_super(sb, FREEZE_HOLDER_KERNEL)
#define orthros_thaw_super(sb)		thaw_super(sb, FREEZE_HOLDER_KERNEL)
#endif

/* A flag of a device, not of its disk. It was a member of its own. */
#include <linux/blkdev.h>
static inline void orthros_bdev_set_read_only(struct block_device *bdev, bool on)
{
#ifdef BD_READ_ONLY
	if (on)
		bdev_set_flag(bdev, BD_READ_ONLY);
	else
		bdev_clear_flag(bdev, BD_READ_ONLY);
#else
	bdev->bd_read_only = on;
#endif
}

/* Linux kernel commit 0af950f57fef ("ovl: move ovl_entry into ovl_inode") (in v6.5) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define orthros_ovl_set_entry(dentry, oip, entry) \
	((void)(oip), (dentry)->d_fsdata = (entry))
#else
#define orthros_ovl_set_entry(dentry, oip, entry) \
	((void)(dentry), (oip)->oe = (entry))
#endif

/* Charging a page became the business of __filemap_add_folio()'s callers. */
#include <linux/memcontrol.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
static inline int orthros_cache_charge(struct folio *folio, gfp_t gfp) { return 0; }
#else
static inline int orthros_cache_charge(struct folio *folio, gfp_t gfp)
{
	return mem_cgroup_charge(folio, NULL, gfp);
}
#endif

#endif /* _ORTHROS_FS_COMPAT_H */
