// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of super blocks, mounts, the dentry cache, tmpfs inodes and their
 * page cache.
 */
#include <linux/orthros/abi/task.h>
#include "tables.h"

#define LAYOUT(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_fs_layout_view, field, kind, flags, __VA_ARGS__)
#define OPT ORTHROS_ROW_OPTIONAL

/*
 * Linux kernel commit da549bdd15c2 ("dentry: switch the lists of children to
 * hlist") (in v6.8): d_subdirs and d_child became d_children and d_sib.
 * Linux kernel commit 3b4c7bc01727 ("xattr: use rbtree for simple_xattrs")
 * (in v6.2): the list of extended attributes became a tree.
 */
static struct orthros_row fs_layout_rows[] = {
	LAYOUT(mount_mnt_off, OFFSET, 0, "mount.mnt"),
	LAYOUT(mnt_ns_off, OFFSET, 0, "mnt_namespace.ns"),
	LAYOUT(ipc_ns_off, OFFSET, OPT, "ipc_namespace.ns"),
	LAYOUT(pid_ns_off, OFFSET, 0, "pid_namespace.ns"),
	LAYOUT(mount_child_off, OFFSET, 0, "mount.mnt_child"),
	LAYOUT(dentry_hlist, SIZEOF, OPT, "dentry.d_children"),
	LAYOUT(dentry_sib_off, OFFSET, 0, "dentry.d_sib", "dentry.d_child"),
	LAYOUT(inode_off, OFFSET, 0, "shmem_inode_info.vfs_inode"),
	LAYOUT(xattr_off, OFFSET, 0, "simple_xattr.rb_node", "simple_xattr.list"),
	LAYOUT(xattr_value_off, OFFSET, 0, "simple_xattr.value"),
	LAYOUT(constant_size, SIZEOF, 0, "constant_table"),
	LAYOUT(acl_entry_size, SIZEOF, OPT, "posix_acl_entry"),
	LAYOUT(shmem_ops, SYM, 0, "shmem_ops"),
	LAYOUT(ramfs_ops, SYM, 0, "ramfs_ops"),
	LAYOUT(shmem_huge, SYM, OPT, "shmem_param_enums_huge"),
	LAYOUT(init_user_ns, SYM, 0, "init_user_ns"),
	LAYOUT(init_pid_ns, SYM, 0, "init_pid_ns"),
	LAYOUT(init_net, SYM, OPT, "init_net"),
	LAYOUT(no_idmap, SYM, OPT, "nop_mnt_idmap"),
	LAYOUT(cgrp_dfl_root, SYM, OPT, "cgrp_dfl_root"),
	LAYOUT(dcache_cursor, CONST, 0, "DCACHE_DENTRY_CURSOR"),
	LAYOUT(sb_rdonly, CONST, 0, "SB_RDONLY"),
	LAYOUT(sb_synchronous, CONST, 0, "SB_SYNCHRONOUS"),
	LAYOUT(sb_dirsync, CONST, 0, "SB_DIRSYNC"),
	LAYOUT(sb_lazytime, CONST, 0, "SB_LAZYTIME"),
	LAYOUT(sb_kernmount, CONST, 0, "SB_KERNMOUNT"),
	LAYOUT(mnt_nosuid, CONST, 0, "MNT_NOSUID"),
	LAYOUT(mnt_nodev, CONST, 0, "MNT_NODEV"),
	LAYOUT(mnt_noexec, CONST, 0, "MNT_NOEXEC"),
	LAYOUT(mnt_noatime, CONST, 0, "MNT_NOATIME"),
	LAYOUT(mnt_nodiratime, CONST, 0, "MNT_NODIRATIME"),
	LAYOUT(mnt_relatime, CONST, 0, "MNT_RELATIME"),
	LAYOUT(mnt_readonly, CONST, 0, "MNT_READONLY"),
	LAYOUT(mnt_nosymfollow, CONST, 0, "MNT_NOSYMFOLLOW"),
	LAYOUT(mnt_shrinkable, CONST, 0, "MNT_SHRINKABLE"),
	LAYOUT(mnt_shared, CONST, 0, "MNT_SHARED"),
	LAYOUT(mnt_unbindable, CONST, 0, "MNT_UNBINDABLE"),
	LAYOUT(mnt_locked, CONST, 0, "MNT_LOCKED"),
	LAYOUT(mnt_lock_atime, CONST, 0, "MNT_LOCK_ATIME"),
	LAYOUT(mnt_lock_noexec, CONST, 0, "MNT_LOCK_NOEXEC"),
	LAYOUT(mnt_lock_nosuid, CONST, 0, "MNT_LOCK_NOSUID"),
	LAYOUT(mnt_lock_nodev, CONST, 0, "MNT_LOCK_NODEV"),
	LAYOUT(mnt_lock_readonly, CONST, 0, "MNT_LOCK_READONLY"),
	LAYOUT(i_linkable, CONST, 0, "I_LINKABLE"),
	LAYOUT(s_private, CONST, 0, "S_PRIVATE"),
	LAYOUT(vm_noreserve, CONST, 0, "VM_NORESERVE"),
	LAYOUT(minor_bits, CONST, 0, "MINORBITS"),
	LAYOUT(pg_head, ENUM, 0, "PG_head"),
	LAYOUT(pg_uptodate, ENUM, 0, "PG_uptodate"),
	LAYOUT(pg_dirty, ENUM, 0, "PG_dirty"),
	LAYOUT(pg_writeback, ENUM, 0, "PG_writeback"),
	LAYOUT(pg_locked, ENUM, 0, "PG_locked"),
	LAYOUT(pg_private, ENUM, 0, "PG_private"),
	LAYOUT(bh_uptodate, CONST, 0, "BH_Uptodate"),
	LAYOUT(bh_dirty, CONST, 0, "BH_Dirty"),
	LAYOUT(xa_dirty, CONST, 0, "XA_FLAGS_MARK(PAGECACHE_TAG_DIRTY)"),
	LAYOUT(xa_writeback, CONST, 0, "XA_FLAGS_MARK(PAGECACHE_TAG_WRITEBACK)"),
	LAYOUT(dinode_sb_off, OFFSET, 0, "inode.i_sb_list"),
	LAYOUT(ovl_inode_off, OFFSET, OPT, "ovl_inode.vfs_inode"),
};

