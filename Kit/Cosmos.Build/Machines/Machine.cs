using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Machines;

/// <summary>A running emulator whose serial line this program holds.</summary>
public abstract class Machine : IDisposable
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly NetworkStream _serial;
    private readonly Task<string> _errors;
    private readonly Task _serialReader;
    private readonly Action<ReadOnlyMemory<byte>>? _serialObserver;
    private MachineEnd? _forcedEnd;
    private bool _disposed;

    /// <summary>Starts the emulator, which connects back to <paramref name="serialListener"/>.</summary>
    private protected Machine(
        string folder, Socket serialListener, ProcessStartInfo start, Action<ReadOnlyMemory<byte>>? serialObserver)
    {
        _serialObserver = serialObserver;
        Folder = folder;
        _process = StartProcess(start);
        _errors = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
        _process.StandardInput.Close();
        try
        {
            _serial = new NetworkStream(Accept(serialListener), ownsSocket: true);
        }
        catch
        {
            Stop();
            Directory.Delete(folder, recursive: true);
            throw;
        }

        AppDomain.CurrentDomain.ProcessExit += StopWithThisProgram;
        _serialReader = Task.Factory.StartNew(ReadSerial, TaskCreationOptions.LongRunning);
    }

    /// <summary>What it has printed.</summary>
    public Transcript Serial { get; } = new();

    /// <summary>How the run ended; null while it runs.</summary>
    public MachineEnd? End => !_process.HasExited ? null : _forcedEnd ?? EndOf(_process.ExitCode);

    /// <summary>What the emulator itself complained of; empty while it runs.</summary>
    public string EmulatorMessage => _process.HasExited ? _errors.Result.Trim() : "";

    /// <summary>Holds the emulator's sockets and logs; deleted with the machine.</summary>
    private protected string Folder { get; }

    /// <summary>Starts the machine; <paramref name="serialObserver"/> is given each piece of its serial output as it comes.</summary>
    public static Machine Start(MachineOptions options, Action<ReadOnlyMemory<byte>>? serialObserver = null)
    {
        options.Validate();
        return options.Emulator == Emulator.Bochs ? BochsMachine.Start(options, serialObserver) : QemuMachine.Start(options, serialObserver);
    }

    /// <summary>Sends text as if typed at the other end of the serial line.</summary>
    public void Type(string text)
    {
        try
        {
            _serial.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // The machine has ended; End says how.
        }
    }

    /// <summary>Writes what the screen shows as a PNG file.</summary>
    /// <exception cref="ToolException">The emulator cannot, or has ended.</exception>
    public abstract void Screenshot(string path);

    /// <summary>What the emulator's own monitor answers to <paramref name="command"/>, in the emulator's words.</summary>
    /// <exception cref="ToolException">The emulator has none that answers, or has ended.</exception>
    public abstract string Ask(string command);

    /// <summary>Null when it still runs after <paramref name="limit"/>.</summary>
    public MachineEnd? WaitForEnd(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit < TimeSpan.Zero ? TimeSpan.Zero : limit))
        {
            return null;
        }

        _serialReader.Wait(TimeSpan.FromSeconds(5));
        return End;
    }

    /// <summary>Stops a machine that still runs.</summary>
    public void Stop() => Stop(MachineEnd.Stopped);

    private protected void Stop(MachineEnd end)
    {
        if (!_process.HasExited)
        {
            _forcedEnd ??= end;
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        AppDomain.CurrentDomain.ProcessExit -= StopWithThisProgram;
        Stop();
        Close();
        _serial.Dispose();
        _serialReader.Wait(TimeSpan.FromSeconds(5));
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected abstract MachineEnd EndOf(int exitCode);

    private protected virtual void Close()
    {
    }

    private protected static ProcessStartInfo Command(ExternalTool tool) => new(tool.Locate())
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    };

    /// <summary>The emulator connects while it starts; one that refuses its arguments ends instead.</summary>
    private protected Socket Accept(Socket listener)
    {
        long began = Stopwatch.GetTimestamp();
        while (!listener.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
        {
            if (_process.HasExited)
            {
                throw new ToolException($"{Path.GetFileName(_process.StartInfo.FileName)} ended with exit code {_process.ExitCode}: {StartFailure()}");
            }

            if (Stopwatch.GetElapsedTime(began) > s_connectLimit)
            {
                throw new ToolException($"{_process.StartInfo.FileName} did not open its serial line");
            }
        }

        return listener.Accept();
    }

    private protected virtual string StartFailure() => EmulatorMessage;

    private static Process StartProcess(ProcessStartInfo start)
        => Process.Start(start) ?? throw new ToolException($"{start.FileName} could not be started");

    private void StopWithThisProgram(object? sender, EventArgs arguments) => Stop();

    private void ReadSerial()
    {
        byte[] bytes = new byte[4096];
        char[] chars = new char[4096];
        Decoder decoder = Encoding.UTF8.GetDecoder();
        AnsiFilter filter = new();
        try
        {
            while (_serial.Read(bytes) is int count and > 0)
            {
                _serialObserver?.Invoke(bytes.AsMemory(0, count));
                int length = decoder.GetChars(bytes, 0, count, chars, 0);
                Serial.Append(filter.Filter(new string(chars, 0, length)));
            }
        }
        catch (Exception closing) when (closing is IOException or ObjectDisposedException)
        {
            // An emulator that ends may reset the connection instead of closing it.
        }
        finally
        {
            Serial.Close();
        }
    }
}
