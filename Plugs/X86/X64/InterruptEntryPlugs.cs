using System;
using IL2CPU.API.Attribs;
using MemOS.Hardware;
using XSharp;
using static XSharp.XSRegisters;

namespace MemOS.Plugs.X86;

/// <summary>The 256 interrupt entries, x86-64.</summary>
/// <remarks>
/// The processor aligns the stack to 16 bytes and pushes SS, RSP, RFLAGS, CS, RIP and, for some vectors, an error code. The entry completes
/// that to an <c>INTs.IRQContext</c>, the R8 … R15 and FXSAVE block below it:
/// <code>
///   from RSP   +0  R8 … R15 (64 bytes), FXSAVE image (512 bytes)   MMXContext
///            +576  pointer to the above; RDI RSI RBP RSP RBX RDX RCX RAX; vector; error code or 0;
///                  RIP CS RFLAGS RSP SS                             IRQContext
/// </code>
/// 704 bytes in all, a multiple of 16: the image and the stack of the handler are aligned. SSE state is all that compiled code uses; an
/// instruction set with wider registers would need XSAVE here. Nothing of it holds for what interrupts a program: its registers go to the
/// program's context, and <c>Cpu.RunUser</c> returns (<see cref="UserModePlugs"/>).
/// </remarks>
[Plug(Target = typeof(Cpu))]
public static unsafe class InterruptEntryPlugs
{
    /// <summary>The entries.</summary>
    [PlugMethod(Assembler = typeof(InterruptEntriesBody))]
    public static byte* InterruptEntries(void* dispatch, void* pageFault) => throw new NotImplementedException();

    private sealed class InterruptEntriesBody : X86Body
    {
        private const int PageFault = 14;
        private const int ImageOffset = 8 * 8;
        private const uint BlockBytes = ImageOffset + 512;

        // The vectors for which the processor pushes an error code (Intel SDM vol. 3, table 6-1; 29 and 30 AMD APM vol. 2, 8.2).
        private const uint ErrorCodeVectors =
            1u << 8 | 1u << 10 | 1u << 11 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 17 | 1u << 21 | 1u << 29 | 1u << 30;

        // As IRQContext has them, from the highest address down.
        private static readonly Register64[] s_general = { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI };
        private static readonly Register64[] s_extended = { R8, R9, R10, R11, R12, R13, R14, R15 };

        public InterruptEntriesBody()
            : base(ArgumentSize.Word, ArgumentSize.Word)
        {
        }

        protected override void Emit()
        {
            XS.Set(".dispatch", RDI, destinationIsIndirect: true);
            XS.Set(".dispatchPageFault", RSI, destinationIsIndirect: true);
            LoadAddress(RAX, ".entries");
            XS.Return();

            XS.LiteralCode("[section .data]");
            XS.LiteralCode("align 8");
            XS.LiteralCode(".dispatch: dq 0");
            XS.LiteralCode(".dispatchPageFault: dq 0");
            XS.LiteralCode("__SECT__");

            AlignEntry();
            XS.Label(".entries");
            for (uint vector = 0; vector < ProcessorTables.VectorCount; vector++)
            {
                EmitEntry(vector);
                AlignEntry();
            }

            XS.Label(".interrupt");
            GoToUserStop();
            Save();
            XS.Call(".dispatch", isIndirect: true);
            XS.Jump(".resume");

            XS.Label(".pageFault");
            GoToUserStop();
            Save();
            XS.Set(RSI, CR2);
            XS.Call(".dispatchPageFault", isIndirect: true);

            XS.Label(".resume");
            Restore();
            XS.InterruptReturn();

            XS.Label(".user");
            UserModePlugs.EmitStopByInterrupt();
        }

        // The code segment of what was interrupted lies behind vector, error code and instruction pointer.
        private static void GoToUserStop()
        {
            XS.LiteralCode("test byte [rsp + 24], 3");
            XS.LiteralCode("jnz .user");
        }

        private static void EmitEntry(uint vector)
        {
            bool hasErrorCode = vector < 32 && (ErrorCodeVectors >> (int)vector & 1) != 0;
            if (!hasErrorCode)
            {
                XS.Push(0);
            }

            XS.Push(vector);
            XS.Jump(vector == PageFault ? ".pageFault" : ".interrupt");
        }

        private static void Save()
        {
            foreach (Register64 register in s_general)
            {
                XS.Push(register);
            }

            XS.Sub(RSP, BlockBytes + WordBytes);
            for (int i = 0; i < s_extended.Length; i++)
            {
                XS.Set(RSP, s_extended[i], destinationDisplacement: i * (int)WordBytes);
            }

            XS.SSE.FXSave(RSP, displacement: ImageOffset);
            XS.Set(RSP, RSP, destinationDisplacement: (int)BlockBytes); // The context's pointer to the block.
            XS.Lea(RDI, RSP, sourceDisplacement: (int)BlockBytes);
            XS.ClearDirectionFlag();
        }

        private static void Restore()
        {
            XS.SSE.FXRestore(RSP, displacement: ImageOffset);
            for (int i = 0; i < s_extended.Length; i++)
            {
                XS.Set(s_extended[i], RSP, sourceDisplacement: i * (int)WordBytes);
            }

            XS.Add(RSP, BlockBytes + WordBytes);
            for (int i = s_general.Length - 1; i >= 0; i--)
            {
                if (s_general[i] == RSP)
                {
                    XS.Add(RSP, WordBytes);
                }
                else
                {
                    XS.Pop(s_general[i]);
                }
            }

            XS.Add(RSP, 2 * WordBytes); // Vector and error code.
        }

        private static void AlignEntry()
        {
            XS.LiteralCode("align 16, db 0xCC");
        }
    }
}
