"""The HTTP X-WSSE header: the UsernameToken of SOAP, carried by one header of a request.

No standard defines the header, and services have varied every detail of it. A :class:`Dialect` is
one such variation; :data:`PRESETS` names those that are in the field. A client writes
``{"X-WSSE": create_header(username, password)}``, a server calls :meth:`HeaderCheck.check`.

The digest covers neither method nor target nor body of the request: use it under TLS, and don't
let a client library carry the header along to another place on a redirect.
"""

from wsse._wsse import HTTP_PRESETS as PRESETS
from wsse._wsse import (
    Authorization,
    Challenge,
    CheckedHeader,
    Dialect,
    HeaderCheck,
    HeaderCreator,
    create_header,
)

__all__ = [
    "PRESETS",
    "Authorization",
    "Challenge",
    "CheckedHeader",
    "Dialect",
    "HeaderCheck",
    "HeaderCreator",
    "create_header",
]
