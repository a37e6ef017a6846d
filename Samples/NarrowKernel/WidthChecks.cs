using System.Runtime.CompilerServices;
using MemOS.Primitives;
using MemOS.SelfTest;

namespace NarrowKernel;

/// <summary>That this is 32-bit code, and that numbers of 64 bits are right in it.</summary>
internal static unsafe class WidthChecks
{
    private const ulong Factor = 0x1234_5678_9ABC_DEF1;
    private const ulong Divisor = 0x1_0000_000F;

    public static void AddTo(SelfTestSuite suite)
    {
        suite.Add("width.words have four bytes", Words);
        suite.Add("width.numbers of 64 bits are whole", Numbers);
        suite.Add("width.addresses go up to 64 GiB", Addresses);
    }

    private static void Words(CheckRecorder check)
    {
        check.Equal(4, sizeof(nuint), "a word");
        check.Equal(4, sizeof(void*), "a pointer");
        check.Equal(8, sizeof(PhysAddr), "a physical address");
    }

    // The expected values are of arithmetic without a limit.
    private static void Numbers(CheckRecorder check)
    {
        ulong number = Opaque(Factor);
        check.Expect(unchecked(number * Opaque(Divisor)) == 0xABCD_F002_1111_101F, "a product");
        check.Expect(number / Opaque(Divisor) == 0x1234_5677, "a quotient");
        check.Expect(number % Opaque(Divisor) == 0x89AB_CDF8, "a rest");
        check.Expect((long)Opaque(unchecked(0UL - number)) / 1000 == -(long)(number / 1000), "a quotient with a sign");
        for (int shift = 0; shift < 64; shift++)
        {
            check.Expect(Opaque(1) << shift >> shift == 1, "a shift to and fro");
            check.Expect(number >> shift == Halved(number, shift), "a shift");
        }
    }

    private static void Addresses(CheckRecorder check)
    {
        PhysAddr last = PhysAddr.FromTrusted(Opaque((64UL << 30) - 1));
        check.Expect(last.ContainingFrame.Value == (16UL << 20) - 1, "the last frame of 64 GiB");
        check.Expect(last.ContainingFrame.Start.Value == (64UL << 30) - FrameNumber.SizeBytes, "where it starts");
        check.Expect(FrameRange.Covering(PhysAddr.Zero, last.Value).SizeBytes == 64UL << 30, "all its frames");
    }

    private static ulong Halved(ulong number, int times)
    {
        for (int i = 0; i < times; i++) number /= 2;
        return number;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Opaque(ulong value) => value;
}
