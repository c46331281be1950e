/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Record of a key or keyring.
 */
#ifndef _LINUX_ORTHROS_ABI_KEY_H
#define _LINUX_ORTHROS_ABI_KEY_H

#include <linux/types.h>

#define ORTHROS_KEY_VERSION	1

/* orthros_key_rec.type */
enum orthros_key_type {
	ORTHROS_KEY_NONE = 0,	/* refused */
	ORTHROS_KEY_KEYRING,
	ORTHROS_KEY_USER,
	ORTHROS_KEY_LOGON,
};

/* orthros_key_rec.flags */
#define ORTHROS_KEY_REVOKED	0x01
#define ORTHROS_KEY_IN_QUOTA	0x02
#define ORTHROS_KEY_ROOT_CLEARS	0x04
#define ORTHROS_KEY_ROOT_INVALS	0x08
#define ORTHROS_KEY_KEEP	0x10
#define ORTHROS_KEY_UID_RING	0x20
#define ORTHROS_KEY_REGISTER	0x40	/* of the users' keyrings */
#define ORTHROS_KEY_CLOSED	0x100	/* nothing is linked to it any more */
#define ORTHROS_KEY_GONE	0x80	/* waits to be collected: not carried */

/**
 * struct orthros_key_rec - a key
 * @version:	%ORTHROS_KEY_VERSION
 * @type:	&enum orthros_key_type
 * @serial:	its number
 * @uid:	owner
 * @gid:	and group
 * @perm:	KEY_POS_*, KEY_USR_*, ...
 * @flags:	ORTHROS_KEY_*
 * @desc_len:	bytes of the description, which follows with its NUL, padded
 *		to a multiple of 8 bytes
 * @expiry:	seconds of CLOCK_REALTIME, 0: never
 * @nr:		KEY objects (u64) linked to, or bytes of the payload, behind it
 * @comm:	through whom it was found
 */
struct orthros_key_rec {
	__u32	version;
	__u32	type;
	__s32	serial;
	__u32	uid;
	__u32	gid;
	__u32	perm;
	__u32	flags;
	__u32	desc_len;
	__s64	expiry;
	__u64	nr;
	char	comm[16];
} __packed;

#endif /* _LINUX_ORTHROS_ABI_KEY_H */