ORTHROS_TABLE(fs_layout, struct orthros_fs_layout_view);

#define MNT(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_mount_view, field, kind, flags, __VA_ARGS__)

/*
 * The tree of mounts is walked from parent to child: that is the same in all
 * versions, while the namespace's own container has changed.
 * Linux kernel commit abf08576afe3 ("fs: port vfs_*() helpers to struct
 * mnt_idmap") and its series (in v6.3): mnt_userns became mnt_idmap.
 */
static struct orthros_row fs_mount_rows[] = {
	MNT(parent, VALUE, 0, "mount.mnt_parent"),
	MNT(mountpoint, VALUE, 0, "mount.mnt_mountpoint"),
	MNT(root, VALUE, 0, "mount.mnt.mnt_root"),
	MNT(sb, VALUE, 0, "mount.mnt.mnt_sb"),
	MNT(id, VALUE, 0, "mount.mnt_id_unique", "mount.mnt_id"),
	MNT(mnt_flags, VALUE, 0, "mount.mnt.mnt_flags"),
	MNT(devname, VALUE, 0, "mount.mnt_devname"),
	MNT(group, VALUE, 0, "mount.mnt_group_id"),
	MNT(master, VALUE, 0, "mount.mnt_master"),
	MNT(children, ADDR, 0, "mount.mnt_mounts"),
	MNT(idmap, VALUE, OPT, "mount.mnt.mnt_idmap"),
	MNT(userns, VALUE, OPT, "mount.mnt.mnt_userns"),
	MNT(marks, VALUE, OPT, "mount.mnt_fsnotify_marks"),
	MNT(ns, VALUE, 0, "mount.mnt_ns"),
};

