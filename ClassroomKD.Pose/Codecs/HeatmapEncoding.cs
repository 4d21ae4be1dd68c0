namespace ClassroomKD.Pose;

/// <summary>How joints are drawn on heatmaps, and how their cells lie on the input's pixels.</summary>
public enum HeatmapEncoding
{
    /// <summary>SimpleBaseline's and HRNet's: <see cref="HeatmapEncoder.Msra"/>, cells by stride.</summary>
    Msra,

    /// <summary>DARK's: <see cref="HeatmapEncoder.Dark"/>, cells by stride.</summary>
    Dark,

    /// <summary>UDP's: <see cref="HeatmapEncoder.Udp"/>, edges on edges.</summary>
    Udp,
}
