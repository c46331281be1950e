/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the readers of open files see of a source kernel, see tables.c.
 */
#ifndef _ORTHROS_TABLES_FILES_H
#define _ORTHROS_TABLES_FILES_H

#include "../core/table.h"

/**
 * struct orthros_fdtable_view - the descriptor table of a process
 * @fd:			address of its array of struct file pointers
 * @open_fds:		address of the bitmap of used descriptors
 * @close_on_exec:	address of the bitmap of FD_CLOEXEC
 * @max_fds:		entries in each
 */
struct orthros_fdtable_view {
	u64 fd;
	u64 open_fds;
	u64 close_on_exec;
	u32 max_fds;
};

/**
 * struct orthros_file_view - a struct file
 * @f_op:		which kind it is
 * @private_data:	belongs to the kind
 * @security:		blob of the security modules, or 0
 * @inode:		struct inode
 * @mnt:		struct vfsmount
 * @dentry:		struct dentry
 * @cred:		struct cred of the opener
 * @pos:		position
 * @count:		references
 * @pipe_seen:		writer count of a fifo at its open, see fifo_open()
 * @flags:		O_*
 * @mnt_root:		root of what is mounted there
 * @wb_err:		error of writing back that it was told
 * @sb_err:		the same of its file system
 * @inode_wb_err:	error that there is
 * @super_wb_err:	the same of its file system
 * @write_hint:		how long what is written will live
 * @mode:		FMODE_*
 * @writer:		FMODE_WRITER
 * @backing:		FMODE_BACKING
 * @user_mnt:		of a backing file: the path that was opened
 * @user_dentry:	likewise
 */
struct orthros_file_view {
	u64 f_op;
	u64 private_data;
	u64 security;
	u64 inode;
	u64 mnt;
	u64 mnt_root;
	u64 dentry;
	u64 cred;
	s64 pos;
	s64 count;
	u64 pipe_seen;
	u32 wb_err;
	u32 sb_err;
	u32 inode_wb_err;
	u32 super_wb_err;
	u32 write_hint;
	u32 flags;
	u32 mode;
	u64 writer;
	u64 backing;
	u64 user_mnt;
	u64 user_dentry;
};

/**
 * struct orthros_blkdev_view - a struct block_device
 * @holder:	who has it for itself
 */
struct orthros_blkdev_view {
	u64 holder;
};

/**
 * struct orthros_finode_view - the inode of an open file
 * @flctx:	struct file_lock_context or 0
 * @pipe:	struct pipe_inode_info of a fifo
 * @magic:	of its file system
 * @mode:	type and permissions
 * @rdev:	dev_t of a device node
 * @uid:	owner
 * @gid:	group
 * @fstype:	name of its file system
 */
struct orthros_finode_view {
	u64 flctx;
	u64 pipe;
	u64 magic;
	u16 mode;
	u32 rdev;
	u32 uid;
	u32 gid;
	char fstype[32];
};

/**
 * struct orthros_owner_view - who gets SIGIO of a struct file
 * @pid:	struct pid or 0
 * @type:	enum pid_type of it
 * @uid:	of the one who set it
 * @euid:	likewise
 * @signum:	signal, 0 for SIGIO
 * @type_pid:	PIDTYPE_PID
 * @type_tgid:	PIDTYPE_TGID
 * @type_pgid:	PIDTYPE_PGID
 */
struct orthros_owner_view {
	u64 pid;
	u32 type;
	u32 uid;
	u32 euid;
	s32 signum;
	u32 type_pid;
	u32 type_tgid;
	u32 type_pgid;
};

/**
 * struct orthros_flctx_view - locks on an inode
 * @flock:	address of a list head
 * @posix:	likewise
 * @lease:	likewise
 * @list_off:	where the lists' node lies in a lock
 * @lease_off:	where it lies in a lease
 * @ofd:	FL_OFDLCK
 * @is_lease:	FL_LEASE
 * @breaking:	FL_UNLOCK_PENDING and FL_DOWNGRADE_PENDING
 */
struct orthros_flctx_view {
	u64 flock;
	u64 posix;
	u64 lease;
	u32 list_off;
	u32 lease_off;
	u32 ofd;
	u32 is_lease;
	u32 breaking;
};

/**
 * struct orthros_lock_view - a struct file_lock
 * @owner:	struct files_struct or struct file
 * @file:	struct file
 * @start:	first byte
 * @end:	last byte
 * @flags:	FL_*
 * @type:	F_RDLCK or F_WRLCK
 */
struct orthros_lock_view {
	u64 owner;
	u64 file;
	s64 start;
	s64 end;
	u32 flags;
	u8 type;
};

/**
 * struct orthros_lease_view - a lease
 * @file:	struct file
 * @flags:	FL_*
 * @pid:	of who took it
 * @fd:		that is told with the signal
 * @type:	F_RDLCK or F_WRLCK
 */
