/* SPDX-License-Identifier: GPL-2.0 */
/* Records of POSIX message queues. A change of layout bumps the version. */
#ifndef _LINUX_ORTHROS_ABI_MQUEUE_H
#define _LINUX_ORTHROS_ABI_MQUEUE_H

#include <linux/types.h>

#define ORTHROS_MQUEUE_VERSION		2

/* As the kernel limits them, also for the superuser. */
#define ORTHROS_MQUEUE_MSGS		65536
#define ORTHROS_MQUEUE_MSGSIZE		(16 * 1024 * 1024)

/* NAME_MAX and a NUL */
#define ORTHROS_MQUEUE_NAME		256

/* What SIGEV_THREAD sends to its socket. */
#define ORTHROS_MQUEUE_COOKIE		32

/**
 * struct orthros_mqueue_rec - a queue; its messages follow, each a struct
 *			       orthros_msg_head and its bytes
 * @version:		%ORTHROS_MQUEUE_VERSION
 * @ns:			IPC namespace
 * @linked:		it has a name
 * @owner:		user who is charged
 * @mode:		of its inode
 * @uid:		likewise
 * @gid:		likewise
 * @ino:		likewise
 * @atime:		likewise
 * @mtime:		likewise
 * @ctime:		likewise
 * @atime_ns:		likewise
 * @mtime_ns:		likewise
 * @ctime_ns:		likewise
 * @maxmsg:		room for so many messages
 * @msgsize:		of so many bytes
 * @nr:			messages that follow
 * @notified:		somebody is told when there is a message
 * @notify:		in this way, SIGEV_*
 * @notify_signo:	by this signal
 * @notify_pid:		this process
 * @notify_exec_id:	if it has not started another program
 * @notify_value:	with this
 * @notify_sock:	key of the socket that is told, or 0
 * @cookie:		and what
 * @name:		or that which it had
 */
struct orthros_mqueue_rec {
	__u32	version;
	__u32	linked;
	__u64	ns;
	__u32	owner;
	__u32	mode;
	__u32	uid;
	__u32	gid;
	__u64	ino;
	__s64	atime, mtime, ctime;
	__u32	atime_ns, mtime_ns, ctime_ns;
	__s64	maxmsg;
	__s64	msgsize;
	__u32	nr;
	__u32	notified;
	__u32	notify;
	__u32	notify_signo;
	__s32	notify_pid;
	__u32	notify_exec_id;
	__u64	notify_value;
	__u64	notify_sock;
	__u8	cookie[ORTHROS_MQUEUE_COOKIE];
	char	name[ORTHROS_MQUEUE_NAME];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_MQUEUE_H */
