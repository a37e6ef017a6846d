using MemOS.Boot;
using MemOS.Memory.Frames;
using MemOS.Memory.Numa;

namespace MemOS.Tests.Fakes;

/// <summary>Plans with the allocator that the kernel takes when nobody chose.</summary>
public static class HostPlan
{
    public static FramePlan Of(ZonePreset preset) => Of(ZoneLayout.Of(preset));

    public static FramePlan Of(ZoneLayout layout) => Of(layout, default);

    public static FramePlan Of(ZoneLayout layout, in Topology topology)
    {
        FrameAllocatorKind allocator = FrameAllocators.FindOrDefault(default);
        return new FramePlan(in layout, in topology, in allocator);
    }
}
