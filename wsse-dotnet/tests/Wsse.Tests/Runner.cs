using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading.Tasks;

namespace Wsse.Tests
{
    /// <summary>A method that is one test: public, without parameters, in a class with such a constructor.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class TestAttribute : Attribute
    {
    }

    /// <summary>Only on Mono: the thing under test does not exist elsewhere.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class OnMonoAttribute : Attribute
    {
    }

    /// <summary>Only on CoreCLR.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class OnCoreClrAttribute : Attribute
    {
    }

    /// <summary>Runs every test of the assembly and writes one line for each: ok, skipped or FAILED, and the name.</summary>
    internal static class Runner
    {
        internal static readonly bool IsMono = Type.GetType("Mono.Runtime") != null;

        private static int Main(string[] arguments)
        {
            Console.WriteLine("# " + (IsMono ? "Mono" : RuntimeInformation.FrameworkDescription));
            var failed = 0;
            foreach (var test in Tests())
            {
                var name = test.DeclaringType.Name + "." + test.Name;
                if (arguments.Length > 0 && !arguments.Any(name.Contains))
                {
                    continue;
                }
                var elsewhere = IsMono ? typeof(OnCoreClrAttribute) : typeof(OnMonoAttribute);
                if (test.IsDefined(elsewhere, false))
                {
                    Console.WriteLine("skipped " + name + ": " + (IsMono ? "is about CoreCLR" : "is about Mono"));
                    continue;
                }
                try
                {
                    Run(test);
                    Console.WriteLine("ok " + name);
                }
                catch (Exception failure)
                {
                    failed++;
                    Console.WriteLine("FAILED " + name);
                    Console.WriteLine("  " + failure.ToString().Replace("\n", "\n  "));
                }
            }
            Console.WriteLine("# end");
            Console.Out.Flush();
            // Threads of the pool that still wait for a socket must not keep the process alive.
            Environment.Exit(failed == 0 ? 0 : 1);
            return 0;
        }

        private static IEnumerable<MethodInfo> Tests()
        {
            return Assembly.GetExecutingAssembly().GetTypes()
                .OrderBy(type => type.Name, StringComparer.Ordinal)
                .SelectMany(type => type.GetMethods())
                .Where(method => method.IsDefined(typeof(TestAttribute), false));
        }

        private static void Run(MethodInfo test)
        {
            var instance = Activator.CreateInstance(test.DeclaringType);
            try
            {
                if (test.Invoke(instance, null) is Task task && !task.Wait(TimeSpan.FromMinutes(2)))
                {
                    throw new TimeoutException("the test did not end in two minutes");
                }
            }
            catch (TargetInvocationException wrapped)
            {
                throw new Exception("the test failed", wrapped.InnerException);
            }
            finally
            {
                (instance as IDisposable)?.Dispose();
            }
        }
    }

    internal static class Check
    {
        internal static void Equal<T>(T expected, T actual)
        {
            if (!EqualityComparer<T>.Default.Equals(expected, actual))
            {
                throw new Exception($"expected <{expected}>, but got <{actual}>");
            }
        }

        internal static void Sequence<T>(IEnumerable<T> expected, IEnumerable<T> actual)
        {
            Equal(string.Join(" | ", expected), string.Join(" | ", actual));
        }

        internal static void True(bool condition, string otherwise)
        {
            if (!condition)
            {
                throw new Exception(otherwise);
            }
        }

        internal static void Contains(string part, string whole)
        {
            True(whole.Contains(part), $"<{part}> is not in <{whole}>");
        }

        internal static T Throws<T>(Action action) where T : Exception
        {
            try
            {
                action();
            }
            catch (T expected)
            {
                return expected;
            }
            throw new Exception($"expected {typeof(T).Name}, but nothing was thrown");
        }

        internal static async Task<T> ThrowsAsync<T>(Func<Task> action) where T : Exception
        {
            try
            {
                await action();
            }
            catch (T expected)
            {
                return expected;
            }
            throw new Exception($"expected {typeof(T).Name}, but nothing was thrown");
        }

        internal static WsseException Refused(Category category, string cause, Action action)
        {
            var refused = Throws<WsseException>(action);
            Equal(category + "/" + cause, refused.Category + "/" + refused.Cause);
            return refused;
        }
    }
}
