using System.Runtime.InteropServices;

namespace ClassroomKD;

/// <summary>The model that learns.</summary>
/// <typeparam name="TAnswer">What the model answers with; the same as its mentors'.</typeparam>
/// <remarks>It owns and disposes its module. A trainer may go without it and hand its own model's answer to the classroom.</remarks>
public class Student<TAnswer> : IDisposable
{
    private readonly nn.IModule<Tensor, TAnswer> forward;
    private bool disposed;

    /// <summary>A student from a module.</summary>
    /// <param name="name">What reports and files call it.</param>
    /// <param name="module">The model to train, a TorchSharp module; the student takes ownership.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or the module is not an <c>nn.Module</c>.</exception>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    public Student(string name, nn.IModule<Tensor, TAnswer> module)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(module);
        AnswerTensors.RequireFindable<TAnswer>(name);
        Name = name;
        forward = module;
        Module = module as nn.Module
            ?? throw new ArgumentException($"An nn.Module was expected, which can be trained; got {module.GetType()}.", nameof(module));
        RequireAlive();
    }

    /// <summary>What reports and files call it.</summary>
    public string Name { get; }

    /// <summary>The model, for optimizers and for export.</summary>
    public nn.Module Module { get; }

    /// <summary>How many numbers the model learns.</summary>
    public long ParameterCount => Module.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel());

    /// <summary>
    /// Answers a batch while learning: in training mode and with gradient. Parts that their owner switched to evaluation mode, such as
    /// frozen batch normalization, stay in it, unless the whole model is in it.
    /// </summary>
    /// <param name="input">A batch <c>[B, ...]</c> on the model's device.</param>
    /// <returns>The answer, part of the graph, owned by the caller's dispose scope.</returns>
    /// <exception cref="ObjectDisposedException">The student or its model was disposed.</exception>
    /// <exception cref="InvalidOperationException">The model cannot answer this input.</exception>
    public TAnswer Answer(Tensor input) => Forward(input, Learning);

    /// <summary>Answers a batch in an exam: in evaluation mode and without gradient. Every part of the model then has the mode that it had
    /// before.</summary>
    /// <param name="input">A batch <c>[B, ...]</c> on the model's device.</param>
    /// <returns>The answer, owned by the caller's dispose scope.</returns>
    /// <exception cref="ObjectDisposedException">The student or its model was disposed.</exception>
    /// <exception cref="InvalidOperationException">The model cannot answer this input.</exception>
    public TAnswer Examine(Tensor input)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return AnswerTensors.MoveToOuter(scope, Forward(input, Examined));
    }

    /// <summary>Writes parameters and buffers as safetensors, whole or not at all. <c>module.LoadWeights(path)</c> reads them.</summary>
    /// <param name="path">The file; an existing one is replaced only once the new one is complete.</param>
    /// <param name="card">What the weights are, to go along; <see cref="ModelCard.Read"/> reads it. Default null: weights alone.</param>
    /// <exception cref="ArgumentException">The card is incomplete or contradicts itself.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The student or its model was disposed.</exception>
    public void Save(string path, ModelCard? card = null)
    {
        RequireAlive();
        SafetensorsFile.Write(path, Module.state_dict(), card?.ToMetadata());
    }

    /// <summary>Disposes the model.</summary>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        Module.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <exception cref="ObjectDisposedException">The student or its model was disposed.</exception>
    internal void RequireAlive() => LivingModule.Require(Module, "student", Name);

    // libtorch says neither whose model failed nor what came.
    private TAnswer Forward(Tensor input, Func<Tensor, TAnswer> answer)
    {
        ArgumentNullException.ThrowIfNull(input);
        try
        {
            return answer(input);
        }
        catch (Exception exception)
        {
            RequireAlive();
            if (exception is not ExternalException)
                throw;
            throw new InvalidOperationException(
                $"Student '{Name}' failed to answer an input of shape [{string.Join(", ", input.shape)}], {input.dtype} on {input.device}" +
                $"{(input.is_floating_point() ? "" : "; images without normalization are bytes, set the loader's Normalization")}: " +
                LibTorchMessage.Of(exception),
                exception);
        }
    }

    private TAnswer Learning(Tensor input)
    {
        if (!Module.training)
            Module.train();
        return forward.call(input);
    }

    private TAnswer Examined(Tensor input)
    {
        (nn.Module Part, bool Training)[] modes = [.. Module.modules().Prepend(Module).Select(part => (part, part.training))];
        Module.eval();
        try
        {
            return forward.call(input);
        }
        finally
        {
            // A module comes before its parts, which it switches too.
            foreach (var (part, training) in modes)
                if (part.training != training)
                    part.train(training);
        }
    }
}

/// <summary>The model that learns, answering with one tensor: see <see cref="Student{TAnswer}"/>.</summary>
/// <param name="name">What reports and files call it.</param>
/// <param name="module">The model to train; the student takes ownership.</param>
public sealed class Student(string name, nn.IModule<Tensor, Tensor> module) : Student<Tensor>(name, module);
