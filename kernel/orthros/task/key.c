// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys: the keyrings of processes and of users, and the keys of user space in
 * them, with their numbers. A login session has one (pam_keyinit).
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/key.h>
#include <linux/limits.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <keys/user-type.h>
#include <linux/orthros/abi/key.h>
#include <linux/orthros/abi/task.h>
#include "key_tables.h"
#include "security/keys/internal.h"
#include "task_internal.h"

static const struct orthros_type key_type = { .name = "key" };

#define KEY_MAX		SZ_1M
#define DESC_MAX	4096	/* as add_key(2) has it */
#define STACK_MAX	1024
#define NODES_MAX	SZ_64K

/* Of links between nodes: the kernel's private header has them inline only. */
#define PTR_META	1UL
#define PTR_SHORTCUT	2UL
#define PTR_TAGS	3UL

/* ---- reading ----------------------------------------------------------- */

/**
 * orthros_read_key() - note a key that is in use
 * @who:	process that was found to use it
 * @addr:	its address in the source, or 0
 *
 * gather_keys() reads what is noted.
 *
 * Return: 0 or -errno.
 */
int orthros_read_key(const struct orthros_finder *who, u64 addr)
{
	struct orthros_key_rec *rec;
	struct orthros_obj *obj;
	bool isnew;

	if (!addr)
		return 0;
	obj = orthros_obj_get(who->img, &key_type, addr, who->pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj) || !isnew)
		return PTR_ERR_OR_ZERO(obj);
	rec = obj->rec;
	strscpy(rec->comm, who->comm, sizeof(rec->comm));
	return 0;
}

static int add_link(struct orthros_image *img, struct orthros_writer *w, u64 key)
{
	struct orthros_key_rec *rec = w->obj->rec;
	const struct orthros_finder who = {
		.img = img, .pid = w->obj->pid, .comm = rec->comm,
	};
	u64 *link;
	int err;

	err = orthros_read_key(&who, key);
	if (err)
		return err;
	link = orthros_append(w, sizeof(*link));
	if (!link)
		return -ENOMEM;
	*link = key;
	rec = w->obj->rec;
	rec->nr++;
	return 0;
}

static int push_node(struct orthros_image *img, u64 addr, u64 *stack, unsigned int *top)
{
	struct orthros_key_node_view v;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_key_node, addr, &v);
	if (err)
		return err;
	if (!v.size || v.size % sizeof(u64) || v.size / sizeof(u64) > STACK_MAX - *top)
		return orthros_bad(-ELOOP, "keyring: too deep");
	err = orthros_src_read(img->src, v.slots, stack + *top, v.size);
	*top += v.size / sizeof(u64);
	return err;
}

static int read_links(struct orthros_image *img, struct orthros_writer *w, u64 root)
{
	struct orthros_key_shortcut_view shortcut;
	unsigned int top = 0, nodes = 0;
	u64 *stack, at;
	int err = 0;

	stack = kmalloc_array(STACK_MAX, sizeof(*stack), GFP_KERNEL);
	if (!stack)
		return -ENOMEM;
	stack[top++] = root;
	while (top && !err) {
		at = stack[--top];
		if (!at)
			continue;
		if (++nodes > NODES_MAX) {
			err = orthros_bad(-ELOOP, "keyring: more than %u links", NODES_MAX);
		} else if (!(at & PTR_META)) {
			err = add_link(img, w, at & ~PTR_TAGS);
		} else if (at & PTR_SHORTCUT) {
			err = orthros_read_rec(&img->src->mem, &orthros_table_key_shortcut,
					       at & ~PTR_TAGS, &shortcut);
			stack[top++] = shortcut.next;
		} else {
			err = push_node(img, at & ~PTR_TAGS, stack, &top);
		}
	}
	kfree(stack);
	return err;
}

