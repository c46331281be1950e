/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for cgroup/: code is written for the newest
 * kernel; what an older one lacks or calls otherwise is mapped here.
 */
#ifndef _ORTHROS_CGROUP_COMPAT_H
#define _ORTHROS_CGROUP_COMPAT_H

#include <linux/cgroup.h>
#include <linux/version.h>

/* Linux kernel commit abf08576afe3 ("fs: port vfs_*() helpers to struct mnt_idmap") (in v6.3) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define nop_mnt_idmap	init_user_ns
#endif

/* It is told which group since v6.10, "cgroup/rstat: add cgroup_rstat_lock helpers". */
static inline void orthros_rstat_release(struct cgroup *cgrp)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	cgroup_rstat_flush_release();
#else
	cgroup_rstat_flush_release(cgrp);
#endif
}

#endif /* _ORTHROS_CGROUP_COMPAT_H */
