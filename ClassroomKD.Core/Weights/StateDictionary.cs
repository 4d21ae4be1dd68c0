using System.Collections;
using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>Named tensors in the order of their file, and what else the file says as text. Owns its tensors.</summary>
/// <remarks>
/// The tensors lie on the CPU in the type of the file, outside every dispose scope; <see cref="Dispose"/> releases them. Tensors of a
/// PyTorch file that share a storage share it here too: writing into one changes the other.
/// </remarks>
public sealed class StateDictionary : IReadOnlyDictionary<string, Tensor>, IDisposable
{
    private readonly OrderedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly List<string> leftOut = [];
    private bool disposed;

    /// <summary>An empty dictionary.</summary>
    /// <param name="source">What messages call it; usually the file's path.</param>
    public StateDictionary(string source = "weights")
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        Source = source;
    }

    /// <summary>The file the tensors come from, for messages.</summary>
    public string Source { get; }

    /// <summary>
    /// Text beside the tensors. safetensors: its metadata. PyTorch: the plain values of the checkpoint (<c>epoch</c>, <c>best_acc</c>, ...),
    /// numbers in invariant notation.
    /// </summary>
    public IDictionary<string, string> Metadata => metadata;

    /// <summary>Names of what a PyTorch checkpoint holds besides, and was not read: <c>optimizer</c>, <c>lr_scheduler</c>, ...</summary>
    public IReadOnlyList<string> LeftOut => leftOut;

    /// <inheritdoc/>
    public int Count => tensors.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => tensors.Keys;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Values => tensors.Values;

    /// <summary>The tensor of a name; it stays the dictionary's.</summary>
    /// <param name="key">A name such as <c>layer1.0.conv1.weight</c>.</param>
    /// <exception cref="KeyNotFoundException">No tensor has this name.</exception>
    public Tensor this[string key] =>
        tensors.TryGetValue(key, out var tensor) ? tensor : throw new KeyNotFoundException($"{Source}: no tensor is named '{key}'.");

    /// <summary>Takes a tensor, which the dictionary owns from now on.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">Any shape and type; taken out of its dispose scope.</param>
    /// <exception cref="ArgumentException">The name is empty or taken.</exception>
    /// <exception cref="ObjectDisposedException">The dictionary is disposed.</exception>
    public void Add(string name, Tensor tensor)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tensor);
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!tensors.TryAdd(name, tensor))
            throw new ArgumentException($"{Source}: '{name}' is there already.", nameof(name));
        tensor.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => tensors.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value) => tensors.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        disposed = true;
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        tensors.Clear();
    }

    internal void LeaveOut(string name) => leftOut.Add(name);
}
