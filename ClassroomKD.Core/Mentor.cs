using System.Text.Json;
using System.Text.Json.Serialization;
using ClassroomKD.Networks;

namespace ClassroomKD;

/// <summary>A frozen model that teaches: it answers without gradient, in evaluation mode, and is never trained.</summary>
/// <typeparam name="TAnswer">What the model answers with: a <see cref="Tensor"/>, a tuple of tensors, or a type of a task.</typeparam>
/// <remarks>
/// A mentor is made from a TorchSharp module, a <see cref="TorchScript"/> or ONNX file (package ClassroomKD.Onnx), or a function. It owns
/// the module: it freezes it at construction (evaluation mode, no parameter requires a gradient), puts it back into evaluation mode before
/// an answer if a part of it was switched to training, and disposes it. It answers by the weights that the module has: those that were
/// loaded, changed or moved afterwards are the ones that it answers by from then on, all of them. Several threads may share a mentor; it
/// answers one batch at a time.
/// </remarks>
public class Mentor<TAnswer> : IDisposable
{
    // What is no number is refused by name where it is used.
    private static readonly JsonSerializerOptions AnyNumber = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly Func<Tensor, TAnswer> forward;
    private readonly IDisposable? owned;
    private readonly nn.Module? module;
    private readonly nn.Module[] parts;
    private readonly PreparedNetwork? prepared;
    private readonly InputAdapter? adapter;
    private readonly AnswerForm form;
    private readonly Device? device;
    private readonly string settings;
    private bool disposed;

    /// <summary>A mentor from a module: TorchSharp's, a TorchScript file's, an ONNX file's.</summary>
    /// <param name="name">The name that reports, logs and exceptions call it by; unique within a classroom.</param>
    /// <param name="module">The model. The mentor takes ownership, freezes it and disposes it.</param>
    /// <param name="options">How the mentor differs from the student, and how it computes. Default: no difference.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="name"/> is empty, an option is out of range, or a type of computation is wanted of a module that cannot be prepared.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    public Mentor(string name, nn.IModule<Tensor, TAnswer> module, MentorOptions? options = null)
        : this(name, (module ?? throw new ArgumentNullException(nameof(module))).call, module as IDisposable, options)
    {
        var inference = options?.Inference ?? new();
        if (inference.Type is not (null or ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16))
            throw new ArgumentException($"Mentor '{name}': a floating Inference.Type was expected, got {inference.Type}.", nameof(options));
        var prepare = inference.Prepare && TensorVersion.CanBeRead;
        if (prepare && module is IDescribedModule<TAnswer> { Network: { } network } described && network.Owner.parameters().Any())
        {
            prepared = new PreparedNetwork(network, inference.Type);
            forward = input => described.Answer(input, prepared.Run);
        }
        else if (prepare && LayeredNetwork.Of(module) is { } layers && typeof(TAnswer) == typeof(Tensor))
        {
            prepared = new PreparedNetwork(layers, inference.Type);
            forward = input => (TAnswer)(object)prepared.Run(input)[0];
        }
        else if (inference.Type is { } type)
        {
            throw new ArgumentException(
                $"Mentor '{name}': only a {nameof(NetworkModule)}, what holds one, or a Sequential of known layers, with Prepare = true, " +
                $"can answer in {type}; " +
                $"the module is {module.GetType().Name}.",
                nameof(options));
        }
    }

    /// <summary>A mentor from a function: a remote model, an ensemble.</summary>
    /// <param name="name">The name that reports, logs and exceptions call it by; unique within a classroom.</param>
    /// <param name="answer">Gives the answer to a batch of inputs. It is called without gradient tracking, inside a dispose scope.</param>
    /// <param name="options">How the mentor differs from the student. Default: no difference.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or an option is out of range.</exception>
    public Mentor(string name, Func<Tensor, TAnswer> answer, MentorOptions? options = null)
        : this(name, answer ?? throw new ArgumentNullException(nameof(answer)), null, options)
    {
    }

    private protected Mentor(string name, Func<Tensor, TAnswer> forward, IDisposable? owned, MentorOptions? options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        AnswerTensors.RequireFindable<TAnswer>(name);
        Name = name;
        Classes = options?.Classes;
        (form, device) = (options?.Answers ?? AnswerForm.Logits, options?.Device);
        options?.Check(name, typeof(TAnswer));
        settings = JsonSerializer.Serialize(
            new { options?.Input, Type = options?.Inference.Type?.ToString(), Answers = form == AnswerForm.Logits ? null : $"{form}" },
            AnyNumber);
        adapter = options?.Input is { } stated ? new InputAdapter(stated) : null;
        this.forward = forward;
        this.owned = owned;
        module = owned as nn.Module;
        if (module is not null)
            LivingModule.Require(module, "mentor", name);
        parts = module is null ? [] : [module, .. module.modules()];
        if (module is null)
            return;
        module.eval();
        foreach (var parameter in module.parameters())
            parameter.requires_grad_(false);
    }

    /// <summary>The name that reports, logs and exceptions call it by.</summary>
    public string Name { get; }

    /// <summary>Which of the mentor's classes are which of the student's. The task applies it to the answers.</summary>
    /// <value>Null: both have the same classes.</value>
    public ClassMap? Classes { get; }

