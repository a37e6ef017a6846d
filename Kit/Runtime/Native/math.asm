; Transcendental functions by the x87 unit (SDM 1, chapter 8.3.7), whose 64-bit significands leave room for the last bit of a
; double. Arguments and result are doubles in XMM0 (and XMM1); the special cases are MathImports.cs'.

section .text

; Moves the argument(s) to the x87 stack: %1 = how many; the last one is on top.
%macro ENTER_X87 1
        sub     rsp, 8
        movsd   [rsp], xmm0
        fld     qword [rsp]
%if %1 == 2
        movsd   [rsp], xmm1
        fld     qword [rsp]
%endif
%endmacro

%macro LEAVE_X87 0
        fstp    qword [rsp]
        movsd   xmm0, [rsp]
        add     rsp, 8
        ret
%endmacro

; 2^ST0, for an ST0 of any size that a double's exponent can take.
%macro EXP2_TOP 0
        fld     st0
        frndint                                 ; whole part
        fsub    st1, st0
        fxch                                    ; fraction, between -1/2 and 1/2
        f2xm1
        fld1
        faddp
        fscale
        fstp    st1
%endmacro

; XMM0: angle, below 2^63 in size. The unit reduces by a pi of 66 bits: near multiples of pi/2 Angle.cs does better.
global KitSin, KitCos, KitTan
KitSin: ENTER_X87 1
        fsin
        LEAVE_X87
KitCos: ENTER_X87 1
        fcos
        LEAVE_X87
KitTan: ENTER_X87 1
        fptan
        fstp    st0                             ; the 1 that FPTAN leaves on top
        LEAVE_X87

; XMM0: y, XMM1: x. The angle of (x, y).
global KitAtan2
KitAtan2:
        ENTER_X87 2
        fpatan
        LEAVE_X87

; XMM0: a positive number. Its logarithm to the base 2, e, 10.
global KitLog2, KitLog, KitLog10
KitLog2:
        fld1
        ENTER_X87 1
        fyl2x
        LEAVE_X87
KitLog: fldln2
        ENTER_X87 1
        fyl2x
        LEAVE_X87
KitLog10:
        fldlg2
        ENTER_X87 1
        fyl2x
        LEAVE_X87

; XMM0: x, below 1/4 in size. The natural logarithm of 1 + x, exact near 0.
global KitLogPlus1
KitLogPlus1:
        fldln2
        ENTER_X87 1
        fyl2xp1
        LEAVE_X87

; XMM0: x between -746 and 710. e^x.
global KitExp
KitExp: ENTER_X87 1
        fldl2e
        fmulp
        EXP2_TOP
        LEAVE_X87

; XMM0: x, below the natural logarithm of 2 in size. e^x - 1, exact near 0.
global KitExpMinus1
KitExpMinus1:
        ENTER_X87 1
        fldl2e
        fmulp
        f2xm1
        LEAVE_X87

; XMM0: x above 0, XMM1: y. x^y.
global KitPow
KitPow: sub     rsp, 8
        movsd   [rsp], xmm1
        fld     qword [rsp]
        movsd   [rsp], xmm0
        fld     qword [rsp]
        fyl2x                                   ; y * log2(x)
        EXP2_TOP
        LEAVE_X87

; XMM0: x, XMM1: y. The remainder of x / y with the sign of x, exact.
global KitRemainder
KitRemainder:
        sub     rsp, 8
        movsd   [rsp], xmm1
        fld     qword [rsp]
        movsd   [rsp], xmm0
        fld     qword [rsp]
.again: fprem
        fnstsw  ax
        test    ah, 4                           ; C2: not done yet
        jnz     .again
        fstp    st1
        LEAVE_X87