ORTHROS_TABLE(fs_mount, struct orthros_mount_view);

static struct orthros_row fs_mnt_ns_rows[] = {
	ORTHROS_ROW(struct orthros_mnt_ns_view, root, VALUE, 0, "mnt_namespace.root"),
	ORTHROS_ROW(struct orthros_mnt_ns_view, user_ns, VALUE, 0, "mnt_namespace.user_ns"),
	ORTHROS_ROW(struct orthros_mnt_ns_view, seq, VALUE, 0, "mnt_namespace.seq"),
	ORTHROS_ROW(struct orthros_mnt_ns_view, uid, VALUE, ORTHROS_ROW_NULLABLE,
		    "mnt_namespace.ucounts->uid.val"),
};

ORTHROS_TABLE(fs_mnt_ns, struct orthros_mnt_ns_view);

static struct orthros_row fs_nsfs_rows[] = {
	ORTHROS_ROW(struct orthros_nsfs_view, ns, VALUE, 0, "dentry.d_inode->i_private"),
};

ORTHROS_TABLE(fs_nsfs, struct orthros_nsfs_view);

#define SB(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_sb_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row fs_sb_rows[] = {
	SB(op, VALUE, 0, "super_block.s_op"),
	SB(root, VALUE, 0, "super_block.s_root"),
	SB(fs_info, VALUE, 0, "super_block.s_fs_info"),
	SB(user_ns, VALUE, 0, "super_block.s_user_ns"),
	SB(s_flags, VALUE, 0, "super_block.s_flags"),
	SB(dev, VALUE, 0, "super_block.s_dev"),
	SB(quota, VALUE, OPT, "super_block.s_dquot.flags"),
	SB(encoding, VALUE, OPT, "super_block.s_encoding"),
	SB(type, STRING, 0, "super_block.s_type->name"),
};

ORTHROS_TABLE(fs_sb, struct orthros_sb_view);

#define TMPFS(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_tmpfs_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row fs_tmpfs_rows[] = {
	TMPFS(max_blocks, VALUE, 0, "shmem_sb_info.max_blocks"),
	TMPFS(max_inodes, VALUE, 0, "shmem_sb_info.max_inodes"),
	TMPFS(next_ino, VALUE, 0, "shmem_sb_info.next_ino"),
	TMPFS(mpol, VALUE, 0, "shmem_sb_info.mpol"),
	TMPFS(mode, VALUE, 0, "shmem_sb_info.mode"),
	TMPFS(uid, VALUE, 0, "shmem_sb_info.uid.val"),
	TMPFS(gid, VALUE, 0, "shmem_sb_info.gid.val"),
	TMPFS(huge, VALUE, 0, "shmem_sb_info.huge"),
	TMPFS(full_inums, VALUE, 0, "shmem_sb_info.full_inums"),
	/* Linux kernel commit 2c6efe9cf2d7 ("shmem: add support to ignore swap") (in v6.4) */
	TMPFS(noswap, VALUE, OPT, "shmem_sb_info.noswap"),
};

ORTHROS_TABLE(fs_tmpfs, struct orthros_tmpfs_view);

static struct orthros_row fs_constant_rows[] = {
	ORTHROS_ROW(struct orthros_constant_view, name, VALUE, 0, "constant_table.name"),
	ORTHROS_ROW(struct orthros_constant_view, value, VALUE, 0, "constant_table.value"),
};

ORTHROS_TABLE(fs_constant, struct orthros_constant_view);

static struct orthros_row fs_sysfs_rows[] = {
	ORTHROS_ROW(struct orthros_sysfs_view, net, VALUE, 0, "kernfs_super_info.ns"),
};

ORTHROS_TABLE(fs_sysfs, struct orthros_sysfs_view);

#define PTS(field, path) \
	ORTHROS_ROW(struct orthros_devpts_view, field, VALUE, OPT, "pts_fs_info.mount_opts." path)

