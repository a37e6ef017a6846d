using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Cosmos.Build.Tools;

namespace Cosmos.Build.Machines;

/// <summary>QEMU's control socket: commands, and why the machine stopped.</summary>
internal sealed class QmpMonitor : IDisposable
{
    private static readonly TimeSpan s_replyLimit = TimeSpan.FromSeconds(20);

    private readonly NetworkStream _stream;
    private readonly StreamWriter _writer;
    private readonly BlockingCollection<JsonObject> _replies = [];
    private readonly Task _reader;

    public QmpMonitor(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _writer = new StreamWriter(_stream) { AutoFlush = true };
        _reader = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
        Execute("qmp_capabilities", []);
    }

    /// <summary>QEMU's word for why it shut down, such as <c>guest-reset</c>; null before.</summary>
    public string? ShutdownReason { get; private set; }

    /// <summary>Waits for what QEMU still has to say, when it has ended.</summary>
    public void Drain() => _reader.Wait(TimeSpan.FromSeconds(5));

    /// <summary>Runs a command; what it answers.</summary>
    public JsonNode? Execute(string command, JsonObject arguments)
    {
        JsonObject request = new() { ["execute"] = command, ["arguments"] = arguments };
        try
        {
            _writer.WriteLine(request.ToJsonString());
        }
        catch (IOException)
        {
            throw new ToolException($"QEMU has ended and cannot execute {command}");
        }

        if (!_replies.TryTake(out JsonObject? reply, s_replyLimit))
        {
            throw new ToolException($"QEMU did not answer {command}");
        }

        if (reply["error"] is JsonNode error)
        {
            throw new ToolException($"QEMU refused {command}: {error["desc"]}");
        }

        return reply["return"];
    }

    public void Dispose()
    {
        _stream.Dispose();
        _reader.Wait(TimeSpan.FromSeconds(5));
        _replies.Dispose();
    }

    private void Read()
    {
        try
        {
            using StreamReader reader = new(_stream, leaveOpen: true);
            while (reader.ReadLine() is string line)
            {
                JsonObject message = JsonNode.Parse(line)!.AsObject();
                if (message.ContainsKey("return") || message.ContainsKey("error"))
                {
                    _replies.Add(message);
                }
                else if ((string?)message["event"] == "SHUTDOWN")
                {
                    ShutdownReason = (string?)message["data"]?["reason"];
                }
            }
        }
        catch (Exception closing) when (closing is IOException or ObjectDisposedException or JsonException)
        {
            // QEMU has ended.
        }
        finally
        {
            _replies.CompleteAdding();
        }
    }
}
