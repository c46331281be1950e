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

extern struct orthros_table orthros_table_page_env;

#endif /* _ORTHROS_PAGES_TABLES_H */
