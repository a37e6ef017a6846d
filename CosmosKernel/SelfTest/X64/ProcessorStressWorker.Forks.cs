using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Processes;
using MemOS.Startup;

namespace MemOS.SelfTest;

/// <content>A process's memory without a program: pages come by faults, copies share them until one writes.</content>
internal sealed unsafe partial class ProcessorStressWorker
{
    private const AreaAccess Data = AreaAccess.Read | AreaAccess.Write;
    private const int ParentPages = 24;
    private const int WritesOfChild = 6;

    private readonly ulong[] _parentWords = new ulong[ParentPages];
    private Process? _parent;
    private VirtAddr _parentStart;

    private void StepForks()
    {
        if (_parent == null && !TryMakeParent()) return;
        int kind = _random.Below(8);
        if (kind < 5) WriteParent();
        else if (kind < 7) Fork();
        else CheckAll(_parent!, "the parent's memory has changed");
    }

    private bool TryMakeParent()
    {
        UserMoves nowhere = default;
        Process? parent = Process.TryCreate(UserLayout.For(KernelMemory.CommandLine.Layout).Choose(in nowhere));
        if (parent == null) return false;
        MapRequest request = new(PageNumber.BytesOf(ParentPages), Data);
        if (parent.Memory.Map(in request, out _parentStart) != UserError.None)
        {
            parent.Destroy();
            _hasShared = false;
            return false;
        }

        for (int page = 0; page < ParentPages; page++) _parentWords[page] = 0;
        _parent = parent;
        return true;
    }

    private void WriteParent()
    {
        int page = _random.Below(ParentPages);
        ulong word = _random.Next();
        if (!TryWrite(_parent!, page, word)) return;
        _parentWords[page] = word;
        ulong read = Read(_parent!, page);
        Expect(read == word, "what was written is not what is read");
    }

    private void Fork()
    {
        Process? child = Process.TryCreate(_parent!.Places);
        if (child == null) return;
        if (_parent.TryCopyTo(child))
        {
            _counts.Forks++;
            CheckAll(child, "a copy is not as the parent");
            for (int write = 0; write < WritesOfChild; write++)
            {
                int page = _random.Below(ParentPages);
                ulong word = _random.Next();
                if (TryWrite(child, page, word)) Expect(Read(child, page) == word, "what a copy wrote is not what it reads");
                Expect(Read(_parent, page) == _parentWords[page], "what a copy wrote is the parent's");
            }
        }

        child.Destroy();
        _hasShared = false; // That has loaded the kernel's tables.
    }

    private void CheckAll(Process process, string otherwise)
    {
        for (int page = 0; page < ParentPages; page++) Expect(Read(process, page) == _parentWords[page], otherwise);
    }

    private void EndForks()
    {
        if (_parent == null) return;
        CheckAll(_parent, "the parent's memory has changed");
        _parent.Destroy();
        _hasShared = false;
        _parent = null;
    }

    private bool TryWrite(Process process, int page, ulong word) => process.Memory.CopyTo(WordAt(page), (byte*)&word, sizeof(ulong)) == sizeof(ulong);

    private ulong Read(Process process, int page)
    {
        ulong word = ~0UL;
        process.Memory.CopyFrom((byte*)&word, WordAt(page), sizeof(ulong));
        return word;
    }

    private VirtAddr WordAt(int page) => _parentStart + ((ulong)page << PageNumber.Shift);
}
