// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring: an instance is made with its process, with what is in its rings. Programs have
 * them mapped, and were told how they are laid out: all kernels must do it in one way. What
 * needs descriptors is done when those of its process are in place.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/io_uring_types.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/socket.h>
#include <linux/sizes.h>
#include <linux/syscalls.h>
#include <asm/unistd.h>
#include "files_internal.h"
#include "uring_inside.h"
#include "uring_tables.h"

static const struct orthros_type uring_type = { .name = "io_uring", .cost = SZ_16K };
/* Key: the source's struct io_uring_task */
static const struct orthros_type uring_task_type = { .name = "io_uring thread" };
/* Key: the address of the slot in the source */
static const struct orthros_type uring_slot_type = { .name = "io_uring resource" };
/* Key: the source's struct io_kiocb */
static const struct orthros_type uring_req_type = { .name = "io_uring request", .cost = 512 };

#define TASKS_MAX	SZ_64K
#define OVERFLOW_MAX	SZ_64K
#define REQS_MAX	SZ_1M
#define BITS_MAX	16
#define FILES_MAX	SZ_1M
#define BUFS_MAX	SZ_16K

/* orthros_uring_rec.done */
#define DONE_ROOM	BIT(0)
#define DONE_EVENTFD	BIT(1)

/* The lowest bits of a registered file say what it is. */
#define FILE_BITS	7ULL

/* As io_uring_setup() has them. */
#define SQ_MAX		SZ_32K
#define CQ_MAX		(2 * SQ_MAX)

/**
 * orthros_uring_lacks() - would io_uring_enter() wait for more completions?
 * @file:	any file
 * @min:	that it is to wait for
 *
 * Return: true if it is an instance, and would.
 */
bool orthros_uring_lacks(struct file *file, u32 min)
{
	return !orthros_uring_has(file, min);
}

/**
 * orthros_uring_settle() - current is about to be frozen for a hop
 */
void orthros_uring_settle(void)
{
	static long off;

	if (!current->io_uring)
		return;
	/* Who finds it first is no matter. */
	if (!READ_ONCE(off))
		WRITE_ONCE(off, orthros_dst_offset("io_timeout.list"));
	if (off > 0)
		orthros_uring_settle_current(off);
}

/* ---- reading ----------------------------------------------------------- */

/* As programs know it from io_uring_setup(). */
static int check_layout(const struct orthros_finder *who, struct orthros_uring_layout_view *l)
{
	int err = orthros_read_rec(&who->img->src->mem, &orthros_table_uring_layout, 0, l);

	if (err)
		return err;
#define SAME(off, member) ((off) == offsetof(struct io_rings, member))
	if (SAME(l->sq_head, sq.head) && SAME(l->sq_tail, sq.tail) && SAME(l->cq_head, cq.head) &&
	    SAME(l->cq_tail, cq.tail) && SAME(l->sq_mask, sq_ring_mask) &&
	    SAME(l->cq_mask, cq_ring_mask) && SAME(l->sq_entries, sq_ring_entries) &&
	    SAME(l->cq_entries, cq_ring_entries) && SAME(l->sq_dropped, sq_dropped) &&
	    SAME(l->sq_flags, sq_flags) && SAME(l->cq_flags, cq_flags) &&
	    SAME(l->cq_overflow, cq_overflow) && SAME(l->cqes, cqes))
		return 0;
#undef SAME
	return orthros_refused(who, "io_uring: rings that the other kernel lays out otherwise");
}