static int read_payload(struct orthros_image *img, struct orthros_writer *w, u64 addr)
{
	struct orthros_key_payload_view v;
	struct orthros_key_rec *rec;
	void *data;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_key_payload, addr, &v);
	if (err)
		return err;
	data = orthros_append(w, v.len);
	if (!data)
		return -ENOMEM;
	rec = w->obj->rec;
	rec->nr = v.len;
	return orthros_src_read(img->src, v.data, data, v.len);
}

static u32 key_flags(const struct orthros_key_env *env, u64 flags)
{
	const struct {
		u32 bit;
		u32 ours;
	} map[] = {
		{ env->dead,		ORTHROS_KEY_GONE },
		{ env->revoked,		ORTHROS_KEY_REVOKED },
		{ env->in_quota,	ORTHROS_KEY_IN_QUOTA },
		{ env->root_clears,	ORTHROS_KEY_ROOT_CLEARS },
		{ env->invalidated,	ORTHROS_KEY_GONE },
		{ env->root_invals,	ORTHROS_KEY_ROOT_INVALS },
		{ env->keep,		ORTHROS_KEY_KEEP },
		{ env->uid_ring,	ORTHROS_KEY_UID_RING },
	};
	u32 ours = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(map); i++)
		if (flags & BIT_ULL(map[i].bit & 63))
			ours |= map[i].ours;
	return ours;
}

static u32 type_of(const struct orthros_image *img, u64 addr)
{
	static const struct {
		const char *symbol;
		u32 type;
	} types[] = {
		{ "key_type_keyring", ORTHROS_KEY_KEYRING },
		{ "key_type_user", ORTHROS_KEY_USER },
		{ "key_type_logon", ORTHROS_KEY_LOGON },
	};
	u64 sym;
	int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!orthros_src_sym(img->src, types[i].symbol, &sym) && sym == addr)
			return types[i].type;
	return ORTHROS_KEY_NONE;
}

/* A keyring that takes nothing more; others ask keys of theirs. */
static bool is_reject(const struct orthros_image *img, u64 check)
{
	u64 sym;

	return !orthros_src_sym(img->src, "restrict_link_reject", &sym) && sym == check;
}

static int read_key(struct orthros_image *img, struct orthros_obj *obj,
		    const struct orthros_key_env *env)
{
	struct orthros_writer w = { .obj = obj, .max = KEY_MAX };
	struct orthros_key_rec *rec = obj->rec;
	const struct orthros_finder who = {
		.img = img, .pid = obj->pid, .comm = rec->comm,
	};
	struct orthros_key_view v;
	ssize_t len;
	char *desc;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_key, obj->src, &v);
	if (err)
		return err;
	rec->version = ORTHROS_KEY_VERSION;
	rec->serial = v.serial;
	rec->uid = v.uid;
	rec->gid = v.gid;
	rec->perm = v.perm;
	rec->flags |= key_flags(env, v.flags);
	/* The same place says when it was revoked. */
	if (v.expiry > 0 && v.expiry != S64_MAX && !(rec->flags & ORTHROS_KEY_REVOKED))
		rec->expiry = v.expiry;
	if (rec->flags & ORTHROS_KEY_GONE)
		return 0;
	rec->type = type_of(img, v.type);
	if (!rec->type)
		return orthros_refuse(&who, "key %d: of another type", v.serial);
	if (v.restriction && is_reject(img, v.check))
		rec->flags |= ORTHROS_KEY_CLOSED;
	else if (v.restriction)
		return orthros_refuse(&who, "keyring %d: restricted by keys", v.serial);
	if (v.state != 1)
		return orthros_refuse(&who, "key %d: not instantiated", v.serial);
	if (v.serial < 3)
		return orthros_bad(-EUCLEAN, "key %d", v.serial);

	desc = kmalloc(DESC_MAX, GFP_KERNEL);
	if (!desc)
		return -ENOMEM;
	w.used = sizeof(*rec);
	len = orthros_src_str(img->src, v.description, desc, DESC_MAX);
	if (len > 0) {
		char *to = orthros_append(&w, ALIGN(len + 1, 8));

		if (to)
			memcpy(to, desc, len + 1);
		err = to ? 0 : -ENOMEM;
		rec = obj->rec;
		rec->desc_len = len;
	} else {
		err = len ?: orthros_bad(-EUCLEAN, "key %d: no description", v.serial);
	}
	kfree(desc);
	if (err || rec->flags & ORTHROS_KEY_REVOKED)
		return err;
	return rec->type == ORTHROS_KEY_KEYRING ? read_links(img, &w, v.root) :
						  read_payload(img, &w, v.payload);
}

