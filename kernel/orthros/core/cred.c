// SPDX-License-Identifier: GPL-2.0-only
/*
 * Credentials by record: of those who have opened files or sent messages, who
 * need not be there any more.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/list.h>
#include <linux/sched/user.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include "cred.h"

/**
 * struct cred_pair - credentials that something is built with
 * @list:	in cred_pairs
 * @rec:	what they were made of
 * @cred:	as the record says
 * @raised:	the same ids with all capabilities: what was open once must
 *		open again whatever has happened to its permissions since
 */
struct cred_pair {
	struct list_head list;
	struct orthros_cred_rec rec;
	const struct cred *cred;
	const struct cred *raised;
};

static LIST_HEAD(cred_pairs);

/* A capability set is 64 bits in every version, if not always one word. */
static void set_caps(kernel_cap_t *caps, u64 bits)
{
	BUILD_BUG_ON(sizeof(*caps) != sizeof(bits));
	bits &= BIT_ULL(CAP_LAST_CAP + 1) - 1;
	memcpy(caps, &bits, sizeof(bits));
}

/* Who knows namespaces says which one of this kernel that of a record is. */
static struct user_namespace *(*find_user_ns)(u64 user_ns);

/**
 * orthros_cred_use_user_ns() - say how user namespaces are found
 * @find:	by the address in the source: without a reference, or NULL
 */
void orthros_cred_use_user_ns(struct user_namespace *(*find)(u64 user_ns))
{
	find_user_ns = find;
}

/* Raised are those of the initial namespace. */
static int set_user_ns(struct cred *cred, u64 user_ns, bool raised)
{
	struct user_namespace *ns = &init_user_ns;

	if (!raised && user_ns && find_user_ns)
		ns = find_user_ns(user_ns);
	if (!ns)
		return -ENOENT;
	put_user_ns(cred->user_ns);
	cred->user_ns = get_user_ns(ns);
	return 0;
}

static const struct cred *make_cred(const struct orthros_cred_rec *rec, bool raised)
{
	struct cred *cred = prepare_creds();
	struct user_struct *user;
	int err;

	if (!cred)
		return ERR_PTR(-ENOMEM);
	cred->uid = make_kuid(&init_user_ns, rec->uid);
	cred->suid = make_kuid(&init_user_ns, rec->suid);
	cred->euid = make_kuid(&init_user_ns, rec->euid);
	cred->fsuid = make_kuid(&init_user_ns, rec->fsuid);
	cred->gid = make_kgid(&init_user_ns, rec->gid);
	cred->sgid = make_kgid(&init_user_ns, rec->sgid);
	cred->egid = make_kgid(&init_user_ns, rec->egid);
	cred->fsgid = make_kgid(&init_user_ns, rec->fsgid);
	cred->securebits = rec->securebits;
	set_caps(&cred->cap_inheritable, rec->cap_inheritable);
	set_caps(&cred->cap_permitted, raised ? ~0ULL : rec->cap_permitted);
	set_caps(&cred->cap_effective, raised ? ~0ULL : rec->cap_effective);
	set_caps(&cred->cap_bset, rec->cap_bset);
	set_caps(&cred->cap_ambient, rec->cap_ambient);

	user = alloc_uid(cred->uid);
	if (!user) {
		abort_creds(cred);
		return ERR_PTR(-EAGAIN);
	}
	free_uid(cred->user);
	cred->user = user;
	err = set_user_ns(cred, rec->user_ns, raised) ?: set_cred_ucounts(cred);
	if (err) {
		abort_creds(cred);
		return ERR_PTR(err);
	}
	return cred;
}

static struct cred_pair *find_pair(const struct orthros_cred_rec *rec)
{
	struct cred_pair *pair;

	list_for_each_entry(pair, &cred_pairs, list)
		if (!memcmp(&pair->rec, rec, sizeof(*rec)))
			return pair;

	pair = kzalloc(sizeof(*pair), GFP_KERNEL);
	if (!pair)
		return ERR_PTR(-ENOMEM);
	pair->rec = *rec;
	pair->cred = make_cred(rec, false);
	if (IS_ERR(pair->cred)) {
		void *err = ERR_CAST(pair->cred);

		kfree(pair);
		return err;
	}
	pair->raised = make_cred(rec, true);
	if (IS_ERR(pair->raised)) {
		void *err = ERR_CAST(pair->raised);

		put_cred(pair->cred);
		kfree(pair);
		return err;
	}
	list_add(&pair->list, &cred_pairs);
	return pair;
}

/**
 * orthros_cred_get() - credentials by record
 * @rec:	ids and capabilities; groups and keyrings do not count
 * @raised:	set to the same ids with all capabilities, or NULL; held until
 *		orthros_release_creds()
 *
 * Things are built one at a time.
 *
 * Return: credentials with a reference for the caller, or ERR_PTR.
 */
const struct cred *orthros_cred_get(const struct orthros_cred_rec *rec,
				    const struct cred **raised)
{
	struct cred_pair *pair = find_pair(rec);

	if (IS_ERR(pair))
		return ERR_CAST(pair);
	if (raised)
		*raised = pair->raised;
	return get_cred(pair->cred);
}

/**
 * orthros_cred_with_groups() - the same credentials with supplementary groups
 * @cred:	credentials; the caller's reference is taken
 * @gids:	groups
 * @nr:		their number
 *
 * Return: credentials with a reference for the caller, or ERR_PTR.
 */
const struct cred *orthros_cred_with_groups(const struct cred *cred, const u32 *gids, u32 nr)
{
	struct group_info *groups = groups_alloc(nr);
	const struct cred *old;
	struct cred *new;
	u32 i;

	old = override_creds(cred);
	new = prepare_creds();
	revert_creds(old);
	put_cred(cred);
	if (!groups || !new) {
		if (groups)
			put_group_info(groups);
		if (new)
			abort_creds(new);
		return ERR_PTR(-ENOMEM);
	}
	for (i = 0; i < nr; i++)
		groups->gid[i] = make_kgid(&init_user_ns, gids[i]);
	groups_sort(groups);
	set_groups(new, groups);
	put_group_info(groups);
	return new;
}

/**
 * orthros_release_creds() - nothing more is built with them
 */
void orthros_release_creds(void)
{
	struct cred_pair *pair, *next;

	list_for_each_entry_safe(pair, next, &cred_pairs, list) {
		list_del(&pair->list);
		put_cred(pair->cred);
		put_cred(pair->raised);
		kfree(pair);
	}
}
