/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of file systems sees of a source kernel, see tables.c.
 */
#ifndef _ORTHROS_TABLES_FS_H
#define _ORTHROS_TABLES_FS_H

#include <linux/orthros/abi/fs.h>
#include "../core/table.h"

/**
 * struct orthros_fs_layout_view - constants of the source; address 0
 * @mount_mnt_off:	struct mount.mnt: what a struct path points to
 * @mnt_ns_off:		struct ns_common in a struct mnt_namespace
 * @ipc_ns_off:		struct ns_common in a struct ipc_namespace
 * @pid_ns_off:		likewise in a struct pid_namespace
 * @init_net:		the initial network namespace
 * @mount_child_off:	node in the list of a mount's children
 * @dentry_hlist:	not 0: a dentry's children are a hlist, else a list
 * @dentry_sib_off:	node in either
 * @inode_off:		inode in a shmem_inode_info
 * @xattr_off:		node in the list or tree of extended attributes
 * @xattr_value_off:	its value
 * @constant_size:	size of a struct constant_table
 * @acl_entry_size:	size of a struct posix_acl_entry
 * @shmem_ops:		super operations of tmpfs
 * @ramfs_ops:		of ramfs
 * @shmem_huge:		names of the values of tmpfs's option huge=
 * @init_user_ns:	the initial user namespace
 * @init_pid_ns:	the initial PID namespace
 * @no_idmap:	mapping of a mount that maps nothing
 * @cgrp_dfl_root:	the unified hierarchy
 * @dcache_cursor:	flag of dentries that mark a place in a directory
 * @sb_rdonly:		SB_RDONLY, and so on
 * @mnt_nosuid:		MNT_NOSUID, and so on
 * @i_linkable:		I_LINKABLE
 * @s_private:		S_PRIVATE
 * @vm_noreserve:	VM_NORESERVE
 * @minor_bits:		MINORBITS
 * @pg_head:		bit number in page flags
 * @pg_uptodate:	likewise
 * @pg_dirty:		likewise
 * @pg_writeback:	likewise
 * @pg_locked:	likewise
 * @pg_private:	likewise
 * @bh_uptodate:	bit number in the state of a buffer_head
 * @bh_dirty:	likewise
 * @xa_dirty:	flag of an xarray that has dirty pages
 * @xa_writeback:	flag of one that has pages that are being written
 * @dinode_sb_off:	node of an inode in its super block's list
 * @ovl_inode_off:	struct inode in its struct ovl_inode
 * @sb_synchronous:	SB_SYNCHRONOUS
 * @sb_dirsync:		SB_DIRSYNC
 * @sb_lazytime:		SB_LAZYTIME
 * @sb_kernmount:	SB_KERNMOUNT
 * @mnt_nodev:		MNT_NODEV
 * @mnt_noexec:		MNT_NOEXEC
 * @mnt_noatime:		MNT_NOATIME
 * @mnt_nodiratime:	MNT_NODIRATIME
 * @mnt_relatime:	MNT_RELATIME
 * @mnt_readonly:	MNT_READONLY
 * @mnt_nosymfollow:	MNT_NOSYMFOLLOW
 * @mnt_shrinkable:	MNT_SHRINKABLE
 * @mnt_shared:		MNT_SHARED
 * @mnt_unbindable:	MNT_UNBINDABLE
 * @mnt_locked:		MNT_LOCKED
 * @mnt_lock_atime:	MNT_LOCK_ATIME
 * @mnt_lock_noexec:	MNT_LOCK_NOEXEC
 * @mnt_lock_nosuid:	MNT_LOCK_NOSUID
 * @mnt_lock_nodev:	MNT_LOCK_NODEV
 * @mnt_lock_readonly:	MNT_LOCK_READONLY
 */
