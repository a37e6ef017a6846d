using System;
using System.Collections.Generic;
using System.Linq;
using MemOS.Memory.Frames;
using MemOS.Memory.Virtual;
using MemOS.Primitives;
using MemOS.Tests.Fakes;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Virtual;

/// <summary>Random programs, of which a model says page by page what they may do and see.</summary>
public sealed unsafe class UserMemoryModelTests
{
    private const ulong PageBytes = PageNumber.SizeBytes;
    private const int MostProcesses = 5;

    // A small window: so areas meet, and a page is touched often.
    private const ulong FirstPage = 0x1FF0;
    private const ulong PageSpan = 96;

    private readonly List<(HostProcess Process, UserModel Model)> _running = [];
    private readonly List<(nint Backing, ModelObject Model)> _objects = [];
    private readonly List<FrameNumber> _files = [];
    private HostProcesses _machine = null!;
    private Random _random = null!;

    [SetUp]
    public void SetUp()
    {
        _machine = new HostProcesses(8192);
        _running.Clear();
        _objects.Clear();
        _files.Clear();
    }

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [TestCase(1, 12_000)]
    [TestCase(2, 12_000)]
    [TestCase(3, 12_000)]
    public void Programs_see_what_the_model_says(int seed, int operations) => Run(seed, operations, 16);

    [Category("Long")]
    [TestCase(11, 250_000)]
    [TestCase(12, 250_000)]
    [TestCase(13, 250_000)]
    [TestCase(14, 250_000)]
    public void Programs_see_what_the_model_says_for_long(int seed, int operations) => Run(seed, operations, 256);

    private void Run(int seed, int operations, int checkEvery)
    {
        TestContext.Out.WriteLine($"seed {seed}");
        _random = new Random(seed);
        MakeObjects();
        _running.Add((_machine.Make(), new UserModel()));
        for (int operation = 0; operation < operations; operation++)
        {
            Step();
            if (operation % checkEvery == 0) Check(operation);
        }

        foreach ((HostProcess process, UserModel _) in _running) _machine.End(process);
        foreach ((nint backing, ModelObject _) in _objects) Drop((MemoryObject*)backing);
        foreach (FrameNumber frame in _files) _machine.Source.ReleaseFrame(frame);
        _machine.AssertNothingLost();
    }

    private void MakeObjects()
    {
        byte[] file = new byte[(5 * PageBytes) + 700];
        _random.NextBytes(file);
        PhysAddr start = default;
        for (ulong offset = 0; offset < (ulong)file.Length; offset += PageBytes)
        {
            Assert.That(_machine.Source.TryAllocateFrame(Zeroing.AsIs, out FrameNumber frame));
            _files.Add(frame);
            if (offset == 0) start = frame.Start;
        }

        start += 100; // A file need not begin where a frame does.
        for (int index = 0; index < file.Length - 200; index++) *_machine.Memory.Pointer(start + (ulong)index) = file[index];
        Array.Resize(ref file, file.Length - 200);
        Add(MemoryObject.File(start, (ulong)file.Length), new ModelObject(PageNumber.CountFor((ulong)file.Length), file));
        Add(MemoryObject.Zeros(20), new ModelObject(20, null));
        Add(MemoryObject.Zeros(700), new ModelObject(700, null));
    }

    private void Add(MemoryObject content, ModelObject model)
    {
        Assert.That(_machine.Source.TryAllocateObject(out MemoryObject* backing));
        *backing = content;
        _objects.Add(((nint)backing, model));
    }

    private void Drop(MemoryObject* backing)
    {
        Assert.That(backing->DropUser(_machine.Memory, _machine.Source), Is.True);
        _machine.Source.FreeObject(backing);
    }

    private void Step()
    {
        (HostProcess process, UserModel model) = _running[_random.Next(_running.Count)];
        process.Memory.Space.Space.Load();
        int choice = _random.Next(40);
        if (choice < 20) Touch(process, model);
        else if (choice < 26) Map(process, model);
        else if (choice < 30) Unmap(process, model);
        else if (choice < 34) Protect(process, model);
        else if (choice < 36) Remap(process, model);
        else if (choice < 37) Advise(process, model);
        else if (choice < 38) Copy(process, model);
        else if (choice < 39) Fork(process, model);
        else Exit(process);
    }

