using System.Runtime.CompilerServices;
using System.Threading;

namespace MemOS.SelfTest;

/// <content>Objects: trees of its own, and trees that all reach.</content>
internal sealed unsafe partial class ProcessorStressWorker
{
    private const int MostTrees = 128;
    private const int MostDepth = 6;
    private const int WalkSteps = 12;

    private readonly StressTree?[] _trees = new StressTree?[MostTrees];
    private int _made;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void StepObjects()
    {
        ref StressTree? own = ref _trees[_random.Below(MostTrees)];
        ref StressTree? shared = ref _board.Trees[_random.Below(ProcessorStressBoard.SharedTrees)];
        switch (_random.Below(8))
        {
            case < 3:
                own = NewTree(own, Volatile.Read(ref shared));
                break;
            case 3:
                own = null;
                break;
            case 4:
                own?.Cut();
                break;
            case 5:
                Volatile.Write(ref shared, own);
                break;
            case 6:
                Walk(Volatile.Read(ref shared));
                break;
            default:
                Walk(own);
                break;
        }
    }

    private StressTree NewTree(StressTree? left, StressTree? right) =>
        new(++_made, left?.Depth < MostDepth ? left : null, right?.Depth < MostDepth ? right : null, _random.Below(100));

    private void Walk(StressTree? tree)
    {
        for (int step = 0; step < WalkSteps && tree is not null; step++)
        {
            if (!tree.IsWell) Fail("an object is not what it was");
            tree = _random.Below(2) == 0 ? tree.Left : tree.Right;
        }
    }

    private void EndObjects()
    {
        for (int index = 0; index < MostTrees; index++)
        {
            Walk(_trees[index]);
            _trees[index] = null;
        }
    }
}