static struct orthros_row fs_devpts_rows[] = {
	PTS(setuid, "setuid"),
	PTS(setgid, "setgid"),
	PTS(uid, "uid.val"),
	PTS(gid, "gid.val"),
	PTS(mode, "mode"),
	PTS(ptmxmode, "ptmxmode"),
	PTS(max, "max"),
};

ORTHROS_TABLE(fs_devpts, struct orthros_devpts_view);

static struct orthros_row fs_ramfs_rows[] = {
	ORTHROS_ROW(struct orthros_ramfs_view, mode, VALUE, 0, "ramfs_fs_info.mount_opts.mode"),
};

ORTHROS_TABLE(fs_ramfs, struct orthros_ramfs_view);

#define AUTOFS(field, flags, path) \
	ORTHROS_ROW(struct orthros_autofs_view, field, VALUE, OPT | (flags), "autofs_sb_info." path)

static struct orthros_row fs_autofs_rows[] = {
	AUTOFS(pipe, 0, "pipe"),
	AUTOFS(pipefd, 0, "pipefd"),
	AUTOFS(pgrp, ORTHROS_ROW_NULLABLE, "oz_pgrp->numbers[0].nr"),
	AUTOFS(min_proto, 0, "min_proto"),
	AUTOFS(max_proto, 0, "max_proto"),
	AUTOFS(flags, 0, "flags"),
	AUTOFS(timeout, 0, "exp_timeout"),
	AUTOFS(type, 0, "type"),
	AUTOFS(queues, 0, "queues"),
};

ORTHROS_TABLE(fs_autofs, struct orthros_autofs_view);

#define BINFMT(field, kind, path) \
	ORTHROS_ROW(struct orthros_binfmt_view, field, kind, OPT, "Node." path)

static struct orthros_row fs_binfmt_rows[] = {
	BINFMT(list_off, OFFSET, "list"),
	BINFMT(next, VALUE, "list.next"),
	BINFMT(flags, VALUE, "flags"),
	BINFMT(offset, VALUE, "offset"),
	BINFMT(size, VALUE, "size"),
	BINFMT(magic, VALUE, "magic"),
	BINFMT(mask, VALUE, "mask"),
	BINFMT(interpreter, VALUE, "interpreter"),
	BINFMT(name, VALUE, "name"),
	BINFMT(file, VALUE, "interp_file"),
};

ORTHROS_TABLE(fs_binfmt, struct orthros_binfmt_view);

static struct orthros_row fs_inode_private_rows[] = {
	ORTHROS_ROW(struct orthros_inode_private_view, private, VALUE, 0, "inode.i_private"),
};

ORTHROS_TABLE(fs_inode_private, struct orthros_inode_private_view);

static struct orthros_row fs_file_path_rows[] = {
	ORTHROS_ROW(struct orthros_file_path_view, mnt, VALUE, 0, "file.f_path.mnt"),
	ORTHROS_ROW(struct orthros_file_path_view, dentry, VALUE, 0, "file.f_path.dentry"),
};

ORTHROS_TABLE(fs_file_path, struct orthros_file_path_view);

#define PROC(field, path) \
	ORTHROS_ROW(struct orthros_procfs_view, field, VALUE, 0, "proc_fs_info." path)

static struct orthros_row fs_procfs_rows[] = {
	PROC(pid_ns, "pid_ns"),
	PROC(gid, "pid_gid.val"),
	PROC(hide_pid, "hide_pid"),
	PROC(pidonly, "pidonly"),
};

ORTHROS_TABLE(fs_procfs, struct orthros_procfs_view);

#define CGRP(field, kind, path) \
	ORTHROS_ROW(struct orthros_cgroup_view, field, kind, OPT, path)

