// SPDX-License-Identifier: GPL-2.0-only
/*
 * Terminals. They are devices, so nothing is opened before the commit: then
 * the drivers have their hardware, and the settings of the source are applied
 * without a signal to anyone.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/termios.h>
#include <linux/task_work.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/tty_flip.h>
#include <linux/tty_ldisc.h>
#include "files_internal.h"

/* A typed end of file, whatever the key for it may be now. */
#define FED_EOF	4

/* For a full buffer, 4 KiB, at 9600 baud. */
#define DRAIN_TIMEOUT	(5 * HZ)

/* ---- reading ----------------------------------------------------------- */

/* An end of file that was typed is a NUL that ends a line. */
static int read_eofs(struct orthros_image *img, struct orthros_tty_rec *rec,
		     const struct orthros_n_tty_view *v)
{
	u8 *flags;
	u32 i, at;
	int err;

	if (v->flags_size < v->buf_size / 8)
		return orthros_bad(-EUCLEAN, "%s: flags of %u bytes", rec->name, v->flags_size);
	flags = kmalloc(v->buf_size / 8, GFP_KERNEL);
	if (!flags)
		return -ENOMEM;
	err = orthros_src_read(img->src, v->read_flags, flags, v->buf_size / 8);
	for (i = 0; !err && i < rec->nr_input; i++) {
		at = (v->read_tail + i) & (v->buf_size - 1);
		if (!rec->input[i] && flags[at / 8] & BIT(at % 8))
			rec->eof[i / 8] |= BIT(i % 8);
	}
	kfree(flags);
	return err;
}

/* The line discipline's ring of what was typed and not yet read. */
static int read_input(struct orthros_image *img, struct orthros_tty_rec *rec, u64 disc_data)
{
	struct orthros_n_tty_view v;
	u32 len, from, n;
	int err;

	if (!disc_data || !img->frozen)
		return 0;
	err = orthros_read_rec(&img->src->mem, &orthros_table_n_tty, disc_data, &v);
	if (err)
		return err;
	if (v.buf_size < 8 || v.buf_size > sizeof(rec->input) || !is_power_of_2(v.buf_size) ||
	    v.read_head - v.read_tail > v.buf_size)
		return orthros_bad(-EINVAL, "%s: input %llu..%llu of %u", rec->name, v.read_tail,
				   v.read_head, v.buf_size);
	len = v.read_head - v.read_tail;
	from = v.read_tail & (v.buf_size - 1);
	n = min(len, v.buf_size - from);
	err = orthros_src_read(img->src, v.read_buf + from, rec->input, n);
	if (!err)
		err = orthros_src_read(img->src, v.read_buf, rec->input + n, len - n);
	if (err)
		return err;
	rec->nr_input = len;
	return rec->lflag & ICANON ? read_eofs(img, rec, &v) : 0;
}

/* What has arrived since the line discipline last looked, or had room. */
static int read_raw(struct orthros_image *img, struct orthros_obj *obj, u64 addr)
{
	struct orthros_tty_rec *rec = obj->rec;
	struct orthros_tty_buf_view v;
	u32 len, nr = 0, buffers;
	int err;

	for (buffers = 0; addr && img->frozen; addr = v.next) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_tty_buf, addr, &v);
		if (err)
			return err;
		/* Without flags for each, bytes take their place, too. */
		if (v.size > ORTHROS_TTY_RAW_MAX || v.read > v.used || v.used > 2 * v.size ||
		    v.used - v.read > ORTHROS_TTY_RAW_MAX - nr || ++buffers > ORTHROS_TTY_RAW_MAX)
			return orthros_bad(-EUCLEAN, "%s: buffer of %u bytes, %u to %u",
					   rec->name, v.size, v.read, v.used);
		len = v.used - v.read;
		if (!len)
			continue;
		rec = orthros_obj_grow(obj, struct_size(rec, raw, nr + len));
		if (!rec)
			return -ENOMEM;
		err = orthros_src_read(img->src, v.data + v.read, rec->raw + nr, len);
		if (err)
			return err;
		nr += len;
		rec->nr_raw = nr;
	}
	return 0;
}

