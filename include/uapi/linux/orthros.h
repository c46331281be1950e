/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/orthros: load and unload the second kernel. Everything else is in
 * /sys/kernel/orthros/.
 */
#ifndef _UAPI_LINUX_ORTHROS_H
#define _UAPI_LINUX_ORTHROS_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct orthros_ioc_load - argument of ORTHROS_IOC_LOAD
 * @size:	sizeof(struct orthros_ioc_load); a larger structure with zeros
 *		behind what the kernel knows is accepted
 * @flags:	%ORTHROS_LOAD_NOWAIT or 0
 * @kernel_fd:	a vmlinux
 * @initrd_fd:	an initrd, or -1
 * @cmdline:	user address of the command line, not NUL-terminated, or 0
 * @cmdline_len: its length in bytes
 * @rearm_len:	bytes of @rearm, 0 for none
 * @rearm:	user address of what the kernel that is loaded starts when it has taken
 *		over: program and arguments, each ended by a NUL
 * @rearm_max:	with @rearm: so many takeovers after failures
 * @rearm_seconds: in so many seconds, and it is not started any more
 *
 * The call returns when the second kernel is ready: 0, or -1 and EPERM,
 * ENODEV (no partition), EBUSY (one is loaded, or memory of the slot cannot be
 * freed), ENOEXEC (not a kernel that can
 * be loaded), EPROTO (it refused: see last_error in sysfs), EIO (it died),
 * ETIMEDOUT.
 */
struct orthros_ioc_load {
	__u32	size;
	__u32	flags;
	__s32	kernel_fd;
	__s32	initrd_fd;
	__u64	cmdline;
	__u32	cmdline_len;
	__u32	rearm_len;
	__u64	rearm;
	__u32	rearm_max;
	__u32	rearm_seconds;
};

/*
 * A kernel that has just taken over still claims memory from the old one: fail
 * with EBUSY instead of waiting for it.
 */
#define ORTHROS_LOAD_NOWAIT	0x01

#define ORTHROS_IOC_MAGIC	0xBB
#define ORTHROS_IOC_LOAD	_IOW(ORTHROS_IOC_MAGIC, 0x40, struct orthros_ioc_load)
#define ORTHROS_IOC_UNLOAD	_IO(ORTHROS_IOC_MAGIC, 0x41)

#endif /* _UAPI_LINUX_ORTHROS_H */
