using System;

namespace Wsse
{
    /// <summary>
    /// Why something was refused or could not be done. The message is for the operator's log: it says
    /// what was wrong, where, and what to do, and holds no password and no digest. What a peer may see
    /// is <see cref="Fault"/>.
    /// </summary>
    public sealed class WsseException : Exception
    {
        internal WsseException(
            Category category, string cause, string message, Position? position, Fault fault, Exception inner)
            : base(message, inner)
        {
            Category = category;
            Cause = cause;
            Fault = fault;
            Offset = position?.Offset;
            Line = position?.Line;
            Column = position?.Column;
        }

        /// <summary>The family of the failure.</summary>
        public Category Category { get; }

        /// <summary>The stable name of the cause, such as "replay" or "missing-part". It determines the
        /// category; docs/errors.md lists all.</summary>
        public string Cause { get; }

        /// <summary>The octets of the message, header or policy before the place where it went wrong;
        /// null if there is no place.</summary>
        public long? Offset { get; }

        /// <summary>The line of that place, counted from 1; null where it is not known.</summary>
        public long? Line { get; }

        /// <summary>The column in characters, counted from 1; null where it is not known.</summary>
        public long? Column { get; }

        /// <summary>What the peer may be told.</summary>
        public Fault Fault { get; }

        internal struct Position
        {
            internal long Offset;
            internal long? Line;
            internal long? Column;
        }
    }
}
