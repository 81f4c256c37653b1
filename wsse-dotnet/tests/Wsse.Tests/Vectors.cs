using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Wsse.Tests
{
    /// <summary>The tables of vectors/, and the third-party vectors that they name.</summary>
    internal static class Vectors
    {
        /// <summary>The folder that WSSE_VECTORS names, or beside the project; null where it is not there.</summary>
        internal static string Folder
        {
            get
            {
                var named = Environment.GetEnvironmentVariable("WSSE_VECTORS");
                var folder = named ?? Path.Combine(Files.Root, "..", "shared", "vectors");
                if (File.Exists(Path.Combine(folder, "manifest.tsv")))
                {
                    return folder;
                }
                Check.Equal(null, named);
                return null;
            }
        }

        /// <summary>The files of the manifest by their ids; null where the vectors are not there.</summary>
        internal static Dictionary<string, string> Manifest()
        {
            var folder = Folder;
            return folder == null
                ? null
                : Table(File.ReadAllText(Path.Combine(folder, "manifest.tsv")))
                    .ToDictionary(row => row["id"], row => Path.Combine(folder, row["file"]));
        }

        internal static IEnumerable<Dictionary<string, string>> Table(string text)
        {
            var lines = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
            var names = lines[0].Split('\t');
            foreach (var line in lines.Skip(1))
            {
                var fields = line.Split('\t');
                yield return names.Select((name, i) => new { name, value = i < fields.Length ? fields[i] : "" })
                    .ToDictionary(pair => pair.name, pair => pair.value);
            }
        }

        internal static string[] Words(string field)
        {
            return field.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
