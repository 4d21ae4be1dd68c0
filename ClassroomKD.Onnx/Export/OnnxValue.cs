namespace ClassroomKD.Onnx;

/// <summary>A value of the graph: its name and its sizes, the batch's as -1. A constant has no batch.</summary>
internal readonly record struct OnnxValue(string Name, long[] Shape);
