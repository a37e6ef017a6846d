using MemOS.Boot;
using MemOS.Memory.Frames;

namespace MemOS.Tests.Fakes;

/// <summary>Plans of one node, with the allocator that the kernel takes when nobody chose.</summary>
public static class HostPlan
{
    public static FramePlan Of(ZonePreset preset) => Of(ZoneLayout.Of(preset));

    public static FramePlan Of(ZoneLayout layout)
    {
        FrameAllocatorKind allocator = FrameAllocators.FindOrDefault(default);
        return new FramePlan(in layout, default, in allocator);
    }
}
