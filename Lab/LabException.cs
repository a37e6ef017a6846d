using System;

namespace MemOS.Lab;

/// <summary>What the user gave cannot be worked on; the message says why.</summary>
public sealed class LabException(string message) : Exception(message);
