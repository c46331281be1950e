// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of AIO contexts.
 */
#include "aio_tables.h"

#define R(field, kind, ...) ORTHROS_ROW(struct orthros_aio_env, field, kind, 0, __VA_ARGS__)

static struct orthros_row aio_env_rows[] = {
	R(ops_ring, SYM, "aio_ring_vm_ops"),
	R(poll_cancel, SYM, "aio_poll_cancel"),
};

ORTHROS_TABLE(aio_env, struct orthros_aio_env);
#undef R

#define R(field, kind, path) \
	ORTHROS_ROW(struct orthros_aio_table_view, field, kind, 0, "kioctx_table." path)

static struct orthros_row aio_table_rows[] = {
	R(table, ADDR, "table"),
	R(nr, VALUE, "nr"),
};

ORTHROS_TABLE(aio_table, struct orthros_aio_table_view);
#undef R

#define R(field, kind, ...) ORTHROS_ROW(struct orthros_aio_view, field, kind, 0, __VA_ARGS__)

static struct orthros_row aio_rows[] = {
	R(addr, VALUE, "kioctx.user_id"),
	R(size, VALUE, "kioctx.mmap_size"),
	/* Pages before Linux 6.10. */
	R(pages, VALUE, "kioctx.ring_folios", "kioctx.ring_pages"),
	R(cpu, VALUE, "kioctx.cpu"),
	R(ring, VALUE, "kioctx.aio_ring_file"),
	R(active, ADDR, "kioctx.active_reqs"),
	R(nr_pages, VALUE, "kioctx.nr_pages"),
	R(max_reqs, VALUE, "kioctx.max_reqs"),
	R(nr_events, VALUE, "kioctx.nr_events"),
	R(available, VALUE, "kioctx.reqs_available.counter"),
	R(completed, VALUE, "kioctx.completed_events"),
	R(tail, VALUE, "kioctx.tail"),
	R(dead, VALUE, "kioctx.dead.counter"),
	R(list_off, OFFSET, "aio_kiocb.ki_list"),
	R(cpu_off, OFFSET, "kioctx_cpu.reqs_available"),
};

ORTHROS_TABLE(aio, struct orthros_aio_view);
#undef R

#define R(field, path) \
	ORTHROS_ROW(struct orthros_aio_req_view, field, VALUE, 0, "aio_kiocb." path)

static struct orthros_row aio_req_rows[] = {
	R(cancel, "ki_cancel"),
	R(file, "ki_filp"),
	R(eventfd, "ki_eventfd"),
	R(obj, "ki_res.obj"),
	R(data, "ki_res.data"),
	R(events, "poll.events"),
};

ORTHROS_TABLE(aio_req, struct orthros_aio_req_view);
#undef R
