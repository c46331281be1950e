// SPDX-License-Identifier: GPL-2.0-only
/*
 * epoll instances. They are made with the files, and filled when the files
 * they watch have their descriptors: an item is a file *and* a number, and the
 * kernel only takes it by number.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/eventpoll.h>
#include <linux/fdtable.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/syscalls.h>
#include <asm/unistd.h>
#include "files_internal.h"

static const struct orthros_type eventpoll_type = { .name = "epoll" };

#define EPOLL_ITEMS_MAX	SZ_1M

/* What the source leaves of the events of a disarmed EPOLLONESHOT item. */
#define EPOLL_MODE_BITS	((__force u32)(EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE))

/**
 * struct item_walk - items of an epoll that are being read
 * @who:	who has it
 * @ep:		its EPOLL object
 * @rbn_off:	offset of the tree's node in an item
 */
struct item_walk {
	const struct orthros_finder *who;
	struct orthros_obj *ep;
	u32 rbn_off;
};

static int read_item(void *ctx, u64 node)
{
	const struct item_walk *w = ctx;
	struct orthros_epoll_rec *rec = w->ep->rec;
	struct orthros_epitem_view item;
	char how[24];
	int err;

	err = orthros_read_rec(&w->who->img->src->mem, &orthros_table_epitem, node - w->rbn_off,
			       &item);
	if (err)
		return err;
	if (item.ep != w->ep->src)
		return orthros_bad(-EINVAL, "epoll %#llx: item of %#llx", w->ep->src, item.ep);
	/* A file that is refused does not keep the others from being carried. */
	snprintf(how, sizeof(how), "epoll item %d", item.fd);
	err = orthros_note_file(w->who, how, NULL, item.file);
	if (err)
		return err;

	if (struct_size(rec, items, rec->nr + 1) > w->ep->rec_size) {
		rec = orthros_obj_grow(w->ep, struct_size(rec, items, rec->nr * 2 + 8));
		if (!rec)
			return -ENOMEM;
	}
	rec->items[rec->nr].file = item.file;
	rec->items[rec->nr].data = item.data;
	rec->items[rec->nr].waits_on = item.waits_on;
	rec->items[rec->nr].events = item.events;
	rec->items[rec->nr].fd = item.fd;
	rec->items[rec->nr].quiet = item.events & (__force u32)EPOLLET &&
				    item.ready_next == item.ready;
	rec->nr++;
	return 0;
}

static int epoll_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			   const struct orthros_file_view *view,
			   const struct orthros_finode_view *inode)
{
	struct orthros_image *img = who->img;
	struct orthros_file_rec *rec = obj->rec;
	struct item_walk w = { .who = who };
	struct orthros_eventpoll_view v;
	struct orthros_epoll_rec *epoll;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_eventpoll, view->private_data, &v);
	if (err)
		return err;
	w.ep = orthros_obj_add(img, &eventpoll_type, view->private_data, who->pid,
			       struct_size(epoll, items, 8));
	if (IS_ERR(w.ep))
		return PTR_ERR(w.ep);
	w.rbn_off = v.rbn_off;
	rec->object = view->private_data;
	epoll = w.ep->rec;
	epoll->version = ORTHROS_EPOLL_VERSION;
	epoll->file = obj->src;
	return orthros_src_rb_walk(img->src, v.root, EPOLL_ITEMS_MAX, read_item, &w);
}

static struct file *epoll_build(struct orthros_image *img, struct orthros_obj *obj)
{
	return orthros_take_fd(orthros_syscall(__NR_epoll_create1, 0, 0, 0, 0, 0, 0));
}

/* The new item: the only one of @epf among the watchers of @file under @fd. */
static void *find_item(struct file *epf, struct file *file, int fd)
{
	long link = orthros_dst_offset("epitem.fllink");
	struct hlist_node *node;

	if (link < 0)
		return ERR_PTR(link);
	if (!file->f_ep)
		return ERR_PTR(-ENOENT);
	hlist_for_each(node, file->f_ep) {
		void *item = (void *)node - link;
		u64 ep, num;
		int err;

		err = orthros_dst_peek(item, "epitem.ep", &ep);
		if (!err)
			err = orthros_dst_peek(item, "epitem.ffd.fd", &num);
		if (err)
			return ERR_PTR(err);
		if (ep == (u64)(unsigned long)epf->private_data && (int)num == fd)
			return item;
	}
	return ERR_PTR(-ENOENT);
}

