// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: file systems and mounts. */
#include <sys/mount.h>

#include "refuse.h"

static int hold_other_fs(void)
{
	mkdir("other", 0755);
	if (mount("none", "other", "cgroup", 0, "none,name=other"))
		return OP_SKIP;
	if (open("other/tasks", O_RDONLY) < 0)
		return -1;
	return umount2("other", MNT_DETACH);
}

static int hold_cgroup1(void)
{
	return refuse_mount("cgroup", "none,name=hop_refuse");
}

static int hold_bpf_fs(void)
{
	return refuse_mount("bpf", NULL) ?: symlink("nowhere", MNT "/name");
}

static int hold_hugetlb_fs(void)
{
	return refuse_mount("hugetlbfs", NULL) ?: mkdir(MNT "/dir", 0755);
}

/* Indirect: the daemon makes a directory for each key. */
static int hold_autofs(void)
{
	char options[64];
	int fd[2];

	if (pipe(fd))
		return -1;
	snprintf(options, sizeof(options), "fd=%d,minproto=5,maxproto=5,indirect", fd[1]);
	return refuse_mount("autofs", options) ?: mkdir(MNT "/key", 0755);
}

/* Layers in a tmpfs. */
static int hold_overlay(const char *more)
{
	char *cwd = getcwd(NULL, 0), options[512];

	if (refuse_mount("tmpfs", NULL) || mkdir(MNT "/low", 0755) || mkdir(MNT "/up", 0755) ||
	    mkdir(MNT "/work", 0755) || mkdir(MNT "/all", 0755))
		return -1;
	snprintf(options, sizeof(options),
		 "lowerdir=%s/" MNT "/low,upperdir=%s/" MNT "/up,workdir=%s/" MNT "/work,%s",
		 cwd, cwd, cwd, more);
	return mount("overlay", MNT "/all", "overlay", 0, options);
}

static int hold_volatile(void)
{
	return hold_overlay("volatile");
}

static int hold_index(void)
{
	return hold_overlay("index=on");
}

const struct refuse_kind refuse_fs[] = {
	{ "other_fs", "file system cgroup", hold_other_fs },
	{ "cgroup1", MNT ": file system cgroup", hold_cgroup1, true },
	{ "bpf_fs", "pin name: BPF link or symbolic link", hold_bpf_fs, true },
	{ "hugetlb_fs", MNT ": file system hugetlbfs not empty", hold_hugetlb_fs, true },
	{ "autofs", MNT ": file system autofs not empty", hold_autofs, true },
	{ "overlay_volatile", "file system overlay that is volatile", hold_volatile, true },
	{ "overlay_index", "file system overlay with an index", hold_index, true },
	{ }
};
