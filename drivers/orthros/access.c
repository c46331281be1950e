// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may change the machine's kernel.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/security.h>
#include "control.h"

/**
 * orthros_may_control - may the caller change the machine's kernel?
 *
 * Return: 0 or -EPERM.
 */
int orthros_may_control(void)
{
	if (!capable(CAP_SYS_BOOT))
		return -EPERM;
	return security_locked_down(LOCKDOWN_KEXEC);
}