static int add_slot(const struct orthros_finder *who, u64 addr,
		    const struct orthros_uring_slot_rec *slot)
{
	struct orthros_obj *obj;
	bool isnew;

	obj = orthros_obj_get(who->img, &uring_slot_type, addr, who->pid, sizeof(*slot), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	*(struct orthros_uring_slot_rec *)obj->rec = *slot;
	return slot->file ? orthros_note_file(who, "io_uring file", NULL, slot->file) : 0;
}

/* The rings that a task has registered are known by numbers of its own. */
static int read_rings(const struct orthros_finder *who, const struct orthros_uring_task_view *t,
		      s32 pid)
{
	struct orthros_uring_slot_rec slot = { .pid = pid };
	u32 i;
	int err;

	if (t->rings_size > SZ_4K)
		return orthros_bad(-EUCLEAN, "io_uring: %u bytes of rings", t->rings_size);
	for (i = 0; i < t->rings_size / sizeof(u64); i++) {
		u64 addr = t->rings + i * sizeof(u64);

		err = orthros_src_u64(who->img->src, addr, &slot.file);
		if (err)
			return err;
		if (!slot.file)
			continue;
		/* A process's first thread registers it again. */
		if (t->task_pid != t->task_tgid)
			return orthros_refused(who, "io_uring: a ring that thread %d registered",
					       pid);
		slot.index = i;
		err = add_slot(who, addr, &slot);
		if (err)
			return err;
	}
	return 0;
}

/* What the program is told when one is replaced. */
static int check_tags(const struct orthros_finder *who, u64 tags, u32 nr)
{
	const u32 in_page = PAGE_SIZE / sizeof(u64);
	u64 page, tag;
	u32 i;
	int err;

	for (i = 0; tags && i < nr; i++) {
		if (!(i % in_page)) {
			err = orthros_src_u64(who->img->src, tags + i / in_page * sizeof(u64),
					      &page);
			if (err)
				return err;
		}
		err = orthros_src_u64(who->img->src, page + i % in_page * sizeof(u64), &tag);
		if (err)
			return err;
		if (tag)
			return orthros_refused(who, "io_uring: resources with tags");
	}
	return 0;
}

static int read_files(const struct orthros_finder *who, u64 ring,
		      const struct orthros_uring_view *v)
{
	struct orthros_uring_slot_rec slot = { .ring = ring };
	u32 i;
	int err;

	if (v->nr_files > FILES_MAX)
		return orthros_bad(-E2BIG, "io_uring: %u files", v->nr_files);
	err = check_tags(who, v->file_tags, v->nr_files);
	for (i = 0; i < v->nr_files && !err; i++) {
		u64 addr = v->files + i * sizeof(u64);

		err = orthros_src_u64(who->img->src, addr, &slot.file);
		slot.file &= ~FILE_BITS;
		slot.index = i;
		if (!err && slot.file)
			err = add_slot(who, addr, &slot);
	}
	return err;
}

static int read_bufs(const struct orthros_finder *who, u64 ring,
		     const struct orthros_uring_view *v)
{
	struct orthros_uring_slot_rec slot = { .ring = ring };
	struct orthros_uring_buf_view b;
	u64 buf;
	u32 i;
	int err;

	if (v->nr_bufs > BUFS_MAX)
		return orthros_bad(-E2BIG, "io_uring: %u buffers", v->nr_bufs);
	err = check_tags(who, v->buf_tags, v->nr_bufs);
	for (i = 0; i < v->nr_bufs && !err; i++) {
		u64 addr = v->bufs + i * sizeof(u64);

		err = orthros_src_u64(who->img->src, addr, &buf);
		if (!err)
			err = orthros_read_rec(&who->img->src->mem, &orthros_table_uring_buf, buf,
					       &b);
		slot.addr = b.addr;
		slot.len = b.end ? b.end - b.addr : b.len;
		slot.index = i;
		/* The one that stands for none begins at the end of memory. */
		if (err || b.addr >= TASK_SIZE_MAX || !slot.len)
			continue;
		if (slot.len > SZ_1G)
			return orthros_bad(-EUCLEAN, "io_uring: buffer of %llu bytes", slot.len);
		err = add_slot(who, addr, &slot);
	}
	return err;
}

/* What its entry had. Those that were moved in part, or have memory elsewhere, are refused. */
static int read_cmd(const struct orthros_finder *who, u64 req, struct orthros_uring_req_rec *rec)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_uring_cmd_view c = {};
	bool multishot = rec->len, cur_pos = rec->off;
	int err;

	rec->len = 0;
	rec->off = 0;
	switch (rec->op) {
	case IORING_OP_POLL_ADD:
		err = orthros_read_rec(mem, &orthros_table_uring_poll, req, &c);
		rec->rw_flags = c.flags & ~(__force u32)(EPOLLONESHOT | EPOLLET);
		rec->len = c.flags & (__force u32)EPOLLONESHOT ? 0 : IORING_POLL_ADD_MULTI;
		return err;
	case IORING_OP_READ:
	case IORING_OP_WRITE:
		err = orthros_read_rec(mem, &orthros_table_uring_rw, req, &c);
		break;
	case IORING_OP_RECV:
	case IORING_OP_SEND:
		err = orthros_read_rec(mem, &orthros_table_uring_sr, req, &c);
		if (!err && (c.done || (rec->op == IORING_OP_SEND && c.off)))
			err = orthros_refused(who, "io_uring: a message that was moved in part");
		/* The place of an address, which it has not. */
		c.off = 0;
		c.flags &= ~MSG_NOSIGNAL;
		break;
	case IORING_OP_ACCEPT:
		err = orthros_read_rec(mem, &orthros_table_uring_accept, req, &c);
		c.ioprio = multishot ? IORING_ACCEPT_MULTISHOT : 0;
		if (!err && c.done)
			err = orthros_refused(who, "io_uring: accepts into registered files");
		break;
	default:
		return orthros_refused(who, "io_uring: a request of operation %u waits", rec->op);
	}
	rec->addr = c.addr;
	rec->off = cur_pos ? -1 : c.off;
	rec->len = c.len;
	rec->rw_flags = c.flags;
	rec->ioprio = c.ioprio;
	rec->nofile = c.nofile;
	return err;
}

