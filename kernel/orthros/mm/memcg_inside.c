// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of mm/memcontrol.c (patches/<version>/0007-mm), whose
 * functions to charge several pages at once are static.
 */
#include "memcg_inside.h"
#ifdef CONFIG_ORTHROS

/**
 * orthros_charge_pages() - charge claimed pages to the memory cgroup of a process
 * @mm:		its address space
 * @pages:	base pages that are not charged and nobody else knows
 * @nr:		how many
 *
 * They do not count as paged in, which they were not, and are charged beyond a
 * limit, without making room or killing anybody for them: they are in use already.
 *
 * Context: may sleep.
 * Return: 0, or negative errno and none is charged.
 */
int orthros_charge_pages(struct mm_struct *mm, struct page **pages, unsigned int nr)
{
	struct mem_cgroup *memcg;
	unsigned int i;

	if (mem_cgroup_disabled() || !nr)
		return 0;
	memcg = get_mem_cgroup_from_mm(mm);
	if (!mem_cgroup_is_root(memcg)) {
		page_counter_charge(&memcg->memory, nr);
		if (do_memsw_account())
			page_counter_charge(&memcg->memsw, nr);
	}
	css_get_many(&memcg->css, nr);
	for (i = 0; i < nr; i++)
		commit_charge(page_folio(pages[i]), memcg);
	css_put(&memcg->css);
	return 0;
}
#endif /* CONFIG_ORTHROS */
