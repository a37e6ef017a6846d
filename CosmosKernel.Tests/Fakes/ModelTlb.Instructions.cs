using System.Linq;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <content>What each instruction forgets: no more than it must.</content>
public sealed partial class ModelTlb
{
    public void InvalidatePage(VirtAddr page)
    {
        Counts = Counts with { Page = Counts.Page + 1 };
        ulong at = Masked(page.Value);
        _pages.RemoveWhere(held => IsLoaded(held) && held.Contains(at));
        _absences.RemoveWhere(held => held.Number == _number && at - held.Start < 1UL << ShiftOf(held.Level));
        _tables.RemoveWhere(held => held.Number == _number);
        _hasForgotten = true;
    }

    public void InvalidateLoaded()
    {
        Counts = Counts with { Loaded = Counts.Loaded + 1 };
        ForgetNumber(_number);
        ReadRegisters();
        _hasForgotten = true;
    }

    /// <summary>INVPCID of type 0: what would translate <paramref name="page"/> under <paramref name="number"/>, global pages apart.</summary>
    public void InvalidatePage(int number, VirtAddr page)
    {
        ulong at = Masked(page.Value);
        _pages.RemoveWhere(held => held.Number == number && !held.IsGlobal && held.Contains(at));
        _absences.RemoveWhere(held => held.Number == number && at - held.Start < 1UL << ShiftOf(held.Level));
        _tables.RemoveWhere(held => held.Number == number && at - held.Start < 1UL << ShiftOf(held.Level + 1));
        _hasForgotten = true;
    }

    /// <summary>INVPCID of type 3: all under every number, global pages apart.</summary>
    public void InvalidateNumbers()
    {
        _pages.RemoveWhere(held => !held.IsGlobal);
        _tables.Clear();
        _absences.Clear();
        _hasForgotten = true;
    }

    public void InvalidateAll()
    {
        Counts = Counts with { All = Counts.All + 1 };
        _pages.Clear();
        _tables.Clear();
        _absences.Clear();
        ReadRegisters();
        _hasForgotten = true;
    }

    public void LoadRoot(PhysAddr root, int number, HeldTranslations held)
    {
        Counts = Counts with { Root = Counts.Root + 1 };
        _root = root;
        _number = number;
        if (held == HeldTranslations.Forgotten) ForgetNumber(number);
        ReadRegisters();
        _hasForgotten = true;
        _mayBeStale = true;
        // Now, while it still has the ways that an instruction may make it forget.
        Recall();
    }

    private void ForgetNumber(int number)
    {
        _pages.RemoveWhere(held => held.Number == number && !held.IsGlobal);
        _tables.RemoveWhere(held => held.Number == number);
        _absences.RemoveWhere(held => held.Number == number);
    }

    private void ReadRegisters()
    {
        if (!_format.HoldsRoot) return;
        _registers = new ulong[1 << (_format.VirtualBits - ShiftOf(_format.LevelCount - 1))];
        for (int index = 0; index < _registers.Length; index++) _registers[index] = Read(_root.Value, index);
    }

    // Finds again what it was told to forget, in all tables under the loaded root and in those that it still knows a way to. Until the next
    // write nothing else can be found, so this waits for that.
    private void Recall()
    {
        if (!_hasForgotten) return;
        _hasForgotten = false;
        HeldTable[] known = [.. _tables.Where(held => held.Number == _number)];
        _loadedTables.Clear();
        foreach (HeldTable table in known) Follow(table);
        if (_registers.Length == 0) Follow(Root);
        for (int index = 0; index < _registers.Length; index++) Learn(Root, index, _registers[index]);
    }
}
