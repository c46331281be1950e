/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the park asks of arch/x86/kernel/kvm.c.
 */
#ifndef _X86_ORTHROS_KVM_INSIDE_H
#define _X86_ORTHROS_KVM_INSIDE_H

#ifdef CONFIG_KVM_GUEST
void orthros_pv_stop(void);
void orthros_pv_start(void);
#else
static inline void orthros_pv_stop(void) { }
static inline void orthros_pv_start(void) { }
#endif

#endif /* _X86_ORTHROS_KVM_INSIDE_H */