struct orthros_lease_view {
	u64 file;
	u32 flags;
	s32 pid;
	s32 fd;
	u8 type;
};

/**
 * struct orthros_fdentry_view - a name on the way to an open file
 * @parent:	struct dentry above it, itself at the root
 * @fsdata:	its offset in a directory that gives them
 * @name:	last component
 */
struct orthros_fdentry_view {
	u64 parent;
	u64 fsdata;
	char name[256];
};

/**
 * struct orthros_dir_consts - positions in a directory with stable offsets
 * @eod:	the end, 0 if this source has no such directories
 */
struct orthros_dir_consts {
	u64 eod;
};

/**
 * struct orthros_allowed_view - where Landlock has what may be done to an open file;
 *				 read with address 0
 * @sizes:	address of its offsets in the blobs of all modules, 0 if it is not there
 * @file_off:	of the one of files among them
 * @access_off:	of the rights in its part of the blob
 * @access_size: bytes of the rights, 0 if this source does not keep them
 * @truncate:	right to cut it off
 * @ioctl_dev:	right to control a device
 */
struct orthros_allowed_view {
	u64 sizes;
	u32 file_off;
	u32 access_off;
	u32 access_size;
	u32 truncate;
	u32 ioctl_dev;
};

/**
 * struct orthros_file_consts - constants of the source, read with address 0
 * @hz:			ticks per second
 */
struct orthros_file_consts {
	u32 hz;
};

/**
 * struct orthros_pipe_view - a struct pipe_inode_info
 * @bufs:		ring of struct pipe_buffer
 * @watch_queue:	set for a notification pipe
 * @head:		next slot that is written, counts on
 * @tail:		next slot that is read
 * @ring_size:		slots, a power of two
 * @w_counter:		how often a writer came
 * @buf_size:		size of a struct pipe_buffer
 */
struct orthros_pipe_view {
	u64 bufs;
	u64 watch_queue;
	u32 head;
	u32 tail;
	u32 ring_size;
	u32 w_counter;
	u32 buf_size;
};

/**
 * struct orthros_pipe_buf_view - a struct pipe_buffer
 * @page:		struct page
 * @offset:		of the data in it
 * @len:		bytes
 * @flags:		PIPE_BUF_FLAG_*
 * @flag_packet:	value of PIPE_BUF_FLAG_PACKET
 */
struct orthros_pipe_buf_view {
	u64 page;
	u32 offset;
	u32 len;
	u32 flags;
	u32 flag_packet;
};

/**
 * struct orthros_eventfd_view - a struct eventfd_ctx
 * @count:	counter
 * @flags:	EFD_*
 */
struct orthros_eventfd_view {
	u64 count;
	u32 flags;
};

/**
 * struct orthros_timerfd_view - a struct timerfd_ctx
 * @expires:		of its hrtimer or alarm
 * @interval:		ns, 0 for none
 * @moffs:		KTIME_MAX: the clock was set
 * @ticks:		unread expirations
 * @active:		its hrtimer or alarm is queued
 * @clockid:		CLOCK_*
 * @expired:		fired and not read
 * @settime_flags:	TFD_TIMER_*
 */
struct orthros_timerfd_view {
	s64 expires;
	s64 interval;
	s64 moffs;
	u64 ticks;
	u32 active;
	s32 clockid;
	u16 expired;
	u16 settime_flags;
};

/**
 * struct orthros_signalfd_view - a struct signalfd_ctx
 * @mask:	signals that it does not report
 */
struct orthros_signalfd_view {
	u64 mask;
};

/**
 * struct orthros_eventpoll_view - a struct eventpoll
 * @root:	root of its tree of items
 * @rbn_off:	where the tree's node lies in an item
 */
struct orthros_eventpoll_view {
	u64 root;
	u32 rbn_off;
};

/**
 * struct orthros_epitem_view - a struct epitem
 * @file:	struct file it watches
 * @ep:		struct eventpoll it belongs to
 * @data:	epoll_event.data
 * @events:	epoll_event.events
 * @fd:		number under which it was added
 * @waits_on:	the wait queue that it is in, 0 for none
 * @ready:	address of its link in the list of ready items
 * @ready_next:	the next there, itself if it is not ready
 */
struct orthros_epitem_view {
	u64 file;
	u64 ep;
	u64 data;
	u64 waits_on;
	u64 ready;
	u64 ready_next;
	u32 events;
	s32 fd;
};

/**
 * struct orthros_tty_file_view - a struct tty_file_private
 * @tty:	struct tty_struct
 */
struct orthros_tty_file_view {
	u64 tty;
};

