// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the readers of file systems have in common: constants of the source,
 * dentries and their paths.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "fs_internal.h"

const struct orthros_type orthros_sb_type = { .name = "super block", .cost = SZ_64K };
const struct orthros_type orthros_mount_type = { .name = "mount", .cost = 512 };
const struct orthros_type orthros_dentry_type = { .name = "dentry", .cost = 256 };
const struct orthros_type orthros_inode_type = { .name = "inode", .cost = SZ_2K };
/* Key: the first one's struct page */
const struct orthros_type orthros_pages_type = { .name = "pages of a file" };
/* Key: where it is or hangs */
const struct orthros_type orthros_xattr_type = { .name = "extended attribute" };
const struct orthros_type orthros_dinode_type = { .name = "inode on a disk", .cost = SZ_2K };
const struct orthros_type orthros_fs_struct_type = { .name = "working directory", .cost = 128 };

/* One source per boot, so one layout; read when it is first needed. */
static struct orthros_fs_layout_view layout;

/**
 * orthros_fs_layout() - constants of the source
 * @img:	image
 *
 * Return: the constants, or NULL if they cannot be had.
 */
const struct orthros_fs_layout_view *orthros_fs_layout(struct orthros_image *img)
{
	if (!layout.shmem_ops &&
	    orthros_read_rec(&img->src->mem, &orthros_table_fs_layout, 0, &layout)) {
		memset(&layout, 0, sizeof(layout));
		return NULL;
	}
	return &layout;
}

/**
 * orthros_read_dentry_view() - read a dentry
 * @img:	image
 * @addr:	its address
 * @v:		what it says
 *
 * Return: 0 or -EFAULT.
 */
int orthros_read_dentry_view(struct orthros_image *img, u64 addr, struct orthros_dentry_view *v)
{
	return orthros_read_rec(&img->src->mem, &orthros_table_fs_dentry, addr, v);
}

/**
 * orthros_read_dentry_path() - path of a dentry in its file system
 * @img:	image
 * @dentry:	its address
 * @top:	where to stop, or 0 for the root of the file system
 * @buf:	the path, from the root, "/" for the root itself
 * @size:	bytes in @buf
 *
 * Return: bytes of the path, or -EFAULT, -ELOOP, -ENAMETOOLONG.
 */
ssize_t orthros_read_dentry_path(struct orthros_image *img, u64 dentry, u64 top, char *buf,
				 size_t size)
{
	struct orthros_dentry_view v;
	size_t pos = size - 1;
	int depth, err;

	buf[pos] = '\0';
	for (depth = 0; ; depth++) {
		err = orthros_read_dentry_view(img, dentry, &v);
		if (err)
			return err;
		if (dentry == top || v.parent == dentry)
			break;
		if (depth == ORTHROS_FS_MAX_DEPTH)
			return orthros_bad(-ELOOP, "dentry %#llx: too deep", dentry);
		if (!v.name_len || v.name_len > NAME_MAX)
			return orthros_bad(-EUCLEAN, "dentry %#llx: name of %llu bytes", dentry,
					   v.name_len);
		if (v.name_len + 1 > pos)
			return -ENAMETOOLONG;
		pos -= v.name_len;
		err = orthros_src_read(img->src, v.name, buf + pos, v.name_len);
		if (err)
			return err;
		buf[--pos] = '/';
		dentry = v.parent;
	}
	if (pos == size - 1)
		buf[--pos] = '/';
	memmove(buf, buf + pos, size - pos);
	return size - pos - 1;
}

/**
 * orthros_refuse_file() - note that a file cannot be carried
 * @f:		how it was found
 * @why:	what stands against it
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_refuse_file(const struct orthros_fs_finder *f, const char *why)
{
	const struct orthros_sb_rec *sb = f->sb->rec;
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);

	if (!buf)
		return -ENOMEM;
	if (orthros_read_dentry_path(f->who.img, f->dentry, 0, buf, PATH_MAX) < 0)
		strscpy(buf, "?", PATH_MAX);
	orthros_refuse(&f->who, "%s %s: %s", sb->type, buf, why);
	kfree(buf);
	return 0;
}