/* A one-shot that has fired listens to nothing, not even to EPOLLERR. */
static int disarm(void *item)
{
	u64 events;
	int err;

	err = orthros_dst_peek(item, "epitem.event.events", &events);
	return err ?: orthros_dst_poke(item, "epitem.event.events", events & EPOLL_MODE_BITS);
}

/* Adding an item looks at its file; an edge that was reported is none any more. */
static int hush(struct file *epf, void *item)
{
	struct list_head *ready = orthros_dst_ptr(item, "epitem.rdllink");
	spinlock_t *lock = orthros_dst_ptr(epf->private_data, "eventpoll.lock");

	if (IS_ERR(ready))
		return PTR_ERR(ready);
	if (IS_ERR(lock))
		return PTR_ERR(lock);
	spin_lock_irq(lock);
	list_del_init(ready);
	spin_unlock_irq(lock);
	return 0;
}

/* Where a new item waits, NULL for nowhere. */
static struct wait_queue_head *queue_of(void *item, void **entry)
{
	u64 pwq = 0, queue = 0;
	int err;

	err = orthros_dst_peek(item, "epitem.pwqlist", &pwq);
	*entry = (void *)(unsigned long)pwq;
	if (!err && pwq)
		err = orthros_dst_peek(*entry, "eppoll_entry.whead", &queue);
	return err ? ERR_PTR(err) : (void *)(unsigned long)queue;
}

/* Does it wait for signals of whoever has added it, as only a signalfd does? */
static int note_signals(struct file *epf, struct file *file, struct orthros_epitem_rec *item)
{
	struct wait_queue_head *queue;
	void *it, *entry;

	it = find_item(epf, file, item->fd);
	if (IS_ERR(it))
		return PTR_ERR(it);
	queue = queue_of(it, &entry);
	item->signals = queue == &rcu_access_pointer(current->sighand)->signalfd_wqh;
	return PTR_ERR_OR_ZERO(queue);
}

static int move_item(struct file *epf, struct file *file, const struct orthros_epitem_rec *item,
		     struct wait_queue_head *to)
{
	struct wait_queue_head *from;
	struct wait_queue_entry *wait;
	void *it, *entry;

	it = find_item(epf, file, item->fd);
	if (IS_ERR(it))
		return PTR_ERR(it);
	from = queue_of(it, &entry);
	if (IS_ERR_OR_NULL(from) || from == to)
		return PTR_ERR_OR_ZERO(from);
	wait = orthros_dst_ptr(entry, "eppoll_entry.wait");
	if (IS_ERR(wait))
		return PTR_ERR(wait);
	remove_wait_queue(from, wait);
	if (wait->flags & WQ_FLAG_EXCLUSIVE)
		add_wait_queue_exclusive(to, wait);
	else
		add_wait_queue(to, wait);
	return orthros_dst_poke(entry, "eppoll_entry.whead", (unsigned long)to);
}

/**
 * orthros_tie_signal_waits() - let items of signalfds wait for whom they waited for
 * @img:	image
 * @src:	the wait queue of signalfds in the signal handlers of a source's process
 * @dst:	that in the process it has become
 *
 * A signalfd tells of the signals of whoever asks, but an epoll asks for whoever
 * has added it, and here that was whoever has built it.
 *
 * Return: 0 or -errno.
 */
int orthros_tie_signal_waits(struct orthros_image *img, u64 src, struct wait_queue_head *dst)
{
	struct orthros_obj *ep, *epf, *file;
	u32 i;
	int err;

	orthros_for_each_obj(ep, img, &eventpoll_type) {
		struct orthros_epoll_rec *rec = ep->rec;

		if (!rec->signals)
			continue;
		epf = orthros_obj_find(img, &orthros_file_type, rec->file);
		for (i = 0; epf && epf->dst && i < rec->nr; i++) {
			const struct orthros_epitem_rec *item = &rec->items[i];

			if (!item->signals || item->waits_on != src)
				continue;
			file = orthros_obj_find(img, &orthros_file_type, item->file);
			if (!file || !file->dst)
				continue;
			err = move_item(epf->dst, file->dst, item, dst);
			if (err)
				return orthros_fail(err, "epoll item %d of a signalfd", item->fd);
		}
	}
	return 0;
}

static int set_state(struct file *epf, struct file *file, const struct orthros_epitem_rec *item)
{
	bool spent = item->events & (__force u32)EPOLLONESHOT &&
		     !(item->events & ~EPOLL_MODE_BITS);
	void *it;

	if (!spent && !item->quiet)
		return 0;
	it = find_item(epf, file, item->fd);
	if (IS_ERR(it))
		return PTR_ERR(it);
	return (spent ? disarm(it) : 0) ?: (item->quiet ? hush(epf, it) : 0);
}

