"""Exclusive views and blocks in real requests: what the middleware does, and what is answered."""

from http import HTTPStatus

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model, login, logout
from django.http import Http404, HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.utils.decorators import method_decorator
from django.views import View
from everywhere import on_every_store
from exclusive_blocks import Blocks
from session_merge.django import LockTimeoutError, exclusive
from urls import VIEWS

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Requests(Blocks):
    def ask(self, view, key=None, client=Client):
        """Answer a request by this view; ``key`` is in its cookie."""
        VIEWS["page"] = view
        self.client = client(raise_request_exception=False)
        if key:
            self.client.cookies["sessionid"] = key
        return self.client.get("/page/")

    async def ask_async(self, view, key):
        VIEWS["page"] = view
        client = AsyncClient(raise_request_exception=False)
        client.cookies["sessionid"] = key
        return await client.get("/async/page/")

    def test_a_view_is_saved_once_and_the_cookie_is_set_anew(self):
        @exclusive
        def view(request):
            request.session["a"] = 1
            return HttpResponse("done")

        key, swaps = self.start(), []
        with self.before_each_swap(swaps.append):
            answer = self.ask(view, key)
        self.assertEqual((answer.status_code, answer.content), (HTTPStatus.OK, b"done"))
        self.assertEqual(len(swaps), 1)
        self.assertEqual(self.stored(key), {"a": 1})
        self.assertEqual(answer.cookies["sessionid"].value, key)

    @override_settings(SESSION_SAVE_EVERY_REQUEST=True)
    def test_nor_is_it_saved_twice_if_every_request_is_saved(self):
        @exclusive
        def view(request):
            request.session["a"] = [1, {"b": "c" * 40}]
            return HttpResponse()

        key, swaps = self.start(), []
        with self.before_each_swap(swaps.append):
            self.ask(view, key)
        self.assertEqual(len(swaps), 1)

    def test_nor_after_a_merge_inside(self):
        def view(request):
            request.session["mine"] = {"a": [1, 2]}
            self.write_as_other(request.session.session_key, theirs={"b": [3]})
            with exclusive(request.session):
                request.session["inside"] = 1
            return HttpResponse()

        key, swaps = self.start(), []
        with self.before_each_swap(swaps.append):
            self.ask(view, key)
        self.assertEqual(len(swaps), 2)  # theirs and ours
        expected = {"theirs": {"b": [3]}, "mine": {"a": [1, 2]}, "inside": 1}
        self.assertEqual(self.stored(key), expected)

    def test_nor_after_a_merge_as_it_was_saved(self):
        def view(request):
            with exclusive(request.session):
                request.session["mine"] = [{"mine": 1}, {"mine": 1}]
            return HttpResponse()

        key, swaps = self.start(mine=[]), []

        def meddle(number):
            swaps.append(number)
            if number == 1:
                self.write_as_other(key, theirs={"mine": [1]})

        with self.before_each_swap(meddle):
            self.ask(view, key)
        self.assertEqual(len(swaps), 2)  # in vain, and merged
        expected = {"mine": [{"mine": 1}, {"mine": 1}], "theirs": {"mine": [1]}}
        self.assertEqual(self.stored(key), expected)

    def test_nor_if_a_member_was_taken_out_and_put_back(self):
        def view(request):
            with exclusive(request.session):
                request.session.update({"a": [1], "b": 2})
            request.session["a"] = request.session.pop("a")
            return HttpResponse()

        key, swaps = self.start(), []
        with self.before_each_swap(swaps.append):
            self.ask(view, key)
        self.assertEqual(len(swaps), 1)

    def test_what_is_changed_after_the_block_is_saved_too(self):
        def view(request):
            with exclusive(request.session):
                request.session["inside"] = 1
            request.session["after"] = 1
            return HttpResponse()

        key = self.start()
        self.ask(view, key)
        self.assertEqual(self.stored(key), {"inside": 1, "after": 1})

    def test_a_view_that_waits_in_vain_answers_409_and_changes_nothing(self):
        key = self.start()
        view = exclusive(timeout=0)(lambda request: self.fail("it is held"))
        with self.held_elsewhere(key):
            answer = self.ask(view, key)
        self.assertEqual(answer.status_code, HTTPStatus.CONFLICT)
        self.assertEqual(self.stored(key), {})

    def test_a_block_that_waits_in_vain_is_a_bad_request(self):
        def view(request):
            with exclusive(request.session, timeout=0):
                self.fail("it is held")

        key = self.start()
        with self.held_elsewhere(key):
            answer = self.ask(view, key)
        self.assertEqual(answer.status_code, HTTPStatus.BAD_REQUEST)

    def test_a_timeout_inside_of_a_view_is_the_views_own(self):
        @exclusive
        def view(request):
            raise LockTimeoutError("of something else")

        answer = self.ask(view, self.start())
        self.assertEqual(answer.status_code, HTTPStatus.BAD_REQUEST)

    def test_a_view_that_ends_in_an_exception_stores_nothing(self):
        @exclusive
        def view(request):
            request.session["a"] = 1
            raise Http404

        key = self.start()
        self.assertEqual(self.ask(view, key).status_code, HTTPStatus.NOT_FOUND)
        self.assertEqual(self.stored(key), {})

    def test_a_session_that_was_deleted_is_answered_with_400(self):
        def view(request):
            request.session.keys()
            self.engine(request.session.session_key).delete()
            with exclusive(request.session):
                self.fail("nobody is there")

        key = self.start(a=1)
        self.assertEqual(self.ask(view, key).status_code, HTTPStatus.BAD_REQUEST)
        self.assertTrue(self.is_gone(key))

    def test_the_first_request_of_a_visitor(self):
        @exclusive
        def view(request):
            request.session["a"] = 1
            return HttpResponse()

        key = self.ask(view).cookies["sessionid"].value
        self.assertEqual(self.stored(key), {"a": 1})

    def test_login_and_logout_inside(self):
        user = get_user_model().objects.create(username="somebody")

        @exclusive
        def log_in(request):
            login(request, user, backend=BACKEND)
            return HttpResponse()

        @exclusive
        def log_out(request):
            logout(request)
            return HttpResponse(str(request.user))

        first = self.start(cart=1)
        second = self.ask(log_in, first).cookies["sessionid"].value
        self.assertNotEqual(first, second)
        self.assertTrue(self.is_gone(first))
        self.assertEqual(self.stored(second)["_auth_user_id"], str(user.pk))
        self.assertEqual(self.ask(log_out, second).cookies["sessionid"].value, "")
        self.assertTrue(self.is_gone(second))

    async def test_an_async_view(self):
        @exclusive(timeout=5)
        async def view(request):
            await request.session.aset("a", 1)
            return HttpResponse()

        session = self.engine()
        await session.asave()
        answer = await self.ask_async(view, session.session_key)
        self.assertEqual(answer.status_code, HTTPStatus.OK)
        self.assertEqual(await self.engine(session.session_key).aget("a"), 1)

    async def test_an_async_view_that_ends_in_an_exception_stores_nothing(self):
        @exclusive
        async def view(request):
            await request.session.aset("a", 1)
            raise Http404

        session = self.engine()
        await session.asave()
        answer = await self.ask_async(view, session.session_key)
        self.assertEqual(answer.status_code, HTTPStatus.NOT_FOUND)
        self.assertIsNone(await self.engine(session.session_key).aget("a"))

    async def test_a_timeout_inside_of_an_async_view_is_the_views_own(self):
        @exclusive
        async def view(request):
            raise LockTimeoutError("of something else")

        session = self.engine()
        await session.asave()
        answer = await self.ask_async(view, session.session_key)
        self.assertEqual(answer.status_code, HTTPStatus.BAD_REQUEST)

    def test_an_async_view_that_waits_in_vain_answers_409(self):
        @exclusive(timeout=0)
        async def view(request):
            self.fail("it is held")

        key = self.start()
        with self.held_elsewhere(key):
            answer = async_to_sync(self.ask_async)(view, key)
        self.assertEqual(answer.status_code, HTTPStatus.CONFLICT)

    def test_a_view_of_a_class(self):
        @method_decorator(exclusive(timeout=0), name="dispatch")
        class Page(View):
            def get(self, request):
                """Count."""
                request.session["a"] = 1
                return HttpResponse()

        key = self.start()
        self.assertEqual(self.ask(Page.as_view(), key).status_code, HTTPStatus.OK)
        self.assertEqual(self.stored(key), {"a": 1})
        with self.held_elsewhere(key):
            self.assertEqual(self.ask(Page.as_view(), key).status_code, HTTPStatus.CONFLICT)

    def test_a_decorated_view_keeps_its_name(self):
        @exclusive
        def view(request):
            """Tell."""

        self.assertEqual((view.__name__, view.__doc__), ("view", "Tell."))


on_every_store(Requests)
del Requests
