/* SPDX-License-Identifier: GPL-2.0 */
/* Entries of an xarray, as the kernel encodes them. */
#ifndef _ORTHROS_HOST_XARRAY_H
#define _ORTHROS_HOST_XARRAY_H

#include <linux/types.h>

#define XA_CHUNK_SIZE		64UL
#define xa_mk_internal(v)	((void *)((v) << 2 | 2UL))
#define XA_RETRY_ENTRY		xa_mk_internal(256UL)
#define XA_ZERO_ENTRY		xa_mk_internal(257UL)

static inline bool xa_is_internal(const void *entry)
{
	return ((unsigned long)entry & 3) == 2;
}

static inline unsigned long xa_to_internal(const void *entry)
{
	return (unsigned long)entry >> 2;
}

static inline bool xa_is_zero(const void *entry)
{
	return entry == XA_ZERO_ENTRY;
}

static inline bool xa_is_node(const void *entry)
{
	return xa_is_internal(entry) && (unsigned long)entry > 4096;
}

static inline bool xa_is_sibling(const void *entry)
{
	return xa_is_internal(entry) && entry < xa_mk_internal(XA_CHUNK_SIZE - 1);
}

#endif
