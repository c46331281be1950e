// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading address spaces of the source into records.
 *
 * A mapping is known by what its operations are; one that cannot be rebuilt
 * is reported by address and kind. Page tables are not read here, but for a
 * live check that looks for pages which are not in memory.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include "../files/files.h"
#include "../ns/ns.h"
#include "../sock/sock.h"
#include "mm_internal.h"

const struct orthros_type orthros_mm_type = { .name = "address space", .cost = SZ_16K };
const struct orthros_type orthros_vma_type = { .name = "mapping", .cost = 512 };
/* Key: the source's root */
const struct orthros_type orthros_anon_vma_type = { .name = "anonymous mapping", .cost = 256 };

#define MAX_VMAS	SZ_1M

static const char *const refused_names[ORTHROS_VMR_NR] = {
	[ORTHROS_VMR_PFNMAP] = "device memory",
	[ORTHROS_VMR_IO] = "device memory",
	[ORTHROS_VMR_MIXEDMAP] = "device memory",
	[ORTHROS_VMR_HUGETLB] = "hugetlb pages",
	[ORTHROS_VMR_UFFD_MISSING] = "userfaultfd",
	[ORTHROS_VMR_UFFD_WP] = "userfaultfd",
	[ORTHROS_VMR_UFFD_MINOR] = "userfaultfd",
	[ORTHROS_VMR_MERGEABLE] = "mergeable memory (KSM)",
	[ORTHROS_VMR_SHADOW_STACK] = "shadow stack",
};

struct mm_reader {
	const struct orthros_finder *who;
	const struct orthros_mm_env *env;
	struct orthros_obj *obj;
	u64 pgd_phys;
	u64 prev_end;
	u32 nr;
};

/**
 * orthros_mm_env() - constants of the source that concern memory
 * @src:	source whose tables are resolved
 *
 * Return: the constants, read once, or ERR_PTR().
 */
const struct orthros_mm_env *orthros_mm_env(const struct orthros_src *src)
{
	static struct orthros_mm_env env;
	static const struct orthros_src *of;
	int err;

	if (of == src)
		return &env;
	err = orthros_read_rec(&src->mem, &orthros_table_mm_env, 0, &env);
	if (err)
		return ERR_PTR(err);
	if (!env.page_size || env.page_mapping > env.page_size - sizeof(u64) ||
	    env.page_head > env.page_size - sizeof(u64))
		return ERR_PTR(orthros_bad(-EINVAL, "struct page of %u bytes", env.page_size));
	of = src;
	return &env;
}

/* What the source's vm_flags say, in neutral bits; *left: those of no meaning here. */
static u64 neutral_flags(const struct orthros_mm_env *env, u64 raw, u64 *left)
{
	u64 flags = 0;
	int i;

	for (i = 0; i < ORTHROS_VMF_NR; i++) {
		if (env->vm[i] && raw & env->vm[i]) {
			flags |= BIT_ULL(i);
			raw &= ~env->vm[i];
		}
	}
	*left = raw;
	return flags;
}

static __printf(3, 4) int refuse_vma(struct mm_reader *r, const struct orthros_vma_view *v,
				     const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	orthros_refuse(r->who, "mapping %llx-%llx: %pV", v->start, v->end, &vaf);
	va_end(args);
	return 0;
}

static int refuse_flags(struct mm_reader *r, const struct orthros_vma_view *v, u64 left)
{
	int i;

	for (i = ORTHROS_VMF_NR; i < ORTHROS_VMR_NR; i++)
		if (left & r->env->vm[i])
			return refuse_vma(r, v, "%s", refused_names[i]);
	return refuse_vma(r, v, "unknown flags %#llx", left);
}

