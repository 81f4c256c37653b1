using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        internal sealed class OutboundHandle : NativeHandle
        {
            internal OutboundHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_outbound_free(handle);
                return true;
            }
        }

        internal sealed class ExchangeHandle : NativeHandle
        {
            internal ExchangeHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_exchange_free(handle);
                return true;
            }
        }

        internal sealed class CallHandle : NativeHandle
        {
            internal CallHandle(IntPtr handle)
                : base(handle)
            {
            }

            protected override bool ReleaseHandle()
            {
                wsse_call_free(handle);
                return true;
            }
        }

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_outbound_new(
            byte[] policy, UIntPtr policyLength, IntPtr credentials, IntPtr environment,
            ref IntPtr outbound, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_outbound_protect(
            OutboundHandle outbound, byte[] envelope, UIntPtr envelopeLength, IntPtr call,
            ref IntPtr protectedMessage, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_outbound_protect_reply(
            OutboundHandle outbound, ExchangeHandle exchange, byte[] envelope, UIntPtr envelopeLength,
            IntPtr call, ref IntPtr protectedMessage, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint wsse_outbound_policy(
            OutboundHandle outbound, ref IntPtr policy, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_outbound_free(IntPtr outbound);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern View wsse_protected_message(IntPtr protectedMessage);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_protected_exchange(
            IntPtr protectedMessage, ref IntPtr exchange, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_protected_free(IntPtr protectedMessage);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_exchange_free(IntPtr exchange);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_call_new(ref IntPtr call, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_call_set_username(
            CallHandle call, byte[] username, UIntPtr length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_call_set_password(
            CallHandle call, byte[] password, UIntPtr length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_call_set_nonce(
            CallHandle call, byte[] nonce, UIntPtr length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_call_set_created(
            CallHandle call, byte[] created, UIntPtr length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_call_set_username_token_id(
            CallHandle call, byte[] id, UIntPtr length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern uint wsse_call_set_timestamp_id(
            CallHandle call, byte[] id, UIntPtr length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        private static extern void wsse_call_free(IntPtr call);

        /// <summary>Copies a wsse_protected and frees it.</summary>
        internal static Protected TakeProtected(IntPtr created)
        {
            try
            {
                var exchange = IntPtr.Zero;
                Call((ref IntPtr error) => wsse_protected_exchange(created, ref exchange, ref error));
                return new Protected(wsse_protected_message(created).ToArray(), new Exchange(exchange));
            }
            finally
            {
                wsse_protected_free(created);
            }
        }

        private delegate uint Setter(CallHandle call, byte[] octets, UIntPtr length, ref IntPtr error);

        /// <summary>A wsse_call; null for null.</summary>
        internal static CallHandle NewCall(Call managed)
        {
            if (managed == null)
            {
                return null;
            }
            var created = IntPtr.Zero;
            Call((ref IntPtr error) => wsse_call_new(ref created, ref error));
            var call = new CallHandle(created);
            try
            {
                Set(call, wsse_call_set_username, new Octets(managed.Username));
                Set(call, wsse_call_set_password, new Octets(managed.Password), true);
                Set(call, wsse_call_set_nonce, new Octets(managed.Nonce));
                Set(call, wsse_call_set_created, new Octets(managed.Created));
                Set(call, wsse_call_set_username_token_id, new Octets(managed.UsernameTokenId));
                Set(call, wsse_call_set_timestamp_id, new Octets(managed.TimestampId));
                return call;
            }
            catch
            {
                call.Dispose();
                throw;
            }
        }

        private static void Set(CallHandle call, Setter setter, Octets octets, bool isSecret = false)
        {
            try
            {
                Call((ref IntPtr error) => setter(call, octets.Data, octets.Length, ref error));
            }
            finally
            {
                if (isSecret)
                {
                    octets.Clear();
                }
            }
        }
    }
}
