// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in BPF maps: each key with its value is read, as the map of the source has it,
 * and put into the new one, as a program would.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bpf.h>
#include <linux/math.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "bpf_internal.h"

/* Of the table of a hash, read at once. */
#define CHUNK		64
/* Nodes of a trie that wait: two for each bit of the longest key. */
#define MAX_PENDING	(2 * 256 * BITS_PER_BYTE + 2)
/* lpm_trie_node.flags */
#define NODE_INTERMEDIATE	0x01

/**
 * struct fill - a map that is being filled
 * @img:	image
 * @rec:	the map
 * @env:	where the source has what
 * @src:	its address there
 * @fd:		descriptor of the new one
 * @count:	elements so far
 * @elem:	room for one: key, then value
 */
struct fill {
	struct orthros_image *img;
	const struct orthros_bpf_map_rec *rec;
	struct orthros_bpf_env env;
	u64 src;
	int fd;
	u32 count;
	u8 *elem;
};

static u8 *value_of(const struct fill *f)
{
	return f->elem + round_up(f->rec->key_size, 8);
}

static int put(struct fill *f)
{
	union bpf_attr attr = {
		.map_fd	= f->fd,
		.key	= (uintptr_t)f->elem,
		.value	= (uintptr_t)value_of(f),
		.flags	= BPF_ANY,
	};

	if (f->count++ == f->rec->max_entries)
		return orthros_bad(-E2BIG, "BPF map %u: too many elements", f->rec->id);
	return kern_sys_bpf(BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr));
}

/* A new one is full of zeroes. */
static int fill_array(struct fill *f)
{
	struct orthros_bpf_array_view v;
	u64 at = f->src + f->env.value_off;
	u32 i;
	int err;

	err = orthros_read_rec(&f->img->src->mem, &orthros_table_bpf_array, f->src, &v);
	if (!err && v.elem_size < f->rec->value_size)
		err = orthros_bad(-EUCLEAN, "BPF map %u: values of %u bytes", f->rec->id,
				  v.elem_size);
	for (i = 0; i < f->rec->max_entries && !err; i++, at += v.elem_size) {
		err = orthros_src_read(f->img->src, at, value_of(f), f->rec->value_size);
		if (err || !memchr_inv(value_of(f), 0, f->rec->value_size))
			continue;
		memcpy(f->elem, &i, sizeof(i));
		err = put(f);
	}
	return err;
}

/* Its end is an odd number. */
static int fill_bucket(struct fill *f, u64 node)
{
	const struct orthros_src *src = f->img->src;
	u64 at;
	int err;

	while (!(node & 1)) {
		at = node - f->env.node_off + f->env.key_off;
		err = orthros_src_read(src, at, f->elem, round_up(f->rec->key_size, 8)) ?:
		      orthros_src_read(src, at + round_up(f->rec->key_size, 8), value_of(f),
				       f->rec->value_size) ?:
		      put(f) ?: orthros_src_u64(src, node, &node);
		if (err)
			return err;
	}
	return 0;
}

static int fill_hash(struct fill *f)
{
	struct orthros_bpf_hash_view v;
	u32 i, j, nr, size = f->env.bucket_size;
	u64 node;
	u8 *buf;
	int err;

	err = orthros_read_rec(&f->img->src->mem, &orthros_table_bpf_hash, f->src, &v);
	if (err)
		return err;
	if (v.nr > 2 * (u64)f->rec->max_entries || size < sizeof(u64))
		return orthros_bad(-EUCLEAN, "BPF map %u: table of %u", f->rec->id, v.nr);
	buf = kmalloc_array(CHUNK, size, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	for (i = 0; i < v.nr && !err; i += nr) {
		nr = min_t(u32, CHUNK, v.nr - i);
		err = orthros_src_read(f->img->src, v.buckets + (u64)i * size, buf, nr * size);
		for (j = 0; j < nr && !err; j++) {
			memcpy(&node, buf + j * size, sizeof(node));
			err = fill_bucket(f, node);
		}
	}
	kfree(buf);
	return err;
}

static int fill_node(struct fill *f, const struct orthros_bpf_trie_view *trie, u64 node,
		     u64 *child)
{
	const struct orthros_src *src = f->img->src;
	struct orthros_bpf_node_view v;
	u64 data = node + f->env.data_off;
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_bpf_node, node, &v) ?:
	      orthros_src_read(src, node + f->env.child_off, child, 2 * sizeof(*child));
	if (err || v.flags & NODE_INTERMEDIATE)
		return err;
	memcpy(f->elem, &v.prefixlen, sizeof(v.prefixlen));
	return orthros_src_read(src, data, f->elem + sizeof(v.prefixlen), trie->data_size) ?:
	       orthros_src_read(src, data + trie->data_size, value_of(f), f->rec->value_size) ?:
	       put(f);
}

static int fill_trie(struct fill *f)
{
	struct orthros_bpf_trie_view v;
	u64 *pending, child[2];
	u32 nr = 0, seen = 0, i;
	int err;

	err = orthros_read_rec(&f->img->src->mem, &orthros_table_bpf_trie, f->src, &v);
	if (err || !v.root)
		return err;
	if (v.data_size + sizeof(u32) != f->rec->key_size)
		return orthros_bad(-EUCLEAN, "BPF map %u: data of %llu bytes", f->rec->id,
				   v.data_size);
	pending = kvmalloc_array(MAX_PENDING, sizeof(*pending), GFP_KERNEL);
	if (!pending)
		return -ENOMEM;
	pending[nr++] = v.root;
	while (nr && !err) {
		/* Each that is only there for its children has two of them. */
		if (++seen > 2 * (u64)f->rec->max_entries) {
			err = orthros_bad(-EUCLEAN, "BPF map %u: a trie without an end",
					  f->rec->id);
			break;
		}
		err = fill_node(f, &v, pending[--nr], child);
		for (i = 0; i < 2 && !err; i++) {
			if (!child[i])
				continue;
			if (nr == MAX_PENDING)
				err = orthros_bad(-EUCLEAN, "BPF map %u: too deep", f->rec->id);
			else
				pending[nr++] = child[i];
		}
	}
	kvfree(pending);
	return err;
}

/**
 * orthros_fill_map() - put into a map what was in it
 * @img:	image of a source that stands still
 * @obj:	MAP object
 * @fd:		descriptor of the new map
 *
 * Return: 0 or negative errno.
 */
int orthros_fill_map(struct orthros_image *img, const struct orthros_obj *obj, int fd)
{
	struct fill f = { .img = img, .rec = obj->rec, .src = obj->src, .fd = fd };
	int err;

	err = orthros_bpf_env(img, &f.env);
	if (err)
		return err;
	f.elem = kvzalloc(round_up(f.rec->key_size, 8) + (size_t)f.rec->value_size, GFP_KERNEL);
	if (!f.elem)
		return -ENOMEM;
	err = f.rec->sort == ORTHROS_BPF_ARRAY ? fill_array(&f) :
	      f.rec->sort == ORTHROS_BPF_HASH ? fill_hash(&f) : fill_trie(&f);
	kvfree(f.elem);
	return err;
}