static struct orthros_obj *get_tty(const struct orthros_finder *who, u64 tty);

/* The other end is read, too: it is made by opening the master. */
static int read_pty(const struct orthros_finder *who, struct orthros_obj *obj,
		    const struct orthros_tty_view *v)
{
	struct orthros_tty_rec *rec = obj->rec;
	struct orthros_pts_node_view node;
	struct orthros_obj *link;
	int err;

	rec->index = v->index;
	rec->link = v->link;
	rec->packet = v->packet;
	rec->pktstatus = v->pktstatus;
	rec->locked = !!(v->flags & BIT_ULL(v->flag_pty_lock & 63));
	rec->closed = !!(v->flags & BIT_ULL(v->flag_other_closed & 63));
	if (v->subtype == v->subtype_master) {
		rec->pty = ORTHROS_PTY_MASTER;
	} else {
		rec->pty = ORTHROS_PTY_SLAVE;
		err = orthros_read_rec(&who->img->src->mem, &orthros_table_pts_node,
				       v->driver_data, &node);
		if (err)
			return err;
		rec->mode = node.mode;
		rec->uid = node.uid;
		rec->gid = node.gid;
	}
	/* So that the other end, which leads back here, finds this one known. */
	rec->version = ORTHROS_TTY_VERSION;
	link = get_tty(who, v->link);
	if (!IS_ERR_OR_NULL(link))
		return 0;
	rec->version = 0;
	return link ? PTR_ERR(link) : ORTHROS_REFUSED;
}

/*
 * What a line does not send, as long as it is stopped, is lost with its driver. One that
 * has failed was just sending: the rest is sent by the next one.
 */
static int read_output(const struct orthros_finder *who, struct orthros_tty_rec *rec,
		       const struct orthros_tty_view *v)
{
	const u32 size = sizeof(rec->output);
	struct orthros_uart_view uart;
	u32 len, from, n;
	int err;

	if (v->ops != v->uart_ops || !v->driver_data)
		return 0;
	/* The freeze waits for those that send. */
	if (!who->img->frozen && !v->stopped && !v->hw_stopped)
		return 0;
	err = orthros_read_rec(&who->img->src->mem, &orthros_table_uart, v->driver_data, &uart);
	if (err || uart.head == uart.tail)
		return err;
	if (!who->img->crashed)
		return orthros_refused(who, "terminal %s: output that was not sent", v->name);
	/* Those of a fifo count on. */
	len = uart.head - uart.tail;
	if (len > size)
		len &= size - 1;
	from = uart.tail & (size - 1);
	n = min(len, size - from);
	err = orthros_src_read(who->img->src, uart.buf + from, rec->output, n);
	if (!err)
		err = orthros_src_read(who->img->src, uart.buf, rec->output + n, len - n);
	if (!err)
		rec->nr_output = len;
	return err;
}

