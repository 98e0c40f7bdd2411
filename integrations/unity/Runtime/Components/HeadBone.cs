using UnityEngine;

namespace EmoAR
{
    /// <summary>Turns a bone with the head of one face.</summary>
    [AddComponentMenu("EmoAR/Head Bone")]
    public sealed class HeadBone : MonoBehaviour
    {
        public EmoarSource Source;
        public Transform Bone;

        [Tooltip("Place of the face among those in view, from 0.")]
        public int FaceIndex;

        [Tooltip("As in a mirror: the avatar moves to the same side of the screen as the person.")]
        public bool Mirror = true;

        [Tooltip("Seconds in which the bone goes most of its way.")]
        public float SmoothingS = 0.08f;

        Transform restOf;
        Quaternion rest;

        void LateUpdate()
        {
            if (Source == null || Bone == null) return;
            if (restOf != Bone)
            {
                restOf = Bone;
                rest = Bone.localRotation;
            }
            FaceState state = Source.FaceAt(FaceIndex);
            Quaternion goal = rest;
            if (state != null)
            {
                HeadRotation head = HeadRotation.Of(state);
                if (Mirror) head = head.Mirrored();
                goal = rest * new Quaternion(head.X, head.Y, head.Z, head.W);
            }
            float step = SmoothingS > 0 ? 1 - Mathf.Exp(-Time.deltaTime / SmoothingS) : 1;
            Bone.localRotation = Quaternion.Slerp(Bone.localRotation, goal, step);
        }
    }
}
