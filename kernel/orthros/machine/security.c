// SPDX-License-Identifier: GPL-2.0
/*
 * What watches or restricts the machine and would be gone after a hop: rules and
 * programs that are not carried. To lose them in silence would be worse than to stay.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/list.h>
#include <linux/security.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/walk.h"
#include "machine.h"
#include "security_tables.h"

#define FILTERS_MAX	64
#define TRACERS_MAX	SZ_64K
#define NAMES_MAX	256

/* Those without a policy, or whose policy is looked at below or elsewhere. */
static bool known_module(const char *name)
{
	static const char *const names[] = {
		"capability", "landlock", "lockdown", "yama", "loadpin", "integrity", "bpf",
	};

	return match_string(names, ARRAY_SIZE(names), name) >= 0;
}

static int check_modules(const struct orthros_finder *who, u64 at)
{
	const struct orthros_src *src = who->img->src;
	char names[NAMES_MAX], *rest = names, *name;
	size_t len;
	u64 text;
	int err;

	err = at ? orthros_src_u64(src, at, &text) : 0;
	if (err || !at || !text)
		return err;
	for (len = 0; len < sizeof(names); len++) {
		err = orthros_src_read(src, text + len, &names[len], 1);
		if (err)
			return err;
		if (!names[len])
			break;
	}
	if (len == sizeof(names))
		return orthros_bad(-EUCLEAN, "names of security modules do not end");
	while ((name = strsep(&rest, ",")))
		if (*name && !known_module(name))
			orthros_refuse(who, "security module %s", name);
	return 0;
}

/* A pointer that is set while there is such a thing. */
static int check_pointer(const struct orthros_finder *who, u64 at, const char *what)
{
	u64 thing;
	int err;

	err = at ? orthros_src_u64(who->img->src, at, &thing) : 0;
	if (!err && at && thing)
		orthros_refuse(who, "%s", what);
	return err;
}

/* It may have been locked further since it has booted. */
static int check_lockdown(const struct orthros_finder *who, const struct orthros_security_env *env)
{
	u32 level;
	int err;

	if (!env->locked_down)
		return 0;
	err = orthros_src_read(who->img->src, env->locked_down, &level, sizeof(level));
	if (err || !level)
		return err;
	if (security_locked_down(level > env->integrity ? LOCKDOWN_CONFIDENTIALITY_MAX :
							  LOCKDOWN_INTEGRITY_MAX))
		return 0;
	return orthros_refuse(who, "kernel lockdown, which the other kernel has not been told");
}

static int check_audit(const struct orthros_finder *who, const struct orthros_security_env *env)
{
	u64 head, next;
	u32 i;
	int err;

	if (!env->audit_filters)
		return 0;
	if (env->nr_audit_filters > FILTERS_MAX)
		return orthros_bad(-EUCLEAN, "%u lists of audit rules", env->nr_audit_filters);
	for (i = 0; i < env->nr_audit_filters; i++) {
		head = env->audit_filters + i * sizeof(struct list_head);
		err = orthros_src_u64(who->img->src, head, &next);
		if (err)
			return err;
		if (next != head)
			return orthros_refuse(who, "audit rules");
	}
	return 0;
}

const struct orthros_type orthros_tracer_type = { .name = "PR_SET_PTRACER" };

static int read_tracers(struct orthros_image *img, const struct orthros_security_env *env)
{
	struct orthros_tracer_view v;
	struct orthros_list_iter it;
	struct orthros_tracer_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	orthros_src_for_each(&it, img->src, env->tracers, TRACERS_MAX) {
		err = orthros_read_rec(&img->src->mem, &orthros_table_tracer,
				       it.node - env->tracer_off, &v);
		if (err)
			return err;
		if (v.invalid)
			continue;
		if (!IS_ENABLED(CONFIG_SECURITY_YAMA)) {
			orthros_refuse(&(struct orthros_finder) {
				.img = img, .pid = v.pid, .comm = v.comm }, "PR_SET_PTRACER");
			continue;
		}
		obj = orthros_obj_get(img, &orthros_tracer_type, v.tracee, v.pid, sizeof(*rec),
				      &isnew);
		if (IS_ERR(obj))
			return PTR_ERR(obj);
		rec = obj->rec;
		rec->pid = v.pid;
		rec->tracer = v.tracer ?: -1;
	}
	return it.err;
}

static int read_security(struct orthros_image *img)
{
	struct orthros_finder who = orthros_of_machine(img);
	struct orthros_security_env env;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_security_env, 0, &env) ?:
	      check_modules(&who, env.modules) ?: check_lockdown(&who, &env) ?:
	      check_audit(&who, &env);
	if (!err && env.acct_off)
		err = check_pointer(&who, env.init_pid_ns + env.acct_off, "acct()");
	/* Breakpoints in the memory of whoever has mapped the file. */
	if (!err)
		err = check_pointer(&who, env.uprobes, "uprobes");
	if (!err && env.tracers)
		err = read_tracers(img, &env);
	return err;
}

const struct orthros_kind orthros_security_kind = {
	.name	= "security",
	.tables	= ORTHROS_TABLES(&orthros_table_security_env, &orthros_table_tracer),
	.read	= read_security,
};
