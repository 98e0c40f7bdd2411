using System;
using UnityEngine;

namespace EmoAR
{
    /// <summary>Shows objects by the expression of one face.</summary>
    [AddComponentMenu("EmoAR/Expression Content")]
    public sealed class ExpressionContent : MonoBehaviour
    {
        [Serializable]
        public struct Entry
        {
            [Tooltip("A label such as happiness; unsure where there is no clear one.")]
            public string Label;

            public GameObject Content;
        }

        public EmoarSource Source;

        [Tooltip("Place of the face among those in view, from 0.")]
        public int FaceIndex;

        public Entry[] Entries = new Entry[0];

        [Tooltip("Seconds that a label must last before its content replaces the one before.")]
        public float HoldS = 0.3f;

        string label = "", shown = "";
        float sinceS;

        void Update()
        {
            if (Source == null) return;
            FaceState state = Source.FaceAt(FaceIndex);
            string now = state == null ? "" : state.Label;
            if (now != label)
            {
                label = now;
                sinceS = Time.time;
            }
            if (label == shown || Time.time - sinceS < HoldS) return;
            shown = label;
            foreach (Entry entry in Entries) if (entry.Content != null) entry.Content.SetActive(entry.Label == shown);
        }
    }
}
