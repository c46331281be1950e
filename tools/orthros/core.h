/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ORTHROS_CORE_H
#define ORTHROS_CORE_H

#include <stdbool.h>
#include <stdio.h>

/* Messages of the kernel that @fd is a core of. False: there are none that can be read. */
bool core_dmesg(int fd, FILE *out);

#endif
