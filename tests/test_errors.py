"""The tree of errors, its picture in the docstring, and the exit codes of the command line."""

from __future__ import annotations

import pytest

from emoar import errors
from emoar.errors import EmoarError, ServerError


def test_every_error_is_one_of_ours() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), EmoarError)
        assert name in (errors.__doc__ or "")


def test_each_family_has_its_exit_code() -> None:
    codes = {name: getattr(errors, name).exit_code for name in errors.__all__}
    families = ("EmoarError", "InputError", "MediaError", "OutputError", "ModelError", "TrainingError")
    assert [codes[name] for name in families] == [1, 2, 3, 4, 5, 6]
    assert (codes["DependencyMissing"], codes["ServerError"]) == (7, 8)
    assert codes["CameraError"] == codes["MediaError"]
    assert codes["ModelMissing"] == codes["ModelMismatch"] == codes["ModelError"]


def test_wrong_input_is_a_value_error_too() -> None:
    with pytest.raises(ValueError, match="too small"):
        raise errors.InputError("too small")


def test_a_refusal_of_a_server_has_its_status_and_limit() -> None:
    error = ServerError("too large", status=413, limit="max_bytes")
    assert (str(error), error.status, error.limit) == ("too large", 413, "max_bytes")
    assert ServerError("no answer").status is None
