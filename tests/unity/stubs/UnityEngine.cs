// The parts of Unity's classes that the components use, so that they can be compiled and run without Unity.
using System;
using System.Collections.Generic;

namespace UnityEngine
{
    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TooltipAttribute : Attribute { public TooltipAttribute(string text) { } }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class AddComponentMenuAttribute : Attribute { public AddComponentMenuAttribute(string path) { } }

    public class Object { }
    public class Component : Object { public GameObject gameObject = new GameObject(); }
    public class Behaviour : Component { public bool enabled = true; }
    public class MonoBehaviour : Behaviour { }

    public class GameObject : Object
    {
        public bool activeSelf;
        public void SetActive(bool value) { activeSelf = value; }
        public T AddComponent<T>() where T : Component, new() { return new T { gameObject = this }; }
    }

    public class Transform : Component { public Quaternion localRotation = new Quaternion(0, 0, 0, 1); }

    public struct Quaternion
    {
        public float x, y, z, w;
        public Quaternion(float x, float y, float z, float w) { this.x = x; this.y = y; this.z = z; this.w = w; }
        public static Quaternion operator *(Quaternion a, Quaternion b)
        {
            return new Quaternion(a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y, a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
                a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w, a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z);
        }
        public static Quaternion Slerp(Quaternion a, Quaternion b, float t) { return t >= 1 ? b : a; }
    }

    public sealed class Mesh : Object
    {
        public List<string> Names = new List<string>();
        public int GetBlendShapeIndex(string name) { return Names.IndexOf(name); }
    }

    public sealed class SkinnedMeshRenderer : Component
    {
        public Mesh sharedMesh = new Mesh();
        readonly Dictionary<int, float> weights = new Dictionary<int, float>();
        public float GetBlendShapeWeight(int index) { float value; weights.TryGetValue(index, out value); return value; }
        public void SetBlendShapeWeight(int index, float value) { weights[index] = value; }
    }

    public static class Time { public static float time, deltaTime; }

    public static class Mathf
    {
        public static float Exp(float value) { return (float)Math.Exp(value); }
        public static float Lerp(float a, float b, float t) { return a + (b - a) * Math.Max(0, Math.Min(1, t)); }
    }

    public static class Debug
    {
        public static void Log(object message) { Console.WriteLine("log " + message); }
        public static void LogWarning(object message, Object context) { Console.WriteLine("warning " + message); }
        public static void LogError(object message, Object context) { Console.WriteLine("error " + message); }
    }
}

namespace UnityEngine.Events
{
    public class UnityEvent<T>
    {
        Action<T> listeners = delegate { };
        public void AddListener(Action<T> listener) { listeners += listener; }
        public void Invoke(T value) { listeners(value); }
    }

    public class UnityEvent<T, U>
    {
        Action<T, U> listeners = delegate { };
        public void AddListener(Action<T, U> listener) { listeners += listener; }
        public void Invoke(T first, U second) { listeners(first, second); }
    }
}