/* vDSO or vvar, or 0 after a refusal. */
static int special_kind(struct mm_reader *r, const struct orthros_vma_view *v)
{
	const struct orthros_src *src = r->who->img->src;
	struct orthros_special_view sp;
	char name[32];
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_special, v->private, &sp);
	if (err)
		return err;
	err = orthros_src_str(src, sp.name, name, sizeof(name));
	if (err < 0)
		return orthros_bad(err, "name of mapping %#llx", v->start);
	if (!strcmp(name, "[vdso]"))
		return ORTHROS_VMA_VDSO;
	/* The data pages became several mappings, [vvar_vclock] one of them. */
	if (!strncmp(name, "[vvar", 5))
		return ORTHROS_VMA_VVAR;
	return refuse_vma(r, v, "special mapping %s", name);
}

static bool known_file_ops(const struct orthros_mm_env *env, u64 ops)
{
	/* No operations: private memory of /dev/zero. */
	return !ops || ops == env->ops_generic || ops == env->ops_shmem ||
	       ops == env->ops_shmem_anon || ops == env->ops_sysv || ops == env->ops_ext4 ||
	       ops == env->ops_xfs;
}

static int read_vma_file(struct mm_reader *r, const struct orthros_vma_view *v, u64 *file)
{
	struct orthros_finder who;
	struct orthros_obj *obj;
	char what[48];

	snprintf(what, sizeof(what), "mapping %llx-%llx", v->start, v->end);
	who = orthros_through(r->who, what);
	obj = orthros_read_file(&who, v->file);
	if (IS_ERR(obj))
		return orthros_error_in(PTR_ERR(obj), "%s", what);
	*file = obj ? obj->src : 0;
	return 0;
}

/* By what its file is called, if that is refused, as it is by its descriptor. */
static int refuse_driver(struct mm_reader *r, const struct orthros_vma_view *v)
{
	unsigned int before = r->who->img->refused;
	u64 file;
	int err;

	err = read_vma_file(r, v, &file);
	if (err || r->who->img->refused != before)
		return err;
	return refuse_vma(r, v, "mapping of a device or driver");
}

/* What is mapped may be memory that a file has made for it, and makes again. */
static bool is_own_memory(struct mm_reader *r, const struct orthros_vma_view *v, u64 left)
{
	const u64 *vm = r->env->vm;

	return v->file && left && v->flags & vm[ORTHROS_VMF_SHARED] &&
	       !(left & ~(vm[ORTHROS_VMR_PFNMAP] | vm[ORTHROS_VMR_IO] | vm[ORTHROS_VMR_MIXEDMAP]));
}

static int own_memory_kind(struct mm_reader *r, const struct orthros_vma_view *v, u64 left)
{
	const struct orthros_file_ops *ops;
	struct orthros_obj *obj;
	u64 file;
	int err;

	err = read_vma_file(r, v, &file);
	if (err || !file)
		return err;
	obj = orthros_obj_find(r->who->img, &orthros_file_type, file);
	ops = obj ? obj->ops : NULL;
	return ops && ops->maps ? ORTHROS_VMA_OWN : refuse_flags(r, v, left);
}

/* &enum orthros_vma_kind, 0 after a refusal, or negative errno. */
static int vma_kind(struct mm_reader *r, const struct orthros_vma_view *v, u64 left)
{
	const struct orthros_mm_env *env = r->env;

	if (v->ops && v->ops == env->ops_special)
		return special_kind(r, v);
	if (v->uffd)
		return refuse_vma(r, v, "userfaultfd");
	if (env->ops_packet && v->ops == env->ops_packet)
		return left & ~env->vm[ORTHROS_VMR_MIXEDMAP] ? refuse_flags(r, v, left) :
							       ORTHROS_VMA_RING;
	if (is_own_memory(r, v, left))
		return own_memory_kind(r, v, left);
	if (left)
		return refuse_flags(r, v, left);
	if (orthros_is_aio_ring(r->who->img->src, v->ops))
		return ORTHROS_VMA_AIO;
	if (v->file)
		return known_file_ops(env, v->ops) ? ORTHROS_VMA_FILE : refuse_driver(r, v);
	if (v->ops)
		return refuse_vma(r, v, "memory with operations of its own");
	if (v->flags & env->vm[ORTHROS_VMF_SHARED])
		return refuse_vma(r, v, "shared memory without a file");
	return ORTHROS_VMA_ANON;
}

