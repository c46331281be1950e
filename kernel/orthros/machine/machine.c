// SPDX-License-Identifier: GPL-2.0
/*
 * What a machine has one of: the next PID, boot_id, settings of huge pages.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bits.h>
#include <linux/idr.h>
#include <linux/kallsyms.h>
#include <linux/mm.h>
#include <linux/huge_mm.h>
#include <linux/pid_namespace.h>
#include <linux/string.h>
#include <linux/uuid.h>
#include <linux/orthros/abi/task.h>
#include "../core/image.h"
#include "../core/report.h"
#include "compat.h"
#include "machine.h"
#include "tables.h"

static const struct orthros_type machine_type = { .name = "machine" };

/* A kernel that boots in a slot decides by its size; the source knows better. */
static int read_thp(struct orthros_image *img, struct orthros_machine_rec *m)
{
	struct orthros_thp_view v;
	u64 flags;
	int i, err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_thp, 0, &v);
	if (err || !v.flags)
		return err;
	if (orthros_src_u64(img->src, v.flags, &flags))
		return orthros_bad(-EFAULT, "transparent_hugepage_flags");
	for (i = 0; i < ORTHROS_THP_NR; i++)
		if (v.bit[i] < 64 && flags & BIT_ULL(v.bit[i]))
			m->thp |= BIT(i);
	return 0;
}

/* PID allocation goes on where the source's stopped. */
static int read_machine(struct orthros_image *img)
{
	struct orthros_machine_rec *m;
	struct orthros_machine_env env;
	struct orthros_obj *obj;
	u32 next;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_machine_env, 0, &env);
	if (err)
		return err;
	obj = orthros_obj_add(img, &machine_type, env.init_pid_ns, 0, sizeof(*m));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	m = obj->rec;
	if (orthros_src_read(img->src, env.init_pid_ns + env.idr_next, &next, sizeof(next)))
		return orthros_bad(-EFAULT, "init_pid_ns");
	m->next_pid = next;
	if (env.pid_max_addr &&
	    orthros_src_read(img->src, env.pid_max_addr, &m->pid_max, sizeof(m->pid_max)))
		return orthros_bad(-EFAULT, "pid_max");
	if (orthros_src_read(img->src, env.boot_id, m->boot_id, sizeof(m->boot_id)))
		return orthros_bad(-EFAULT, "boot_id");
	return read_thp(img, m);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static const u8 thp_bits[ORTHROS_THP_NR] = {
	[ORTHROS_THP_ALWAYS] = TRANSPARENT_HUGEPAGE_FLAG,
	[ORTHROS_THP_REQ_MADV] = TRANSPARENT_HUGEPAGE_REQ_MADV_FLAG,
	[ORTHROS_THP_DEFRAG_DIRECT] = TRANSPARENT_HUGEPAGE_DEFRAG_DIRECT_FLAG,
	[ORTHROS_THP_DEFRAG_KSWAPD] = TRANSPARENT_HUGEPAGE_DEFRAG_KSWAPD_FLAG,
	[ORTHROS_THP_DEFRAG_KSWAPD_OR_MADV] = TRANSPARENT_HUGEPAGE_DEFRAG_KSWAPD_OR_MADV_FLAG,
	[ORTHROS_THP_DEFRAG_REQ_MADV] = TRANSPARENT_HUGEPAGE_DEFRAG_REQ_MADV_FLAG,
	[ORTHROS_THP_DEFRAG_KHUGEPAGED] = TRANSPARENT_HUGEPAGE_DEFRAG_KHUGEPAGED_FLAG,
	[ORTHROS_THP_USE_ZERO_PAGE] = TRANSPARENT_HUGEPAGE_USE_ZERO_PAGE_FLAG,
};

static void set_thp(u32 thp)
{
	unsigned long flags = READ_ONCE(transparent_hugepage_flags);
	int i;

	for (i = 0; i < ORTHROS_THP_NR; i++) {
		if (thp & BIT(i))
			flags |= BIT(thp_bits[i]);
		else
			flags &= ~BIT(thp_bits[i]);
	}
	WRITE_ONCE(transparent_hugepage_flags, flags);
}
#else
static void set_thp(u32 thp)
{
}
#endif

/*
 * Leases, clusters and journals take another one for another boot. It is made when
 * somebody asks for it first; then its ninth byte is not 0.
 */
static int set_boot_id(const u8 *boot_id)
{
	u8 *ours = (u8 *)kallsyms_lookup_name("sysctl_bootid");

	if (!memchr_inv(boot_id, 0, UUID_SIZE))
		return 0;
	if (!ours)
		return orthros_fail(-EOPNOTSUPP, "no boot_id here");
	memcpy(ours, boot_id, UUID_SIZE);
	return 0;
}

static int tie_machine(struct orthros_image *img)
{
	struct orthros_machine_rec *m;
	struct orthros_obj *obj;

	obj = list_first_entry_or_null(orthros_objs(img, &machine_type), struct orthros_obj, list);
	if (!obj)
		return -ENOENT;
	m = obj->rec;
	idr_set_cursor(&init_pid_ns.idr, m->next_pid);
	orthros_set_pid_max(m->pid_max);
	set_thp(m->thp);
	return set_boot_id(m->boot_id);
}

const struct orthros_kind orthros_machine_kind = {
	.name	= "machine",
	.vital	= true,
	.tables	= ORTHROS_TABLES(&orthros_table_machine_env, &orthros_table_thp),
	.read	= read_machine,
	.tie	= tie_machine,
};
