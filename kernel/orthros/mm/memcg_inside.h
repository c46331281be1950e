/* SPDX-License-Identifier: GPL-2.0 */
/* What is included in mm/memcontrol.c, since it needs the statics there. */
#ifndef _ORTHROS_MEMCG_INSIDE_H
#define _ORTHROS_MEMCG_INSIDE_H

struct mm_struct;
struct page;

#ifdef CONFIG_MEMCG
int orthros_charge_pages(struct mm_struct *mm, struct page **pages, unsigned int nr);
#else
static inline int orthros_charge_pages(struct mm_struct *mm, struct page **pages,
				       unsigned int nr)
{
	return 0;
}
#endif

#endif /* _ORTHROS_MEMCG_INSIDE_H */
