; The assembler half of exceptions: what CoreLib's dispatcher (System.Runtime.EH) expects under itself.
;
; A throw leaves two records on the stack of the thrower: the context (what a stack walk starts from) and an ExInfo, and
; calls the dispatcher with its address. The dispatcher walks frames through RhpSfiInit/RhpSfiNext (StackFrameIterator.cs)
; and calls handlers ("funclets") through RhpCall*Funclet, which put the establishing frame's registers back first.
; Return addresses inside these routines tell the walker what it came across: they are the kit_ret_* labels.

%define EXINFO_PREVIOUS         0
%define EXINFO_CONTEXT          8
%define EXINFO_EXCEPTION        16
%define EXINFO_KIND             24
%define EXINFO_PASS             25
%define EXINFO_CLAUSE           28
%define EXINFO_BYTES            592             ; 584, rounded up to keep the stack aligned

%define THREAD_EXCEPTIONS       8               ; Cosmos.Core.ThreadBlock: the newest ExInfo

%define KIND_THROW              1
%define KIND_HARDWARE_FAULT     2

; Registers of a frame, as StackFrameIterator.cs keeps them: addresses of the saved values.
%define REGS_RBX                0
%define REGS_RBP                8
%define REGS_R12                16
%define REGS_R13                24
%define REGS_R14                32
%define REGS_R15                40
%define REGS_SP                 120

extern RhThrowEx, RhThrowHwEx, RhRethrow
global RhpThrowEx, RhpThrowHwEx, RhpRethrow
global RhpCallCatchFunclet, RhpCallFinallyFunclet, RhpCallFilterFunclet
global kit_ret_throw, kit_ret_throw_hw, kit_ret_rethrow, kit_ret_catch, kit_ret_finally, kit_ret_filter

section .text

; Pushes a context record (IP, RSP, RBP, RBX, R12-R15). %1: register with the IP, %2: with the RSP of that moment.
%macro PUSH_CONTEXT 2
        push    r15
        push    r14
        push    r13
        push    r12
        push    rbx
        push    rbp
        push    %2
        push    %1
%endmacro

; Makes an ExInfo below the context, links it, and leaves its address in RSI. %1: kind. Uses RDX; RCX = the ExInfo before.
%macro PUSH_EXINFO 1
        sub     rsp, EXINFO_BYTES
        mov     rsi, rsp
        xor     edx, edx
        mov     [rsi + EXINFO_EXCEPTION], rdx
        mov     byte [rsi + EXINFO_PASS], 1
        mov     dword [rsi + EXINFO_CLAUSE], -1
        mov     byte [rsi + EXINFO_KIND], %1
        mov     rcx, [gs:THREAD_EXCEPTIONS]
        mov     [rsi + EXINFO_PREVIOUS], rcx
        mov     [gs:THREAD_EXCEPTIONS], rsi
        lea     rdx, [rsp + EXINFO_BYTES]
        mov     [rsi + EXINFO_CONTEXT], rdx
%endmacro

; RDI: the exception.
RhpThrowEx:
        lea     rax, [rsp + 8]
        mov     rdx, [rsp]
        push    rdx                             ; keeps the stack aligned to 16
        PUSH_CONTEXT rdx, rax
        PUSH_EXINFO KIND_THROW
        call    RhThrowEx
kit_ret_throw:
        ud2

RhpRethrow:
        lea     rax, [rsp + 8]
        mov     rdx, [rsp]
        push    rdx
        PUSH_CONTEXT rdx, rax
        PUSH_EXINFO 0
        mov     rdi, rcx                        ; the ExInfo that is being handled
        call    RhRethrow
kit_ret_rethrow:
        ud2

; Entered by returning from an interrupt with everything as it was at the fault, but
; RDI: code of the fault, RSI: address of the faulting instruction.
RhpThrowHwEx:
        mov     rax, rsp
        and     rsp, -16
        PUSH_CONTEXT rsi, rax
        PUSH_EXINFO KIND_HARDWARE_FAULT
        call    RhThrowHwEx
kit_ret_throw_hw:
        ud2

; Saved registers of a funclet caller; StackFrameIterator.UnwindFuncletCaller knows this order.
%macro ENTER_FUNCLET_CALLER 0
        push    r15
        push    r14
        push    r13
        push    r12
        push    rbx
        push    rbp
%endmacro

%macro LEAVE_FUNCLET_CALLER 0
        pop     rbp
        pop     rbx
        pop     r12
        pop     r13
        pop     r14
        pop     r15
%endmacro

; %1: register that holds the frame's registers. Uses RAX.
%macro LOAD_FRAME_REGISTERS 1
        mov     rax, [%1 + REGS_RBX]
        mov     rbx, [rax]
        mov     rax, [%1 + REGS_RBP]
        mov     rbp, [rax]
        mov     rax, [%1 + REGS_R12]
        mov     r12, [rax]
        mov     rax, [%1 + REGS_R13]
        mov     r13, [rax]
        mov     rax, [%1 + REGS_R14]
        mov     r14, [rax]
        mov     rax, [%1 + REGS_R15]
        mov     r15, [rax]
%endmacro

; RDI: exception, RSI: handler, RDX: the frame's registers, RCX: ExInfo. Does not return: goes on where the handler says.
RhpCallCatchFunclet:
        ENTER_FUNCLET_CALLER
        sub     rsp, 24                         ; three words keep the call aligned
        mov     [rsp], rdx
        mov     [rsp + 8], rcx
        LOAD_FRAME_REGISTERS rdx
        call    rsi
kit_ret_catch:
        mov     rdx, [rsp]
        mov     rcx, [rsp + 8]
        mov     rdx, [rdx + REGS_SP]            ; the stack pointer that the method goes on with
.pop:
        mov     rcx, [rcx + EXINFO_PREVIOUS]    ; every ExInfo below it is dead
        test    rcx, rcx
        jz      .popped
        cmp     rcx, rdx
        jb      .pop
.popped:
        mov     [gs:THREAD_EXCEPTIONS], rcx
        mov     rsp, rdx
        jmp     rax

; RDI: handler, RSI: the frame's registers.
RhpCallFinallyFunclet:
        ENTER_FUNCLET_CALLER
        sub     rsp, 24
        LOAD_FRAME_REGISTERS rsi
        call    rdi
kit_ret_finally:
        add     rsp, 24
        LEAVE_FUNCLET_CALLER
        ret

; RDI: exception, RSI: filter, RDX: the frame's registers. RAX: 0 or 1.
RhpCallFilterFunclet:
        ENTER_FUNCLET_CALLER
        sub     rsp, 24
        mov     rax, [rdx + REGS_RBP]
        mov     rbp, [rax]
        call    rsi
kit_ret_filter:
        add     rsp, 24
        LEAVE_FUNCLET_CALLER
        ret

; RDI: context to fill with the caller's registers, as they are when this returns.
global KitCaptureContext
KitCaptureContext:
        mov     rax, [rsp]
        lea     rdx, [rsp + 8]
        mov     [rdi], rax
        mov     [rdi + 8], rdx
        mov     [rdi + 16], rbp
        mov     [rdi + 24], rbx
        mov     [rdi + 32], r12
        mov     [rdi + 40], r13
        mov     [rdi + 48], r14
        mov     [rdi + 56], r15
        ret
