using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace ClassroomKD;

/// <summary>Named tensors in the order of their file, and the file's other content as text. It owns its tensors.</summary>
/// <remarks>
/// The tensors are on the CPU in the file's type, outside every dispose scope; <see cref="Dispose"/> releases them. Tensors that share a
/// storage in a PyTorch file share it here too: writing to one changes the other.
/// </remarks>
public sealed class StateDictionary : IReadOnlyDictionary<string, Tensor>, IDisposable
{
    private readonly OrderedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private readonly List<LeftOutEntry> leftOut = [];
    private bool disposed;

    /// <summary>An empty dictionary.</summary>
    /// <param name="source">Its name in messages, usually the file's path.</param>
    public StateDictionary(string source = "weights")
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        Source = source;
    }

    /// <summary>The file the tensors come from, for messages.</summary>
    public string Source { get; }

    /// <summary>
    /// The texts beside the tensors: the metadata of safetensors, or the plain values of a PyTorch checkpoint (<c>epoch</c>,
    /// <c>best_acc</c>, ...), with numbers in invariant notation.
    /// </summary>
    public IDictionary<string, string> Metadata => metadata;

    /// <summary>
    /// What the file holds beside these tensors and was not read: a checkpoint's <c>optimizer</c>, objects of classes that are not known,
    /// tensors of types that are not read.
    /// </summary>
    public IReadOnlyList<LeftOutEntry> LeftOut => leftOut;

    /// <inheritdoc/>
    public int Count => tensors.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => tensors.Keys;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Values => tensors.Values;

    /// <summary>The tensor of a name; the dictionary owns it.</summary>
    /// <param name="key">A name such as <c>layer1.0.conv1.weight</c>.</param>
    /// <exception cref="KeyNotFoundException">No tensor has this name.</exception>
    public Tensor this[string key] =>
        tensors.TryGetValue(key, out var tensor) ? tensor : throw new KeyNotFoundException($"{Source}: no tensor is named '{key}'.");

    /// <summary>Adds a tensor, which the dictionary then owns.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">A tensor of any shape and type; it leaves its dispose scope.</param>
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

    internal void LeaveOut(LeftOutEntry entry) => leftOut.Add(entry);

    /// <summary>Takes tensors of another dictionary, which no longer has them, and all else that it holds.</summary>
    internal void Take(StateDictionary other, IEnumerable<string> names)
    {
        foreach (var name in names)
            if (other.tensors.Remove(name, out var tensor))
                Add(name, tensor);
        foreach (var (name, text) in other.metadata)
            metadata.TryAdd(name, text);
        leftOut.AddRange(other.leftOut);
    }
}
