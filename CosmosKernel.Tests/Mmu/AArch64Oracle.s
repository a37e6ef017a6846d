// Asks an AArch64 processor's MMU: switches to the page tables that lie in memory, makes one access after the other as the list says, as EL1 or
// as EL0, and writes down what became of each. The test puts all of it into memory; this begins at 0x40100000.
//
// Parameters: root, TCR_EL1, distance from an address of the stub's to where the tables show it, number of probes, PSTATE.PAN, MAIR_EL1.
// A probe:  address, kind, value to write, 0.
// An answer: ESR_EL1's class or 0, its fault status with the bit of writes, what was read, FAR_EL1.   8 bytes each.

        .arch   armv8.2-a
        .equ    PARAMETERS, 0x4011
        .equ    PROBES, 0x4012
        .equ    ANSWERS, 0x4020
        .equ    RECORD, 32
        .equ    MASKED, 0x3c0               // D, A, I, F; EL0
        .equ    CALL, 0x15                  // the class of SVC
        .equ    STATUS, 0x7f
        .equ    KEEP_PAN, 1 << 23           // SCTLR_EL1.SPAN
        .equ    WRITE_XN, 1 << 19           // SCTLR_EL1.WXN
        .equ    SYSTEM_OFF, 0x8400

        .globl  _start
_start:
        movz    x20, #PARAMETERS, lsl #16
        ldp     x0, x1, [x20]
        ldp     x21, x22, [x20, #16]
        ldp     x23, x2, [x20, #32]
        msr     ttbr0_el1, x0               // TCR switches one of them off
        msr     ttbr1_el1, x0
        msr     tcr_el1, x1
        msr     mair_el1, x2
        adr     x3, vectors
        add     x3, x3, x21
        msr     vbar_el1, x3
        mov     x28, #0
        tlbi    vmalle1
        dsb     sy
        isb
        mrs     x5, sctlr_el1
        mov     x6, #WRITE_XN
        bic     x5, x5, x6
        orr     x5, x5, #KEEP_PAN
        orr     x5, x5, #1
        adr     x4, mapped
        msr     sctlr_el1, x5
        isb
        br      x4                          // where the tables show the stub elsewhere, the fetch of this faults, and its handler is there
mapped:
        mov     x28, #1
        movz    x24, #PROBES, lsl #16
        movz    x25, #ANSWERS, lsl #16
        add     x24, x24, x21
        add     x25, x25, x21
next:
        cbz     x22, done
        msr     pan, #0
        cbz     x23, 1f
        msr     pan, #1
1:      ldp     x0, x1, [x24]
        ldr     x2, [x24, #16]
        mov     x3, #0
        cmp     x1, #1
        b.lo    read
        b.eq    write
        cmp     x1, #3
        b.lo    execute
        b.eq    user_read
        cmp     x1, #5
        b.lo    user_write
        msr     elr_el1, x0
        mov     x4, #MASKED
        msr     spsr_el1, x4
        eret
read:
        ldr     x3, [x0]
        b       made
write:
        str     x2, [x0]
        b       made
execute:
        br      x0
user_read:
        ldtr    x3, [x0]
        b       made
user_write:
        sttr    x2, [x0]
made:
        mov     x4, #0
        mov     x5, #0
        mov     x6, #0
answer:
        msr     pan, #0
        stp     x4, x5, [x25]
        stp     x3, x6, [x25, #16]
        add     x24, x24, #RECORD
        add     x25, x25, #RECORD
        sub     x22, x22, #1
        b       next

exception:
        cbz     x28, mapped
        mrs     x7, esr_el1
        lsr     x4, x7, #26
        cmp     x4, #CALL
        b.eq    made
        and     x5, x7, #STATUS
        mrs     x6, far_el1
        b       answer

done:
        movz    x0, #SYSTEM_OFF, lsl #16
        movk    x0, #8
        hvc     #0
lost:
        b       lost

        .balign 2048
vectors:
        .rept   4
        b       lost
        .balign 128
        .endr
        b       exception                   // from EL1 on its own stack
        .balign 128
        .rept   3
        b       lost
        .balign 128
        .endr
        b       exception                   // from EL0
        .balign 128
        .rept   7
        b       lost
        .balign 128
        .endr
