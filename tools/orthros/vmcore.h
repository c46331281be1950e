/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ORTHROS_VMCORE_H
#define ORTHROS_VMCORE_H

#include <stdbool.h>

#define VMCORE	"/proc/orthros/vmcore"

/*
 * How the core of a kernel that has failed is saved: to @file, or in a new directory of
 * @dir, of which the last @last are left (0: all). It is released then, unless it is to
 * be @keep. @command is run if that fails.
 */
struct save {
	const char *file;
	const char *dir;
	const char *command;
	unsigned int last;
	bool keep;
};

/* There is one. */
bool vmcore_held(void);
/* An exit status; what goes wrong is said. */
int vmcore_save(const struct save *s);
/* The messages of the kernel that @file is a core of, to stdout. */
int vmcore_dmesg(const char *file);

#endif
