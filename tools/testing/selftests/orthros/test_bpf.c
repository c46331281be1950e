// SPDX-License-Identifier: GPL-2.0
/*
 * BPF programs of control groups, as systemd and crun use them, with and without a
 * descriptor, and their maps: numbers, flags and order are the same, what is in the maps,
 * too, and they go on to allow, to forbid and to count.
 */
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>

#include "hop_test.h"

#define TOP	"cg/bpf"
#define PORT	4711
#define MANY	1000

#define INSN(c, d, s, o, i) \
	((struct bpf_insn) { .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define MOV(d, i)	INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define COPY(d, s)	INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define ADD(d, i)	INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define LOAD(d, s, o)	INSN(BPF_LDX | BPF_MEM | BPF_W, d, s, o, 0)
#define STORE(d, o, i)	INSN(BPF_ST | BPF_MEM | BPF_W, d, 0, o, i)
#define STORE_REG(d, o, s) INSN(BPF_STX | BPF_MEM | BPF_W, d, s, o, 0)
#define INC(d, s)	INSN(BPF_STX | BPF_ATOMIC | BPF_DW, d, s, 0, BPF_ADD)
#define IF_EQ(d, i, o)	INSN(BPF_JMP | BPF_JEQ | BPF_K, d, 0, o, i)
#define IF_NE(d, i, o)	INSN(BPF_JMP | BPF_JNE | BPF_K, d, 0, o, i)
#define CALL(f)		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT()		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* It is two instructions long. */
#define MAP(d, how, fd)	INSN(BPF_LD | BPF_IMM | BPF_DW, d, how, 0, fd)
#define REST()		INSN(0, 0, 0, 0, 0)

static struct gate ready, go;

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* ---- maps --------------------------------------------------------------------- */

static int make_map(const char *name, int type, int key, int value, int max, int flags)
{
	union bpf_attr attr = {
		.map_type = type, .key_size = key, .value_size = value, .max_entries = max,
		.map_flags = flags,
	};

	snprintf(attr.map_name, sizeof(attr.map_name), "%s", name);
	return MUST(bpf(BPF_MAP_CREATE, &attr));
}

static int put(int fd, const void *key, const void *value)
{
	union bpf_attr attr = {
		.map_fd = fd, .key = (uintptr_t)key, .value = (uintptr_t)value,
	};

	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}

static int get(int fd, const void *key, void *value)
{
	union bpf_attr attr = {
		.map_fd = fd, .key = (uintptr_t)key, .value = (uintptr_t)value,
	};

	return bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

static long long value(int fd, unsigned int key)
{
	long long v = -1;

	CHECK_EQ(get(fd, &key, &v), 0);
	return v;
}

static int count_keys(int fd)
{
	char key[64] = "", next[64];
	union bpf_attr attr = { .map_fd = fd, .next_key = (uintptr_t)next };
	int nr = 0;

	while (!bpf(BPF_MAP_GET_NEXT_KEY, &attr)) {
		memcpy(key, next, sizeof(key));
		attr.key = (uintptr_t)key;
		nr++;
	}
	CHECK_EQ(errno, ENOENT);
	return nr;
}

static int by_id(int cmd, unsigned int id, int flags)
{
	union bpf_attr attr = { .prog_id = id, .open_flags = flags };

	return bpf(cmd, &attr);
}

static struct bpf_map_info map_info(int fd)
{
	struct bpf_map_info info;
	union bpf_attr attr = {
		.info.bpf_fd = fd, .info.info = (uintptr_t)&info, .info.info_len = sizeof(info),
	};

	memset(&info, 0, sizeof(info));
	CHECK_EQ(bpf(BPF_OBJ_GET_INFO_BY_FD, &attr), 0);
	return info;
}

/* ---- programs ------------------------------------------------------------------- */

static int load(const char *name, int type, int attach, const struct bpf_insn *insns, int nr)
{
	char log[4096] = "";
	union bpf_attr attr = {
		.prog_type = type, .expected_attach_type = attach, .insns = (uintptr_t)insns,
		.insn_cnt = nr, .license = (uintptr_t)"GPL",
	};
	int fd;

	snprintf(attr.prog_name, sizeof(attr.prog_name), "%s", name);
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0) {
		attr.log_buf = (uintptr_t)log;
		attr.log_size = sizeof(log);
		attr.log_level = 1;
		fd = bpf(BPF_PROG_LOAD, &attr);
		printf("# %s: %s\n", name, log);
	}
	return MUST(fd);
}

static int attach(const char *group, int type, int prog, int flags)
{
	union bpf_attr attr = {
		.target_fd = MUST(open(group, O_RDONLY | O_DIRECTORY)),
		.attach_bpf_fd = prog, .attach_type = type, .attach_flags = flags,
	};
	int err = bpf(BPF_PROG_ATTACH, &attr);

	close(attr.target_fd);
	return err;
}

static int detach(const char *group, int type, int prog)
{
	union bpf_attr attr = {
		.target_fd = MUST(open(group, O_RDONLY | O_DIRECTORY)),
		.attach_bpf_fd = prog, .attach_type = type,
	};
	int err = bpf(BPF_PROG_DETACH, &attr);

	close(attr.target_fd);
	return err;
}

struct query {
	unsigned int nr;
	unsigned int flags;
	unsigned int ids[16];
};

static struct query ask(const char *group, int type)
{
	struct query q = { 0 };
	union bpf_attr attr = {
		.query.target_fd = MUST(open(group, O_RDONLY | O_DIRECTORY)),
		.query.attach_type = type, .query.prog_ids = (uintptr_t)q.ids,
		.query.prog_cnt = ARRAY_SIZE(q.ids),
	};

	CHECK_EQ(bpf(BPF_PROG_QUERY, &attr), 0);
	close(attr.query.target_fd);
	q.nr = attr.query.prog_cnt;
	q.flags = attr.query.attach_flags;
	return q;
}

static struct bpf_prog_info prog_info(int fd)
{
	struct bpf_prog_info info;
	union bpf_attr attr = {
		.info.bpf_fd = fd, .info.info = (uintptr_t)&info, .info.info_len = sizeof(info),
	};

	memset(&info, 0, sizeof(info));
	CHECK_EQ(bpf(BPF_OBJ_GET_INFO_BY_FD, &attr), 0);
	return info;
}

/* A count for whom it lets pass, and a trie of whom it does not, as systemd's. */
static int load_firewall(const char *name, int count, int deny)
{
	struct bpf_insn insns[] = {
		MOV(2, 16),			/* where the packet goes */
		COPY(3, 10), ADD(3, -4),
		MOV(4, 4),
		CALL(BPF_FUNC_skb_load_bytes),
		STORE(10, -8, 32),
		COPY(2, 10), ADD(2, -8),
		MAP(1, BPF_PSEUDO_MAP_FD, deny), REST(),
		CALL(BPF_FUNC_map_lookup_elem),
		IF_NE(0, 0, 11),
		STORE(10, -12, 1),
		COPY(2, 10), ADD(2, -12),
		MAP(1, BPF_PSEUDO_MAP_FD, count), REST(),
		CALL(BPF_FUNC_map_lookup_elem),
		IF_EQ(0, 0, 2),
		MOV(1, 1),
		INC(0, 1),
		MOV(0, 1), EXIT(),
		MOV(0, 0), EXIT(),
	};

	return load(name, BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS,
		    insns, ARRAY_SIZE(insns));
}

/* Counts in a variable, and goes on. */
static int load_counter(const char *name, int count, int index)
{
	struct bpf_insn insns[] = {
		MAP(2, BPF_PSEUDO_MAP_VALUE, count), REST(),
		MOV(1, 1),
		INC(2, 1),
		MOV(0, 1), EXIT(),
	};

	insns[1].imm = index * 8;
	return load(name, BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS,
		    insns, ARRAY_SIZE(insns));
}

/* All but /dev/full. */
static int load_devices(const char *name)
{
	struct bpf_insn insns[] = {
		LOAD(2, 1, offsetof(struct bpf_cgroup_dev_ctx, major)),
		IF_NE(2, 1, 4),
		LOAD(2, 1, offsetof(struct bpf_cgroup_dev_ctx, minor)),
		IF_NE(2, 7, 2),
		MOV(0, 0), EXIT(),
		MOV(0, 1), EXIT(),
	};

	return load(name, BPF_PROG_TYPE_CGROUP_DEVICE, 0, insns, ARRAY_SIZE(insns));
}

/* No sockets of IPv6. */
static int load_families(const char *name)
{
	struct bpf_insn insns[] = {
		LOAD(2, 1, offsetof(struct bpf_sock, family)),
		MOV(0, 1),
		IF_NE(2, AF_INET6, 1),
		MOV(0, 0),
		EXIT(),
	};

	return load(name, BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE,
		    insns, ARRAY_SIZE(insns));
}

/* Whoever connects anywhere is sent to PORT. */
static int load_ports(const char *name)
{
	struct bpf_insn insns[] = {
		MOV(2, htons(PORT)),
		STORE_REG(1, offsetof(struct bpf_sock_addr, user_port), 2),
		MOV(0, 1), EXIT(),
	};

	return load(name, BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT,
		    insns, ARRAY_SIZE(insns));
}

/* Nothing is written. */
static int load_sysctl(const char *name)
{
	struct bpf_insn insns[] = {
		LOAD(2, 1, offsetof(struct bpf_sysctl, write)),
		MOV(0, 1),
		IF_EQ(2, 0, 1),
		MOV(0, 0),
		EXIT(),
	};

	return load(name, BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL,
		    insns, ARRAY_SIZE(insns));
}

/* Always says the same. */
static int load_const(const char *name, int type, int attach, int ret)
{
	struct bpf_insn insns[] = { MOV(0, ret), EXIT() };

	return load(name, type, attach, insns, ARRAY_SIZE(insns));
}

/* ---- members of the group ------------------------------------------------------ */

static void join(const char *group)
{
	char path[64], pid[16];

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	snprintf(pid, sizeof(pid), "%d", getpid());
	write_file(path, pid, strlen(pid));
}

static int send_to(int fd, const char *to)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = inet_addr(to),
	};

	return sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, sizeof(sin));
}

