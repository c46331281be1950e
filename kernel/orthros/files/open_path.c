// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are opened by their path.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/path.h>
#include "files_internal.h"

/*
 * As alloc_file_pseudo() would have made it: it does not count as one who writes,
 * so that the file can be executed, and may be just now.
 */
static void make_writable(struct file *file)
{
	i_readcount_dec(file_inode(file));
	file->f_mode |= FMODE_WRITE;
	if (file->f_op->write || file->f_op->write_iter)
		file->f_mode |= FMODE_CAN_WRITE;
}

/**
 * orthros_open_path() - open a file by path as it was open in the source
 * @img:	image; its file trees are built
 * @rec:	the file
 * @add_flags:	flags for the opening only, as O_NONBLOCK where it must not wait
 *
 * Nothing is created or truncated: those flags did their work long ago.
 * Process context, with the capabilities to open anything.
 *
 * Return: the file or ERR_PTR.
 */
struct file *orthros_open_path(struct orthros_image *img, const struct orthros_file_rec *rec,
			       unsigned int add_flags)
{
	unsigned int flags = rec->flags & ~(O_CREAT | O_EXCL | O_TRUNC | FASYNC);
	unsigned int access = flags & O_ACCMODE;
	struct path path;
	struct file *file;
	int err;

	if (rec->quirks & ORTHROS_FILE_BLK_EXCL)
		add_flags |= O_EXCL;
	if (rec->quirks & ORTHROS_FILE_LETS_EXEC)
		flags &= ~O_ACCMODE;
	err = orthros_dst_path(img, rec->vfsmount, rec->dentry, &path);
	if (err)
		return ERR_PTR(err);

	file = dentry_open(&path, flags | add_flags, current_cred());
	/* Not every kernel can do O_DIRECT on tmpfs, where it means nothing anyway. */
	if (file == ERR_PTR(-EINVAL) && flags & O_DIRECT) {
		flags &= ~O_DIRECT;
		file = dentry_open(&path, flags | add_flags, current_cred());
	}
	path_put(&path);
	if (IS_ERR(file))
		return file;
	if (rec->quirks & ORTHROS_FILE_LETS_EXEC)
		make_writable(file);

	spin_lock(&file->f_lock);
	file->f_flags = (flags | access) & ~O_NOCTTY;
	if (!(flags & O_PATH))
		file->f_iocb_flags = iocb_flags(file);
	spin_unlock(&file->f_lock);
	return file;
}
