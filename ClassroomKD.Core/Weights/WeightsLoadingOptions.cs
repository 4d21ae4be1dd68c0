namespace ClassroomKD;

/// <summary>How weights are matched to a network.</summary>
public sealed class WeightsLoadingOptions
{
    /// <summary>Whether anything missing, unexpected or of another shape is an error.</summary>
    /// <value>Default <c>true</c>. With <c>false</c> what fits is loaded and the report tells the rest, such as the head of another number of classes.</value>
    public bool Strict { get; set; } = true;

    /// <summary>Beginnings that names in the file may have and the network's have not.</summary>
    /// <value>
    /// Default <c>module.</c> (DataParallel) and <c>_orig_mod.</c> (torch.compile). A name that the network has is left as it stands; from others
    /// these are taken off one after the other until the network has the name.
    /// </value>
    public IList<string> Prefixes { get; } = ["module.", "_orig_mod."];

    /// <summary>Which dictionary of a wrapped PyTorch checkpoint to take, such as <c>ema</c> or <c>nets/teacher</c>.</summary>
    /// <value>Default <c>null</c>: found by the rule of <see cref="PyTorchFile.Read(string, string?)"/>.</value>
    public string? Entry { get; set; }
}
