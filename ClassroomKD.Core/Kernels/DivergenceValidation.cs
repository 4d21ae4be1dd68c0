namespace ClassroomKD.Kernels;

/// <summary>Refuses arguments of <see cref="MultiMentorDivergence"/> that do not fit together. Texts are made only on failure.</summary>
internal static class DivergenceValidation
{
    public static void Check(in MultiMentorDivergenceArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments.Student);
        ArgumentNullException.ThrowIfNull(arguments.Mentors);
        ArgumentNullException.ThrowIfNull(arguments.Weights);
        ArgumentNullException.ThrowIfNull(arguments.Temperatures);
        LogitsValidation.Check(arguments.Student, arguments.Mentors);
        var mentors = arguments.Mentors.Count;
        if (mentors == 0)
            throw new ArgumentException("At least one mentor's logits were expected, got none.", nameof(arguments));
        var rows = arguments.Student.size(0);
        CheckTable(arguments.Weights, mentors, rows, arguments.Student, nameof(arguments.Weights));
        CheckTable(arguments.Temperatures, mentors, rows, arguments.Student, nameof(arguments.Temperatures));
        if (arguments.StudentTemperatures is { } own)
            CheckTable(own, mentors, rows, arguments.Student, nameof(arguments.StudentTemperatures));
        if (!Enum.IsDefined(arguments.Reduction))
            throw new ArgumentException($"{arguments.Reduction}: a reduction (None, Mean or Sum) was expected.", nameof(arguments));
        if (!double.IsFinite(arguments.Scale) || arguments.Scale <= 0)
            throw new ArgumentException($"A finite Scale above 0 was expected, got {arguments.Scale}.", nameof(arguments));
    }

    private static void CheckTable(Tensor table, int mentors, long rows, Tensor student, string name)
    {
        if (table.dim() != 2 || table.size(0) != mentors || table.size(1) != rows)
            throw new ArgumentException(
                $"{name}: shape [{mentors}, {rows}] (mentors, rows) was expected, got {LogitsValidation.Shape(table)}.");
        if (!table.is_floating_point())
            throw new ArgumentException($"{name}: a floating type was expected, got {table.dtype}.");
        LogitsValidation.CheckDevice(table, student, name);
    }
}
