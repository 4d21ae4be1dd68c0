namespace ClassroomKD.Pose;

/// <summary>How joints are drawn on heatmaps, and how their cells lie on the input's pixels.</summary>
public enum HeatmapEncoding
{
    /// <summary>SimpleBaseline's and HRNet's: cells by stride, the center rounded to a cell by truncating x / stride + .5.</summary>
    Msra,

    /// <summary>DARK's (arXiv 1910.06278): cells by stride, the center not rounded, the Gaussian over the whole map.</summary>
    Dark,

    /// <summary>UDP's (arXiv 1911.07524): edges on edges, the center not rounded, the patch around it is.</summary>
    Udp,
}
