/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel that has failed: its memory is kept until it is released. See
 * arch/x86/orthros/retain.c.
 */
#ifndef _LINUX_ORTHROS_EVIDENCE_H
#define _LINUX_ORTHROS_EVIDENCE_H

#include <linux/types.h>

void orthros_retain(unsigned long *bits, unsigned long nr);
unsigned long orthros_retain_settled(void (*released)(void));
int orthros_retained_copy(unsigned long pfn, void *to);
unsigned long orthros_retained_next(unsigned long pfn, unsigned long end);
u64 orthros_retained_bytes(void);
void orthros_release_retained(const char *why);

#endif /* _LINUX_ORTHROS_EVIDENCE_H */
