namespace Wsse
{
    /// <summary>The version of SOAP, which the namespace of the Envelope tells.</summary>
    public enum SoapVersion
    {
        /// <summary>SOAP 1.1.</summary>
        Soap11 = 11,

        /// <summary>SOAP 1.2.</summary>
        Soap12 = 12,
    }
}
