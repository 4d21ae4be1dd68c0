namespace ClassroomKD.Tests.Core.Configuration;

public sealed class MentorSettingsTests
{
    [Test]
    public void What_configuration_states_of_an_input_is_what_code_can_say()
    {
        static IEnumerable<string> Properties(object options) => options.GetType().GetProperties()
            // A tuple has no text; its list of two is checked where it is read.
            .Select(property => property.Name == nameof(MentorInput.Size) && property.GetValue(options) is null
                ? property.Name
                : $"{property.PropertyType} {property.Name} = {property.GetValue(options)}");
        Properties(new MentorInputSettings()).Should().BeEquivalentTo(Properties(new MentorInput()));
    }

    [Test]
    public void All_that_is_stated_of_an_input_arrives()
    {
        var settings = new MentorInputSettings
        {
            Size = [7, 9], Interpolation = InterpolationMode.Bicubic, Antialias = true, Channels = [2, 1, 0],
            StudentMean = [1, 2, 3], StudentStandardDeviation = [4, 5, 6], MentorMean = [7, 8, 9], MentorStandardDeviation = [1, 3, 5],
            Type = ScalarType.Float16,
        };
        settings.ToInput().Should().BeEquivalentTo(settings, options => options.Excluding(stated => stated.Size));
        settings.ToInput().Size.Should().Be((7, 9));
        var defaults = new MentorInputSettings();
        typeof(MentorInputSettings).GetProperties()
            .Where(property => Equals(property.GetValue(settings), property.GetValue(defaults)))
            .Should().BeEmpty("every property is stated here");
    }
}
