/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_HOST_SLAB_H
#define _ORTHROS_HOST_SLAB_H

#include <stdlib.h>

#define GFP_KERNEL		0
#define kvcalloc(n, size, gfp)	((void)(gfp), calloc(n, size))
#define kvfree(p)		free((void *)(p))

#endif
