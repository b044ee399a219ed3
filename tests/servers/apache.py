"""Apache with mod_wsgi for the tests: a configuration, and the command to run it."""

import grp
import os
import pwd
import shutil
import sysconfig
from pathlib import Path

__all__ = ["MODULES", "build_command", "find_apache"]

MODULES = Path("/usr/lib/apache2/modules")
_USER = "www-data"
_CONFIGURATION = """
ServerName localhost
Listen 127.0.0.1:{port}
ServerRoot {folder}
PidFile {folder}/apache.pid
ErrorLog /dev/stderr
DocumentRoot {folder}
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule reqtimeout_module {modules}/mod_reqtimeout.so
LoadModule env_module {modules}/mod_env.so
LoadModule wsgi_module {modules}/mod_wsgi.so

RequestReadTimeout header=5 body=1
WSGISocketPrefix {folder}/wsgi
WSGIDaemonProcess demo processes=1 threads=4 home={folder} python-path={path}
WSGIProcessGroup demo
WSGIApplicationGroup %{{GLOBAL}}
WSGIScriptAlias / {script}
WSGIChunkedRequest On
SetEnv poor_Debug On
SetEnv poor_DocumentRoot {folder}/www
<Directory {scripts}>
    Require all granted
</Directory>
"""


def find_apache() -> str | None:
    """Return the program, if there is one with mod_wsgi."""
    program = shutil.which("apache2") or shutil.which("apache2", path="/usr/sbin")
    return program if (MODULES / "mod_wsgi.so").exists() else None


def build_command(port: int, folder: Path, module: str, paths: list[str]) -> list[str]:
    """Write the configuration into *folder*, and return the command.

    Started by root, Apache serves as another user, who gets *folder*.
    """
    user = ""
    if os.geteuid() == 0:
        account = pwd.getpwnam(_USER)
        user = f"User {_USER}\nGroup {grp.getgrgid(account.pw_gid).gr_name}"
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
    script = folder / "scripts" / "demo.wsgi"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"from {module} import app as application\n")
    paths = [*paths, sysconfig.get_path("purelib")]
    configuration = _CONFIGURATION.format(
        port=port,
        folder=folder,
        user=user,
        modules=MODULES,
        path=os.pathsep.join(paths),
        script=script,
        scripts=script.parent,
    )
    file = folder / "apache.conf"
    file.write_text(configuration)
    return [find_apache() or "apache2", "-f", str(file), "-DFOREGROUND"]
