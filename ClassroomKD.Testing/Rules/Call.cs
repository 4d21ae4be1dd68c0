namespace ClassroomKD.Testing;

/// <summary>One call of a part: what it is given, and how it is called.</summary>
/// <param name="Arguments">All tensors that it is given.</param>
/// <param name="Invoke">Calls the part and gives what it returned, by name.</param>
internal sealed record Call<TPart>(
    IReadOnlyList<(string Name, Tensor Tensor)> Arguments, Func<TPart, IReadOnlyList<(string Name, Tensor Tensor)>> Invoke);