static int read_tty(const struct orthros_finder *who, struct orthros_obj *obj)
{
	struct orthros_image *img = who->img;
	struct orthros_tty_rec *rec = obj->rec;
	struct orthros_tty_view *v;
	int err;

	BUILD_BUG_ON(sizeof(v->cc) != sizeof(rec->cc));
	v = kmalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	err = orthros_read_rec(&img->src->mem, &orthros_table_tty, obj->src, v);
	if (err)
		goto out;
	if (v->driver_type != v->type_serial && v->driver_type != v->type_pty) {
		err = orthros_refused(who, "terminal %s: no serial line", v->name);
		goto out;
	}
	if (v->flags & BIT_ULL(v->flag_hupped & 63)) {
		err = orthros_refused(who, "hung-up terminal %s", v->name);
		goto out;
	}
	if (v->ldisc_ops != v->n_tty_ops) {
		err = orthros_refused(who, "line discipline of %s", v->name);
		goto out;
	}

	err = read_output(who, rec, v);
	if (err)
		goto out;

	memcpy(rec->name, v->name, sizeof(rec->name));
	rec->rdev = new_encode_dev(MKDEV(v->major, v->minor_start + v->index));
	rec->stopped = v->stopped;
	rec->tco_stopped = v->tco_stopped;
	rec->exclusive = !!(v->flags & BIT_ULL(v->flag_exclusive & 63));
	rec->iflag = v->iflag;
	rec->oflag = v->oflag;
	rec->cflag = v->cflag;
	rec->lflag = v->lflag;
	rec->ispeed = v->ispeed;
	rec->ospeed = v->ospeed;
	rec->line = v->line;
	memcpy(rec->cc, v->cc, sizeof(rec->cc));
	rec->lock_iflag = v->lock_iflag;
	rec->lock_oflag = v->lock_oflag;
	rec->lock_cflag = v->lock_cflag;
	rec->lock_lflag = v->lock_lflag;
	rec->lock_line = v->lock_line;
	memcpy(rec->lock_cc, v->lock_cc, sizeof(rec->lock_cc));
	rec->row = v->ws_row;
	rec->col = v->ws_col;
	rec->xpixel = v->ws_xpixel;
	rec->ypixel = v->ws_ypixel;
	err = orthros_read_pidnr(img->src, v->session, &rec->session);
	if (!err)
		err = orthros_read_pidnr(img->src, v->pgrp, &rec->pgrp);
	if (!err)
		err = read_input(img, rec, v->disc_data);
	if (!err && v->driver_type == v->type_pty)
		err = read_pty(who, obj, v);
	if (!err)
		err = read_raw(img, obj, v->raw);
	rec = obj->rec;
	/* Set last: one that was refused is read, and refused, again. */
	if (!err)
		rec->version = ORTHROS_TTY_VERSION;
out:
	kfree(v);
	return err;
}

static struct orthros_obj *get_tty(const struct orthros_finder *who, u64 tty)
{
	struct orthros_tty_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(who->img, &orthros_tty_type, tty, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj))
		return obj;
	rec = obj->rec;
	if (rec->version == ORTHROS_TTY_VERSION)
		return obj;
	err = read_tty(who, obj);
	if (err < 0)
		return ERR_PTR(err);
	return err ? NULL : obj;
}

/**
 * orthros_read_tty() - read a terminal
 * @who:	process that has it
 * @tty:	tty_struct in the source: a controlling terminal
 *
 * Return: the TTY object, NULL if it was refused (and reported), or ERR_PTR.
 */
struct orthros_obj *orthros_read_tty(const struct orthros_finder *who, u64 tty)
{
	struct orthros_finder by = orthros_through(who, "controlling terminal");

	return get_tty(&by, tty);
}

static int tty_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			 const struct orthros_file_view *view,
			 const struct orthros_finode_view *inode)
{
	struct orthros_image *img = who->img;
	struct orthros_file_rec *frec = obj->rec;
	unsigned int before = img->refused;
	struct orthros_tty_file_view v;
	struct orthros_tty_rec *rec;
	struct orthros_obj *tty;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_tty_file, view->private_data, &v);
	if (err)
		return err;
	tty = get_tty(who, v.tty);
	if (IS_ERR_OR_NULL(tty))
		return tty ? PTR_ERR(tty) : ORTHROS_REFUSED;
	err = orthros_read_path(who, view->mnt, view->dentry);
	if (err < 0)
		return err;
	if (err || img->refused != before)
		return ORTHROS_REFUSED;

	frec->object = v.tty;
	rec = tty->rec;
	if (rec->pty == ORTHROS_PTY_MASTER && !orthros_src_is(img->src, view->f_op, "ptmx_fops"))
		return orthros_refused(who, "pty %s of the old kind", rec->name);
	if (inode->rdev == MKDEV(TTYAUX_MAJOR, 0))
		frec->quirks |= ORTHROS_FILE_CTTY;
	/* Its own node leads to it for sure; /dev/console only by configuration. */
	else if (!rec->file || frec->rdev == rec->rdev)
		rec->file = obj->src;
	return 0;
}

