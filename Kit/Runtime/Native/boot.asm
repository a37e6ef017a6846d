; From GRUB to managed code: the multiboot2 header, the 32-bit entry, the first page tables, long mode, SSE.
;
; The image is linked at KERNEL_VMA + its physical address; what runs before paging is in .boot.*, linked where it is loaded.
; The first tables map the first 4 GiB at 0 and the first GiB at KERNEL_VMA, with page 0 left out of both: a null
; dereference faults from the first managed instruction on.

KERNEL_VMA      equ 0xFFFFFFFF80000000
MULTIBOOT2_BOOT equ 0x36D76289

PAGE_PRESENT    equ 1 << 0
PAGE_WRITE      equ 1 << 1
PAGE_LARGE      equ 1 << 7

CR0_MP          equ 1 << 1
CR0_EM          equ 1 << 2
CR0_WP          equ 1 << 16
CR0_PG          equ 1 << 31
CR4_PAE         equ 1 << 5
CR4_OSFXSR      equ 1 << 9
CR4_OSXMMEXCPT  equ 1 << 10
MSR_EFER        equ 0xC0000080
EFER_LME        equ 1 << 8
EFER_NXE        equ 1 << 11

STACK_BYTES     equ 128 * 1024

section .multiboot2 progbits alloc noexec nowrite align=8
header_start:
        dd      0xE85250D6                      ; magic
        dd      0                               ; i386 protected mode
        dd      header_end - header_start
        dd      0x100000000 - (0xE85250D6 + (header_end - header_start))
        align   8
        dw      4, 0                            ; console flags: VGA text is understood, no console is demanded
        dd      12
        dd      2
        align   8
        dw      5, 1                            ; framebuffer, optional: width, height, bits per pixel
        dd      20
        dd      1024, 768, 32
        align   8
        dw      6, 0                            ; modules on page boundaries
        dd      8
        align   8
        dw      0, 0                            ; end
        dd      8
header_end:

section .boot.text progbits alloc exec nowrite align=16
bits 32

global _start
_start:
        cli
        cld
        mov     esp, boot_stack_top - KERNEL_VMA
        mov     ebp, ebx                        ; physical address of the multiboot2 information
        cmp     eax, MULTIBOOT2_BOOT
        mov     esi, text_no_multiboot
        jne     refuse

        pushfd                                  ; CPUID exists when the ID flag can be changed (SDM 2A, CPUID)
        pop     eax
        mov     ecx, eax
        xor     eax, 1 << 21
        push    eax
        popfd
        pushfd
        pop     eax
        xor     eax, ecx
        mov     esi, text_no_long_mode
        jz      refuse
        mov     eax, 0x80000000
        cpuid
        cmp     eax, 0x80000001
        jb      refuse
        mov     eax, 0x80000001
        cpuid
        bt      edx, 29                         ; long mode
        jnc     refuse
        mov     ebx, edx                        ; bit 20: no-execute

        ; PML4[0] -> low, PML4[511] -> high; both share the first page directory.
        mov     eax, pdpt_low - KERNEL_VMA + PAGE_PRESENT + PAGE_WRITE
        mov     [pml4 - KERNEL_VMA], eax
        mov     eax, pdpt_high - KERNEL_VMA + PAGE_PRESENT + PAGE_WRITE
        mov     [pml4 - KERNEL_VMA + 511 * 8], eax
        mov     eax, directories - KERNEL_VMA + PAGE_PRESENT + PAGE_WRITE
        mov     [pdpt_high - KERNEL_VMA + 510 * 8], eax
        mov     edi, pdpt_low - KERNEL_VMA
        mov     ecx, 4
.pdpt:
        mov     [edi], eax
        add     eax, 4096
        add     edi, 8
        loop    .pdpt

        mov     edi, directories - KERNEL_VMA
        mov     eax, PAGE_PRESENT + PAGE_WRITE + PAGE_LARGE
        mov     ecx, 4 * 512
.directory:
        mov     [edi], eax
        add     eax, 2 << 20
        add     edi, 8
        loop    .directory

        mov     eax, first_table - KERNEL_VMA + PAGE_PRESENT + PAGE_WRITE
        mov     [directories - KERNEL_VMA], eax
        mov     edi, first_table - KERNEL_VMA + 8
        mov     eax, 4096 + PAGE_PRESENT + PAGE_WRITE
        mov     ecx, 511
.table:
        mov     [edi], eax
        add     eax, 4096
        add     edi, 8
        loop    .table

        mov     eax, pml4 - KERNEL_VMA
        mov     cr3, eax
        mov     eax, cr4
        or      eax, CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT
        mov     cr4, eax
        mov     ecx, MSR_EFER
        rdmsr
        or      eax, EFER_LME
        bt      ebx, 20
        jnc     .no_nx
        or      eax, EFER_NXE
.no_nx:
        wrmsr
        mov     eax, cr0
        and     eax, ~CR0_EM
        or      eax, CR0_PG | CR0_WP | CR0_MP
        mov     cr0, eax
        lgdt    [gdt_pointer32]
        jmp     8:long_mode

; Says why on the screen and the serial port, then stops. ESI: a zero-terminated text.
refuse:
        mov     edi, 0xB8000
.next:
        lodsb
        test    al, al
        jz      .stop
        mov     ah, 0x4F
        stosw
        mov     dx, 0x3F8
        out     dx, al
        jmp     .next
.stop:
        hlt
        jmp     .stop

bits 64
long_mode:
        mov     ax, 16
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        xor     eax, eax
        mov     fs, ax
        mov     gs, ax
        mov     rax, enter_managed
        jmp     rax

section .boot.data progbits alloc noexec write align=8
text_no_multiboot: db 'MemOS: the boot loader did not speak multiboot2.', 0
text_no_long_mode: db 'MemOS: this CPU has no 64-bit mode (long mode); it is needed.', 0

        align   8
gdt:    dq      0
        dq      0x00AF9A000000FFFF              ; 0x08: code, ring 0, 64 bits
        dq      0x00CF92000000FFFF              ; 0x10: data, ring 0
gdt_end:
gdt_pointer32:
        dw      gdt_end - gdt - 1
        dd      gdt
        dd      0

section .text
extern KitEntry
enter_managed:
        mov     rsp, boot_stack_top
        mov     edi, ebp
        xor     ebp, ebp
        push    rbp                             ; the end of every back-trace: return address 0
        push    rbp
        call    KitEntry
.halt:
        cli
        hlt
        jmp     .halt

section .bss.tables nobits alloc noexec write align=4096
pml4:           resb 4096
pdpt_low:       resb 4096
pdpt_high:      resb 4096
directories:    resb 4 * 4096
first_table:    resb 4096

; The boot stack, and below it the page that the kernel's own tables leave unmapped.
section .bss.stack nobits alloc noexec write align=4096
global boot_stack_guard, boot_stack_bottom, boot_stack_top
boot_stack_guard:
                resb 4096
boot_stack_bottom:
                resb STACK_BYTES
boot_stack_top:
