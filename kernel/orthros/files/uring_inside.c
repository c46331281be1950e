// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of io_uring/io_uring.c (patches/<version>/0032-uring), whose
 * functions are static: instances as they were.
 */
#ifdef CONFIG_ORTHROS
#include "compat.h"
#include "uring_inside.h"

/* For requests that are with a disk, or with a worker. */
#define SETTLE_TIMEOUT	(2 * HZ)
/* Nobody is woken for work that waits until its thread looks for it. */
#define SETTLE_PAUSE	(HZ / 100 + 1)

/**
 * orthros_uring_flags() - the flags of io_uring_setup() with which an instance can be made
 *
 * Not those with threads of their own, nor with rings in memory of the program.
 *
 * Return: IORING_SETUP_*.
 */
u32 orthros_uring_flags(void)
{
	return IORING_SETUP_IOPOLL | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP |
	       IORING_SETUP_ATTACH_WQ | IORING_SETUP_R_DISABLED | IORING_SETUP_SUBMIT_ALL |
	       IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SQE128 |
	       IORING_SETUP_CQE32 | IORING_SETUP_SINGLE_ISSUER |
#ifdef IORING_SETUP_NO_SQARRAY
	       IORING_SETUP_NO_SQARRAY |
#endif
	       IORING_SETUP_DEFER_TASKRUN;
}

/**
 * orthros_uring_has() - has an instance completions for its program?
 * @file:	any file
 * @min:	at least so many
 *
 * Return: true if it has, or if it is no instance.
 */
bool orthros_uring_has(struct file *file, u32 min)
{
	struct io_ring_ctx *ctx = file->private_data;

	if (file->f_op != &io_uring_fops)
		return true;
	return __io_cqring_events_user(ctx) >= min_t(u32, min, ctx->cq_entries);
}

/**
 * orthros_uring_memory() - what an instance shares with its program
 * @file:	instance
 * @m:		filled
 */
void orthros_uring_memory(struct file *file, struct orthros_uring_memory *m)
{
	struct io_ring_ctx *ctx = file->private_data;
	size_t off;

	m->rings = ctx->rings;
	m->rings_size = rings_size(ctx, ctx->sq_entries, ctx->cq_entries, &off);
	m->sqes = ctx->sq_sqes;
	m->sqes_size = array_size(sizeof(struct io_uring_sqe), ctx->sq_entries);
	if (ctx->flags & IORING_SETUP_SQE128)
		m->sqes_size *= 2;
}

/**
 * orthros_uring_set() - take over what is in the rings by now
 * @file:	instance
 * @rec:	its record, with as many slots
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_uring_set(struct file *file, const struct orthros_uring_rec *rec)
{
	struct io_ring_ctx *ctx = file->private_data;
	struct io_rings *rings = ctx->rings;
	int err = 0;
	u32 i;

	/* What the kernel looks at; the others are the program's. */
	rings->sq_ring_mask = ctx->sq_entries - 1;
	rings->cq_ring_mask = ctx->cq_entries - 1;
	rings->sq_ring_entries = ctx->sq_entries;
	rings->cq_ring_entries = ctx->cq_entries;
	/* These are told of what is found again. */
	atomic_andnot(IORING_SQ_NEED_WAKEUP | IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN,
		      &rings->sq_flags);

	mutex_lock(&ctx->uring_lock);
	spin_lock(&ctx->completion_lock);
	ctx->flags = rec->flags;
	ctx->cached_sq_head = rec->sq_head;
	ctx->cached_cq_tail = rec->cq_tail;
	ctx->cqe_cached = NULL;
	ctx->cqe_sentinel = NULL;
	ctx->cq_extra = rec->cq_extra;
	atomic_set(&ctx->cq_timeouts, rec->cq_timeouts);
	ctx->cq_last_tm_flush = rec->cq_last_flush;
	ctx->iowq_limits_set = rec->limits_set;
	ctx->iowq_limits[0] = rec->limits[0];
	ctx->iowq_limits[1] = rec->limits[1];
	for (i = 0; i < rec->nr_overflow && !err; i++) {
		const struct orthros_uring_cqe_rec *c = &rec->overflow[i];

		if (!io_cqring_event_overflow(ctx, c->user_data, c->res, c->flags, c->big[0],
					      c->big[1]))
			err = -ENOMEM;
	}
	spin_unlock(&ctx->completion_lock);
	mutex_unlock(&ctx->uring_lock);
	return err;
}