static int find_absent(void *ctx, const struct orthros_src_pte *pte, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (pte[i].flags & (ORTHROS_PTE_ABSENT | ORTHROS_PTE_DEVMAP)) {
			*(struct orthros_src_pte *)ctx = pte[i];
			return 1;
		}
	return 0;
}

/*
 * Live only: afterwards adoption looks at each entry anyway. A page that just
 * migrates, or a table that is just freed, looks different the next time.
 */
static int check_pages(struct mm_reader *r, const struct orthros_vma_view *v)
{
	struct orthros_src_pte pte;
	int tries, err = 1;

	for (tries = 0; tries < 3 && err; tries++)
		err = orthros_src_pt_walk(r->who->img->src, r->pgd_phys, v->start, v->end,
					  find_absent, &pte);
	if (err > 0)
		return refuse_vma(r, v, "page at %lx is %s", pte.addr,
				  pte.flags & ORTHROS_PTE_ABSENT ? "swapped out" : "device memory");
	return err;
}

static int add_vma(struct mm_reader *r, u64 addr)
{
	struct orthros_mm_rec *rec;

	if (r->nr >= MAX_VMAS)
		return orthros_bad(-E2BIG, "more than %d mappings", MAX_VMAS);
	rec = r->obj->rec;
	if (struct_size(rec, vmas, r->nr + 1) > r->obj->rec_size) {
		rec = orthros_obj_grow(r->obj, struct_size(rec, vmas, 2 * r->nr + 32));
		if (!rec)
			return -ENOMEM;
	}
	rec->vmas[r->nr++] = addr;
	rec->nr_vmas = r->nr;
	return 0;
}

static u64 ring_size(struct orthros_image *img, u64 file)
{
	struct orthros_obj *obj = orthros_obj_find(img, &orthros_file_type, file);
	const struct orthros_file_rec *rec = obj ? obj->rec : NULL;

	return rec ? orthros_packet_ring_size(img, rec->object) : 0;
}

