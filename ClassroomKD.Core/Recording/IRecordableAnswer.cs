namespace ClassroomKD;

/// <summary>
/// An answer whose tensors say little without what is stated beside them, such as sizes and conventions. A recording keeps the statement,
/// so that the answer can be made again.
/// </summary>
public interface IRecordableAnswer
{
    /// <summary>What is needed to read the tensors, the same for all batches of one size of input.</summary>
    string Statement { get; }
}
