// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of kernel/cgroup/cgroup.c (patches/<version>/0025-cgroup): its
 * lists of files are static.
 */
#include "group_inside.h"
#ifdef CONFIG_ORTHROS

static bool is_in_files(const struct cftype *cft, const char *name)
{
	for (; cft->name[0]; cft++)
		if (!(cft->flags & (__CFTYPE_NOT_ON_DFL | CFTYPE_NO_PREFIX | CFTYPE_DEBUG)) &&
		    !strcmp(cft->name, name))
			return true;
	return false;
}

/**
 * orthros_cgroup_has_file() - may a group of this kernel have such a file?
 * @name:	of the file
 *
 * Return: true if there is a controller or a part of the core that makes it.
 */
bool orthros_cgroup_has_file(const char *name)
{
	const struct cftype *cfts;
	struct cgroup_subsys *ss;
	int i;

	if (is_in_files(cgroup_base_files, name) ||
	    (cgroup_psi_enabled() && is_in_files(cgroup_psi_files, name)))
		return true;
	for_each_subsys(ss, i) {
		size_t len = strlen(ss->name);

		if (!(cgrp_dfl_root.subsys_mask & BIT(i)) || strncmp(name, ss->name, len) ||
		    name[len] != '.')
			continue;
		list_for_each_entry(cfts, &ss->cfts, node)
			if (is_in_files(cfts, name + len + 1))
				return true;
	}
	return false;
}

/**
 * orthros_cgroup_has_controller() - has the unified hierarchy a controller?
 * @name:	of the controller
 */
bool orthros_cgroup_has_controller(const char *name)
{
	struct cgroup_subsys *ss;
	int i;

	for_each_subsys(ss, i)
		if (cgroup_control(&cgrp_dfl_root.cgrp) & BIT(i) && !strcmp(ss->name, name))
			return true;
	return false;
}

/**
 * orthros_cgroup_ns_set_root() - choose the root of a new namespace
 * @ns:		the namespace, of which nobody knows yet
 * @cgrp:	group of the unified hierarchy; in it need not be room for processes
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_cgroup_ns_set_root(struct cgroup_namespace *ns, struct cgroup *cgrp)
{
	struct css_set *cset;

	cgroup_lock();
	cset = find_css_set(&init_css_set, cgrp);
	cgroup_unlock();
	if (!cset)
		return -ENOMEM;
	put_css_set(ns->root_cset);
	ns->root_cset = cset;
	return 0;
}
#endif /* CONFIG_ORTHROS */
