/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ORTHROS_IMAGE_H
#define ORTHROS_IMAGE_H

/*
 * Open a kernel image, a vmlinux or a bzImage with a gzip payload, as a memfd
 * with a vmlinux of nothing but what is loaded. Exits with a message on error.
 */
int image_open(const char *path);

#endif
