"""The private servers themselves: that they start, keep what they should, and go.

python -m unittest discover -s tests/servers
"""

import os
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

from servers import SERVERS, MariaDB, Memcached, Missing, PostgreSQL, Redis, RequiredError

HERE = Path(__file__).resolve().parent


class Lives(unittest.TestCase):
    """From the start to the end of a server."""

    def test_each_answers_at_its_port_and_leaves_nothing_behind(self):
        for kind in SERVERS.values():
            with self.subTest(kind.name):
                with kind() as server:
                    self.assertIn(f"127.0.0.1:{server.port}", server.url)
                    self.assertTrue(server.is_ready())
                    folder = server.folder
                self.assertFalse(folder.exists())
                self.assertFalse(server.is_ready())

    def test_redis_keeps_what_it_acknowledged_when_killed(self):
        with Redis() as server:
            self.assertEqual(server.ask(b"SET kept 1\r\n"), b"+OK\r\n")
            before = server.pid
            server.restart()
            self.assertNotEqual(server.pid, before)
            self.assertEqual(server.ask(b"GET kept\r\n"), b"$1\r\n1\r\n")

    def test_memcached_is_empty_when_killed(self):
        with Memcached() as server:
            self.assertEqual(server.ask(b"set lost 0 0 1\r\n1\r\n"), b"STORED\r\n")
            server.restart()
            self.assertEqual(server.ask(b"get lost\r\n"), b"END\r\n")

    def test_postgresql_keeps_what_it_committed_when_killed(self):
        with PostgreSQL() as server:
            psql = ["psql", "--quiet", "--no-psqlrc", "--tuples-only", server.url, "--command"]
            subprocess.run([*psql, "CREATE TABLE kept AS SELECT 41 + 1 AS it"], check=True)
            server.restart()
            self.assertEqual(self._output([*psql, "SELECT it FROM kept"]), "42")

    def test_mariadb_keeps_what_it_committed_when_killed(self):
        with MariaDB() as server:
            client = ["mariadb", "--no-defaults", "--host=127.0.0.1", f"--port={server.port}"]
            client += ["--user=root", "--skip-column-names", "sessions", "--execute"]
            subprocess.run([*client, "CREATE TABLE kept AS SELECT 41 + 1 AS it"], check=True)
            server.restart()
            self.assertEqual(self._output([*client, "SELECT it FROM kept"]), "42")

    def _output(self, command):
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class NotInstalled(unittest.TestCase):
    """What a test sees where a server is not there."""

    def setUp(self):
        absent = mock.patch.object(Redis, "programs", side_effect=Missing("not installed"))
        absent.start()
        self.addCleanup(absent.stop)

    def test_it_is_skipped_with_the_reason(self):
        with (
            mock.patch.dict(os.environ, {"REQUIRE_ALL": "0"}),
            self.assertRaisesRegex(unittest.SkipTest, "not installed"),
        ):
            Redis().start()

    def test_it_fails_where_all_is_required(self):
        with (
            mock.patch.dict(os.environ, {"REQUIRE_ALL": "1"}),
            self.assertRaisesRegex(RequiredError, "not installed"),
        ):
            Redis().start()


class Command(unittest.TestCase):
    """``python tests/servers SERVER ... -- COMMAND ...``"""

    def run_command(self, *arguments, **environment):
        return subprocess.run(
            [sys.executable, HERE, *arguments], capture_output=True, text=True, check=False,
            env={**os.environ, **environment},
        )  # fmt: skip

    def test_it_gives_addresses_and_the_commands_exit_status(self):
        script = 'echo "$REDIS_URL $MEMCACHED_URL"; exit 3'
        done = self.run_command("redis", "memcached", "--", "sh", "-c", script)
        self.assertRegex(
            done.stdout, r"^redis://127\.0\.0\.1:\d+/0 memcached://127\.0\.0\.1:\d+\n$"
        )
        self.assertEqual(done.returncode, 3)

    def test_it_says_how_it_is_used(self):
        done = self.run_command("redis")
        self.assertEqual(done.returncode, 2)
        self.assertIn("-- COMMAND", done.stderr)


if __name__ == "__main__":
    unittest.main()
