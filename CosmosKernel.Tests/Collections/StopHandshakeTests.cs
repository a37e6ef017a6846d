using System;
using System.Diagnostics;
using System.Threading;
using MemOS.Collections;
using NUnit.Framework;

namespace MemOS.Tests.Collections;

/// <summary>The handshake with threads as processors: who has claimed the stop is alone as long as all others are parked.</summary>
public sealed class StopHandshakeTests
{
    private const int Processors = 4;
    private const int StopsEach = 300;
    private const int LineWords = 32;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly int[] _states = new int[Processors * LineWords];
    private readonly long[] _shared = new long[2];
    private int _owner;
    private int _stops;
    private int _torn;
    private int _running;

    [Test]
    public void Nobody_goes_on_while_one_has_stopped_all()
    {
        _running = Processors;
        Thread[] threads = new Thread[Processors];
        for (int i = 0; i < Processors; i++)
        {
            int number = i;
            threads[i] = new Thread(() => Run(number));
            threads[i].Start();
        }

        foreach (Thread thread in threads) Assert.That(thread.Join(s_limit), Is.True, "a thread hangs");
        Assert.That(_stops, Is.EqualTo(Processors * StopsEach));
        Assert.That(_torn, Is.Zero, "times that another one wrote, or its writes were not seen");
    }

    [Test]
    public void One_that_is_let_go_before_it_came_finds_nothing_to_do()
    {
        MachineWords words = default;
        int state = StopHandshake.Runs;
        StopHandshake.Ask(words, ref state);
        StopHandshake.LetGo(words, ref state);
        Assert.That(StopHandshake.TryPark(words, ref state), Is.False);
        Assert.That(StopHandshake.MayGo(words, ref state), Is.True);
    }

    [Test]
    public void One_that_is_asked_anew_parks_again_where_it_stands()
    {
        MachineWords words = default;
        int state = StopHandshake.Runs;
        StopHandshake.Ask(words, ref state);
        Assert.That(StopHandshake.TryPark(words, ref state), Is.True);
        StopHandshake.LetGo(words, ref state);
        StopHandshake.Ask(words, ref state);
        Assert.That(StopHandshake.IsParked(words, ref state), Is.False);
        Assert.That(StopHandshake.MayGo(words, ref state), Is.False);
        Assert.That(StopHandshake.IsParked(words, ref state), Is.True);
    }

    [Test]
    public void Only_one_can_have_the_claim()
    {
        MachineWords words = default;
        int owner = 0;
        Assert.That(StopHandshake.TryClaim(words, ref owner, 0), Is.True);
        Assert.That(StopHandshake.TryClaim(words, ref owner, 1), Is.False);
        StopHandshake.GiveUp(words, ref owner);
        Assert.That(StopHandshake.TryClaim(words, ref owner, 1), Is.True);
    }

    private void Run(int number)
    {
        ref int state = ref _states[number * LineWords];
        for (int done = 0; done < StopsEach;)
        {
            Work(ref state);
            if (!StopHandshake.TryClaim(default(MachineWords), ref _owner, number)) continue;
            if (StopOthers(number)) done++;
        }

        Interlocked.Decrement(ref _running);
        while (Volatile.Read(ref _running) != 0) Work(ref state);
    }

    // Writes two words that are equal whenever all are stopped; without a lock, so only one at a time may be here by the claim.
    private bool StopOthers(int number)
    {
        for (int i = 0; i < Processors; i++)
        {
            if (i != number) StopHandshake.Ask(default(MachineWords), ref _states[i * LineWords]);
        }

        Stopwatch watch = Stopwatch.StartNew();
        bool areParked = false;
        while (!areParked && watch.Elapsed < s_limit)
        {
            areParked = true;
            for (int i = 0; i < Processors; i++) areParked &= i == number || StopHandshake.IsParked(default(MachineWords), ref _states[i * LineWords]);
            if (!areParked) Thread.Yield();
        }

        if (_shared[0] != _shared[1] || !areParked) _torn++;
        _shared[0]++;
        Thread.SpinWait(20);
        _shared[1]++;
        _stops++;
        for (int i = 0; i < Processors; i++)
        {
            if (i != number) StopHandshake.LetGo(default(MachineWords), ref _states[i * LineWords]);
        }

        StopHandshake.GiveUp(default(MachineWords), ref _owner);
        return true;
    }

    private void Work(ref int state)
    {
        if (!StopHandshake.TryPark(default(MachineWords), ref state))
        {
            if (Volatile.Read(ref _shared[0]) != Volatile.Read(ref _shared[1])) Interlocked.Increment(ref _torn);
            return;
        }

        while (!StopHandshake.MayGo(default(MachineWords), ref state)) Thread.Yield();
    }
}
