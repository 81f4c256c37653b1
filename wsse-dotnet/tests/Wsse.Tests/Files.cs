using System;
using System.IO;
using System.Text;

namespace Wsse.Tests
{
    /// <summary>The files of the project, whose folder the environment variable WSSE_ROOT names.</summary>
    internal static class Files
    {
        internal static string Root =>
            Environment.GetEnvironmentVariable("WSSE_ROOT") ?? throw new Exception("WSSE_ROOT is not set");

        internal static string Read(string path)
        {
            return File.ReadAllText(Path.Combine(Root, path), Encoding.UTF8);
        }
    }
}
