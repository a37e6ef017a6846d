namespace MemOS.Lab.Frames;

/// <summary>A part of a synthetic trace, in which memory fills or empties and blocks of some sizes come and go.</summary>
/// <param name="Share">Its part of all operations; only the ratio to the other phases' counts.</param>
/// <param name="Level">The part of memory that is in use at its end, 0 to 1; it starts where the phase before ends.</param>
/// <param name="Youth">Which blocks are freed: any of them (0), or one of about so many that were allocated last.</param>
/// <param name="Sizes">The sizes of blocks, and how often each is wanted in relation to the others.</param>
internal sealed record TracePhase(double Share, double Level, int Youth, params (uint Frames, int Weight)[] Sizes);
