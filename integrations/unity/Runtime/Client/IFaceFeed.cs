using System;

namespace EmoAR
{
    /// <summary>Where scenes and events come from. `Dispose` disconnects.</summary>
    public interface IFaceFeed : IDisposable
    {
        /// <summary>What has arrived.</summary>
        Inbox Inbox { get; }

        /// <summary>Why nothing arrives; empty while it is connected.</summary>
        string Problem { get; }
    }
}