/* What is sent with @from arrives at @udp. */
static void restricted(int from, int udp)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_port = htons(1),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(sin);
	char c;
	int fd;

	CHECK_EQ(send_to(from, "127.0.0.1"), 1);
	/* The programs of the receiving side have run when it is there. */
	CHECK_EQ(recv(udp, &c, 1, 0), 1);
	CHECK_ERR(send_to(from, "127.0.0.2"), EPERM);
	CHECK_ERR(open("/dev/full", O_RDONLY), EPERM);
	fd = open("/dev/null", O_RDONLY);
	CHECK(fd >= 0);
	close(fd);
	CHECK_ERR(socket(AF_INET6, SOCK_DGRAM, 0), EPERM);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	CHECK(fd >= 0);
	CHECK_EQ(connect(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	CHECK_EQ(getpeername(fd, (struct sockaddr *)&sin, &len), 0);
	CHECK_EQ(ntohs(sin.sin_port), PORT);
	close(fd);
	fd = open("/proc/sys/kernel/domainname", O_WRONLY);
	CHECK(fd >= 0);
	CHECK_ERR(write(fd, "x", 1), EPERM);
	close(fd);
}

static void member(void *arg)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int udp, held;

	/* Opened before it was forbidden. */
	held = MUST(open("/dev/full", O_WRONLY));
	join(TOP "/service");
	udp = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(bind(udp, (struct sockaddr *)&sin, sizeof(sin)));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	restricted(udp, udp);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	/* After the hop: the same socket, and others. */
	restricted(udp, udp);
	restricted(MUST(socket(AF_INET, SOCK_DGRAM, 0)), udp);
	CHECK_ERR(write(held, "x", 1), ENOSPC);
}

