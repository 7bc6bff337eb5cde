import base64
import json
import subprocess

import pytest

from guide.secrets import Secrets, read_words

WORD = "7d2f0c9ab1e84f6d8a35c07be19d42f6"
KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC+/x9Zl2yQ7TzA"


def masked(text, *words):
    return Secrets(frozenset(words or (WORD, KEY))).masked(text)


def test_lines_of_a_file_are_words_if_they_are_long_enough():
    assert read_words(f"short\n{WORD}\n\n  {KEY}  \n") == {WORD, KEY}


def test_parts_of_a_line_with_commas_are_words_but_no_names_of_groups():
    line = f"{WORD},admin,admin,system:masters"
    assert read_words(line) == {line, WORD}


def test_the_frame_of_a_key_is_no_word():
    begin, end = (f"-----{word} PRIVATE KEY-----" for word in ("BEGIN", "END"))
    assert read_words(f"{begin}\n{KEY}\n{end}") == {KEY}


def test_a_word_is_masked_wherever_it_stands():
    assert masked(f"a {WORD} b\nx{WORD}{KEY}y") == "a *** b\nx******y"


def test_a_text_without_secrets_stays_as_it_is():
    text = "NAME   READY\n\n  nginx\t1/1  \r\n- a\n+ b\n"
    assert masked(text) == text


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", ",admin", "\n", "xyz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_word_in_base64_is_masked_at_every_place(before, after, encode):
    for word in (WORD, KEY):
        seen = masked(encode(f"{before}{word}{after}".encode()).decode())
        assert "***" in seen
        assert len(seen.replace("***", "")) <= (len(before) + len(after) + 4) * 4 / 3 + 2


def test_a_word_that_is_broken_into_lines_is_masked():
    wrapped = base64.encodebytes((KEY * 3).encode()).decode()
    assert "\n" in wrapped.strip()
    assert len(masked(wrapped, KEY * 3)) < 12
    assert masked(f"{WORD[:9]}\n{WORD[9:]}") == "***"


def test_a_word_that_is_broken_into_lines_of_a_difference_is_masked():
    assert masked(f"  - ok\n  + {WORD[:9]}\n  + {WORD[9:]}\n    end") == "  - ok\n  + ***\n    end"


def test_a_word_in_json_and_addresses_and_hexadecimal_is_masked():
    word = 'pass"word\\1234567/ü'
    assert masked(json.dumps({"token": word}), word) == '{"token": "***"}'
    assert masked("?t=pass%22word%5C1234567%2F%C3%BC", word) == "?t=***"
    assert masked(WORD.encode().hex()) == "***"


def test_what_is_a_secret_by_its_form_is_masked_without_being_known():
    jwt = ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"RS256"}', b'{"a":12345}', b"s" * 9)
    )
    assert masked(f"token: {jwt}\n") == "token: ***\n"
    key = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, text=True, check=True).stdout
    assert masked(f"a\n{key}b\n") == "a\n***\nb\n"
    assert masked(f"a\n{key[:200]}") == "a\n***"  # cut off by a deadline
    assert masked(json.dumps(key)) == '"***\\n"'


def test_a_megabyte_is_masked_in_no_time():
    import time

    words = frozenset(f"{number:03}{KEY}" for number in range(100))
    text = "some line of a log with words, and more words\n" * 20_000 + "099" + KEY
    start = time.perf_counter()
    assert Secrets(words).masked(text).endswith("***")
    assert time.perf_counter() - start < 5
