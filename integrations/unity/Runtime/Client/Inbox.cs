using System.Collections.Generic;

namespace EmoAR
{
    /// <summary>
    /// Takes messages from a network thread to the thread that asks, such as Unity's main thread. Of scenes only the
    /// newest of each source is kept, since a program that draws has no use for older ones; events are all kept, up to a limit.
    /// </summary>
    public sealed class Inbox
    {
        const int MostEvents = 1024;

        readonly object gate = new object();
        readonly Queue<EventState> events = new Queue<EventState>();
        readonly Dictionary<string, SceneState> scenes = new Dictionary<string, SceneState>();

        /// <summary>Puts a message, from any thread; null is ignored.</summary>
        public void Put(object message)
        {
            lock (gate)
            {
                var scene = message as SceneState;
                if (scene != null) scenes[scene.Source] = scene;
                var change = message as EventState;
                if (change == null) return;
                if (events.Count == MostEvents) events.Dequeue();
                events.Enqueue(change);
            }
        }

        /// <summary>The oldest event that was not yet taken; false: there is none.</summary>
        public bool TryTake(out EventState change)
        {
            lock (gate)
            {
                change = events.Count > 0 ? events.Dequeue() : null;
                return change != null;
            }
        }

        /// <summary>The newest scene of some source, if it was not yet taken; false: there is none.</summary>
        public bool TryTake(out SceneState scene)
        {
            lock (gate)
            {
                scene = null;
                foreach (var pair in scenes) { scene = pair.Value; break; }
                return scene != null && scenes.Remove(scene.Source);
            }
        }
    }
}
