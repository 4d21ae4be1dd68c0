using ClassroomKD.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels;

/// <summary>Random logits, weights and temperatures, and what the formula gives for them in plain float64 loops.</summary>
internal sealed class DivergenceCase : IDisposable
{
    public DivergenceCase(int rows, int classes, int mentors, int seed, double spread = 3, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        Tensor Draw(Func<double> next, params long[] shape) =>
            from_array(Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => next()).ToArray())
                .reshape(shape).to_type(type).DetachFromDisposeScope();

        double Logit() => spread * ((2 * random.NextDouble()) - 1);
        Student = Draw(Logit, rows, classes);
        Mentors = [.. Enumerable.Range(0, mentors).Select(_ => Draw(Logit, rows, classes))];
        Weights = Draw(() => random.Next(4) == 0 ? 0 : 2 * random.NextDouble(), mentors, rows);
        Temperatures = Draw(() => random.Next(3) == 0 ? 4 : 1 + (24 * random.NextDouble()), mentors, rows);
        StudentTemperatures = Draw(() => 1 + (24 * random.NextDouble()), mentors, rows);
        Upstream = Draw(() => random.NextDouble() - 0.3, rows);
    }

    public Tensor Student { get; }

    public Tensor[] Mentors { get; }

    public Tensor Weights { get; }

    public Tensor Temperatures { get; }

    public Tensor StudentTemperatures { get; }

    public Tensor Upstream { get; }

    public MultiMentorDivergenceArguments Arguments(
        KernelImplementation implementation, bool ownStudentTemperatures = false, double scale = 1) => new()
        {
            Student = Student,
            Mentors = Mentors,
            Weights = Weights,
            Temperatures = Temperatures,
            StudentTemperatures = ownStudentTemperatures ? StudentTemperatures : null,
            Scale = scale,
            Implementation = implementation,
        };

    /// <summary>The formula, and the gradient of <c>sum_i upstream_i L_i</c>.</summary>
    public (double[] Loss, double[] PerMentor, double[] Gradient) Expected(bool ownStudentTemperatures = false, double scale = 1)
    {
        var (rows, classes) = ((int)Student.size(0), (int)Student.size(1));
        var (student, weights, temperatures) = (Values(Student), Values(Weights), Values(Temperatures));
        var own = ownStudentTemperatures ? Values(StudentTemperatures) : temperatures;
        var upstream = Values(Upstream);
        var loss = new double[rows];
        var perMentor = new double[Mentors.Length * rows];
        var gradient = new double[rows * classes];
        for (var m = 0; m < Mentors.Length; m++)
        {
            var mentor = Values(Mentors[m]);
            for (var r = 0; r < rows; r++)
            {
                var cell = (m * rows) + r;
                if (weights[cell] == 0)
                    continue;
                var p = LogSoftmax(mentor.AsSpan(r * classes, classes), scale / temperatures[cell]);
                var q = LogSoftmax(student.AsSpan(r * classes, classes), scale / own[cell]);
                var divergence = 0.0;
                for (var c = 0; c < classes; c++)
                {
                    divergence += Math.Exp(p[c]) * (p[c] - q[c]);
                    gradient[(r * classes) + c] +=
                        upstream[r] * scale * weights[cell] * temperatures[cell] * (Math.Exp(q[c]) - Math.Exp(p[c]));
                }

                perMentor[cell] = weights[cell] * temperatures[cell] * own[cell] * divergence;
                loss[r] += perMentor[cell];
            }
        }

        return (loss, perMentor, gradient);
    }

    public static double[] Values(Tensor tensor)
    {
        using var doubles = tensor.detach().to_type(ScalarType.Float64).contiguous();
        return doubles.data<double>().ToArray();
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[Student, .. Mentors, Weights, Temperatures, StudentTemperatures, Upstream])
            tensor.Dispose();
    }

    private static double[] LogSoftmax(ReadOnlySpan<double> logits, double factor)
    {
        var scaled = logits.ToArray().Select(z => z * factor).ToArray();
        var max = scaled.Max();
        var normaliser = max + Math.Log(scaled.Sum(z => Math.Exp(z - max)));
        return [.. scaled.Select(z => z - normaliser)];
    }
}