static struct orthros_row fs_cgroup_rows[] = {
	CGRP(flags, VALUE, "cgroup_root.flags"),
	CGRP(nsdelegate, ENUM, "CGRP_ROOT_NS_DELEGATE"),
	CGRP(favordynmods, ENUM, "CGRP_ROOT_FAVOR_DYNMODS"),
	CGRP(local_events, ENUM, "CGRP_ROOT_MEMORY_LOCAL_EVENTS"),
	CGRP(recursiveprot, ENUM, "CGRP_ROOT_MEMORY_RECURSIVE_PROT"),
	CGRP(hugetlb_accounting, ENUM, "CGRP_ROOT_MEMORY_HUGETLB_ACCOUNTING"),
	CGRP(pids_local_events, ENUM, "CGRP_ROOT_PIDS_LOCAL_EVENTS"),
};

ORTHROS_TABLE(fs_cgroup, struct orthros_cgroup_view);

#define DENTRY(field, kind, ...) \
	ORTHROS_ROW(struct orthros_dentry_view, field, kind, 0, __VA_ARGS__)

static struct orthros_row fs_dentry_rows[] = {
	DENTRY(flags, VALUE, "dentry.d_flags"),
	DENTRY(name_len, VALUE, "dentry.d_name.len"),
	DENTRY(name, VALUE, "dentry.d_name.name"),
	DENTRY(parent, VALUE, "dentry.d_parent"),
	DENTRY(inode, VALUE, "dentry.d_inode"),
	DENTRY(sb, VALUE, "dentry.d_sb"),
	DENTRY(hashed, VALUE, "dentry.d_hash.pprev"),
	DENTRY(children, ADDR, "dentry.d_children", "dentry.d_subdirs"),
};

ORTHROS_TABLE(fs_dentry, struct orthros_dentry_view);

#define INODE(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_inode_view, field, kind, flags, __VA_ARGS__)

/*
 * Linux kernel commit 12cd44023651 ("fs: rename inode i_atime and i_mtime
 * fields") (in v6.7) and 3aa63a569c64 ("fs: switch timespec64 fields in inode
 * to discrete integers") (in v6.11): two renames of the time stamps.
 */
static struct orthros_row fs_inode_rows[] = {
	INODE(rec.mode, VALUE, 0, "inode.i_mode"),
	INODE(rec.uid, VALUE, 0, "inode.i_uid.val"),
	INODE(rec.gid, VALUE, 0, "inode.i_gid.val"),
	INODE(rec.sb, VALUE, 0, "inode.i_sb"),
	INODE(rec.ino, VALUE, 0, "inode.i_ino"),
	INODE(rec.nlink, VALUE, 0, "inode.i_nlink"),
	INODE(rec.size, VALUE, 0, "inode.i_size"),
	INODE(rec.generation, VALUE, 0, "inode.i_generation"),
	INODE(rec.atime, VALUE, 0, "inode.i_atime_sec", "inode.__i_atime.tv_sec",
	      "inode.i_atime.tv_sec"),
	INODE(rec.mtime, VALUE, 0, "inode.i_mtime_sec", "inode.__i_mtime.tv_sec",
	      "inode.i_mtime.tv_sec"),
	INODE(rec.ctime, VALUE, 0, "inode.i_ctime_sec", "inode.__i_ctime.tv_sec",
	      "inode.i_ctime.tv_sec"),
	INODE(nsec[0], VALUE, 0, "inode.i_atime_nsec", "inode.__i_atime.tv_nsec",
	      "inode.i_atime.tv_nsec"),
	INODE(nsec[1], VALUE, 0, "inode.i_mtime_nsec", "inode.__i_mtime.tv_nsec",
	      "inode.i_mtime.tv_nsec"),
	INODE(nsec[2], VALUE, 0, "inode.i_ctime_nsec", "inode.__i_ctime.tv_nsec",
	      "inode.i_ctime.tv_nsec"),
	INODE(rdev, VALUE, 0, "inode.i_rdev"),
	INODE(link, VALUE, 0, "inode.i_link"),
	INODE(pages, ADDR, 0, "inode.i_data.i_pages"),
	INODE(mapping, ADDR, 0, "inode.i_data"),
	INODE(state, VALUE, 0, "inode.i_state"),
	INODE(s_flags, VALUE, 0, "inode.i_flags"),
	INODE(private, VALUE, 0, "inode.i_private"),
	INODE(marks, VALUE, OPT, "inode.i_fsnotify_marks"),
	INODE(acl, VALUE, OPT, "inode.i_acl"),
	INODE(default_acl, VALUE, OPT, "inode.i_default_acl"),
	INODE(acl_at, ADDR, OPT, "inode.i_acl"),
	INODE(default_acl_at, ADDR, OPT, "inode.i_default_acl"),
};