    /// <summary>The number of the model's parameters.</summary>
    /// <value>Null: the model is no TorchSharp module, such as a function or an ONNX file.</value>
    public long? ParameterCount => module?.parameters().Sum(parameter => parameter.numel());

    /// <summary>
    /// Tells mentors apart whose answers differ: the checksum of the model's weights, and the input and precision that the options state.
    /// Reading it reads all weights.
    /// </summary>
    /// <value>A model that is no TorchSharp module, such as a function, is told apart by its type alone.</value>
    /// <exception cref="ObjectDisposedException">The mentor or its model was disposed.</exception>
    internal virtual string Fingerprint
    {
        get
        {
            RequireAlive();
            if (module is not null)
                LivingModule.Require(module, "mentor", Name);
            return Sha256.OfTensors(module?.state_dict() ?? [], $"{owned?.GetType().Name ?? "function"} {settings}");
        }
    }

    /// <summary>What a resumed training must find as it was. The class map is an entry of its own: a recording may have another.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Identity
    {
        get
        {
            yield return new($"mentor.{Name}", Fingerprint);
            if (Reading is { Length: > 0 } reading)
                yield return new($"reading.{Name}", reading);
            if (Classes is not null)
                yield return new($"classes.{Name}", Classes.Fingerprint);
        }
    }

    /// <summary>How the answer is read from what the model gives, as a text; null or empty: that is the answer.</summary>
    private protected virtual string? Reading => (module as IDescribedModule<TAnswer>)?.Reading;

    /// <summary>The model, if it is a TorchSharp module.</summary>
    internal nn.Module? Module => module;

    /// <summary>Held while it answers and while it is disposed.</summary>
    private protected Lock Answering { get; } = new();

    /// <summary>Answers a batch, in evaluation mode and without gradient.</summary>
    /// <param name="input">
    /// A batch <c>[B, ...]</c> as the student takes it, on the model's device or where <see cref="MentorOptions.Device"/> is stated on any;
    /// <see cref="MentorOptions.Input"/> adapts it to the mentor.
    /// </param>
    /// <returns>The answer, in the mentor's own classes, on the batch's device. The caller's dispose scope owns it.</returns>
    /// <exception cref="ObjectDisposedException">The mentor was disposed.</exception>
    /// <exception cref="MentorException">The model failed on this input, was disposed, or answered with null or a disposed
    /// tensor.</exception>
    public TAnswer Answer(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        lock (Answering)
        {
            RequireAlive();
            using var noGradient = no_grad();
            using var scope = NewDisposeScope();
            try
            {
                KeepFrozen();
                return AnswerTensors.MoveToOuter(scope, Forward(input));
            }
            catch (Exception exception) when (exception is not MentorException)
            {
                var reason = module is not null && (exception is ObjectDisposedException || LivingModule.IsGone(module))
                    ? "its model was disposed, though the mentor owns it"
                    : LibTorchMessage.Of(exception);
                throw new MentorException(
                    $"Mentor '{Name}' failed to answer an input of shape [{string.Join(", ", input.shape)}], {input.dtype} on " +
                    $"{input.device}: {reason}",
                    exception);
            }
        }
    }

    /// <summary>Answers a batch of which more is known than the input.</summary>
    internal virtual TAnswer Answer(in MentorQuestion question) => Answer(question.Input);

    /// <summary>Is told of a lesson of which this process has no sample, but others have.</summary>
    internal virtual void AnswerNothing(long lesson)
    {
    }

    /// <summary>Disposes the model.</summary>
    public void Dispose()
    {
        lock (Answering)
        {
            if (disposed)
                return;
            disposed = true;
            prepared?.Dispose();
            owned?.Dispose();
            adapter?.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <exception cref="ObjectDisposedException">The mentor was disposed.</exception>
    private protected void RequireAlive()
    {
        if (disposed)
            throw new ObjectDisposedException(GetType().Name, $"Mentor '{Name}' was disposed and cannot be asked any more.");
    }

    private TAnswer Forward(Tensor input)
    {
        var batch = device is null ? input : input.to(device);
        var answer = forward(adapter?.Adapt(batch) ?? batch);
        if (AnswerTensors.Fault(answer) is { } fault)
            throw new MentorException($"Mentor '{Name}' answered with {fault}.");
        if (form == AnswerForm.Probabilities && answer is Tensor probabilities)
            answer = (TAnswer)(object)AnswerForms.Logits(probabilities);
        return device is null ? answer : AnswerTensors.Moved(answer, input.device);
    }

    // A parent that holds the model may have been switched to training mode since the last answer; batch statistics would then move.
    private void KeepFrozen()
    {
        foreach (var part in parts)
        {
            if (!part.training)
                continue;
            module!.eval();
            return;
        }
    }
}

/// <summary>A frozen model that teaches and answers with one tensor: see <see cref="Mentor{TAnswer}"/>.</summary>
public sealed class Mentor : Mentor<Tensor>
{
    /// <inheritdoc/>
    public Mentor(string name, nn.IModule<Tensor, Tensor> module, MentorOptions? options = null)
        : base(name, module, options)
    {
    }

    /// <inheritdoc/>
    public Mentor(string name, Func<Tensor, Tensor> answer, MentorOptions? options = null)
        : base(name, answer, options)
    {
    }
}
