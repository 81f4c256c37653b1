using System;
using System.Collections.Generic;

namespace Wsse
{
    /// <summary>Finds the passwords of a user: several while one is being replaced, null or none for an
    /// unknown user. May be called by several threads at once. If it throws, the message is refused
    /// as Unavailable, with the exception inside.</summary>
    /// <param name="username">The name in the token.</param>
    public delegate IEnumerable<string> PasswordLookup(string username);

    /// <summary>Judges a password in clear text, where only hashes of passwords are stored. It should
    /// take the same time for an unknown user as for a wrong password. May be called by several threads
    /// at once. If it throws, the message is refused as Unavailable, with the exception inside.</summary>
    /// <param name="username">The name in the token.</param>
    /// <param name="password">The password in the token.</param>
    public delegate bool PasswordVerifier(string username, string password);

    /// <summary>Fills an array with octets that nobody can foresee. May be called by several threads at
    /// once.</summary>
    /// <param name="octets">Where they go; all of it.</param>
    public delegate void RandomSource(byte[] octets);

    /// <summary>
    /// Remembers a key until an instant and returns true, or returns false if it is remembered already.
    /// </summary>
    /// <remarks>Everything that protects against replays rests on it: of any number of calls with the
    /// same key, in all threads and processes that share the store, exactly one may be told true. An
    /// entry must be kept until <paramref name="expires"/>: losing it earlier lets a captured message
    /// pass again. If it throws, the message is refused as Unavailable, with the exception
    /// inside.</remarks>
    /// <param name="key">32 octets.</param>
    /// <param name="expires">Until when the key is kept.</param>
    /// <param name="now">The instant of the clock that judged the message.</param>
    public delegate bool ReplayInsert(byte[] key, DateTimeOffset expires, DateTimeOffset now);
}
