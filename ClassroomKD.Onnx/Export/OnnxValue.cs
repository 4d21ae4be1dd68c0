namespace ClassroomKD.Onnx;

/// <summary>A value of the graph: its name and sizes, with -1 for the batch. A constant has no batch.</summary>
internal readonly record struct OnnxValue(string Name, long[] Shape);