/* ---- sockets ------------------------------------------------------------------- */

#define SHORT	3

static struct filtered {
	int udp, twin;		/* with one program, which lets pass what is not short */
	int group[2];		/* of SO_REUSEPORT: the second one gets all */
	int to;
	int detached;		/* it lets pass all */
	struct sockaddr_in addr[3];
} filtered;

static int receiver(struct sockaddr_in *addr, bool group)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = group ? addr->sin_port : 0,
	};
	socklen_t len = sizeof(sin);
	int fd = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));

	if (group)
		MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){ 1 }, sizeof(int)));
	MUST(bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	MUST(getsockname(fd, (struct sockaddr *)addr, &len));
	return fd;
}

static void make_filtered(struct filtered *f)
{
	struct bpf_insn insns[] = {
		LOAD(2, 1, offsetof(struct __sk_buff, len)),
		MOV(0, 0),
		INSN(BPF_JMP | BPF_JLE | BPF_K, 2, 0, 1, SHORT + 8),
		MOV(0, -1),
		EXIT(),
	};
	int prog = load("not_short", BPF_PROG_TYPE_SOCKET_FILTER, 0, insns, ARRAY_SIZE(insns));
	int pick = load_const("pick", BPF_PROG_TYPE_SOCKET_FILTER, 0, 1);

	f->detached = -1;
	f->udp = receiver(&f->addr[0], false);
	f->twin = receiver(&f->addr[1], false);
	MUST(setsockopt(f->udp, SOL_SOCKET, SO_ATTACH_BPF, &prog, sizeof(prog)));
	MUST(setsockopt(f->twin, SOL_SOCKET, SO_ATTACH_BPF, &prog, sizeof(prog)));
	f->group[0] = receiver(&f->addr[2], true);
	f->group[1] = receiver(&f->addr[2], true);
	MUST(setsockopt(f->group[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &pick, sizeof(pick)));
	f->to = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	close(prog);
	close(pick);
}

static int pass(struct filtered *f, int to, int fd, int len)
{
	char buf[64] = "";

	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	CHECK_EQ(sendto(f->to, buf, len, 0, (struct sockaddr *)&f->addr[to], sizeof(f->addr[to])),
		 len);
	/* On a busy machine it comes later; what does not is followed by what does. */
	if (len != SHORT || fd == f->detached)
		poll(&pfd, 1, 5000);
	return recv(fd, buf, sizeof(buf), 0);
}

static void check_filtered(struct filtered *f)
{
	int i;

	CHECK_ERR(pass(f, 0, f->udp, SHORT), EAGAIN);
	CHECK_EQ(pass(f, 0, f->udp, SHORT + 1), SHORT + 1);
	CHECK_ERR(pass(f, 1, f->twin, SHORT), EAGAIN);
	CHECK_EQ(pass(f, 1, f->twin, SHORT + 1), SHORT + 1);
	for (i = 0; i < 8; i++)
		CHECK_EQ(pass(f, 2, f->group[1], 5), 5);
}

/* ---- pins ---------------------------------------------------------------------- */

static int pin(int fd, const char *path)
{
	union bpf_attr attr = { .bpf_fd = fd, .pathname = (uintptr_t)path };

	return bpf(BPF_OBJ_PIN, &attr);
}

static int unpin(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };

	return bpf(BPF_OBJ_GET, &attr);
}

