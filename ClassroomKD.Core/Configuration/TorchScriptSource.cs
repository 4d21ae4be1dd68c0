namespace ClassroomKD;

/// <summary>TorchScript files, stated by <c>"TorchScript": { "File": "resnet50.pt" }</c>.</summary>
internal sealed class TorchScriptSource() : ModelSource<Tensor, TorchScriptSettings>(nameof(TorchScript))
{
    protected override void Check(TorchScriptSettings settings, ModelSourceContext context) =>
        context.RequireFile(nameof(settings.File), settings.File);

    protected override nn.IModule<Tensor, Tensor> Create(TorchScriptSettings settings, ModelSourceContext context) =>
        TorchScript.Load(context.FullPath(settings.File!), context.Device);
}

/// <summary>What configuration states of a TorchScript file.</summary>
internal sealed class TorchScriptSettings
{
    public string? File { get; set; }
}
