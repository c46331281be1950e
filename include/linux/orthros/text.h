/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks where the kernel changes its own text: the monitor of the other kernel, which sums
 * that up, has to know which changes are meant.
 */
#ifndef _LINUX_ORTHROS_TEXT_H
#define _LINUX_ORTHROS_TEXT_H

#ifdef CONFIG_ORTHROS
struct orthros_pokes;

/* Found by its name. */
extern struct orthros_pokes orthros_pokes;

/* With text_mutex. */
void orthros_poke_begin(const void *addr);
void orthros_poke_end(const void *addr);
#else
static inline void orthros_poke_begin(const void *addr) { }
static inline void orthros_poke_end(const void *addr) { }
#endif

#endif /* _LINUX_ORTHROS_TEXT_H */
