global using ClassroomKD;
global using GradientCheck = ClassroomKD.Testing.GradientCheck;
global using CsCheck;
global using FluentAssertions;
global using NUnit.Framework;
global using TorchSharp;
global using static TorchSharp.torch;