/* Nobody has a descriptor. */
static void make_pins(void)
{
	int fd;

	MUST(mkdir("pins", 0755));
	MUST(mount("none", "pins", "bpf", 0, "mode=750"));
	MUST(mkdir("pins/one", 0700));
	MUST(mkdir("pins/one/two", 0711));
	fd = make_map("pinned", BPF_MAP_TYPE_ARRAY, 4, 8, 2, 0);
	MUST(put(fd, &(unsigned int){ 1 }, &(long long){ 77 }));
	MUST(pin(fd, "pins/one/two/map"));
	MUST(chown("pins/one/two/map", 12, 34));
	MUST(chmod("pins/one/two/map", 0640));
	close(fd);
	fd = load_const("pinned", BPF_PROG_TYPE_SOCKET_FILTER, 0, 9);
	MUST(pin(fd, "pins/prog"));
	close(fd);
}

static void check_pins(void)
{
	struct stat st;
	int fd;

	CHECK_EQ(stat("pins/one/two", &st), 0);
	CHECK_EQ(st.st_mode, S_IFDIR | 0711);
	CHECK_EQ(st.st_nlink, 2);
	CHECK_EQ(stat("pins/one/two/map", &st), 0);
	CHECK_EQ(st.st_mode, S_IFREG | 0640);
	CHECK_EQ(st.st_uid, 12);
	CHECK_EQ(st.st_gid, 34);
	fd = unpin("pins/one/two/map");
	CHECK_EQ(value(fd, 1), 77);
	CHECK_STR(map_info(fd).name, "pinned");
	close(fd);
	fd = unpin("pins/prog");
	CHECK_STR(prog_info(fd).name, "pinned");
	close(fd);
	CHECK_EQ(unlink("pins/prog"), 0);
	CHECK_ERR(rmdir("pins/one"), ENOTEMPTY);
	CHECK_EQ(unlink("pins/one/two/map"), 0);
	CHECK_EQ(rmdir("pins/one/two"), 0);
	CHECK_EQ(rmdir("pins/one"), 0);
	CHECK_EQ(umount("pins"), 0);
}

/* ---- the test ------------------------------------------------------------------ */

struct trie_key {
	unsigned int bits;
	unsigned char addr[4];
};

