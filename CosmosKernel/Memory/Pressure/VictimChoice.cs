namespace MemOS.Memory.Pressure;

/// <summary>Chooses the process that is ended when memory is gone: the largest, and of those that are about as large the youngest.</summary>
/// <remarks>
/// <para>
/// A process weighs the pages that it has resident, since those come back, and by how much of the machine's memory it was marked: a thousandth
/// of it for each point, up or down. One that is marked with -1000 is never chosen (Linux's oom_score_adj, proc_pid_oom_score_adj(5)).
/// </para>
/// <para>
/// Whose weight is within an eighth of the heaviest is alike to it. Of those the youngest goes: it has done least, and a program that
/// multiplies is stopped where it grows.
/// </para>
/// <para>All candidates are shown twice: to <see cref="Weigh"/> first, then to <see cref="Offer"/>.</para>
/// </remarks>
public struct VictimChoice
{
    /// <summary>The mark of a process that is never chosen.</summary>
    public const int Spared = -1000;

    /// <summary>The mark of a process that is chosen before others.</summary>
    public const int First = 1000;

    private const int AlikeShift = 3;

    private readonly ulong _machinePages;
    private ulong _heaviest;

    /// <summary>A choice among the processes of a machine with so many pages.</summary>
    public VictimChoice(ulong machinePages)
    {
        _machinePages = machinePages;
        _heaviest = 0;
        Victim = 0;
    }

    /// <summary>The number of the process that was chosen; 0 when there is none.</summary>
    public int Victim { get; private set; }

    /// <summary>Weighs a candidate.</summary>
    /// <param name="residentPages">What comes back when it ends.</param>
    /// <param name="mark">From <see cref="Spared"/> to <see cref="First"/>.</param>
    public void Weigh(ulong residentPages, int mark)
    {
        ulong weight = WeightOf(residentPages, mark);
        if (weight > _heaviest) _heaviest = weight;
    }

    /// <summary>Takes a candidate if it is alike to the heaviest and younger than the one before.</summary>
    /// <param name="id">Its number: the younger, the higher.</param>
    /// <param name="residentPages">As it was weighed.</param>
    /// <param name="mark">As it was weighed.</param>
    public void Offer(int id, ulong residentPages, int mark)
    {
        ulong weight = WeightOf(residentPages, mark);
        if (weight != 0 && weight >= _heaviest - (_heaviest >> AlikeShift) && id > Victim) Victim = id;
    }

    // Who is not spared weighs at least 1: when nothing else is left, it can be chosen.
    private readonly ulong WeightOf(ulong residentPages, int mark)
    {
        if (mark <= Spared) return 0;
        ulong part = _machinePages / 1000 * (ulong)(mark < 0 ? -mark : mark);
        if (mark >= 0) return residentPages + part + 1;
        return residentPages > part ? residentPages - part + 1 : 1;
    }
}
