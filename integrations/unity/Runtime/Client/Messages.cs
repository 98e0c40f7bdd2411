using System;
using System.Collections.Generic;

namespace EmoAR
{
    /// <summary>One face in one frame. Left and right are the person's own.</summary>
    public sealed class FaceState
    {
        static readonly IReadOnlyDictionary<string, float> Nothing = new Dictionary<string, float>();

        /// <summary>The person's number in the source; over OSC, the number of the slot.</summary>
        public int TrackId;
        /// <summary>The smoothed expression, such as "happiness"; "unsure" without a clear one.</summary>
        public string Label = "unsure";
        /// <summary>Of the label, 0..1.</summary>
        public float Confidence;
        /// <summary>Whether the face could be classified.</summary>
        public bool Usable = true;
        /// <summary>Smoothed probability by label, 0..1.</summary>
        public IReadOnlyDictionary<string, float> Probabilities = Nothing;
        /// <summary>Movement from rest by ARKit's names, 0..1; empty where EmoAR does not measure.</summary>
        public IReadOnlyDictionary<string, float> Measures = Nothing;
        /// <summary>Degrees; positive to the person's left.</summary>
        public float YawDeg;
        /// <summary>Degrees; positive upwards.</summary>
        public float PitchDeg;
        /// <summary>Degrees; positive to the person's left shoulder.</summary>
        public float RollDeg;
        /// <summary>Of the head from the camera: x right, y up, z towards the camera is positive; centimetres.</summary>
        public float XCm, YCm, ZCm;

        /// <summary>The probability of a label or the strength of a measure; 0 where there is none.</summary>
        public float Strength(string name)
        {
            float value;
            return Probabilities.TryGetValue(name, out value) || Measures.TryGetValue(name, out value) ? value : 0f;
        }
    }

    /// <summary>What the camera sees in one frame.</summary>
    public sealed class SceneState
    {
        public string Source = "";
        public double TimeS;
        public int WidthPx, HeightPx;
        public IReadOnlyList<FaceState> Faces = new FaceState[0];
    }

    /// <summary>A change: face_appeared, expression_changed, head_nodded, head_shaken or face_gone.</summary>
    public sealed class EventState
    {
        public string Kind = "";
        public int TrackId;
        public double TimeS;
        public string Source = "";
        /// <summary>Of expression_changed; otherwise empty.</summary>
        public string Label = "";
        public float Confidence;
    }

    /// <summary>Reads the documents of `WS /v1/events`.</summary>
    public static class Messages
    {
        const string SceneSchema = "emoar.scene/1", EventSchema = "emoar.event/1";

        /// <summary>A `SceneState`, an `EventState`, or null for a document of a later version.</summary>
        /// <exception cref="FormatException">The text is no document of EmoAR.</exception>
        public static object Read(string text)
        {
            var document = Json.Parse(text) as Dictionary<string, object>;
            if (document == null || !document.ContainsKey("schema")) throw new FormatException("no document of EmoAR");
            try
            {
                switch (document["schema"] as string)
                {
                    case SceneSchema: return ReadScene(document);
                    case EventSchema: return ReadEvent(document);
                    default: return null;
                }
            }
            catch (Exception error) when (error is KeyNotFoundException || error is InvalidCastException
                || error is NullReferenceException || error is ArgumentOutOfRangeException)
            {
                throw new FormatException("an incomplete document of EmoAR: " + error.Message, error);
            }
        }

        static SceneState ReadScene(Dictionary<string, object> document)
        {
            var faces = new List<FaceState>();
            foreach (Dictionary<string, object> face in (List<object>)document["faces"]) faces.Add(ReadFace(face));
            return new SceneState
            {
                Source = (string)document["source"],
                TimeS = (double)document["time_s"],
                WidthPx = (int)(double)document["width_px"],
                HeightPx = (int)(double)document["height_px"],
                Faces = faces,
            };
        }

        static FaceState ReadFace(Dictionary<string, object> document)
        {
            var expression = (Dictionary<string, object>)document["expression"];
            var pose = (Dictionary<string, object>)document["pose"];
            var quality = (Dictionary<string, object>)document["quality"];
            var rows = (List<object>)pose["matrix"];
            object measures;
            document.TryGetValue("measures", out measures);
            return new FaceState
            {
                TrackId = (int)(double)document["track_id"],
                Label = (string)expression["label"],
                Confidence = Number(expression["confidence"]),
                Usable = (bool)quality["usable"],
                Probabilities = Numbers(expression[(string)expression["label_set"]]),
                Measures = Numbers(measures),
                YawDeg = Number(pose["yaw_deg"]),
                PitchDeg = Number(pose["pitch_deg"]),
                RollDeg = Number(pose["roll_deg"]),
                XCm = Number(((List<object>)rows[0])[3]),
                YCm = Number(((List<object>)rows[1])[3]),
                ZCm = Number(((List<object>)rows[2])[3]),
            };
        }

        static EventState ReadEvent(Dictionary<string, object> document)
        {
            object label, confidence, source;
            document.TryGetValue("label", out label);
            document.TryGetValue("confidence", out confidence);
            document.TryGetValue("source", out source);
            return new EventState
            {
                Kind = (string)document["event"],
                TrackId = (int)(double)document["track_id"],
                TimeS = (double)document["time_s"],
                Source = source as string ?? "",
                Label = label as string ?? "",
                Confidence = Number(confidence),
            };
        }

        /// <summary>A number of the document; 0 where it has none.</summary>
        static float Number(object value)
        {
            return value is double ? (float)(double)value : 0f;
        }

        static Dictionary<string, float> Numbers(object value)
        {
            var numbers = new Dictionary<string, float>();
            var document = value as Dictionary<string, object>;
            if (document == null) return numbers;
            foreach (var pair in document) numbers[pair.Key] = Number(pair.Value);
            return numbers;
        }
    }
}
