/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of io_uring instances. A change of layout or meaning bumps the version of the
 * record. Flags and opcodes are those of the system calls.
 */
#ifndef _LINUX_ORTHROS_ABI_URING_H
#define _LINUX_ORTHROS_ABI_URING_H

#include <linux/types.h>

#define ORTHROS_URING_VERSION	1

/**
 * struct orthros_uring_cqe_rec - a completion that the ring has no room for
 * @user_data:	as in &struct io_uring_cqe
 * @res:	likewise
 * @flags:	likewise
 * @big:	what big ones have beside
 */
struct orthros_uring_cqe_rec {
	__u64	user_data;
	__s32	res;
	__u32	flags;
	__u64	big[2];
} __packed __aligned(8);

/**
 * struct orthros_uring_slot_rec - what is registered under a number
 * @ring:	the instance, as FILE objects have it in object
 * @file:	FILE object, 0: memory
 * @addr:	user address of memory
 * @len:	bytes of it
 * @index:	the number
 * @pid:	thread that has it for itself, 0: it is the instance's
 * @done:	it was registered
 */
struct orthros_uring_slot_rec {
	__u64	ring;
	__u64	file;
	__u64	addr;
	__u64	len;
	__u32	index;
	__s32	pid;
	__u64	done;
} __packed __aligned(8);

/**
 * struct orthros_uring_req_rec - a request that waits
 * @ring:	the instance, as FILE objects have it in object
 * @file:	FILE object, 0: a timeout
 * @pid:	who has submitted it
 * @op:		IORING_OP_*
 * @flags:	IOSQE_*
 * @ioprio:	as in &struct io_uring_sqe
 * @len:	likewise
 * @rw_flags:	likewise, and the others that have its place
 * @off:	likewise
 * @addr:	likewise
 * @user_data:	likewise
 * @nofile:	the limit of descriptors of who accepts
 * @done:	it was submitted
 */
struct orthros_uring_req_rec {
	__u64	ring;
	__u64	file;
	__s32	pid;
	__u8	op;
	__u8	flags;
	__u16	ioprio;
	__u32	len;
	__u32	rw_flags;
	__u64	off;
	__u64	addr;
	__u64	user_data;
	__u64	nofile;
	__u64	done;
} __packed __aligned(8);

/**
 * struct orthros_uring_task_rec - a thread that has submitted
 * @nr:		its requests that are under way, in all instances
 * @pid:	its PID
 * @pad:	0
 */
struct orthros_uring_task_rec {
	__s64	nr;
	__s32	pid;
	__u32	pad;
} __packed __aligned(8);

/**
 * struct orthros_uring_rec - an instance
 * @version:	%ORTHROS_URING_VERSION
 * @flags:	IORING_SETUP_*
 * @rings:	source address of both rings
 * @sqes:	source address of the submission entries
 * @sq_entries:	slots, a power of two
 * @cq_entries:	likewise
 * @sq_head:	submissions that were taken
 * @cq_tail:	completions that were given
 * @cq_extra:	completions without a submission, and the other way round
 * @cq_timeouts: timeouts that came
 * @cq_last_flush: completions when timeouts were last looked at
 * @submitter:	PID of the only thread that may submit, 0: anybody
 * @eventfd:	that is told of completions, as FILE objects have it in object; 0: none
 * @eventfd_async: only of those that did not complete at once
 * @limits_set:	somebody has set @limits
 * @limits:	of workers
 * @nr_files:	numbers for registered files
 * @alloc_start: the first that is given to whoever wants any
 * @alloc_end:	after the last
 * @nr_bufs:	numbers for registered memory
 * @owner:	PID of the process whose memory that is
 * @pad:	0
 * @nr_overflow: entries in @overflow
 * @done:	what needs the descriptors of its process was done
 * @tied:	all that there is was built
 * @overflow:	completions that the ring has no room for
 */
struct orthros_uring_rec {
	__u32	version;
	__u32	flags;
	__u64	rings;
	__u64	sqes;
	__u32	sq_entries;
	__u32	cq_entries;
	__u32	sq_head;
	__u32	cq_tail;
	__u32	cq_extra;
	__u32	cq_timeouts;
	__u32	cq_last_flush;
	__s32	submitter;
	__u64	eventfd;
	__u32	eventfd_async;
	__u32	limits_set;
	__u32	limits[2];
	__u32	nr_files;
	__u32	alloc_start;
	__u32	alloc_end;
	__u32	nr_bufs;
	__s32	owner;
	__u32	pad;
	__u32	nr_overflow;
	__u32	done;
	__u64	tied;
	struct orthros_uring_cqe_rec overflow[];
} __packed __aligned(8);

#endif /* _LINUX_ORTHROS_ABI_URING_H */
