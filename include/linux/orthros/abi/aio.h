/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of AIO contexts, as io_setup() makes them. A change of layout or meaning bumps
 * the version of the record.
 */
#ifndef _LINUX_ORTHROS_ABI_AIO_H
#define _LINUX_ORTHROS_ABI_AIO_H

#include <linux/types.h>

#define ORTHROS_AIO_VERSION	1

/**
 * struct orthros_aio_req_rec - a request that polls
 * @file:	FILE object
 * @eventfd:	its eventfd, as FILE objects have it in object; 0: none
 * @obj:	address of the user's struct iocb
 * @data:	what the user is told with the event
 * @events:	EPOLL*
 * @pad:	0
 */
struct orthros_aio_req_rec {
	__u64	file;
	__u64	eventfd;
	__u64	obj;
	__u64	data;
	__u32	events;
	__u32	pad;
} __packed __aligned(8);

/**
 * struct orthros_aio_rec - a context
 * @version:	%ORTHROS_AIO_VERSION
 * @nr_reqs:	entries in @reqs
 * @mm:		MM object
 * @addr:	user address of its ring, which is its name
 * @pages:	source address of the array of its pages
 * @nr_pages:	how many
 * @max_reqs:	what io_setup() was asked for
 * @nr_events:	slots in the ring
 * @tail:	where the next event goes
 * @ring:	source address of the file of its ring, which is mapped
 * @reqs:	requests that are under way
 */
struct orthros_aio_rec {
	__u32	version;
	__u32	nr_reqs;
	__u64	mm;
	__u64	addr;
	__u64	pages;
	__u32	nr_pages;
	__u32	max_reqs;
	__u32	nr_events;
	__u32	tail;
	__u64	ring;
	struct orthros_aio_req_rec reqs[];
} __packed __aligned(8);

#endif /* _LINUX_ORTHROS_ABI_AIO_H */
