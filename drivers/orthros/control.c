// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: Control interface
 *
 * /dev/orthros takes file descriptors: it loads and unloads the second
 * kernel. What is text is in /sys/kernel/orthros/ (sysfs.c). Both ask for
 * CAP_SYS_BOOT in the initial user namespace, and for a kernel that is not
 * locked down against kexec: who loads a kernel owns the machine. Where kexec
 * may load none (kernel.kexec_load_disabled), nor may this.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/orthros/abi/rearm.h>
#include <linux/orthros/platform.h>
#include <linux/orthros/rearm.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/setup.h>
#include <uapi/linux/orthros.h>
#include "control.h"

static int ioc_load(void __user *uarg)
{
	struct orthros_ioc_load arg;
	struct file *kernel, *initrd = NULL;
	char *cmdline = NULL, *rearm = NULL;
	u32 size;
	int ret;

	if (get_user(size, (u32 __user *)uarg))
		return -EFAULT;
	if (size < sizeof(arg) || size > PAGE_SIZE)
		return -EINVAL;
	ret = copy_struct_from_user(&arg, sizeof(arg), uarg, size);
	if (ret)
		return ret;
	if (arg.flags & ~ORTHROS_LOAD_NOWAIT || arg.cmdline_len >= COMMAND_LINE_SIZE ||
	    arg.rearm_len > ORTHROS_REARM_LEN)
		return -EINVAL;

	if (arg.rearm_len) {
		rearm = memdup_user(u64_to_user_ptr(arg.rearm), arg.rearm_len);
		if (IS_ERR(rearm))
			return PTR_ERR(rearm);
	}
	ret = orthros_rearm_check(rearm, arg.rearm_len, arg.rearm_max, arg.rearm_seconds);
	if (ret)
		goto out_rearm;
	kernel = fget(arg.kernel_fd);
	if (!kernel) {
		ret = -EBADF;
		goto out_rearm;
	}
	if (arg.initrd_fd >= 0) {
		initrd = fget(arg.initrd_fd);
		if (!initrd) {
			ret = -EBADF;
			goto out_kernel;
		}
	}
	if (arg.cmdline_len) {
		cmdline = memdup_user_nul(u64_to_user_ptr(arg.cmdline),
					  arg.cmdline_len);
		if (IS_ERR(cmdline)) {
			ret = PTR_ERR(cmdline);
			goto out_initrd;
		}
	}
	ret = orthros_load(kernel, initrd, cmdline, arg.flags & ORTHROS_LOAD_NOWAIT);
	kfree(cmdline);
	if (!ret)
		orthros_rearm_set(rearm, arg.rearm_len, arg.rearm_max, arg.rearm_seconds);
out_initrd:
	if (initrd)
		fput(initrd);
out_kernel:
	fput(kernel);
out_rearm:
	kfree(rearm);
	return ret;
}

static long control_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int ret = orthros_may_control();

	if (ret)
		return ret;
	switch (cmd) {
	case ORTHROS_IOC_LOAD:
		return ioc_load((void __user *)arg);
	case ORTHROS_IOC_UNLOAD:
		return orthros_unload();
	default:
		return -ENOTTY;
	}
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = control_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.open = nonseekable_open,
	.llseek = noop_llseek,
};

static struct miscdevice control_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "orthros",
	.fops = &control_fops,
	.mode = 0600,
};

static int __init control_init(void)
{
	int ret;

	ret = misc_register(&control_dev);
	if (ret)
		return ret;
	ret = orthros_sysfs_init();
	if (ret)
		misc_deregister(&control_dev);
	return ret;
}
module_init(control_init);

static void __exit control_exit(void)
{
	orthros_sysfs_exit();
	misc_deregister(&control_dev);
}
module_exit(control_exit);

MODULE_DESCRIPTION("Control interface of Orthros");
MODULE_LICENSE("GPL");