/*
 * struct orthros_tty_view - a struct tty_struct
 * @pgrp:	struct pid of the foreground group
 * @session:	struct pid of the session
 * @disc_data:	private data of the line discipline
 * @ldisc_ops:	which line discipline it is
 * @n_tty_ops:	the one that is known
 * @flags:	TTY_* bits
 * @flag_hupped:	number of TTY_HUPPED
 * @flag_exclusive:	number of TTY_EXCLUSIVE
 * @count:	opens
 * @index:	number among its driver's terminals
 * @major:	of the driver
 * @minor_start: likewise
 * @driver_type: TTY_DRIVER_TYPE_*
 * @type_pty:	TTY_DRIVER_TYPE_PTY
 * @type_serial: TTY_DRIVER_TYPE_SERIAL
 * @stopped:	output stopped
 * @subtype:	which end of a pty
 * @subtype_master:	PTY_TYPE_MASTER
 * @flag_pty_lock:	number of TTY_PTY_LOCK
 * @flag_other_closed:	number of TTY_OTHER_CLOSED
 * @packet:	TIOCPKT
 * @link:	struct tty_struct at the other end of a pty
 * @driver_data:	struct dentry of a pty's slave
 * @raw:	first struct tty_buffer
 * @name:	"ttyS0"
 */
struct orthros_tty_view {
	u64 link;
	u64 driver_data;
	u64 raw;
	s32 subtype;
	s32 subtype_master;
	u32 flag_pty_lock;
	u32 flag_other_closed;
	u8 packet;
	u8 pktstatus;
	u8 tco_stopped;
	u8 hw_stopped;
	u64 ops;
	u64 uart_ops;
	u64 pgrp;
	u64 session;
	u64 disc_data;
	u64 ldisc_ops;
	u64 n_tty_ops;
	u64 flags;
	u32 flag_hupped;
	u32 flag_exclusive;
	s32 count;
	s32 index;
	s32 major;
	s32 minor_start;
	s32 driver_type;
	s32 type_pty;
	s32 type_serial;
	u8 stopped;
	u32 iflag, oflag, cflag, lflag;
	u32 ispeed, ospeed;
	u8 line;
	u8 cc[19];
	u32 lock_iflag, lock_oflag, lock_cflag, lock_lflag;
	u8 lock_line;
	u8 lock_cc[19];
	u16 ws_row, ws_col, ws_xpixel, ws_ypixel;
	char name[64];
};

/**
 * struct orthros_tty_buf_view - a struct tty_buffer
 * @next:	the next one
 * @data:	address of its bytes
 * @read:	how many of them were taken
 * @used:	how many there are
 * @size:	room
 */
struct orthros_tty_buf_view {
	u64 next;
	u64 data;
	u32 read;
	u32 used;
	u32 size;
};

/**
 * struct orthros_pts_node_view - the node of a pty's slave
 * @mode:	permissions
 * @uid:	owner
 * @gid:	group
 */
struct orthros_pts_node_view {
	u32 mode;
	u32 uid;
	u32 gid;
};

/**
 * struct orthros_uart_view - the ring of a serial line, of what was not sent
 * @head:	where the next byte goes
 * @tail:	which one is sent next
 * @buf:	where the ring is
 */
struct orthros_uart_view {
	u64 buf;
	u32 head;
	u32 tail;
};

/**
 * struct orthros_n_tty_view - a struct n_tty_data
 * @read_buf:	address of the ring of unread input
 * @read_head:	end of what was typed, counts on
 * @read_tail:	begin of what is unread
 * @buf_size:	size of the ring
 * @read_flags:	address of a bitmap: which bytes of it end a line
 * @flags_size:	size of that, in bytes
 */
struct orthros_n_tty_view {
	u64 read_flags;
	u64 read_buf;
	u64 read_head;
	u64 read_tail;
	u32 buf_size;
	u32 flags_size;
};

extern struct orthros_table orthros_table_fdtable;
extern struct orthros_table orthros_table_file;
extern struct orthros_table orthros_table_blkdev;
extern struct orthros_table orthros_table_finode;
extern struct orthros_table orthros_table_owner;
extern struct orthros_table orthros_table_flctx;
extern struct orthros_table orthros_table_lock;
extern struct orthros_table orthros_table_lease;
extern struct orthros_table orthros_table_fdentry;
extern struct orthros_table orthros_table_dir_consts;
extern struct orthros_table orthros_table_file_consts;
extern struct orthros_table orthros_table_allowed;
extern struct orthros_table orthros_table_pipe;
extern struct orthros_table orthros_table_pipe_buf;
extern struct orthros_table orthros_table_eventfd;
extern struct orthros_table orthros_table_timerfd;
extern struct orthros_table orthros_table_timerfd_alarm;
extern struct orthros_table orthros_table_signalfd;
extern struct orthros_table orthros_table_eventpoll;
extern struct orthros_table orthros_table_epitem;
extern struct orthros_table orthros_table_tty_file;
extern struct orthros_table orthros_table_tty;
extern struct orthros_table orthros_table_hung_tty;
extern struct orthros_table orthros_table_uart;
extern struct orthros_table orthros_table_tty_buf;
extern struct orthros_table orthros_table_pts_node;
extern struct orthros_table orthros_table_n_tty;

#endif /* _ORTHROS_TABLES_FILES_H */
