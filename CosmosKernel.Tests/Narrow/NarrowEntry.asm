; The frame of a 32-bit kernel that NativeAOT's compiler made: entry from a multiboot loader, interrupts, and what the compiler calls by name.
bits 32
extern ___ImageBase, narrow_memory, narrow_main, narrow_interrupt, _InitializeModules@20
global not_there
section .text

global _start
_start:
    cli
    cld
    mov esp, stack_top
    lgdt [gdt_pointer]
    jmp 8:.flat
.flat:
    mov eax, 16
    mov ds, ax
    mov es, ax
    mov ss, ax
    mov fs, ax
    mov gs, ax
    call fill_idt
    lidt [idt_pointer]
    mov eax, cr0
    and eax, ~4                 ; no emulation of the x87 unit
    or eax, 2
    mov cr0, eax
    mov eax, cr4
    or eax, 0x600               ; SSE: the compiler uses it
    mov cr4, eax
    mov ecx, ebx                ; the loader's information
    mov eax, ___ImageBase
    mov edx, [eax + 0x3C]
    mov edx, [eax + edx + 80]   ; SizeOfImage
    add edx, eax
    push stack_top
    call narrow_memory
    push 0
    push 0
    push 1
    push modules
    push ___ImageBase
    call _InitializeModules@20
    call narrow_main
    mov al, 0x3F
    out 0xF4, al
    hlt

fill_idt:
    mov edi, idt
    mov esi, entries
    mov ecx, 32
.next:
    mov eax, [esi]
    mov [edi], ax
    mov word [edi + 2], 8
    mov word [edi + 4], 0x8E00
    shr eax, 16
    mov [edi + 6], ax
    add esi, 4
    add edi, 8
    loop .next
    ret

%macro interrupt 1
entry_%1:
%if (%1 != 8) && ((%1 < 10) || (%1 > 14)) && (%1 != 17)
    push 0
%endif
    push %1
    jmp interrupted
%endmacro
%assign vector 0
%rep 32
interrupt vector
%assign vector vector + 1
%endrep

; As the kit's entries: INTs.IRQContext on the stack.
interrupted:
    pushad
    push 0
    mov ebx, esp
    sub esp, 512
    and esp, -16
    fxsave [esp]
    mov [ebx], esp
    mov ecx, ebx
    call narrow_interrupt
    fxrstor [esp]
    mov esp, ebx
    add esp, 4
    popad
    add esp, 8
    iret

; Numbers of 64 bits. Products, quotients and rests: both on the stack, the second at the lower address, dropped by the callee.
global RhpLMul, RhpLLsh, RhpLRsh, RhpLRsz, DivUInt64, ModUInt64, DivInt64, ModInt64
RhpLMul:
    mov eax, [esp + 12]
    mul dword [esp + 4]
    mov ecx, eax
    push edx
    mov eax, [esp + 16]
    imul eax, [esp + 12]
    mov edx, [esp + 20]
    imul edx, [esp + 8]
    add eax, edx
    pop edx
    add edx, eax
    mov eax, ecx
    ret 16

; EDX:EAX by CL.
RhpLLsh:
    test cl, 32
    jnz .far
    shld edx, eax, cl
    shl eax, cl
    ret
.far:
    mov edx, eax
    shl edx, cl
    xor eax, eax
    ret
RhpLRsz:
    test cl, 32
    jnz .far
    shrd eax, edx, cl
    shr edx, cl
    ret
.far:
    mov eax, edx
    shr eax, cl
    xor edx, edx
    ret
RhpLRsh:
    test cl, 32
    jnz .far
    shrd eax, edx, cl
    sar edx, cl
    ret
.far:
    mov eax, edx
    sar edx, 31
    sar eax, cl
    ret

; Dividend at [esp + 12], divisor at [esp + 4] of the caller's; bit by bit. Quotient in EDX:EAX, rest in EDI:ESI, EBX and EBP lost.
divide:
    xor esi, esi
    xor edi, edi
    mov ecx, 64
