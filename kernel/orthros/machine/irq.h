/* SPDX-License-Identifier: GPL-2.0 */
/* The CPUs of interrupts, as they were written. */
#ifndef _ORTHROS_IRQ_H
#define _ORTHROS_IRQ_H

#include <linux/types.h>

bool orthros_irq_written(const char *path);

#endif /* _ORTHROS_IRQ_H */
