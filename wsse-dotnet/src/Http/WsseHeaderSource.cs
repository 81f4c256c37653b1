using System;
using System.Collections.Generic;
using System.Net;

namespace Wsse
{
    /// <summary>How <see cref="WsseHandler"/> and <see cref="WsseAuthenticationModule"/> make the
    /// X-WSSE header of a request from a credential.</summary>
    public class WsseHeaderSource
    {
        /// <summary>The dialect "atom" at the clock of the machine.</summary>
        public WsseHeaderSource()
            : this("atom")
        {
        }

        /// <summary>A dialect by its name.</summary>
        /// <param name="dialect">One of <see cref="XWsseHeader.Dialects"/>.</param>
        /// <exception cref="WsseException">Misuse: there is no such dialect.</exception>
        public WsseHeaderSource(string dialect)
            : this(Dialect.Preset(dialect))
        {
        }

        /// <summary>A dialect of your own.</summary>
        public WsseHeaderSource(Dialect dialect)
        {
            Dialect = dialect ?? throw new ArgumentNullException(nameof(dialect));
            Authorization = dialect.Name == "huawei"
                ? AuthorizationHeader.Huawei
                : AuthorizationHeader.UsernameToken;
        }

        /// <summary>How the header is spelt and hashed.</summary>
        public Dialect Dialect { get; }

        /// <summary>The clock; null, the default, is that of the machine.</summary>
        public Func<DateTimeOffset> Clock { get; set; }

        /// <summary>Parameters beside the four, which nothing protects. Default: none.</summary>
        public IDictionary<string, string> Parameters { get; } = new Dictionary<string, string>();

        /// <summary>The Authorization header that goes along; null sends none with
        /// <see cref="WsseHandler"/>. Default: that of Huawei for the dialect "huawei", else <c>WSSE
        /// profile="UsernameToken"</c>.</summary>
        public AuthorizationHeader Authorization { get; set; }

        /// <summary>A new header value with a new nonce.</summary>
        /// <exception cref="WsseException">The header could not be made.</exception>
        public virtual string Create(NetworkCredential credential)
        {
            if (credential == null)
            {
                throw new ArgumentNullException(nameof(credential));
            }
            using (var creator = new HeaderCreator(credential.UserName, credential.Password, Dialect, Clock))
            {
                var options = new HeaderOptions();
                foreach (var parameter in Parameters)
                {
                    options.Parameters.Add(parameter);
                }
                return creator.Create(options);
            }
        }
    }
}
