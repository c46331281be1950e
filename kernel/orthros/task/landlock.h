/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Landlock of this kernel: what it can enforce, and its constructors by one name. A
 * kernel without it enforces nothing.
 */
#ifndef _ORTHROS_TASK_LANDLOCK_H
#define _ORTHROS_TASK_LANDLOCK_H

#include <linux/orthros/abi/landlock.h>

#ifdef CONFIG_SECURITY_LANDLOCK
#include <security/landlock/cred.h>
#include <security/landlock/fs.h>
#include <security/landlock/ruleset.h>
#include <security/landlock/setup.h>
#ifdef LANDLOCK_MASK_ACCESS_NET
#include <security/landlock/net.h>
#endif

static inline bool orthros_landlock_runs(void)
{
	return landlock_initialized;
}

static inline u16 orthros_landlock_fs_mask(void)
{
	return LANDLOCK_MASK_ACCESS_FS;
}

/* Linux kernel commit fff69fb03dde ("landlock: Support network rules with TCP bind and connect") */
static inline u16 orthros_landlock_net_mask(void)
{
#ifdef LANDLOCK_MASK_ACCESS_NET
	return IS_ENABLED(CONFIG_INET) ? LANDLOCK_MASK_ACCESS_NET : 0;
#else
	return 0;
#endif
}

static inline u16 orthros_landlock_scope_mask(void)
{
#ifdef LANDLOCK_MASK_SCOPE
	return LANDLOCK_MASK_SCOPE;
#else
	return 0;
#endif
}

static inline int orthros_landlock_port(struct landlock_ruleset *rules, u16 port, u16 access)
{
#ifdef LANDLOCK_MASK_ACCESS_NET
	return landlock_append_net_rule(rules, port, access);
#else
	return -EOPNOTSUPP;
#endif
}

static inline struct landlock_ruleset *
orthros_landlock_rules(const struct orthros_landlock_rec *rec)
{
#if defined(LANDLOCK_MASK_SCOPE)
	return landlock_create_ruleset(rec->fs, rec->net, rec->scope);
#elif defined(LANDLOCK_MASK_ACCESS_NET)
	return landlock_create_ruleset(rec->fs, rec->net);
#else
	return landlock_create_ruleset(rec->fs);
#endif
}
#else
static inline bool orthros_landlock_runs(void)
{
	return false;
}

static inline u16 orthros_landlock_fs_mask(void)
{
	return 0;
}

static inline u16 orthros_landlock_net_mask(void)
{
	return 0;
}

static inline u16 orthros_landlock_scope_mask(void)
{
	return 0;
}
#endif /* CONFIG_SECURITY_LANDLOCK */

#endif /* _ORTHROS_TASK_LANDLOCK_H */
