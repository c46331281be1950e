/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of file systems: super blocks, mounts, names, inodes and their
 * contents.
 *
 * Packed, fixed width, of no particular kernel version. An object is
 * referred to by its address in the source. A change of layout bumps
 * %ORTHROS_FS_VERSION.
 */
#ifndef _LINUX_ORTHROS_ABI_FS_H
#define _LINUX_ORTHROS_ABI_FS_H

#include <linux/types.h>

#define ORTHROS_FS_VERSION	3

/* How the tree of a super block gets to the destination. */
enum orthros_fs_how {
	ORTHROS_FS_REFUSED = 0,	/* it cannot; the report says why */
	ORTHROS_FS_ROOT,	/* tmpfs that the destination has as its rootfs */
	ORTHROS_FS_TREE,	/* tmpfs: made anew, names and contents carried */
	ORTHROS_FS_DEV,		/* devtmpfs: what user space did to it is repeated */
	ORTHROS_FS_PSEUDO,	/* proc, sysfs...: mounted anew, found by path */
	ORTHROS_FS_INTERNAL,	/* the kernel's own tmpfs: memfd, shared anonymous */
	ORTHROS_FS_DISK,	/* on a block device: mounted again, files found by inode */
	ORTHROS_FS_NSFS,	/* namespaces that are kept by a mount */
};

#define ORTHROS_SB_RDONLY	0x01
#define ORTHROS_SB_SYNC		0x02
#define ORTHROS_SB_DIRSYNC	0x04
#define ORTHROS_SB_LAZYTIME	0x08
#define ORTHROS_SB_RAMFS	0x10	/* the source has a ramfs there, made a tmpfs */
#define ORTHROS_SB_SAVED	0x20	/* the disk has all changes of names and sizes */
#define ORTHROS_SB_WRITTEN	0x40	/* and what was written to files */
#define ORTHROS_SB_INITIAL	0x80	/* it is in the initial mount namespace, too */

/**
 * struct orthros_sb_rec - a super block
 * @how:	&enum orthros_fs_how
 * @flags:	ORTHROS_SB_*
 * @root:	its root dentry
 * @next_ino:	tmpfs: next inode number that it would give
 * @nr_mounts:	mounts of it in all mount trees
 * @sub_root:	one of them, at least, shows only a part of the tree
 * @fs_info:	overlay, autofs: its private part
 * @ns:		mqueue: the IPC namespace that it is of; proc: the PID namespace
 * @minor:	of st_dev, if its major number is 0, else all ones
 * @uuid:	of the file system on @disk
 * @disk:	name of the block device, empty if there is none
 * @type:	name of the file system, as for mount(2)
 * @options:	likewise
 */
struct orthros_sb_rec {
	__u32	how;
	__u32	flags;
	__u64	root;
	__u64	next_ino;
	__u32	nr_mounts;
	__u32	sub_root;
	__u64	fs_info;
	__u64	ns;
	__u32	minor;
	__u8	uuid[16];
	char	disk[32];
	char	type[32];
	char	options[1024];
} __packed;

/**
 * struct orthros_sb_options - what a kernel says of one of its own super blocks
 * @next:	address of the next note or 0
 * @sb:		address of the super block
 * @len:	bytes of @options without the NUL
 * @options:	as the file system itself shows them, for mount(2)
 *
 * A list in the source's memory, made before each check and hop, so that
 * options need no tables. The symbol orthros_sb_options_list has the first address.
 */
struct orthros_sb_options {
	__u64	next;
	__u64	sb;
	__u32	len;
	char	options[];
} __packed;

#define ORTHROS_MNT_NOSUID	0x0001
#define ORTHROS_MNT_NODEV	0x0002
#define ORTHROS_MNT_NOEXEC	0x0004
#define ORTHROS_MNT_NOATIME	0x0008
#define ORTHROS_MNT_NODIRATIME	0x0010
#define ORTHROS_MNT_RELATIME	0x0020
#define ORTHROS_MNT_RDONLY	0x0040
#define ORTHROS_MNT_NOSYMFOLLOW	0x0080
#define ORTHROS_MNT_SHARED	0x0100
#define ORTHROS_MNT_UNBINDABLE	0x0200
#define ORTHROS_MNT_LOCKED	0x0400	/* these: by another user namespace */
#define ORTHROS_MNT_LOCK_ATIME	0x0800
#define ORTHROS_MNT_LOCK_NOEXEC	0x1000
#define ORTHROS_MNT_LOCK_NOSUID	0x2000
#define ORTHROS_MNT_LOCK_NODEV	0x4000
#define ORTHROS_MNT_LOCK_RDONLY	0x8000
#define ORTHROS_MNT_DIR		0x10000	/* it shows a directory */

