// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of fs/aio.c (patches/<version>/0031-aio), whose structs and
 * functions are static: contexts with a ring that was there, requests that polled, and
 * waiting for the others.
 */
#ifdef CONFIG_ORTHROS
#include "compat.h"
#include "aio_inside.h"

/* What moves data is on its way to a disk, and comes to its end by itself. */
#define SETTLE_TIMEOUT	(10 * HZ)

static DECLARE_WAIT_QUEUE_HEAD(settle_wq);

/**
 * __orthros_aio_done() - a request has come to its end
 *
 * Context: any.
 */
void __orthros_aio_done(void)
{
	wake_up(&settle_wq);
}

bool orthros_aio_waits;

/* Requests that are under way, without those that only poll. Nobody submits any more. */
static bool is_settled(struct kioctx *ctx)
{
	unsigned int taken = ctx->nr_events - 1;
	struct aio_kiocb *req;
	unsigned long flags;
	int cpu;

	spin_lock_irqsave(&ctx->ctx_lock, flags);
	spin_lock(&ctx->completion_lock);
	taken -= atomic_read(&ctx->reqs_available) + ctx->completed_events;
	for_each_possible_cpu(cpu)
		taken -= per_cpu_ptr(ctx->cpu, cpu)->reqs_available;
	spin_unlock(&ctx->completion_lock);
	list_for_each_entry(req, &ctx->active_reqs, ki_list)
		taken--;
	spin_unlock_irqrestore(&ctx->ctx_lock, flags);
	return !taken;
}

/* Somebody who has one that is not, 0: nobody. */
static pid_t find_unsettled(void)
{
	struct kioctx_table *table;
	struct task_struct *p;
	struct kioctx *ctx;
	pid_t who = 0;
	unsigned int i;

	rcu_read_lock();
	for_each_process(p) {
		task_lock(p);
		table = p->mm ? rcu_dereference(p->mm->ioctx_table) : NULL;
		for (i = 0; table && i < table->nr && !who; i++) {
			ctx = rcu_dereference(table->table[i]);
			if (ctx && !is_settled(ctx))
				who = task_tgid_nr(p);
		}
		task_unlock(p);
		if (who)
			break;
	}
	rcu_read_unlock();
	return who;
}

/**
 * orthros_aio_settle() - wait until requests that move data are done
 * @who:	is set to a process that has one which is not, if there is
 *
 * Context: all processes are frozen.
 *
 * Return: 0 or -EBUSY.
 */
int orthros_aio_settle(pid_t *who)
{
	long left;

	WRITE_ONCE(orthros_aio_waits, true);
	/* Whoever ends a request now sees it. */
	smp_mb();
	left = wait_event_timeout(settle_wq, !(*who = find_unsettled()), SETTLE_TIMEOUT);
	WRITE_ONCE(orthros_aio_waits, false);
	return left ? 0 : -EBUSY;
}

/**
 * orthros_aio_least() - slots of the smallest ring of this kernel
 *
 * Return: that number.
 */
unsigned int orthros_aio_least(void)
{
	return 2 * 4 * num_possible_cpus() + 2;
}

/**
 * orthros_aio_make() - make a context
 * @rec:	its record, checked
 *
 * Context: in the process, which has its memory, alone.
 *
 * Return: the context with a reference that orthros_aio_set() drops, or an ERR_PTR().
 */
struct kioctx *orthros_aio_make(const struct orthros_aio_rec *rec)
{
	/* So many that the ring has as many pages; there is room for two more events. */
	unsigned int nr = (rec->nr_events - 2) / 2, i;
	struct mm_struct *mm = current->mm;
	unsigned long max = aio_max_nr, vm = mm->hiwater_vm;
	int map_count = mm->map_count;
	struct kioctx *ctx;

	/* Nobody limits what had been granted, nor what is mapped for a moment only. */
	aio_max_nr = ULONG_MAX;
	mm->map_count = 0;
	ctx = ioctx_alloc(nr);
	mm->map_count += map_count;
	aio_max_nr = max;
	if (IS_ERR(ctx))
		return ctx;
	spin_lock(&aio_nr_lock);
	aio_nr += rec->max_reqs;
	aio_nr -= ctx->max_reqs;
	spin_unlock(&aio_nr_lock);
	ctx->max_reqs = rec->max_reqs;

	vm_munmap(ctx->mmap_base, ctx->mmap_size);
	mm->hiwater_vm = vm;
	for (i = 0; i < ctx->nr_pages; i++)
		if (!orthros_aio_address(ctx, i))
			break;
	if (ctx->nr_events != rec->nr_events || ctx->nr_pages != rec->nr_pages ||
	    i != rec->nr_pages) {
		/* The context goes with the process. */
		ctx->mmap_size = 0;
		percpu_ref_put(&ctx->users);
		return ERR_PTR(-EINVAL);
	}
	ctx->user_id = rec->addr;
	ctx->mmap_base = rec->addr;
	return ctx;
}

/**
 * orthros_aio_ring() - what is to be mapped
 * @ctx:	context
 *
 * Return: the file of its ring.
 */
struct file *orthros_aio_ring(struct kioctx *ctx)
{
	return ctx->aio_ring_file;
}

/**
 * orthros_aio_page() - a page of the ring
 * @ctx:	context
 * @nr:		which
 *
 * Return: its contents.
 */
void *orthros_aio_page(struct kioctx *ctx, u32 nr)
{
	return orthros_aio_address(ctx, nr);
}

/**
 * orthros_aio_set() - take over what is in the ring by now
 * @ctx:	context
 * @rec:	its record
 */
void orthros_aio_set(struct kioctx *ctx, const struct orthros_aio_rec *rec)
{
	struct aio_ring *ring = orthros_aio_address(ctx, 0);
	unsigned int head = ring->head % ctx->nr_events;
	unsigned int events = (rec->tail + ctx->nr_events - head) % ctx->nr_events;

	/* What the kernel looks at; the others are the program's. */
	ring->id = ctx->id;
	ring->nr = ctx->nr_events;
	ring->tail = rec->tail;
	ctx->tail = rec->tail;
	ctx->completed_events = events;
	atomic_set(&ctx->reqs_available, ctx->nr_events - 1 - events);
	percpu_ref_put(&ctx->users);
}

/**
 * orthros_aio_poll() - poll again
 * @ctx:	context
 * @rec:	the request
 * @file:	what it polls
 * @eventfd:	which is told, or NULL
 *
 * Context: the context's process is held.
 *
 * Return: 0 or negative errno.
 */
int orthros_aio_poll(struct kioctx *ctx, const struct orthros_aio_req_rec *rec,
		     struct file *file, struct file *eventfd)
{
	struct iocb iocb = { .aio_buf = mangle_poll((__force __poll_t)rec->events) };
	struct aio_kiocb *req = aio_get_req(ctx);
	int err = 0;

	if (!req)
		return -EAGAIN;
	req->ki_filp = get_file(file);
	if (eventfd) {
		req->ki_eventfd = eventfd_ctx_fileget(eventfd);
		if (IS_ERR(req->ki_eventfd)) {
			err = PTR_ERR(req->ki_eventfd);
			req->ki_eventfd = NULL;
		}
	}
	req->ki_res.obj = rec->obj;
	req->ki_res.data = rec->data;
	req->ki_res.res = 0;
	req->ki_res.res2 = 0;
	if (!err)
		err = aio_poll(req, &iocb);
	/* As io_submit_one() ends. */
	iocb_put(req);
	if (err) {
		iocb_destroy(req);
		put_reqs_available(ctx, 1);
	}
	return err;
}
#endif /* CONFIG_ORTHROS */