.bit:
    shl eax, 1
    rcl edx, 1
    rcl esi, 1
    rcl edi, 1
    jc .fits
    cmp edi, ebp
    ja .fits
    jb .less
    cmp esi, ebx
    jb .less
.fits:
    sub esi, ebx
    sbb edi, ebp
    inc eax
.less:
    loop .bit
    ret

%macro divided 2
    push ebx
    push esi
    push edi
    push ebp
    mov ebx, [esp + 20]
    mov ebp, [esp + 24]
    mov eax, [esp + 28]
    mov edx, [esp + 32]
%if %1
    push edx                    ; the rest's sign
    push 0
    mov [esp], edx
    xor [esp], ebp              ; the quotient's
    test edx, edx
    jns %%dividend
    neg edx
    neg eax
    sbb edx, 0
%%dividend:
    test ebp, ebp
    jns %%divisor
    neg ebp
    neg ebx
    sbb ebp, 0
%%divisor:
%endif
    call divide
%if %2
    mov eax, esi
    mov edx, edi
%endif
%if %1
    pop ecx
    pop ebx
%if %2
    mov ecx, ebx
%endif
    test ecx, ecx
    jns %%positive
    neg edx
    neg eax
    sbb edx, 0
%%positive:
%endif
    pop ebp
    pop edi
    pop esi
    pop ebx
    ret 16
%endmacro

DivUInt64:
    divided 0, 0
ModUInt64:
    divided 0, 1
DivInt64:
    divided 1, 0
ModInt64:
    divided 1, 1

; Stores of references: nothing else moves or looks at objects.
%macro store 1-*
%rep %0
global RhpAssignRef%1, RhpCheckedAssignRef%1
RhpAssignRef%1:
RhpCheckedAssignRef%1:
    mov [edx], %1
    ret
%rotate 1
%endrep
%endmacro
store EAX, EBX, ECX, ESI, EDI
store EBP
global RhpByRefAssignRef, RhpAssignRef, RhpCheckedAssignRef
RhpByRefAssignRef:
    movsd
    ret
RhpAssignRef:
RhpCheckedAssignRef:
    mov [ecx], edx
    ret

global RhNewString, RhpNewPtrArrayFast, RhpNewFinalizable
extern RhpNewFast, RhpNewArrayFast
RhNewString:
RhpNewPtrArrayFast:
    jmp RhpNewArrayFast
RhpNewFinalizable:
    jmp RhpNewFast

; (type, flags, where the object goes) and (type, length, flags, where it goes), as Windows's functions.
global _RhAllocateNewObject@12, _RhAllocateNewArray@16
_RhAllocateNewObject@12:
    mov ecx, [esp + 4]
    call RhpNewFast
    mov edx, [esp + 12]
    mov [edx], eax
    ret 12
_RhAllocateNewArray@16:
    mov ecx, [esp + 4]
    mov edx, [esp + 8]
    call RhpNewArrayFast
    mov edx, [esp + 16]
    mov [edx], eax
    ret 16

; Stores that others could see at once.
global RhpCheckedLockCmpXchg, RhpCheckedXchg
RhpCheckedLockCmpXchg:
    mov eax, [esp + 4]
    lock cmpxchg [ecx], edx
    ret 4
RhpCheckedXchg:
    mov eax, edx
    xchg [ecx], eax
    ret

; Words of 64 bits: the place in ECX, (value), (value, expected) or (addend) on the stack.
global CompareExchange64, Exchange64, ExchangeAdd64
CompareExchange64:
    push ebx
    push edi
    mov edi, ecx
    mov eax, [esp + 12]
    mov edx, [esp + 16]
    mov ebx, [esp + 20]
    mov ecx, [esp + 24]
    lock cmpxchg8b [edi]
    pop edi
    pop ebx
    ret 16
Exchange64:
    push ebx
    push edi
    mov edi, ecx
    mov ebx, [esp + 12]
    mov ecx, [esp + 16]
    mov eax, [edi]
    mov edx, [edi + 4]
