"""Pages that change the session, have it changed, and show what became of it."""

from django.conf import settings
from django.http import JsonResponse
from session_merge.django import changes_for, handle_for
from session_merge.django.celery import change_session
from shop.notices import tell_everybody
from shop.once import note_payment

from depot import tally
from depot.tasks import celery_task
from depot.work import MERGES, as_changes, work


def start(request):
    """Begin the session that all others use."""
    request.session.update({"count": 0, "log": []})
    request.session.save()
    return JsonResponse({"key": request.session.session_key})


def add(request):
    """Work on the session in this request."""
    work(request.session, request.GET["name"])
    return JsonResponse({})


def by_celery(request):
    """Have a Celery worker work on it: by the site's own task, and by the ready one in turns."""
    name = request.GET["name"]
    if MERGES and request.GET.get("ready"):
        queue = {"queue": request.GET["queue"]} if "queue" in request.GET else {}
        change_session.apply_async([changes_for(request.session, as_changes(name))], **queue)
    else:
        celery_task.delay(handle_for(request.session), name)
    return JsonResponse({})


def by_django(request):
    """Have the worker of ``django.tasks`` work on it, in the same two ways."""
    from session_merge.django.tasks import change_session

    from depot.tasks import django_task

    name = request.GET["name"]
    if MERGES and request.GET.get("ready"):
        change_session.enqueue(changes_for(request.session, as_changes(name)))
    else:
        django_task.enqueue(handle_for(request.session), name)
    return JsonResponse({})


def show(request):
    """Show what the session holds."""
    return JsonResponse(dict(request.session.items()))


def leave(request):
    """Delete the session; if asked to, have tasks work on it when it is gone."""
    handle = handle_for(request.session)
    changes = changes_for(request.session, as_changes("late"))
    request.session.flush()
    if request.GET.get("late"):
        celery_task.delay(handle, "late")
        change_session.delay(changes)
        if settings.HAS_TASKS:
            from session_merge.django.tasks import change_session as change_by_django

            from depot.tasks import django_task

            django_task.enqueue(handle, "late")
            change_by_django.enqueue(changes)
    return JsonResponse({})


def paid(request):
    """Note the same payment twice, as a task does that is delivered twice."""
    for _ in range(2):
        note_payment(handle_for(request.session), "p1")
    return JsonResponse({})


def notice(request):
    """Tell everybody, as a management command does."""
    tell_everybody("closing soon")
    return JsonResponse({})


def progress(request):
    """Show how many tasks are done, have failed, and how many saves were merged."""
    counts = {name: tally.read(name) for name in ("celery done", "celery failed", "merged")}
    counts.update({"django done": 0, "django failed": 0})
    if settings.HAS_TASKS:
        from django_tasks_db.models import DBTaskResult

        counts["django done"] = DBTaskResult.objects.successful().count()
        counts["django failed"] = DBTaskResult.objects.failed().count()
    return JsonResponse(counts)


def stored_tasks(request):
    """Show what is stored of the tasks of ``django.tasks``, and of their failures."""
    from django_tasks_db.models import DBTaskResult

    rows = DBTaskResult.objects.values_list("args_kwargs", "exception_class_path", "traceback")
    return JsonResponse({"tasks": [list(row) for row in rows]})
