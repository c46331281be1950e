// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the source's struct pages are.
 */
#include "tables.h"

static struct orthros_row page_env_rows[] = {
	ORTHROS_ROW(struct orthros_page_env, huge_zero_pfn, SYM, ORTHROS_ROW_OPTIONAL,
		    "huge_zero_pfn"),
	ORTHROS_ROW(struct orthros_page_env, page_size, SIZEOF, 0, "page"),
};

ORTHROS_TABLE(page_env, struct orthros_page_env);
