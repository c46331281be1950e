/* SPDX-License-Identifier: GPL-2.0 */
/* What kernels call otherwise. */
#ifndef _ORTHROS_PAGES_COMPAT_H
#define _ORTHROS_PAGES_COMPAT_H

#include <linux/page-flags.h>

/*
 * How struct page.page_type says that a page, and what follows it, is free: by a bit, or,
 * since a page has one type only (Linux 6.12), by a number.
 */
#ifdef PG_buddy
#define ORTHROS_BUDDY_MASK	(PAGE_TYPE_BASE | PG_buddy)
#define ORTHROS_BUDDY_TYPE	PAGE_TYPE_BASE
#else
#define ORTHROS_BUDDY_MASK	(0xffU << 24)
#define ORTHROS_BUDDY_TYPE	((unsigned int)PGTY_buddy << 24)
#endif

#endif /* _ORTHROS_PAGES_COMPAT_H */
