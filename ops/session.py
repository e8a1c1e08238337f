"""An AWS session for the laptop: nothing of the user's own AWS configuration reaches it."""

from __future__ import annotations

import os

import botocore.session

_NO_AWS_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def session_without_files() -> botocore.session.Session:
    """Return a session that reads neither AWS's configuration files nor AWS_PROFILE."""
    # botocore's: boto3's would look for the profile that AWS_PROFILE names.
    return botocore.session.Session(session_vars=_NO_AWS_FILES)
