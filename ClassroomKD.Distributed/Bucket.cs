using TorchSharp.Modules;

namespace ClassroomKD.Distributed;

/// <summary>Gradients of parameters that follow each other, one after the other in one tensor.</summary>
internal sealed class Bucket : IDisposable
{
    private readonly ArraySegment<Parameter> parameters;
    private readonly int first;
    private readonly Tensor flat;
    private readonly Tensor[] views;

    public Bucket(Parameter[] all, int first, int count)
    {
        (parameters, this.first) = (new(all, first, count), first);
        using var noGradient = no_grad();
        flat = zeros(parameters.Sum(parameter => parameter.numel()), parameters[0].dtype, parameters[0].device).DetachFromDisposeScope();
        views = new Tensor[count];
        for (long i = 0, at = 0; i < count; i++)
        {
            var parameter = parameters[(int)i];
            using var slice = flat.narrow(0, at, parameter.numel());
            views[i] = slice.view(parameter.shape).DetachFromDisposeScope();
            at += parameter.numel();
        }
    }

    /// <summary>Packs this rank's gradients, times its samples, and begins to add those of all ranks up.</summary>
    public IPendingReduction BeginSum(IProcessGroup group, Tensor samples)
    {
        for (var i = 0; i < views.Length; i++)
        {
            if (parameters[i].grad is { } gradient)
                views[i].copy_(gradient);
            else
                views[i].zero_();
        }

        // A part without samples may have gradients that are no numbers.
        flat.mul_(samples.to_type(flat.dtype)).masked_fill_(samples.eq(Scalars.Zero), Scalars.Zero);
        return group.BeginAllReduce(flat);
    }

    /// <summary>Gives the parameters the mean.</summary>
    /// <param name="samples">Of all ranks.</param>
    /// <param name="present">Which of all parameters have a gradient on some rank.</param>
    public void Return(Tensor samples, bool[] present)
    {
        flat.div_(samples.to_type(flat.dtype));
        for (var i = 0; i < views.Length; i++)
        {
            if (!present[first + i])
                continue;
            if (parameters[i].grad is { } gradient)
                gradient.copy_(views[i]);
            else
                parameters[i].grad = views[i].clone();
        }
    }

    public void Dispose()
    {
        Array.ForEach(views, view => view.Dispose());
        flat.Dispose();
    }
}
