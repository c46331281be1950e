/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of seccomp's filters sees of a source kernel, see seccomp_tables.c.
 */
#ifndef _ORTHROS_TABLES_SECCOMP_H
#define _ORTHROS_TABLES_SECCOMP_H

#include "../core/table.h"

/**
 * struct orthros_seccomp_view - a struct seccomp_filter
 * @prev:		the one that it was added to, or 0
 * @notif:		struct notification, 0 if there is no listener
 * @insns:		address of the instructions as they were given, 0 if they were not kept
 * @next_id:		of the listener's next notification
 * @notif_flags:	SECCOMP_USER_NOTIF_FD_*
 * @len:		instructions
 * @log:		SECCOMP_FILTER_FLAG_LOG
 * @wait_killable:	SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
 */
struct orthros_seccomp_view {
	u64 prev;
	u64 notif;
	u64 insns;
	u64 next_id;
	u32 notif_flags;
	u32 len;
	u8 log;
	u8 wait_killable;
};

extern struct orthros_table orthros_table_seccomp;

#endif /* _ORTHROS_TABLES_SECCOMP_H */
