; Interface calls. The caller jumps through a two-word cell with the object in RDI and the cell's address in R11.
;
; One hash table serves all cells: buckets of immutable entries {cell, type, target, next}, found without a lock. An
; entry is complete before its bucket points at it (x86 keeps the order of stores), and it is never taken out, so a reader
; on another CPU sees all of it or none. InterfaceDispatch.cs fills the table.

extern RhpResolveInterfaceMethod
global RhpInitialDynamicInterfaceDispatch, RhpInterfaceDispatchNullReference
global kit_dispatch_buckets

%define BUCKETS         1024                    ; InterfaceDispatch.BucketCount
%define ENTRY_CELL      0
%define ENTRY_TYPE      8
%define ENTRY_TARGET    16
%define ENTRY_NEXT      24

section .bss
align 64
kit_dispatch_buckets: resq BUCKETS

section .text
RhpInitialDynamicInterfaceDispatch:
RhpInterfaceDispatchNullReference:
        mov     rax, [rdi]                      ; type of the object; faults here when it is null
        mov     r10, r11
        shr     r10, 4
        xor     r10, rax
        shr     r10, 3
        and     r10d, BUCKETS - 1
        mov     r10, [kit_dispatch_buckets + r10 * 8] ; the image lies in the last 2 GiB: its addresses are 32 bits, sign-extended
.entry:
        test    r10, r10
        jz      .resolve
        cmp     [r10 + ENTRY_CELL], r11
        jne     .next
        cmp     [r10 + ENTRY_TYPE], rax
        jne     .next
        jmp     [r10 + ENTRY_TARGET]
.next:
        mov     r10, [r10 + ENTRY_NEXT]
        jmp     .entry

.resolve:                                       ; keeps every argument register over the slow path
        push    rbp
        mov     rbp, rsp
        push    rdi
        push    rsi
        push    rdx
        push    rcx
        push    r8
        push    r9
        sub     rsp, 128
        movdqu  [rsp], xmm0
        movdqu  [rsp + 16], xmm1
        movdqu  [rsp + 32], xmm2
        movdqu  [rsp + 48], xmm3
        movdqu  [rsp + 64], xmm4
        movdqu  [rsp + 80], xmm5
        movdqu  [rsp + 96], xmm6
        movdqu  [rsp + 112], xmm7
        mov     rsi, r11
        call    RhpResolveInterfaceMethod
kit_ret_dispatch:
        movdqu  xmm0, [rsp]
        movdqu  xmm1, [rsp + 16]
        movdqu  xmm2, [rsp + 32]
        movdqu  xmm3, [rsp + 48]
        movdqu  xmm4, [rsp + 64]
        movdqu  xmm5, [rsp + 80]
        movdqu  xmm6, [rsp + 96]
        movdqu  xmm7, [rsp + 112]
        add     rsp, 128
        pop     r9
        pop     r8
        pop     rcx
        pop     rdx
        pop     rsi
        pop     rdi
        pop     rbp
        jmp     rax

global kit_ret_dispatch