    private void Touch(HostProcess process, UserModel model)
    {
        ulong page = AnyPage();
        int at = _random.Next(UserModel.Offsets.Length);
        VirtAddr address = HostProcesses.At(page) + (ulong)UserModel.Offsets[at];
        FaultAccess access = (FaultAccess)_random.Next(3);
        byte value = (byte)_random.Next(256);
        byte touched = value;
        FaultOutcome? outcome = process.Touch(address, access, ref touched);
        bool isAllowed = outcome == null || outcome.Value.IsHandled();
        Assert.That(isAllowed, Is.EqualTo(model.MayAccess(page, access)), $"{access} of {address}: {outcome}");
        if (!isAllowed) return;
        if (access == FaultAccess.Write) model.Write(page, at, value);
        else Assert.That(touched, Is.EqualTo(model.Read(page, at)), $"{access} of {address}");
    }

    private void Map(HostProcess process, UserModel model)
    {
        ulong page = AnyPage();
        ulong count = AnyCount();
        Placement placement = (Placement)_random.Next(3);
        AreaAccess access = (AreaAccess)_random.Next(8);
        (nint backing, ModelObject? backed) = _random.Next(3) == 0 ? _objects[_random.Next(_objects.Count)] : (0, null);
        AreaKind kind = backed == null ? AreaKind.Private : backed.IsFile ? (_random.Next(2) == 0 ? AreaKind.FilePrivate : AreaKind.FileShared) : AreaKind.Shared;
        ulong offset = backed == null ? 0 : (ulong)_random.Next(4);
        MapRequest request = new(HostProcesses.At(page), placement, count * PageBytes, kind, access, (MemoryObject*)backing, offset);
        bool wasFree = model.IsFree(page, count);
        UserError error = process.Memory.Map(in request, out VirtAddr start);
        bool isDenied = (access & (AreaAccess.Write | AreaAccess.Execute)) == (AreaAccess.Write | AreaAccess.Execute)
            || (kind == AreaKind.FileShared && (access & AreaAccess.Write) != 0);
        UserError expected = isDenied ? UserError.AccessDenied : placement == Placement.FixedIfFree && !wasFree ? UserError.Exists : UserError.None;
        Assert.That(error, Is.EqualTo(expected));
        if (error != UserError.None) return;
        ulong mapped = start.ContainingPage.Value;
        if (placement != Placement.Anywhere || wasFree) Assert.That(mapped, Is.EqualTo(page));
        else Assert.That(model.IsFree(mapped, count), "not where something is");
        model.Map(mapped, count, kind, access, backed, offset);
    }

    private void Unmap(HostProcess process, UserModel model)
    {
        ulong page = AnyPage();
        ulong count = AnyCount();
        Assert.That(process.Memory.Unmap(HostProcesses.At(page), count * PageBytes), Is.EqualTo(UserError.None));
        model.Unmap(page, count);
        // What was put elsewhere goes too, so that there is always room.
        foreach (ulong far in model.Numbers.Where(number => number is < FirstPage or >= FirstPage + PageSpan).Take(8).ToArray())
        {
            Assert.That(process.Memory.Unmap(HostProcesses.At(far), PageBytes), Is.EqualTo(UserError.None));
            model.Unmap(far, 1);
        }
    }

    private void Protect(HostProcess process, UserModel model)
    {
        ulong page = AnyPage();
        ulong count = AnyCount();
        AreaAccess access = (AreaAccess)_random.Next(8);
        UserError error = process.Memory.Protect(HostProcesses.At(page), count * PageBytes, access);
        UserError expected = UserError.None;
        for (ulong index = 0; index < count && expected == UserError.None; index++)
        {
            ModelPage? at = model[page + index];
            if (at == null) expected = UserError.NoMemory;
            else if ((access & (AreaAccess.Write | AreaAccess.Execute)) == (AreaAccess.Write | AreaAccess.Execute)) expected = UserError.AccessDenied;
            else if (at.Kind == AreaKind.FileShared && (access & AreaAccess.Write) != 0) expected = UserError.AccessDenied;
        }

        Assert.That(error, Is.EqualTo(expected));
        if (error == UserError.None) model.Protect(page, count, access);
    }

