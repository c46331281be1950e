/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_FS_BINFMT_INSIDE_H
#define _ORTHROS_FS_BINFMT_INSIDE_H

#include <linux/errno.h>
#include <linux/kconfig.h>
#include <linux/orthros/abi/fs.h>

struct file;
struct super_block;

extern const struct orthros_binfmt_desc orthros_binfmt_desc;

#if IS_BUILTIN(CONFIG_BINFMT_MISC)
int orthros_binfmt_add(struct super_block *sb, const struct orthros_binfmt_rec *rec,
		       struct file *file);
void orthros_binfmt_disable(void);
#else
static inline int orthros_binfmt_add(struct super_block *sb, const struct orthros_binfmt_rec *rec,
				     struct file *file)
{
	return -EOPNOTSUPP;
}

static inline void orthros_binfmt_disable(void)
{
}
#endif

#endif /* _ORTHROS_FS_BINFMT_INSIDE_H */
