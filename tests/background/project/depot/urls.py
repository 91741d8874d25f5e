"""The pages, and those of the examples in the documentation."""

from django.conf import settings
from django.urls import path
from shop.views import order_report, visit

from depot import views

urlpatterns = [
    path("start", views.start),
    path("add", views.add),
    path("celery", views.by_celery),
    path("django", views.by_django),
    path("show", views.show),
    path("paid", views.paid),
    path("notice", views.notice),
    path("leave", views.leave),
    path("progress", views.progress),
    path("tasks", views.stored_tasks),
    path("shop/report", order_report),
    path("shop/visit", visit),
]
if settings.HAS_TASKS:
    from shop.later import order_later

    urlpatterns += [path("shop/later", order_later)]
