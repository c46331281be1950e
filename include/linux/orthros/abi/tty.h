/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Record of a terminal. Settings are those of struct termios2 as user space
 * knows it. A change of layout bumps %ORTHROS_TTY_VERSION.
 */
#ifndef _LINUX_ORTHROS_ABI_TTY_H
#define _LINUX_ORTHROS_ABI_TTY_H

#include <linux/types.h>

#define ORTHROS_TTY_VERSION	2
#define ORTHROS_TTY_CC		19
#define ORTHROS_TTY_INPUT_MAX	4096
#define ORTHROS_TTY_OUTPUT_MAX	4096

enum orthros_pty {
	ORTHROS_PTY_NONE = 0,
	ORTHROS_PTY_MASTER,
	ORTHROS_PTY_SLAVE,
};

/* More than a pty buffers. */
#define ORTHROS_TTY_RAW_MAX	0x100000U

/**
 * struct orthros_tty_rec - a terminal
 * @version:	%ORTHROS_TTY_VERSION
 * @stopped:	output was stopped by ^S
 * @exclusive:	TIOCEXCL
 * @iflag:	struct termios2
 * @oflag:	likewise
 * @cflag:	likewise
 * @lflag:	likewise
 * @ispeed:	likewise
 * @ospeed:	likewise
 * @line:	line discipline
 * @cc:	control characters
 * @rdev:	its device number (new encoding)
 * @session:	process id of the session leader, 0 for none
 * @pgrp:	foreground process group, 0 for none
 * @row:	struct winsize
 * @col:	likewise
 * @xpixel:	likewise
 * @ypixel:	likewise
 * @file:	key of a FILE object by which it can be opened, 0 for none
 * @pty:	&enum orthros_pty
 * @index:	number of a pty
 * @link:	key of the TTY object at the other end of a pty
 * @locked:	its slave cannot be opened yet (TIOCSPTLCK)
 * @closed:	the other end was open and is closed
 * @packet:	TIOCPKT
 * @pktstatus:	what its other end in packet mode is to be told
 * @tco_stopped: output was stopped by tcflow()
 * @mode:	permissions of a slave's node
 * @uid:	owner of it
 * @gid:	and group
 * @lock_iflag:	which of @iflag only root may change (TIOCSLCKTRMIOS)
 * @lock_oflag:	likewise
 * @lock_cflag:	likewise
 * @lock_lflag:	likewise
 * @lock_line:	likewise
 * @lock_cc:	likewise
 * @nr_input:	bytes of @input
 * @name:	"ttyS0"
 * @input:	what was typed and not read
 * @eof:	a bit for each of @input: it stands for an end of file
 * @nr_output:	bytes of @output
 * @output:	what a serial line of a kernel that has failed had not sent
 * @nr_raw:	bytes of @raw
 * @raw:	what has arrived and was not yet looked at by the line discipline
 */
struct orthros_tty_rec {
	__u16	version;
	__u8	stopped;
	__u8	exclusive;
	__u32	iflag, oflag, cflag, lflag;
	__u32	ispeed, ospeed;
	__u8	line;
	__u8	cc[ORTHROS_TTY_CC];
	__u32	rdev;
	__s32	session;
	__s32	pgrp;
	__u16	row, col, xpixel, ypixel;
	__u64	file;
	__u8	pty;
	__u8	locked;
	__u8	closed;
	__u8	packet;
	__u8	pktstatus;
	__u8	tco_stopped;
	__u32	index;
	__u64	link;
	__u32	mode;
	__u32	uid;
	__u32	gid;
	__u32	lock_iflag, lock_oflag, lock_cflag, lock_lflag;
	__u8	lock_line;
	__u8	lock_cc[ORTHROS_TTY_CC];
	__u32	nr_input;
	char	name[64];
	__u8	input[ORTHROS_TTY_INPUT_MAX];
	__u8	eof[ORTHROS_TTY_INPUT_MAX / 8];
	__u32	nr_output;
	__u8	output[ORTHROS_TTY_OUTPUT_MAX];
	__u32	nr_raw;
	__u8	raw[];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_TTY_H */