ORTHROS_TABLE(fs_inode, struct orthros_inode_view);

#define SHMEM(field, kind, flags, path) \
	ORTHROS_ROW(struct orthros_shmem_inode_view, field, kind, flags, "shmem_inode_info." path)

static struct orthros_row fs_shmem_inode_rows[] = {
	SHMEM(seals, VALUE, 0, "seals"),
	SHMEM(fsflags, VALUE, OPT, "fsflags"),
	SHMEM(flags, VALUE, 0, "flags"),
	SHMEM(swapped, VALUE, 0, "swapped"),
	SHMEM(policy, VALUE, OPT, "policy.root.rb_node"),
	SHMEM(xattr_list, ADDR, OPT, "xattrs.head"),
	SHMEM(xattr_rb, VALUE, OPT, "xattrs.rb_root.rb_node"),
};

ORTHROS_TABLE(fs_shmem_inode, struct orthros_shmem_inode_view);

static struct orthros_row fs_any_inode_rows[] = {
	ORTHROS_ROW(struct orthros_any_inode_view, mode, VALUE, 0, "inode.i_mode"),
	ORTHROS_ROW(struct orthros_any_inode_view, uid, VALUE, 0, "inode.i_uid.val"),
	ORTHROS_ROW(struct orthros_any_inode_view, gid, VALUE, 0, "inode.i_gid.val"),
};

ORTHROS_TABLE(fs_any_inode, struct orthros_any_inode_view);

static struct orthros_row fs_xattr_rows[] = {
	ORTHROS_ROW(struct orthros_xattr_view, name, VALUE, 0, "simple_xattr.name"),
	ORTHROS_ROW(struct orthros_xattr_view, size, VALUE, 0, "simple_xattr.size"),
	ORTHROS_ROW(struct orthros_xattr_view, left, VALUE, OPT, "simple_xattr.rb_node.rb_left"),
	ORTHROS_ROW(struct orthros_xattr_view, right, VALUE, OPT, "simple_xattr.rb_node.rb_right"),
};

ORTHROS_TABLE(fs_xattr, struct orthros_xattr_view);

static struct orthros_row fs_acl_rows[] = {
	ORTHROS_ROW(struct orthros_acl_view, count, VALUE, OPT, "posix_acl.a_count"),
	ORTHROS_ROW(struct orthros_acl_view, entries, ADDR, OPT, "posix_acl.a_entries"),
};

ORTHROS_TABLE(fs_acl, struct orthros_acl_view);

static struct orthros_row fs_acl_entry_rows[] = {
	ORTHROS_ROW(struct orthros_acl_entry_view, tag, VALUE, OPT, "posix_acl_entry.e_tag"),
	ORTHROS_ROW(struct orthros_acl_entry_view, perm, VALUE, OPT, "posix_acl_entry.e_perm"),
	ORTHROS_ROW(struct orthros_acl_entry_view, id, VALUE, OPT, "posix_acl_entry.e_uid.val"),
};

ORTHROS_TABLE(fs_acl_entry, struct orthros_acl_entry_view);

static struct orthros_row fs_folio_rows[] = {
	ORTHROS_ROW(struct orthros_folio_view, flags, VALUE, 0, "page.flags.f", "page.flags"),
	ORTHROS_ROW(struct orthros_folio_view, mapping, VALUE, 0, "page.mapping",
		    "folio.mapping"),
	ORTHROS_ROW(struct orthros_folio_view, index, VALUE, 0, "folio.index"),
	ORTHROS_ROW(struct orthros_folio_view, private, VALUE, 0, "page.private"),
	ORTHROS_ROW(struct orthros_folio_view, memcg, VALUE, OPT, "page.memcg_data",
		    "folio.memcg_data"),
};

