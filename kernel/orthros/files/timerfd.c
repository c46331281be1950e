// SPDX-License-Identifier: GPL-2.0-only
/*
 * timerfd: its setting, and what was not read of it. Expiry is absolute in
 * clocks that go on, so nothing is converted. It is set up before the commit,
 * as an epoll asks it then, and started after it, when the clocks are right.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/syscalls.h>
#include <linux/timerfd.h>
#include <asm/unistd.h>
#include "files_internal.h"
#include "timerfd_inside.h"

static const struct orthros_file_ops timerfd_ops;

static const struct orthros_type timerfd_type = { .name = "timerfd" };

static bool is_alarm(int clockid)
{
	return clockid == CLOCK_REALTIME_ALARM || clockid == CLOCK_BOOTTIME_ALARM;
}

static int timerfd_read_file(const struct orthros_finder *who, struct orthros_obj *obj,
			     const struct orthros_file_view *view,
			     const struct orthros_finode_view *inode)
{
	const struct orthros_mem *mem = &who->img->src->mem;
	struct orthros_file_rec *rec = obj->rec;
	struct orthros_timerfd_rec *t;
	struct orthros_timerfd_view v, alarm;
	struct orthros_obj *o;
	bool isnew;
	int err;

	err = orthros_read_rec(mem, &orthros_table_timerfd, view->private_data, &v);
	if (err)
		return err;
	if (is_alarm(v.clockid)) {
		err = orthros_read_rec(mem, &orthros_table_timerfd_alarm, view->private_data,
				       &alarm);
		if (err)
			return err;
		v.expires = alarm.expires;
		v.active = alarm.active;
	} else if (v.clockid != CLOCK_MONOTONIC && v.clockid != CLOCK_REALTIME &&
		   v.clockid != CLOCK_BOOTTIME) {
		return orthros_refused(who, "timerfd of clock %d", v.clockid);
	}
	if (v.interval < 0)
		return orthros_bad(-EUCLEAN, "timerfd: interval of %lld", v.interval);

	o = orthros_obj_get(who->img, &timerfd_type, view->private_data, who->pid,
			    sizeof(*t), &isnew);
	if (IS_ERR(o))
		return PTR_ERR(o);
	rec->object = view->private_data;
	t = o->rec;
	t->version = ORTHROS_TIMERFD_VERSION;
	t->settime_flags = v.settime_flags & TFD_SETTIME_FLAGS;
	t->expired = !!v.expired;
	t->active = !!v.active;
	t->canceled = v.moffs == KTIME_MAX;
	t->clockid = v.clockid;
	t->expires = v.expires;
	t->interval = v.interval;
	t->ticks = v.ticks;
	return 0;
}

static struct file *timerfd_build(struct orthros_image *img, struct orthros_obj *obj)
{
	const struct orthros_file_rec *rec = obj->rec;
	const struct orthros_timerfd_rec *t;
	struct orthros_obj *o;
	struct file *file;

	o = orthros_obj_find(img, &timerfd_type, rec->object);
	if (!o)
		return ERR_PTR(-ENOENT);
	t = o->rec;
	file = orthros_take_fd(orthros_syscall(__NR_timerfd_create, t->clockid,
					       rec->flags & O_NONBLOCK ? TFD_NONBLOCK : 0,
					       0, 0, 0, 0));
	if (!IS_ERR(file))
		orthros_timerfd_setup(file, t);
	return file;
}

/* Let the timerfds run. */
static void start_timerfds(struct orthros_image *img)
{
	struct orthros_obj *obj, *o;

	orthros_for_each_obj(obj, img, &orthros_file_type) {
		const struct orthros_file_rec *rec = obj->rec;

		if (obj->ops != &timerfd_ops || !obj->dst)
			continue;
		o = orthros_obj_find(img, &timerfd_type, rec->object);
		if (o)
			orthros_timerfd_start(obj->dst, o->rec);
	}
}

static const struct orthros_file_ops timerfd_ops = {
	.name	= "timerfd",
	.read	= timerfd_read_file,
	.build	= timerfd_build,
};

static const struct orthros_mark timerfd_marks[] = {
	{ ORTHROS_MARK_FILE, "timerfd_fops", "timerfd", &timerfd_ops },
	{}
};

const struct orthros_kind orthros_timerfd_kind = {
	.name	= "timerfd",
	.tables	= ORTHROS_TABLES(&orthros_table_timerfd, &orthros_table_timerfd_alarm),
	.marks	= timerfd_marks,
	.start	= start_timerfds,
};