/* It is at its end for ever, and has nothing of the terminal any more. */
static int hung_up_read(const struct orthros_finder *who, struct orthros_obj *obj,
			const struct orthros_file_view *view,
			const struct orthros_finode_view *inode)
{
	struct orthros_file_rec *frec = obj->rec;
	unsigned int before = who->img->refused;
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_tty_file_view v;
	struct orthros_tty_view *tty;
	int err;

	tty = kmalloc(sizeof(*tty), GFP_KERNEL);
	if (!tty)
		return -ENOMEM;
	err = orthros_read_rec(mem, &orthros_table_tty_file, view->private_data, &v);
	if (!err)
		err = orthros_read_rec(mem, &orthros_table_hung_tty, v.tty, tty);
	if (!err && (tty->driver_type != tty->type_pty || tty->subtype == tty->subtype_master))
		err = orthros_refused(who, "hung-up terminal %s", tty->name);
	kfree(tty);
	if (err)
		return err;
	/* Its node has gone, but another can be made there. */
	err = orthros_read_path(who, view->mnt, view->mnt_root);
	if (err < 0)
		return err;
	frec->dentry = view->mnt_root;
	return err || who->img->refused != before ? ORTHROS_REFUSED : 0;
}

/* ---- building ---------------------------------------------------------- */

static struct tty_struct *tty_of(struct file *file)
{
	return ((struct tty_file_private *)file->private_data)->tty;
}

/* Masters are numbered in the order of their opening: hold those in between. */
static struct file *open_master(struct orthros_image *img, const struct orthros_file_rec *frec,
				const struct orthros_tty_rec *rec)
{
	struct file *file, **held;
	u32 nr = 0;

	held = kvcalloc(rec->index + 1, sizeof(*held), GFP_KERNEL);
	if (!held)
		return ERR_PTR(-ENOMEM);
	for (;;) {
		file = orthros_open_path(img, frec, O_NOCTTY);
		if (IS_ERR(file) || tty_of(file)->index == rec->index)
			break;
		held[nr++] = file;
		if (nr > rec->index || tty_of(file)->index > rec->index) {
			file = ERR_PTR(-EBUSY);
			break;
		}
	}
	while (nr)
		fput(held[--nr]);
	/* The numbers of those are free when they are closed. */
	task_work_run();
	kvfree(held);
	return file;
}

static struct file *tty_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *frec = obj->rec;
	struct orthros_obj *tty;
	struct file *file;

	tty = orthros_obj_find(img, &orthros_tty_type, frec->object);
	if (tty && ((struct orthros_tty_rec *)tty->rec)->pty == ORTHROS_PTY_MASTER)
		return open_master(img, frec, tty->rec);
	/* No new controlling terminal, no wait for a carrier. */
	file = orthros_open_path(img, frec, O_NOCTTY | O_NONBLOCK);
	if (IS_ERR(file))
		return file;
	if (tty && tty->dst && tty->dst != tty_of(file))
		pr_warn("%s is another terminal here: %s\n",
			((struct orthros_tty_rec *)tty->rec)->name, tty_of(file)->name);
	return file;
}

/* A pty whose master closes hangs up. */
static struct file *hung_up_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	unsigned int flags = rec->flags & ~(O_CREAT | O_EXCL | O_TRUNC | FASYNC);
	struct file *master, *file;
	struct path path;
	int err;

	err = orthros_dst_path(img, rec->vfsmount, rec->dentry, &path);
	if (err)
		return ERR_PTR(err);
	master = file_open_root(&path, "ptmx", O_RDWR | O_NOCTTY, 0);
	path_put(&path);
	if (IS_ERR(master))
		return master;
	clear_bit(TTY_PTY_LOCK, &tty_of(master)->flags);
	path.mnt = master->f_path.mnt;
	path.dentry = tty_of(master)->link->driver_data;
	file = dentry_open(&path, flags | O_NOCTTY, current_cred());
	fput(master);
	/* That is when it closes. */
	task_work_run();
	return file;
}

/* What set_termios() is for; typed again is what was edited and echoed once already. */
enum feeding { FEED_NOTHING, FEED_BYTES, FEED_EOF };

static void set_termios(struct tty_struct *tty, const struct orthros_tty_rec *rec,
			enum feeding feeding)
{
	struct ktermios t = {
		.c_iflag = rec->iflag,
		.c_oflag = rec->oflag,
		.c_cflag = rec->cflag,
		.c_lflag = rec->lflag,
		.c_line = rec->line,
		.c_ispeed = rec->ispeed,
		.c_ospeed = rec->ospeed,
	};

