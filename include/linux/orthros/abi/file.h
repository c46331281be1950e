/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of open files.
 *
 * Neutral between kernel versions: flags, modes and limits are those of the
 * system call interface. Objects that are shared are named by their address
 * in the source, which is their key in the image and never dereferenced by a
 * builder. A change of layout bumps the version of its record.
 */
#ifndef _LINUX_ORTHROS_ABI_FILE_H
#define _LINUX_ORTHROS_ABI_FILE_H

#include <linux/types.h>
#include <linux/orthros/abi/task.h>

#define ORTHROS_FILES_VERSION	1
#define ORTHROS_FILE_VERSION	1
#define ORTHROS_PIPE_VERSION	1
#define ORTHROS_EVENTFD_VERSION	1
#define ORTHROS_EPOLL_VERSION	1
#define ORTHROS_TIMERFD_VERSION	1
#define ORTHROS_SIGNALFD_VERSION	1

/* orthros_file_rec.quirks */
#define ORTHROS_FILE_NO_WRITER	0x01	/* fifo reader that has seen no writer yet: no EPOLLHUP */
#define ORTHROS_FILE_SEEK_END	0x02	/* a log that is read on from its end */
#define ORTHROS_FILE_CTTY	0x04	/* /dev/tty: needs the controlling terminal to open */
#define ORTHROS_FILE_DIR_COUNT	0x08	/* pos: names read of a directory, with "." and ".." */
#define ORTHROS_FILE_BLK_EXCL	0x10	/* block device, opened with O_EXCL */
#define ORTHROS_FILE_LETS_EXEC	0x20	/* can be written, but keeps nobody from executing it */
#define ORTHROS_FILE_NO_NEWS	0x40	/* of kernfs: has not changed since it was read */

/* orthros_file_rec.owner_type, as fcntl(F_SETOWN_EX) has it. */
enum orthros_owner_type {
	ORTHROS_OWNER_NONE = 0,
	ORTHROS_OWNER_TID,
	ORTHROS_OWNER_PID,
	ORTHROS_OWNER_PGRP,
};

/* orthros_file_rec.pos of a directory that was read to its end. */
#define ORTHROS_FILE_DIR_END	0x7fffffffffffffffLL

/**
 * struct orthros_file_rec - one open file description
 * @version:	%ORTHROS_FILE_VERSION
 * @pad:	0
 * @flags:	O_* as fcntl(F_GETFL) gives them
 * @pos:	file position
 * @vfsmount:	its path: mount
 * @dentry:	its path: name
 * @inode:	what it is open on
 * @object:	what lies behind it: the key of a pipe, socket, eventpoll, ..., or
 *		what its kind keeps here, like the pid of a pidfd; 0 for none
 * @mode:	type and permissions of the inode
 * @rdev:	device number (new encoding) of a device node
 * @uid:	owner of the inode
 * @gid:	and group
 * @quirks:	ORTHROS_FILE_*
 * @owner_type:	&enum orthros_owner_type of @owner
 * @owner:	who gets SIGIO: process, thread or group id
 * @owner_uid:	on behalf of whom
 * @owner_euid:	likewise
 * @owner_signum: signal instead of SIGIO, or 0
 * @cred:	who opened it
 */
struct orthros_file_rec {
	__u16	version;
	__u16	pad;
	__u32	flags;
	__s64	pos;
	__u64	vfsmount;
	__u64	dentry;
	__u64	inode;
	__u64	object;
	__u32	mode;
	__u32	rdev;
	__u32	uid;
	__u32	gid;
	__u32	quirks;
	__u32	owner_type;
	__s32	owner;
	__u32	owner_uid;
	__u32	owner_euid;
	__s32	owner_signum;
	__u32	wb_err, sb_err;			/* errors of writing back that it was told */
	__u32	inode_wb_err, super_wb_err;	/* and that there are, as errseq_t */
	__u32	write_hint;			/* RWH_* */
	struct orthros_cred_rec cred;
} __packed;

/* orthros_lock_rec.kind */
enum orthros_lock_kind {
	ORTHROS_LOCK_FLOCK = 1,	/* flock(2), belongs to the open file description */
	ORTHROS_LOCK_POSIX,	/* F_SETLK, belongs to the process */
	ORTHROS_LOCK_OFD,	/* F_OFD_SETLK, belongs to the open file description */
	ORTHROS_LOCK_LEASE,	/* F_SETLEASE, likewise */
};

/**
 * struct orthros_lock_rec - a lock that is held
 * @kind:	&enum orthros_lock_kind
 * @type:	F_RDLCK or F_WRLCK
 * @start:	first byte of its range
 * @end:	last byte
 * @file:	key of the FILE object it was taken through
 * @owner:	key of the FILES object that it belongs to (POSIX)
 * @pid:	of who took it (lease)
 * @fd:		that is told with the signal (lease)
 */
struct orthros_lock_rec {
	__u32	kind;
	__u32	type;
	__s64	start;
	__s64	end;
	__u64	file;
	__u64	owner;
	__s32	pid;
	__s32	fd;
} __packed;

