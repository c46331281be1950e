// SPDX-License-Identifier: GPL-2.0
/*
 * Loaded modules: the other kernel would need its own. One whose code is in use by
 * something that is carried is refused there; for the others they are named.
 */
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "../core/warnings.h"
#include "machine.h"

/* What is built in has a directory there, too. */
static bool get_module(unsigned int nr, char *name, size_t size)
{
	struct module_kobject *mk;
	struct kobject *k;
	bool found = false;

	spin_lock(&module_kset->list_lock);
	list_for_each_entry(k, &module_kset->list, entry) {
		mk = container_of(k, struct module_kobject, kobj);
		if (!mk->mod || nr--)
			continue;
		strscpy(name, module_name(mk->mod), size);
		found = true;
		break;
	}
	spin_unlock(&module_kset->list_lock);
	return found;
}

static void warn(struct orthros_warnings *w)
{
	char name[MODULE_NAME_LEN];
	unsigned int i;

	for (i = 0; get_module(i, name, sizeof(name)); i++)
		orthros_warn(w, "module %s: loaded, not carried", name);
}

const struct orthros_kind orthros_module_kind = {
	.name	= "modules",
	.warn	= warn,
};