    private void Remap(HostProcess process, UserModel model)
    {
        ulong page = AnyPage();
        ulong count = (ulong)_random.Next(1, 5);
        ulong newCount = (ulong)_random.Next(1, 9);
        Mobility mobility = (Mobility)_random.Next(3);
        ulong wanted = AnyPage();
        UserError error = process.Memory.Remap(
            HostProcesses.At(page), count * PageBytes, newCount * PageBytes, mobility, HostProcesses.At(wanted), out VirtAddr moved);
        if (error != UserError.None)
        {
            Assert.That(error, Is.AnyOf(UserError.BadAddress, UserError.Invalid, UserError.NoMemory));
            if (error == UserError.BadAddress) Assert.That(IsOneArea(model, page, count), Is.False, "it was one area");
            if (error == UserError.Invalid) Assert.That(mobility == Mobility.Fixed && wanted < page + count && page < wanted + newCount);
            if (error == UserError.NoMemory) Assert.That(mobility, Is.EqualTo(Mobility.None));
            return;
        }

        Assert.That(IsOneArea(model, page, count), "more than one area was moved");
        ulong to = moved.ContainingPage.Value;
        if (mobility == Mobility.Fixed) Assert.That(to, Is.EqualTo(wanted));
        if (mobility == Mobility.None) Assert.That(to, Is.EqualTo(page));
        if (to != page && mobility == Mobility.Fixed) model.Unmap(to, newCount);
        if (to == page && newCount > count) Assert.That(model.IsFree(page + count, newCount - count));
        model.Move(page, count, to, newCount);
    }

    // Alike and going on from page to page: what the kernel keeps as one area.
    private static bool IsOneArea(UserModel model, ulong page, ulong count)
    {
        for (ulong index = 0; index < count; index++)
        {
            ModelPage? first = model[page];
            ModelPage? at = model[page + index];
            if (first == null || at == null || at.Kind != first.Kind || at.Access != first.Access || at.Backing != first.Backing) return false;
            if (at.Backing != null && at.Page != first.Page + index) return false;
        }

        return true;
    }

    private void Advise(HostProcess process, UserModel model)
    {
        ulong page = AnyPage();
        ulong count = AnyCount();
        UserError expected = model.IsFull(page, count) ? UserError.None : UserError.NoMemory;
        if (_random.Next(2) == 0)
        {
            Assert.That(process.Memory.Fetch(HostProcesses.At(page), count * PageBytes), Is.EqualTo(expected));
            return;
        }

        Assert.That(process.Memory.Drop(HostProcesses.At(page), count * PageBytes), Is.EqualTo(expected));
        model.Drop(page, count);
    }

    // The kernel copies a byte at an offset and the next page's first.
    private void Copy(HostProcess process, UserModel model)
    {
        ulong page = AnyPage();
        byte* bytes = stackalloc byte[2];
        bytes[0] = (byte)_random.Next(256);
        bytes[1] = (byte)_random.Next(256);
        VirtAddr last = HostProcesses.At(page) + (PageBytes - 1);
        bool isWrite = _random.Next(2) == 0;
        FaultAccess access = isWrite ? FaultAccess.Write : FaultAccess.Read;
        ulong expected = !model.MayAccess(page, access) ? 0UL : model.MayAccess(page + 1, access) ? 2UL : 1UL;
        ulong copied = isWrite ? process.Memory.CopyTo(last, bytes, 2) : process.Memory.CopyFrom(bytes, last, 2);
        Assert.That(copied, Is.EqualTo(expected), $"{access} of two bytes at {last}");
        for (ulong index = 0; index < copied; index++)
        {
            int at = index == 0 ? UserModel.Offsets.Length - 1 : 0;
            if (isWrite) model.Write(page + index, at, bytes[index]);
            else Assert.That(bytes[index], Is.EqualTo(model.Read(page + index, at)));
        }
    }

    private void Fork(HostProcess process, UserModel model)
    {
        if (_running.Count == MostProcesses) return;
        HostProcess child = _machine.Make();
        // Now and then there is no memory half way.
        bool isShort = _random.Next(3) == 0;
        if (isShort) _machine.Source.FailAfter(_random.Next(60));
        bool isCopied = process.Memory.TryCopyTo(ref child.Memory);
        _machine.Source.FailAfter(-1);
        if (isCopied)
        {
            _running.Add((child, model.Copy()));
            return;
        }

        Assert.That(isShort);
        Assert.That(child.Memory.Areas.Count, Is.Zero);
        _machine.End(child);
    }

    private void Exit(HostProcess process)
    {
        if (_running.Count == 1) return;
        _machine.End(process);
        _running.RemoveAll(running => running.Process == process);
    }

    private void Check(int operation)
    {
        Assert.That(_machine.Tlb.Model.FindStale(), Is.Null, $"operation {operation}");
        foreach ((HostProcess process, UserModel model) in _running)
        {
            Assert.That(process.Memory.Validate(), Is.Null, $"operation {operation}");
            Assert.That(process.Memory.MappedPages, Is.EqualTo((ulong)model.Count), $"operation {operation}");
        }
    }

    private ulong AnyPage() => FirstPage + (ulong)_random.Next((int)PageSpan);

    private ulong AnyCount() => (ulong)_random.Next(1, 24);
}
