using System.Collections.Generic;
using MemOS.Memory.Heap;
using MemOS.Memory.Managed;
using MemOS.Tests.Fakes;
using MemOS.Tests.Memory.Heap;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Managed;

/// <summary>Handles and finalizers.</summary>
public sealed unsafe class HandleTests
{
    private HostArena _arena;
    private ManagedHeap<HostArena, TypedObjects, HostProcessor, HostGuard> _heap;

    [SetUp]
    public void CreateHeap()
    {
        _arena = HostArena.Create(4096);
        _heap = default;
        Assert.That(_heap.TryInitialize(_arena, _arena.Window));
    }

    [TearDown]
    public void CheckAndDispose()
    {
        Assert.That(_heap.Validate(), Is.EqualTo(HeapInvariant.None));
        Assert.That(_heap.GetStatistics().TotalPages, Is.EqualTo(_arena.PagesOut), "every page taken is accounted for");
        _arena.Dispose();
    }

    [TestCase(HandleKind.Normal, true)]
    [TestCase(HandleKind.Pinned, true)]
    [TestCase(HandleKind.Weak, false)]
    [TestCase(HandleKind.WeakTrackResurrection, false)]
    [TestCase(HandleKind.Dependent, false)]
    public void Strong_handles_keep_their_object_and_others_lose_it(HandleKind kind, bool keeps)
    {
        byte* target = New();
        Handle* handle = _heap.AllocateHandle(kind, target, null);
        Collect();
        Assert.That(IsObject(target), Is.EqualTo(keeps));
        Assert.That(handle->Target == (keeps ? target : null));
        _heap.FreeHandle(handle);
        Collect();
        Assert.That(IsObject(target), Is.False);
    }

    [Test]
    public void Weak_handles_to_objects_that_are_reached_or_outside_the_heap_stay()
    {
        byte* target = New();
        nint outside = typeof(object).TypeHandle.Value;
        Handle* weak = _heap.AllocateHandle(HandleKind.Weak, target, null);
        Handle* image = _heap.AllocateHandle(HandleKind.Weak, &outside, null);
        Handle* empty = _heap.AllocateHandle(HandleKind.Weak, null, null);
        Collect(target);
        Assert.That(weak->Target == target && image->Target == (byte*)&outside && empty->Target == null);
    }

    [Test]
    public void A_dependent_handle_keeps_its_second_object_as_long_as_the_first_lives()
    {
        // A chain whose links are listed against the order in which they are reached.
        const int length = 50;
        List<nint> objects = [];
        for (int i = 0; i < length; i++) objects.Add((nint)New());
        for (int i = length - 1; i > 0; i--) _heap.AllocateHandle(HandleKind.Dependent, (void*)objects[i - 1], (void*)objects[i]);
        Handle* toItself = _heap.AllocateHandle(HandleKind.Dependent, New(), null);
        toItself->Secondary = toItself->Target;
        Collect((byte*)objects[10]);
        for (int i = 0; i < length; i++) Assert.That(IsObject((byte*)objects[i]), Is.EqualTo(i >= 10), $"{i}");
        Assert.That(toItself->Target == null && toItself->Secondary == null);
    }

    [Test]
    public void Freed_handles_are_handed_out_again_and_none_twice()
    {
        HashSet<nint> handles = [];
        for (int i = 0; i < 1000; i++) Assert.That(handles.Add((nint)_heap.AllocateHandle(HandleKind.Normal, null, null)));
        ulong pages = _arena.PagesOut;
        for (int round = 0; round < 5; round++)
        {
            foreach (nint handle in handles) _heap.FreeHandle((Handle*)handle);
            Assert.That(_heap.HandleCount, Is.Zero);
            handles.Clear();
            for (int i = 0; i < 1000; i++) Assert.That(handles.Add((nint)_heap.AllocateHandle(HandleKind.Weak, null, null)));
        }

        Assert.That(_arena.PagesOut, Is.EqualTo(pages));
        Assert.That((_heap.CountHandles(HandleKind.Weak), _heap.CountHandles(HandleKind.Normal)), Is.EqualTo((1000UL, 0UL)));
    }

    [Test]
    public void Without_memory_there_is_no_handle_and_no_registration()
    {
        byte* target = New();
        _arena.RefuseAfter(0);
        Assert.That(_heap.AllocateHandle(HandleKind.Normal, target, null) == null);
        Assert.That(_heap.TryRegisterFinalizer(target), Is.False);
        _arena.RefuseNothing();
        Assert.That(_heap.AllocateHandle(HandleKind.Normal, target, null) != null);
        Assert.That(_heap.TryRegisterFinalizer(target));
    }

