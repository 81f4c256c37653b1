#if !NET8_0_OR_GREATER
using System.Net.Http;

namespace Wsse
{
    internal sealed partial class RequestCopies
    {
        static partial void CopyOptions(HttpRequestMessage original, HttpRequestMessage copy)
        {
            foreach (var property in original.Properties)
            {
                copy.Properties[property.Key] = property.Value;
            }
        }
    }
}
#endif