	BUILD_BUG_ON(sizeof(t.c_cc) != sizeof(rec->cc));
	memcpy(t.c_cc, rec->cc, sizeof(t.c_cc));
	if (feeding) {
		t.c_iflag = 0;
		t.c_lflag &= ICANON;
		t.c_cc[VERASE] = __DISABLED_CHAR;
		t.c_cc[VKILL] = __DISABLED_CHAR;
		t.c_cc[VEOF] = feeding == FEED_EOF ? FED_EOF : __DISABLED_CHAR;
	}
	/* The settings of a master are the driver's, and raw; it may not be asked to. */
	if (rec->pty != ORTHROS_PTY_MASTER)
		tty_set_termios(tty, &t);
}

static bool is_eof(const struct orthros_tty_rec *rec, u32 i)
{
	return rec->eof[i / 8] & BIT(i % 8);
}

static void feed_input(struct tty_struct *tty, const struct orthros_tty_rec *rec)
{
	u32 len = min_t(u32, rec->nr_input, sizeof(rec->input));
	const u8 eof = FED_EOF;
	struct tty_ldisc *ld;
	u32 i, n;

	if (!len)
		return;
	ld = tty_ldisc_ref(tty);
	if (!ld)
		return;
	for (i = 0; i < len; i += n) {
		n = 1;
		if (is_eof(rec, i)) {
			set_termios(tty, rec, FEED_EOF);
			tty_ldisc_receive_buf(ld, &eof, NULL, 1);
			continue;
		}
		while (i + n < len && !is_eof(rec, i + n))
			n++;
		set_termios(tty, rec, FEED_BYTES);
		tty_ldisc_receive_buf(ld, rec->input + i, NULL, n);
	}
	tty_ldisc_deref(ld);
}

/* What nobody may change but root. */
static void lock_termios(struct tty_struct *tty, const struct orthros_tty_rec *rec)
{
	struct ktermios *t = &tty->termios_locked;

	down_write(&tty->termios_rwsem);
	t->c_iflag = rec->lock_iflag;
	t->c_oflag = rec->lock_oflag;
	t->c_cflag = rec->lock_cflag;
	t->c_lflag = rec->lock_lflag;
	t->c_line = rec->lock_line;
	memcpy(t->c_cc, rec->lock_cc, sizeof(t->c_cc));
	up_write(&tty->termios_rwsem);
}

static void insert_raw(struct tty_port *port, const struct orthros_tty_rec *rec)
{
	if (rec->nr_raw && tty_insert_flip_string(port, rec->raw, rec->nr_raw) != rec->nr_raw)
		pr_warn("%s: input is lost\n", rec->name);
}

/* Before it is opened, and what the line has got meanwhile is put behind. */
static void insert_line_raw(const struct orthros_tty_rec *rec)
{
	const dev_t rdev = new_decode_dev(rec->rdev);
	struct tty_driver *driver;
	unsigned int i;

	mutex_lock(&tty_mutex);
	list_for_each_entry(driver, &tty_drivers, tty_drivers) {
		if (driver->type != TTY_DRIVER_TYPE_SERIAL || driver->major != MAJOR(rdev))
			continue;
		i = MINOR(rdev) - driver->minor_start;
		if (i < driver->num && driver->ports[i])
			insert_raw(driver->ports[i], rec);
	}
	mutex_unlock(&tty_mutex);
}

/* What the line discipline has not seen yet, it sees as it is now. */
static void feed_raw(struct tty_struct *tty, const struct orthros_tty_rec *rec)
{
	if (rec->pty)
		insert_raw(tty->port, rec);
	tty_flip_buffer_push(tty->port);
}

static void send_output(struct tty_struct *tty, const struct orthros_tty_rec *rec)
{
	u32 len = min_t(u32, rec->nr_output, sizeof(rec->output));

	if (len && tty->ops->write(tty, rec->output, len) != len)
		pr_warn("%s: output is lost\n", rec->name);
}

