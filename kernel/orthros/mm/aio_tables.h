/* SPDX-License-Identifier: GPL-2.0 */
/* What the reader of AIO contexts sees of a source kernel. */
#ifndef _ORTHROS_TABLES_AIO_H
#define _ORTHROS_TABLES_AIO_H

#include "../core/table.h"

/**
 * struct orthros_aio_env - constants of the source; read with address 0
 * @ops_ring:		vm_ops of a ring
 * @poll_cancel:	what cancels a request that polls
 */
struct orthros_aio_env {
	u64 ops_ring;
	u64 poll_cancel;
};

/**
 * struct orthros_aio_table_view - a struct kioctx_table
 * @table:	address of its pointers to contexts
 * @nr:		how many
 */
struct orthros_aio_table_view {
	u64 table;
	u32 nr;
};

/**
 * struct orthros_aio_view - a struct kioctx
 * @addr:	user address of its ring, which is its name
 * @size:	bytes of it
 * @pages:	array of its pages
 * @cpu:	slots that a CPU has for itself, per CPU
 * @ring:	struct file of its ring
 * @active:	address of the list of requests that can be cancelled
 * @nr_pages:	entries in @pages
 * @max_reqs:	what io_setup() was asked for
 * @nr_events:	slots in the ring
 * @available:	free slots that no CPU has for itself
 * @completed:	events for which no slot has been given back yet
 * @tail:	where the next event goes
 * @dead:	it is being destroyed
 * @list_off:	where that list's node lies in a request
 * @cpu_off:	where the number lies in what is per CPU
 */
struct orthros_aio_view {
	u64 addr;
	u64 size;
	u64 pages;
	u64 cpu;
	u64 ring;
	u64 active;
	u64 nr_pages;
	u32 max_reqs;
	u32 nr_events;
	s32 available;
	u32 completed;
	u32 tail;
	s32 dead;
	u32 list_off;
	u32 cpu_off;
};

/**
 * struct orthros_aio_req_view - a struct aio_kiocb
 * @cancel:	what cancels it
 * @file:	struct file
 * @eventfd:	struct eventfd_ctx or 0
 * @obj:	address of the user's struct iocb
 * @data:	what the user wants to be told with the event
 * @events:	of a request that polls: what for
 */
struct orthros_aio_req_view {
	u64 cancel;
	u64 file;
	u64 eventfd;
	u64 obj;
	u64 data;
	u32 events;
};

extern struct orthros_table orthros_table_aio_env;
extern struct orthros_table orthros_table_aio_table;
extern struct orthros_table orthros_table_aio;
extern struct orthros_table orthros_table_aio_req;

#endif /* _ORTHROS_TABLES_AIO_H */
