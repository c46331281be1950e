// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of io_uring instances.
 */
#include "uring_tables.h"

#define R(field, path) \
	ORTHROS_ROW(struct orthros_uring_layout_view, field, OFFSET, 0, path)

static struct orthros_row uring_layout_rows[] = {
	R(sq_head, "io_rings.sq.head"),
	R(sq_tail, "io_rings.sq.tail"),
	R(cq_head, "io_rings.cq.head"),
	R(cq_tail, "io_rings.cq.tail"),
	R(sq_mask, "io_rings.sq_ring_mask"),
	R(cq_mask, "io_rings.cq_ring_mask"),
	R(sq_entries, "io_rings.sq_ring_entries"),
	R(cq_entries, "io_rings.cq_ring_entries"),
	R(sq_dropped, "io_rings.sq_dropped"),
	R(sq_flags, "io_rings.sq_flags"),
	R(cq_flags, "io_rings.cq_flags"),
	R(cq_overflow, "io_rings.cq_overflow"),
	R(cqes, "io_rings.cqes"),
	R(node_off, "io_tctx_node.ctx_node"),
	R(overflow_off, "io_overflow_cqe.list"),
	R(bucket_list, "io_hash_bucket.list"),
	R(req_node, "io_kiocb.hash_node"),
	R(timeout_node, "io_timeout.list"),
#undef R
#define R(field, kind, path) \
	ORTHROS_ROW(struct orthros_uring_layout_view, field, kind, 0, path)
	R(bucket_size, SIZEOF, "io_hash_bucket"),
	R(cur_pos, ENUM, "REQ_F_CUR_POS_BIT"),
	R(multishot, ENUM, "REQ_F_APOLL_MULTISHOT_BIT"),
	R(creds, ENUM, "REQ_F_CREDS_BIT"),
	R(link_timeout, ENUM, "REQ_F_LINK_TIMEOUT_BIT"),
	R(arm_timeout, ENUM, "REQ_F_ARM_LTIMEOUT_BIT"),
};

ORTHROS_TABLE(uring_layout, struct orthros_uring_layout_view);
#undef R

#define R(field, path) \
	ORTHROS_ROW(struct orthros_uring_req_view, field, VALUE, 0, "io_kiocb." path)

static struct orthros_row uring_req_rows[] = {
	R(ring, "ctx"),
	R(file, "file"),
	R(link, "link"),
	R(pid, "task->thread_pid"),
	R(task_pid, "task->pid"),
	R(task_tgid, "task->tgid"),
	R(user_data, "cqe.user_data"),
	R(flags, "flags"),
	R(op, "opcode"),
};

ORTHROS_TABLE(uring_req, struct orthros_uring_req_view);
#undef R

/* Each lies where a request has its cmd, which is where the request begins. */
#define R(field, path) ORTHROS_ROW(struct orthros_uring_cmd_view, field, VALUE, 0, path)

static struct orthros_row uring_poll_rows[] = {
	R(flags, "io_poll.events"),
};

ORTHROS_TABLE(uring_poll, struct orthros_uring_cmd_view);

static struct orthros_row uring_rw_rows[] = {
	R(addr, "io_rw.addr"),
	R(off, "io_rw.kiocb.ki_pos"),
	R(len, "io_rw.len"),
	R(flags, "io_rw.flags"),
	R(ioprio, "io_rw.kiocb.ki_ioprio"),
};

ORTHROS_TABLE(uring_rw, struct orthros_uring_cmd_view);

static struct orthros_row uring_sr_rows[] = {
	R(addr, "io_sr_msg.buf"),
	R(off, "io_sr_msg.addr"),
	R(len, "io_sr_msg.len"),
	R(flags, "io_sr_msg.msg_flags"),
	R(done, "io_sr_msg.done_io"),
	R(ioprio, "io_sr_msg.flags"),
};

ORTHROS_TABLE(uring_sr, struct orthros_uring_cmd_view);

static struct orthros_row uring_accept_rows[] = {
	R(addr, "io_accept.addr"),
	R(off, "io_accept.addr_len"),
	R(flags, "io_accept.flags"),
	R(done, "io_accept.file_slot"),
	R(nofile, "io_accept.nofile"),
};

ORTHROS_TABLE(uring_accept, struct orthros_uring_cmd_view);
#undef R

#define R(field, kind, flags, path) \
	ORTHROS_ROW(struct orthros_uring_view, field, kind, flags, "io_ring_ctx." path)

