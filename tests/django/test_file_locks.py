"""The locks of sessions in files: nothing is left behind, and what was left is used again."""

import os
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.cache import caches
from django.core.files import locks
from exclusive_blocks import Blocks, on_every_store_where
from session_merge.django import LockTimeoutError, exclusive
from session_merge.django.locks import files


class FileLocks(Blocks):
    @property
    def folder(self):
        """Where the files of the sessions are."""
        return Path(caches[self.alias]._dir if self.alias else settings.SESSION_FILE_PATH)

    def lock_of(self, key):
        """Return the lock file of a session that is not locked."""
        return Path(self.engine(key).merge_store().lock(key, 30)._path)

    def test_the_lock_file_is_there_while_the_lock_is_held(self):
        key = self.start()
        path = self.lock_of(key)
        self.assertEqual(path.parent, self.folder)
        with exclusive(self.engine(key), timeout=0):
            self.assertTrue(path.exists())
        self.assertFalse(path.exists())

    def test_its_name_does_not_tell_the_key(self):
        key = self.start()
        self.assertNotIn(key, self.lock_of(key).name)

    def test_a_file_that_somebody_left_who_was_killed_is_no_lock(self):
        key = self.start()
        self.lock_of(key).touch()
        with exclusive(self.engine(key), timeout=0) as one:
            one["a"] = 1
        self.assertFalse(self.lock_of(key).exists())

    def test_a_lock_on_a_file_that_was_deleted_meanwhile_is_none(self):
        key = self.start()
        first = exclusive(self.engine(key), timeout=0)
        first.__enter__()
        lock, left = locks.lock, []

        def leave_first(file, flags):
            """Let the first one leave when the second has opened its file, and a third come in."""
            if not left:
                left.append(first.__exit__(None, None, None))
                third.__enter__()
            return lock(file, flags)

        third = exclusive(self.engine(key), timeout=0)
        with mock.patch.object(files.locks, "lock", leave_first):
            with self.assertRaises(LockTimeoutError), exclusive(self.engine(key), timeout=0):
                self.fail("the third has it")
        third.__exit__(None, None, None)
        with exclusive(self.engine(key), timeout=0):
            pass

    def test_no_file_stays_open(self):
        key = self.start()
        with exclusive(self.engine(key), timeout=0):
            pass
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(5):
            with exclusive(self.engine(key), timeout=0):
                with self.assertRaises(LockTimeoutError):
                    exclusive(self.engine(key), timeout=0).__enter__()
        self.assertEqual(len(os.listdir("/proc/self/fd")), before)


def in_files(engine, alias):
    """Return whether sessions are kept in files, and in nothing else."""
    return engine == "file" or (engine == "cache" and alias == "filebased")


on_every_store_where(in_files, FileLocks)
del FileLocks