struct orthros_fs_layout_view {
	u32 mount_mnt_off;
	u32 mnt_ns_off;
	u32 ipc_ns_off;
	u32 pid_ns_off;
	u32 mount_child_off;
	u32 dentry_hlist;
	u32 dentry_sib_off;
	u32 inode_off;
	u32 xattr_off;
	u32 xattr_value_off;
	u32 constant_size;
	u32 acl_entry_size;
	u64 shmem_ops;
	u64 ramfs_ops;
	u64 shmem_huge;
	u64 init_user_ns;
	u64 init_pid_ns;
	u64 init_net;
	u64 no_idmap;
	u64 cgrp_dfl_root;
	u64 dcache_cursor;
	u64 sb_rdonly;
	u64 sb_synchronous;
	u64 sb_dirsync;
	u64 sb_lazytime;
	u64 sb_kernmount;
	u64 mnt_nosuid;
	u64 mnt_nodev;
	u64 mnt_noexec;
	u64 mnt_noatime;
	u64 mnt_nodiratime;
	u64 mnt_relatime;
	u64 mnt_readonly;
	u64 mnt_nosymfollow;
	u64 mnt_shrinkable;
	u64 mnt_shared;
	u64 mnt_unbindable;
	u64 mnt_locked;
	u64 mnt_lock_atime;
	u64 mnt_lock_noexec;
	u64 mnt_lock_nosuid;
	u64 mnt_lock_nodev;
	u64 mnt_lock_readonly;
	u64 i_linkable;
	u64 s_private;
	u64 vm_noreserve;
	u32 minor_bits;
	u32 pg_head;
	u32 pg_uptodate;
	u32 pg_dirty;
	u32 pg_writeback;
	u32 pg_locked;
	u32 pg_private;
	u64 bh_uptodate;
	u64 bh_dirty;
	u64 xa_dirty;
	u64 xa_writeback;
	u32 dinode_sb_off;
	u32 ovl_inode_off;
};

/**
 * struct orthros_mount_view - a struct mount
 * @parent:	struct mount; itself for the root of the tree
 * @mountpoint:	dentry
 * @root:	dentry
 * @sb:		super block
 * @id:		ascending; older kernels use one again
 * @mnt_flags:	MNT_*
 * @devname:	address of the text
 * @group:	peer group
 * @master:	struct mount
 * @children:	address of the list head
 * @idmap:	mapping of owners, or 0
 * @userns:	likewise, of older kernels
 * @marks:	fanotify
 * @ns:		struct mnt_namespace, 0 if unmounted, an error if the kernel's own
 */
struct orthros_mount_view {
	u64 parent;
	u64 mountpoint;
	u64 root;
	u64 sb;
	u64 id;
	u32 mnt_flags;
	u32 group;
	u64 devname;
	u64 master;
	u64 children;
	u64 idmap;
	u64 userns;
	u64 marks;
	u64 ns;
};

/**
 * struct orthros_sb_view - a struct super_block
 * @op:		super operations, the kind
 * @root:	dentry
 * @fs_info:	the file system's own part
 * @user_ns:	of the mounter
 * @s_flags:	SB_*
 * @dev:	dev_t of the source
 * @quota:	quota state, 0 if there is none
 * @encoding:	case folding, 0 if there is none
 * @type:	name
 */
struct orthros_sb_view {
	u64 op;
	u64 root;
	u64 fs_info;
	u64 user_ns;
	u64 s_flags;
	u64 dev;
	u64 quota;
	u64 encoding;
	char type[32];
};

/**
 * struct orthros_tmpfs_view - a struct shmem_sb_info
 * @max_blocks:		shmem_sb_info.max_blocks
 * @max_inodes:		shmem_sb_info.max_inodes
 * @next_ino:		shmem_sb_info.next_ino
 * @mpol:		shmem_sb_info.mpol
 * @mode:		shmem_sb_info.mode
 * @uid:		shmem_sb_info.uid
 * @gid:		shmem_sb_info.gid
 * @huge:		shmem_sb_info.huge
 * @full_inums:		shmem_sb_info.full_inums
 * @noswap:		shmem_sb_info.noswap
 */
struct orthros_tmpfs_view {
	u64 max_blocks;
	u64 max_inodes;
	u64 next_ino;
	u64 mpol;
	u32 mode;
	u32 uid;
	u32 gid;
	u32 huge;
	u8 full_inums;
	u8 noswap;
};

