namespace ClassroomKD;

/// <summary>What the numbers are that a model answers with.</summary>
public enum AnswerForm
{
    /// <summary>Any numbers: logits, as losses expect them.</summary>
    Logits,

    /// <summary>Each answer is in [0, 1] and sums to 1 (within 0.01): the model ends in a softmax.</summary>
    Probabilities,

    /// <summary>No number is above 0 and the exponentials of each answer sum to 1 (within 0.01): the model ends in a log-softmax.</summary>
    LogProbabilities,
}