ORTHROS_TABLE(fs_folio, struct orthros_folio_view);

static struct orthros_row buffer_rows[] = {
	ORTHROS_ROW(struct orthros_buffer_view, state, VALUE, 0, "buffer_head.b_state"),
	ORTHROS_ROW(struct orthros_buffer_view, size, VALUE, 0, "buffer_head.b_size"),
	ORTHROS_ROW(struct orthros_buffer_view, next, VALUE, 0, "buffer_head.b_this_page"),
};

ORTHROS_TABLE(buffer, struct orthros_buffer_view);

/* In its second page, which the last page before a hole does not have. */
static struct orthros_row fs_large_folio_rows[] = {
	ORTHROS_ROW(struct orthros_large_folio_view, nr_pages, VALUE, 0, "folio._nr_pages",
		    "folio._folio_nr_pages"),
};

ORTHROS_TABLE(fs_large_folio, struct orthros_large_folio_view);

#define DISK(field, kind, path) \
	ORTHROS_ROW(struct orthros_disk_view, field, kind, 0, "super_block." path)

static struct orthros_row fs_disk_rows[] = {
	DISK(bdev, VALUE, "s_bdev"),
	ORTHROS_ROW(struct orthros_disk_view, fops, VALUE, ORTHROS_ROW_NULLABLE,
		    "super_block.s_bdev->bd_disk->fops"),
	DISK(frozen, VALUE, "s_writers.frozen"),
	DISK(inodes, ADDR, "s_inodes"),
	DISK(uuid, BYTES, "s_uuid"),
	DISK(id, STRING, "s_id"),
};

ORTHROS_TABLE(fs_disk, struct orthros_disk_view);

#define EXT4(field, path) \
	ORTHROS_ROW(struct orthros_ext4_view, field, VALUE, OPT, "ext4_sb_info.s_es->" path)

static struct orthros_row fs_ext4_rows[] = {
	EXT4(compat, "s_feature_compat"),
	EXT4(incompat, "s_feature_incompat"),
	EXT4(ro_compat, "s_feature_ro_compat"),
	EXT4(journal, "s_journal_inum"),
};

ORTHROS_TABLE(fs_ext4, struct orthros_ext4_view);

#define XFS(field, path) \
	ORTHROS_ROW(struct orthros_xfs_view, field, VALUE, OPT, "xfs_mount." path)

static struct orthros_row fs_xfs_rows[] = {
	XFS(disk, "m_ddev_targp"),
	XFS(log, "m_logdev_targp"),
	XFS(realtime, "m_rtdev_targp"),
	XFS(quota, "m_qflags"),
};

ORTHROS_TABLE(fs_xfs, struct orthros_xfs_view);

#define DINODE(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_dinode_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row fs_dinode_rows[] = {
	DINODE(rec.sb, VALUE, 0, "inode.i_sb"),
	DINODE(rec.ino, VALUE, 0, "inode.i_ino"),
	DINODE(rec.size, VALUE, 0, "inode.i_size"),
	DINODE(rec.generation, VALUE, 0, "inode.i_generation"),
	DINODE(rec.mode, VALUE, 0, "inode.i_mode"),
	DINODE(rec.nlink, VALUE, 0, "inode.i_nlink"),
	DINODE(rec.nr_pages, VALUE, 0, "inode.i_data.nrpages"),
	DINODE(state, VALUE, 0, "inode.i_state"),
	DINODE(marks, VALUE, OPT, "inode.i_fsnotify_marks"),
	DINODE(mapping, VALUE, 0, "inode.i_mapping"),
	DINODE(data, ADDR, 0, "inode.i_data"),
	DINODE(pages, ADDR, 0, "inode.i_data.i_pages"),
	DINODE(pages_flags, VALUE, 0, "inode.i_data.i_pages.xa_flags"),
	DINODE(ctime, VALUE, 0, "inode.i_ctime_sec", "inode.__i_ctime.tv_sec",
	       "inode.i_ctime.tv_sec"),
	DINODE(ctime_ns, VALUE, 0, "inode.i_ctime_nsec", "inode.__i_ctime.tv_nsec",
	       "inode.i_ctime.tv_nsec"),
};