/**
 * struct orthros_mnt_ns_view - a struct mnt_namespace
 * @root:	struct mount
 * @user_ns:	owner
 * @seq:	0: a tree that is mounted nowhere
 * @uid:	whose account it is on; the initial one is on none
 */
struct orthros_mnt_ns_view {
	u64 root;
	u64 user_ns;
	u64 seq;
	u32 uid;
};

/**
 * struct orthros_nsfs_view - the inode of a namespace; address: its dentry
 * @ns:		struct ns_common
 */
struct orthros_nsfs_view {
	u64 ns;
};

struct orthros_constant_view {
	u64 name;
	s64 value;
};

/* Of sysfs: a struct kernfs_super_info. @net: of which network namespace it is */
struct orthros_sysfs_view {
	u64 net;
};

struct orthros_devpts_view {
	u32 setuid;
	u32 setgid;
	u32 uid;
	u32 gid;
	u32 mode;
	u32 ptmxmode;
	s64 max;
};

struct orthros_ramfs_view {
	u32 mode;
};

struct orthros_procfs_view {
	u64 pid_ns;
	u32 gid;
	s64 hide_pid;
	s64 pidonly;
};

struct orthros_cgroup_view {
	u64 flags;
	u64 nsdelegate;
	u64 favordynmods;
	u64 local_events;
	u64 recursiveprot;
	u64 hugetlb_accounting;
	u64 pids_local_events;
};

/**
 * struct orthros_dentry_view - a struct dentry
 * @flags:	DCACHE_*
 * @name_len:	bytes of the name
 * @name:	its address
 * @parent:	itself for a root
 * @inode:	0 if negative
 * @sb:		super block
 * @hashed:	0 if it cannot be found by name any more
 * @children:	address of the head, see @dentry_hlist of the layout
 */
struct orthros_dentry_view {
	u64 flags;
	u64 name_len;
	u64 name;
	u64 parent;
	u64 inode;
	u64 sb;
	u64 hashed;
	u64 children;
};

/**
 * struct orthros_shmem_inode_view - what is tmpfs's own of an inode
 * @seals:	F_SEAL_*
 * @fsflags:	FS_*_FL
 * @flags:	VM_*
 * @swapped:	pages in swap
 * @policy:	memory policies of ranges
 * @xattr_list:	address of the head of a list of extended attributes
 * @xattr_rb:	root of a tree of them
 */
struct orthros_shmem_inode_view {
	u32 seals;
	u32 fsflags;
	u64 flags;
	u64 swapped;
	u64 policy;
	u64 xattr_list;
	u64 xattr_rb;
};

/**
 * struct orthros_inode_view - an inode of tmpfs or ramfs
 * @rec:	what the record needs and can be read straight
 * @rdev:	dev_t of the source
 * @nsec:	nanoseconds of atime, mtime, ctime
 * @link:	target of a short symbolic link
 * @pages:	address of the page cache's xarray
 * @mapping:	address of its address_space
 * @state:	I_*
 * @s_flags:	S_*
 * @private:	set by devtmpfs on what it made itself
 * @marks:	inotify, fanotify
 * @acl:	access ACL, or a small number
 * @default_acl: likewise
 * @acl_at:	address of the pointer, which names it
 * @default_acl_at: likewise
 * @shmem:	read on its own; of ramfs as if it were a new one of tmpfs
 */
struct orthros_inode_view {
	struct orthros_inode_rec rec;
	u64 rdev;
	s64 nsec[3];
	u64 link;
	u64 pages;
	u64 mapping;
	u64 state;
	u64 s_flags;
	u64 private;
	u64 marks;
	u64 acl;
	u64 default_acl;
	u64 acl_at;
	u64 default_acl_at;
	struct orthros_shmem_inode_view shmem;
};

/* The inode that any dentry names, be it of tmpfs or not. */
struct orthros_any_inode_view {
	u32 mode;
	u32 uid;
	u32 gid;
};