/**
 * orthros_uring_submit() - make a request that waited once more
 * @file:	instance
 * @sqe:	the request
 *
 * Context: who has submitted it.
 *
 * Return: 0, or negative errno if it cannot be told by a completion.
 */
int orthros_uring_submit(struct file *file, const struct io_uring_sqe *sqe)
{
	struct io_ring_ctx *ctx = file->private_data;
	struct io_kiocb *req;
	int err;

	err = io_uring_add_tctx_node(ctx);
	if (err)
		return err;
	/* As io_submit_sqes(), but for the entry. */
	mutex_lock(&ctx->uring_lock);
	io_get_task_refs(1);
	io_submit_state_start(&ctx->submit_state, 1);
	if (orthros_uring_alloc(ctx, req)) {
		io_submit_sqe(ctx, req, sqe);
	} else {
		current->io_uring->cached_refs++;
		err = -ENOMEM;
	}
	io_submit_state_end(ctx);
	mutex_unlock(&ctx->uring_lock);
	return err;
}

static unsigned int count_polls(struct io_hash_table *table)
{
	struct io_kiocb *req;
	unsigned int i, nr = 0;

	for (i = 0; i < 1U << table->hash_bits; i++) {
		struct io_hash_bucket *hb = &table->hbs[i];

		spin_lock(&hb->lock);
		hlist_for_each_entry(req, &hb->list, hash_node)
			nr += req->task == current;
		spin_unlock(&hb->lock);
	}
	return nr;
}

/* @off: where the list's node lies in the request, of which timeout.c alone knows. */
static unsigned int count_timeouts(struct io_ring_ctx *ctx, long off)
{
	struct list_head *node;
	unsigned int nr = 0;

	spin_lock_irq(&ctx->timeout_lock);
	list_for_each(node, &ctx->timeout_list)
		nr += ((struct io_kiocb *)((void *)node - off))->task == current;
	spin_unlock_irq(&ctx->timeout_lock);
	return nr;
}

/* Runs what current has to do for its requests. Those that do not only wait, if there are. */
static s64 work_left(struct io_uring_task *tctx, long timeout_off)
{
	struct io_tctx_node *node;
	unsigned long index;
	s64 left;

	xa_for_each(&tctx->xa, index, node)
		orthros_uring_run(node->ctx);
	left = percpu_counter_sum(&tctx->inflight) - tctx->cached_refs;
	if (left <= 0)
		return 0;
	xa_for_each(&tctx->xa, index, node) {
		struct io_ring_ctx *ctx = node->ctx;

		mutex_lock(&ctx->uring_lock);
		left -= count_polls(&ctx->cancel_table);
		left -= count_polls(&ctx->cancel_table_locked);
		mutex_unlock(&ctx->uring_lock);
		left -= count_timeouts(ctx, timeout_off);
	}
	return left;
}

/**
 * orthros_uring_settle_current() - let requests of current end that end by themselves
 * @timeout_off: offset of io_timeout.list
 *
 * Before it is frozen, as only it can complete them. What has not ended then is refused.
 */
void orthros_uring_settle_current(long timeout_off)
{
	struct io_uring_task *tctx = current->io_uring;
	unsigned long end = jiffies + SETTLE_TIMEOUT;

	if (!tctx || current->flags & PF_IO_WORKER)
		return;
	while (work_left(tctx, timeout_off) > 0 && time_before(jiffies, end)) {
		/* The freezer's signal, which it sends again. */
		clear_thread_flag(TIF_SIGPENDING);
		schedule_timeout_interruptible(SETTLE_PAUSE);
	}
	spin_lock_irq(&current->sighand->siglock);
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
}

/**
 * orthros_uring_submitter() - who alone may submit
 * @file:	instance
 * @task:	that thread, whose reference is the instance's then; NULL: anybody
 *
 * Return: who it was, with the reference, or NULL.
 */
struct task_struct *orthros_uring_submitter(struct file *file, struct task_struct *task)
{
	struct io_ring_ctx *ctx = file->private_data;

	return xchg(&ctx->submitter_task, task);
}
#endif /* CONFIG_ORTHROS */
