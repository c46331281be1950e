// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the source has what there is one of: the next PID, boot_id, huge pages.
 */
#include <linux/orthros/abi/task.h>
#include "tables.h"

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_machine_env, field, kind, flags, __VA_ARGS__)

static struct orthros_row machine_env_rows[] = {
	R(init_pid_ns, SYM, 0, "init_pid_ns"),
	R(idr_next, OFFSET, 0, "pid_namespace.idr.idr_next"),
	R(pid_max_addr, SYM, ORTHROS_ROW_OPTIONAL, "pid_max"),
	R(boot_id, SYM, 0, "sysctl_bootid"),
};

ORTHROS_TABLE(machine_env, struct orthros_machine_env);
#undef R

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_thp_view, field, kind, flags, __VA_ARGS__)

static struct orthros_row thp_rows[] = {
	R(flags, SYM, ORTHROS_ROW_OPTIONAL, "transparent_hugepage_flags"),
	R(bit[ORTHROS_THP_ALWAYS], ENUM, ORTHROS_ROW_OPTIONAL,
	  "TRANSPARENT_HUGEPAGE_FLAG"),
	R(bit[ORTHROS_THP_REQ_MADV], ENUM, ORTHROS_ROW_OPTIONAL,
	  "TRANSPARENT_HUGEPAGE_REQ_MADV_FLAG"),
	R(bit[ORTHROS_THP_DEFRAG_DIRECT], ENUM, ORTHROS_ROW_OPTIONAL,
	  "TRANSPARENT_HUGEPAGE_DEFRAG_DIRECT_FLAG"),
	R(bit[ORTHROS_THP_DEFRAG_KSWAPD], ENUM, ORTHROS_ROW_OPTIONAL,
	  "TRANSPARENT_HUGEPAGE_DEFRAG_KSWAPD_FLAG"),
	R(bit[ORTHROS_THP_DEFRAG_KSWAPD_OR_MADV], ENUM, ORTHROS_ROW_OPTIONAL,
	  "TRANSPARENT_HUGEPAGE_DEFRAG_KSWAPD_OR_MADV_FLAG"),
	R(bit[ORTHROS_THP_DEFRAG_REQ_MADV], ENUM, ORTHROS_ROW_OPTIONAL,
	  "TRANSPARENT_HUGEPAGE_DEFRAG_REQ_MADV_FLAG"),
	R(bit[ORTHROS_THP_DEFRAG_KHUGEPAGED], ENUM, ORTHROS_ROW_OPTIONAL,
	  "TRANSPARENT_HUGEPAGE_DEFRAG_KHUGEPAGED_FLAG"),
	R(bit[ORTHROS_THP_USE_ZERO_PAGE], ENUM, ORTHROS_ROW_OPTIONAL,
	  "TRANSPARENT_HUGEPAGE_USE_ZERO_PAGE_FLAG"),
};

ORTHROS_TABLE(thp, struct orthros_thp_view);
#undef R
