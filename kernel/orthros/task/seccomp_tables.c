// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of seccomp's filters.
 */
#include "seccomp_tables.h"

#define R(f, flags, ...) \
	ORTHROS_ROW(struct orthros_seccomp_view, f, VALUE, flags, __VA_ARGS__)

static struct orthros_row seccomp_rows[] = {
	R(prev, 0, "seccomp_filter.prev"),
	R(notif, 0, "seccomp_filter.notif"),
	R(next_id, ORTHROS_ROW_NULLABLE, "seccomp_filter.notif->next_id"),
	R(notif_flags, ORTHROS_ROW_OPTIONAL | ORTHROS_ROW_NULLABLE, "seccomp_filter.notif->flags"),
	R(insns, ORTHROS_ROW_NULLABLE, "seccomp_filter.prog->orig_prog->filter"),
	R(len, ORTHROS_ROW_NULLABLE, "seccomp_filter.prog->orig_prog->len"),
	R(log, 0, "seccomp_filter.log"),
	R(wait_killable, 0, "seccomp_filter.wait_killable_recv"),
};

ORTHROS_TABLE(seccomp, struct orthros_seccomp_view);