/**
 * struct orthros_mount_rec - one mount of a mount tree
 * @ns:	mount namespace, 0 if it is in none
 * @initial:	that is the initial one
 * @names:	of nsfs: the namespace that it keeps
 * @order:	ascends in the order in which they were mounted
 * @parent:	mount it is mounted on, 0 for the root of the tree
 * @mountpoint:	dentry it is mounted on
 * @root:	dentry that it shows as its root
 * @sb:		super block
 * @master:	mount whose peer group it receives from, or 0
 * @group:	peer group, 0 if not shared
 * @flags:	ORTHROS_MNT_*
 * @mp_off:	in @text: @mountpoint as a path from the root of its file system
 * @root_off:	in @text: @root likewise
 * @text:	device name, then the two paths, each NUL-terminated
 */
struct orthros_mount_rec {
	__u64	ns;
	__u64	names;
	__u32	initial;
	__u64	order;
	__u64	parent;
	__u64	mountpoint;
	__u64	root;
	__u64	sb;
	__u64	master;
	__u32	group;
	__u32	flags;
	__u16	mp_off;
	__u16	root_off;
	char	text[];
} __packed;

#define ORTHROS_DENTRY_ROOT	0x01	/* of its super block */
#define ORTHROS_DENTRY_UNLINKED	0x02	/* no name any more, but in use */
#define ORTHROS_DENTRY_PATH	0x04	/* @name is a path from the root */
#define ORTHROS_DENTRY_INTERNAL	0x08	/* never had a place in a tree */

/**
 * struct orthros_dentry_rec - a name
 * @parent:	dentry of the directory; of what was deleted from an overlay: its
 *		dentry in the upper layer
 * @inode:	what it names
 * @sb:		super block
 * @flags:	ORTHROS_DENTRY_*
 * @name_len:	bytes of @name without the NUL
 * @name:	the name, NUL-terminated
 */
struct orthros_dentry_rec {
	__u64	parent;
	__u64	inode;
	__u64	sb;
	__u32	flags;
	__u16	name_len;
	char	name[];
} __packed;

#define ORTHROS_INODE_LINKABLE	0x01	/* made by O_TMPFILE, may get a name */
#define ORTHROS_INODE_KERNEL	0x02	/* devtmpfs: made by the kernel */
#define ORTHROS_INODE_NORESERVE	0x04	/* memory is accounted page by page */
#define ORTHROS_INODE_PRIVATE	0x08	/* hidden from security modules */

/**
 * struct orthros_inode_rec - a file of tmpfs
 * @sb:		super block
 * @ino:	st_ino
 * @size:	bytes
 * @atime:	seconds
 * @mtime:	seconds
 * @ctime:	seconds
 * @atime_ns:	nanoseconds
 * @mtime_ns:	nanoseconds
 * @ctime_ns:	nanoseconds
 * @mode:	type and permissions
 * @uid:	owner in the initial user namespace
 * @gid:	group in the initial user namespace
 * @nlink:	names
 * @major:	device nodes
 * @minor:	device nodes
 * @seals:	F_SEAL_*
 * @fsflags:	FS_*_FL
 * @generation:	for file handles
 * @flags:	ORTHROS_INODE_*
 * @nr_pages:	pages in the &struct orthros_pages_rec of this inode
 * @link_len:	symbolic links: bytes of @link without the NUL
 * @link:	where it points, NUL-terminated
 */
struct orthros_inode_rec {
	__u64	sb;
	__u64	ino;
	__s64	size;
	__s64	atime;
	__s64	mtime;
	__s64	ctime;
	__u32	atime_ns;
	__u32	mtime_ns;
	__u32	ctime_ns;
	__u32	mode;
	__u32	uid;
	__u32	gid;
	__u32	nlink;
	__u32	major;
	__u32	minor;
	__u32	seals;
	__u32	fsflags;
	__u32	generation;
	__u32	flags;
	__u64	nr_pages;
	__u16	link_len;
	char	link[];
} __packed;

/**
 * struct orthros_dinode_rec - a file on a disk that is in use
 * @sb:		super block
 * @ino:	its number
 * @size:	bytes
 * @generation:	tells it from others that had the number
 * @mode:	type and permissions
 * @nlink:	names
 * @flags:	ORTHROS_INODE_LINKABLE
 * @nr_pages:	in the page cache
 */
struct orthros_dinode_rec {
	__u64	sb;
	__u64	ino;
	__s64	size;
	__u32	generation;
	__u32	mode;
	__u32	nlink;
	__u32	flags;
	__u64	nr_pages;
} __packed;

/**
 * struct orthros_page_run - pages that follow each other in file and memory
 * @index:	first page of the file
 * @pfn:	where it lies
 * @memcg:	that it is charged to, or 0
 * @nr:		pages
 */
