using System;

namespace EmoAR
{
    /// <summary>The rotation of a head as a quaternion of Unity's left-handed space.</summary>
    public struct HeadRotation
    {
        public float X, Y, Z, W;

        /// <summary>
        /// The rotation of a humanoid's head. Unity's x is the person's right where EmoAR's is their left; up and forward
        /// are the same, so the rotations about y and z change their signs.
        /// </summary>
        public static HeadRotation Of(FaceState face)
        {
            // EmoAR's matrix is Rx(-pitch) Ry(yaw) Rz(-roll), right-handed.
            HeadRotation x = About(-face.PitchDeg, 1, 0, 0), y = About(face.YawDeg, 0, 1, 0), z = About(-face.RollDeg, 0, 0, 1);
            HeadRotation all = Product(Product(x, y), z);
            return new HeadRotation { X = all.X, Y = -all.Y, Z = -all.Z, W = all.W };
        }

        /// <summary>As in a mirror: the avatar moves to the same side of the screen as the person.</summary>
        public HeadRotation Mirrored()
        {
            return new HeadRotation { X = X, Y = -Y, Z = -Z, W = W };
        }

        static HeadRotation About(float degrees, float x, float y, float z)
        {
            double half = degrees * Math.PI / 360;
            float sine = (float)Math.Sin(half);
            return new HeadRotation { X = sine * x, Y = sine * y, Z = sine * z, W = (float)Math.Cos(half) };
        }

        static HeadRotation Product(HeadRotation a, HeadRotation b)
        {
            return new HeadRotation
            {
                X = a.W * b.X + a.X * b.W + a.Y * b.Z - a.Z * b.Y,
                Y = a.W * b.Y - a.X * b.Z + a.Y * b.W + a.Z * b.X,
                Z = a.W * b.Z + a.X * b.Y - a.Y * b.X + a.Z * b.W,
                W = a.W * b.W - a.X * b.X - a.Y * b.Y - a.Z * b.Z,
            };
        }
    }
}
