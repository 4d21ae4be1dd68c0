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
        Upstream = arguments.Upstream;
    }

    public Tensor Student { get; }

    public IReadOnlyList<Tensor> Mentors { get; }

    public Tensor Weights { get; }

    public Tensor Temperatures { get; }

    public Tensor StudentTemperatures { get; }

    public double Scale { get; }

    /// <summary>What the gradient of each row is multiplied by.</summary>
    public double Upstream { get; }
}

/// <summary>What it gives: <c>[R]</c>, <c>[M, R]</c> and, if asked for, the gradient <c>[R, C]</c> of the reduced loss; all without graph.</summary>
internal readonly record struct DivergenceParts(Tensor Loss, Tensor PerMentor, Tensor? Gradient);