static struct orthros_row uring_rows[] = {
	R(rings, VALUE, 0, "rings"),
	R(sqes, VALUE, 0, "sq_sqes"),
	R(ev_fd, VALUE, 0, "io_ev_fd"),
	R(submitter, VALUE, 0, "submitter_task"),
	R(tasks, ADDR, 0, "tctx_list"),
	R(overflow, ADDR, 0, "cq_overflow_list"),
	R(deferred, ADDR, 0, "defer_list"),
	R(deferred_next, VALUE, 0, "defer_list.next"),
	R(timeouts, ADDR, 0, "timeout_list"),
	R(personalities, VALUE, 0, "personalities.xa_head"),
	R(buffers, VALUE, 0, "io_bl_xa.xa_head"),
	R(old_buffers, VALUE, ORTHROS_ROW_OPTIONAL, "io_bl"),
	R(polls, VALUE, 0, "cancel_table.hbs"),
	R(polls_locked, VALUE, 0, "cancel_table_locked.hbs"),
	R(polls_bits, VALUE, 0, "cancel_table.hash_bits"),
	R(polls_locked_bits, VALUE, 0, "cancel_table_locked.hash_bits"),
	R(flags, VALUE, 0, "flags"),
	R(sq_entries, VALUE, 0, "sq_entries"),
	R(cq_entries, VALUE, 0, "cq_entries"),
	R(sq_head, VALUE, 0, "cached_sq_head"),
	R(cq_tail, VALUE, 0, "cached_cq_tail"),
	R(cq_extra, VALUE, 0, "cq_extra"),
	R(cq_timeouts, VALUE, 0, "cq_timeouts.counter"),
	R(cq_last_flush, VALUE, 0, "cq_last_tm_flush"),
	R(nr_files, VALUE, 0, "nr_user_files"),
	R(nr_bufs, VALUE, 0, "nr_user_bufs"),
	R(files, VALUE, 0, "file_table.files"),
	R(file_tags, VALUE, ORTHROS_ROW_NULLABLE, "file_data->tags"),
	R(bufs, VALUE, 0, "user_bufs"),
	R(buf_tags, VALUE, ORTHROS_ROW_NULLABLE, "buf_data->tags"),
	R(owner, VALUE, ORTHROS_ROW_NULLABLE, "mm_account->owner->thread_pid"),
	R(alloc_start, VALUE, 0, "file_alloc_start"),
	R(alloc_end, VALUE, 0, "file_alloc_end"),
	R(limits_set, VALUE, 0, "iowq_limits_set"),
	R(limits[0], VALUE, 0, "iowq_limits[0]"),
	R(limits[1], VALUE, 0, "iowq_limits[1]"),
	R(restricted, VALUE, 0, "restricted"),
	R(restrictions, VALUE, 0, "restrictions.registered"),
	R(compat, VALUE, 0, "compat"),
	R(napi, VALUE, ORTHROS_ROW_OPTIONAL, "napi_enabled"),
	R(clock, VALUE, ORTHROS_ROW_OPTIONAL, "clockid"),
};

ORTHROS_TABLE(uring, struct orthros_uring_view);
#undef R

#define R(field, path) \
	ORTHROS_ROW(struct orthros_uring_eventfd_view, field, VALUE, 0, "io_ev_fd." path)

static struct orthros_row uring_eventfd_rows[] = {
	R(eventfd, "cq_ev_fd"),
	R(async, "eventfd_async"),
};

ORTHROS_TABLE(uring_eventfd, struct orthros_uring_eventfd_view);
#undef R

#define R(field, kind, path) \
	ORTHROS_ROW(struct orthros_uring_task_view, field, kind, 0, "io_tctx_node." path)

static struct orthros_row uring_task_rows[] = {
	R(pid, VALUE, "task->thread_pid"),
	R(tctx, VALUE, "task->io_uring"),
	R(inflight, VALUE, "task->io_uring->inflight.count"),
	R(inflight_cpus, VALUE, "task->io_uring->inflight.counters"),
	R(rings, ADDR, "task->io_uring->registered_rings"),
	R(cached, VALUE, "task->io_uring->cached_refs"),
	R(task_pid, VALUE, "task->pid"),
	R(task_tgid, VALUE, "task->tgid"),
	ORTHROS_ROW(struct orthros_uring_task_view, rings_size, SIZEOF, 0,
		    "io_uring_task.registered_rings"),
};

ORTHROS_TABLE(uring_task, struct orthros_uring_task_view);
#undef R

static struct orthros_row uring_submitter_rows[] = {
	ORTHROS_ROW(struct orthros_uring_task_view, pid, VALUE, 0, "task_struct.thread_pid"),
};

ORTHROS_TABLE(uring_submitter, struct orthros_uring_task_view);

#define R(field, kind, path) \
	ORTHROS_ROW(struct orthros_uring_overflow_view, field, kind, 0, "io_overflow_cqe." path)

static struct orthros_row uring_overflow_rows[] = {
	R(user_data, VALUE, "cqe.user_data"),
	R(res, VALUE, "cqe.res"),
	R(flags, VALUE, "cqe.flags"),
	R(big, ADDR, "cqe.big_cqe"),
};

ORTHROS_TABLE(uring_overflow, struct orthros_uring_overflow_view);
#undef R

#define R(field, flags, path) \
	ORTHROS_ROW(struct orthros_uring_timeout_view, field, VALUE, flags, "io_timeout." path)

static struct orthros_row uring_timeout_rows[] = {
	R(off, 0, "off"),
	R(target, 0, "target_seq"),
	R(repeats, ORTHROS_ROW_OPTIONAL, "repeats"),
};

ORTHROS_TABLE(uring_timeout, struct orthros_uring_timeout_view);
#undef R

static struct orthros_row uring_timer_rows[] = {
	ORTHROS_ROW(struct orthros_uring_timer_view, data, VALUE, 0, "io_kiocb.async_data"),
};

ORTHROS_TABLE(uring_timer, struct orthros_uring_timer_view);

#define R(field, path) \
	ORTHROS_ROW(struct orthros_uring_timer_data_view, field, VALUE, 0, "io_timeout_data." path)

static struct orthros_row uring_timer_data_rows[] = {
	R(expires, "timer.node.expires"),
	R(flags, "flags"),
};

ORTHROS_TABLE(uring_timer_data, struct orthros_uring_timer_data_view);
#undef R

#define R(field, flags, path) \
	ORTHROS_ROW(struct orthros_uring_buf_view, field, VALUE, flags, "io_mapped_ubuf." path)

static struct orthros_row uring_buf_rows[] = {
	R(addr, 0, "ubuf"),
	R(end, ORTHROS_ROW_OPTIONAL, "ubuf_end"),
	R(len, ORTHROS_ROW_OPTIONAL, "len"),
};

ORTHROS_TABLE(uring_buf, struct orthros_uring_buf_view);
#undef R
