/* SPDX-License-Identifier: GPL-2.0 */
/* What the reader of io_uring instances sees of a source kernel. */
#ifndef _ORTHROS_TABLES_URING_H
#define _ORTHROS_TABLES_URING_H

#include "../core/table.h"

/**
 * struct orthros_uring_layout_view - how the rings are laid out, which programs were told;
 *				      read with address 0
 * @sq_head:	offset in a struct io_rings
 * @sq_tail:	likewise
 * @cq_head:	likewise
 * @cq_tail:	likewise
 * @sq_mask:	likewise
 * @cq_mask:	likewise
 * @sq_entries:	likewise
 * @cq_entries:	likewise
 * @sq_dropped:	likewise
 * @sq_flags:	likewise
 * @cq_flags:	likewise
 * @cq_overflow: likewise
 * @cqes:	likewise
 * @node_off:	where the list's node lies in a struct io_tctx_node
 * @overflow_off: where it lies in a struct io_overflow_cqe
 * @bucket_size: bytes of a struct io_hash_bucket
 * @bucket_list: offset of its list
 * @req_node:	where the list's node lies in a struct io_kiocb
 * @cur_pos:	number of the flag of a request that uses the file's position
 * @multishot:	of one that goes on when it has completed
 * @creds:	of one with credentials of its own
 * @link_timeout: of one that had a timeout
 * @arm_timeout: of one that will have one
 * @timeout_node: where the list's node lies in a struct io_timeout
 */
struct orthros_uring_layout_view {
	u32 sq_head, sq_tail, cq_head, cq_tail;
	u32 sq_mask, cq_mask, sq_entries, cq_entries;
	u32 sq_dropped, sq_flags, cq_flags, cq_overflow, cqes;
	u32 node_off;
	u32 overflow_off;
	u32 bucket_size;
	u32 bucket_list;
	u32 req_node;
	u32 timeout_node;
	u32 cur_pos, multishot, creds, link_timeout, arm_timeout;
};

/**
 * struct orthros_uring_view - a struct io_ring_ctx
 * @rings:	both rings
 * @sqes:	submission entries
 * @ev_fd:	struct io_ev_fd or 0
 * @submitter:	struct task_struct or 0
 * @tasks:	address of the list of who has used it
 * @overflow:	address of the list of completions without room
 * @deferred:	address of the list of requests that wait for all others
 * @deferred_next: the first one there
 * @timeouts:	address of the list of timeouts
 * @personalities: credentials that were registered
 * @buffers:	buffers that were provided
 * @old_buffers: likewise, of small groups
 * @polls:	buckets of requests that wait until a file is ready
 * @polls_locked: likewise
 * @polls_bits:	how many
 * @polls_locked_bits: likewise
 * @flags:	IORING_SETUP_*
 * @sq_entries:	slots
 * @cq_entries:	likewise
 * @sq_head:	submissions that were taken
 * @cq_tail:	completions that were given
 * @cq_extra:	see &struct orthros_uring_rec
 * @cq_timeouts: likewise
 * @cq_last_flush: likewise
 * @files:	array of registered files, with bits that say what they are
 * @file_tags:	what the program is told when they are replaced: array of pages
 * @bufs:	array of registered buffers
 * @buf_tags:	likewise
 * @owner:	struct pid of the process whose memory they are
 * @nr_files:	registered files
 * @alloc_start: see &struct orthros_uring_rec
 * @alloc_end:	likewise
 * @nr_bufs:	registered buffers
 * @limits_set:	likewise
 * @limits:	likewise
 * @restricted:	not all may be submitted
 * @restrictions: will be so, once it is enabled
 * @compat:	of a 32-bit program
 * @napi:	it polls network cards
 * @clock:	by which timeouts are measured
 */
