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

#define EVIDENCE(field, kind, path) \
	ORTHROS_ROW(struct orthros_evidence_view, field, kind, 0, path)

static struct orthros_row evidence_rows[] = {
	EVIDENCE(size, SIZEOF, "page"),
	EVIDENCE(flags, OFFSET, "page.flags"),
	EVIDENCE(head, OFFSET, "page.compound_head"),
	EVIDENCE(type, OFFSET, "page.page_type"),
	EVIDENCE(order, OFFSET, "page.private"),
	EVIDENCE(count, OFFSET, "page._refcount"),
	EVIDENCE(lru, ENUM, "PG_lru"),
	EVIDENCE(pg_head, ENUM, "PG_head"),
	EVIDENCE(buddy_mask, CONST, "ORTHROS_BUDDY_MASK"),
	EVIDENCE(buddy_type, CONST, "ORTHROS_BUDDY_TYPE"),
};

ORTHROS_TABLE(evidence, struct orthros_evidence_view);