/* Read all keys that are in use. */
static int gather_keys(struct orthros_image *img)
{
	const struct orthros_finder who = { .img = img, .comm = "keys" };
	struct orthros_key_register_view reg;
	struct orthros_key_env env;
	struct orthros_obj *obj;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_key_env, 0, &env);
	if (!err)
		err = orthros_read_rec(&img->src->mem, &orthros_table_key_register, env.user_ns,
				       &reg);
	if (!err)
		err = orthros_read_key(&who, reg.keyring);
	if (err)
		return err;
	/* What they lead to is added at the end. */
	orthros_for_each_obj(obj, img, &key_type) {
		struct orthros_key_rec *rec = obj->rec;

		if (obj->src == reg.keyring)
			rec->flags |= ORTHROS_KEY_REGISTER;
		err = read_key(img, obj, &env);
		if (err)
			return err;
	}
	return 0;
}

/* ---- building ---------------------------------------------------------- */

/* Gives a key that nobody knows yet its number. */
static int set_serial(struct key *key, key_serial_t serial)
{
	struct rb_node **p = &key_serial_tree.rb_node, *parent = NULL;
	struct key *other;
	int err = 0;

	spin_lock(&key_serial_lock);
	rb_erase(&key->serial_node, &key_serial_tree);
	key->serial = serial;
	while (*p) {
		parent = *p;
		other = rb_entry(parent, struct key, serial_node);
		if (serial == other->serial)
			err = -EEXIST;
		p = serial < other->serial ? &parent->rb_left : &parent->rb_right;
	}
	/* One that is twice there is found once, until this kernel is given up. */
	rb_link_node(&key->serial_node, parent, p);
	rb_insert_color(&key->serial_node, &key_serial_tree);
	spin_unlock(&key_serial_lock);
	return err;
}

static int build_key(struct orthros_obj *obj)
{
	struct orthros_key_rec *rec = obj->rec;
	char *desc = (char *)(rec + 1);
	void *data = desc + ALIGN(rec->desc_len + 1, 8);
	bool is_ring = rec->type == ORTHROS_KEY_KEYRING;
	bool empty = is_ring || rec->flags & ORTHROS_KEY_REVOKED;
	unsigned long flags = rec->flags & ORTHROS_KEY_IN_QUOTA ? KEY_ALLOC_QUOTA_OVERRUN :
								   KEY_ALLOC_NOT_IN_QUOTA;
	struct key *key;
	int err;

	if (rec->flags & ORTHROS_KEY_UID_RING)
		flags |= KEY_ALLOC_UID_KEYRING;
	key = key_alloc(is_ring ? &key_type_keyring :
			rec->type == ORTHROS_KEY_USER ? &key_type_user : &key_type_logon,
			desc, KUIDT_INIT(rec->uid), KGIDT_INIT(rec->gid), current_cred(),
			rec->perm, flags, NULL);
	if (IS_ERR(key))
		return PTR_ERR(key);
	orthros_obj_built(obj, key);
	err = set_serial(key, rec->serial);
	if (err)
		return err;
	/* A key of a user has at least a byte. */
	if (is_ring)
		err = key_instantiate_and_link(key, NULL, 0, NULL, NULL);
	else
		err = key_instantiate_and_link(key, empty ? "" : data, empty ? 1 : rec->nr, NULL,
					       NULL);
	if (err)
		return err;
	if (rec->flags & ORTHROS_KEY_ROOT_CLEARS)
		set_bit(KEY_FLAG_ROOT_CAN_CLEAR, &key->flags);
	if (rec->flags & ORTHROS_KEY_ROOT_INVALS)
		set_bit(KEY_FLAG_ROOT_CAN_INVAL, &key->flags);
	if (rec->expiry)
		key_set_expiry(key, rec->expiry);
	return 0;
}

