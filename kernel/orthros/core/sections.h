/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the source tells in words, beside its memory: a buffer of sections. Kinds
 * add theirs when they describe themselves, and look them up in the destination.
 */
#ifndef _ORTHROS_SECTIONS_H
#define _ORTHROS_SECTIONS_H

#include <linux/types.h>
#include <linux/orthros/abi/netconf.h>
#include "kind.h"

struct orthros_image;

/**
 * struct orthros_sections - a buffer of sections that grows
 * @data:	bytes, from kvmalloc()
 * @len:	of them in use
 * @size:	of them there
 * @start:	where the section that is being written begins
 */
struct orthros_sections {
	u8 *data;
	size_t len;
	size_t size;
	size_t start;
};

void *orthros_sections_room(struct orthros_sections *s, size_t len);
void orthros_sections_take_back(struct orthros_sections *s, size_t len);
int orthros_sections_begin(struct orthros_sections *s, u32 kind);
void orthros_sections_end(struct orthros_sections *s);
int orthros_sections_put_pair(struct orthros_sections *s, const char *name, const char *value);
bool orthros_sections_next_pair(const char **at, const char *end, const char **name,
				const char **value);
const void *orthros_sections_next(const void *data, size_t len, u32 kind, size_t *pos,
				  size_t *sec_len);
const void *orthros_sections_find(const void *data, size_t len, u32 kind, size_t *sec_len);

/* Where the other kernel finds them. */
extern struct orthros_netconf orthros_netconf;

void orthros_sections_tell(struct orthros_sections *s);
const void *orthros_told(struct orthros_image *img, size_t *len);

extern const struct orthros_kind orthros_told_kind;

#endif /* _ORTHROS_SECTIONS_H */
