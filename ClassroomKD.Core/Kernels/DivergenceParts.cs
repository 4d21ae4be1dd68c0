namespace ClassroomKD.Kernels;

/// <summary>
/// What an implementation of <see cref="MultiMentorDivergence"/> gives: losses <c>[R]</c>, each mentor's part <c>[M, R]</c> and, if asked
/// for, the gradient <c>[R, C]</c> of the reduced loss, all without graph.
/// </summary>
internal readonly record struct DivergenceParts(Tensor Loss, Tensor PerMentor, Tensor? Gradient);
