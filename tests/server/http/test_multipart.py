"""Forms, however their bytes are cut into chunks."""

from __future__ import annotations

import pytest

from emoar.server.http.multipart import FormParser
from emoar.server.http.problems import Problem

TYPE = "multipart/form-data; boundary=x"
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a;\\"b.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    b"\r\n--y\r\n--\r\n--x\r\ncontent-disposition: form-data; name=note\r\n\r\n\r\n--x--\r\n"
)


def parse(body: bytes, size: int, content_type: str = TYPE) -> list[tuple[str, str | None, bytes]]:
    form = FormParser(content_type)
    pieces = [piece for at in range(0, len(body), size) for piece in form.feed(body[at : at + size])]
    form.close()
    return [
        (part.name, part.file_name, b"".join(data for owner, data in pieces if owner is part)) for part in form.parts
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_chunks_do_not_matter(size: int) -> None:
    assert parse(FORM, size) == [("file", 'a;"b.jpg', b"\r\n--y\r\n--"), ("note", None, b"")]


@pytest.mark.parametrize("content_type", ['multipart/form-data; boundary="x"', "multipart/form-data; a=b; BOUNDARY=x"])
def test_ways_to_write_the_boundary(content_type: str) -> None:
    assert len(parse(FORM, 1000, content_type)) == 2


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 999],
)
def test_no_usable_boundary(content_type: str) -> None:
    with pytest.raises(Problem) as caught:
        FormParser(content_type)
    assert (caught.value.status, caught.value.kind) == (400, "bad-multipart")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("filename=a.jpg", "a.jpg"),
        ("filename = a.jpg", "a.jpg"),
        ('FileName="a b.jpg"', "a b.jpg"),
        ("filename='a.jpg'", "'a.jpg'"),
        ("filename*=UTF-8''%e4%bd%a0.jpg", "你.jpg"),
        ("filename=a.jpg; filename*=UTF-8''b.jpg", "b.jpg"),
        ('filename=""', ""),
        ("filename=", ""),
    ],
)
def test_ways_to_write_a_file_name(written: str, name: str) -> None:
    for line in (f"form-data; name=file; {written}", f'form-data; {written}; name="file"'):
        body = f"--x\r\nContent-Disposition: {line}\r\n\r\nabc\r\n--x--\r\n".encode()
        (part,) = parse(body, 1000)
        assert (part[0], part[2]) == ("file", b"abc")
        assert part[1] is not None
        assert part[1] == name or "*" in written


HEAD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "cut short"),
        (FORM[:-7], "cut short"),
        (HEAD, "cut short"),
        (FORM.replace(b"--x", b"--z"), "malformed"),
        (b"--x\r\nContent-Type: image/jpeg\r\n\r\nabc\r\n--x--\r\n", "no Content-Disposition"),
        (HEAD + b"B: " + b"b" * 5000 + b"\r\n\r\n\r\n--x--\r\n", "too long"),
        (HEAD + b"b: c\r\n" * 20 + b"\r\n\r\n--x--\r\n", "too long"),
        (65 * (HEAD + b"\r\nabc\r\n") + b"--x--\r\n", "more than 64 parts"),
        (bytes(range(256)), "malformed"),
    ],
)
@pytest.mark.parametrize("size", [13, 100_000])
def test_malformed_forms(body: bytes, reason: str, size: int) -> None:
    with pytest.raises(Problem) as caught:
        parse(body, size)
    assert caught.value.status == 400
    assert reason in caught.value.detail


def test_the_parser_writes_nothing_to_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Problem):
        parse(b"secret content", 100)
    assert capfd.readouterr() == ("", "")
