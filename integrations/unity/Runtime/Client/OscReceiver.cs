using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace EmoAR
{
    /// <summary>
    /// Receives what `emoar … --send osc://host:port` sends. A face's `TrackId` is its slot. OSC has no events: a change of
    /// a slot's label becomes one, with the time 0.
    /// </summary>
    public sealed class OscReceiver : IFaceFeed
    {
        readonly UdpClient socket;
        readonly Thread thread;
        readonly SortedDictionary<int, Slot> slots = new SortedDictionary<int, Slot>();
        volatile bool stopping;

        /// <param name="port">Of the address that EmoAR sends to, such as 9000.</param>
        /// <param name="host">The address of this machine that others may send to; "0.0.0.0": all of them.</param>
        /// <exception cref="SocketException">The port is in use.</exception>
        public OscReceiver(int port, string host = "127.0.0.1")
        {
            socket = new UdpClient(new IPEndPoint(IPAddress.Parse(host), port));
            Inbox = new Inbox();
            Problem = "";
            thread = new Thread(Run) { IsBackground = true, Name = "EmoAR OSC" };
            thread.Start();
        }

        public Inbox Inbox { get; }

        public string Problem { get; private set; }

        public void Dispose()
        {
            stopping = true;
            socket.Close();
            thread.Join(1000);
        }

        void Run()
        {
            var from = new IPEndPoint(IPAddress.Any, 0);
            while (!stopping)
            {
                try
                {
                    byte[] packet = socket.Receive(ref from);
                    ReadPacket(packet, 0, packet.Length);
                    Problem = "";
                    Inbox.Put(Scene());
                }
                catch (FormatException error) { Problem = error.Message; }
                catch (SocketException error) { Problem = error.Message; }
                catch (ObjectDisposedException) { return; }
            }
        }

        SceneState Scene()
        {
            var faces = new List<FaceState>();
            foreach (var pair in slots) if (pair.Value.InView) faces.Add(pair.Value.Face(pair.Key));
            return new SceneState { Source = "osc", Faces = faces };
        }

        void ReadPacket(byte[] data, int at, int end)
        {
            if (end - at >= 16 && Encoding.ASCII.GetString(data, at, 7) == "#bundle")
            {
                for (at += 16; at < end;)
                {
                    int length = ReadInt(data, at, end);
                    at += 4;
                    if (length < 0 || length > end - at) throw new FormatException("an OSC bundle is cut off");
                    ReadPacket(data, at, at + length);
                    at += length;
                }
                return;
            }
            string address = ReadText(data, ref at, end), types = ReadText(data, ref at, end);
            var values = new List<object>();
            for (int index = 1; index < types.Length; index++)
            {
                switch (types[index])
                {
                    case 'i': values.Add(ReadInt(data, at, end)); at += 4; break;
                    case 'f': values.Add(ReadFloat(data, at, end)); at += 4; break;
                    case 's': values.Add(ReadText(data, ref at, end)); break;
                    default: throw new FormatException("OSC type " + types[index] + " of " + address);
                }
            }
            Take(address.Split('/'), values);
        }

        /// <summary>One message, such as /emoar/face/1/p/happiness 0.9; others are ignored.</summary>
        void Take(string[] parts, List<object> values)
        {
            int number;
            if (parts.Length < 5 || parts[1] != "emoar" || parts[2] != "face" || !int.TryParse(parts[3], out number)) return;
            Slot slot;
            if (!slots.TryGetValue(number, out slot)) slots[number] = slot = new Slot();
            if (parts[4] == "expression" && values.Count == 2 && values[0] is string && values[1] is float)
            {
                string before = slot.Label;
                slot.SetExpression((string)values[0], (float)values[1]);
                if (slot.Label == before) return;
                string kind = slot.Label == "" ? "face_gone" : "expression_changed";
                Inbox.Put(new EventState { Kind = kind, TrackId = number, Source = "osc", Label = slot.Label, Confidence = slot.Confidence });
            }
            else if (parts[4] == "pose" && values.Count == 6) slot.Pose = values.ConvertAll(value => value is float ? (float)value : 0f);
            else if (parts.Length == 6 && values.Count == 1 && values[0] is float)
            {
                if (parts[4] == "p") slot.Probabilities[parts[5]] = (float)values[0];
                if (parts[4] == "blend") slot.Measures[parts[5]] = (float)values[0];
            }
        }

        static int ReadInt(byte[] data, int at, int end)
        {
            if (at + 4 > end) throw new FormatException("an OSC message is cut off");
            return data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3];
        }

        static float ReadFloat(byte[] data, int at, int end)
        {
            return BitConverter.ToSingle(BitConverter.GetBytes(ReadInt(data, at, end)), 0);
        }

        /// <summary>A text; it ends with a zero and is filled up to four bytes.</summary>
        static string ReadText(byte[] data, ref int at, int end)
        {
            int stop = at < end ? Array.IndexOf(data, (byte)0, at, end - at) : -1;
            if (stop < 0) throw new FormatException("an OSC text has no end");
            string text = Encoding.UTF8.GetString(data, at, stop - at);
            at += (stop - at) / 4 * 4 + 4;
            return text;
        }

        sealed class Slot
        {
            public string Label = "";
            public float Confidence;
            public List<float> Pose = new List<float>(new float[6]);
            public readonly Dictionary<string, float> Probabilities = new Dictionary<string, float>();
            public readonly Dictionary<string, float> Measures = new Dictionary<string, float>();

            public bool InView { get { return Label != ""; } }

            public void SetExpression(string label, float confidence)
            {
                Label = label;
                Confidence = confidence;
            }

            public FaceState Face(int number)
            {
                return new FaceState
                {
                    TrackId = number,
                    Label = Label,
                    Confidence = Confidence,
                    Usable = Label != "unsure",
                    Probabilities = new Dictionary<string, float>(Probabilities),
                    Measures = new Dictionary<string, float>(Measures),
                    YawDeg = Pose[0], PitchDeg = Pose[1], RollDeg = Pose[2],
                    XCm = Pose[3], YCm = Pose[4], ZCm = Pose[5],
                };
            }
        }
    }
}