static void set_job_control(struct tty_struct *tty, const struct orthros_tty_rec *rec)
{
	struct pid *session = rec->session ? find_get_pid(rec->session) : NULL;
	struct pid *pgrp = rec->pgrp ? find_get_pid(rec->pgrp) : NULL;

	spin_lock_irq(&tty->ctrl.lock);
	swap(tty->ctrl.session, session);
	swap(tty->ctrl.pgrp, pgrp);
	spin_unlock_irq(&tty->ctrl.lock);
	put_pid(session);
	put_pid(pgrp);
}

/* The slave is there when its master is; its node is the driver's own. */
static struct tty_struct *open_slave(struct orthros_image *img, const struct orthros_tty_rec *rec)
{
	struct orthros_obj *master = orthros_obj_find(img, &orthros_tty_type, rec->link);
	struct tty_struct *tty;
	struct dentry *node;

	if (!master || !master->dst)
		return ERR_PTR(-EIO);
	tty = ((struct tty_struct *)master->dst)->link;
	node = tty->driver_data;
	orthros_set_inode_owner(d_inode(node), rec->mode, rec->uid, rec->gid);
	return tty_kref_get(tty);
}

static struct tty_struct *open_tty(struct orthros_image *img, const struct orthros_tty_rec *rec)
{
	struct orthros_obj *obj = NULL;
	struct file *file;

	if (rec->pty == ORTHROS_PTY_SLAVE)
		return open_slave(img, rec);
	if (rec->file) {
		obj = orthros_obj_find(img, &orthros_file_type, rec->file);
		if (!obj)
			return ERR_PTR(-ENOENT);
		file = orthros_build_file(img, obj);
		if (IS_ERR(file))
			return ERR_CAST(file);
	}
	/* Open by nobody, but the controlling terminal of some. */
	if (!obj || orthros_file_is_lost(obj))
		return rec->pty == ORTHROS_PTY_MASTER ? ERR_PTR(-ENOENT) :
		       tty_kopen_shared(new_decode_dev(rec->rdev));
	return tty_kref_get(tty_of(file));
}

static int build_ttys(struct orthros_image *img, bool slaves)
{
	struct orthros_obj *obj;
	int ret = 0;

	orthros_for_each_obj(obj, img, &orthros_tty_type) {
		const struct orthros_tty_rec *rec = obj->rec;
		bool slave = rec->pty == ORTHROS_PTY_SLAVE;
		struct tty_struct *tty;

		if (rec->version != ORTHROS_TTY_VERSION || obj->dst || slave != slaves)
			continue;
		if (!rec->pty)
			insert_line_raw(rec);
		tty = open_tty(img, rec);
		if (IS_ERR(tty)) {
			pr_err("terminal %s is lost: %pe\n", rec->name, tty);
			ret = ret ?: PTR_ERR(tty);
			continue;
		}
		orthros_obj_built(obj, tty);

		feed_input(tty, rec);
		set_termios(tty, rec, FEED_NOTHING);
		lock_termios(tty, rec);
		/* Not by tty_do_resize(): nothing has changed for those who use it. */
		mutex_lock(&tty->winsize_mutex);
		tty->winsize.ws_row = rec->row;
		tty->winsize.ws_col = rec->col;
		tty->winsize.ws_xpixel = rec->xpixel;
		tty->winsize.ws_ypixel = rec->ypixel;
		mutex_unlock(&tty->winsize_mutex);
		set_job_control(tty, rec);
		if (rec->exclusive)
			set_bit(TTY_EXCLUSIVE, &tty->flags);
		/* Who has the slave may have opened it before it was locked. */
		if (rec->pty == ORTHROS_PTY_MASTER)
			clear_bit(TTY_PTY_LOCK, &tty->flags);
		tty->ctrl.packet = rec->packet;
		send_output(tty, rec);
		feed_raw(tty, rec);
		if (rec->stopped)
			stop_tty(tty);
		/* As tcflow() does. */
		spin_lock_irq(&tty->flow.lock);
		tty->flow.tco_stopped = rec->tco_stopped;
		spin_unlock_irq(&tty->flow.lock);
	}
	return ret;
}

