using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    internal static partial class Interop
    {
        private const int Yes = 1;
        private const int No = 0;
        private const int Failed = -1;

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ClockCallback(IntPtr userdata, IntPtr now);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int RandomCallback(IntPtr userdata, IntPtr octets, UIntPtr length);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int LookupCallback(
            IntPtr userdata, IntPtr username, UIntPtr usernameLength, IntPtr passwords);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int VerifierCallback(
            IntPtr userdata, IntPtr username, UIntPtr usernameLength, IntPtr password, UIntPtr passwordLength);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int ReplayCallback(
            IntPtr userdata, IntPtr key, UIntPtr keyLength, Time expires, Time now);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int RemoteSignCallback(IntPtr userdata, IntPtr request, IntPtr signature);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int RemoteDecryptCallback(IntPtr userdata, IntPtr request, IntPtr secret);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int RemoteVerifyCallback(IntPtr userdata, IntPtr request);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate int DecisionCallback(IntPtr userdata, IntPtr candidate);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        internal delegate void FreeCallback(IntPtr userdata);

        /// <summary>Frees the user data of every callback: a GCHandle that keeps the caller's delegate
        /// alive as long as a native object may call it.</summary>
        internal static readonly FreeCallback FreeUserdata = userdata => GCHandle.FromIntPtr(userdata).Free();

        // What a callback of this thread threw during the native call that is under way. It can't
        // cross the native frames, so the callback leaves it here and returns "failed".
        [ThreadStatic]
        private static Exception t_thrownByCallback;

        /// <summary>The user data of a callback. If the native call that takes it fails, the caller
        /// keeps it and must free it.</summary>
        internal static IntPtr Userdata(object callback)
        {
            return GCHandle.ToIntPtr(GCHandle.Alloc(callback));
        }

        /// <summary>The body of every callback: no exception leaves it.</summary>
        internal static int Answer<T>(IntPtr userdata, Func<T, bool> ask)
        {
            try
            {
                return ask((T)GCHandle.FromIntPtr(userdata).Target) ? Yes : No;
            }
            catch (Exception thrown)
            {
                t_thrownByCallback = thrown;
                return Failed;
            }
        }

        internal delegate uint NativeCall(ref IntPtr error);

        /// <summary>Calls a function that can fail.</summary>
        internal static void Call(NativeCall call)
        {
            RequireSameVersion();
            var error = IntPtr.Zero;
            uint result;
            Exception thrown;
            try
            {
                result = call(ref error);
            }
            finally
            {
                thrown = t_thrownByCallback;
                t_thrownByCallback = null;
            }
            ThrowIfFailed(result, error, thrown);
        }

        /// <summary>Where the library stopped half-way nobody knows who owns what: better a leak than a
        /// handle that is freed twice.</summary>
        private static bool MayHaveFreed(Exception failure)
        {
            return failure is WsseException refused && refused.Category == Category.Panic;
        }

        /// <summary>The same for one that takes user data, which stays ours if it fails.</summary>
        internal static void CallWithUserdata(object callback, Func<IntPtr, NativeCall> call)
        {
            RequireSameVersion();
            var userdata = Userdata(callback);
            try
            {
                Call(call(userdata));
            }
            catch (Exception failure) when (!MayHaveFreed(failure))
            {
                FreeUserdata(userdata);
                throw;
            }
        }
    }
}
