using System.Collections.Generic;
using MemOS.Memory.Virtual;
using MemOS.Primitives;

namespace MemOS.Processes;

/// <summary>What a program finds on its stack when it starts (x86-64 psABI 3.4.1, figure 3.9): arguments, environment, auxiliary vector.</summary>
internal static unsafe class ProgramStack
{
    private const ulong MostBytes = 8 * PageNumber.SizeBytes;
    private const ulong WordBytes = sizeof(ulong);
    private const ulong Alignment = 16;

    // Auxiliary vector (psABI 3.4.3; getauxval(3)).
    private const ulong End = 0;
    private const ulong HeaderAddress = 3;
    private const ulong HeaderEntryBytes = 4;
    private const ulong HeaderEntries = 5;
    private const ulong PageBytes = 6;
    private const ulong EntryPoint = 9;
    private const ulong UserId = 11;
    private const ulong EffectiveUserId = 12;
    private const ulong GroupId = 13;
    private const ulong EffectiveGroupId = 14;
    private const ulong IsPrivileged = 23;
    private const ulong RandomBytes = 25;
    private const ulong FileName = 31;

    /// <summary>Writes it below <paramref name="top"/>; false when it is too long, or there is no memory.</summary>
    internal static bool TryWrite(
        Process process, in ElfImage image, ulong bias, string name, List<string> arguments, List<string> environment, in UserMoves random, ulong top,
        out ulong stack)
    {
        stack = 0;
        ulong at = top;
        List<ulong> words = new();
        words.Add((ulong)arguments.Count);
        if (!TryWriteTexts(process, arguments, top, ref at, words) || !TryWriteTexts(process, environment, top, ref at, words)) return false;
        if (!TryWriteText(process, name, top, ref at)) return false;
        ulong nameAt = at;
        at = (at - (2 * WordBytes)) & ~(Alignment - 1);
        List<ulong> noise = new();
        noise.Add(random.Stack ^ (random.Heap << 32));
        noise.Add(random.Anywhere ^ (random.Image << 32));
        if (!TryWriteWords(process, noise, at)) return false;
        AddPair(words, HeaderAddress, bias + image.HeaderAddress);
        AddPair(words, HeaderEntryBytes, ElfImage.HeaderEntryBytes);
        AddPair(words, HeaderEntries, image.HeaderEntries);
        AddPair(words, PageBytes, PageNumber.SizeBytes);
        AddPair(words, EntryPoint, bias + image.Entry);
        AddPair(words, UserId, 0);
        AddPair(words, EffectiveUserId, 0);
        AddPair(words, GroupId, 0);
        AddPair(words, EffectiveGroupId, 0);
        AddPair(words, IsPrivileged, 0);
        AddPair(words, RandomBytes, at);
        AddPair(words, FileName, nameAt);
        AddPair(words, End, 0);
        stack = (at - ((ulong)words.Count * WordBytes)) & ~(Alignment - 1);
        return top - stack <= MostBytes && TryWriteWords(process, words, stack);
    }

    private static void AddPair(List<ulong> words, ulong kind, ulong value)
    {
        words.Add(kind);
        words.Add(value);
    }

    private static bool TryWriteTexts(Process process, List<string> texts, ulong top, ref ulong at, List<ulong> words)
    {
        for (int index = 0; index < texts.Count; index++)
        {
            if (!TryWriteText(process, texts[index], top, ref at)) return false;
            words.Add(at);
        }

        words.Add(0);
        return true;
    }

    private static bool TryWriteText(Process process, string text, ulong top, ref ulong at)
    {
        ulong length = (ulong)text.Length + 1;
        if (length > MostBytes || top - at > MostBytes - length) return false;
        at -= length;
        byte[] bytes = new byte[length];
        for (int index = 0; index < text.Length; index++) bytes[index] = unchecked((byte)text[index]);
        fixed (byte* first = bytes) return process.Memory.CopyTo(VirtAddr.FromTrusted(at), first, length) == length;
    }

    private static bool TryWriteWords(Process process, List<ulong> words, ulong stack)
    {
        for (int index = 0; index < words.Count; index++)
        {
            ulong word = words[index];
            if (process.Memory.CopyTo(VirtAddr.FromTrusted(stack + ((ulong)index * WordBytes)), (byte*)&word, WordBytes) != WordBytes) return false;
        }

        return true;
    }
}
