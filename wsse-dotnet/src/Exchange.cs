using System;

namespace Wsse
{
    /// <summary>
    /// What ties a reply to its request. A client takes it from <see cref="Protected"/> and gives it to
    /// <see cref="Inbound.ValidateReply(byte[], Exchange, string)"/>; a server takes it from
    /// <see cref="ValidatedMessage"/> and gives it to
    /// <see cref="Outbound.ProtectReply(byte[], Exchange, Call)"/>.
    /// </summary>
    public sealed class Exchange : IDisposable
    {
        internal Exchange(IntPtr created)
        {
            Handle = new Interop.ExchangeHandle(created);
        }

        internal Interop.ExchangeHandle Handle { get; }

        /// <summary>Frees it now rather than when nothing refers to it any more.</summary>
        public void Dispose()
        {
            Handle.Dispose();
        }
    }
}
