/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the macros of exports.def are defined, also headers beside .c files by
 * their path from the top of the tree. One that only some kernels have goes
 * between #if __has_include() and #endif.
 */
#ifndef _ORTHROS_EXPORT_HEADERS_H
#define _ORTHROS_EXPORT_HEADERS_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fsnotify_backend.h>
#include <linux/kdev_t.h>
#include <linux/key.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/net.h>
#include <linux/page-flags.h>
#include <linux/pgtable.h>
#include <linux/pipe_fs_i.h>
#include <linux/sched.h>
#include <linux/sched/coredump.h>
#include <linux/sched/jobctl.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/thread_info.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <asm/segment.h>

#include <kernel/futex/futex.h>
#include "compat.h"

#endif /* _ORTHROS_EXPORT_HEADERS_H */
