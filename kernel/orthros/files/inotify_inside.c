// SPDX-License-Identifier: GPL-2.0-only
/*
 * Included at the end of fs/notify/inotify/inotify_user.c
 * (patches/<version>/0009-files), whose functions are static: watches on
 * inodes rather than paths, with a descriptor that is known.
 */
#ifdef CONFIG_ORTHROS
#include "inotify_inside.h"

/**
 * orthros_inotify_event() - queue an event that was not read in the source
 * @file:	inotify instance
 * @rec:	the event; bounded
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_inotify_event(struct file *file, const struct orthros_inotify_event_rec *rec)
{
	struct fsnotify_group *group = file->private_data;
	struct inotify_event_info *event;

	if (rec->mask & IN_Q_OVERFLOW) {
		fsnotify_queue_overflow(group);
		return 0;
	}
	event = kmalloc(sizeof(*event) + rec->len + 1, GFP_KERNEL_ACCOUNT);
	if (!event)
		return -ENOMEM;
	fsnotify_init_event(&event->fse);
	event->mask = rec->mask;
	event->wd = rec->wd;
	event->sync_cookie = rec->cookie;
	event->name_len = rec->len;
	memcpy(event->name, rec->name, rec->len);
	event->name[rec->len] = '\0';
	if (fsnotify_add_event(group, &event->fse, NULL))
		fsnotify_destroy_event(group, &event->fse);
	return 0;
}

/**
 * orthros_inotify_setup() - give a fresh inotify instance its limit
 * @file:	the instance
 * @rec:	its record
 */
void orthros_inotify_setup(struct file *file, const struct orthros_inotify_rec *rec)
{
	struct fsnotify_group *group = file->private_data;

	group->max_events = rec->max_events;
}

/**
 * orthros_inotify_hold() - take no event until orthros_inotify_start()
 * @file:	inotify instance
 *
 * What the builders do to files nobody shall hear of.
 */
void orthros_inotify_hold(struct file *file)
{
	struct fsnotify_group *group = file->private_data;

	spin_lock(&group->notification_lock);
	group->shutdown = true;
	spin_unlock(&group->notification_lock);
}

/**
 * orthros_inotify_watch() - add a watch
 * @file:	inotify instance
 * @inode:	to be watched
 * @rec:	its record
 *
 * Return: 0, -EEXIST if the descriptor is taken, or another negative errno.
 */
int orthros_inotify_watch(struct file *file, struct inode *inode,
			  const struct orthros_watch_rec *rec)
{
	struct fsnotify_group *group = file->private_data;
	struct inotify_group_private_data *data = &group->inotify_data;
	int wd;

	fsnotify_group_lock(group);
	spin_lock(&data->idr_lock);
	idr_set_cursor(&data->idr, rec->wd);
	spin_unlock(&data->idr_lock);
	/* A watch that ends with its first event could do so now. */
	wd = inotify_new_watch(group, inode, rec->mask & ~IN_ONESHOT);
	fsnotify_group_unlock(group);
	if (wd < 0)
		return wd;
	return wd == rec->wd ? 0 : -EEXIST;
}

/**
 * orthros_inotify_start() - take events again
 * @file:	inotify instance
 * @rec:	its record
 * @watch:	its watches
 */
void orthros_inotify_start(struct file *file, const struct orthros_inotify_rec *rec,
			   const struct orthros_watch_rec *watch)
{
	struct fsnotify_group *group = file->private_data;
	struct inotify_group_private_data *data = &group->inotify_data;
	struct inotify_inode_mark *mark;
	u32 i;

	spin_lock(&data->idr_lock);
	for (i = 0; i < rec->nr_watches; i++) {
		if (!(watch[i].mask & IN_ONESHOT))
			continue;
		mark = idr_find(&data->idr, watch[i].wd);
		if (mark)
			mark->fsn_mark.flags |= FSNOTIFY_MARK_FLAG_IN_ONESHOT;
	}
	idr_set_cursor(&data->idr, rec->next_wd);
	spin_unlock(&data->idr_lock);

	spin_lock(&group->notification_lock);
	group->shutdown = false;
	spin_unlock(&group->notification_lock);
}
#endif /* CONFIG_ORTHROS */
