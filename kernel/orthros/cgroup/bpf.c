// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF programs that are attached to control groups, of which they may be all that there
 * is of them: no descriptor, no pin.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/bpf.h>
#include <linux/bpf-cgroup.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/mount.h>
#include <linux/orthros/abi/bpf.h>
#include "../bpf/bpf.h"
#include "bpf_tables.h"
#include "cgroup_internal.h"

static const struct orthros_type cgroup_bpf_type = { .name = "attached BPF program" };

/* Ways to be attached; more than any kernel has. */
#define MAX_TYPES	128
/* To one group, in one way. */
#define MAX_PROGS	64

#define KNOWN_FLAGS	(BPF_F_ALLOW_OVERRIDE | BPF_F_ALLOW_MULTI)

/* What a source calls them inside, which changes, by what they are called outside. */
static const struct {
	size_t off;
	u32 attach;
} types[] = {
#define TYPE(field, type) { offsetof(struct orthros_cgroup_bpf_env, field), type }
	TYPE(ingress, BPF_CGROUP_INET_INGRESS),
	TYPE(egress, BPF_CGROUP_INET_EGRESS),
	TYPE(sock_create, BPF_CGROUP_INET_SOCK_CREATE),
	TYPE(sock_release, BPF_CGROUP_INET_SOCK_RELEASE),
	TYPE(device, BPF_CGROUP_DEVICE),
	TYPE(bind4, BPF_CGROUP_INET4_BIND),
	TYPE(bind6, BPF_CGROUP_INET6_BIND),
	TYPE(connect4, BPF_CGROUP_INET4_CONNECT),
	TYPE(connect6, BPF_CGROUP_INET6_CONNECT),
	TYPE(post_bind4, BPF_CGROUP_INET4_POST_BIND),
	TYPE(post_bind6, BPF_CGROUP_INET6_POST_BIND),
	TYPE(sendmsg4, BPF_CGROUP_UDP4_SENDMSG),
	TYPE(sendmsg6, BPF_CGROUP_UDP6_SENDMSG),
	TYPE(recvmsg4, BPF_CGROUP_UDP4_RECVMSG),
	TYPE(recvmsg6, BPF_CGROUP_UDP6_RECVMSG),
	TYPE(peer4, BPF_CGROUP_INET4_GETPEERNAME),
	TYPE(peer6, BPF_CGROUP_INET6_GETPEERNAME),
	TYPE(name4, BPF_CGROUP_INET4_GETSOCKNAME),
	TYPE(name6, BPF_CGROUP_INET6_GETSOCKNAME),
	TYPE(sysctl, BPF_CGROUP_SYSCTL),
	TYPE(getsockopt, BPF_CGROUP_GETSOCKOPT),
	TYPE(setsockopt, BPF_CGROUP_SETSOCKOPT),
};

/* Fields that the source lacks are as large as none of its own. */
static int attach_of(const struct orthros_cgroup_bpf_env *env, u32 type)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (*(const u32 *)((const u8 *)env + types[i].off) == type &&
		    (type || types[i].attach == BPF_CGROUP_INET_INGRESS))
			return types[i].attach;
	return -1;
}

/* ---- reading ------------------------------------------------------------------- */

static int read_prog(struct orthros_image *img, const struct orthros_finder *who,
		     const struct orthros_obj *group, u64 at, int attach, u32 flags)
{
	struct orthros_cgroup_bpf_view v;
	struct orthros_cgroup_bpf_rec *rec;
	struct orthros_obj *obj;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_cgroup_bpf_list, at, &v);
	if (err)
		return err;
	if (v.link || !v.prog)
		return orthros_refuse(who, "BPF link");
	flags |= v.flags & ~BPF_F_REPLACE;
	if (attach < 0 || flags & ~KNOWN_FLAGS)
		return orthros_refuse(who, "BPF program in a way that is not carried");
	err = orthros_bpf_use_prog(who, v.prog, at);
	if (err)
		return err < 0 ? err : 0;
	obj = orthros_obj_add(img, &cgroup_bpf_type, at, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return orthros_bad(PTR_ERR(obj), "control group %#llx: BPF program", group->src);
	rec = obj->rec;
	rec->group = group->src;
	rec->prog = v.prog;
	rec->attach = attach;
	rec->flags = flags;
	return 0;
}

/* In a kernel that has failed, what does not hold is lost. */
static int or_lose(struct orthros_image *img, const struct orthros_obj *group, int err)
{
	if (!err || !img->crashed)
		return err;
	pr_err("control group %s: a BPF program is lost: %pe\n", orthros_group_rec(group)->name,
	       ERR_PTR(err));
	return 0;
}