struct orthros_uring_view {
	u64 rings;
	u64 sqes;
	u64 ev_fd;
	u64 submitter;
	u64 tasks;
	u64 overflow;
	u64 deferred;
	u64 deferred_next;
	u64 timeouts;
	u64 personalities;
	u64 buffers;
	u64 old_buffers;
	u64 files;
	u64 file_tags;
	u64 bufs;
	u64 buf_tags;
	u64 owner;
	u32 alloc_start;
	u32 alloc_end;
	u64 polls;
	u64 polls_locked;
	u32 polls_bits;
	u32 polls_locked_bits;
	u32 flags;
	u32 sq_entries;
	u32 cq_entries;
	u32 sq_head;
	u32 cq_tail;
	u32 cq_extra;
	s32 cq_timeouts;
	u32 cq_last_flush;
	u32 nr_files;
	u32 nr_bufs;
	u32 limits_set;
	u32 limits[2];
	u32 restricted;
	u32 compat;
	u8 napi;
	u8 restrictions;
	u32 clock;
};

/* A struct io_ev_fd. */
struct orthros_uring_eventfd_view {
	u64 eventfd;
	u32 async;
};

/**
 * struct orthros_uring_task_view - a struct io_tctx_node
 * @pid:	struct pid of the task
 * @tctx:	its struct io_uring_task
 * @inflight:	requests that it has under way, of all instances, and room for more
 * @inflight_cpus: that part of it which CPUs have for themselves
 * @cached:	that room
 * @task_pid:	number of the task
 * @task_tgid:	that of its process
 * @rings:	address of rings that it has registered
 * @rings_size:	bytes of that array
 */
struct orthros_uring_task_view {
	u64 pid;
	u64 tctx;
	s64 inflight;
	u64 inflight_cpus;
	u64 rings;
	s32 cached;
	s32 task_pid;
	s32 task_tgid;
	u32 rings_size;
};

/* A struct io_overflow_cqe. */
struct orthros_uring_overflow_view {
	u64 user_data;
	s32 res;
	u32 flags;
	u64 big;
};

/**
 * struct orthros_uring_req_view - a struct io_kiocb
 * @ring:	struct io_ring_ctx
 * @file:	struct file
 * @link:	the request that comes after it, or 0
 * @pid:	struct pid of who has submitted it
 * @task_pid:	its number
 * @task_tgid:	that of its process
 * @user_data:	as in &struct io_uring_sqe
 * @flags:	REQ_F_*
 * @op:		IORING_OP_*
 */
struct orthros_uring_req_view {
	u64 ring;
	u64 file;
	u64 link;
	u64 pid;
	s32 task_pid;
	s32 task_tgid;
	u64 user_data;
	u64 flags;
	u8 op;
};

/**
 * struct orthros_uring_timeout_view - a struct io_timeout
 * @off:	completions that it waits for
 * @target:	the number of the last of them
 * @repeats:	how often it comes
 */
struct orthros_uring_timeout_view {
	u32 off;
	u32 target;
	u32 repeats;
};

/**
 * struct orthros_uring_timer_view - a struct io_timeout_data, by its request
 * @data:	that
 */
struct orthros_uring_timer_view {
	u64 data;
};

/* And by its address: when its timer expires, and IORING_TIMEOUT_*. */
struct orthros_uring_timer_data_view {
	s64 expires;
	u32 flags;
};

/* A struct io_mapped_ubuf: where it begins and ends; or how long it is. */
struct orthros_uring_buf_view {
	u64 addr;
	u64 end;
	u32 len;
};

/* What a request has of its own, as its entry had it. */
struct orthros_uring_cmd_view {
	u64 addr;
	u64 off;
	u64 nofile;
	u32 len;
	u32 flags;
	u32 done;
	u16 ioprio;
};

extern struct orthros_table orthros_table_uring_req;
extern struct orthros_table orthros_table_uring_poll;
extern struct orthros_table orthros_table_uring_rw;
extern struct orthros_table orthros_table_uring_sr;
extern struct orthros_table orthros_table_uring_accept;
extern struct orthros_table orthros_table_uring_timeout;
extern struct orthros_table orthros_table_uring_timer;
extern struct orthros_table orthros_table_uring_timer_data;
extern struct orthros_table orthros_table_uring_buf;
extern struct orthros_table orthros_table_uring_layout;
extern struct orthros_table orthros_table_uring;
extern struct orthros_table orthros_table_uring_eventfd;
extern struct orthros_table orthros_table_uring_task;
extern struct orthros_table orthros_table_uring_submitter;
extern struct orthros_table orthros_table_uring_overflow;

#endif /* _ORTHROS_TABLES_URING_H */
