using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Wsse
{
    internal static partial class Interop
    {
        /// <summary>A string with half a surrogate pair is refused, not changed.</summary>
        private static readonly UTF8Encoding s_utf8 = new UTF8Encoding(false, true);

        private static readonly byte[] s_empty = new byte[1];

        /// <summary>wsse_str and wsse_bytes: a view of octets that the library owns.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct View
        {
            internal IntPtr Data;
            internal UIntPtr Length;

            internal bool IsAbsent => Data == IntPtr.Zero;

            internal byte[] ToArray()
            {
                if (IsAbsent)
                {
                    return null;
                }
                var octets = new byte[checked((int)Length)];
                Marshal.Copy(Data, octets, 0, octets.Length);
                return octets;
            }

            internal string ToText()
            {
                return IsAbsent ? null : Encoding.UTF8.GetString(ToArray());
            }
        }

        /// <summary>Octets of the caller: a pointer and a length. The length of null is 0, and the
        /// pointer of empty octets is not NULL.</summary>
        internal struct Octets
        {
            internal readonly byte[] Data;
            internal readonly UIntPtr Length;

            internal Octets(byte[] octets)
            {
                Data = octets != null && octets.Length == 0 ? s_empty : octets;
                Length = (UIntPtr)(octets?.Length ?? 0);
            }

            internal Octets(string text)
                : this(text == null ? null : s_utf8.GetBytes(text))
            {
            }

            /// <summary>Overwrites a copy of a secret.</summary>
            internal void Clear()
            {
                if (Data != null)
                {
                    Array.Clear(Data, 0, Data.Length);
                }
            }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_string_view(IntPtr text);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_string_free(IntPtr text);

        /// <summary>Copies a wsse_string and frees it.</summary>
        internal static string Take(IntPtr text)
        {
            try
            {
                return wsse_string_view(text).ToText();
            }
            finally
            {
                wsse_string_free(text);
            }
        }
    }
}
