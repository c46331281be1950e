/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for ipc/: code is written for the newest
 * kernel; what an older one calls otherwise is mapped here.
 */
#ifndef _ORTHROS_IPC_COMPAT_H
#define _ORTHROS_IPC_COMPAT_H

#include <linux/fs.h>
#include <linux/version.h>

/* Linux kernel commit 077c212f0344 ("fs: new accessor methods for atime and mtime") (in v6.7) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define orthros_set_time(inode, what, ts)	((inode)->i_##what = (ts))
#else
#define orthros_set_time(inode, what, ts)	inode_set_##what##_to_ts(inode, ts)
#endif

#endif /* _ORTHROS_IPC_COMPAT_H */
