using System;
using System.Collections.Generic;

namespace Wsse
{
    /// <summary>The Authorization header that some services want beside X-WSSE: it holds no secret.
    /// Immutable.</summary>
    public sealed class AuthorizationHeader
    {
        // Not in a static constructor: a native library that is missing shall be told as it is.
        private static AuthorizationHeader s_usernameToken;
        private static AuthorizationHeader s_huawei;
        private readonly string _written;

        internal AuthorizationHeader(
            string realm, string profile, IReadOnlyDictionary<string, string> parameters, string written)
        {
            Realm = realm;
            Profile = profile;
            Parameters = parameters;
            _written = written;
        }

        /// <summary><c>WSSE profile="UsernameToken"</c>.</summary>
        public static AuthorizationHeader UsernameToken => s_usernameToken ?? (s_usernameToken = Create(null));

        /// <summary><c>WSSE realm="SDP",profile="UsernameToken",type="Appkey"</c>, which Huawei Cloud SMS
        /// wants with the dialect "huawei".</summary>
        public static AuthorizationHeader Huawei => s_huawei ?? (s_huawei = MakeHuawei());

        /// <summary>The realm; null where there is none.</summary>
        public string Realm { get; }

        /// <summary>The profile; null where there is none.</summary>
        public string Profile { get; }

        /// <summary>The other parameters.</summary>
        public IReadOnlyDictionary<string, string> Parameters { get; }

        /// <summary>A header with a realm and other parameters.</summary>
        /// <param name="realm">Null for none.</param>
        /// <param name="parameters">Null, the default, for none.</param>
        /// <exception cref="WsseException">Misuse: what can't stand in a header.</exception>
        public static AuthorizationHeader Create(
            string realm, IReadOnlyDictionary<string, string> parameters = null)
        {
            var created = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_authorization_new(ref created, ref error));
            try
            {
                if (realm != null)
                {
                    var text = new Interop.Octets(realm);
                    Interop.Call((ref IntPtr error) => Interop.wsse_authorization_set_realm(
                        created, text.Data, text.Length, ref error));
                }
                foreach (var parameter in parameters ?? new Dictionary<string, string>())
                {
                    var (name, value) = (new Interop.Octets(parameter.Key), new Interop.Octets(parameter.Value));
                    Interop.Call((ref IntPtr error) => Interop.wsse_authorization_add_parameter(
                        created, name.Data, name.Length, value.Data, value.Length, ref error));
                }
            }
            catch
            {
                Interop.wsse_authorization_free(created);
                throw;
            }
            return Interop.TakeAuthorization(created);
        }

        /// <summary>Reads the value of an Authorization header; null where it is of another scheme.</summary>
        /// <exception cref="WsseException">Malformed or LimitExceeded, with the offset.</exception>
        public static AuthorizationHeader Parse(string value)
        {
            var text = new Interop.Octets(value ?? throw new ArgumentNullException(nameof(value)));
            var parsed = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_authorization_parse(
                text.Data, text.Length, ref parsed, ref error));
            return Interop.TakeAuthorization(parsed);
        }

        /// <summary>The value of the header.</summary>
        public override string ToString()
        {
            return _written;
        }

        private static AuthorizationHeader MakeHuawei()
        {
            var created = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => Interop.wsse_authorization_new_huawei(ref created, ref error));
            return Interop.TakeAuthorization(created);
        }
    }
}