static int build_links(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_key_rec *rec = obj->rec;
	const u64 *link = (void *)(rec + 1) + ALIGN(rec->desc_len + 1, 8);
	struct orthros_obj *to;
	u64 i;
	int err;

	for (i = 0; rec->type == ORTHROS_KEY_KEYRING && i < rec->nr; i++) {
		to = orthros_obj_find(img, &key_type, link[i]);
		if (!to || !to->dst)
			continue;
		err = key_link(obj->dst, to->dst);
		if (err)
			return err;
	}
	return 0;
}

static int finish_key(struct orthros_obj *obj)
{
	const struct orthros_key_rec *rec = obj->rec;
	struct user_namespace *ns = &init_user_ns;
	struct key *key = obj->dst;
	int err;

	if (rec->flags & ORTHROS_KEY_CLOSED) {
		err = keyring_restrict(make_key_ref(key, true), NULL, NULL);
		if (err)
			return orthros_fail(err, "closing keyring %d", rec->serial);
	}
	if (rec->flags & ORTHROS_KEY_REVOKED)
		key_revoke(key);
	if (rec->flags & ORTHROS_KEY_KEEP)
		set_bit(KEY_FLAG_KEEP, &key->flags);
	if (!(rec->flags & ORTHROS_KEY_REGISTER))
		return 0;
	/* This kernel may have made one for itself; it has no users yet. */
	key_put(ns->user_keyring_register);
	ns->user_keyring_register = key_get(key);
	return 0;
}

/*
 * Make all keys.
 *
 * Context: kernel_init(), before processes are built.
 */
static int build_keys(struct orthros_image *img)
{
	struct orthros_obj *obj;
	int pass, err = 0;

	for (pass = 0; pass < 2; pass++) {
		orthros_for_each_obj(obj, img, &key_type) {
			const struct orthros_key_rec *rec = obj->rec;

			if (rec->flags & ORTHROS_KEY_GONE)
				continue;
			err = pass ? build_links(img, obj) : build_key(obj);
			if (err)
				return orthros_fail(err, "%s key %d", pass ? "links of" : "making",
						    rec->serial);
		}
	}
	orthros_for_each_obj(obj, img, &key_type) {
		err = obj->dst ? finish_key(obj) : 0;
		if (err)
			return err;
	}
	return 0;
}

static struct key *key_of(struct orthros_image *img, u64 addr)
{
	struct orthros_obj *obj = orthros_obj_find(img, &key_type, addr);

	return obj && obj->dst ? key_get(obj->dst) : NULL;
}

/**
 * orthros_set_keyrings() - give credentials their keyrings
 * @img:	image
 * @cred:	fresh credentials
 * @rec:	their record
 */
void orthros_set_keyrings(struct orthros_image *img, struct cred *cred,
			  const struct orthros_cred_rec *rec)
{
	key_put(cred->session_keyring);
	key_put(cred->process_keyring);
	key_put(cred->thread_keyring);
	cred->session_keyring = key_of(img, rec->session_keyring);
	cred->process_keyring = key_of(img, rec->process_keyring);
	cred->thread_keyring = key_of(img, rec->thread_keyring);
}

/* Drop the references of the object map. */
static void release_keys(struct orthros_image *img)
{
	struct orthros_obj *obj;

	orthros_for_each_obj(obj, img, &key_type) {
		key_put(obj->dst);
		obj->dst = NULL;
	}
}

const struct orthros_kind orthros_key_kind = {
	.name	= "keys",
	.tables	= ORTHROS_TABLES(&orthros_table_key, &orthros_table_key_payload,
				 &orthros_table_key_node, &orthros_table_key_shortcut,
				 &orthros_table_key_env, &orthros_table_key_register),
	.gather	= gather_keys,
	.build	= build_keys,
	.release = release_keys,
};
