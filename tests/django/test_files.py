"""Sessions in files: locks beside them, whole files or none, and nothing left over."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.test import SimpleTestCase, override_settings
from everywhere import OnEveryStore, on_every_store
from session_merge.django.caches import cache_store
from session_merge.django.errors import SessionDecodeError
from session_merge.django.file import FileStore
from session_merge.django.file_lock import LOCK_FILES, locked_beside

FOLDER = Path(settings.SESSION_FILE_PATH)

SAVE_MANY = """
import os
from django.conf import settings
settings.configure(
    SECRET_KEY="k" * 50, SESSION_FILE_PATH={folder!r}, USE_TZ=True,
    SESSION_MERGE={{"rules": {{"/n": "counter"}}}},
)
import django; django.setup()
from session_merge.django.errors import SessionDecodeError
from session_merge.django.file import SessionStore
for number in range(50):
    session = SessionStore({key!r})
    session["n"] += 1
    session[f"{{os.getpid()}}-{{number}}"] = 1
    session.save()
"""


class Files(OnEveryStore):
    def path(self, key):
        return Path(self.engine(key)._key_to_file())

    def test_processes_that_all_write_lose_nothing(self):
        key = self.start(n=0)
        code = SAVE_MANY.format(folder=str(FOLDER), key=key)
        writers = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
        self.assertEqual([writer.wait(60) for writer in writers], [0, 0, 0])
        stored = self.stored(key)
        self.assertEqual((stored["n"], len(stored)), (150, 151))

    def test_nothing_is_left_over_but_a_bounded_number_of_lock_files(self):
        for _ in range(2 * LOCK_FILES):
            session = self.request(self.start(a=1))
            session.cycle_key()
            session.flush()
        left = [name for name in os.listdir(FOLDER) if not name.startswith("sessionid")]
        self.assertLessEqual(len(left), LOCK_FILES)
        self.assertTrue(all(name.endswith(".lock") for name in left), left)

    def test_a_file_that_cannot_be_written_is_an_error_and_stays_as_it_was(self):
        key = self.start(a=1)
        one = self.request(key)
        one["b"] = 1
        full = mock.patch("os.replace", side_effect=OSError(28, "No space left on device"))
        before = set(os.listdir(FOLDER))
        with full, self.assertRaises(OSError):
            one.save()
        self.assertEqual(set(os.listdir(FOLDER)) - before, set())
        self.assertEqual(self.stored(key), {"a": 1})
        one.save()
        self.assertEqual(self.stored(key), {"a": 1, "b": 1})

    def test_a_file_that_cannot_be_read_is_an_error(self):
        key = self.start(a=1)
        path = self.path(key)
        path.unlink()
        path.mkdir()
        self.addCleanup(path.rmdir)
        with self.assertRaises(IsADirectoryError):
            self.engine(key).load()

    def test_a_file_that_was_damaged_counts_as_empty_and_is_cleared_when_it_has_expired(self):
        kept, expired = (self.start(a=1) for _ in range(2))
        one = self.request(kept)
        for key in (kept, expired):
            self.path(key).write_bytes(b"\xff" + self.path(key).read_bytes())
        with self.assertRaises(SessionDecodeError):
            one.save()
        other = self.request(kept)
        other["b"] = 1
        other.save()
        self.assertEqual(self.stored(kept), {"b": 1})
        os.utime(self.path(expired), (1e9, 1e9))
        call_command("clearsessions")
        self.assertFalse(self.path(expired).exists())

    def test_a_late_save_with_nothing_changed_prolongs_the_session(self):
        key = self.start(a=1)
        os.utime(self.path(key), (1e9, os.stat(self.path(key)).st_mtime - 1000))
        before = os.stat(self.path(key)).st_mtime
        text = self.path(key).read_text()
        self.request(key).save()
        self.assertGreater(os.stat(self.path(key)).st_mtime, before + 900)
        self.assertEqual(self.path(key).read_text(), text)

    def test_an_expired_session_is_gone_unless_another_request_prolongs_it_just_then(self):
        for prolonged in (False, True):
            key = self.start(a=1)
            os.utime(self.path(key), (1e9, 1e9))
            remove_if = FileStore.remove_if

            def meddled(store, *args, key=key, prolonged=prolonged, remove_if=remove_if):
                if prolonged:
                    os.utime(self.path(key))
                return remove_if(store, *args)

            with mock.patch.object(FileStore, "remove_if", meddled):
                self.assertEqual(self.engine(key).load(), {"a": 1} if prolonged else {})
            self.assertEqual(self.path(key).exists(), prolonged)

    def test_clearsessions_removes_what_has_expired_and_nothing_else(self):
        expired, kept = self.start(a=1), self.start(b=1)
        os.utime(self.path(expired), (1e9, 1e9))
        call_command("clearsessions")
        self.assertFalse(self.path(expired).exists())
        self.assertEqual(self.stored(kept), {"b": 1})

    def test_a_placeholder_of_djangos_engine_is_an_empty_session(self):
        key = self.start(a=1)
        self.path(key).write_text("")
        self.assertEqual(self.engine(key).load(), {})


class Locks(SimpleTestCase):
    def test_a_lock_keeps_others_out_whatever_happens_to_the_file(self):
        path = str(FOLDER / "data")
        inside, order = threading.Event(), []

        def second():
            inside.wait(10)
            with locked_beside(path):
                order.append("second")

        thread = threading.Thread(target=second)
        thread.start()
        with locked_beside(path):
            inside.set()
            Path(path).write_text("1")
            os.replace(path, f"{path}-moved")
            thread.join(0.2)
            order.append("first")
        thread.join(10)
        self.assertEqual(order, ["first", "second"])

    def test_a_platform_without_locks_is_told_of(self):
        with mock.patch("django.core.files.locks.lock", return_value=False):
            with self.assertRaises(OSError), locked_beside(str(FOLDER / "data")):
                self.fail("not locked")

    def test_a_cache_in_files_makes_room_as_django_does(self):
        backend = {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": FOLDER / "small",
            "OPTIONS": {"MAX_ENTRIES": 3},
        }
        with override_settings(CACHES={"default": backend}):
            store = cache_store(caches["default"], "s")
            for number in range(10):
                store.insert(str(number), store.draft("", store.dumps({}), 100))
            self.assertLessEqual(len(list((FOLDER / "small").glob("*.djcache"))), 4)


on_every_store(Files, only=["file"])
del Files