/* Its record, without what its operation has of its own; NULL: it was refused. */
static struct orthros_obj *add_req(const struct orthros_finder *who, u64 ring, u64 addr,
				   const struct orthros_uring_layout_view *l)
{
	const u8 carried = IOSQE_FIXED_FILE | IOSQE_ASYNC | IOSQE_CQE_SKIP_SUCCESS;
	struct orthros_uring_req_rec *rec;
	struct orthros_uring_req_view v;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_uring_req, addr, &v);
	if (err)
		return ERR_PTR(err);
	if (v.ring != ring)
		return ERR_PTR(orthros_bad(-EUCLEAN, "io_uring: request of %#llx", v.ring));
	if ((v.flags & 0xff) & ~carried || v.link ||
	    v.flags & (BIT_ULL(l->creds & 63) | BIT_ULL(l->link_timeout & 63) |
		       BIT_ULL(l->arm_timeout & 63))) {
		orthros_refused(who, "io_uring: a request with links, a timeout, or more waits");
		return NULL;
	}
	/* A process's first thread submits it again. */
	if (v.task_pid != v.task_tgid) {
		orthros_refused(who, "io_uring: a request of thread %d waits", v.task_pid);
		return NULL;
	}
	if (v.op != IORING_OP_TIMEOUT) {
		err = orthros_note_file(who, "io_uring request", NULL, v.file);
		if (err)
			return ERR_PTR(err);
	}
	/* It was read before if its instance was refused. */
	obj = orthros_obj_get(who->img, &uring_req_type, addr, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj))
		return obj;
	rec = obj->rec;
	rec->ring = ring;
	rec->file = v.op == IORING_OP_TIMEOUT ? 0 : v.file;
	rec->op = v.op;
	/* It is known by a number no more, and need not go to a worker. */
	rec->flags = v.flags & IOSQE_CQE_SKIP_SUCCESS;
	rec->user_data = v.user_data;
	rec->len = !!(v.flags & BIT_ULL(l->multishot & 63));
	rec->off = v.flags & BIT_ULL(l->cur_pos & 63) ? -1 : 0;
	err = orthros_read_pidnr(who->img->src, v.pid, &rec->pid);
	return err ? ERR_PTR(err) : obj;
}

static int read_req(const struct orthros_finder *who, u64 ring, u64 addr,
		    const struct orthros_uring_layout_view *l)
{
	struct orthros_obj *obj = add_req(who, ring, addr, l);

	if (IS_ERR_OR_NULL(obj))
		return obj ? PTR_ERR(obj) : ORTHROS_REFUSED;
	return read_cmd(who, addr, obj->rec);
}

/* It goes on with the time at which it would come, and what is left of its completions. */
static int read_timeout(const struct orthros_finder *who, u64 ring, u64 addr,
			const struct orthros_uring_view *v,
			const struct orthros_uring_layout_view *l)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_obj *obj = add_req(who, ring, addr, l);
	struct orthros_uring_timer_data_view d;
	struct orthros_uring_timeout_view t;
	struct orthros_uring_timer_view timer;
	struct orthros_uring_req_rec *rec;
	int err;

	if (IS_ERR_OR_NULL(obj))
		return obj ? PTR_ERR(obj) : ORTHROS_REFUSED;
	rec = obj->rec;
	err = orthros_read_rec(mem, &orthros_table_uring_timeout, addr, &t) ?:
	      orthros_read_rec(mem, &orthros_table_uring_timer, addr, &timer) ?:
	      orthros_read_rec(mem, &orthros_table_uring_timer_data, timer.data, &d);
	if (err)
		return err;
	if (d.flags & ~(IORING_TIMEOUT_ABS | IORING_TIMEOUT_CLOCK_MASK |
			IORING_TIMEOUT_ETIME_SUCCESS) || t.repeats || d.expires < 0)
		return orthros_refused(who, "io_uring: a timeout that comes again");
	rec->off = t.off ? max_t(s32, t.target - (v->cq_tail - v->cq_timeouts), 1) : 0;
	rec->addr = d.expires;
	rec->len = 1;
	rec->rw_flags = d.flags | IORING_TIMEOUT_ABS;
	return 0;
}

static int read_timeouts(const struct orthros_finder *who, u64 ring,
			 const struct orthros_uring_view *v,
			 const struct orthros_uring_layout_view *l)
{
	struct orthros_list_iter it;
	int err;

	orthros_src_for_each(&it, who->img->src, v->timeouts, REQS_MAX) {
		err = read_timeout(who, ring, it.node - l->timeout_node, v, l);
		if (err)
			return err;
	}
	return it.err;
}

