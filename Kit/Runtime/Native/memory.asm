; Leaf helpers that compiled code calls: reference stores, atomics on references, and the memory routines.
;
; None of them pushes anything, so a fault inside one (a store through a null reference) belongs to its caller: the fault
; handler sees an address between kit_leaf_start and kit_leaf_end and unwinds by one return address.
; The collector does not move objects and keeps no card table: a reference store is a store.

global kit_leaf_start, kit_leaf_end
global RhpAssignRef, RhpCheckedAssignRef, RhpByRefAssignRef
global RhpCheckedLockCmpXchg, RhpCheckedXchg, RhpLockCmpXchg32, RhpLockCmpXchg64
global RhBulkMoveWithWriteBarrier, RhpGcSafeZeroMemory
global memmove, memcpy, memset, memcmp

section .text
align 16
kit_leaf_start:

; RDI: address, RSI: reference.
RhpAssignRef:
RhpCheckedAssignRef:
        mov     [rdi], rsi
        ret

; RDI: target, RSI: source; both move on by one word.
RhpByRefAssignRef:
        mov     rcx, [rsi]
        mov     [rdi], rcx
        add     rdi, 8
        add     rsi, 8
        ret

; RDI: address, RSI: new value, RDX: comparand. RAX: the value found.
RhpCheckedLockCmpXchg:
RhpLockCmpXchg64:
        mov     rax, rdx
        lock cmpxchg [rdi], rsi
        ret

RhpLockCmpXchg32:
        mov     eax, edx
        lock cmpxchg [rdi], esi
        ret

RhpCheckedXchg:
        mov     rax, rsi
        xchg    [rdi], rax
        ret

; RDI: target, RSI: source, RDX: bytes; the ranges may overlap. RAX: target.
align 16
RhBulkMoveWithWriteBarrier:
memcpy:
memmove:
        mov     rax, rdi
        cmp     rdx, 16
        jb      .small
        mov     rcx, rdi
        sub     rcx, rsi
        cmp     rcx, rdx                        ; unsigned: below when the target starts inside the source
        jb      .backward
        movdqu  xmm1, [rsi + rdx - 16]          ; the last 16 bytes, read before anything is written
        lea     r8, [rdi + rdx - 16]
.forward:
        movdqu  xmm0, [rsi]
        movdqu  [rdi], xmm0
        add     rsi, 16
        add     rdi, 16
        cmp     rdi, r8
        jb      .forward
        movdqu  [r8], xmm1
        ret
.backward:
        movdqu  xmm1, [rsi]                     ; the first 16 bytes, likewise
        lea     rsi, [rsi + rdx - 16]
        lea     rdi, [rdi + rdx - 16]
.back:
        movdqu  xmm0, [rsi]
        movdqu  [rdi], xmm0
        sub     rsi, 16
        sub     rdi, 16
        cmp     rdi, rax
        ja      .back
        movdqu  [rax], xmm1
        ret
.small:                                         ; below 16 bytes: all loads come before all stores
        test    dl, 8
        jnz     .eight
        test    dl, 4
        jnz     .four
        test    dl, 2
        jnz     .two
        test    dl, dl
        jz      .done
        mov     cl, [rsi]
        mov     [rdi], cl
.done:
        ret
.eight:
        mov     rcx, [rsi]
        mov     r8, [rsi + rdx - 8]
        mov     [rdi], rcx
        mov     [rdi + rdx - 8], r8
        ret
.four:
        mov     ecx, [rsi]
        mov     r8d, [rsi + rdx - 4]
        mov     [rdi], ecx
        mov     [rdi + rdx - 4], r8d
        ret
.two:
        mov     cx, [rsi]
        mov     r8w, [rsi + rdx - 2]
        mov     [rdi], cx
        mov     [rdi + rdx - 2], r8w
        ret

; RDI: address, RSI: bytes. RAX: address.
align 16
RhpGcSafeZeroMemory:
        mov     rdx, rsi
        xor     esi, esi
; RDI: address, SIL: value, RDX: bytes. RAX: address.
memset:
        mov     rax, rdi
        movzx   esi, sil
        mov     rcx, 0x0101010101010101
        imul    rcx, rsi
        cmp     rdx, 16
        jb      .small
        movq    xmm0, rcx
        punpcklqdq xmm0, xmm0
        lea     r8, [rdi + rdx - 16]
.forward:
        movdqu  [rdi], xmm0
        add     rdi, 16
        cmp     rdi, r8
        jb      .forward
        movdqu  [r8], xmm0
        ret
.small:
        test    dl, 8
        jnz     .eight
        test    dl, 4
        jnz     .four
        test    dl, 2
        jnz     .two
        test    dl, dl
        jz      .done
        mov     [rdi], cl
.done:
        ret
.eight:
        mov     [rdi], rcx
        mov     [rdi + rdx - 8], rcx
        ret
.four:
        mov     [rdi], ecx
        mov     [rdi + rdx - 4], ecx
        ret
.two:
        mov     [rdi], cx
        mov     [rdi + rdx - 2], cx
        ret

; RDI, RSI: addresses, RDX: bytes. EAX: below, equal to or above 0, by the first byte that differs.
align 16
memcmp:
        xor     ecx, ecx
.next:
        cmp     rcx, rdx
        je      .equal
        movzx   eax, byte [rdi + rcx]
        movzx   r8d, byte [rsi + rcx]
        inc     rcx
        sub     eax, r8d
        jz      .next
        ret
.equal:
        xor     eax, eax
        ret

kit_leaf_end:

; Code that compiled methods call and that has nothing to do on bare metal.
global RhpPInvoke, RhpPInvokeReturn, RhpReversePInvoke, RhpReversePInvokeReturn, RhpGcPoll, RhpStackProbe
global RhpTrapThreads
; RDI: the frame of a transition, five words, or two of the way back; nobody reads it, but what lay there before would look like
; references to a collector. Keeps every register.
RhpPInvoke:
        mov     qword [rdi + 16], 0
        mov     qword [rdi + 24], 0
        mov     qword [rdi + 32], 0
RhpReversePInvoke:
        mov     qword [rdi], 0
        mov     qword [rdi + 8], 0
RhpPInvokeReturn:
RhpReversePInvokeReturn:
RhpGcPoll:
        ret

; R11: the lowest address the caller's frame will use; touches every page down to it, so that a stack overflow meets the
; guard page and not what lies beyond. Keeps every other register.
RhpStackProbe:
        push    rax
        lea     rax, [rsp + 16]
.page:
        sub     rax, 4096
        cmp     rax, r11
        jbe     .done
        test    [rax], al
        jmp     .page
.done:
        test    [r11], al                       ; the compiler takes the lowest page for touched, too
        pop     rax
        ret

section .data
align 8
RhpTrapThreads: dd 0
                dd 0
global __security_cookie
__security_cookie: dq 0x2B992DDFA232

; Optional instruction sets that compiled code may use after asking: none.
global g_cpuFeatures
g_cpuFeatures: dd 0
               dd 0
