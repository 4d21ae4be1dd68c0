namespace ClassroomKD.Imaging;

/// <summary>How the shortcut of a <see cref="ResidualBlock"/> changes the shape (He et al., section 3.3, options A and B).</summary>
public enum ResidualShortcut
{
    /// <summary>A strided 1x1 convolution with normalization: option B, in most of the literature.</summary>
    Convolution,

    /// <summary>
    /// Option A, without parameters: of every <c>stride</c> rows and columns the first, and channels of zeros, half of them before the
    /// input's and half behind.
    /// </summary>
    ZeroPadding,

    /// <summary>Option A with all channels of zeros behind the input's.</summary>
    ZeroPaddingBehind,
}
