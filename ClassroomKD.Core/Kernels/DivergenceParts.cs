using static TorchSharp.torch;

namespace ClassroomKD.Kernels;

/// <summary>What an implementation of <see cref="MultiMentorDivergence"/> gets: one type, one device.</summary>
internal readonly struct DivergenceInput
{
    public DivergenceInput(in MultiMentorDivergenceArguments arguments, Tensor student, ScalarType type)
    {
        Student = student;
        Mentors = ComputeType.CastAll(arguments.Mentors, type);
        Weights = ComputeType.Cast(arguments.Weights, type);
        Temperatures = ComputeType.Cast(arguments.Temperatures, type);
        StudentTemperatures = arguments.StudentTemperatures is { } own ? ComputeType.Cast(own, type) : Temperatures;
        Scale = arguments.Scale;
    }

    public Tensor Student { get; }

    public IReadOnlyList<Tensor> Mentors { get; }

    public Tensor Weights { get; }

    public Tensor Temperatures { get; }

    public Tensor StudentTemperatures { get; }

    public double Scale { get; }
}

/// <summary>What it gives: <c>[R]</c>, <c>[M, R]</c> and, if asked for, dLoss/dStudent <c>[R, C]</c>; all without graph.</summary>
internal readonly record struct DivergenceParts(Tensor Loss, Tensor PerMentor, Tensor? Gradient);