static int read_group(struct orthros_image *img, const struct orthros_cgroup_bpf_env *env,
		      const struct orthros_obj *group)
{
	struct orthros_finder who = orthros_of_machine(img);
	char path[PATH_MAX / 16], what[sizeof(path) + 16];
	const u64 at = group->src + env->progs_off;
	struct orthros_list_iter it;
	u8 flags[MAX_TYPES];
	u64 heads[MAX_TYPES];
	char *name;
	u32 i;
	int err;

	err = orthros_src_read(img->src, at, heads, env->nr * sizeof(*heads)) ?:
	      orthros_src_read(img->src, group->src + env->flags_off, flags, env->nr);
	if (err || !memchr_inv(heads, 0, env->nr * sizeof(*heads)))
		return err;
	name = orthros_group_path(img, group, "", path, sizeof(path));
	snprintf(what, sizeof(what), "control group /%s", IS_ERR(name) ? "..." : name);
	who.what = what;
	for (i = 0; i < env->nr; i++) {
		orthros_src_hlist_for_each(&it, img->src, at + i * sizeof(*heads), MAX_PROGS) {
			err = read_prog(img, &who, group, it.node - env->node_off,
					attach_of(env, i), flags[i]);
			if (err)
				return err;
		}
		if (it.err)
			return it.err;
	}
	return 0;
}

static int read_cgroup_bpf(struct orthros_image *img)
{
	struct orthros_cgroup_bpf_env env;
	struct orthros_obj *group;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_cgroup_bpf_env, 0, &env);
	if (err || !env.progs_off)
		return err;
	if (env.nr > MAX_TYPES)
		return orthros_bad(-E2BIG, "%u ways to attach a BPF program", env.nr);
	orthros_for_each_obj(group, img, &orthros_cgroup_type) {
		err = or_lose(img, group, read_group(img, &env, group));
		if (err)
			return err;
	}
	return 0;
}

/* ---- attaching ----------------------------------------------------------------- */

static int attach(struct orthros_image *img, const struct orthros_cgroup_bpf_rec *rec, int fd)
{
	union bpf_attr attr = {
		.target_fd	= fd,
		.attach_type	= rec->attach,
		.attach_flags	= rec->flags,
	};
	struct bpf_prog *prog = orthros_bpf_dst_prog(img, rec->prog);
	int err;

	if (IS_ERR(prog))
		return PTR_ERR(prog);
	err = cgroup_bpf_prog_attach(&attr, prog->type, prog);
	if (err)
		bpf_prog_put(prog);
	return err;
}

static int open_group(struct orthros_image *img, struct vfsmount *mnt,
		      const struct orthros_obj *group)
{
	char *buf = __getname(), *path;
	struct file *file;
	int fd;

	if (!buf)
		return -ENOMEM;
	path = orthros_group_path(img, group, "", buf, PATH_MAX);
	file = IS_ERR(path) ? ERR_CAST(path) :
	       file_open_root_mnt(mnt, *path ? path : ".", O_RDONLY | O_DIRECTORY, 0);
	__putname(buf);
	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		fput(file);
	else
		fd_install(fd, file);
	return fd;
}

static u64 group_of(const struct orthros_obj *obj)
{
	return ((const struct orthros_cgroup_bpf_rec *)obj->rec)->group;
}

/* From @first to @last, in the order in which they run. */
static int attach_group(struct orthros_image *img, struct vfsmount *mnt,
			struct orthros_obj *first, struct orthros_obj *last)
{
	struct orthros_obj *group = orthros_obj_find(img, &orthros_cgroup_type, group_of(first));
	struct orthros_obj *obj = first;
	int fd, err = 0;

	/* Of a kernel that has failed, and lost. */
	if (!group->dst)
		return 0;
	fd = open_group(img, mnt, group);
	if (fd < 0)
		return orthros_fail(fd, "control group %s", orthros_group_rec(group)->name);
	list_for_each_entry_from(obj, orthros_objs(img, &cgroup_bpf_type), list) {
		err = or_lose(img, group, attach(img, obj->rec, fd));
		if (err || obj == last)
			break;
	}
	close_fd(fd);
	return err ? orthros_fail(err, "control group %s: BPF program",
				  orthros_group_rec(group)->name) : 0;
}

/*
 * From below, as a group may forbid those below it to have any, but not those that have
 * had them before.
 */
static int attach_groups(struct orthros_image *img, struct vfsmount *mnt)
{
	struct list_head *objs = orthros_objs(img, &cgroup_bpf_type);
	struct orthros_obj *first, *last;
	int err;

	last = list_last_entry(objs, struct orthros_obj, list);
	while (!list_entry_is_head(last, objs, list)) {
		first = last;
		while (!list_is_first(&first->list, objs) &&
		       group_of(list_prev_entry(first, list)) == group_of(last))
			first = list_prev_entry(first, list);
		err = attach_group(img, mnt, first, last);
		if (err)
			return err;
		last = list_prev_entry(first, list);
	}
	return 0;
}

static int tie_cgroup_bpf(struct orthros_image *img)
{
	struct vfsmount *mnt;
	int err;

	if (list_empty(orthros_objs(img, &cgroup_bpf_type)))
		return 0;
	mnt = orthros_group_mount(img);
	if (IS_ERR(mnt))
		return orthros_fail(PTR_ERR(mnt), "control groups: mount");
	err = attach_groups(img, mnt);
	orthros_group_unmount(mnt);
	return err;
}

const struct orthros_kind orthros_cgroup_bpf_kind = {
	.name	= "BPF programs of control groups",
	.tables	= ORTHROS_TABLES(&orthros_table_cgroup_bpf_env, &orthros_table_cgroup_bpf_list),
	.read	= read_cgroup_bpf,
	.tie	= tie_cgroup_bpf,
};
