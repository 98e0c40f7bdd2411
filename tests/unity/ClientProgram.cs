// What a program does with the client: it prints what it receives, one line each. The tests read it.
using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using EmoAR;

static class ClientProgram
{
    static int Main(string[] arguments)
    {
        Thread.CurrentThread.CurrentCulture = CultureInfo.InvariantCulture;
        switch (arguments[0])
        {
            case "json": return ReadLines(line => Written(Json.Parse(line)));
            case "message": return ReadLines(line => Written(Messages.Read(line)));
            case "head": return ReadLines(Rotated);
            case "events": return Follow(new EventsClient(arguments[1], Environment.GetEnvironmentVariable("EMOAR_API_KEY")));
            case "osc": return Follow(new OscReceiver(int.Parse(arguments[1])));
            default: return 2;
        }
    }

    /// <summary>Answers each line of the input.</summary>
    static int ReadLines(Func<string, string> answer)
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            try { Console.WriteLine(answer(line)); }
            catch (FormatException error) { Console.WriteLine("refused " + error.Message); }
        }
        return 0;
    }

    /// <summary>Prints what arrives until the input ends.</summary>
    static int Follow(IFaceFeed feed)
    {
        var ended = new ManualResetEvent(false);
        new Thread(() => { Console.In.ReadToEnd(); ended.Set(); }) { IsBackground = true }.Start();
        Console.WriteLine("ready");
        string told = "";
        using (feed)
        {
            while (!ended.WaitOne(5))
            {
                SceneState scene;
                EventState change;
                while (feed.Inbox.TryTake(out change)) Console.WriteLine(Written(change));
                if (feed.Inbox.TryTake(out scene)) Console.WriteLine(Written(scene));
                if (feed.Problem != told) Console.WriteLine("problem " + feed.Problem);
                told = feed.Problem;
                Console.Out.Flush();
            }
        }
        return 0;
    }

    static string Rotated(string line)
    {
        float[] angles = line.Split(' ').Select(part => float.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        HeadRotation head = HeadRotation.Of(new FaceState { YawDeg = angles[0], PitchDeg = angles[1], RollDeg = angles[2] });
        return head.X + " " + head.Y + " " + head.Z + " " + head.W;
    }

    /// <summary>A value as JSON, with names in order.</summary>
    static string Written(object value)
    {
        if (value == null) return "null";
        if (value is bool) return (bool)value ? "true" : "false";
        if (value is double) return ((double)value).ToString("R");
        if (value is float) return ((float)value).ToString("R");
        if (value is int) return value.ToString();
        var text = value as string;
        if (text != null) return "\"" + string.Concat(text.Select(c => "\\u" + ((int)c).ToString("x4"))) + "\"";
        var map = value as System.Collections.IDictionary;
        if (map != null) return "{" + string.Join(",", map.Keys.Cast<string>().OrderBy(k => k, StringComparer.Ordinal).Select(k => Written(k) + ":" + Written(map[k]))) + "}";
        var list = value as System.Collections.IEnumerable;
        if (list != null) return "[" + string.Join(",", list.Cast<object>().Select(Written)) + "]";
        var fields = value.GetType().GetFields().OrderBy(field => field.Name, StringComparer.Ordinal);
        return "{" + string.Join(",", fields.Select(field => Written(field.Name) + ":" + Written(field.GetValue(value)))) + "}";
    }
}
