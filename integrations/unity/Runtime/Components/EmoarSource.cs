using System;
using UnityEngine;
using UnityEngine.Events;

namespace EmoAR
{
    /// <summary>Connects to EmoAR and keeps the newest scene. Other components of this package refer to it.</summary>
    [AddComponentMenu("EmoAR/EmoAR Source")]
    public sealed class EmoarSource : MonoBehaviour
    {
        [Serializable]
        public sealed class LabelEvent : UnityEvent<int, string> { }

        [Tooltip("ws://host:8000 or wss://host: a running emoar serve. osc://127.0.0.1:9000: what --send osc:// sends here.")]
        public string Address = "ws://127.0.0.1:8000";

        [Tooltip("Name of the environment variable with the server's API key. Keys do not belong into scenes.")]
        public string ApiKeyVariable = "EMOAR_API_KEY";

        [Tooltip("Scenes a second.")]
        public float Rate = 30;

        [Tooltip("One source alone, by its name; empty: all.")]
        public string SourceName = "";

        [Tooltip("A face has another expression: its number, and the label.")]
        public LabelEvent ExpressionChanged = new LabelEvent();

        [Tooltip("A face is out of view: its number.")]
        public UnityEvent<int> FaceGone = new UnityEvent<int>();

        IFaceFeed feed;
        string told = "";

        /// <summary>The newest scene; without faces until the first one arrives.</summary>
        public SceneState Scene { get; private set; } = new SceneState();

        /// <summary>A face by its place among those in view, from 0; null: there are fewer.</summary>
        public FaceState FaceAt(int index)
        {
            return index >= 0 && index < Scene.Faces.Count ? Scene.Faces[index] : null;
        }

        void OnEnable()
        {
            try { feed = Open(); }
            catch (Exception error)
            {
                Debug.LogError("EmoAR: cannot open " + Address + ": " + error.Message, this);
                enabled = false;
            }
        }

        void OnDisable()
        {
            if (feed != null) feed.Dispose();
            feed = null;
            Scene = new SceneState();
        }

        void Update()
        {
            if (feed == null) return;
            SceneState scene;
            if (feed.Inbox.TryTake(out scene)) Scene = scene;
            EventState change;
            while (feed.Inbox.TryTake(out change))
            {
                if (change.Kind == "expression_changed") ExpressionChanged.Invoke(change.TrackId, change.Label);
                if (change.Kind == "face_gone") FaceGone.Invoke(change.TrackId);
            }
            if (feed.Problem != "" && feed.Problem != told && feed.Problem != "not yet connected")
                Debug.LogWarning("EmoAR: " + Address + ": " + feed.Problem + "; trying again", this);
            told = feed.Problem;
        }

        IFaceFeed Open()
        {
            var uri = new Uri(Address);
            if (uri.Scheme == "osc") return new OscReceiver(uri.Port, uri.Host == "localhost" ? "127.0.0.1" : uri.Host);
            string key = ApiKeyVariable == "" ? null : Environment.GetEnvironmentVariable(ApiKeyVariable);
            return new EventsClient(Address, key, Rate, SourceName);
        }
    }
}
