"""What stands on each sheet of a PDF that Chromium made: enough of the format for that, and no more."""

import re
import zlib

_OBJECT = re.compile(rb"(?<!\d)(\d+) 0 obj\b(.*?)\bendobj", re.DOTALL)
# Its length is given: the last byte of what is packed may be a line's end itself.
_STREAM = re.compile(rb"/Length\s+(\d+).*?stream\r?\n", re.DOTALL)
_SHOWN = re.compile(rb"/(\w+) [\d.-]+ Tf|<([0-9A-Fa-f]+)>|\bT[jJ]\b|\bTd\b|\bTm\b|\bET\b")


def sheets(pdf: bytes) -> list[str]:
    """The text of each sheet, in the order of painting."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type\s*/Page\b", body)]
    return [_text(body, objects) for body in pages]


def _text(page: bytes, objects: dict[int, bytes]) -> str:
    fonts = {}
    for block in re.findall(rb"/Font\s*<<(.*?)>>", _resources(page, objects), re.DOTALL):
        for name, number in re.findall(rb"/(\w+)\s+(\d+) 0 R", block):
            fonts[name] = _letters(objects[int(number)], objects)
    content = b"".join(_unpacked(objects[int(n)]) for n in _references(page, rb"/Contents"))
    letters: dict[int, str] = {}
    written: list[str] = []
    for font, codes in _SHOWN.findall(content):
        if font:
            letters = fonts.get(font, {})
        written += [letters.get(int(codes[place : place + 4], 16), "") for place in range(0, len(codes) - 3, 4)]
    return "".join(written)


def _resources(page: bytes, objects: dict[int, bytes]) -> bytes:
    elsewhere = _references(page, rb"/Resources")
    return b"".join(objects[int(number)] for number in elsewhere) or page


def _references(body: bytes, key: bytes) -> list[bytes]:
    found = re.search(key + rb"\s*(\[[^\]]*\]|\d+ 0 R)", body)
    return re.findall(rb"(\d+) 0 R", found[1]) if found else []


def _unpacked(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if not found:
        return b""
    content = body[found.end() : found.end() + int(found[1])]
    return zlib.decompress(content) if b"/FlateDecode" in body else content


def _letters(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """Which letter each code of the font stands for."""
    letters = {}
    for number in _references(font, rb"/ToUnicode"):
        table = _unpacked(objects[int(number)])
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
            for code, letter in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
                letters[int(code, 16)] = _letter(letter)
        for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
            for first, last, letter in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
                for step in range(int(last, 16) - int(first, 16) + 1):
                    letters[int(first, 16) + step] = chr(int(letter, 16) + step)
    return letters


def _letter(code: bytes) -> str:
    return bytes.fromhex(code.decode()).decode("utf-16-be")