.retry:
    lock cmpxchg8b [edi]
    jne .retry
    pop edi
    pop ebx
    ret 8
ExchangeAdd64:
    push ebx
    push edi
    mov edi, ecx
    mov eax, [edi]
    mov edx, [edi + 4]
.retry:
    mov ebx, eax
    mov ecx, edx
    add ebx, [esp + 12]
    adc ecx, [esp + 16]
    lock cmpxchg8b [edi]
    jne .retry
    pop edi
    pop ebx
    ret 8

; Nothing stops anybody between managed code and other.
global RhpPInvoke, RhpPInvokeReturn, RhpReversePInvoke, RhpReversePInvokeReturn, _RhRegisterFrozenSegment@16
RhpPInvoke:
RhpPInvokeReturn:
RhpReversePInvoke:
RhpReversePInvokeReturn:
    ret
_RhRegisterFrozenSegment@16:
    mov eax, 1
    ret 16

global RhpStackProbe
RhpStackProbe:
    ret

; (destination ECX, value EDX, count on the stack) and C's, with all three there, dropped by the caller.
global _memset, _memmove, RhpGcSafeZeroMemory, RhBulkMoveWithWriteBarrier
_memset:
    push edi
    mov edi, [esp + 8]
    mov eax, [esp + 12]
    mov ecx, [esp + 16]
    rep stosb
    pop edi
    mov eax, [esp + 4]
    ret
RhBulkMoveWithWriteBarrier:
    push dword [esp + 4]
    push edx
    push ecx
    call _memmove
    add esp, 12
    ret 4
_memmove:
    push esi
    push edi
    mov edi, [esp + 12]
    mov esi, [esp + 16]
    mov ecx, [esp + 20]
    mov eax, edi
    sub eax, esi
    cmp eax, ecx
    jb .down
    rep movsb
    jmp .done
.down:
    lea esi, [esi + ecx - 1]
    lea edi, [edi + ecx - 1]
    std
    rep movsb
    cld
.done:
    pop edi
    pop esi
    mov eax, [esp + 4]
    ret
RhpGcSafeZeroMemory:
    push edi
    mov edi, ecx
    push ecx
    mov ecx, edx
    xor eax, eax
    rep stosb
    pop eax
    pop edi
    ret

; X# calls code as IL2CPU compiles it, its argument on the stack; the compiler's wants that in ECX.
called_back:
    mov ecx, [esp + 4]
    call [callback]
    ret 4

lost:
    mov eax, .name
    jmp not_there
.name:
    db "an X# body left something on the stack", 0

; A function that nothing here is to call: its name (EAX), from where, and the end.
not_there:
    mov esi, eax
.next:
    lodsb
    mov dx, 0x3F8
    test al, al
    jz .from
    out dx, al
    jmp .next
.from:
    mov al, ' '
    out dx, al
    pop ebx
    mov ecx, 8
.digit:
    rol ebx, 4
    mov eax, ebx
    and eax, 15
    cmp eax, 10
    jb .decimal
    add al, 'a' - '0' - 10
.decimal:
    add al, '0'
    out dx, al
    loop .digit
    mov al, 10
    out dx, al
    mov al, 0x3E
    out 0xF4, al
    hlt

section .data
align 8
gdt:
    dq 0, 0x00CF9B000000FFFF, 0x00CF93000000FFFF
gdt_pointer:
    dw gdt_pointer - gdt - 1
    dd gdt
idt_pointer:
    dw 32 * 8 - 1
    dd idt
entries:
%assign vector 0
%rep 32
    dd entry_ %+ vector
%assign vector vector + 1
%endrep

; The compiler's own section of this name comes next.
section .modules$A rdata align=4
    dd 0
modules:

section .data
global ___security_cookie, _RhpTrapThreads, _g_cpuFeatures
___security_cookie:
_RhpTrapThreads:
_g_cpuFeatures:
    dd 0

section .bss
alignb 16
idt:
    resb 32 * 8
stack:
    resb 0x50000
stack_top:
