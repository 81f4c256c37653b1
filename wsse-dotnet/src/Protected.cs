using System.Text;

namespace Wsse
{
    /// <summary>A message that <see cref="Outbound"/> protected.</summary>
    public sealed class Protected
    {
        internal Protected(byte[] message, Exchange exchange)
        {
            Message = message;
            Exchange = exchange;
        }

        /// <summary>The message, in UTF-8.</summary>
        public byte[] Message { get; }

        /// <summary>The same as a string.</summary>
        public string Text => Encoding.UTF8.GetString(Message);

        /// <summary>What the reply must answer.</summary>
        public Exchange Exchange { get; }
    }
}