static const struct {
	const char *group;
	int type;
} places[] = {
	{ TOP, BPF_CGROUP_INET_EGRESS },
	{ TOP, BPF_CGROUP_INET_INGRESS },
	{ TOP "/service", BPF_CGROUP_INET_EGRESS },
	{ TOP "/service", BPF_CGROUP_INET_INGRESS },
	{ TOP "/service", BPF_CGROUP_DEVICE },
	{ TOP "/service", BPF_CGROUP_INET_SOCK_CREATE },
	{ TOP "/service", BPF_CGROUP_INET4_CONNECT },
	{ TOP "/service", BPF_CGROUP_SYSCTL },
	{ TOP "/late", BPF_CGROUP_SETSOCKOPT },
	{ TOP "/late/below", BPF_CGROUP_SETSOCKOPT },
	{ TOP "/late", BPF_CGROUP_GETSOCKOPT },
};

/* Variables of a program are in an array of one. */
static long long variable(int fd, int index)
{
	long long v[4] = { -1, -1, -1, -1 };

	CHECK_EQ(get(fd, &(unsigned int){ 0 }, v), 0);
	return v[index];
}

int main(void)
{
	struct query before[ARRAY_SIZE(places)], after;
	struct bpf_prog_info prog_before, prog_after;
	struct bpf_map_info info[6], now;
	int count, vars, deny, hash, lean, frozen, ro, fw, fw2, first, second, loose, made, fd;
	int *maps[] = { &count, &vars, &deny, &hash, &lean, &frozen };
	struct trie_key tk = { 32, { 127, 0, 0, 2 } };
	char key[12], big[40];
	union bpf_attr attr;
	unsigned int i, hidden;
	long long v;
	pid_t pid;

	MUST(mkdir("cg", 0755));
	if (mount("none", "cg", "cgroup2", 0, NULL))
		hop_skip("no control groups");
	MUST(mkdir(TOP, 0755));
	MUST(mkdir(TOP "/service", 0755));
	MUST(mkdir(TOP "/late", 0755));
	MUST(mkdir(TOP "/late/below", 0755));
	gate_init(&ready);
	gate_init(&go);

	count = make_map("count", BPF_MAP_TYPE_ARRAY, 4, 8, 4, 0);
	vars = make_map("vars", BPF_MAP_TYPE_ARRAY, 4, 32, 1, 0);
	deny = make_map("deny", BPF_MAP_TYPE_LPM_TRIE, 8, 8, 16, BPF_F_NO_PREALLOC);
	hash = make_map("hash", BPF_MAP_TYPE_HASH, 12, 40, MANY + 10, 0);
	lean = make_map("lean", BPF_MAP_TYPE_HASH, 4, 4, 100, BPF_F_NO_PREALLOC);
	frozen = make_map("frozen", BPF_MAP_TYPE_ARRAY, 4, 8, 1, BPF_F_RDONLY_PROG);
	for (i = 0; i < 3; i++) {
		/* Two that branch: a node that is there for them alone. */
		MUST(put(deny, &tk, &(long long) { i }));
		tk.addr[3] += 10;
	}
	tk = (struct trie_key) { 8, { 10, 0, 0, 0 } };
	MUST(put(deny, &tk, &(long long) { 8 }));
	for (i = 0; i < MANY; i++) {
		memset(key, 0, sizeof(key));
		memset(big, i, sizeof(big));
		snprintf(key, sizeof(key), "key%u", i);
		MUST(put(hash, key, big));
		if (i < 50)
			MUST(put(lean, &i, &i));
	}
	v = 4242;
	i = 0;
	MUST(put(frozen, &i, &v));
	attr = (union bpf_attr) { .map_fd = frozen };
	MUST(bpf(BPF_MAP_FREEZE, &attr));
	ro = MUST(by_id(BPF_MAP_GET_FD_BY_ID, map_info(hash).id, BPF_F_RDONLY));

	/* A firewall above, which is replaced below; both are asked. */
	fw = load_firewall("fw", count, deny);
	fw2 = load_firewall("fw_two", count, deny);
	MUST(attach(TOP, BPF_CGROUP_INET_EGRESS, fw, BPF_F_ALLOW_MULTI));
	MUST(attach(TOP "/service", BPF_CGROUP_INET_EGRESS, fw2, BPF_F_ALLOW_MULTI));
	first = load_counter("first", vars, 2);
	second = load_counter("second", vars, 3);
	MUST(attach(TOP "/service", BPF_CGROUP_INET_INGRESS, second, BPF_F_ALLOW_MULTI));
	MUST(attach(TOP "/service", BPF_CGROUP_INET_INGRESS, first, BPF_F_ALLOW_MULTI));
	/* As crun does: nobody has a descriptor, and a map is known by its number alone. */
	MUST(attach(TOP "/service", BPF_CGROUP_DEVICE, fd = load_devices("devices"),
		    BPF_F_ALLOW_MULTI));
	close(fd);
	MUST(attach(TOP "/service", BPF_CGROUP_INET_SOCK_CREATE, fd = load_families("families"),
		    0));
	close(fd);
	MUST(attach(TOP "/service", BPF_CGROUP_INET4_CONNECT, fd = load_ports("ports"),
		    BPF_F_ALLOW_OVERRIDE));
	close(fd);
	MUST(attach(TOP "/service", BPF_CGROUP_SYSCTL, fd = load_sysctl("sysctl"), 0));
	close(fd);
	/* The one above allows nothing below it; what was there before stays. */
	fd = load_const("below", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT, 1);
	MUST(attach(TOP "/late/below", BPF_CGROUP_SETSOCKOPT, fd, 0));
	MUST(attach(TOP "/late", BPF_CGROUP_SETSOCKOPT, fd, 0));
	CHECK_ERR(attach(TOP "/late/below", BPF_CGROUP_SETSOCKOPT, fd, 0), EPERM);
	close(fd);
	for (i = 0; i < 12; i++) {
		char name[8];

		snprintf(name, sizeof(name), "many%u", i);
		fd = load_const(name, BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_GETSOCKOPT, 1);
		MUST(attach(TOP "/late", BPF_CGROUP_GETSOCKOPT, fd, BPF_F_ALLOW_MULTI));
		close(fd);
	}
	hidden = make_map("hidden", BPF_MAP_TYPE_ARRAY, 4, 32, 1, 0);
	fd = load_counter("uses_hidden", hidden, 1);
	MUST(attach(TOP, BPF_CGROUP_INET_INGRESS, fd, BPF_F_ALLOW_MULTI));
	close(fd);
	fd = hidden;
	hidden = map_info(fd).id;
	close(fd);
	/* Loaded, and not attached to anything. */
	loose = load_const("loose", BPF_PROG_TYPE_SOCKET_FILTER, 0, 17);

	/* Made there, and used elsewhere: as systemd has those of its services. */
	join(TOP "/service");
	made = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	join("cg");
	CHECK_ERR(send_to(made, "127.0.0.2"), EPERM);
	make_pins();
	make_filtered(&filtered);
	check_filtered(&filtered);
	pid = hop_child(member, NULL);
	gate_take(&ready, 1);
	gate_post(&go, 1);
	gate_take(&ready, 1);
	for (i = 0; i < ARRAY_SIZE(places); i++)
		before[i] = ask(places[i].group, places[i].type);
	CHECK_EQ(before[3].nr, 2);
	CHECK_EQ(before[10].nr, 12);
	prog_before = prog_info(fw);
	for (i = 0; i < ARRAY_SIZE(maps); i++)
		info[i] = map_info(*maps[i]);
	/* One packet, and both firewalls. */
	CHECK_EQ(value(count, 1), 2);
	CHECK_EQ(variable(vars, 2), 1);
	CHECK_EQ(variable(vars, 3), 1);

	hop();

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		after = ask(places[i].group, places[i].type);
		CHECK(!memcmp(&before[i], &after, sizeof(after)));
	}
	prog_after = prog_info(fw);
	CHECK_EQ(prog_after.type, prog_before.type);
	CHECK_EQ(prog_after.id, prog_before.id);
	CHECK(!memcmp(prog_after.tag, prog_before.tag, sizeof(prog_after.tag)));
	CHECK_EQ(prog_after.load_time, prog_before.load_time);
	CHECK_EQ(prog_after.created_by_uid, prog_before.created_by_uid);
	CHECK_EQ(prog_after.nr_map_ids, 2);
	CHECK_EQ(prog_after.gpl_compatible, 1);
	CHECK_STR(prog_after.name, "fw");
	CHECK_STR(prog_info(loose).name, "loose");
	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		now = map_info(*maps[i]);
		CHECK_EQ(now.id, info[i].id);
		CHECK_EQ(now.type, info[i].type);
		CHECK_EQ(now.key_size, info[i].key_size);
		CHECK_EQ(now.value_size, info[i].value_size);
		CHECK_EQ(now.max_entries, info[i].max_entries);
		CHECK_EQ(now.map_flags, info[i].map_flags);
		CHECK_STR(now.name, info[i].name);
	}
	/* What is in them, and what may be done. */
	CHECK_EQ(count_keys(hash), MANY);
	for (i = 0; i < MANY; i++) {
		char want[40];

		memset(key, 0, sizeof(key));
		snprintf(key, sizeof(key), "key%u", i);
		memset(want, i, sizeof(want));
		if (!CHECK_EQ(get(i & 1 ? ro : hash, key, big), 0) ||
		    !CHECK(!memcmp(big, want, sizeof(want))))
			break;
	}
	CHECK_ERR(put(ro, key, big), EPERM);
	CHECK_EQ(count_keys(lean), 50);
	for (i = 0; i < 50; i++) {
		unsigned int got = 0;

		if (!CHECK_EQ(get(lean, &i, &got), 0) || !CHECK_EQ(got, i))
			break;
	}
	CHECK_EQ(count_keys(deny), 4);
	tk = (struct trie_key) { 32, { 127, 0, 0, 22 } };
	CHECK_EQ(get(deny, &tk, &v), 0);
	CHECK_EQ(v, 2);
	tk = (struct trie_key) { 32, { 10, 9, 8, 7 } };
	CHECK_EQ(get(deny, &tk, &v), 0);
	CHECK_EQ(v, 8);
	tk = (struct trie_key) { 32, { 127, 0, 0, 3 } };
	CHECK_ERR(get(deny, &tk, &v), ENOENT);
	CHECK_EQ(value(frozen, 0), 4242);
	i = 0;
	CHECK_ERR(put(frozen, &i, &v), EPERM);
	fd = by_id(BPF_MAP_GET_FD_BY_ID, hidden, 0);
	CHECK(fd >= 0);
	v = variable(fd, 1);
	CHECK_EQ(v, 1);

	/* They go on. */
	CHECK_EQ(value(count, 1), 2);
	gate_post(&go, 1);
	hop_reap(pid);
	CHECK_EQ(value(count, 1), 6);
	CHECK_EQ(variable(vars, 2), 3);
	CHECK_EQ(variable(vars, 3), 3);
	CHECK_EQ(variable(fd, 1), v + 2);
	close(fd);
	CHECK_ERR(send_to(made, "127.0.0.2"), EPERM);
	CHECK_EQ(send_to(filtered.to, "127.0.0.2"), 1);
	check_filtered(&filtered);
	CHECK_EQ(setsockopt(filtered.udp, SOL_SOCKET, SO_DETACH_BPF, &(int){ 0 },
			    sizeof(int)), 0);
	filtered.detached = filtered.udp;
	CHECK_EQ(pass(&filtered, 0, filtered.udp, SHORT), SHORT);
	check_pins();
	/* What one may attach, and take away, is as before. */
	fd = load_const("more", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT, 1);
	CHECK(prog_info(fd).id > prog_info(loose).id);
	CHECK_ERR(attach(TOP "/late/below", BPF_CGROUP_SETSOCKOPT, fd, 0), EPERM);
	CHECK_EQ(attach(TOP "/late", BPF_CGROUP_SETSOCKOPT, fd, 0), 0);
	CHECK_EQ(detach(TOP "/late", BPF_CGROUP_SETSOCKOPT, fd), 0);
	close(fd);
	CHECK_EQ(detach(TOP, BPF_CGROUP_INET_EGRESS, fw), 0);
	CHECK_ERR(detach(TOP, BPF_CGROUP_INET_EGRESS, fw), ENOENT);
	CHECK_EQ(detach(TOP "/service", BPF_CGROUP_INET_EGRESS, fw2), 0);
	/* A program that nobody has any more is gone, and its map with it. */
	i = ask(TOP, BPF_CGROUP_INET_INGRESS).ids[0];
	fd = by_id(BPF_PROG_GET_FD_BY_ID, i, 0);
	CHECK(fd >= 0);
	CHECK_EQ(detach(TOP, BPF_CGROUP_INET_INGRESS, fd), 0);
	close(fd);
	close(made);
	rmdir(TOP "/service");
	rmdir(TOP "/late/below");
	rmdir(TOP "/late");
	CHECK_EQ(rmdir(TOP), 0);
	umount("cg");
	return hop_status();
}