/**
 * struct orthros_autofs_view - a struct autofs_sb_info
 * @pipe:	struct file of the pipe to its daemon, or 0
 * @pipefd:	number it had
 * @pgrp:	the daemon's process group
 * @min_proto:	versions of the protocol that it was asked for
 * @max_proto:	likewise
 * @flags:	see &struct orthros_autofs_desc
 * @timeout:	of the mounts in it, in ticks
 * @type:	AUTOFS_TYPE_*
 * @queues:	the youngest struct autofs_wait_queue, or 0
 */
struct orthros_autofs_view {
	u64 pipe;
	s32 pipefd;
	s32 pgrp;
	s32 min_proto;
	s32 max_proto;
	u32 flags;
	u64 timeout;
	u32 type;
	u64 queues;
};

/**
 * struct orthros_binfmt_view - a Node of binfmt_misc
 * @list_off:	where it is in a list
 * @next:	the next one there, or the head
 * @flags:	see &struct orthros_binfmt_desc
 * @offset:	of @magic
 * @size:	bytes of @magic and @mask
 * @magic:	address; of an extension: text
 * @mask:	address or 0
 * @interpreter: address of its name
 * @name:	address of the entry's own
 * @file:	the interpreter, or 0
 */
struct orthros_binfmt_view {
	u32 list_off;
	u64 next;
	u64 flags;
	s32 offset;
	s32 size;
	u64 magic;
	u64 mask;
	u64 interpreter;
	u64 name;
	u64 file;
};

/* inode.i_private */
struct orthros_inode_private_view {
	u64 private;
};

/* file.f_path */
struct orthros_file_path_view {
	u64 mnt;
	u64 dentry;
};

struct orthros_xattr_view {
	u64 name;
	u64 size;
	u64 left;
	u64 right;
};

struct orthros_acl_view {
	u32 count;
	u64 entries;
};

struct orthros_acl_entry_view {
	s64 tag;
	u32 perm;
	u32 id;
};

/**
 * struct orthros_folio_view - a page of the page cache
 * @flags:	page flags
 * @mapping:	address_space
 * @index:	first page of the file
 * @private:	address of its first buffer_head, if @flags say that there are some
 * @memcg:	that it is charged to, or 0
 */
struct orthros_folio_view {
	u64 flags;
	u64 mapping;
	u64 index;
	u64 private;
	u64 memcg;
};

/**
 * struct orthros_buffer_view - a block of a page of the page cache
 * @state:	BH_*
 * @size:	bytes
 * @next:	the next one of the page, in a ring
 */
struct orthros_buffer_view {
	u64 state;
	u64 size;
	u64 next;
};

/**
 * struct orthros_large_folio_view - a page of the page cache with more behind it
 * @nr_pages:	of all
 */
struct orthros_large_folio_view {
	u64 nr_pages;
};

/**
 * struct orthros_disk_view - the part of a super block that concerns its disk
 * @bdev:	block device, 0 if there is none
 * @fops:	operations of its driver
 * @frozen:	not 0: somebody has frozen it
 * @inodes:	address of the list of its inodes
 * @uuid:	of the file system
 * @id:		name of the block device
 */
struct orthros_disk_view {
	u64 bdev;
	u64 fops;
	u64 frozen;
	u64 inodes;
	u8 uuid[16];
	char id[32];
};

/**
 * struct orthros_ext4_view - features of an ext4
 * @compat:	s_feature_compat
 * @incompat:	s_feature_incompat
 * @ro_compat:	s_feature_ro_compat
 * @journal:	inode of the journal, 0 if it is on another device
 */
struct orthros_ext4_view {
	u32 compat;
	u32 incompat;
	u32 ro_compat;
	u32 journal;
};

/**
 * struct orthros_xfs_view - an xfs
 * @disk:	where its data is
 * @log:	where its log is
 * @realtime:	another device for data, or 0
 * @quota:	what is counted
 */
struct orthros_xfs_view {
	u64 disk;
	u64 log;
	u64 realtime;
	u64 quota;
};

/**
 * struct orthros_overlay_view - an overlay file system; address: its ovl_fs
 * @work:	dentry of the directory that was named for it to work in, or 0
 * @scratch:	dentry of the one below, where it does
 * @layers:	address of an array
 * @nr:		entries in it; the first is the writable one
 * @size:	of each
 * @index:	hard links are kept together by an index
 */
