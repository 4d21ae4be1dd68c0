namespace ClassroomKD.Vision;

/// <summary>The operations of <see cref="RandAugment"/>, all equally likely.</summary>
internal enum RandAugmentOperation
{
    Identity,
    ShearX,
    ShearY,
    TranslateX,
    TranslateY,
    Rotate,
    Brightness,
    Color,
    Contrast,
    Sharpness,
    Posterize,
    Solarize,
    AutoContrast,
    Equalize,
}