ORTHROS_TABLE(fs_dinode, struct orthros_dinode_view);

#define OVERLAY(field, kind, path) \
	ORTHROS_ROW(struct orthros_overlay_view, field, kind, OPT, path)

static struct orthros_row fs_overlay_rows[] = {
	OVERLAY(work, VALUE, "ovl_fs.workbasedir"),
	OVERLAY(scratch, VALUE, "ovl_fs.workdir"),
	OVERLAY(layers, VALUE, "ovl_fs.layers"),
	OVERLAY(nr, VALUE, "ovl_fs.numlayer"),
	OVERLAY(size, SIZEOF, "ovl_layer"),
	OVERLAY(index, VALUE, "ovl_fs.config.index"),
};

ORTHROS_TABLE(fs_overlay, struct orthros_overlay_view);

static struct orthros_row fs_layer_rows[] = {
	ORTHROS_ROW(struct orthros_layer_view, mnt, VALUE, OPT, "ovl_layer.mnt"),
	ORTHROS_ROW(struct orthros_layer_view, sb, VALUE, OPT | ORTHROS_ROW_NULLABLE,
		    "ovl_layer.mnt->mnt_sb"),
};

ORTHROS_TABLE(fs_layer, struct orthros_layer_view);

/* Linux kernel commit 0af950f57fef ("ovl: move ovl_entry into ovl_inode") (in v6.5) */
static struct orthros_row fs_ovl_inode_rows[] = {
	ORTHROS_ROW(struct orthros_ovl_inode_view, upper, VALUE, OPT, "ovl_inode.__upperdentry"),
	ORTHROS_ROW(struct orthros_ovl_inode_view, lower, VALUE, OPT | ORTHROS_ROW_NULLABLE,
		    "ovl_inode.oe->__numlower", "ovl_inode.lowerpath.dentry"),
};

ORTHROS_TABLE(fs_ovl_inode, struct orthros_ovl_inode_view);

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_fs_rec, field, kind, flags, __VA_ARGS__)

static struct orthros_row fs_struct_rows[] = {
	R(root_mnt, VALUE, 0, "fs_struct.root.mnt"),
	R(root_dentry, VALUE, 0, "fs_struct.root.dentry"),
	R(pwd_mnt, VALUE, 0, "fs_struct.pwd.mnt"),
	R(pwd_dentry, VALUE, 0, "fs_struct.pwd.dentry"),
	R(umask, VALUE, 0, "fs_struct.umask"),
};

ORTHROS_TABLE(fs_struct, struct orthros_fs_rec);
#undef R

static struct orthros_row fs_mark_rows[] = {
	ORTHROS_ROW(struct orthros_mark_view, ops, VALUE, 0, "fsnotify_mark.group->ops"),
};

ORTHROS_TABLE(fs_mark, struct orthros_mark_view);

static struct orthros_row fs_connector_rows[] = {
	ORTHROS_ROW(struct orthros_connector_view, obj, VALUE, 0, "fsnotify_mark_connector.obj"),
	ORTHROS_ROW(struct orthros_connector_view, list, ADDR, 0, "fsnotify_mark_connector.list"),
};

ORTHROS_TABLE(fs_connector, struct orthros_connector_view);

static struct orthros_row fs_mark_layout_rows[] = {
	ORTHROS_ROW(struct orthros_mark_layout, list_off, OFFSET, 0, "fsnotify_mark.obj_list"),
};

ORTHROS_TABLE(fs_mark_layout, struct orthros_mark_layout);
