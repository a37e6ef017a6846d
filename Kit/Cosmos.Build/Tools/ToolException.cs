using System;

namespace Cosmos.Build.Tools;

/// <summary>Something outside the project is missing or failed; the message says what to do and is all that the user sees.</summary>
public sealed class ToolException(string message) : Exception(message);
