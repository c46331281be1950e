/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Start of a second kernel: from the start-up IPI to startup_64. Copied to
 * the first page of the low area; what load.c fills in is at the end.
 */
#include <linux/linkage.h>
#include <linux/elfnote.h>
#include <asm/msr-index.h>
#include <asm/page_types.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>
#include <linux/orthros/abi/elfnote.h>

/* A kernel that can be a second one says so, and by which hand-off block. */
	ELFNOTE(Orthros, ORTHROS_NOTE_HANDOFF, .long ORTHROS_HANDOFF_VERSION)

	.section .rodata, "a"
	.balign	16
	.code16
SYM_DATA_START(orthros_spawn_begin)
	cli
	cld
	/* Jump to offset 0 of our own segment: a page-aligned CS already is. */
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	orthros_spawn_gdtr - orthros_spawn_begin
	movl	$X86_CR4_PAE, %eax
	movl	%eax, %cr4
	movl	orthros_spawn_cr3 - orthros_spawn_begin, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	/* Protection and paging in one step lead straight to long mode. */
	movl	$CR0_STATE, %eax
	movl	%eax, %cr0
	ljmpl	*(orthros_spawn_far - orthros_spawn_begin)

	.code64
SYM_INNER_LABEL(orthros_spawn_64, SYM_L_GLOBAL)
	movl	$__KERNEL_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movq	orthros_spawn_rsi(%rip), %rsi
	leaq	orthros_spawn_stack_end(%rip), %rsp
	jmp	*orthros_spawn_entry(%rip)

	.balign	8
SYM_INNER_LABEL(orthros_spawn_gdt, SYM_L_GLOBAL)
	.quad	0
	.quad	0
	.quad	0x00af9b000000ffff	/* __KERNEL_CS */
	.quad	0x00cf93000000ffff	/* __KERNEL_DS */
orthros_spawn_gdt_end:
SYM_INNER_LABEL(orthros_spawn_gdtr, SYM_L_GLOBAL)
	.word	orthros_spawn_gdt_end - orthros_spawn_gdt - 1
	.long	0
	.balign	8
SYM_INNER_LABEL(orthros_spawn_far, SYM_L_GLOBAL)
	.long	0
	.word	__KERNEL_CS
	.balign	8
SYM_INNER_LABEL(orthros_spawn_cr3, SYM_L_GLOBAL)
	.quad	0
SYM_INNER_LABEL(orthros_spawn_rsi, SYM_L_GLOBAL)
	.quad	0
SYM_INNER_LABEL(orthros_spawn_entry, SYM_L_GLOBAL)
	.quad	0
	.fill	32, 8, 0
orthros_spawn_stack_end:
SYM_DATA_END_LABEL(orthros_spawn_begin, SYM_L_GLOBAL, orthros_spawn_end)
