using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace EmoAR
{
    /// <summary>
    /// Reads JSON (RFC 8259) into dictionaries, lists, strings, doubles, booleans and nulls. Unity's own reader has no
    /// dictionaries, and the probabilities of a scene are one.
    /// </summary>
    public static class Json
    {
        const int DeepestNesting = 64;

        /// <summary>The value of a JSON text.</summary>
        /// <exception cref="FormatException">The text is no JSON, or too deep.</exception>
        public static object Parse(string text)
        {
            var reader = new Reader(text);
            object value = reader.Value(0);
            reader.End();
            return value;
        }

        sealed class Reader
        {
            readonly string text;
            int at;

            public Reader(string text)
            {
                this.text = text ?? throw new ArgumentNullException(nameof(text));
            }

            public object Value(int depth)
            {
                if (depth > DeepestNesting) throw Error("too deep");
                switch (Next())
                {
                    case '{': return Object(depth);
                    case '[': return Array(depth);
                    case '"': return String();
                    case 't': return Word("true", true);
                    case 'f': return Word("false", false);
                    case 'n': return Word("null", null);
                    default: return Number();
                }
            }

            public void End()
            {
                SkipSpace();
                if (at < text.Length) throw Error("more text after the value");
            }

            Dictionary<string, object> Object(int depth)
            {
                var result = new Dictionary<string, object>();
                at++;
                if (Next() == '}') { at++; return result; }
                while (true)
                {
                    if (Next() != '"') throw Error("a name is missing");
                    string name = String();
                    Expect(':');
                    result[name] = Value(depth + 1);
                    if (Next() == '}') { at++; return result; }
                    Expect(',');
                }
            }

            List<object> Array(int depth)
            {
                var result = new List<object>();
                at++;
                if (Next() == ']') { at++; return result; }
                while (true)
                {
                    result.Add(Value(depth + 1));
                    if (Next() == ']') { at++; return result; }
                    Expect(',');
                }
            }

            string String()
            {
                var result = new StringBuilder();
                at++;
                while (true)
                {
                    if (at >= text.Length) throw Error("a string has no end");
                    char character = text[at++];
                    if (character == '"') return result.ToString();
                    if (character < ' ') throw Error("a control character in a string");
                    result.Append(character == '\\' ? Escaped() : character);
                }
            }

            char Escaped()
            {
                if (at >= text.Length) throw Error("a string has no end");
                char character = text[at++];
                switch (character)
                {
                    case 'b': return '\b';
                    case 'f': return '\f';
                    case 'n': return '\n';
                    case 'r': return '\r';
                    case 't': return '\t';
                    case '"': case '\\': case '/': return character;
                    case 'u':
                        ushort code;
                        if (at + 4 > text.Length || !ushort.TryParse(text.Substring(at, 4), NumberStyles.AllowHexSpecifier,
                                CultureInfo.InvariantCulture, out code)) throw Error("a wrong \\u");
                        at += 4;
                        return (char)code;
                    default: throw Error("a wrong escape");
                }
            }

            double Number()
            {
                int start = at;
                while (at < text.Length && "+-.eE0123456789".IndexOf(text[at]) >= 0) at++;
                double value;
                if (at == start || !double.TryParse(text.Substring(start, at - start), NumberStyles.Float,
                        CultureInfo.InvariantCulture, out value)) throw Error("no value");
                return value;
            }

            object Word(string word, object value)
            {
                if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) throw Error("no value");
                at += word.Length;
                return value;
            }

            void Expect(char character)
            {
                if (Next() != character) throw Error("'" + character + "' is missing");
                at++;
            }

            char Next()
            {
                SkipSpace();
                if (at >= text.Length) throw Error("the text ends early");
                return text[at];
            }

            void SkipSpace()
            {
                while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0) at++;
            }

            FormatException Error(string what)
            {
                return new FormatException("JSON, character " + at + ": " + what);
            }
        }
    }
}