static int read_reqs(const struct orthros_finder *who, u64 ring, u64 buckets, u32 bits,
		     const struct orthros_uring_layout_view *l)
{
	struct orthros_list_iter it;
	u32 i;
	int err;

	if (bits > BITS_MAX || !l->bucket_size || l->bucket_size > SZ_4K)
		return orthros_bad(-EUCLEAN, "io_uring: 2^%u buckets", bits);
	for (i = 0; i < 1U << bits; i++) {
		u64 head = buckets + i * l->bucket_size + l->bucket_list;

		orthros_src_hlist_for_each(&it, who->img->src, head, REQS_MAX) {
			err = read_req(who, ring, it.node - l->req_node, l);
			if (err)
				return err;
		}
		if (it.err)
			return it.err;
	}
	return 0;
}

/* Of a thread, in all instances that were read. */
static u32 found_reqs(struct orthros_image *img, s32 pid)
{
	struct orthros_obj *obj;
	u32 nr = 0;

	orthros_for_each_obj(obj, img, &uring_req_type)
		nr += ((const struct orthros_uring_req_rec *)obj->rec)->pid == pid;
	return nr;
}

static int read_task(const struct orthros_finder *who, u64 node)
{
	struct orthros_uring_task_rec *rec;
	struct orthros_uring_task_view t;
	struct orthros_obj *obj;
	bool isnew;
	s64 cpus;
	s32 nr;
	int err;

	err = orthros_read_rec(&who->img->src->mem, &orthros_table_uring_task, node, &t);
	if (!err)
		err = orthros_read_pidnr(who->img->src, t.pid, &nr) ?: read_rings(who, &t, nr);
	/* One that runs goes on. */
	if (err || !who->img->frozen)
		return err;
	err = orthros_src_percpu_sum(who->img->src, t.inflight_cpus, &cpus);
	if (err)
		return orthros_bad(err, "io_uring: requests of thread %d", nr);
	/* It may have some in an instance that is read later. */
	obj = orthros_obj_get(who->img, &uring_task_type, t.tctx, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->pid = nr;
	rec->nr = t.inflight + cpus - t.cached;
	return 0;
}

/* When all instances were read: are all requests known? */
static int gather_tasks(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &uring_task_type) {
		const struct orthros_uring_task_rec *rec = obj->rec;
		u32 found = found_reqs(img, rec->pid);

		if (rec->nr == found)
			continue;
		/* Nobody can tell which they were. */
		if (img->crashed)
			pr_err("lost: %d: io_uring: %lld requests of thread %d never complete\n",
			       obj->pid, rec->nr - found, rec->pid);
		else
			return orthros_bad(-EBUSY, "io_uring: %lld requests of %d are under way",
					   rec->nr - found, rec->pid);
	}
	return 0;
}

static int read_tasks(const struct orthros_finder *who, const struct orthros_uring_view *v,
		      u32 node_off)
{
	struct orthros_list_iter it;
	int err;

	orthros_src_for_each(&it, who->img->src, v->tasks, TASKS_MAX) {
		err = read_task(who, it.node - node_off);
		if (err)
			return err;
	}
	return it.err;
}

static int read_overflow(const struct orthros_finder *who, struct orthros_obj *ring,
			 const struct orthros_uring_view *v, u32 off)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_writer w = {
		.obj = ring, .used = sizeof(struct orthros_uring_rec),
		.max = struct_size_t(struct orthros_uring_rec, overflow, OVERFLOW_MAX),
	};
	struct orthros_uring_overflow_view o;
	struct orthros_uring_cqe_rec *c;
	struct orthros_list_iter it;
	int err;

	orthros_src_for_each(&it, src, v->overflow, OVERFLOW_MAX) {
		err = orthros_read_rec(&src->mem, &orthros_table_uring_overflow, it.node - off, &o);
		if (err)
			return err;
		c = orthros_append(&w, sizeof(*c));
		if (!c)
			return -ENOMEM;
		c->user_data = o.user_data;
		c->res = o.res;
		c->flags = o.flags;
		if (v->flags & IORING_SETUP_CQE32) {
			err = orthros_src_read(src, o.big, c->big, sizeof(c->big));
			if (err)
				return err;
		}
		((struct orthros_uring_rec *)ring->rec)->nr_overflow++;
	}
	return it.err;
}

/* What is there, but cannot be made again. */
static int check_state(const struct orthros_finder *who, const struct orthros_uring_view *v)
{
	u32 unknown = v->flags & ~orthros_uring_flags();

	if (!IS_ENABLED(CONFIG_IO_URING))
		return orthros_refused(who, "io_uring, which the other kernel does not know");
	if (v->flags & IORING_SETUP_SQPOLL)
		return orthros_refused(who, "io_uring: a thread that polls for submissions");
	if (unknown)
		return orthros_refused(who, "io_uring: set up with flags %#x", unknown);
	if (v->compat)
		return orthros_refused(who, "io_uring of a 32-bit program");
	if (v->restricted || v->restrictions)
		return orthros_refused(who, "io_uring: restrictions");
	if (v->personalities)
		return orthros_refused(who, "io_uring: registered personalities");
	if (v->nr_bufs && !v->owner)
		return orthros_refused(who, "io_uring: registered buffers of nobody");
	if (v->buffers || v->old_buffers)
		return orthros_refused(who, "io_uring: provided buffers");
	if (v->napi || (v->clock && v->clock != CLOCK_MONOTONIC))
		return orthros_refused(who, "io_uring: busy polling, or another clock");
	if (v->deferred_next != v->deferred)
		return orthros_refused(who, "io_uring: requests that wait for all others");
	return 0;
}