/**
 * orthros_build_ttys() - open the terminals and make them what they were
 * @img:	image
 *
 * After the commit and orthros_takeover_console(), when every process exists;
 * process context, as root. What cannot be opened is logged and left out.
 *
 * Return: 0 or the first error.
 */
int orthros_build_ttys(struct orthros_image *img)
{
	/* Slaves after their masters. */
	int ret = build_ttys(img, false);

	return build_ttys(img, true) ?: ret;
}

/**
 * orthros_finish_ptys() - what is known when all ends of ptys are open
 * @img:	image
 */
void orthros_finish_ptys(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_tty_type) {
		const struct orthros_tty_rec *rec = obj->rec;
		struct tty_struct *tty = obj->dst;

		/* What was done to it here is no news to the other end. */
		if (tty && rec->pty) {
			spin_lock_irq(&tty->ctrl.lock);
			tty->ctrl.pktstatus = rec->pktstatus;
			spin_unlock_irq(&tty->ctrl.lock);
		}
		if (tty && rec->closed)
			set_bit(TTY_OTHER_CLOSED, &tty->flags);
		if (tty && rec->locked)
			set_bit(TTY_PTY_LOCK, &tty->flags);
	}
}

/**
 * orthros_set_ctty() - give current its controlling terminal
 * @img:	image
 * @obj:	TTY object
 *
 * In the context of a process whose source had signal->tty, after
 * orthros_build_ttys() and before orthros_build_late_files().
 *
 * Return: 0, -ENXIO if the terminal could not be opened, -ESRCH if current exits.
 */
int orthros_set_ctty(struct orthros_image *img, struct orthros_obj *obj)
{
	struct tty_struct *tty = obj->dst;
	unsigned long flags;

	if (!tty)
		return -ENXIO;
	if (!lock_task_sighand(current, &flags))
		return -ESRCH;
	tty_kref_get(tty);
	swap(current->signal->tty, tty);
	unlock_task_sighand(current, &flags);
	tty_kref_put(tty);
	return 0;
}

/* Serial lines send what is in their buffers. */
static int drain_ttys(void)
{
	struct tty_driver *driver;
	struct tty_struct *tty;
	unsigned int i;
	int err = 0;

	mutex_lock(&tty_mutex);
	list_for_each_entry(driver, &tty_drivers, tty_drivers) {
		if (driver->type != TTY_DRIVER_TYPE_SERIAL || !driver->ttys)
			continue;
		for (i = 0; i < driver->num && !err; i++) {
			tty = driver->ttys[i];
			if (!tty || !tty_chars_in_buffer(tty))
				continue;
			if (!tty->flow.stopped && !tty->hw_stopped)
				tty_wait_until_sent(tty, DRAIN_TIMEOUT);
			if (tty_chars_in_buffer(tty))
				err = orthros_fail(-EBUSY, "terminal %s: output that was not sent",
						   tty->name);
		}
	}
	mutex_unlock(&tty_mutex);
	return err;
}

static const struct orthros_file_ops tty_ops = {
	.name	= "terminal",
	.late	= true,
	.after_commit = true,
	.read	= tty_read_file,
	.build	= tty_build,
};

static const struct orthros_file_ops hung_up_ops = {
	.name	= "hung-up terminal",
	.late	= true,
	.after_commit = true,
	.read	= hung_up_read,
	.build	= hung_up_build,
};

static const struct orthros_mark tty_marks[] = {
	{ ORTHROS_MARK_FILE, "tty_fops", "terminal", &tty_ops },
	{ ORTHROS_MARK_FILE, "console_fops", "terminal", &tty_ops },
	{ ORTHROS_MARK_FILE, "ptmx_fops", "terminal", &tty_ops },
	{ ORTHROS_MARK_FILE, "hung_up_tty_fops", "hung-up terminal", &hung_up_ops },
	{}
};

const struct orthros_kind orthros_tty_kind = {
	.name	= "terminal",
	.tables	= ORTHROS_TABLES(&orthros_table_tty_file, &orthros_table_tty,
				 &orthros_table_tty_buf, &orthros_table_pts_node,
				 &orthros_table_hung_tty, &orthros_table_n_tty,
				 &orthros_table_uart),
	.freeze	= drain_ttys,
	.marks	= tty_marks,
};
