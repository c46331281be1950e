/* SPDX-License-Identifier: GPL-2.0 */
/* Namespaces: what differs between kernels. */
#ifndef _ORTHROS_NS_COMPAT_H
#define _ORTHROS_NS_COMPAT_H

#include <linux/pid_namespace.h>

/*
 * Sysctl vm.memfd_noexec of a PID namespace. False if it is set, and unknown here.
 * Linux kernel commit 105ff5339f49 ("mm/memfd: add MFD_NOEXEC_SEAL and MFD_EXEC") (in v6.3)
 */
static inline bool orthros_memfd_noexec_possible(int scope)
{
#ifdef MEMFD_NOEXEC_SCOPE_EXEC
	return true;
#else
	return !scope;
#endif
}

static inline void orthros_set_memfd_noexec(struct pid_namespace *ns, int scope)
{
#ifdef MEMFD_NOEXEC_SCOPE_EXEC
	ns->memfd_noexec_scope = scope;
#endif
}

#endif /* _ORTHROS_NS_COMPAT_H */
