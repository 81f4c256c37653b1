"""The part of the module wsse._wsse that messages are read from and written to as streams. Import from
wsse, not from here."""

import os
from typing import BinaryIO, Optional, Protocol, Union, final

class _ReadableStream(Protocol):
    def read(self, size: int, /) -> bytes: ...

class _SeekableStream(_ReadableStream, Protocol):
    def seek(self, offset: int, whence: int = ..., /) -> object: ...
    def tell(self) -> int: ...

class _WritableStream(Protocol):
    def write(self, octets: bytes, /) -> Optional[int]: ...

class _Spool(Protocol):
    def write(self, octets: bytes, /) -> object: ...
    def commit(self) -> object: ...
    def abort(self) -> object: ...

@final
class FileSpool:
    """A file on disk that holds what is written until it is known whether a message is accepted.

    path: the file that it becomes then, in one step; what was there stays until then, and where the
    message is refused. A new file can be read by this user alone. Without a path the file has no lasting
    name, and is handed over by file().

    Raises wsse.Io where the file can't be made.
    """

    def __new__(cls, path: Union[str, os.PathLike[str], None] = None) -> FileSpool: ...
    def file(self) -> BinaryIO:
        """What was written, as a binary file object at its beginning. It can be had once.

        Raises wsse.Misuse where nothing was accepted, and for a spool with a path.
        """

@final
class Spooled:
    """What was written into the spool."""

    @property
    def signed(self) -> bool:
        """Whether it is what the required signatures cover, as ValidatedMessage.document has it; else no
        signature protects it, as ValidatedMessage.unsigned_document has it."""

    @property
    def length(self) -> int:
        """Its octets."""

    @property
    def body(self) -> tuple[int, int]:
        """Where the Body begins and ends in it."""