static int add_item(struct file *epf, struct file *file, struct orthros_epitem_rec *item)
{
	struct epoll_event event = {
		.events = (__force __poll_t)item->events,
		.data = item->data,
	};
	struct file *before;
	bool cloexec;
	int epfd, err;

	/* Its number may be free by now, or stand for another file. */
	before = fget_raw(item->fd);
	cloexec = before && get_close_on_exec(item->fd);
	if (before != file) {
		err = replace_fd(item->fd, file, 0);
		if (err < 0)
			goto put;
	}
	epfd = get_unused_fd_flags(0);
	err = epfd;
	if (err >= 0) {
		fd_install(epfd, get_file(epf));
		err = do_epoll_ctl(epfd, EPOLL_CTL_ADD, item->fd, &event, false);
		close_fd(epfd);
	}
	if (!err)
		err = note_signals(epf, file, item) ?: set_state(epf, file, item);
	if (before != file) {
		int ret = before ? replace_fd(item->fd, before, cloexec ? O_CLOEXEC : 0)
				 : close_fd(item->fd);

		if (!err && ret < 0)
			err = ret;
	}
put:
	if (before)
		fput(before);
	return err;
}

/*
 * Fill an epoll instance.
 *
 * In the context of a process that has it, all descriptors of which are in
 * place. Items on terminals wait until those have been opened: call it again
 * then. RLIMIT_NOFILE must not be in the way.
 */
static int epoll_fill(struct orthros_image *img, struct orthros_obj *self)
{
	const struct orthros_file_rec *frec = self->rec;
	struct orthros_obj *ep = orthros_obj_find(img, &eventpoll_type, frec->object);
	struct orthros_epoll_rec *rec;
	struct orthros_obj *obj;
	struct file *epf, *file;
	u32 i;
	int err = 0;

	if (!ep)
		return -ENOENT;
	rec = ep->rec;
	obj = orthros_obj_find(img, &orthros_file_type, rec->file);
	if (!obj || !obj->dst)
		return -ENOENT;
	epf = obj->dst;

	for (i = 0; i < rec->nr && !err; i++) {
		struct orthros_epitem_rec *item = &rec->items[i];

		if (item->done)
			continue;
		obj = orthros_obj_find(img, &orthros_file_type, item->file);
		if (!obj)
			return -ENOENT;
		if (orthros_file_is_late(obj) && !obj->dst)
			continue;
		file = orthros_build_file(img, obj);
		if (IS_ERR(file))
			return PTR_ERR(file);
		err = add_item(epf, file, item);
		if (err)
			return orthros_fail(err, "epoll item %d, events %#x", item->fd,
					    item->events);
		item->done = 1;
		rec->signals |= item->signals;
	}
	return err;
}

/* Those on their way to another process are in nobody's table. */
static int fill_unowned(struct orthros_image *img)
{
	struct orthros_obj *ep, *obj;
	u32 i;
	int err;

	orthros_for_each_obj(ep, img, &eventpoll_type) {
		const struct orthros_epoll_rec *rec = ep->rec;

		for (i = 0; i < rec->nr && rec->items[i].done; i++)
			;
		if (i == rec->nr)
			continue;
		obj = orthros_obj_find(img, &orthros_file_type, rec->file);
		if (!obj || !obj->dst || orthros_file_is_lost(obj))
			continue;
		err = orthros_fill_unowned(img, obj);
		if (err)
			return err;
	}
	return 0;
}

/* What waited for terminals. */
static void commit_epolls(struct orthros_image *img)
{
	int err = fill_unowned(img);

	if (err)
		pr_err("part of an epoll is lost: %pe\n", ERR_PTR(err));
}

static const struct orthros_file_ops epoll_ops = {
	.name	= "epoll",
	.read	= epoll_read_file,
	.build	= epoll_build,
	.fill	= epoll_fill,
};

static const struct orthros_mark epoll_marks[] = {
	{ ORTHROS_MARK_FILE, "eventpoll_fops", "epoll", &epoll_ops },
	{}
};

const struct orthros_kind orthros_epoll_kind = {
	.name	= "epoll",
	.tables	= ORTHROS_TABLES(&orthros_table_eventpoll, &orthros_table_epitem),
	.marks	= epoll_marks,
	.tie	= fill_unowned,
	.commit	= commit_epolls,
};
