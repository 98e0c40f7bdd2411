using System;
using System.IO;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace EmoAR
{
    /// <summary>
    /// Subscribes to `WS /v1/events` of `emoar serve`, and connects again for ever after a loss, less and less often.
    /// </summary>
    public sealed class EventsClient : IFaceFeed
    {
        const int FirstWaitMs = 500, LastWaitMs = 30000, MostBytes = 4 << 20;

        readonly Uri address;
        readonly string apiKey;
        readonly CancellationTokenSource stopping = new CancellationTokenSource();
        readonly Task task;

        /// <param name="server">Such as "ws://127.0.0.1:8000" or "wss://host".</param>
        /// <param name="apiKey">For a server with keys; null or empty: none.</param>
        /// <param name="rate">Scenes a second; 0: events alone.</param>
        /// <param name="source">One source alone; null or empty: all.</param>
        /// <exception cref="UriFormatException">The address is wrong.</exception>
        public EventsClient(string server, string apiKey = null, float rate = 30, string source = null)
        {
            this.apiKey = apiKey;
            address = AddressOf(server, rate, source);
            Inbox = new Inbox();
            Problem = "not yet connected";
            task = Task.Run(() => Run(stopping.Token));
        }

        public Inbox Inbox { get; }

        public string Problem { get; private set; }

        /// <summary>Disconnects, and waits for it for a second at most.</summary>
        public void Dispose()
        {
            if (stopping.IsCancellationRequested) return;
            stopping.Cancel();
            try { task.Wait(1000); }
            catch (AggregateException) { }
        }

        static Uri AddressOf(string server, float rate, string source)
        {
            var builder = new UriBuilder(server) { Path = "/v1/events" };
            if (builder.Scheme != "ws" && builder.Scheme != "wss")
                throw new UriFormatException("write ws:// or wss://, not " + builder.Scheme + "://");
            string number = rate.ToString(System.Globalization.CultureInfo.InvariantCulture);
            builder.Query = rate > 0 ? "scenes=1&rate=" + number : "scenes=0";
            if (!string.IsNullOrEmpty(source)) builder.Query = builder.Query.TrimStart('?') + "&source=" + Uri.EscapeDataString(source);
            return builder.Uri;
        }

        async Task Run(CancellationToken stop)
        {
            int waitMs = FirstWaitMs;
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using (var socket = new ClientWebSocket())
                    {
                        if (!string.IsNullOrEmpty(apiKey)) socket.Options.SetRequestHeader("Authorization", "Bearer " + apiKey);
                        await socket.ConnectAsync(address, stop).ConfigureAwait(false);
                        Problem = "";
                        waitMs = FirstWaitMs;
                        await Receive(socket, stop).ConfigureAwait(false);
                        Problem = "the server has closed the connection: " + socket.CloseStatusDescription;
                    }
                }
                catch (Exception error) when (!(error is OperationCanceledException) || !stop.IsCancellationRequested)
                {
                    Problem = error.GetBaseException().Message;
                }
                catch (OperationCanceledException) { return; }
                try { await Task.Delay(waitMs, stop).ConfigureAwait(false); }
                catch (OperationCanceledException) { return; }
                waitMs = Math.Min(2 * waitMs, LastWaitMs);
            }
        }

        async Task Receive(ClientWebSocket socket, CancellationToken stop)
        {
            var part = new ArraySegment<byte>(new byte[1 << 16]);
            var message = new MemoryStream();
            while (socket.State == WebSocketState.Open)
            {
                WebSocketReceiveResult result = await socket.ReceiveAsync(part, stop).ConfigureAwait(false);
                if (result.MessageType == WebSocketMessageType.Close) return;
                message.Write(part.Array, 0, result.Count);
                if (message.Length > MostBytes) throw new InvalidDataException("a message is too large");
                if (!result.EndOfMessage) continue;
                string text = Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
                message.SetLength(0);
                Inbox.Put(Messages.Read(text));
            }
        }
    }
}
