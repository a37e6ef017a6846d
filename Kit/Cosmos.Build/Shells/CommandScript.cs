using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Cosmos.Build.Shells;

/// <summary>Commands to type one by one, from one line of text.</summary>
public static class CommandScript
{
    /// <summary>Splits at semicolons that are not inside quotes; the quotes stay.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        List<string> commands = [];
        StringBuilder command = new();
        char quote = '\0';
        foreach (char c in text)
        {
            if (c == ';' && quote == '\0')
            {
                commands.Add(command.ToString());
                command.Clear();
                continue;
            }

            quote = quote == '\0' && c is '"' or '\'' ? c : c == quote ? '\0' : quote;
            command.Append(c);
        }

        commands.Add(command.ToString());
        return [.. commands.Select(one => one.Trim()).Where(one => one.Length > 0)];
    }

    /// <summary>The commands up to and including the first that ends the machine; `poweroff` is added when there is none.</summary>
    public static IReadOnlyList<string> WithPowerOff(IReadOnlyList<string> commands)
        => commands.Any(EndsMachine) ? commands : [.. commands, "poweroff"];

    /// <summary>Whether the prompt is not expected back.</summary>
    public static bool EndsMachine(string command) => command is "poweroff" or "reboot";
}