#define ORTHROS_FD_CLOEXEC	0x01

/**
 * struct orthros_fd_rec - one descriptor
 * @fd:		its number
 * @flags:	%ORTHROS_FD_CLOEXEC
 * @file:	key of the FILE object
 */
struct orthros_fd_rec {
	__u32	fd;
	__u32	flags;
	__u64	file;
} __packed;

/**
 * struct orthros_files_rec - a descriptor table
 * @version:	%ORTHROS_FILES_VERSION
 * @pad:	0
 * @nr:		entries in @fds, ascending
 * @fds:	the open descriptors
 */
struct orthros_files_rec {
	__u16	version;
	__u16	pad;
	__u32	nr;
	struct orthros_fd_rec fds[];
} __packed;

#define ORTHROS_PIPE_BUF_PACKET	0x01	/* read(2) returns it by itself (O_DIRECT) */

/**
 * struct orthros_pipe_buf_rec - unread data of a pipe
 * @phys:	where they lie in the source's memory
 * @len:	bytes, within one physically contiguous run
 * @flags:	ORTHROS_PIPE_BUF_*
 */
struct orthros_pipe_buf_rec {
	__u64	phys;
	__u32	len;
	__u32	flags;
} __packed;

/**
 * struct orthros_pipe_rec - a pipe, or an opened fifo
 * @version:	%ORTHROS_PIPE_VERSION
 * @pad:	0
 * @slots:	capacity in pages
 * @vfsmount:	path of a fifo, 0 for a pipe
 * @dentry:	likewise
 * @mode:	permissions of a pipe's inode
 * @uid:	its owner
 * @gid:	its group
 * @nr_bufs:	entries in @bufs
 * @bufs:	the data, in the order in which they will be read
 */
struct orthros_pipe_rec {
	__u16	version;
	__u16	pad;
	__u32	slots;
	__u64	vfsmount;
	__u64	dentry;
	__u32	mode;
	__u32	uid;
	__u32	gid;
	__u32	nr_bufs;
	struct orthros_pipe_buf_rec bufs[];
} __packed;

/**
 * struct orthros_eventfd_rec - an eventfd
 * @version:	%ORTHROS_EVENTFD_VERSION
 * @semaphore:	EFD_SEMAPHORE is set
 * @pad:	0
 * @count:	the counter
 */
struct orthros_eventfd_rec {
	__u16	version;
	__u16	semaphore;
	__u32	pad;
	__u64	count;
} __packed;

/**
 * struct orthros_timerfd_rec - a timerfd
 * @version:	%ORTHROS_TIMERFD_VERSION
 * @settime_flags: TFD_TIMER_* of its last setting
 * @expired:	it fired and has not been read since
 * @active:	it runs
 * @canceled:	TFD_TIMER_CANCEL_ON_SET: the clock was set, which is not read yet
 * @pad:	0
 * @clockid:	CLOCK_*
 * @expires:	absolute, in ns of its clock; of CLOCK_MONOTONIC if it was set to
 *		a relative time of CLOCK_REALTIME
 * @interval:	in ns
 * @ticks:	expirations that have not been read
 */
struct orthros_timerfd_rec {
	__u16	version;
	__u16	settime_flags;
	__u8	expired;
	__u8	active;
	__u8	canceled;
	__u8	pad;
	__s32	clockid;
	__s64	expires;
	__s64	interval;
	__u64	ticks;
} __packed;

/**
 * struct orthros_signalfd_rec - a signalfd
 * @version:	%ORTHROS_SIGNALFD_VERSION
 * @pad:	0
 * @mask:	signals that it reports
 */
struct orthros_signalfd_rec {
	__u16	version;
	__u16	pad[3];
	__u64	mask;
} __packed;

/**
 * struct orthros_epitem_rec - one file that an epoll instance watches
 * @file:	key of the FILE object
 * @data:	epoll_event.data
 * @waits_on:	source address of the wait queue it is in
 * @events:	epoll_event.events; a disarmed EPOLLONESHOT has its mode bits only
 * @fd:		number under which it was added
 * @quiet:	EPOLLET: what is ready now has been reported already
 * @done:	scratch of the builder
 * @signals:	likewise: it waits for the signals of a process
 * @pad:	0
 */
struct orthros_epitem_rec {
	__u64	file;
	__u64	data;
	__u64	waits_on;
	__u32	events;
	__s32	fd;
	__u16	quiet;
	__u16	done;
	__u16	signals;
	__u16	pad;
} __packed;

/**
 * struct orthros_epoll_rec - an epoll instance
 * @version:	%ORTHROS_EPOLL_VERSION
 * @signals:	scratch of the builder: some of @items wait for signals
 * @nr:		entries in @items
 * @file:	key of the FILE object it is open as
 * @items:	what it watches
 */
struct orthros_epoll_rec {
	__u16	version;
	__u16	signals;
	__u32	nr;
	__u64	file;
	struct orthros_epitem_rec items[];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_FILE_H */
