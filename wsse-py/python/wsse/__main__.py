"""``python -m wsse`` is the command ``wsse``."""

import sys

from wsse._command import main

sys.exit(main())
