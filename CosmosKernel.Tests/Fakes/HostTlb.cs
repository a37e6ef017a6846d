using System;
using MemOS.Memory.Paging;
using MemOS.Memory.Tlb;
using MemOS.Primitives;

namespace MemOS.Tests.Fakes;

/// <summary>The kernel's handling of one processor's translations, over a <see cref="ModelTlb"/>. A copy stands for the same.</summary>
public readonly struct HostTlb : ITlb, IDisposable
{
    private readonly State _state;

    /// <summary>The processor of <paramref name="model"/>, which has loaded <paramref name="space"/> and uses so many numbers.</summary>
    public HostTlb(ModelTlb model, int numbers, in SpaceTag space) => _state = new State(model, numbers, in space);

    public ModelTlb Model => _state.Model;

    public bool Holds(FrameNumber frame) => Model.Reaches(frame);

    public void Flush(PendingFlush pending) => _state.Spaces.FlushKernel(Model.Instructions, pending);

    public void Flush(ref SpaceTag space, PendingFlush pending)
    {
        if (pending.IsNone) return;
        space.CountFlush();
        _state.Spaces.Flush(Model.Instructions, space.Id, space.Generation, pending);
    }

    public void Flush(ref SpaceTag space, in FlushBatch batch)
    {
        if (batch.Plan == FlushPlan.Nothing) return;
        space.CountFlush();
        _state.Spaces.Flush(Model.Instructions, space.Id, space.Generation, in batch);
    }

    public void Switch(PhysAddr root, ref SpaceTag space) => SwitchAndTell(root, in space);

    public HeldTranslations SwitchAndTell(PhysAddr root, in SpaceTag space) =>
        _state.Spaces.Switch(Model.Instructions, root, space.Id, space.Generation);

    public bool IsLoaded(in SpaceTag space) => _state.Spaces.IsLoaded(space.Id);

    public void Dispose() => _state.Slots.Dispose();

    private sealed class State
    {
        public LoadedSpaces Spaces;

        public State(ModelTlb model, int numbers, in SpaceTag space)
        {
            Model = model;
            Slots = new NativeArray<SpaceSlot>(numbers);
            Spaces = new LoadedSpaces(Slots.Items, space.Id, 0);
        }

        public ModelTlb Model { get; }

        public NativeArray<SpaceSlot> Slots { get; }
    }
}
