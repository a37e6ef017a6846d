using System.Collections.Generic;
using MemOS.Bench.Frames.Peers;
using MemOS.Memory.Frames;

namespace MemOS.Bench.Frames;

/// <summary>Who is measured.</summary>
internal static class FramePeers
{
    /// <summary>The peer that all others are compared with.</summary>
    public const string Floor = "freelist";

    /// <summary>A run of <paramref name="operation"/> for each peer, ready to start.</summary>
    public static IReadOnlyList<PeerRun> NewRuns(FrameOperation operation, ulong memoryFrames)
    {
        List<PeerRun> runs = [New(Floor, new FreeListPeer(memoryFrames, operation.Order)), New("memory", new MemoryPeer(memoryFrames))];
        AllocatorRuns allocators = new(runs, operation, memoryFrames);
        FrameAllocators.Visit(ref allocators);
        runs.Add(New("linear", new LinearBitmapPeer(memoryFrames)));
        runs.Add(New("glibc", new NativePeer("libc.so.6")));
        runs.Add(New("jemalloc", new NativePeer("libjemalloc.so.2")));
        return runs;

        PeerRun New<TPeer>(string name, TPeer peer)
            where TPeer : struct, IFramePeer
            => new PeerRun<TPeer>(name, peer, operation, memoryFrames);
    }

    /// <summary>What a peer is, for people.</summary>
    public static string Describe(string peer) => peer switch
    {
        Floor => "bare free list",
        "memory" => "MemOS, zones and cache",
        "linear" => "linear bitmap (MyOS)",
        "glibc" or "jemalloc" => peer + " aligned_alloc",
        _ => "MemOS " + peer,
    };

    private readonly struct AllocatorRuns(List<PeerRun> runs, FrameOperation operation, ulong memoryFrames) : IFrameAllocatorVisitor
    {
        public void Visit<TBlocks>(string name)
            where TBlocks : unmanaged, IBlockAllocator
            => runs.Add(new PeerRun<AllocatorPeer<TBlocks>>(name, new AllocatorPeer<TBlocks>(memoryFrames), operation, memoryFrames));
    }
}
