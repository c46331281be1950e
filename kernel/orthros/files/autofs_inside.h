/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_FILES_AUTOFS_INSIDE_H
#define _ORTHROS_FILES_AUTOFS_INSIDE_H

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <linux/types.h>
#include <linux/orthros/abi/fs.h>

struct file;
struct super_block;

extern const struct orthros_autofs_desc orthros_autofs_desc;

#if IS_BUILTIN(CONFIG_AUTOFS_FS)
int orthros_autofs_give(struct super_block *sb, const struct orthros_autofs_rec *rec,
			struct file *pipe, unsigned long idle, unsigned long timeout);
void orthros_autofs_give_group(struct super_block *sb, pid_t pgrp);
#else
static inline int orthros_autofs_give(struct super_block *sb, const struct orthros_autofs_rec *rec,
				      struct file *pipe, unsigned long idle,
				      unsigned long timeout)
{
	return -EOPNOTSUPP;
}

static inline void orthros_autofs_give_group(struct super_block *sb, pid_t pgrp)
{
}
#endif

#endif /* _ORTHROS_FILES_AUTOFS_INSIDE_H */
