/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ORTHROS_REARM_H
#define ORTHROS_REARM_H

#include <stddef.h>

/* Of a load after which the machine is to stay armed. */
struct rearm {
	char *const *images;	/* the one that was loaded first */
	unsigned int nr_images;
	const char *initrd;
	const char *cmdline;
	const char *save;	/* directory for cores, or NULL */
	unsigned int last;	/* so many stay there, or 0: all */
	unsigned int max;	/* so many takeovers */
	unsigned int minutes;	/* in so many minutes end it */
};

/*
 * The arguments of this program, each ended by a NUL, by which the kernel that was loaded
 * gets its own backup. Exits if they are too long.
 */
const char *rearm_args(const struct rearm *r, size_t *len);
/* Without descriptors, as the kernel starts us: messages go to its log. */
void rearm_stdio(void);

#endif
