namespace ClassroomKD;

/// <summary>How weights are matched to a network.</summary>
public sealed class WeightsLoadingOptions
{
    /// <summary>Whether it is an error if anything is missing, unexpected or of another shape.</summary>
    /// <value>Default <c>true</c>. With <c>false</c> everything that fits is loaded, and the report lists the rest.</value>
    public bool Strict { get; set; } = true;

    /// <summary>Prefixes that names in the file may have and those of the network lack.</summary>
    /// <value>
    /// Default <c>module.</c> (DataParallel) and <c>_orig_mod.</c> (torch.compile). They are removed one after the other until the network
    /// has the name.
    /// </value>
    public IList<string> Prefixes { get; } = ["module.", "_orig_mod."];

    /// <summary>
    /// Beginnings of names in the file, and what the network has in their place, such as <c>head.fc.</c> and <c>classifier.</c>.
    /// </summary>
    /// <value>
    /// Default empty. The longest beginning that fits is replaced, once, before or behind what <see cref="Prefixes"/> removes; an empty one
    /// fits every name.
    /// </value>
    public IDictionary<string, string> Renames { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The dictionary to take from a PyTorch checkpoint, such as <c>ema</c> or <c>nets/teacher</c>.</summary>
    /// <value>Default <c>null</c>: found by the rule of <see cref="PyTorchFile.Read(string, string?)"/>.</value>
    public string? Entry { get; set; }
}
