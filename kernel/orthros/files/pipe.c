// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pipes and fifos. Every open of one shares a PIPE object; its unread data go
 * into the new pipe before any reader runs.
 *
 * A keeper - both ends of the new pipe, open for the builder alone - lives
 * until every file has been built, so that no open waits for its partner and
 * no write meets a pipe without readers.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pipe_fs_i.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/workqueue.h>
#include <uapi/linux/magic.h>
#include "files_internal.h"

static const struct orthros_type pipe_type = { .name = "pipe" };

#define PIPE_SLOTS_MAX	(SZ_256M / PAGE_SIZE)	/* far above any fs.pipe-max-size in use */

/* What obj->dst of a PIPE object is: [0] reads, [1] writes, possibly one file. */
struct pipe_keeper {
	struct file *end[2];
};

static int read_bufs(struct orthros_image *img, struct orthros_obj *obj,
		     const struct orthros_pipe_view *v)
{
	struct orthros_pipe_rec *rec = obj->rec;
	struct orthros_pipe_buf_view buf;
	u32 i, nr = v->head - v->tail;
	int err;

	rec = orthros_obj_grow(obj, struct_size(rec, bufs, nr));
	if (!rec)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		u32 slot = (v->tail + i) & (v->ring_size - 1);
		unsigned long pfn;

		err = orthros_read_rec(&img->src->mem, &orthros_table_pipe_buf,
				       v->bufs + (u64)slot * v->buf_size, &buf);
		if (err)
			return err;
		if (!buf.len)
			continue;
		pfn = orthros_src_page_pfn(img->src, buf.page);
		if (pfn == ~0UL || buf.len > SZ_2M || buf.offset > SZ_2M)
			return orthros_bad(-EINVAL, "pipe %#llx: buffer %u: page %#llx, %u+%u",
					   obj->src, slot, buf.page, buf.offset, buf.len);
		rec->bufs[rec->nr_bufs].phys = PFN_PHYS(pfn) + buf.offset;
		rec->bufs[rec->nr_bufs].len = buf.len;
		if (buf.flags & buf.flag_packet)
			rec->bufs[rec->nr_bufs].flags = ORTHROS_PIPE_BUF_PACKET;
		rec->nr_bufs++;
	}
	return 0;
}

static int pipe_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			  const struct orthros_file_view *view,
			  const struct orthros_finode_view *inode)
{
	struct orthros_image *img = who->img;
	unsigned int before = img->refused;
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_pipe_rec *pipe;
	struct orthros_pipe_view v;
	struct orthros_obj *p;
	bool isnew;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_pipe, view->private_data, &v);
	if (err)
		return err;
	if (v.watch_queue)
		return orthros_refused(who, "notification pipe");
	if (!v.ring_size || v.ring_size & (v.ring_size - 1) || v.ring_size > PIPE_SLOTS_MAX ||
	    v.head - v.tail > v.ring_size)
		return img->frozen ? orthros_bad(-EINVAL, "pipe %#llx: %u..%u of %u slots",
						 view->private_data, v.tail, v.head, v.ring_size)
				   : -EAGAIN;

	if (inode->magic != PIPEFS_MAGIC) {
		err = orthros_read_path(who, view->mnt, view->dentry);
		if (err < 0)
			return err;
		if (err || img->refused != before)
			return ORTHROS_REFUSED;
		if ((u32)view->pipe_seen == v.w_counter)
			rec->quirks |= ORTHROS_FILE_NO_WRITER;
	}

	p = orthros_obj_get(img, &pipe_type, view->private_data, who->pid,
			    sizeof(*pipe), &isnew);
	if (IS_ERR(p))
		return PTR_ERR(p);
	rec->object = view->private_data;
	if (!isnew)
		return 0;

	pipe = p->rec;
	pipe->version = ORTHROS_PIPE_VERSION;
	pipe->slots = v.ring_size;
	pipe->mode = inode->mode;
	pipe->uid = inode->uid;
	pipe->gid = inode->gid;
	if (inode->magic != PIPEFS_MAGIC) {
		pipe->vfsmount = view->mnt;
		pipe->dentry = view->dentry;
	}
	/* A running source drains it as we look. */
	return img->frozen ? read_bufs(img, p, &v) : 0;
}

/*
 * splice() puts what a socket has into the pipe as it is, up to 32 KiB in one slot.
 * Written page by page it would take more slots than there are.
 */
static ssize_t add_large(struct file *file, const void *data,
			 const struct orthros_pipe_buf_rec *rec)
{
	struct pipe_inode_info *pipe = file->private_data;
	struct pipe_buffer buf = {
		.len	= rec->len,
		.ops	= &nosteal_pipe_buf_ops,
		.flags	= rec->flags & ORTHROS_PIPE_BUF_PACKET ? PIPE_BUF_FLAG_PACKET : 0,
	};
	ssize_t ret;

	buf.page = alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_COMP, get_order(rec->len));
	if (!buf.page)
		return -ENOMEM;
	memcpy(page_address(buf.page), data, rec->len);
	pipe_lock(pipe);
	/* Without a slot it has let go of the page. */
	ret = add_to_pipe(pipe, &buf);
	pipe_unlock(pipe);
	return ret;
}

static int write_bufs(struct orthros_image *img, const struct orthros_pipe_rec *pipe,
		      struct file *file)
{
	unsigned int flags = file->f_flags;
	u32 i;