static int read_vma(struct mm_reader *r, u64 addr)
{
	const struct orthros_src *src = r->who->img->src;
	struct orthros_anon_vma_view anon = {};
	struct orthros_vma_rec *rec;
	struct orthros_vma_view v;
	struct orthros_obj *obj;
	u64 flags, left, file = 0;
	bool isnew;
	int kind, err;

	err = orthros_read_rec(&src->mem, &orthros_table_vma, addr, &v);
	if (err)
		return err;
	if (v.start >= v.end || offset_in_page(v.start | v.end) || v.start < r->prev_end)
		return orthros_bad(-EUCLEAN, "mapping %#llx-%#llx", v.start, v.end);
	r->prev_end = v.end;

	flags = neutral_flags(r->env, v.flags, &left);
	kind = vma_kind(r, &v, left);
	if (kind <= 0)
		return kind;
	if (v.end > TASK_SIZE_MAX)
		return refuse_vma(r, &v, "beyond the other kernel's address space");
	if (flags & BIT_ULL(ORTHROS_VMF_SEALED) && !VM_SEALED)
		return refuse_vma(r, &v, "sealed, which the other kernel does not know");

	err = orthros_read_policy(r->who, v.policy);
	if (err)
		return min(err, 0);
	if (kind == ORTHROS_VMA_FILE || kind == ORTHROS_VMA_OWN || kind == ORTHROS_VMA_RING) {
		err = read_vma_file(r, &v, &file);
		if (err || !file)
			return err;
	}
	/* Not what munmap() or mprotect() has left of it. */
	if (kind == ORTHROS_VMA_RING &&
	    (v.pgoff || v.end - v.start != ring_size(r->who->img, file)))
		return refuse_vma(r, &v, "part of the ring of a packet socket");
	if (v.anon_vma) {
		err = orthros_read_rec(&src->mem, &orthros_table_anon_vma, v.anon_vma, &anon);
		if (err)
			return err;
		obj = orthros_obj_get(r->who->img, &orthros_anon_vma_type, anon.root, r->who->pid,
				      0, &isnew);
		if (IS_ERR(obj))
			return PTR_ERR(obj);
		if (!r->who->img->frozen && kind != ORTHROS_VMA_VDSO && kind != ORTHROS_VMA_VVAR) {
			err = check_pages(r, &v);
			if (err)
				return err;
		}
	}

	obj = orthros_obj_add(r->who->img, &orthros_vma_type, addr, r->who->pid, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	rec->version = ORTHROS_VMA_VERSION;
	rec->kind = kind;
	rec->start = v.start;
	rec->end = v.end;
	rec->flags = flags;
	rec->pgoff = v.pgoff;
	rec->file = kind == ORTHROS_VMA_AIO ? v.file : file;
	rec->anon_vma = anon.root;
	rec->mm = r->obj->src;
	rec->policy = v.policy;
	return add_vma(r, addr);
}

static int read_vma_entry(void *ctx, u64 first, u64 last, u64 entry)
{
	return read_vma(ctx, entry);
}

/* Kernels before the maple tree have a list in the order of addresses. */
static int read_vma_list(struct mm_reader *r, u64 addr)
{
	struct orthros_vma_view v;
	int err;

	while (addr) {
		/* Each address must be above the last, so that a loop ends here. */
		err = read_vma(r, addr);
		if (err)
			return err;
		err = orthros_read_rec(&r->who->img->src->mem, &orthros_table_vma, addr, &v);
		if (err)
			return err;
		addr = v.next;
	}
	return 0;
}

static u32 neutral_membarrier(const struct orthros_mm_env *env, u32 raw)
{
	return (raw & env->mb_global ? ORTHROS_MB_GLOBAL_EXPEDITED : 0) |
	       (raw & env->mb_private ? ORTHROS_MB_PRIVATE_EXPEDITED : 0) |
	       (raw & env->mb_sync_core ? ORTHROS_MB_SYNC_CORE : 0) |
	       (raw & env->mb_rseq ? ORTHROS_MB_RSEQ : 0);
}

/* Bit numbers are 0 where the source has no such flag. */
static bool has_flag(u64 flags, u32 bit)
{
	return bit && bit < 64 && flags & BIT_ULL(bit);
}

static int read_flags(struct mm_reader *r, const struct orthros_mm_view *v)
{
	const struct orthros_mm_env *env = r->env;
	struct orthros_mm_rec *rec = r->obj->rec;
	u64 left;

	rec->dumpable = v->flags & env->mmf_dumpable_mask;
	rec->dump_filter = (v->flags & env->mmf_filter_mask) >> (env->mmf_filter_shift & 63);
	if (has_flag(v->flags, env->mmf_disable_thp))
		rec->flags |= ORTHROS_MMF_DISABLE_THP;
	if (has_flag(v->flags, env->mmf_mdwe))
		rec->flags |= ORTHROS_MMF_MDWE;
	if (has_flag(v->flags, env->mmf_mdwe_no_inherit))
		rec->flags |= ORTHROS_MMF_MDWE_NO_INHERIT;
	if ((rec->flags & ORTHROS_MMF_MDWE) &&
	    !orthros_mm_has_mdwe(rec->flags & ORTHROS_MMF_MDWE_NO_INHERIT))
		orthros_refuse(r->who, "PR_SET_MDWE, of which the other kernel knows nothing");
	/* Bottom up, both bases are the same. */
	if (rec->mmap_base != rec->mmap_legacy_base)
		rec->flags |= ORTHROS_MMF_TOPDOWN;
	rec->membarrier = neutral_membarrier(env, v->membarrier);

	rec->def_flags = neutral_flags(env, v->def_flags, &left);
	if (left)
		orthros_refuse(r->who, "memory: default flags %#llx", left);
	rec->ldt = v->ldt;
	if (v->lam)
		orthros_refuse(r->who, "memory: linear address masking");
	return 0;
}

static int read_vdso(struct mm_reader *r, u64 image)
{
	struct orthros_mm_rec *rec = r->obj->rec;
	struct orthros_vdso_view v;
	int err;

	if (!image || !rec->vdso) {
		rec->vdso = 0;
		return 0;
	}
	if (image != r->env->vdso_image_64)
		return orthros_refuse(r->who, "memory: 32-bit process");
	err = orthros_read_rec(&r->who->img->src->mem, &orthros_table_vdso, image, &v);
	if (err)
		return err;
	if (!v.size || offset_in_page(v.size) || v.size > SZ_1M)
		return orthros_bad(-EUCLEAN, "vDSO of %#llx bytes", v.size);
	rec->vdso_data = v.data;
	rec->vdso_size = v.size;
	rec->vdso_vvar_page = v.vvar_page;
	return 0;
}

static int read_mm(struct mm_reader *r)
{
	const struct orthros_src *src = r->who->img->src;
	struct orthros_mm_rec *rec = r->obj->rec;
	struct orthros_mm_view v;
	struct orthros_obj *exe;
	size_t left;
	int err;

	err = orthros_read_rec(&src->mem, &orthros_table_mm, r->obj->src, rec);
	if (!err)
		err = orthros_read_rec(&src->mem, &orthros_table_mm_walk, r->obj->src, &v);
	if (err)
		return err;
	err = orthros_read_user_ns(r->who, rec->user_ns);
	if (err < 0)
		return err;
	rec->version = ORTHROS_MM_VERSION;
	rec->auxv[ORTHROS_AUXV_WORDS - 2] = 0;
	rec->pgd_phys = orthros_src_phys(src, v.pgd, &left);
	if (!rec->pgd_phys)
		return orthros_bad(-EFAULT, "page directory %#llx", v.pgd);
	r->pgd_phys = rec->pgd_phys;

	err = read_flags(r, &v) ?: min(orthros_read_ldt(r->who, v.ldt), 0);
	if (!err)
		err = read_vdso(r, v.vdso_image);
	if (err)
		return err;

	if (v.exe_file) {
		struct orthros_finder who = orthros_through(r->who, "exe");

		exe = orthros_read_file(&who, v.exe_file);
		if (IS_ERR(exe))
			return PTR_ERR(exe);
		rec->exe_file = exe ? exe->src : 0;
	}

	err = orthros_read_aio(r->who, r->obj->src, v.ioctx);
	if (err)
		return err;

	/* From here the record may move. */
	if (v.mm_mt)
		return orthros_src_mt_walk(src, v.mm_mt, read_vma_entry, r);
	return read_vma_list(r, v.mmap);
}

/**
 * orthros_read_mm() - read an address space
 * @who:	process through which it was found
 * @mm:		address of the mm_struct in the source
 *
 * Adds MM, VMA, ANON_VMA objects and the FILE objects that are mapped. What
 * cannot be carried is reported with orthros_refuse().
 *
 * Return: the MM object, or ERR_PTR().
 */
struct orthros_obj *orthros_read_mm(const struct orthros_finder *who, u64 mm)
{
	struct mm_reader r = { .who = who };
	bool isnew;
	int err;

	r.env = orthros_mm_env(who->img->src);
	if (IS_ERR(r.env))
		return ERR_CAST(r.env);
	r.obj = orthros_obj_get(who->img, &orthros_mm_type, mm, who->pid,
				sizeof(struct orthros_mm_rec), &isnew);
	if (IS_ERR(r.obj) || !isnew)
		return r.obj;
	err = read_mm(&r);
	return err ? ERR_PTR(orthros_error_in(err, "memory")) : r.obj;
}
