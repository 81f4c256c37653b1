using System;
using System.Runtime.InteropServices;

namespace Wsse
{
    /// <summary>Owns a native object and frees it once, when nothing uses it any more.</summary>
    internal abstract class NativeHandle : SafeHandle
    {
        protected NativeHandle(IntPtr handle)
            : base(IntPtr.Zero, true)
        {
            SetHandle(handle);
        }

        public override bool IsInvalid => handle == IntPtr.Zero;
    }

    /// <summary>Holds a handle that may be null during a native call, so that nobody frees it meanwhile.</summary>
    internal struct Borrowed : IDisposable
    {
        private readonly SafeHandle _handle;
        private bool _added;

        internal Borrowed(SafeHandle handle)
        {
            _handle = handle;
            _added = false;
            handle?.DangerousAddRef(ref _added);
        }

        /// <summary>NULL for null.</summary>
        internal IntPtr Pointer => _handle?.DangerousGetHandle() ?? IntPtr.Zero;

        public void Dispose()
        {
            if (_added)
            {
                _added = false;
                _handle.DangerousRelease();
            }
        }
    }
}
