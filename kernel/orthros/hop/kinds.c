// SPDX-License-Identifier: GPL-2.0
/*
 * DOC: The list of kinds
 *
 * All that goes from kernel to kernel, from the ground up: what is built stands
 * on what is above it here. Reading, building and what comes after the commit
 * go down the list, tying and releasing go up. Whatever must come before something
 * else says so.
 */
#include <linux/init.h>
#include "../core/kind.h"
#include "../core/sections.h"
#include "../core/walk.h"
#include "../bpf/bpf.h"
#include "../cgroup/cgroup.h"
#include "../files/files.h"
#include "../fs/fs.h"
#include "../ipc/ipc.h"
#include "../machine/machine.h"
#include "../mm/mm.h"
#include "../net/net.h"
#include "../ns/ns.h"
#include "../pages/pages.h"
#include "../sock/sock.h"
#include "../task/task.h"
#include "hop.h"

static const struct orthros_kind *const kinds[] = {
	/* Whoever reads needs the containers; the told sections are the network's. */
	&orthros_core_kind,
	&orthros_monitor_kind,
	&orthros_pages_kind,
	&orthros_page_use_kind,
	&orthros_told_kind,
	/* Tied last: building takes PIDs. */
	&orthros_machine_kind,
	&orthros_limits_kind,
	/*
	 * Begins a thread, which runs beside all that is built; waits there for
	 * the mounts' numbers. What is committed here has the platform's clocks.
	 */
	&orthros_device_kind,
	/* Its thread makes them, when there are rules. */
	&orthros_conntrack_kind,
	&orthros_net_kind,
	&orthros_console_kind,
	/* The clocks are set when the devices are committed. */
	&orthros_clock_kind,
	&orthros_sequence_kind,
	/* Their numbers are taken before any is made, and before whatever is in one. */
	&orthros_ns_kind,
	/* They own others. */
	&orthros_user_ns_kind,
	&orthros_uts_kind,
	/* Set up by the thread of the network, when the minors are taken. */
	&orthros_net_ns_kind,
	&orthros_pid_ns_kind,
	&orthros_nsproxy_kind,
	/* Before anything has a super block. */
	&orthros_minors_kind,
	/* Each has a file system, which may be mounted. */
	&orthros_ipc_ns_kind,
	/* Before its file system is mounted, and before any process is in one. */
	&orthros_cgroup_kind,
	/* Roots of theirs are groups. */
	&orthros_cgroup_ns_kind,
	/* Before the files and groups that hold them. */
	&orthros_bpf_kind,
	/* Tied when nobody builds any more: they restrict who is in a group. */
	&orthros_cgroup_bpf_kind,
	/* Tied when all sockets are there. */
	&orthros_cgroup_sock_kind,
	/* Frozen while file systems still write. */
	&orthros_aio_kind,
	/* Before whatever has a path. Tied when nobody builds any more. */
	&orthros_fs_kind,
	/* Mounts have been found, which keep some. */
	&orthros_ns_parents_kind,
	&orthros_bpf_pin_kind,
	/* Segments of shared memory are files, made before their contents. */
	&orthros_ipc_kind,
	&orthros_shm_kind,
	&orthros_mqueue_kind,
	&orthros_contents_kind,
	/* Holds files, and is held by files of processes. */
	&orthros_binfmt_kind,
	/* Mounts proc, so when the mounts have their numbers. */
	&orthros_sysctl_kind,
	&orthros_unowned_kind,
	&orthros_security_kind,
	/* Before the credentials that hold them. */
	&orthros_key_kind,
	/* Owners of files are processes: tied after them. Released before paths are. */
	&orthros_files_kind,
	/* Its daemon is a group of processes: tied after them. */
	&orthros_autofs_kind,
	&orthros_mm_kind,
	/* Its filters have listeners, which are files of processes. */
	&orthros_seccomp_kind,
	/* What a process holds is read and built through it. */
	&orthros_task_kind,
	/* Restricts processes when all that they have is open. */
	&orthros_landlock_kind,
	&orthros_timer_kind,

	/* Kinds of files, none of which knows another. */
	&orthros_foreign_kind,
	&orthros_path_kind,
	&orthros_eventfd_kind,
	&orthros_uring_kind,
	&orthros_signalfd_kind,
	&orthros_timerfd_kind,
	&orthros_epoll_kind,
	&orthros_tty_kind,
	&orthros_pidfd_kind,
	&orthros_nsfd_kind,
	&orthros_bpf_fd_kind,
	/* Let go of when no kind ties files any more. */
	&orthros_pipe_kind,
	/* Watches are added when all files are there. */
	&orthros_inotify_kind,
	/* Locks are taken when all files are there. */
	&orthros_lock_kind,
	&orthros_foreign_sock_kind,
	&orthros_sock_opt_kind,
	&orthros_netlink_kind,
	&orthros_packet_kind,
	&orthros_genl_kind,
	&orthros_udp_kind,
	&orthros_raw_kind,
	&orthros_tcp_kind,
	/* Gathered when every process's sockets are known. */
	&orthros_tcp_hash_kind,
	/* Opened when every process is there, before anything may look at them. */
	&orthros_proc_kind,
	&orthros_unix_kind,
	/* Tied first: sockets that are not open, which others wait for. */
	&orthros_sock_kind,

	/*
	 * In the background. What needs the source's memory is done by now (the
	 * page cache, see the mount tree): all that no process claims is freed.
	 */
	&orthros_evidence_kind,
	&orthros_keep_kind,
	/* The cards are open. */
	&orthros_links_kind,
	/* Nothing of the network is left to be done. */
	&orthros_net_ns_end_kind,
	&orthros_ethtool_kind,
	/* They may ask for memory, of which there is enough. */
	&orthros_late_sysctl_kind,
	&orthros_sysfs_kind,
	&orthros_procfs_kind,
	&orthros_module_kind,
	/* Reads files. */
	&orthros_locked_kind,
	&orthros_cpu_kind,
	/* When all CPUs are there; tied before anything else. */
	&orthros_cgroup_limits_kind,
	/* Likewise. */
	&orthros_affinity_kind,
	&orthros_irq_kind,
	/* Takes longest, and nobody waits for it. */
	&orthros_claim_kind,
	&orthros_vmcore_kind,
	NULL
};

static int __init kinds_init(void)
{
	orthros_kinds_use(kinds);
	return 0;
}
core_initcall(kinds_init);
