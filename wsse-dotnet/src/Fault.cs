namespace Wsse
{
    /// <summary>
    /// The SOAP fault that a failure becomes. It is deliberately vague: it may be sent to the peer,
    /// which the message of the exception may not.
    /// </summary>
    public sealed class Fault
    {
        internal Fault(bool sender, string code, string text)
        {
            Sender = sender;
            Code = code;
            Text = text;
        }

        /// <summary>Whose fault it is: true for the sender (SOAP 1.1 Client, SOAP 1.2 Sender), false
        /// for the receiver (SOAP 1.1 Server, SOAP 1.2 Receiver).</summary>
        public bool Sender { get; }

        /// <summary>The local name of the code in the wsse namespace: SOAP 1.1 faultcode, SOAP 1.2
        /// Subcode. Null where the standard has no word.</summary>
        public string Code { get; }

        /// <summary>The text for faultstring or Reason.</summary>
        public string Text { get; }
    }
}
