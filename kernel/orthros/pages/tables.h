/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of the source's struct pages, see tables.c. */
#ifndef _ORTHROS_PAGES_TABLES_H
#define _ORTHROS_PAGES_TABLES_H

#include "../core/table.h"

/**
 * struct orthros_page_env - constants of the source; read with address 0
 * @huge_zero_pfn:	address of the number of the huge zero page, or 0
 * @page_size:		bytes of a struct page
 */
struct orthros_page_env {
	u64 huge_zero_pfn;
	u32 page_size;
};

/**
 * struct orthros_evidence_view - what a struct page says of its page; read with address 0
 * @size:	bytes of a struct page
 * @flags:	where its flags are
 * @head:	where a page of a larger one has the address of the first, with bit 0 set
 * @type:	where its type is
 * @order:	where a free block has its order
 * @count:	where its references are counted
 * @lru:	number of the flag: of processes, or in the page cache
 * @pg_head:	number of the flag: the first of a larger page
 * @buddy_mask:	bits of the type
 * @buddy_type:	what they are if it is free
 */
struct orthros_evidence_view {
	u32 size;
	u32 flags;
	u32 head;
	u32 type;
	u32 order;
	u32 count;
	u32 lru;
	u32 pg_head;
	u32 buddy_mask;
	u32 buddy_type;
};

extern struct orthros_table orthros_table_page_env;
extern struct orthros_table orthros_table_evidence;

#endif /* _ORTHROS_PAGES_TABLES_H */
