/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory of the source kernel, and what that kernel tells by name.
 */
#ifndef _ORTHROS_SOURCE_H
#define _ORTHROS_SOURCE_H

#include <linux/types.h>
#include <linux/orthros/abi/handoff.h>
#include "table.h"

/**
 * struct orthros_src - the source kernel as its peer reads it
 * @mem:	reader for the table interpreter; first member
 * @desc:	own copy of the source's description, validated
 * @exports:	the source's exported names, validated, in the direct map
 * @exports_nr:		number of them
 */
struct orthros_src {
	struct orthros_mem mem;
	struct orthros_kernel_desc desc;
	const struct orthros_export *exports;
	size_t exports_nr;
};

int orthros_src_init(struct orthros_src *src, const struct orthros_handoff *ho);

/* Physical address behind a source kernel virtual address, or 0. *left: bytes valid from there. */
phys_addr_t orthros_src_phys(const struct orthros_src *src, u64 vaddr, size_t *left);
/* True if the whole physical range is the source's RAM. */
bool orthros_src_owns(const struct orthros_src *src, phys_addr_t phys, size_t len);
/* Read-only pointer to source RAM in our direct map, or NULL if out of bounds. */
const void *orthros_src_map(const struct orthros_src *src, phys_addr_t phys, size_t len);

/* 0 or -EFAULT; reads across pages; bounded. */
int orthros_src_read(const struct orthros_src *src, u64 vaddr, void *buf, size_t len);
int orthros_src_u64(const struct orthros_src *src, u64 vaddr, u64 *val);
int orthros_src_percpu_sum(const struct orthros_src *src, u64 percpu, s64 *sum);
/* NUL-terminated string of at most size - 1 bytes: length or -E2BIG/-EFAULT. */
ssize_t orthros_src_str(const struct orthros_src *src, u64 vaddr, char *buf, size_t size);
/* Value of an exported name; *val = 0 and -ENOENT if absent. */
int orthros_src_sym(const struct orthros_src *src, const char *name, u64 *val);
int orthros_src_const(const struct orthros_src *src, const char *name, u64 *val);
bool orthros_src_is(const struct orthros_src *src, u64 addr, const char *name);

/* Source struct page address -> pfn and back; 0 / ~0 when out of range. */
u64 orthros_src_page(const struct orthros_src *src, unsigned long pfn);
unsigned long orthros_src_page_pfn(const struct orthros_src *src, u64 page);

#endif /* _ORTHROS_SOURCE_H */
