/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an update loses though it is not refused: kinds name it.
 */
#ifndef _ORTHROS_WARNINGS_H
#define _ORTHROS_WARNINGS_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>

/**
 * struct orthros_warnings - lines, as they are put together
 * @text:	from kvmalloc(), or NULL
 * @len:	bytes in use
 * @size:	bytes there
 * @err:	0, or -ENOMEM: some are missing
 */
struct orthros_warnings {
	char *text;
	size_t len;
	size_t size;
	int err;
};

__printf(2, 3)
void orthros_warn(struct orthros_warnings *w, const char *fmt, ...);

#endif /* _ORTHROS_WARNINGS_H */