static int uring_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			   const struct orthros_file_view *view,
			   const struct orthros_finode_view *inode)
{
	const struct orthros_src *src = who->img->src;
	struct orthros_file_rec *frec = obj->rec;
	struct orthros_uring_eventfd_view e = {};
	struct orthros_uring_task_view t = {};
	struct orthros_uring_layout_view l;
	struct orthros_uring_rec *rec;
	struct orthros_uring_view v;
	struct orthros_obj *ring;
	s32 submitter = 0, owner = 0;
	char text[ORTHROS_TEXT_LEN];
	bool isnew;
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_uring, view->private_data, &v) ?:
	      check_layout(who, &l);
	if (err)
		return err;
	if (!v.sq_entries || v.sq_entries > SQ_MAX || !is_power_of_2(v.sq_entries) ||
	    v.cq_entries < v.sq_entries || v.cq_entries > CQ_MAX || !is_power_of_2(v.cq_entries))
		return orthros_bad(-EUCLEAN, "io_uring of %u and %u entries", v.sq_entries,
				   v.cq_entries);
	err = check_state(who, &v) ?: read_tasks(who, &v, l.node_off);
	if (err)
		return err;
	if (v.ev_fd) {
		err = orthros_read_rec(&src->mem, &orthros_table_uring_eventfd, v.ev_fd, &e);
		if (err)
			return err;
	}
	if (v.submitter) {
		err = orthros_read_rec(&src->mem, &orthros_table_uring_submitter, v.submitter,
				       &t);
		if (!err && !t.pid)
			err = orthros_refused(who, "io_uring: its only submitter has ended");
		err = err ?: orthros_read_pidnr(src, t.pid, &submitter);
		if (err)
			return err;
	}

	if (v.owner) {
		err = orthros_read_pidnr(src, v.owner, &owner);
		if (err)
			return err;
	}

	ring = orthros_obj_get(who->img, &uring_type, view->private_data, who->pid, sizeof(*rec),
			       &isnew);
	if (IS_ERR(ring))
		return PTR_ERR(ring);
	frec->object = view->private_data;
	rec = ring->rec;
	rec->version = ORTHROS_URING_VERSION;
	rec->flags = v.flags;
	rec->rings = v.rings;
	rec->sqes = v.sqes;
	rec->sq_entries = v.sq_entries;
	rec->cq_entries = v.cq_entries;
	rec->sq_head = v.sq_head;
	rec->cq_tail = v.cq_tail;
	rec->cq_extra = v.cq_extra;
	rec->cq_timeouts = v.cq_timeouts;
	rec->cq_last_flush = v.cq_last_flush;
	rec->submitter = submitter;
	rec->eventfd = e.eventfd;
	rec->eventfd_async = e.async;
	rec->limits_set = v.limits_set;
	rec->limits[0] = v.limits[0];
	rec->limits[1] = v.limits[1];
	rec->nr_files = v.nr_files;
	rec->alloc_start = v.alloc_start;
	rec->alloc_end = v.alloc_end;
	rec->nr_bufs = v.nr_bufs;
	rec->owner = owner;
	rec->nr_overflow = 0;
	err = read_overflow(who, ring, &v, l.overflow_off) ?:
	      read_files(who, view->private_data, &v) ?:
	      read_bufs(who, view->private_data, &v) ?:
	      read_timeouts(who, view->private_data, &v, &l) ?:
	      read_reqs(who, view->private_data, v.polls, v.polls_bits, &l) ?:
	      read_reqs(who, view->private_data, v.polls_locked, v.polls_locked_bits, &l);
	/* Those of a running one come and go, faster than they are read. */
	if (err < 0 && err != -ENOMEM && !who->img->frozen) {
		orthros_error_take(text, sizeof(text));
		err = 0;
	}
	return err;
}

/* ---- building ---------------------------------------------------------- */

static struct file *setup(const struct orthros_uring_rec *rec)
{
	struct io_uring_params p = {
		.flags = (rec->flags & ~(IORING_SETUP_ATTACH_WQ | IORING_SETUP_CLAMP)) |
			 IORING_SETUP_CQSIZE,
		.cq_entries = rec->cq_entries,
	};
	struct file *file;
	unsigned long user;

