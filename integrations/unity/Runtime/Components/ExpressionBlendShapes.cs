using System;
using UnityEngine;

namespace EmoAR
{
    /// <summary>Drives blend shapes by the expressions and measures of one face.</summary>
    [AddComponentMenu("EmoAR/Expression Blend Shapes")]
    public sealed class ExpressionBlendShapes : MonoBehaviour
    {
        [Serializable]
        public struct Entry
        {
            [Tooltip("A label such as happiness, or a measure such as jawOpen.")]
            public string Name;

            [Tooltip("Name of the blend shape.")]
            public string BlendShape;

            [Tooltip("Its weight at full strength; Unity's weights go to 100.")]
            public float FullWeight;
        }

        public EmoarSource Source;
        public SkinnedMeshRenderer Face;

        [Tooltip("Place of the face among those in view, from 0.")]
        public int FaceIndex;

        public Entry[] Entries = new Entry[0];

        [Tooltip("Seconds in which a weight goes most of its way.")]
        public float SmoothingS = 0.1f;

        void LateUpdate()
        {
            if (Source == null || Face == null || Face.sharedMesh == null) return;
            FaceState state = Source.FaceAt(FaceIndex);
            float step = SmoothingS > 0 ? 1 - Mathf.Exp(-Time.deltaTime / SmoothingS) : 1;
            foreach (Entry entry in Entries)
            {
                int index = Face.sharedMesh.GetBlendShapeIndex(entry.BlendShape);
                if (index < 0) continue; // another model's name
                float goal = state != null && state.Usable ? entry.FullWeight * state.Strength(entry.Name) : 0;
                Face.SetBlendShapeWeight(index, Mathf.Lerp(Face.GetBlendShapeWeight(index), goal, step));
            }
        }
    }
}
