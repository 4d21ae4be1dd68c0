namespace ClassroomKD;

/// <summary>The named settings of the method (method, "Presets"). Whatever an option leaves open is as its preset says.</summary>
public enum ClassroomPreset
{
    /// <summary>The paper's: per sample, a mentor teaches where it ranks at least as high as the student and is right.</summary>
    Paper,

    /// <summary>Per sample; a mentor teaches where it ranks at least as high as the student, right or wrong.</summary>
    Sample,

    /// <summary>One performance per model for the whole batch; a mentor teaches where it ranks at least as high as the student.</summary>
    Batch,

    /// <summary>As <see cref="Batch"/>, with shares of performance rounded to two decimals: the authors' released code.</summary>
    ReleasedCode,

    /// <summary>
    /// As <see cref="Batch"/>, with the truth at full weight, weights that add up to 1 over the mentors that teach a sample, made from
    /// what the task states (<see cref="IDistillationTask{TAnswer, TTarget}.RecommendedWeighting"/>), and no temperature above what it
    /// states (<see cref="IDistillationTask{TAnswer, TTarget}.RecommendedMaxTemperature"/>, 4 for logits). Why, and what it was
    /// compared with: docs/concepts.md, "Presets and ablations".
    /// </summary>
    Recommended,
}

/// <summary>The factor of the task's loss (method, step 6).</summary>
public enum TaskCoefficient
{
    /// <summary>The student's own performance, not normalized: the better it does, the more the truth counts beside the mentors.</summary>
    StudentPerformance,

    /// <summary>1, as in ordinary distillation (ablation).</summary>
    One,

    /// <summary>0: the student learns from its mentors alone.</summary>
    Zero,
}