	/* It reckons with the memory of who makes it. */
	if (!current->mm)
		return ERR_PTR(-EINVAL);
	user = orthros_user_page(&p, sizeof(p));
	if (IS_ERR_VALUE(user))
		return ERR_PTR(user);
	file = orthros_take_fd(orthros_syscall(__NR_io_uring_setup, rec->sq_entries, user, 0, 0, 0,
					       0));
	orthros_user_page_free(user);
	return file;
}

static struct file *uring_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *frec = obj->rec;
	struct orthros_obj *ring = orthros_obj_find(img, &uring_type, frec->object);
	const struct orthros_uring_rec *rec = ring ? ring->rec : NULL;
	struct orthros_uring_memory m;
	struct file *file;
	int err;

	if (!rec)
		return ERR_PTR(-ENOENT);
	file = setup(rec);
	if (IS_ERR(file))
		return file;
	orthros_uring_memory(file, &m);
	err = orthros_src_read(img->src, rec->rings, m.rings, m.rings_size) ?:
	      orthros_src_read(img->src, rec->sqes, m.sqes, m.sqes_size) ?:
	      orthros_uring_set(file, rec);
	if (err) {
		fput(file);
		return ERR_PTR(err);
	}
	orthros_obj_built(ring, file);
	return file;
}

/* What it registers it takes by number. */
static int with_fd(struct file *file, int (*fn)(int fd, void *ctx), void *ctx)
{
	int fd = get_unused_fd_flags(O_CLOEXEC), err;

	if (fd < 0)
		return fd;
	fd_install(fd, get_file(file));
	err = fn(fd, ctx);
	close_fd(fd);
	return err;
}

struct register_call {
	struct file *ring;
	unsigned int op;
	unsigned long user;
	unsigned int nr;
};

static int register_fd(int fd, void *ctx)
{
	struct register_call *c = ctx;

	return orthros_syscall(__NR_io_uring_register, fd, c->op, c->user, c->nr, 0, 0);
}

/* Registers what @data says, which may be followed by what it points to. */
static int register_data(struct file *ring, unsigned int op, const void *data, size_t len,
			 unsigned int nr)
{
	struct register_call c = { .ring = ring, .op = op, .nr = nr };
	int err;

	c.user = orthros_user_page(data, len);
	if (IS_ERR_VALUE(c.user))
		return c.user;
	err = with_fd(ring, register_fd, &c);
	orthros_user_page_free(c.user);
	return err < 0 ? err : 0;
}

static int register_sparse(struct file *ring, unsigned int op, u32 nr)
{
	struct io_uring_rsrc_register r = { .nr = nr, .flags = IORING_RSRC_REGISTER_SPARSE };

	return nr ? register_data(ring, op, &r, sizeof(r), sizeof(r)) : 0;
}

/* An update points to what it sets: behind it, in the same page. */
struct update_page {
	struct io_uring_rsrc_update2 u;
	union {
		__s32 fd;
		struct iovec vec;
	};
};

static int update_slot(struct file *ring, unsigned int op, struct update_page *p, u32 index)
{
	struct register_call c = { .ring = ring, .op = op, .nr = sizeof(p->u) };
	int err;

	p->u.offset = index;
	p->u.nr = 1;
	c.user = orthros_user_page(p, sizeof(*p));
	if (IS_ERR_VALUE(c.user))
		return c.user;
	p->u.data = c.user + offsetof(struct update_page, fd);
	err = copy_to_user((void __user *)c.user, &p->u, sizeof(p->u)) ? -EFAULT :
	      with_fd(ring, register_fd, &c);
	orthros_user_page_free(c.user);
	return err < 0 ? err : err == 1 ? 0 : -EIO;
}

struct slot_call {
	struct file *ring;
	const struct orthros_uring_slot_rec *rec;
};

static int register_file(int fd, void *ctx)
{
	const struct slot_call *c = ctx;
	struct io_uring_rsrc_update ring = { .offset = c->rec->index, .data = fd };
	struct update_page p = { .fd = fd };

	if (c->rec->pid)
		return register_data(c->ring, IORING_REGISTER_RING_FDS, &ring, sizeof(ring), 1);
	return update_slot(c->ring, IORING_REGISTER_FILES_UPDATE2, &p, c->rec->index);
}

static int register_slot(struct orthros_image *img, struct file *ring,
			 const struct orthros_uring_slot_rec *rec)
{
	struct slot_call c = { .ring = ring, .rec = rec };
	struct update_page p = {
		.vec = { .iov_base = (void __user *)rec->addr, .iov_len = rec->len },
	};
	struct orthros_obj *file;

	if (!rec->file)
		return update_slot(ring, IORING_REGISTER_BUFFERS_UPDATE, &p, rec->index);
	file = orthros_obj_find(img, &orthros_file_type, rec->file);
	if (!file || !file->dst || orthros_file_is_lost(file))
		return -EBADF;
	return with_fd(file->dst, register_file, &c);
}

