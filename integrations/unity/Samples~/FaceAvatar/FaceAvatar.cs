using EmoAR;
using UnityEngine;

/// <summary>
/// Put it beside an EmoAR Source: it logs changes, and gives a VRM's face the blend shapes that EmoAR can drive.
/// </summary>
public sealed class FaceAvatar : MonoBehaviour
{
    public EmoarSource Source;
    public SkinnedMeshRenderer Face;
    public Transform Bone;

    void Awake()
    {
        Source.ExpressionChanged.AddListener((face, label) => Debug.Log("face " + face + ": " + label));
        Source.FaceGone.AddListener(face => Debug.Log("face " + face + " is out of view"));
        var shapes = gameObject.AddComponent<ExpressionBlendShapes>();
        shapes.Source = Source;
        shapes.Face = Face;
        shapes.Entries = new[]
        {
            new ExpressionBlendShapes.Entry { Name = "happiness", BlendShape = "Fcl_ALL_Joy", FullWeight = 100 },
            new ExpressionBlendShapes.Entry { Name = "sadness", BlendShape = "Fcl_ALL_Sorrow", FullWeight = 100 },
            new ExpressionBlendShapes.Entry { Name = "anger", BlendShape = "Fcl_ALL_Angry", FullWeight = 100 },
            new ExpressionBlendShapes.Entry { Name = "surprise", BlendShape = "Fcl_ALL_Surprised", FullWeight = 100 },
        };
        var head = gameObject.AddComponent<HeadBone>();
        head.Source = Source;
        head.Bone = Bone;
    }
}
