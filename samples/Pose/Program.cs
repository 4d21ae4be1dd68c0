using System.CommandLine;
using PoseSample;
using Samples;

var factor = new Option<double>("--factor")
{
    Description = "The weight of what mentors say: DistillationFactor.", DefaultValueFactory = _ => 1,
};
factor.Validators.Add(result =>
{
    if (!(result.GetValueOrDefault<double>() >= 0))
        result.AddError("--factor must be at least 0.");
});
return await new StudyCommand(
    "Pose",
    "Trains two heatmap mentors and one SimCC mentor, then one small heatmap student alone and in the classroom of all three.",
    "A COCO folder: annotations/, train2017/, val2017/. Default: generated figures.",
    standardEpochs: 6).Invoke(args, factor, PoseStudy.Run);
