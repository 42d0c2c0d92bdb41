"""How gunicorn serves us; it finds this file by itself. What must be right is checked before any worker starts."""

import os
import sys

from coordination.core import migrate
from coordination.keys import provider, source
from coordination.settings import Settings, SettingsError
from coordination.web.server_log import ServerLog
from policies.loading import load_all
from policies.tables import TableError

try:
    load_all()
    _settings = Settings.from_env(os.environ)
    load_all(_settings.tables_dir)
    source.check(_settings.master_key, _settings.master_key_file, _settings.master_key_pkcs11)
    migrate.check_current(_settings.database_url)
except (TableError, SettingsError, provider.ConfigurationError, migrate.DatabaseError) as error:
    sys.exit(str(error))

bind = f"127.0.0.1:{_settings.port}"
workers = 2
worker_class = "gthread"
threads = 4
# Built once and shared, for it opens no connection before the workers part; but a session with a hardware token would be one.
preload_app = _settings.master_key_pkcs11 is None
graceful_timeout = 8
loglevel = _settings.log_level.lower()
# No access log unless one is asked for, and then never the query string, which may be personal data, nor a one-time link.
logger_class = ServerLog
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(L)s"
control_socket_disable = True
forwarded_allow_ips = "127.0.0.1" if _settings.trusted_proxies else ""