	for (i = 0; i < pipe->nr_bufs; i++) {
		const struct orthros_pipe_buf_rec *buf = &pipe->bufs[i];
		const void *data = orthros_src_map(img->src, buf->phys, buf->len);
		ssize_t done;
		loff_t pos = 0;

		if (!data)
			return orthros_bad(-EFAULT, "pipe data at %#llx+%u", buf->phys, buf->len);
		/* Whether a write is a packet is a matter of the file it comes from. */
		file->f_flags = flags | O_NONBLOCK;
		if (buf->flags & ORTHROS_PIPE_BUF_PACKET)
			file->f_flags |= O_DIRECT;
		done = buf->len > PAGE_SIZE ? add_large(file, data, buf) :
					      kernel_write(file, data, buf->len, &pos);
		file->f_flags = flags;
		if (done < 0)
			return done;
		if (done != buf->len)
			return -ENOSPC;
	}
	return 0;
}

static struct pipe_keeper *build_keeper(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_pipe_rec *pipe = obj->rec;
	struct pipe_keeper *keeper;
	int err;

	if (obj->dst)
		return obj->dst;
	keeper = kzalloc(sizeof(*keeper), GFP_KERNEL);
	if (!keeper)
		return ERR_PTR(-ENOMEM);

	if (pipe->dentry) {
		struct orthros_file_rec rec = {
			.flags = O_RDWR,
			.vfsmount = pipe->vfsmount,
			.dentry = pipe->dentry,
		};
		struct file *file = orthros_open_path(img, &rec, 0);

		if (IS_ERR(file)) {
			err = PTR_ERR(file);
			goto err_free;
		}
		keeper->end[0] = file;
		keeper->end[1] = get_file(file);
	} else {
		int fd[2];

		err = do_pipe_flags(fd, 0);
		if (err)
			goto err_free;
		keeper->end[0] = orthros_take_fd(fd[0]);
		keeper->end[1] = orthros_take_fd(fd[1]);
		orthros_set_inode_owner(file_inode(keeper->end[0]), pipe->mode, pipe->uid,
					pipe->gid);
	}

	err = pipe_fcntl(keeper->end[1], F_SETPIPE_SZ, pipe->slots * PAGE_SIZE);
	if (err >= 0)
		err = write_bufs(img, pipe, keeper->end[1]);
	if (err < 0)
		goto err_put;
	orthros_obj_built(obj, keeper);
	return keeper;

err_put:
	fput(keeper->end[0]);
	fput(keeper->end[1]);
err_free:
	kfree(keeper);
	return ERR_PTR(err);
}

static struct file *pipe_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	struct pipe_keeper *keeper;
	struct orthros_obj *p;
	struct file *file;

	p = orthros_obj_find(img, &pipe_type, rec->object);
	if (!p)
		return ERR_PTR(-ENOENT);
	keeper = build_keeper(img, p);
	if (IS_ERR(keeper))
		return ERR_CAST(keeper);

	/* As through /proc/PID/fd: fits every mode, and a pipe opened again, too. */
	file = dentry_open(&keeper->end[0]->f_path,
			   rec->flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_DIRECT | FASYNC),
			   current_cred());
	if (IS_ERR(file))
		return file;
	spin_lock(&file->f_lock);
	file->f_flags = rec->flags & ~(O_CREAT | O_EXCL | O_TRUNC | FASYNC);
	file->f_iocb_flags = iocb_flags(file);
	spin_unlock(&file->f_lock);
	/* Whether a pipe can do RWF_NOWAIT is known to its own constructor only. */
	file->f_mode |= keeper->end[0]->f_mode & FMODE_NOWAIT;
	if (rec->quirks & ORTHROS_FILE_NO_WRITER)
		orthros_file_pipe_seen(file) =
			((struct pipe_inode_info *)file->private_data)->w_counter;
	return file;
}

struct release_work {
	struct work_struct work;
	struct orthros_image *img;
};

static void release_pipes(struct work_struct *work)
{
	struct orthros_image *img = container_of(work, struct release_work, work)->img;
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &pipe_type) {
		struct pipe_keeper *keeper = obj->dst;

		if (!keeper)
			continue;
		__fput_sync(keeper->end[0]);
		__fput_sync(keeper->end[1]);
		kfree(keeper);
		obj->dst = NULL;
	}
}

/*
 * Lets go of the keepers, when every file has been built.
 *
 * On return the pipes have the readers and writers that they had: a plain
 * fput() would leave that to the caller's way back to user mode, and others
 * would be there before it. Only a kernel thread may do better.
 */
static int tie_pipes(struct orthros_image *img)
{
	struct release_work release = { .img = img };

	INIT_WORK_ONSTACK(&release.work, release_pipes);
	queue_work(system_unbound_wq, &release.work);
	flush_work(&release.work);
	destroy_work_on_stack(&release.work);
	return 0;
}

static const struct orthros_file_ops pipe_ops = {
	.name	= "pipe",
	.read	= pipe_read_file,
	.build	= pipe_build,
};

static const struct orthros_mark pipe_marks[] = {
	{ ORTHROS_MARK_FILE, "pipefifo_fops", "pipe", &pipe_ops },
	{}
};

const struct orthros_kind orthros_pipe_kind = {
	.name	= "pipe",
	.tables	= ORTHROS_TABLES(&orthros_table_pipe, &orthros_table_pipe_buf),
	.marks	= pipe_marks,
	.tie	= tie_pipes,
};