/* Is it the turn of current? Its memory and its own numbers are nobody else's. */
static bool is_due(const struct orthros_uring_rec *ring, const struct orthros_file_rec *frec,
		   u64 self, const struct orthros_uring_slot_rec *rec)
{
	s32 pid = task_pid_nr(current);

	if (rec->done)
		return false;
	if (rec->pid)
		return rec->file == self && rec->pid == pid;
	return rec->ring == frec->object && (rec->file || ring->owner == pid);
}

/* What can be told late only to the log, as the processes run soon. */
static void register_slots(struct orthros_image *img, struct orthros_obj *self,
			   struct orthros_uring_rec *ring)
{
	const struct orthros_file_rec *frec = self->rec;
	struct orthros_obj *obj;
	int err;

	orthros_for_each_obj(obj, img, &uring_slot_type) {
		struct orthros_uring_slot_rec *rec = obj->rec;

		if (!is_due(ring, frec, self->src, rec))
			continue;
		rec->done = 1;
		err = register_slot(img, self->dst, rec);
		if (err)
			pr_err("pid %d: %s %u of io_uring is lost: %pe\n", obj->pid,
			       rec->pid ? "ring" : rec->file ? "file" : "buffer", rec->index,
			       ERR_PTR(err));
	}
}

/* Room for what is registered, which comes when all is there. */
static int make_room(struct file *ring, const struct orthros_uring_rec *rec)
{
	struct io_uring_file_index_range range = {
		.off = rec->alloc_start, .len = rec->alloc_end - rec->alloc_start,
	};
	int err;

	err = register_sparse(ring, IORING_REGISTER_FILES2, rec->nr_files) ?:
	      register_sparse(ring, IORING_REGISTER_BUFFERS2, rec->nr_bufs);
	if (!err && rec->nr_files && (rec->alloc_start || rec->alloc_end != rec->nr_files))
		err = register_data(ring, IORING_REGISTER_FILE_ALLOC_RANGE, &range, sizeof(range),
				    0);
	return err;
}

static int register_eventfd(int fd, void *ctx)
{
	struct register_call *c = ctx;
	int err;

	c->user = orthros_user_page(&fd, sizeof(fd));
	if (IS_ERR_VALUE(c->user))
		return c->user;
	c->nr = 1;
	err = with_fd(c->ring, register_fd, c);
	orthros_user_page_free(c->user);
	return err;
}

/* Of one that is closed nobody hears. */
static struct file *eventfd_of(struct orthros_image *img, u64 eventfd)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		const struct orthros_file_rec *rec = obj->rec;

		if (rec->object == eventfd && obj->dst && !orthros_file_is_lost(obj))
			return obj->dst;
	}
	return NULL;
}

struct submit_call {
	struct file *ring;
	const struct orthros_uring_req_rec *rec;
};

static int submit_fd(int fd, void *ctx)
{
	const struct submit_call *c = ctx;
	const struct orthros_uring_req_rec *rec = c->rec;
	struct rlimit *limit = &current->signal->rlim[RLIMIT_NOFILE];
	unsigned long user = 0, before = limit->rlim_cur;
	struct __kernel_timespec ts = {};
	struct io_uring_sqe sqe = {
		.opcode = rec->op, .flags = rec->flags, .ioprio = rec->ioprio, .fd = fd,
		.off = rec->off, .addr = rec->addr, .len = rec->len, .user_data = rec->user_data,
		.rw_flags = rec->rw_flags,
	};
	int err;

	if (rec->op == IORING_OP_TIMEOUT) {
		ts.tv_sec = div_u64(rec->addr, NSEC_PER_SEC);
		ts.tv_nsec = rec->addr - ts.tv_sec * NSEC_PER_SEC;
		user = orthros_user_page(&ts, sizeof(ts));
		if (IS_ERR_VALUE(user))
			return user;
		sqe.addr = user;
	}
	/* Whoever builds has no limit. */
	if (rec->op == IORING_OP_ACCEPT)
		limit->rlim_cur = rec->nofile;
	err = orthros_uring_submit(c->ring, &sqe);
	limit->rlim_cur = before;
	if (user)
		orthros_user_page_free(user);
	return err;
}

/* What current has submitted. A failure is told by a completion, where it can be. */
static void submit_again(struct orthros_image *img, struct orthros_obj *self)
{
	const struct orthros_file_rec *frec = self->rec;
	struct submit_call c = { .ring = self->dst };
	struct orthros_obj *obj, *file;
	int err;

	orthros_for_each_obj(obj, img, &uring_req_type) {
		struct orthros_uring_req_rec *rec = obj->rec;

		if (rec->ring != frec->object || rec->done || rec->pid != task_pid_nr(current))
			continue;
		rec->done = 1;
		c.rec = rec;
		file = rec->file ? orthros_obj_find(img, &orthros_file_type, rec->file) : NULL;
		if (!rec->file)
			err = submit_fd(-1, &c);
		else
			err = file && file->dst && !orthros_file_is_lost(file) ?
			      with_fd(file->dst, submit_fd, &c) : -EBADF;
		if (err)
			pr_err("pid %d: a request of io_uring is lost: %pe\n", obj->pid,
			       ERR_PTR(err));
	}
}

