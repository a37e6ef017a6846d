# Asks a RISC-V processor's MMU, from machine mode, where addresses are physical: makes one access after the other as the list says, as
# supervisor or as user, and writes down what became of each. The test puts all of it into memory; this begins at 0x80000000.
#
# Parameters: satp, bits of mstatus, number of probes.
# A probe:  address, kind, value to write, 0.   An answer: cause or 0, 0, what was read, mtval.   8 bytes each.

        .equ PARAMETERS, 0x80100000
        .equ PROBES, 0x80120000
        .equ ANSWERS, 0x80200000
        .equ RECORD, 32

        .equ AS_SUPERVISOR, 0x800           # mstatus.MPP
        .equ ANY_MODE, 0x1800
        .equ TRANSLATE, 0x20000             # mstatus.MPRV: loads and stores as those of MPP
        .equ USER_CALL, 8
        .equ SUPERVISOR_CALL, 9
        .equ MENVCFG, 0x30a
        .equ EXIT_DEVICE, 0x100000
        .equ EXIT, 0x5555

        .option norvc
        .globl _start
_start:
        lla     t0, trap
        csrw    mtvec, t0
        csrw    medeleg, zero
        csrw    mie, zero
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f                    # all of memory: read, write, execute
        csrw    pmpcfg0, t0
        li      t0, 1
        slli    t0, t0, 62                  # PBMTE: kinds of memory in entries
        csrs    MENVCFG, t0
        li      s0, PARAMETERS
        ld      t0, 0(s0)
        csrw    satp, t0
        sfence.vma
        ld      s1, 8(s0)
        ld      s2, 16(s0)
        li      s3, PROBES
        li      s4, ANSWERS
        li      s8, TRANSLATE
next:
        beqz    s2, done
        ld      s5, 0(s3)
        ld      t1, 8(s3)
        ld      s6, 16(s3)
        li      s7, 0
        li      t0, ANY_MODE | TRANSLATE
        csrc    mstatus, t0
        csrs    mstatus, s1
        addi    t1, t1, -3
        bgez    t1, access
        addi    t1, t1, 3
        li      t0, AS_SUPERVISOR
        csrs    mstatus, t0
access:
        li      t0, 2
        beq     t1, t0, execute
        beqz    t1, read
        csrs    mstatus, s8
        sd      s6, 0(s5)
        csrc    mstatus, s8
        j       made
read:
        csrs    mstatus, s8
        ld      s7, 0(s5)
        csrc    mstatus, s8
made:
        li      t5, 0
        li      t6, 0
answer:
        sd      t5, 0(s4)
        sd      zero, 8(s4)
        sd      s7, 16(s4)
        sd      t6, 24(s4)
        addi    s3, s3, RECORD
        addi    s4, s4, RECORD
        addi    s2, s2, -1
        j       next
execute:
        csrw    mepc, s5
        mret

        .balign 4
trap:
        csrc    mstatus, s8
        csrr    t5, mcause
        csrr    t6, mtval
        li      t0, USER_CALL
        beq     t5, t0, made
        li      t0, SUPERVISOR_CALL
        beq     t5, t0, made
        j       answer

done:
        li      t0, EXIT_DEVICE
        li      t1, EXIT
        sw      t1, 0(t0)
halt:
        wfi
        j       halt
