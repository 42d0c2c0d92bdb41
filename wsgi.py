"""What a WSGI server is pointed at. Settings come from the environment alone; ``coordination run`` fills it in."""

import os

from coordination.app import create_app
from coordination.settings import Settings

application = create_app(Settings.from_env(os.environ))
