"""A conflict under ``fail``, of two requests to a real server: one gets a 200, the other a 400."""

import os
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

sys.path.append(str(Path(__file__).resolve().parents[1] / "servers"))
from serving import gunicorn

HERE = Path(__file__).parent
SEATS = ("seat-of-ann", "seat-of-bob")


@contextmanager
def serve(folder):
    """Run the site under gunicorn, with two threads; give its URL."""
    environment = {**os.environ, "SEATS_DATABASE": f"{folder}/seats.sqlite3"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run([sys.executable, "seats.py"], cwd=HERE, env=environment, check=True, timeout=60)
    with open(f"{folder}/log", "wb") as log:
        options = {"cwd": HERE, "env": environment, "stdout": log, "stderr": log}
        with gunicorn("seats:application", folder, "--threads=2", **options) as (port, _):
            yield f"http://127.0.0.1:{port}"


def get(url, cookie=""):
    """Return the status, the body, and the cookie of an answer, whatever it is."""
    try:
        answer = urlopen(Request(url, headers={"Cookie": cookie}), timeout=20)
    except HTTPError as error:
        answer = error
    with answer:
        cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
        return answer.status, answer.read().decode(), cookie


class Gunicorn(unittest.TestCase):
    def test_one_of_two_is_told_to_try_again_and_nothing_is_shown(self):
        with tempfile.TemporaryDirectory(prefix="seats-") as folder:
            with serve(folder) as url, ThreadPoolExecutor() as threads:
                _, _, cookie = get(f"{url}/start")
                answers = threads.map(lambda seat: get(f"{url}/take?seat={seat}", cookie), SEATS)
                status = {seat: answer for seat, answer in zip(SEATS, answers, strict=True)}
                _, taken, _ = get(f"{url}/show", cookie)
            log = Path(folder, "log").read_text()
        (other,) = set(SEATS) - {taken}
        self.assertEqual(status[taken][:2], (200, "taken"))
        code, body, set_cookie = status[other]
        self.assertEqual((code, set_cookie), (400, ""))
        self.assertNotIn("Traceback", log)
        for secret in (*SEATS, "none-so-far"):
            self.assertNotIn(secret, body + log)


if __name__ == "__main__":
    unittest.main()