struct orthros_overlay_view {
	u64 work;
	u64 scratch;
	u64 layers;
	u32 nr;
	u32 size;
	u8 index;
};

/* One of them; mnt is 0 if it is the first and there is no writable one. */
struct orthros_layer_view {
	u64 mnt;
	u64 sb;
};

/**
 * struct orthros_ovl_inode_view - an inode of an overlay; address: its ovl_inode
 * @upper:	dentry in the upper layer, or 0
 * @lower:	not 0 if there is, or was, one in a lower layer
 */
struct orthros_ovl_inode_view {
	u64 upper;
	u64 lower;
};

/**
 * struct orthros_dinode_view - an inode of a file system on a disk
 * @rec:	what the record needs and can be read straight
 * @state:	I_*
 * @marks:	inotify, fanotify
 * @mapping:	address_space in use
 * @data:	address of its own one
 * @pages:	address of that one's xarray
 * @pages_flags:	which marks it has
 * @ctime:	seconds
 * @ctime_ns:	nanoseconds
 */
struct orthros_dinode_view {
	struct orthros_dinode_rec rec;
	u64 state;
	u64 marks;
	u64 mapping;
	u64 data;
	u64 pages;
	u64 pages_flags;
	s64 ctime;
	s64 ctime_ns;
};

/**
 * struct orthros_mark_view - a struct fsnotify_mark
 * @ops:	of its group
 */
struct orthros_mark_view {
	u64 ops;
};

/**
 * struct orthros_connector_view - a struct fsnotify_mark_connector
 * @obj:	address of the inode, or of the pointer to this in it
 * @list:	address of the list of marks
 */
struct orthros_connector_view {
	u64 obj;
	u64 list;
};

/**
 * struct orthros_mark_layout - where things are
 * @list_off:	node of the list in a mark
 */
struct orthros_mark_layout {
	u64 list_off;
};

extern struct orthros_table orthros_table_fs_layout;
extern struct orthros_table orthros_table_fs_mount;
extern struct orthros_table orthros_table_fs_mnt_ns;
extern struct orthros_table orthros_table_fs_nsfs;
extern struct orthros_table orthros_table_fs_sb;
extern struct orthros_table orthros_table_fs_tmpfs;
extern struct orthros_table orthros_table_fs_constant;
extern struct orthros_table orthros_table_fs_sysfs;
extern struct orthros_table orthros_table_fs_devpts;
extern struct orthros_table orthros_table_fs_ramfs;
extern struct orthros_table orthros_table_fs_procfs;
extern struct orthros_table orthros_table_fs_cgroup;
extern struct orthros_table orthros_table_fs_dentry;
extern struct orthros_table orthros_table_fs_inode;
extern struct orthros_table orthros_table_fs_shmem_inode;
extern struct orthros_table orthros_table_fs_any_inode;
extern struct orthros_table orthros_table_fs_autofs;
extern struct orthros_table orthros_table_fs_binfmt;
extern struct orthros_table orthros_table_fs_inode_private;
extern struct orthros_table orthros_table_fs_file_path;
extern struct orthros_table orthros_table_fs_xattr;
extern struct orthros_table orthros_table_fs_acl;
extern struct orthros_table orthros_table_fs_acl_entry;
extern struct orthros_table orthros_table_fs_folio;
extern struct orthros_table orthros_table_fs_large_folio;
extern struct orthros_table orthros_table_buffer;
extern struct orthros_table orthros_table_fs_disk;
extern struct orthros_table orthros_table_fs_ext4;
extern struct orthros_table orthros_table_fs_xfs;
extern struct orthros_table orthros_table_fs_dinode;
extern struct orthros_table orthros_table_fs_overlay;
extern struct orthros_table orthros_table_fs_layer;
extern struct orthros_table orthros_table_fs_ovl_inode;
extern struct orthros_table orthros_table_fs_struct;
extern struct orthros_table orthros_table_fs_mark;
extern struct orthros_table orthros_table_fs_connector;
extern struct orthros_table orthros_table_fs_mark_layout;

#endif /* _ORTHROS_TABLES_FS_H */
