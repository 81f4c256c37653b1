using System;
using System.Collections.Generic;
using System.Linq;
using Mono.Cecil;

/// <summary>
/// Makes a .NET Standard 2.0 assembly of one that mcs compiled against Mono's own libraries: mcs follows
/// the forwarded types of a facade, so it can't reference netstandard itself. Refuses a type that .NET
/// Standard 2.0 does not have.
/// </summary>
internal static class Retarget
{
    private static int Main(string[] arguments)
    {
        var (source, facade, target) = (arguments[0], arguments[1], arguments[2]);
        var standard = ModuleDefinition.ReadModule(facade);
        var types = new HashSet<string>(standard.ExportedTypes.Select(type => type.FullName));
        var parameters = new ReaderParameters { ReadSymbols = false };
        using (var module = ModuleDefinition.ReadModule(source, parameters))
        {
            var reference = new AssemblyNameReference(standard.Assembly.Name.Name, new Version(2, 0, 0, 0))
            {
                PublicKeyToken = standard.Assembly.Name.PublicKeyToken,
            };
            var old = module.AssemblyReferences.ToList();
            module.AssemblyReferences.Add(reference);
            var missing = new List<string>();
            foreach (var type in module.GetTypeReferences().Where(type => !type.IsNested))
            {
                if (!types.Contains(type.FullName))
                {
                    missing.Add(type.FullName);
                }
                type.Scope = reference;
            }
            foreach (var assembly in old)
            {
                module.AssemblyReferences.Remove(assembly);
            }
            if (missing.Count > 0)
            {
                Console.Error.WriteLine("not in .NET Standard 2.0: " + string.Join(", ", missing));
                return 1;
            }
            module.Write(target);
        }
        return 0;
    }
}
