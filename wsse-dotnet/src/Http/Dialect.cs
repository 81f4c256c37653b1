using System;

namespace Wsse
{
    /// <summary>How one service, or one family of clients, spells the X-WSSE header; see
    /// docs/guide/x-wsse.md. Immutable; any number of threads may use it.</summary>
    public sealed class Dialect
    {
        private readonly Func<Interop.DialectHandle> _make;

        /// <summary>A dialect that differs from the preset "atom" by its name only, which is for people and
        /// logs.</summary>
        public Dialect(string name)
            : this(() => New(name, Interop.wsse_dialect_new))
        {
        }

        private Dialect(Func<Interop.DialectHandle> make)
        {
            _make = make;
            Handle = make();
            Name = Interop.wsse_dialect_name(Handle).ToText();
        }

        private delegate uint Maker(byte[] name, UIntPtr nameLength, ref IntPtr dialect, ref IntPtr error);

        private delegate uint Setter(
            Interop.DialectHandle dialect, byte[] name, UIntPtr nameLength, byte[] value, UIntPtr valueLength,
            ref IntPtr error);

        internal Interop.DialectHandle Handle { get; }

        /// <summary>The name.</summary>
        public string Name { get; }

        /// <summary>A dialect by its name: one of <see cref="XWsseHeader.Dialects"/>.</summary>
        /// <exception cref="WsseException">Misuse: there is no such dialect.</exception>
        public static Dialect Preset(string name)
        {
            return new Dialect(() => New(name, Interop.wsse_dialect_new_preset));
        }

        /// <summary>The same with one thing changed, such as <c>With("hash", "sha512")</c>; docs/guide/dotnet.md
        /// lists names and values.</summary>
        /// <exception cref="WsseException">Misuse: there is no such name or value.</exception>
        public Dialect With(string knob, string value)
        {
            return Changed(Interop.wsse_dialect_set, knob, value);
        }

        /// <summary>The same with a parameter that is always written.</summary>
        public Dialect WithParameter(string name, string value)
        {
            return Changed(Interop.wsse_dialect_add_parameter, name, value);
        }

        /// <summary>The name.</summary>
        public override string ToString()
        {
            return Name;
        }

        private static Interop.DialectHandle New(string name, Maker maker)
        {
            var text = new Interop.Octets(name ?? throw new ArgumentNullException(nameof(name)));
            var created = IntPtr.Zero;
            Interop.Call((ref IntPtr error) => maker(text.Data, text.Length, ref created, ref error));
            return new Interop.DialectHandle(created);
        }

        /// <summary>A native dialect can be changed and not copied: the changed one is made anew.</summary>
        private Dialect Changed(Setter setter, string name, string value)
        {
            var key = new Interop.Octets(name ?? throw new ArgumentNullException(nameof(name)));
            var text = new Interop.Octets(value ?? throw new ArgumentNullException(nameof(value)));
            return new Dialect(() =>
            {
                var dialect = _make();
                Interop.Call((ref IntPtr error) => setter(
                    dialect, key.Data, key.Length, text.Data, text.Length, ref error));
                return dialect;
            });
        }
    }
}