    [Test]
    public void A_finalizer_is_ready_once_nothing_reaches_the_object_which_stays_until_it_was_taken()
    {
        byte* child = New();
        byte* target = New();
        *FakeObjects.Element(target, 0) = child;
        Assert.That(_heap.TryRegisterFinalizer(target));
        Handle* weak = _heap.AllocateHandle(HandleKind.Weak, target, null);
        Handle* tracking = _heap.AllocateHandle(HandleKind.WeakTrackResurrection, target, null);
        Collect(target);
        Assert.That(_heap.TakeReadyForFinalizer() == null);
        for (int i = 0; i < 3; i++)
        {
            Collect();
            Assert.That(IsObject(target) && IsObject(child) && weak->Target == null && tracking->Target == target);
            Assert.That(_heap.ReadyFinalizers, Is.EqualTo(1));
        }

        Assert.That(_heap.TakeReadyForFinalizer() == target);
        Assert.That(_heap.TakeReadyForFinalizer() == null);
        Collect();
        Assert.That(!IsObject(target) && !IsObject(child) && tracking->Target == null);
    }

    [Test]
    public void A_resurrected_object_has_no_finalizer_until_it_is_registered_again()
    {
        byte* target = New();
        _heap.TryRegisterFinalizer(target);
        Collect();
        Assert.That(_heap.TakeReadyForFinalizer() == target);
        Collect(target);
        Assert.That(IsObject(target));
        Assert.That(_heap.TryRegisterFinalizerAgain(target));
        Collect();
        Assert.That(_heap.TakeReadyForFinalizer() == target);
        Collect();
        Assert.That(!IsObject(target) && _heap.ReadyFinalizers == 0);
    }

    [Test]
    public void A_suppressed_finalizer_does_not_run_and_its_object_dies_at_once()
    {
        byte* suppressed = New();
        byte* taken_back = New();
        byte* late = New();
        foreach (nint target in (nint[])[(nint)suppressed, (nint)taken_back, (nint)late]) _heap.TryRegisterFinalizer((void*)target);
        _heap.SuppressFinalizer(suppressed);
        _heap.SuppressFinalizer(taken_back);
        Assert.That(_heap.TryRegisterFinalizerAgain(taken_back));
        Collect();
        Assert.That(IsObject(suppressed), Is.False);
        _heap.SuppressFinalizer(late);
        Assert.That(_heap.TakeReadyForFinalizer() == taken_back);
        Assert.That(_heap.TakeReadyForFinalizer() == null, "the last was suppressed when it was ready already");
    }

    [Test]
    public void Thousands_of_finalizers_come_in_order_and_their_pages_go_back()
    {
        ulong pages = 0;
        for (int round = 0; round < 3; round++)
        {
            List<nint> dead = [];
            List<nint> live = [];
            byte* root = FakeObjects.New(ref _heap, typeof(object[]), 2000);
            for (int i = 0; i < 4000; i++)
            {
                byte* target = New();
                _heap.TryRegisterFinalizer(target);
                if (i % 2 == 0) dead.Add((nint)target);
                else *FakeObjects.Element(root, i / 2) = target;
            }

            Collect(root);
            foreach (nint target in dead) Assert.That((nint)_heap.TakeReadyForFinalizer(), Is.EqualTo(target));
            Assert.That(_heap.TakeReadyForFinalizer() == null);
            Collect();
            for (int i = 0; i < 2000; i++) Assert.That((nint)_heap.TakeReadyForFinalizer(), Is.EqualTo((nint)(*FakeObjects.Element(root, i))));
            Collect();
            Assert.That(_heap.GetStatistics().LiveBlocks, Is.Zero);
            _heap.Trim();
            if (round == 0) pages = _arena.PagesOut;
            Assert.That(_arena.PagesOut, Is.EqualTo(pages));
        }
    }

    private byte* New() => FakeObjects.New(ref _heap, typeof(object[]), 1);

    private bool IsObject(byte* reference) => FakeObjects.IsObject(ref _heap, reference);

    private void Collect(byte* root = null)
    {
        _heap.BeginCollection();
        _heap.MarkReference(root);
        _heap.FinishCollection();
    }
}
