namespace ClassroomKD;

/// <summary>One tensor of a safetensors file, with bytes from <c>Begin</c> to <c>End</c>, counted from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);
