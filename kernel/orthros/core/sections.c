// SPDX-License-Identifier: GPL-2.0
/*
 * What the source tells in words: the sections of a buffer that the other kernel
 * finds by a name.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "image.h"
#include "report.h"
#include "sections.h"

#define SECTION_ALIGN	4

/* The next kernel finds it by its name. */
struct orthros_netconf orthros_netconf __aligned(8);

/* Key: where the source has it. */
static const struct orthros_type told_type = { .name = "what the source tells" };

/**
 * orthros_sections_room() - space for more
 * @s:		buffer
 * @len:	bytes, rounded up to what the next may be aligned to
 *
 * Return: where they are, zeroed, or NULL.
 */
void *orthros_sections_room(struct orthros_sections *s, size_t len)
{
	size_t want = s->len + ALIGN(len, SECTION_ALIGN);
	void *p;

	if (want > ORTHROS_NETCONF_MAX)
		return NULL;
	if (want > s->size) {
		size_t size = max_t(size_t, roundup_pow_of_two(want), SZ_16K);
		u8 *data = kvzalloc(size, GFP_KERNEL);

		if (!data)
			return NULL;
		if (s->len)
			memcpy(data, s->data, s->len);
		kvfree(s->data);
		s->data = data;
		s->size = size;
	}
	p = s->data + s->len;
	/* It may have been used by something that was taken back. */
	memset(p, 0, want - s->len);
	s->len = want;
	return p;
}

/**
 * orthros_sections_take_back() - give back what was not needed
 * @s:		buffer
 * @len:	of the last orthros_sections_room()
 */
void orthros_sections_take_back(struct orthros_sections *s, size_t len)
{
	s->len -= ALIGN(len, SECTION_ALIGN);
}

/**
 * orthros_sections_begin() - start a section
 * @s:		buffer
 * @kind:	&enum orthros_netconf_kind
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_sections_begin(struct orthros_sections *s, u32 kind)
{
	struct orthros_netconf_sec *sec;

	if (!IS_ALIGNED(s->len, 8) && !orthros_sections_room(s, 8 - s->len % 8))
		return -ENOMEM;
	s->start = s->len;
	sec = orthros_sections_room(s, sizeof(*sec));
	if (!sec)
		return -ENOMEM;
	sec->kind = kind;
	return 0;
}

/**
 * orthros_sections_end() - the section is complete
 * @s:		buffer
 */
void orthros_sections_end(struct orthros_sections *s)
{
	struct orthros_netconf_sec *sec = (void *)(s->data + s->start);

	sec->len = s->len - s->start - sizeof(*sec);
}

/**
 * orthros_sections_put_pair() - add two texts to a section
 * @s:		buffer
 * @name:	not empty
 * @value:	what belongs to it
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_sections_put_pair(struct orthros_sections *s, const char *name, const char *value)
{
	size_t len = strlen(name) + 1;
	char *to = orthros_sections_room(s, len + strlen(value) + 1);

	if (!to)
		return -ENOMEM;
	memcpy(to, name, len);
	memcpy(to + len, value, strlen(value) + 1);
	return 0;
}

/**
 * orthros_sections_next_pair() - the next two texts of a section
 * @at:		where they begin; moved behind them
 * @end:	of the section
 * @name:	set to the first, which is not empty
 * @value:	set to the second
 *
 * Return: false at the end, also if what is left makes no pair.
 */
bool orthros_sections_next_pair(const char **at, const char *end, const char **name,
				const char **value)
{
	/* Between pairs there may be NULs. */
	while (*at < end && !**at)
		(*at)++;
	if (*at >= end)
		return false;
	*name = *at;
	*value = memchr(*name, '\0', end - *name);
	if (!*value || ++*value >= end || !memchr(*value, '\0', end - *value))
		return false;
	*at = *value + strlen(*value) + 1;
	return true;
}

/**
 * orthros_sections_next() - look up the next section of a kind
 * @data:	buffer
 * @len:	its bytes
 * @kind:	&enum orthros_netconf_kind
 * @pos:	where to go on, 0 at first; moved behind it
 * @sec_len:	bytes in the section, 0 if there is none
 *
 * Return: its contents, within the buffer, or NULL.
 */
const void *orthros_sections_next(const void *data, size_t len, u32 kind, size_t *pos,
				  size_t *sec_len)
{
	const struct orthros_netconf_sec *sec;
	size_t off = *pos;

	*sec_len = 0;
	while (off < len && sizeof(*sec) <= len - off) {
		sec = data + off;
		off += sizeof(*sec);
		if (sec->len > len - off)
			break;
		*pos = off + ALIGN(sec->len, 8);
		if (sec->kind == kind) {
			*sec_len = sec->len;
			return data + off;
		}
		off = *pos;
	}
	return NULL;
}

/**
 * orthros_sections_find() - look a section up
 * @data:	buffer
 * @len:	its bytes
 * @kind:	&enum orthros_netconf_kind
 * @sec_len:	bytes in the section, 0 if there is none
 *
 * Return: its contents, within the buffer.
 */
const void *orthros_sections_find(const void *data, size_t len, u32 kind, size_t *sec_len)
{
	size_t pos = 0;

	return orthros_sections_next(data, len, kind, &pos, sec_len);
}

/**
 * orthros_sections_tell() - let the other kernel read them
 * @s:		complete; its buffer is kept until the next call
 *
 * Before the other kernel is given a command that looks at it.
 */
void orthros_sections_tell(struct orthros_sections *s)
{
	kvfree((void *)(unsigned long)orthros_netconf.data);
	orthros_netconf.version = ORTHROS_NETCONF_VERSION;
	orthros_netconf.data = (unsigned long)s->data;
	orthros_netconf.len = s->len;
}

static int read_told(struct orthros_image *img)
{
	struct orthros_netconf conf;
	struct orthros_obj *obj;
	u64 addr;
	int err;

	err = orthros_src_sym(img->src, "orthros_netconf", &addr) ?:
	      orthros_src_read(img->src, addr, &conf, sizeof(conf));
	if (err)
		return orthros_bad(err, "source: orthros_netconf");
	if (conf.version != ORTHROS_NETCONF_VERSION || conf.len > ORTHROS_NETCONF_MAX)
		return orthros_bad(-EPROTO, "source: orthros_netconf: version %llu, %llu bytes",
				   conf.version, conf.len);
	obj = orthros_obj_add(img, &told_type, addr, 0, conf.len);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	err = conf.len ? orthros_src_read(img->src, conf.data, obj->rec, conf.len) : 0;
	if (err)
		return orthros_bad(err, "source: orthros_netconf");
	return 0;
}

/**
 * orthros_told() - what the source has told
 * @img:	image, of which it was read
 * @len:	set to its bytes
 *
 * Return: for orthros_sections_find(); it lives as long as the image.
 */
const void *orthros_told(struct orthros_image *img, size_t *len)
{
	const struct orthros_obj *obj;

	obj = list_first_entry_or_null(orthros_objs(img, &told_type), struct orthros_obj, list);
	*len = obj ? obj->rec_size : 0;
	return obj ? obj->rec : NULL;
}

const struct orthros_kind orthros_told_kind = {
	.name	= "what the source tells",
	.read	= read_told,
};
