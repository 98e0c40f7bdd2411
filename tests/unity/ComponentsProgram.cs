// Runs the components against the stubs as Unity does: it enables them and updates them once a frame.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;
using System.Threading;
using EmoAR;
using UnityEngine;

static class ComponentsProgram
{
    static void Call(object component, string method)
    {
        component.GetType().GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic).Invoke(component, null);
    }

    static int Main(string[] arguments)
    {
        Thread.CurrentThread.CurrentCulture = CultureInfo.InvariantCulture;
        var source = new EmoarSource { Address = arguments[0] };
        source.ExpressionChanged.AddListener((face, label) => Console.WriteLine("changed " + face + " " + label));
        source.FaceGone.AddListener(face => Console.WriteLine("gone " + face));
        var mesh = new SkinnedMeshRenderer { sharedMesh = new Mesh { Names = new List<string> { "Joy", "Sorrow" } } };
        var shapes = new ExpressionBlendShapes { Source = source, Face = mesh, SmoothingS = 0, Entries = new[]
        {
            new ExpressionBlendShapes.Entry { Name = "happiness", BlendShape = "Joy", FullWeight = 100 },
            new ExpressionBlendShapes.Entry { Name = "anger", BlendShape = "Another model's", FullWeight = 100 },
        } };
        var bone = new Transform();
        var head = new HeadBone { Source = source, Bone = bone, SmoothingS = 0, Mirror = false };
        var hat = new GameObject();
        var content = new ExpressionContent { Source = source, HoldS = 0, Entries = new[]
        {
            new ExpressionContent.Entry { Label = "happiness", Content = hat },
        } };
        Call(source, "OnEnable");
        if (!source.enabled) return 1;
        Console.WriteLine("ready");
        string before = "";
        while (Console.ReadLine() != null)
        {
            Time.deltaTime = 1f / 60;
            Time.time += Time.deltaTime;
            Call(source, "Update");
            Call(content, "Update");
            Call(shapes, "LateUpdate");
            Call(head, "LateUpdate");
            string state = "joy " + mesh.GetBlendShapeWeight(0).ToString("F1") + " hat " + hat.activeSelf
                + " head " + bone.localRotation.x.ToString("F3") + " " + bone.localRotation.y.ToString("F3");
            if (state != before) Console.WriteLine(state);
            before = state;
            Console.WriteLine("frame");
        }
        Call(source, "OnDisable");
        return 0;
    }
}
