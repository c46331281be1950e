// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rebuilding file systems, in two kinds: the mount tree with what a name and a
 * file need to exist; and, when System V IPC has made its files, the kernel's
 * own files, all attributes and contents.
 *
 * What would be in the way of the builders of processes, or would be changed by
 * them, is tied when these are done: read-only mounts, immutable files, seals,
 * time stamps.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/shmem_fs.h>
#include "../ns/ns.h"
#include "fs_internal.h"
#include "journal_tables.h"

static int read_fs(struct orthros_image *img)
{
	return orthros_read_mounts(img);
}

/*
 * In the task that becomes PID 1, with full rights and the rootfs as its root
 * directory, before any other process exists.
 */
static int build_fs(struct orthros_image *img)
{
	return orthros_build_mounts(img);
}

/* When every process is built. */
static int tie_fs(struct orthros_image *img)
{
	return orthros_tie_inodes(img) ?: orthros_tie_mounts(img);
}

/* Compare what was built with what was read. */
static int verify_fs(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_inode_type) {
		err = orthros_verify_inode(img, obj);
		if (err)
			return err;
	}
	orthros_for_each_obj(obj, img, &orthros_mount_type) {
		if (!obj->dst)
			return orthros_fail(-EUCLEAN, "mount %#llx was not built", obj->src);
	}
	return orthros_verify_disks(img);
}

/* The devices are taken, and nodes of theirs may have appeared. */
static void commit_fs(struct orthros_image *img)
{
	int err;

	orthros_commit_disks(img);
	err = orthros_build_late_nodes(img) ?: orthros_build_late_attributes(img);
	if (err)
		pr_err("device nodes: %pe\n", ERR_PTR(err));
}

/*
 * Drop the references of the object map.
 *
 * Context: process context, after the commit, before the processes run: they
 * may unmount and remove.
 */
static void release_fs(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_inode_type)
		obj->dst = NULL;
	orthros_for_each_obj(obj, img, &orthros_dinode_type)
		obj->dst = NULL;
	orthros_for_each_obj(obj, img, &orthros_dentry_type) {
		dput(obj->dst);
		obj->dst = NULL;
	}
	orthros_forget_contents();
	orthros_for_each_obj(obj, img, &orthros_mount_type) {
		mntput(obj->dst);
		obj->dst = NULL;
	}
}

/*
 * Give adopted pages to memory management.
 *
 * Context: process context, after the commit, when the processes run.
 */
static void settle_fs(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_pages_type) {
		if (obj->dst)
			orthros_shmem_lru(obj->rec);
		obj->dst = NULL;
	}
	orthros_settle_disks(img);
}

static const struct orthros_mark fs_marks[] = {
	{ ORTHROS_MARK_NS, "mntns_operations", "mount namespace", &orthros_mnt_ns_ops },
	{}
};

const struct orthros_kind orthros_fs_kind = {
	.name	= "mount tree",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_fs_layout,
				 &orthros_table_fs_mount, &orthros_table_fs_mnt_ns,
				 &orthros_table_fs_nsfs, &orthros_table_fs_sysfs,
				 &orthros_table_fs_sb, &orthros_table_fs_tmpfs,
				 &orthros_table_fs_constant, &orthros_table_fs_devpts,
				 &orthros_table_fs_ramfs, &orthros_table_fs_autofs,
				 &orthros_table_fs_procfs, &orthros_table_fs_cgroup,
				 &orthros_table_fs_dentry, &orthros_table_fs_inode,
				 &orthros_table_fs_shmem_inode, &orthros_table_fs_any_inode,
				 &orthros_table_fs_xattr, &orthros_table_fs_acl,
				 &orthros_table_fs_acl_entry,
				 &orthros_table_fs_folio, &orthros_table_fs_large_folio,
				 &orthros_table_fs_disk, &orthros_table_fs_ext4,
				 &orthros_table_fs_xfs, &orthros_table_fs_dinode,
				 &orthros_table_fs_overlay, &orthros_table_fs_layer,
				 &orthros_table_fs_ovl_inode, &orthros_table_fs_struct,
				 &orthros_table_fs_mark, &orthros_table_fs_connector,
				 &orthros_table_fs_mark_layout, &orthros_table_buffer,
				 &orthros_table_journal_env, &orthros_table_journal,
				 &orthros_table_transaction, &orthros_table_journal_block,
				 &orthros_table_ext4_inode, &orthros_table_xfs_inode),
	.marks	= fs_marks,
	.describe = orthros_describe_fs,
	.watch	= orthros_watch_mounts,
	.freeze	= orthros_freeze_disks,
	.thaw	= orthros_thaw_disks,
	.read	= read_fs,
	.gather	= orthros_gather_mounts,
	.build	= build_fs,
	.tie	= tie_fs,
	.verify	= verify_fs,
	.commit	= commit_fs,
	.release = release_fs,
	.settle	= settle_fs,
};

/* ---- contents --------------------------------------------------------- */

static int build_contents(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_pages_type) {
		const struct orthros_pages_rec *rec = obj->rec;
		struct inode *inode = orthros_dst_inode(img, rec->inode);
		int err;

		if (!inode || !(shmem_mapping(inode->i_mapping) || orthros_is_ramfs(inode)))
			return orthros_fail(-EUCLEAN, "pages of inode %#llx: no file", rec->inode);
		err = orthros_shmem_adopt(img, inode, rec);
		if (err)
			return err;
		orthros_obj_built(obj, inode);
	}
	return 0;
}

static int build_all(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &orthros_sb_type) {
		const struct orthros_sb_rec *rec = obj->rec;

		if (rec->how != ORTHROS_FS_INTERNAL)
			continue;
		err = orthros_build_internal(img, obj);
		if (err)
			return err;
	}
	err = orthros_build_attributes(img) ?: build_contents(img);
	if (err)
		return err;
	if (img->crashed)
		orthros_save_dirty(img);
	return orthros_cache_adopt_used(img);
}

const struct orthros_kind orthros_contents_kind = {
	.name	= "contents of files",
	.build	= build_all,
};

/* ---- device numbers ----------------------------------------------------- */

const struct orthros_kind orthros_minors_kind = {
	.name	= "device numbers",
	.build	= orthros_take_minors,
};
