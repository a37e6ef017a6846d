using System;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;

namespace Cosmos.Build.Machines;

/// <summary>All that a machine has printed on its serial line, as plain text, and a place to wait for more of it.</summary>
public sealed class Transcript
{
    private readonly StringBuilder _text = new();
    private readonly Lock _orderOfEvents = new();
    private Action<string>? _followers;
    private bool _closed;

    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    /// <summary>No more will come: the line is closed.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_text)
            {
                return _closed;
            }
        }
    }

    /// <summary>Gives <paramref name="follower"/> the text so far, then each new piece, in order.</summary>
    public void Follow(Action<string> follower)
    {
        lock (_orderOfEvents)
        {
            follower(Text);
            _followers += follower;
        }
    }

    internal void Append(string piece)
    {
        lock (_orderOfEvents)
        {
            lock (_text)
            {
                _text.Append(piece);
                Monitor.PulseAll(_text);
            }

            _followers?.Invoke(piece);
        }
    }

    internal void Close()
    {
        lock (_text)
        {
            _closed = true;
            Monitor.PulseAll(_text);
        }
    }

    /// <summary>Waits until <paramref name="pattern"/> matches from <paramref name="start"/> on; null: closed or too late.</summary>
    public Match? WaitFor(Regex pattern, int start, TimeSpan limit)
    {
        long began = Stopwatch.GetTimestamp();
        lock (_text)
        {
            while (true)
            {
                Match match = pattern.Match(_text.ToString(start, _text.Length - start));
                if (match.Success)
                {
                    return match;
                }

                TimeSpan left = limit - Stopwatch.GetElapsedTime(began);
                if (_closed || left <= TimeSpan.Zero)
                {
                    return null;
                }

                Monitor.Wait(_text, left);
            }
        }
    }
}