struct orthros_page_run {
	__u64	index;
	__u64	pfn;
	__u64	memcg;
	__u32	nr;
} __packed;

/**
 * struct orthros_pages_rec - a part of a file's contents
 * @inode:	the file
 * @nr:		entries in @runs
 * @runs:	ascending, no overlap
 */
struct orthros_pages_rec {
	__u64	inode;
	__u32	nr;
	struct orthros_page_run runs[];
} __packed;

/**
 * struct orthros_xattr_rec - an extended attribute
 * @inode:	the file
 * @name_len:	bytes of the name without its NUL
 * @size:	bytes of the value
 * @data:	name, NUL, value. POSIX ACLs are in the form of
 *		&struct posix_acl_xattr_header
 */
struct orthros_xattr_rec {
	__u64	inode;
	__u16	name_len;
	__u32	size;
	char	data[];
} __packed;

/**
 * struct orthros_binfmt_desc - how a kernel's binfmt_misc says what it has
 * @status:	address of a byte that is 0 if all of it is disabled
 * @enabled:	flag of an entry: it is used
 * @magic:	by what is in a file, not by the end of its name
 * @argv0:	P
 * @binary:	O
 * @creds:	C
 * @file:	F: the interpreter is open
 *
 * The symbol orthros_binfmt_desc; the values have no name outside of the file.
 */
struct orthros_binfmt_desc {
	__u64	status;
	__u64	enabled;
	__u64	magic;
	__u64	argv0;
	__u64	binary;
	__u64	creds;
	__u64	file;
};

#define ORTHROS_BINFMT_ENABLED	0x01
#define ORTHROS_BINFMT_MAGIC	0x02
#define ORTHROS_BINFMT_ARGV0	0x04
#define ORTHROS_BINFMT_BINARY	0x08
#define ORTHROS_BINFMT_CREDS	0x10
#define ORTHROS_BINFMT_FILE	0x20
#define ORTHROS_BINFMT_MASK	0x40

/**
 * struct orthros_binfmt_rec - an entry of binfmt_misc
 * @sb:		super block
 * @vfsmount:	of the open interpreter, see orthros_read_path()
 * @dentry:	likewise
 * @flags:	ORTHROS_BINFMT_*
 * @offset:	of @magic in a file
 * @size:	bytes of @magic and @mask
 * @name:	of the entry's file
 * @interpreter: path as it was given
 * @magic:	what must be in a file; else its extension, text
 * @mask:	bits of it that count, with ORTHROS_BINFMT_MASK
 */
struct orthros_binfmt_rec {
	__u64	sb;
	__u64	vfsmount;
	__u64	dentry;
	__u32	flags;
	__u32	offset;
	__u32	size;
	char	name[256];
	char	interpreter[2048];
	char	magic[2048];
	char	mask[256];
} __packed;

/**
 * struct orthros_autofs_desc - how a kernel's autofs says what it has
 * @catatonic:	flag of a super block: nobody is asked any more
 * @strict:	flag of a super block: strictexpire
 * @ignore:	flag of a super block: ignore
 *
 * The symbol orthros_autofs_desc.
 */
struct orthros_autofs_desc {
	__u32	catatonic;
	__u32	strict;
	__u32	ignore;
};

/**
 * struct orthros_autofs_wait - what the daemon of an autofs has been asked for
 * @token:	by which it answers
 * @uid:	who wanted to get there
 * @gid:	likewise
 * @pid:	likewise
 * @tgid:	likewise
 */
struct orthros_autofs_wait {
	__u32	token;
	__u32	uid;
	__u32	gid;
	__s32	pid;
	__s32	tgid;
} __packed;

/**
 * struct orthros_autofs_rec - an autofs and its daemon
 * @sb:		super block
 * @pipe:	FILE object of the pipe's end that is written to; 0: catatonic
 * @ino:	number of its root
 * @idle:	milliseconds since somebody was there
 * @timeout:	of the mounts in it, in milliseconds
 * @pipefd:	number that the pipe's end had
 * @pgrp:	the daemon's process group
 * @uid:	who has asked for the last mount
 * @gid:	likewise
 * @mode:	permissions of its root
 * @owner:	of its root
 * @group:	likewise
 * @nr:		entries in @waits, youngest first
 */
struct orthros_autofs_rec {
	__u64	sb;
	__u64	pipe;
	__u64	ino;
	__s64	idle;
	__s64	timeout;
	__s32	pipefd;
	__s32	pgrp;
	__u32	uid;
	__u32	gid;
	__u32	mode;
	__u32	owner;
	__u32	group;
	__u32	nr;
	struct orthros_autofs_wait waits[];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_FS_H */