static int build_held(struct orthros_image *img, u64 src)
{
	struct orthros_obj *file = orthros_obj_find(img, &orthros_file_type, src);

	if (!file)
		return -ENOENT;
	return orthros_file_is_late(file) ? 0 : PTR_ERR_OR_ZERO(orthros_build_file(img, file));
}

/* What a request waits for, or what is registered, may be open nowhere else. */
static int build_all_held(struct orthros_image *img, u64 ring)
{
	struct orthros_obj *obj;
	int err = 0;

	orthros_for_each_obj(obj, img, &uring_req_type) {
		const struct orthros_uring_req_rec *rec = obj->rec;

		if (!err && rec->ring == ring && rec->file)
			err = build_held(img, rec->file);
	}
	orthros_for_each_obj(obj, img, &uring_slot_type) {
		const struct orthros_uring_slot_rec *rec = obj->rec;

		if (!err && rec->ring == ring && rec->file)
			err = build_held(img, rec->file);
	}
	return err;
}

static int uring_fill(struct orthros_image *img, struct orthros_obj *self)
{
	const struct orthros_file_rec *frec = self->rec;
	struct orthros_obj *ring = orthros_obj_find(img, &uring_type, frec->object);
	struct register_call call = { .ring = self->dst };
	struct task_struct *submitter;
	struct orthros_uring_rec *rec;
	struct file *eventfd;
	int err = 0;

	if (!ring || !self->dst)
		return -ENOENT;
	rec = ring->rec;
	eventfd = rec->eventfd && !(rec->done & DONE_EVENTFD) ? eventfd_of(img, rec->eventfd) :
								 NULL;
	call.op = rec->eventfd_async ? IORING_REGISTER_EVENTFD_ASYNC : IORING_REGISTER_EVENTFD;
	/* For now anybody may. */
	submitter = orthros_uring_submitter(self->dst, NULL);
	if (!(rec->done & DONE_ROOM)) {
		err = build_all_held(img, frec->object) ?: make_room(self->dst, rec);
		rec->done |= DONE_ROOM;
	}
	if (!err && eventfd) {
		err = with_fd(eventfd, register_eventfd, &call);
		rec->done |= DONE_EVENTFD;
	}
	if (!err && rec->tied)
		register_slots(img, self, rec);
	orthros_uring_submitter(self->dst, submitter);
	if (err)
		return orthros_fail(err, "io_uring: what is registered");
	/* What would come to its end too early has to wait. */
	if (rec->tied)
		submit_again(img, self);
	return 0;
}

/* When all threads are there. */
static int tie_submitters(struct orthros_image *img)
{
	struct orthros_uring_rec *rec;
	struct task_struct *task;
	struct orthros_obj *ring;

	orthros_for_each_obj(ring, img, &uring_type) {
		rec = ring->rec;
		if (!ring->dst)
			continue;
		rec->tied = 1;
		task = NULL;
		rcu_read_lock();
		if (rec->submitter)
			task = find_task_by_pid_ns(rec->submitter, &init_pid_ns);
		if (task)
			get_task_struct(task);
		rcu_read_unlock();
		task = orthros_uring_submitter(ring->dst, task);
		if (task)
			put_task_struct(task);
	}
	return 0;
}

static const struct orthros_file_ops uring_ops = {
	.name	= "io_uring",
	.maps	= true,
	.read	= uring_read_file,
	.build	= uring_build,
	.fill	= uring_fill,
};

static const struct orthros_mark uring_marks[] = {
	{ ORTHROS_MARK_FILE, "io_uring_fops", "io_uring", &uring_ops },
	{}
};

const struct orthros_kind orthros_uring_kind = {
	.name	= "io_uring",
	.tables	= ORTHROS_TABLES(&orthros_table_uring_layout, &orthros_table_uring,
				 &orthros_table_uring_eventfd, &orthros_table_uring_task,
				 &orthros_table_uring_submitter, &orthros_table_uring_overflow,
				 &orthros_table_uring_req, &orthros_table_uring_timeout,
				 &orthros_table_uring_timer, &orthros_table_uring_timer_data,
				 &orthros_table_uring_buf, &orthros_table_uring_poll,
				 &orthros_table_uring_rw, &orthros_table_uring_sr,
				 &orthros_table_uring_accept),
	.marks	= uring_marks,
	.gather	= gather_tasks,
	.tie	= tie_submitters,
};
