using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>The skeleton of one generated person and how it is painted. Lengths in parts of the body's height.</summary>
internal sealed class Figure
{
    private const double Torso = .28, UpperArm = .17, Forearm = .16, Thigh = .24, Shin = .24;
    private const double HeadRadius = .075, ShoulderHalf = .1, HipHalf = .065;
    private const int Nose = 0, Shoulder = 5, Elbow = 7, Wrist = 9, Hip = 11, Knee = 13, Ankle = 15;

    private readonly (double X, double Y)[] joints = new (double, double)[17];
    private readonly double height;
    private readonly bool facing;
    private (double X, double Y) head;

    private Figure(double height, bool facing) => (this.height, this.facing) = (height, facing);

    public (double X, double Y) Joint(int k) => joints[k];

    /// <summary>Whether a joint can be seen from this side at all.</summary>
    public bool Shows(int k) => facing || k > 2;

    /// <summary>Draws a pose that stands roughly in the middle of an image.</summary>
    public static Figure Draw(ref SplitMix64 random, int width, int height)
    {
        var figure = new Figure(random.Between(.62, .88) * height, random.Below(10) < 7);
        figure.Place(ref random, random.Between(.4, .6) * width, random.Between(.5, .6) * height);
        return figure;
    }

    /// <summary>Paints the body: the farther arm first, clothes in colors of their own.</summary>
    public void Paint(FigureCanvas canvas, ref SplitMix64 random)
    {
        var (shirt, trousers) = (Shade.Any(ref random), Shade.Any(ref random));
        var (skin, hair) = (Shade.Skin(ref random), Shade.Any(ref random).Times(.5));
        var forearms = random.Below(2) == 0 ? skin : shirt;
        var thick = random.Between(.85, 1.2) * height;
        var far = random.Below(2);
        Arm(far);
        for (var side = 0; side < 2; side++)
        {
            canvas.PaintLimb(joints[Hip + side], joints[Knee + side], .043 * thick, trousers);
            canvas.PaintLimb(joints[Knee + side], joints[Ankle + side], .034 * thick, trousers);
        }
        canvas.PaintQuad([joints[Shoulder], joints[Shoulder + 1], joints[Hip + 1], joints[Hip]], .035 * thick, shirt);
        var neck = Middle(joints[Shoulder], joints[Shoulder + 1]);
        canvas.PaintLimb(neck, head, .03 * thick, skin);
        canvas.PaintLimb(head, head, HeadRadius * height, facing ? skin : hair);
        Face(canvas, skin, hair);
        Arm(1 - far);

        void Arm(int side)
        {
            canvas.PaintLimb(joints[Shoulder + side], joints[Elbow + side], .033 * thick, shirt);
            canvas.PaintLimb(joints[Elbow + side], joints[Wrist + side], .027 * thick, forearms);
        }
    }

    private void Face(FigureCanvas canvas, Shade skin, Shade hair)
    {
        var dot = .014 * height;
        for (var k = 3; k < 5; k++)
            canvas.PaintLimb(joints[k], joints[k], 1.2 * dot, skin.Times(.7));
        if (!facing)
            return;
        for (var k = 1; k < 3; k++)
            canvas.PaintLimb(joints[k], joints[k], dot, hair.Times(.5));
        canvas.PaintLimb(joints[Nose], joints[Nose], dot, skin.Towards(new Shade(200, 40, 40), .6));
    }

    private void Place(ref SplitMix64 random, double hipX, double hipY)
    {
        var upright = Turn((0, -1), random.Between(-.17, .17));
        // Towards the person's left: to the right of the image for one who faces us.
        var left = facing ? (X: -upright.Y, Y: upright.X) : (X: upright.Y, Y: -upright.X);
        var narrow = random.Between(.5, 1);
        var hips = (hipX, hipY);
        var neck = Along(hips, upright, Torso);
        var sitting = random.Below(4) == 0;
        for (var side = 0; side < 2; side++)
        {
            var sign = side == 0 ? 1.0 : -1.0;
            var outwards = (X: sign * left.X, Y: sign * left.Y);
            // A turn by a positive angle moves a limb that hangs down away from the body.
            var hand = outwards.X > 0 ? -1.0 : 1.0;
            (double X, double Y) down = (-upright.X, -upright.Y);
            joints[Shoulder + side] = Along(neck, outwards, ShoulderHalf * narrow);
            joints[Hip + side] = Along(hips, outwards, HipHalf * narrow);
            var arm = Turn(down, hand * random.Between(-.15, 1.2));
            joints[Elbow + side] = Along(joints[Shoulder + side], arm, UpperArm);
            joints[Wrist + side] = Along(joints[Elbow + side], Turn(arm, hand * random.Between(-.9, .9)), Forearm);
            var leg = Turn(down, hand * (sitting ? random.Between(.2, .7) : random.Between(-.1, .3)));
            joints[Knee + side] = Along(joints[Hip + side], leg, Thigh);
            var bend = sitting ? random.Between(-.8, 0) : random.Between(-.35, .1);
            joints[Ankle + side] = Along(joints[Knee + side], Turn(leg, hand * bend), Shin);
        }
        var nod = Turn(upright, random.Between(-.15, .15));
        head = Along(neck, nod, .055 + HeadRadius);
        var across = facing ? (X: -nod.Y, Y: nod.X) : (X: nod.Y, Y: -nod.X);
        var look = random.Between(-.02, .02);
        joints[Nose] = Along(Along(head, across, look), nod, -.015);
        for (var side = 0; side < 2; side++)
        {
            var sign = side == 0 ? 1 : -1;
            joints[1 + side] = Along(Along(head, across, look + sign * .028), nod, .012);
            joints[3 + side] = Along(head, across, sign * .07);
        }
    }

    private (double X, double Y) Along((double X, double Y) from, (double X, double Y) direction, double length) =>
        (from.X + direction.X * length * height, from.Y + direction.Y * length * height);

    /// <summary>Turns a direction by the angle whose half has the given tangent: sine and cosine without either.</summary>
    private static (double X, double Y) Turn((double X, double Y) direction, double halfTangent)
    {
        var square = halfTangent * halfTangent;
        var (cos, sin) = ((1 - square) / (1 + square), 2 * halfTangent / (1 + square));
        return (cos * direction.X - sin * direction.Y, sin * direction.X + cos * direction.Y);
    }

    private static (double X, double Y) Middle((double X, double Y) a, (double X, double Y) b) => ((a.X + b.X) / 2, (a.Y + b.Y) / 2);
}
