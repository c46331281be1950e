/* SPDX-License-Identifier: GPL-2.0 */
/* Records of seccomp's filters. A change of layout bumps the version. */
#ifndef _LINUX_ORTHROS_ABI_SECCOMP_H
#define _LINUX_ORTHROS_ABI_SECCOMP_H

#include <linux/types.h>

#define ORTHROS_SECCOMP_VERSION		1

/* As the kernel limits it, too: instructions of a chain, with 4 more for each filter. */
#define ORTHROS_SECCOMP_INSNS		32768

/**
 * struct orthros_seccomp_rec - a filter
 * @version:		%ORTHROS_SECCOMP_VERSION
 * @depth:		how many filters there are from the first one to this
 * @total:		their instructions, with 4 more for each
 * @len:		instructions
 * @log:		SECCOMP_FILTER_FLAG_LOG
 * @wait_killable:	SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
 * @notif:		it has a listener
 * @listened:		whose descriptor was found
 * @notif_flags:	of that, SECCOMP_USER_NOTIF_FD_*
 * @next_id:		of its next notification
 * @prev:		key of the filter that it was added to, 0 for none
 * @insns:		struct sock_filter
 */
struct orthros_seccomp_rec {
	__u32	version;
	__u32	depth;
	__u32	total;
	__u32	len;
	__u8	log;
	__u8	wait_killable;
	__u8	notif;
	__u8	listened;
	__u32	notif_flags;
	__u64	next_id;
	__u64	prev;
	__u64	insns[];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_SECCOMP_H */
